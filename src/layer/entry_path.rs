//! The path of an entry in two parts, directory and name, as an index holds them.
//!
//! Owned normalised paths are left to `image::ImagePath`.

use std::fmt;

use crate::image::escape;

/// A normalised path: `dir/name`, without the slash where `dir` is the root.
///
/// ```
/// use lamina::layer::EntryPath;
///
/// let path = EntryPath::of(b"usr/bin/env");
/// assert_eq!((path.dir, path.name), (&b"usr/bin"[..], &b"env"[..]));
/// assert_eq!(path, b"usr/bin/env");
/// assert_eq!(path.to_vec(), b"usr/bin/env");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct EntryPath<'a> {
    /// Path of the directory; empty for entries in the root, and for the root.
    pub dir: &'a [u8],
    /// Last component; empty for the root.
    pub name: &'a [u8],
}

impl<'a> EntryPath<'a> {
    /// Splits a path at its last slash.
    pub fn of(path: &'a [u8]) -> EntryPath<'a> {
        match path.iter().rposition(|&b| b == b'/') {
            Some(at) => EntryPath {
                dir: path.get(..at).unwrap_or_default(),
                name: path.get(at + 1..).unwrap_or_default(),
            },
            None => EntryPath {
                dir: &[],
                name: path,
            },
        }
    }

    /// True if this is the path of the root.
    pub fn is_root(&self) -> bool {
        self.name.is_empty() && self.dir.is_empty()
    }

    /// Returns the length of the whole path in bytes.
    pub fn len_bytes(&self) -> usize {
        let slash = usize::from(!self.dir.is_empty());
        self.dir
            .len()
            .saturating_add(slash)
            .saturating_add(self.name.len())
    }

    /// Joins the parts into the whole path.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut path = Vec::with_capacity(self.len_bytes());
        if !self.dir.is_empty() {
            path.extend_from_slice(self.dir);
            path.push(b'/');
        }
        path.extend_from_slice(self.name);
        path
    }
}

impl<'a> From<&'a [u8]> for EntryPath<'a> {
    fn from(path: &'a [u8]) -> EntryPath<'a> {
        EntryPath::of(path)
    }
}

impl PartialEq<[u8]> for EntryPath<'_> {
    fn eq(&self, other: &[u8]) -> bool {
        *self == EntryPath::of(other)
    }
}

impl PartialEq<&[u8]> for EntryPath<'_> {
    fn eq(&self, other: &&[u8]) -> bool {
        *self == **other
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for EntryPath<'_> {
    fn eq(&self, other: &&[u8; N]) -> bool {
        *self == other[..]
    }
}

impl fmt::Display for EntryPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.to_vec()))
    }
}

impl fmt::Debug for EntryPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", escape(&self.to_vec()))
    }
}
