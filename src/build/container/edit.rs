//! Edits of a container layer as data, and which names they may give.
//!
//! What an edit does is `apply`'s work.

use serde::{Deserialize, Serialize};

use super::{NewContent, Refusal};
use crate::image::{ImagePath, Timestamp};
use crate::layer::Limits;

/// Bytes of one name: what file systems under containers hold (`NAME_MAX`).
const NAME_BYTES: usize = 255;
/// Bytes of a symbolic link's target, and of a path with its slash and its end: `PATH_MAX`.
const PATH_BYTES: usize = 4096;

/// Mode and owner of something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attributes {
    /// Permission bits, 07777.
    pub mode: u16,
    /// The owner's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
}

impl Attributes {
    /// Those of a new file whose maker says nothing else.
    pub const FILE: Attributes = Attributes::of_root(0o644);
    /// Those of a new directory whose maker says nothing else.
    pub const DIR: Attributes = Attributes::of_root(0o755);

    const fn of_root(mode: u16) -> Attributes {
        Attributes {
            mode,
            uid: 0,
            gid: 0,
        }
    }
}

/// One change to the tree that a container sees.
///
/// Paths are whole. Symbolic links in their directories are followed as a program in the container would, never the
/// last component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    /// Makes a file, or gives one that is there new content.
    File {
        /// Where.
        path: ImagePath,
        /// Its bytes.
        content: NewContent,
        /// `None` keeps those of the file that is there; a new one gets [`Attributes::FILE`].
        attributes: Option<Attributes>,
    },
    /// Makes a directory where there is nothing.
    Dir {
        /// Where.
        path: ImagePath,
        /// `None` stands for [`Attributes::DIR`].
        attributes: Option<Attributes>,
    },
    /// Makes a directory and those above it as far as they are missing, as `mkdir -p` does.
    Dirs {
        /// Where.
        path: ImagePath,
    },
    /// Makes a symbolic link where there is nothing.
    Symlink {
        /// Where.
        path: ImagePath,
        /// What it says; need not lead anywhere.
        target: Vec<u8>,
    },
    /// Takes away what is there, and all below it.
    Delete {
        /// Where.
        path: ImagePath,
    },
    /// Gives a file, link or directory another path, at which there is nothing.
    Rename {
        /// The path so far.
        from: ImagePath,
        /// The path from now on.
        to: ImagePath,
    },
    /// Sets permission bits.
    Mode {
        /// Of what; a symbolic link has none.
        path: ImagePath,
        /// 07777.
        mode: u16,
    },
    /// Sets owner and group.
    Owner {
        /// Of what; a symbolic link's own.
        path: ImagePath,
        /// The owner's number.
        uid: u32,
        /// The group's number.
        gid: u32,
    },
}

/// Edits that are done, undone and done again together: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When; what the edits make is of this time.
    pub at: Timestamp,
    /// In this order.
    pub edits: Vec<Edit>,
}

impl Edit {
    /// The path that the edit is about; of a renaming the one so far.
    pub fn path(&self) -> &ImagePath {
        match self {
            Edit::File { path, .. }
            | Edit::Dir { path, .. }
            | Edit::Dirs { path }
            | Edit::Symlink { path, .. }
            | Edit::Delete { path }
            | Edit::Rename { from: path, .. }
            | Edit::Mode { path, .. }
            | Edit::Owner { path, .. } => path,
        }
    }

    /// The content that the edit brings.
    pub fn content(&self) -> Option<&NewContent> {
        match self {
            Edit::File { content, .. } => Some(content),
            _ => None,
        }
    }
}

/// Whether something may be made under this name.
///
/// # Errors
/// When no file system could hold it, or a layer would take it for a whiteout: the image specification, `layer.md`,
/// section "Whiteouts", forbids files whose names begin with `.wh.`.
pub fn check_name(name: &[u8]) -> Result<(), Refusal> {
    match name {
        b"" => Err(Refusal::NameEmpty),
        b"." | b".." => Err(Refusal::NameDot),
        _ if name.contains(&0) => Err(Refusal::NameNul),
        _ if name.contains(&b'/') => Err(Refusal::NameSlash),
        _ if name.starts_with(b".wh.") => Err(Refusal::Whiteout),
        _ if name.len() > NAME_BYTES => Err(Refusal::NameTooLong { limit: NAME_BYTES }),
        _ => Ok(()),
    }
}

/// Whether a path is one that can be made: the whole, and the last name of it.
pub(super) fn check_path(path: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let limit = PATH_BYTES.saturating_sub(2).min(limits.path_bytes);
    if path.len() > limit {
        return Err(Refusal::PathTooLong { limit });
    }
    let limit = limits.path_depth;
    if path.split(|&b| b == b'/').count() > limit {
        return Err(Refusal::TooDeep { limit });
    }
    check_names(path)?;
    match path.rsplit(|&b| b == b'/').next() {
        None | Some(b"") => Err(Refusal::Root),
        Some(name) => check_name(name),
    }
}

/// Whether a layer can have an entry at a path: an image may have directories that are named like whiteouts, since
/// only the last name of an entry counts as one; but an entry of such a directory itself would.
pub(super) fn check_names(path: &[u8]) -> Result<(), Refusal> {
    match path
        .split(|&b| b == b'/')
        .any(|name| name.starts_with(b".wh."))
    {
        true => Err(Refusal::Whiteout),
        false => Ok(()),
    }
}

/// Whether a symbolic link may say this.
pub(super) fn check_target(target: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let limit = PATH_BYTES.saturating_sub(1).min(limits.path_bytes);
    match target {
        b"" => Err(Refusal::TargetEmpty),
        _ if target.contains(&0) => Err(Refusal::NameNul),
        _ if target.len() > limit => Err(Refusal::PathTooLong { limit }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_refused() {
        let long = [b'a'; NAME_BYTES + 1];
        let refused: [(&[u8], Refusal); 10] = [
            (b"", Refusal::NameEmpty),
            (b".", Refusal::NameDot),
            (b"..", Refusal::NameDot),
            (b"a\0b", Refusal::NameNul),
            (b"a/b", Refusal::NameSlash),
            (b".wh.", Refusal::Whiteout),
            (b".wh.hosts", Refusal::Whiteout),
            (b".wh..wh..opq", Refusal::Whiteout),
            (b".wh..wh.plnk", Refusal::Whiteout),
            (&long, Refusal::NameTooLong { limit: NAME_BYTES }),
        ];
        for (name, why) in refused {
            assert_eq!(check_name(name), Err(why), "{name:?}");
        }
        for name in [&b"..."[..], b".wh", b".whx", b"a.wh.b", b"\xff", &long[1..]] {
            assert_eq!(check_name(name), Ok(()), "{name:?}");
        }
    }
}
