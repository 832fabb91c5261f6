//! One 512-byte header block: its checksum, its dialect and its fields.
//!
//! The places of the fields are the `tar` crate's; how numbers and names are read is decided here, because layers
//! hold negative times, unterminated fields and more than that crate accepts.

use tar::Header as Layout;

use super::number::header_number;
use crate::image::Timestamp;
use crate::layer::{Device, Error, TarOffset};

pub(super) const BLOCK_BYTES: usize = 512;
pub(super) type Block = [u8; BLOCK_BYTES];

/// A block whose checksum holds.
pub(super) struct Header<'a> {
    layout: &'a Layout,
    offset: TarOffset,
}

/// Owner, mode and time: what every kind of entry has.
pub(super) struct Ownership {
    pub(super) mode: u16,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mtime: Timestamp,
}

/// The two sums that writers have used, over the block with its checksum field as spaces.
fn sums(block: &Block) -> (i64, i64) {
    const FIELD: std::ops::Range<usize> = 148..156;
    let field = block.get(FIELD).unwrap_or_default();
    let sum_of = |value: fn(u8) -> i64| {
        let sum = |bytes: &[u8]| bytes.iter().map(|&b| value(b)).sum::<i64>();
        sum(block) - sum(field) + 8 * value(b' ')
    };
    (sum_of(i64::from), sum_of(|b| i64::from(b.cast_signed())))
}

/// Whether the block's checksum holds, by either of the two sums.
pub(in crate::layer) fn checksum_holds(block: &Block) -> bool {
    let (unsigned, signed) = sums(block);
    let stored = header_number(&Layout::from_byte_slice(block).as_old().cksum);
    stored.is_some_and(|stored| stored == unsigned || stored == signed)
}

/// The bytes of a field up to its first NUL.
pub(super) fn c_string(field: &[u8]) -> &[u8] {
    field.split(|&b| b == 0).next().unwrap_or_default()
}

/// The number of an owner or a device: what the kernel would make of it, or `None` where it could not.
fn kernel_number(number: i64) -> Option<u32> {
    u32::try_from(number)
        .ok()
        // Old writers store -2 for nobody: the kernel counts from the top.
        .or_else(|| i32::try_from(number).ok().map(i32::cast_unsigned))
}

impl<'a> Header<'a> {
    /// Checks a block that is to be a header.
    pub(super) fn parse(block: &'a Block, offset: TarOffset) -> Result<Header<'a>, Error> {
        let layout = Layout::from_byte_slice(block);
        if !checksum_holds(block) {
            let expected = header_number(&layout.as_old().cksum).unwrap_or(-1);
            let (actual, _) = sums(block);
            return Err(Error::HeaderChecksum {
                offset,
                expected,
                actual,
            });
        }
        Ok(Header { layout, offset })
    }

    pub(super) fn type_flag(&self) -> u8 {
        self.layout.as_old().linkflag[0]
    }

    /// The size field: how many bytes follow the header.
    pub(super) fn size(&self) -> Result<u64, Error> {
        let size = self.number(&self.layout.as_old().size, "size")?;
        u64::try_from(size).map_err(|_| self.bad("size"))
    }

    pub(super) fn ownership(&self) -> Result<Ownership, Error> {
        let old = self.layout.as_old();
        Ok(Ownership {
            // The type bits above the permission bits repeat what the type flag says.
            mode: u16::try_from(self.number(&old.mode, "mode")? & 0o7777)
                .map_err(|_| self.bad("mode"))?,
            uid: self.kernel_number(&old.uid, "owner number")?,
            gid: self.kernel_number(&old.gid, "group number")?,
            mtime: Timestamp::from_seconds(self.number(&old.mtime, "modification time")?),
        })
    }

    /// The name, with the prefix where the dialect has one.
    pub(super) fn name(&self) -> Vec<u8> {
        let name = c_string(&self.layout.as_old().name);
        let prefix = self.prefix();
        if prefix.is_empty() {
            return name.to_vec();
        }
        [prefix, b"/", name].concat()
    }

    pub(super) fn link_name(&self) -> Vec<u8> {
        c_string(&self.layout.as_old().linkname).to_vec()
    }

    pub(super) fn device(&self) -> Result<Device, Error> {
        let number = |range| self.kernel_number(self.field(range), "device number");
        Ok(Device {
            major: number(329..337)?,
            minor: number(337..345)?,
        })
    }

    /// The fields that only GNU headers have: the map of an old sparse file.
    pub(super) fn gnu(&self) -> Option<&'a tar::GnuHeader> {
        self.layout.as_gnu()
    }

    fn prefix(&self) -> &'a [u8] {
        if self.field(257..263) != b"ustar\0" {
            return b"";
        }
        // star keeps two times after a shorter prefix, and signs at the very end.
        let is_star = self.field(508..512) == b"tar\0";
        c_string(self.field(if is_star { 345..476 } else { 345..500 }))
    }

    fn field(&self, range: std::ops::Range<usize>) -> &'a [u8] {
        self.layout.as_bytes().get(range).unwrap_or_default()
    }

    fn number(&self, field: &[u8], name: &'static str) -> Result<i64, Error> {
        header_number(field).ok_or_else(|| self.bad(name))
    }

    fn kernel_number(&self, field: &[u8], name: &'static str) -> Result<u32, Error> {
        kernel_number(self.number(field, name)?).ok_or_else(|| self.bad(name))
    }

    fn bad(&self, field: &'static str) -> Error {
        Error::BadNumber {
            offset: self.offset,
            field: field.into(),
        }
    }
}
