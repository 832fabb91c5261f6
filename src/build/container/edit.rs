//! Edits of a container layer as data, and the rules for names in them.
//!
//! `apply` carries them out.

use serde::{Deserialize, Serialize};

use super::{NewContent, Refusal};
use crate::bounds::Limits;
use crate::image::{ImagePath, Timestamp};

/// Largest name in bytes on the file systems under containers (`NAME_MAX`).
const NAME_BYTES: usize = 255;
/// Largest target of a symbolic link in bytes, and of a path with its leading slash and NUL: `PATH_MAX`.
const PATH_BYTES: usize = 4096;

/// Mode and owner of a new file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attributes {
    /// Permission bits, 07777.
    pub mode: u16,
    /// The owner's numeric ID.
    pub uid: u32,
    /// The group's numeric ID.
    pub gid: u32,
}

impl Attributes {
    /// Default attributes of a new file.
    pub const FILE: Attributes = Attributes::of_root(0o644);
    /// Default attributes of a new directory.
    pub const DIR: Attributes = Attributes::of_root(0o755);

    const fn of_root(mode: u16) -> Attributes {
        Attributes {
            mode,
            uid: 0,
            gid: 0,
        }
    }
}

/// One change to the file tree of a container.
///
/// Paths are absolute. Symbolic links in their directories are followed as a program in the container would follow
/// them; the last component is never followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    /// Creates a file, or replaces the content of an existing one.
    File {
        /// The path of the file.
        path: ImagePath,
        /// The new content.
        content: NewContent,
        /// `None` keeps the attributes of an existing file; a new one gets [`Attributes::FILE`].
        attributes: Option<Attributes>,
    },
    /// Creates a directory at a free path.
    Dir {
        /// The path of the directory.
        path: ImagePath,
        /// `None` stands for [`Attributes::DIR`].
        attributes: Option<Attributes>,
    },
    /// Creates a directory and its missing parents, as `mkdir -p` does.
    Dirs {
        /// The path of the directory.
        path: ImagePath,
    },
    /// Creates a symbolic link at a free path.
    Symlink {
        /// The path of the link.
        path: ImagePath,
        /// The link's target, which need not exist.
        target: Vec<u8>,
    },
    /// Deletes a path and everything below it.
    Delete {
        /// The path to delete.
        path: ImagePath,
    },
    /// Moves a file, link or directory to a free path.
    Rename {
        /// The old path.
        from: ImagePath,
        /// The new path.
        to: ImagePath,
    },
    /// Sets permission bits.
    Mode {
        /// The path; a symbolic link has no permission bits.
        path: ImagePath,
        /// Permission bits, 07777.
        mode: u16,
    },
    /// Sets owner and group.
    Owner {
        /// The path; for a symbolic link, the link's own owner is set.
        path: ImagePath,
        /// The owner's numeric ID.
        uid: u32,
        /// The group's numeric ID.
        gid: u32,
    },
}

/// Edits that are applied, undone and redone together: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The time of the step, and of everything that the edits create.
    pub at: Timestamp,
    /// The edits, in the order in which they are applied.
    pub edits: Vec<Edit>,
}

impl Edit {
    /// Returns the path of the edit; for a rename, the old one.
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

    /// Returns the content that the edit brings, if any.
    pub fn content(&self) -> Option<&NewContent> {
        match self {
            Edit::File { content, .. } => Some(content),
            _ => None,
        }
    }
}

/// Checks that something may be created under this name.
///
/// # Errors
/// When no file system could hold it, or a layer would take it for a whiteout: the image specification,
/// `layer.md`, section "Whiteouts", forbids files whose names begin with `.wh.`.
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

/// Checks that a path may be created: its length and depth, and its last name.
pub(super) fn check_path(path: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let limit = PATH_BYTES.saturating_sub(2).min(limits.layer.path_bytes);
    if path.len() > limit {
        return Err(Refusal::PathTooLong { limit });
    }
    let limit = limits.layer.path_depth;
    if path.split(|&b| b == b'/').count() > limit {
        return Err(Refusal::TooDeep { limit });
    }
    check_names(path)?;
    match path.rsplit(|&b| b == b'/').next() {
        None | Some(b"") => Err(Refusal::Root),
        Some(name) => check_name(name),
    }
}

/// Checks that a layer can have an entry at a path. An image may have directories that are named like whiteouts,
/// since only the last name of an entry counts as one, but an entry for such a directory itself would be a whiteout.
pub(super) fn check_names(path: &[u8]) -> Result<(), Refusal> {
    match path
        .split(|&b| b == b'/')
        .any(|name| name.starts_with(b".wh."))
    {
        true => Err(Refusal::Whiteout),
        false => Ok(()),
    }
}

/// Checks the target of a symbolic link.
pub(super) fn check_target(target: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let limit = PATH_BYTES.saturating_sub(1).min(limits.layer.path_bytes);
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
