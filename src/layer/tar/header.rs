//! One 512-byte header block: its checksum, its dialect and its fields.
//!
//! The `tar` crate knows the layout of the fields. Their meaning follows Go's archive/tar, because every engine
//! reads layers with it. The dialect decides which fields exist, and a malformed number in any of them ends the
//! layer, even if nothing needs the number.

use crate::message::Code;
use tar::Header as Layout;

use super::number::header_number;
use crate::image::Timestamp;
use crate::layer::tar_checksum::{checksum_holds, octal, sums};
use crate::layer::{Device, Error, TarOffset};

pub(super) const BLOCK_BYTES: usize = 512;
pub(super) type Block = [u8; BLOCK_BYTES];

/// A block with a correct checksum.
pub(super) struct Header<'a> {
    layout: &'a Layout,
    offset: TarOffset,
    dialect: Dialect,
}

/// The dialect of a header: its fields after those of the oldest format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// No further fields: no prefix, no device numbers.
    V7,
    /// POSIX, also with PAX.
    Ustar,
    /// A shorter prefix, and two times after it.
    Star,
    /// Two times in place of the prefix.
    Gnu,
}

impl Dialect {
    fn of(block: &[u8]) -> Dialect {
        let field = |range: std::ops::Range<usize>| block.get(range).unwrap_or_default();
        match (field(257..263), field(263..265), field(508..512)) {
            (b"ustar\0", _, b"tar\0") => Dialect::Star,
            (b"ustar\0", _, _) => Dialect::Ustar,
            (b"ustar ", b" \0", _) => Dialect::Gnu,
            _ => Dialect::V7,
        }
    }
}

/// Owner, mode and time, which every kind of entry has.
pub(super) struct Ownership {
    pub(super) mode: u16,
    pub(super) uid: i64,
    pub(super) gid: i64,
    pub(super) mtime: Timestamp,
}

/// Returns the bytes of a field up to its first NUL.
pub(super) fn c_string(field: &[u8]) -> &[u8] {
    field.split(|&b| b == 0).next().unwrap_or_default()
}

/// Returns the effective ID of an owner or a group, and whether it differs from the written one. Engines pass the
/// ID to the kernel, which takes the lower 32 bits, and leaves root if all of them are set.
pub(super) fn owner(number: i64) -> (u32, bool) {
    let lower = (number & i64::from(u32::MAX)).cast_unsigned();
    let kept = u32::try_from(lower).unwrap_or(0);
    let effective = if kept == u32::MAX { 0 } else { kept };
    (effective, i64::from(effective) != number)
}

/// Returns a device number: the lower 32 bits.
fn device_number(number: i64) -> u32 {
    u32::try_from(number & i64::from(u32::MAX)).unwrap_or(0)
}

impl<'a> Header<'a> {
    /// Parses a block that should be a header.
    pub(super) fn parse(block: &'a Block, offset: TarOffset) -> Result<Header<'a>, Error> {
        let layout = Layout::from_byte_slice(block);
        if !checksum_holds(block) {
            let expected = octal(&layout.as_old().cksum).unwrap_or(-1);
            let (actual, _) = sums(block);
            return Err(Error::HeaderChecksum {
                offset,
                expected,
                actual,
            });
        }
        let header = Header {
            layout,
            offset,
            dialect: Dialect::of(block),
        };
        header.check_numbers()?;
        Ok(header)
    }

    /// Checks all numbers, including those that no caller needs.
    fn check_numbers(&self) -> Result<(), Error> {
        let old = self.layout.as_old();
        self.number(&old.size, Code::FieldSize)?;
        self.number(&old.mode, Code::FieldMode)?;
        self.number(&old.uid, Code::FieldOwner)?;
        self.number(&old.gid, Code::FieldGroup)?;
        self.number(&old.mtime, Code::FieldMtime)?;
        if self.dialect != Dialect::V7 {
            self.number(self.field(329..337), Code::FieldDevice)?;
            self.number(self.field(337..345), Code::FieldDevice)?;
        }
        if self.dialect == Dialect::Star {
            self.number(self.field(476..488), Code::FieldAtime)?;
            self.number(self.field(488..500), Code::FieldCtime)?;
        }
        Ok(())
    }

    pub(super) fn type_flag(&self) -> u8 {
        self.layout.as_old().linkflag[0]
    }

    /// Returns the size field: the number of bytes that follow the header.
    pub(super) fn size(&self) -> Result<u64, Error> {
        let size = self.number(&self.layout.as_old().size, Code::FieldSize)?;
        u64::try_from(size).map_err(|_| self.bad(Code::FieldSize))
    }

    pub(super) fn ownership(&self) -> Result<Ownership, Error> {
        let old = self.layout.as_old();
        Ok(Ownership {
            // The type bits above the permission bits only repeat the type flag.
            mode: u16::try_from(self.number(&old.mode, Code::FieldMode)? & 0o7777)
                .map_err(|_| self.bad(Code::FieldMode))?,
            uid: self.number(&old.uid, Code::FieldOwner)?,
            gid: self.number(&old.gid, Code::FieldGroup)?,
            mtime: Timestamp::from_seconds(self.number(&old.mtime, Code::FieldMtime)?),
        })
    }

    /// Returns the name, with the prefix if the dialect has one.
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

    /// Returns the device numbers; 0/0 for a dialect without them.
    pub(super) fn device(&self) -> Result<Device, Error> {
        if self.dialect == Dialect::V7 {
            return Ok(Device { major: 0, minor: 0 });
        }
        let number = |range| self.number(self.field(range), Code::FieldDevice);
        Ok(Device {
            major: device_number(number(329..337)?),
            minor: device_number(number(337..345)?),
        })
    }

    /// Returns the fields that only GNU headers have: the map of an old sparse file.
    pub(super) fn gnu(&self) -> Option<&'a tar::GnuHeader> {
        (self.dialect == Dialect::Gnu).then(|| self.layout.as_gnu())?
    }

    /// True if a GNU header's times are malformed, so that Go reads a prefix in their place, as its own writer once
    /// wrote it.
    pub(super) fn has_gnu_prefix(&self) -> bool {
        self.dialect == Dialect::Gnu && !self.prefix().is_empty()
    }

    fn prefix(&self) -> &'a [u8] {
        match self.dialect {
            Dialect::V7 => b"",
            Dialect::Ustar => c_string(self.field(345..500)),
            Dialect::Star => c_string(self.field(345..476)),
            Dialect::Gnu => {
                let is_time = |range| match self.field(range) {
                    [0, ..] => true,
                    field => header_number(field).is_some(),
                };
                let prefix = c_string(self.field(345..500));
                match is_time(345..357) && is_time(357..369) || !prefix.is_ascii() {
                    true => b"",
                    false => prefix,
                }
            }
        }
    }

    fn field(&self, range: std::ops::Range<usize>) -> &'a [u8] {
        self.layout.as_bytes().get(range).unwrap_or_default()
    }

    fn number(&self, field: &[u8], name: Code) -> Result<i64, Error> {
        header_number(field).ok_or_else(|| self.bad(name))
    }

    fn bad(&self, field: Code) -> Error {
        Error::BadNumber {
            offset: self.offset,
            field,
        }
    }
}
