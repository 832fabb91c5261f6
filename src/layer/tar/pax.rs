//! The records of a PAX extended header.
//!
//! The `tar` crate splits records at newlines, which values may contain, so this module splits them by their length
//! prefix. It follows Go's archive/tar: the last record of a key counts, an empty value restores the header's own
//! field, and only then are values parsed. Keys that do not concern a layer are ignored.

use super::number::{decimal, natural, pax_time};
use super::sparse::PaxSparse;
use crate::image::Timestamp;
use crate::message::Code;

const XATTR: &[u8] = b"SCHILY.xattr.";
/// Metadata of files in Windows layers, such as security descriptors. Reported like attributes, with the whole key
/// as name.
const WINDOWS: &[u8] = b"MSWINDOWS.";
const SPARSE: &[u8] = b"GNU.sparse.";

/// The values of an extended header that apply to the next entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    /// May be negative; the kind of the entry decides what that means.
    pub(super) size: Option<i64>,
    pub(super) uid: Option<i64>,
    pub(super) gid: Option<i64>,
    pub(super) mtime: Option<Timestamp>,
    /// Name and value, in order, including the records of Windows.
    pub(super) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) sparse: PaxSparse,
}

/// The records of one extended header, only the last of each key. Values are not parsed yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    last: Vec<(Vec<u8>, Vec<u8>)>,
    sparse: PaxSparse,
}

/// Splits a header into its records.
///
/// # Errors
/// The reason why a record is malformed: nothing after it can be trusted.
pub(super) fn parse(mut text: &[u8], extent_limit: usize) -> Result<Records, Code> {
    let mut sparse = PaxSparse::default();
    let mut records: Vec<(&[u8], &[u8])> = Vec::new();
    while !text.is_empty() {
        let record = split_record(text)?;
        text = record.rest;
        match record.key.strip_prefix(SPARSE) {
            Some(b"offset") => sparse.offset(record.value)?,
            Some(b"numbytes") => sparse.length(record.value, extent_limit)?,
            _ => records.push((record.key, record.value)),
        }
    }
    // Keeps the last record of each key, at its own position.
    let mut order: Vec<usize> = (0..records.len()).collect();
    let key = |at: usize| records.get(at).map(|(key, _)| *key);
    order.sort_by_key(|&at| (key(at), at));
    order = order
        .chunk_by(|&a, &b| key(a) == key(b))
        .filter_map(|alike| alike.last().copied())
        .collect();
    order.sort_unstable();
    let last = order.into_iter().filter_map(|at| records.get(at));
    Ok(Records {
        last: last
            .map(|(key, value)| (key.to_vec(), value.to_vec()))
            .collect(),
        sparse,
    })
}

impl Records {
    /// Returns the path, if the records have one.
    pub(super) fn path(&self) -> Option<&[u8]> {
        let path = self.last.iter().find(|(key, _)| key == b"path");
        path.map(|(_, value)| value.as_slice())
            .filter(|path| !path.is_empty())
    }

    /// Parses the values.
    ///
    /// # Errors
    /// The reason why a value is malformed.
    pub(super) fn read(self) -> Result<Pax, Code> {
        let mut pax = Pax {
            sparse: self.sparse,
            ..Pax::default()
        };
        for (key, value) in self.last {
            pax.set(&key, &value)?;
        }
        Ok(pax)
    }
}

/// A record and the bytes after it.
struct Split<'t> {
    key: &'t [u8],
    value: &'t [u8],
    rest: &'t [u8],
}

/// Splits `LENGTH KEY=VALUE\n` off the text. The length counts the whole record.
fn split_record(text: &[u8]) -> Result<Split<'_>, Code> {
    const BAD_LENGTH: Code = Code::PaxLength;
    let space = text.iter().position(|&b| b == b' ').ok_or(BAD_LENGTH)?;
    let len = text.get(..space).and_then(natural).ok_or(BAD_LENGTH)?;
    let len = usize::try_from(len).map_err(|_| BAD_LENGTH)?;
    let (record, rest) = text.split_at_checked(len).ok_or(BAD_LENGTH)?;
    let record = record.get(space + 1..).ok_or(BAD_LENGTH)?;
    let record = record.strip_suffix(b"\n").ok_or(Code::PaxNoNewline)?;
    let equals = record
        .iter()
        .position(|&b| b == b'=')
        .ok_or(Code::PaxNoEquals)?;
    let (key, value) = record.split_at(equals);
    if key.is_empty() || key.contains(&0) {
        return Err(Code::PaxKey);
    }
    let value = value.get(1..).unwrap_or_default();
    let is_name = matches!(key, b"path" | b"linkpath" | b"uname" | b"gname");
    if is_name && value.contains(&0) {
        return Err(Code::PaxNameNul);
    }
    Ok(Split { key, value, rest })
}

impl Pax {
    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<(), Code> {
        if value.is_empty() && !key.starts_with(SPARSE) {
            return Ok(());
        }
        match key {
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = Some(decimal(value).ok_or(Code::PaxSize)?),
            b"uid" => self.uid = Some(decimal(value).ok_or(Code::PaxOwner)?),
            b"gid" => self.gid = Some(decimal(value).ok_or(Code::PaxGroup)?),
            b"mtime" => self.mtime = Some(pax_time(value).ok_or(Code::PaxMtime)?),
            b"atime" | b"ctime" => {
                pax_time(value).ok_or(Code::PaxTime)?;
            }
            key => {
                if let Some(name) = key.strip_prefix(XATTR) {
                    self.xattrs.push((name.to_vec(), value.to_vec()));
                } else if let Some(key) = key.strip_prefix(SPARSE) {
                    self.sparse.set(key, value);
                } else if key.starts_with(WINDOWS) {
                    self.xattrs.push((key.to_vec(), value.to_vec()));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Pax, Code> {
        parse(text, 10)?.read()
    }

    #[test]
    fn tf_04_reads_records_by_their_length() {
        let text = b"12 path=a\nb\n12 uid=1000\n23 SCHILY.xattr.u=a\n=b\n";
        let pax = read(text).expect("is well formed");
        assert_eq!(pax.path.as_deref(), Some(&b"a\nb"[..]));
        assert_eq!(pax.uid, Some(1_000));
        assert_eq!(pax.xattrs, [(b"u".to_vec(), b"a\n=b".to_vec())]);
    }

    #[test]
    fn tf_06_refuses_what_is_malformed() {
        for text in [
            &b"10 path=ab"[..],
            b"11 path=abX",
            b"9 path=ab\n",
            b"999 path=ab\n",
            b"x path=ab\n",
            b"8 path\n\n",
            b"6 =ab\n",
            b"12 path=a\0b\n",
            b"11 size=1x\n",
            b"12 mtime=ab\n",
            b"10 a\0b=cd\n",
            b"0 ",
            b"\0\0\0",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn tf_04_an_empty_value_and_a_later_record_win() {
        let pax = read(b"10 path=a\n10 path=b\n8 size=\n").expect("is well formed");
        assert_eq!(pax.path.as_deref(), Some(&b"b"[..]));
        assert_eq!(pax.size, None);
        assert_eq!(
            read(b"30 size=000000000000000000999\n")
                .expect("is well formed")
                .size,
            Some(999)
        );
    }
}
