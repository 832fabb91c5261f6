//! Writes the tar of a layer, in pieces. Equal entries give equal bytes.
//!
//! Headers are ustar. Values that do not fit go into a preceding PAX header, as in Docker's own writer.
//! `tar::Builder` is not used: it needs each file whole or as a reader, and its names as text.

use super::Error;
use crate::image::{Timestamp, escape};
use crate::layer::{Device, EntryKind, XattrRef};

/// Length of a header in bytes. Content is padded to a multiple of it.
const BLOCK: u64 = 512;
/// Two blocks of zeros end a tar.
const END_BYTES: usize = 1024;
/// The first value that does not fit ustar's seven octal digits for owners.
const OWNER_END: u32 = 1 << 21;
/// The first value that does not fit ustar's eleven octal digits for sizes and times.
const WIDE_END: u64 = 1 << 33;

/// One entry to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// The path without a leading slash; empty for the root.
    pub path: &'a [u8],
    /// The type of the entry.
    pub kind: EntryKind,
    /// Permission bits, 07777.
    pub mode: u16,
    /// The owner's numeric ID.
    pub uid: u32,
    /// The group's numeric ID.
    pub gid: u32,
    /// Size of a file's content in bytes. [`LayerTar::content`] must be given as many.
    pub size_bytes: u64,
    /// The time of last modification.
    pub mtime: Timestamp,
    /// The target of a symbolic or hard link.
    pub link: &'a [u8],
    /// The device numbers of a device.
    pub device: Option<Device>,
    /// Extended attributes, in the order to be written.
    pub xattrs: &'a [XattrRef<'a>],
}

/// A streaming writer. Entries and content go in; [`LayerTar::take`] returns the bytes written so far.
#[derive(Default)]
pub struct LayerTar {
    out: Vec<u8>,
    open: Option<OpenFile>,
}

/// The file whose content is being written.
struct OpenFile {
    path: Vec<u8>,
    expected_bytes: u64,
    actual_bytes: u64,
}

impl LayerTar {
    /// Creates an empty layer.
    pub fn new() -> LayerTar {
        LayerTar::default()
    }

    /// Writes an entry's headers.
    ///
    /// # Errors
    /// When the previous file got less content than its header says.
    pub fn entry(&mut self, entry: &NewEntry<'_>) -> Result<(), Error> {
        self.close()?;
        let name = tar_name(entry);
        let records = pax_records(entry, &name);
        if !records.is_empty() {
            let mut header = tar::Header::new_ustar();
            let base = entry.path.rsplit(|&byte| byte == b'/').next();
            let pax_name = [b"PaxHeaders.0/", base.unwrap_or_default()].concat();
            put_names(&mut header, &pax_name, b"");
            header.set_entry_type(tar::EntryType::XHeader);
            header.set_mode(0o644);
            put_numbers(&mut header, 0, 0, records.len() as u64, 0);
            self.header(header);
            self.out.extend_from_slice(&records);
            self.fill(records.len() as u64);
        }
        let mut header = tar::Header::new_ustar();
        put_names(&mut header, &name, entry.link);
        header.set_entry_type(tar_type(entry.kind));
        header.set_mode(u32::from(entry.mode));
        let seconds = u64::try_from(entry.mtime.seconds).unwrap_or(0);
        put_numbers(&mut header, entry.uid, entry.gid, size_of(entry), seconds);
        if let Some(device) = entry.device {
            put_device(&mut header, device);
        }
        self.header(header);
        if size_of(entry) > 0 {
            self.open = Some(OpenFile {
                path: entry.path.to_vec(),
                expected_bytes: entry.size_bytes,
                actual_bytes: 0,
            });
        }
        Ok(())
    }

    /// Writes the next bytes of the content of the most recent entry.
    ///
    /// # Errors
    /// When they exceed the size in the file's header.
    pub fn content(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(open) = &mut self.open else {
            return if bytes.is_empty() {
                Ok(())
            } else {
                Err(wrong_length(b"", 0, bytes.len() as u64))
            };
        };
        open.actual_bytes = open.actual_bytes.saturating_add(bytes.len() as u64);
        if open.actual_bytes > open.expected_bytes {
            return Err(wrong_length(
                &open.path,
                open.expected_bytes,
                open.actual_bytes,
            ));
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Takes the bytes written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Finishes the layer with two zero blocks. Returns the bytes that have not been taken yet.
    ///
    /// # Errors
    /// When the last file got less content than its header says.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.close()?;
        self.out.extend_from_slice(&[0; END_BYTES]);
        Ok(self.out)
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        if open.actual_bytes != open.expected_bytes {
            return Err(wrong_length(
                &open.path,
                open.expected_bytes,
                open.actual_bytes,
            ));
        }
        self.fill(open.actual_bytes);
        Ok(())
    }

    fn header(&mut self, mut header: tar::Header) {
        header.set_cksum();
        self.out.extend_from_slice(header.as_bytes());
    }

    /// Pads `written` bytes of content with zeros to a whole block.
    fn fill(&mut self, written: u64) {
        let missing = (BLOCK - written % BLOCK) % BLOCK;
        self.out.extend(std::iter::repeat_n(0, missing as usize));
    }
}

fn wrong_length(path: &[u8], expected_bytes: u64, actual_bytes: u64) -> Error {
    Error::ContentLength {
        expected_bytes,
        actual_bytes,
        path: escape(path),
    }
}

/// Returns the name in the tar: directories end in a slash, and the root is `./`.
fn tar_name(entry: &NewEntry<'_>) -> Vec<u8> {
    match (entry.path, entry.kind) {
        (b"", _) => b"./".to_vec(),
        (path, EntryKind::Dir) => [path, b"/"].concat(),
        (path, _) => path.to_vec(),
    }
}

fn size_of(entry: &NewEntry<'_>) -> u64 {
    if entry.kind == EntryKind::File {
        entry.size_bytes
    } else {
        0
    }
}

fn tar_type(kind: EntryKind) -> tar::EntryType {
    match kind {
        EntryKind::File => tar::EntryType::Regular,
        EntryKind::Dir => tar::EntryType::Directory,
        EntryKind::Symlink => tar::EntryType::Symlink,
        EntryKind::Hardlink => tar::EntryType::Link,
        EntryKind::Char => tar::EntryType::Char,
        EntryKind::Block => tar::EntryType::Block,
        EntryKind::Fifo => tar::EntryType::Fifo,
    }
}

fn put_device(header: &mut tar::Header, device: Device) {
    if let Some(ustar) = header.as_ustar_mut() {
        ustar.set_device_major(device.major);
        ustar.set_device_minor(device.minor);
    }
}

/// Writes name and link target, cut to their fields. Longer ones are in the PAX header as a whole.
fn put_names(header: &mut tar::Header, name: &[u8], link: &[u8]) {
    let Some(ustar) = header.as_ustar_mut() else {
        return;
    };
    for (field, value) in ustar.name.iter_mut().zip(name) {
        *field = *value;
    }
    for (field, value) in ustar.linkname.iter_mut().zip(link) {
        *field = *value;
    }
}

/// Writes the numbers that fit, and zero for those that only the PAX header can hold.
fn put_numbers(header: &mut tar::Header, uid: u32, gid: u32, size: u64, seconds: u64) {
    let owner = |id| u64::from(if id < OWNER_END { id } else { 0 });
    let wide = |number| if number < WIDE_END { number } else { 0 };
    header.set_uid(owner(uid));
    header.set_gid(owner(gid));
    header.set_size(wide(size));
    header.set_mtime(wide(seconds));
}

/// Returns the records of the PAX header that `entry` needs; empty if ustar can hold everything.
fn pax_records(entry: &NewEntry<'_>, name: &[u8]) -> Vec<u8> {
    let mut records = Vec::new();
    let mut record = |key: &[u8], value: &[u8]| append_record(&mut records, key, value);
    if name.len() > 100 {
        record(b"path", name);
    }
    if entry.link.len() > 100 {
        record(b"linkpath", entry.link);
    }
    if entry.uid >= OWNER_END {
        record(b"uid", entry.uid.to_string().as_bytes());
    }
    if entry.gid >= OWNER_END {
        record(b"gid", entry.gid.to_string().as_bytes());
    }
    if size_of(entry) >= WIDE_END {
        record(b"size", entry.size_bytes.to_string().as_bytes());
    }
    let fits = u64::try_from(entry.mtime.seconds).is_ok_and(|seconds| seconds < WIDE_END);
    if !fits || entry.mtime.nanos != 0 {
        record(b"mtime", pax_time(entry.mtime).as_bytes());
    }
    for xattr in entry.xattrs {
        record(&[b"SCHILY.xattr.", xattr.name].concat(), xattr.value);
    }
    records
}

/// Formats a time in decimal seconds. The fraction of a time before 1970 counts away from zero, as PAX requires.
fn pax_time(time: Timestamp) -> String {
    let nanos = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    let sign = if nanos < 0 { "-" } else { "" };
    let (seconds, fraction) = (
        nanos.unsigned_abs() / 1_000_000_000,
        nanos.unsigned_abs() % 1_000_000_000,
    );
    let text = format!("{sign}{seconds}.{fraction:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Appends `LENGTH KEY=VALUE\n`, where the length counts its own digits.
fn append_record(out: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut len = rest;
    while len != rest + len.to_string().len() {
        len = rest + len.to_string().len();
    }
    out.extend_from_slice(len.to_string().as_bytes());
    out.extend_from_slice(b" ");
    out.extend_from_slice(key);
    out.extend_from_slice(b"=");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\n");
}

#[cfg(test)]
mod tests;
