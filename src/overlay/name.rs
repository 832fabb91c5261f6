//! Recognises whiteouts by name.
//!
//! Only the last component of a path counts. Hiding is left to `hide`.

use crate::layer::EntryPath;

/// The meaning of the last component of an entry's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'a> {
    /// An ordinary name.
    Plain(&'a [u8]),
    /// `.wh.NAME` hides NAME of the layers below.
    Whiteout(&'a [u8]),
    /// `.wh..wh..opq` hides everything in the directory from the layers below.
    Opaque,
    /// `.wh.`, `.wh..` or `.wh...`, which name nothing, the directory itself, or its parent.
    Invalid,
}

impl Named<'_> {
    /// Classifies the last component of a path.
    pub fn of(name: &[u8]) -> Named<'_> {
        match name.strip_prefix(b".wh.") {
            None => Named::Plain(name),
            Some(b".wh..opq") => Named::Opaque,
            Some(b"" | b"." | b"..") => Named::Invalid,
            Some(hidden) => Named::Whiteout(hidden),
        }
    }
}

/// True if a path is in one of the entries that AUFS keeps for itself at the root of a layer.
pub fn is_aufs(path: EntryPath<'_>) -> bool {
    let first = if path.dir.is_empty() {
        path.name
    } else {
        path.dir
    };
    first.starts_with(b".wh..wh.") && path != b".wh..wh..opq"
}

/// True for AUFS's own entries, which mean nothing to any engine. False for paths below them.
pub(super) fn is_aufs_own(path: &[u8]) -> bool {
    matches!(path, b".wh..wh.aufs" | b".wh..wh.plnk" | b".wh..wh.orph")
}

/// Returns the name below AUFS's directory of hard link targets, `.wh..wh.plnk/`.
pub(super) fn in_aufs_links(path: &[u8]) -> Option<&[u8]> {
    path.strip_prefix(b".wh..wh.plnk/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ls_02_only_the_exact_prefix_makes_a_whiteout() {
        assert_eq!(Named::of(b".wh.a"), Named::Whiteout(b"a"));
        assert_eq!(Named::of(b".wh..hidden"), Named::Whiteout(b".hidden"));
        assert_eq!(Named::of(b".wh..wh..opq"), Named::Opaque);
        for name in [&b".wh"[..], b".whfoo", b"a.wh.b", b".WH.x"] {
            assert_eq!(Named::of(name), Named::Plain(name));
        }
    }

    #[test]
    fn ls_05_names_that_name_nothing_are_invalid() {
        for name in [&b".wh."[..], b".wh..", b".wh..."] {
            assert_eq!(Named::of(name), Named::Invalid);
        }
        assert_eq!(Named::of(b".wh...."), Named::Whiteout(b"..."));
    }

    #[test]
    fn ls_40_aufs_keeps_names_at_the_root_only() {
        let is_aufs = |path: &[u8]| is_aufs(EntryPath::of(path));
        assert!(is_aufs(b".wh..wh.aufs") && is_aufs(b".wh..wh.plnk/7"));
        assert!(!is_aufs(b".wh..wh..opq") && !is_aufs(b"d/.wh..wh.aufs"));
        assert!(is_aufs(b".wh..wh..opq/a") && is_aufs(b".wh..wh.plnk/a/b"));
        assert_eq!(in_aufs_links(b".wh..wh.plnk/7"), Some(&b"7"[..]));
    }
}
