//! What a person does with the container layer.

use crate::protocol::ConfigField;

use super::{FormField, FormKind, UploadId};

/// Something with the container layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerAction {
    /// Starts one.
    Start,
    /// Takes the last step back.
    Undo,
    /// Does it again.
    Redo,
    /// Asks whether all shall be thrown away, or asks no more.
    AskThrowAway(bool),
    /// Throws all away.
    ThrowAway,
    /// Opens a form for the chosen path.
    OpenForm(FormKind),
    /// Another text in a field of the form.
    Field(FormField, String),
    /// Does what the form says.
    Submit,
    /// Closes the form.
    CloseForm,
    /// Deletes the chosen path.
    Delete,
    /// Files go into a directory.
    Upload {
        /// The files.
        files: UploadId,
        /// The directory, its bytes in hex.
        dir_hex: String,
        /// The path of each below it.
        paths: Vec<String>,
    },
    /// Something with the editor.
    Editor(EditorAction),
    /// Shows or hides a file's text before and after.
    ToggleDiff(String),
    /// Something with the new image's form.
    Commit(CommitAction),
    /// Other names for the image.
    Names(Vec<String>),
    /// The person has read why something was not done.
    DismissProblem,
}

/// Something with the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditorAction {
    /// Edits the file whose panel is open.
    Open,
    /// The text is not what it was.
    Changed,
    /// Keeps this text.
    Save(String),
    /// Closes the editor, if nothing is lost by it.
    Leave,
    /// Goes on editing.
    Stay,
    /// Closes the editor, whatever is lost by it.
    Discard,
}

/// A text of the new image's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they say it")]
pub enum CommitText {
    Message,
    Author,
    Names,
    Field(ConfigField),
}

/// Something with the new image's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitAction {
    /// Another text.
    Text(CommitText, String),
    /// Whether the new layer is compressed.
    Gzip(bool),
    /// Makes the image.
    Commit,
    /// Chooses the lowest of the layers that become one.
    SquashFrom(u32),
    /// Makes one layer of them.
    Squash,
}
