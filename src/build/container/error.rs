//! Errors of edits. The message says what they mean for a person; no edit of the step was applied.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::image::ImagePath;
use crate::message::Message;

/// A step that was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The position of the refused edit in the step, from 0.
    pub edit: usize,
    /// The path of the edit.
    pub path: ImagePath,
    /// The reason.
    pub why: Refusal,
}

/// The reason why an edit cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// No container layer was started, or the layers below it no longer exist.
    NotStarted,
    /// The name begins with `.wh.`.
    Whiteout,
    /// There is no name.
    NameEmpty,
    /// `.` or `..`.
    NameDot,
    /// A NUL byte.
    NameNul,
    /// A slash in a single name.
    NameSlash,
    /// The name is longer than file systems allow.
    NameTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The path, or the target of a link, is longer than systems allow.
    PathTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The path has too many components.
    TooDeep {
        /// The limit, as a number of components.
        limit: usize,
    },
    /// A symbolic link without a target.
    TargetEmpty,
    /// The edit is about the root directory, of which only mode and owner can change.
    Root,
    /// The path is taken.
    Exists,
    /// There is nothing at the path.
    NotFound,
    /// The parent directory does not exist.
    ParentMissing,
    /// A parent of the path is not a directory.
    ParentNotDirectory,
    /// The symbolic links in the path are circular.
    Loop,
    /// Content for a path that is not a file.
    NotFile,
    /// A symbolic link has no permission bits of its own.
    NoMode,
    /// Bits beyond 07777.
    Mode,
    /// A directory would be moved into itself.
    IntoItself,
    /// Too many steps for one container layer.
    TooManySteps {
        /// The largest number of steps.
        limit: usize,
    },
    /// Too many names for one container layer.
    TooManyNames {
        /// The largest number of names.
        limit: usize,
    },
    /// A file whose layer is damaged, so that not all of its content can be copied.
    Incomplete,
    /// A hard link with an unknown target.
    Unresolved,
}

impl From<&Refusal> for Message {
    fn from(refusal: &Refusal) -> Message {
        match refusal {
            Refusal::NotStarted => Message::edit_not_started(),
            Refusal::Whiteout => Message::edit_whiteout(),
            Refusal::NameEmpty => Message::edit_name_empty(),
            Refusal::NameDot => Message::edit_name_dot(),
            Refusal::NameNul => Message::edit_name_nul(),
            Refusal::NameSlash => Message::edit_name_slash(),
            Refusal::NameTooLong { limit } => Message::edit_name_long(*limit),
            Refusal::PathTooLong { limit } => Message::edit_path_long(*limit),
            Refusal::TooDeep { limit } => Message::edit_path_deep(*limit),
            Refusal::TargetEmpty => Message::edit_target_empty(),
            Refusal::Root => Message::edit_root(),
            Refusal::Exists => Message::edit_exists(),
            Refusal::NotFound => Message::edit_not_found(),
            Refusal::ParentMissing => Message::edit_parent_missing(),
            Refusal::ParentNotDirectory => Message::edit_parent_not_directory(),
            Refusal::Loop => Message::edit_loop(),
            Refusal::NotFile => Message::edit_not_file(),
            Refusal::NoMode => Message::edit_no_mode(),
            Refusal::Mode => Message::edit_mode(),
            Refusal::IntoItself => Message::edit_into_itself(),
            Refusal::TooManySteps { limit } => Message::edit_steps(*limit),
            Refusal::TooManyNames { limit } => Message::edit_names(*limit),
            Refusal::Incomplete => Message::edit_incomplete(),
            Refusal::Unresolved => Message::edit_unresolved(),
        }
    }
}

impl From<&Refused> for Message {
    fn from(refused: &Refused) -> Message {
        Message::edit_refused(&refused.why, refused.path.to_string())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for Refused {}
