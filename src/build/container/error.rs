//! Errors of edits. The message says what they mean for a person; no edit of the step was applied.

use serde::{Deserialize, Serialize};

use crate::image::ImagePath;

/// A step that was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}: /{path}")]
pub struct Refused {
    /// The position of the refused edit in the step, from 0.
    pub edit: usize,
    /// The path of the edit.
    pub path: ImagePath,
    /// The reason.
    pub why: Refusal,
}

/// The reason why an edit cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// No container layer was started, or the layers below it no longer exist.
    #[error("there is no container layer")]
    NotStarted,
    /// The name begins with `.wh.`.
    #[error("a name that begins with .wh. would be taken for a whiteout")]
    Whiteout,
    /// There is no name.
    #[error("the name is empty")]
    NameEmpty,
    /// `.` or `..`.
    #[error("this name stands for a directory that is there already")]
    NameDot,
    /// A NUL byte.
    #[error("the name holds a NUL byte")]
    NameNul,
    /// A slash in a single name.
    #[error("the name holds a slash")]
    NameSlash,
    /// The name is longer than file systems allow.
    #[error("the name is longer than {limit} bytes")]
    NameTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The path, or the target of a link, is longer than systems allow.
    #[error("the path is longer than {limit} bytes")]
    PathTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The path has too many components.
    #[error("the path is deeper than {limit} directories")]
    TooDeep {
        /// The limit, as a number of components.
        limit: usize,
    },
    /// A symbolic link without a target.
    #[error("the link has no target")]
    TargetEmpty,
    /// The edit is about the root directory, of which only mode and owner can change.
    #[error("the root directory cannot be made, renamed or deleted")]
    Root,
    /// The path is taken.
    #[error("there is something already")]
    Exists,
    /// There is nothing at the path.
    #[error("there is nothing")]
    NotFound,
    /// The parent directory does not exist.
    #[error("its directory is not there")]
    ParentMissing,
    /// A parent of the path is not a directory.
    #[error("something on the way to it is no directory")]
    ParentNotDirectory,
    /// The symbolic links in the path are circular.
    #[error("the way to it leads through too many symbolic links")]
    Loop,
    /// Content for a path that is not a file.
    #[error("it is no file")]
    NotFile,
    /// A symbolic link has no permission bits of its own.
    #[error("a symbolic link has no permissions of its own")]
    NoMode,
    /// Bits beyond 07777.
    #[error("the mode is more than 7777")]
    Mode,
    /// A directory would be moved into itself.
    #[error("a directory cannot be moved into itself")]
    IntoItself,
    /// Too many steps for one container layer.
    #[error("a container layer holds at most {limit} steps")]
    TooManySteps {
        /// The largest number of steps.
        limit: usize,
    },
    /// Too many names for one container layer.
    #[error("a container layer holds at most {limit} names")]
    TooManyNames {
        /// The largest number of names.
        limit: usize,
    },
    /// A file whose layer is damaged, so that not all of its content can be copied.
    #[error("its layer is damaged, so that it cannot be copied up whole")]
    Incomplete,
    /// A hard link with an unknown target.
    #[error("a hard link to nothing cannot be written again")]
    Unresolved,
}
