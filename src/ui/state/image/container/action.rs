//! Defines what the user does with the container layer.

use crate::protocol::{ConfigField, ImagePath};

use super::{FormField, FormKind, UploadId};

/// An action on the container layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerAction {
    /// Starts a container layer.
    Start,
    /// Undoes the last step.
    Undo,
    /// Redoes the step that was undone.
    Redo,
    /// Opens the question whether to throw everything away, or closes it if false.
    AskThrowAway(bool),
    /// Throws everything away.
    ThrowAway,
    /// Opens a form for the chosen path.
    OpenForm(FormKind),
    /// The user changed the text of a field of the form.
    Field(FormField, String),
    /// Submits the form.
    Submit,
    /// Closes the form.
    CloseForm,
    /// Deletes the chosen path.
    Delete,
    /// Uploads files into a directory.
    Upload {
        /// The upload that carries the files.
        files: UploadId,
        /// The directory that receives them.
        dir: ImagePath,
        /// Path of each file below the directory.
        paths: Vec<String>,
    },
    /// An action in the editor.
    Editor(EditorAction),
    /// Shows or hides the comparison of a file's text before and after.
    ToggleDiff(ImagePath),
    /// An action in the form for a new image.
    Commit(CommitAction),
    /// Renames the image; carries all its new names.
    Names(Vec<String>),
    /// The user has read why an action failed.
    DismissProblem,
}

/// An action in the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditorAction {
    /// Edits the file whose panel is open.
    Open,
    /// The user changed the text.
    Changed,
    /// Saves this text to the container layer.
    Save(String),
    /// Closes the editor if nothing would be lost, or asks first.
    Leave,
    /// Continues editing.
    Stay,
    /// Closes the editor and discards changes.
    Discard,
}

/// A text of the form for a new image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they say it")]
pub enum CommitText {
    Message,
    Author,
    Names,
    Field(ConfigField),
}

/// An action in the form for a new image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitAction {
    /// The user changed a text.
    Text(CommitText, String),
    /// Turns the compression of the new layer on or off.
    Gzip(bool),
    /// Creates the image.
    Commit,
    /// Chooses the lowest of the layers to squash.
    SquashFrom(u32),
    /// Squashes these layers into one.
    Squash,
    /// Requests the fields of the configuration again, after a failure.
    RetryForm,
}
