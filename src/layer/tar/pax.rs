//! The records of a PAX extended header.
//!
//! The `tar` crate's reader splits records at newlines, which values may hold; so records are read here by the
//! length that stands before them. Keys that do not concern a layer are passed over.

use std::collections::BTreeSet;

use super::number::{decimal, pax_time};
use super::sparse::PaxSparse;
use crate::image::Timestamp;

const XATTR: &[u8] = b"SCHILY.xattr.";
/// What layers of Windows say of a file, such as its security descriptor: told like attributes, by the whole key.
const WINDOWS: &[u8] = b"MSWINDOWS.";
const SPARSE: &[u8] = b"GNU.sparse.";

/// What an extended header says of the next entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) mtime: Option<Timestamp>,
    /// Name and value, in their order; Windows' records among them.
    pub(super) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) sparse: PaxSparse,
}

/// Reads all records.
///
/// # Errors
/// The reason, where a record is malformed: nothing after it can be trusted.
pub(super) fn parse(mut text: &[u8], extent_limit: usize) -> Result<Pax, &'static str> {
    let mut pax = Pax::default();
    while !text.is_empty() {
        let record = split_record(text)?;
        text = record.rest;
        pax.set(record.key, record.value, extent_limit)?;
    }
    // Of attributes with one name the last is meant; an empty value stands for none, as engines have it.
    let mut seen = BTreeSet::new();
    pax.xattrs.reverse();
    pax.xattrs
        .retain(|(name, value)| seen.insert(name.clone()) && !value.is_empty());
    pax.xattrs.reverse();
    Ok(pax)
}

/// A record and what follows it.
struct Split<'t> {
    key: &'t [u8],
    value: &'t [u8],
    rest: &'t [u8],
}

/// Splits `LENGTH KEY=VALUE\n` off the text; the length counts the whole record.
fn split_record(text: &[u8]) -> Result<Split<'_>, &'static str> {
    const BAD_LENGTH: &str = "a record's length is wrong";
    // More digits than any length has need not be looked at.
    let head = text.get(..20).unwrap_or(text);
    let space = head.iter().position(|&b| b == b' ').ok_or(BAD_LENGTH)?;
    let len = text.get(..space).and_then(decimal).ok_or(BAD_LENGTH)?;
    let len = usize::try_from(len).map_err(|_| BAD_LENGTH)?;
    let (record, rest) = text.split_at_checked(len).ok_or(BAD_LENGTH)?;
    let record = record.get(space + 1..).ok_or(BAD_LENGTH)?;
    let record = record
        .strip_suffix(b"\n")
        .ok_or("a record does not end with a newline")?;
    let equals = record
        .iter()
        .position(|&b| b == b'=')
        .ok_or("a record has no =")?;
    let (key, value) = record.split_at(equals);
    if key.is_empty() || key.contains(&0) {
        return Err("a record's key is empty or holds a NUL byte");
    }
    let value = value.get(1..).unwrap_or_default();
    Ok(Split { key, value, rest })
}

impl Pax {
    fn set(&mut self, key: &[u8], value: &[u8], extent_limit: usize) -> Result<(), &'static str> {
        let id = |value: &[u8]| decimal(value).and_then(|id| u32::try_from(id).ok());
        match key {
            b"path" => self.path = name(value)?,
            b"linkpath" => self.link = name(value)?,
            b"size" => self.size = field(value, decimal, "the size is no number")?,
            b"uid" => self.uid = field(value, id, "the owner is no number")?,
            b"gid" => self.gid = field(value, id, "the group is no number")?,
            b"mtime" => self.mtime = field(value, pax_time, "the time is no number")?,
            key => {
                if let Some(name) = key.strip_prefix(XATTR) {
                    self.xattrs.push((name.to_vec(), value.to_vec()));
                } else if let Some(key) = key.strip_prefix(SPARSE) {
                    self.sparse.set(key, value, extent_limit)?;
                } else if key.starts_with(WINDOWS) {
                    self.xattrs.push((key.to_vec(), value.to_vec()));
                }
            }
        }
        Ok(())
    }
}

/// A value that means "as the header says" when it is empty.
fn field<T>(
    value: &[u8],
    read: impl Fn(&[u8]) -> Option<T>,
    reason: &'static str,
) -> Result<Option<T>, &'static str> {
    if value.is_empty() {
        return Ok(None);
    }
    read(value).map(Some).ok_or(reason)
}

fn name(value: &[u8]) -> Result<Option<Vec<u8>>, &'static str> {
    if value.contains(&0) {
        return Err("a name holds a NUL byte");
    }
    Ok((!value.is_empty()).then(|| value.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Pax, &'static str> {
        parse(text, 10)
    }

    #[test]
    fn tf_04_reads_records_by_their_length() {
        let text = b"12 path=a\nb\n12 uid=1000\n23 SCHILY.xattr.u=a\n=b\n";
        let pax = read(text).expect("is well formed");
        assert_eq!(pax.path.as_deref(), Some(&b"a\nb"[..]));
        assert_eq!(pax.uid, Some(1000));
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
            b"11 size=-1\n",
            b"11 size=1x\n",
            b"10 uid=-1\n",
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
