//! Why an edit cannot be done. What it means for a person stands in the message; nothing of the step was done.

use serde::{Deserialize, Serialize};

use crate::image::ImagePath;

/// A step that was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}: /{path}")]
pub struct Refused {
    /// Which of the step's edits, from 0.
    pub edit: usize,
    /// The path that it is about.
    pub path: ImagePath,
    /// Why.
    pub why: Refusal,
}

/// Why an edit cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// No container layer was started, or the layers below it are not there any more.
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
    /// The name is longer than file systems hold.
    #[error("the name is longer than {limit} bytes")]
    NameTooLong {
        /// Bytes.
        limit: usize,
    },
    /// The path, or the target of a link, is longer than systems take.
    #[error("the path is longer than {limit} bytes")]
    PathTooLong {
        /// Bytes.
        limit: usize,
    },
    /// The path has too many components.
    #[error("the path is deeper than {limit} directories")]
    TooDeep {
        /// Components.
        limit: usize,
    },
    /// A symbolic link to nothing at all.
    #[error("the link has no target")]
    TargetEmpty,
    /// It is about the root directory, which can only be given another mode or owner.
    #[error("the root directory cannot be made, renamed or deleted")]
    Root,
    /// Something is there.
    #[error("there is something already")]
    Exists,
    /// Nothing is there.
    #[error("there is nothing")]
    NotFound,
    /// The directory is not there.
    #[error("its directory is not there")]
    ParentMissing,
    /// What should be its directory is something else.
    #[error("something on the way to it is no directory")]
    ParentNotDirectory,
    /// The symbolic links in the path lead in a circle.
    #[error("the way to it leads through too many symbolic links")]
    Loop,
    /// Content for something that is no file.
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
        /// How many there may be.
        limit: usize,
    },
    /// Too many names for one container layer.
    #[error("a container layer holds at most {limit} names")]
    TooManyNames {
        /// How many there may be.
        limit: usize,
    },
    /// A file whose layer is damaged, so that not all of its content can be copied.
    #[error("its layer is damaged, so that it cannot be copied up whole")]
    Incomplete,
    /// A hard link whose target nobody knows.
    #[error("a hard link to nothing cannot be written again")]
    Unresolved,
}
