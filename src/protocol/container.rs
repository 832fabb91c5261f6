//! The container layer, which a container writes on top of an image's layers, and the ways to keep it.

use crate::message::Message;
use serde::{Deserialize, Serialize};

use super::Name;
use crate::image::ImagePath;
use crate::layer::EntryKind;
use crate::overlay::Change;

/// An operation on the container layer of an image. The answer is the layer's state afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContainerRequest {
    /// Returns the layer that this browser keeps, if one was started. Asked once all layers of the image are read.
    Look,
    /// Starts a container layer.
    Start,
    /// Applies edits to it. The envelope's files are those of the uploads, in their order.
    Edit {
        /// The edits, which succeed or fail together.
        edits: Vec<EditOrder>,
    },
    /// Undoes the last step.
    Undo,
    /// Redoes the step that was undone.
    Redo,
    /// Discards the layer with everything in it.
    ThrowAway,
}

/// A path that a person typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedPath {
    /// The directory in which it was typed.
    pub dir: ImagePath,
    /// A name, a path below that directory, or an absolute path with a leading slash.
    pub text: String,
}

/// One edit in the container layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EditOrder {
    /// Creates an empty file.
    NewFile {
        /// The new file's path.
        path: TypedPath,
    },
    /// Creates a directory.
    NewDir {
        /// The new directory's path.
        path: TypedPath,
    },
    /// Creates a symbolic link.
    Symlink {
        /// The new link's path.
        path: TypedPath,
        /// The text of the link.
        target: String,
    },
    /// Replaces a file's text.
    Text {
        /// The path.
        path_key: ImagePath,
        /// The new text.
        text: String,
    },
    /// Deletes a path with everything below it.
    Delete {
        /// The path.
        path_key: ImagePath,
    },
    /// Renames or moves a path.
    Rename {
        /// The path.
        path_key: ImagePath,
        /// Its new name or place.
        to: TypedPath,
    },
    /// Changes permission bits and owner.
    Attributes {
        /// The path.
        path_key: ImagePath,
        /// Permission bits; `None` to keep the present ones.
        mode: Option<u16>,
        /// User and group; `None` to keep the present ones.
        owner: Option<(u32, u32)>,
    },
    /// Adds the envelope's files, and directories that contain none.
    Upload {
        /// The directory that receives them.
        dir: ImagePath,
        /// The path of each below that directory, in the order of the files. A path that ends with a slash is a
        /// directory and has no file.
        paths: Vec<String>,
    },
}

/// The state of a container layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerView {
    /// Its position, one above the image's topmost layer.
    pub layer: u32,
    /// The first rows that `docker diff` would print, in its order.
    pub changes: Vec<ChangeRow>,
    /// Number of further rows.
    pub n_more: u32,
    /// Paths added.
    pub n_added: u32,
    /// Paths changed.
    pub n_changed: u32,
    /// Paths deleted.
    pub n_deleted: u32,
    /// Bytes of content in the layer.
    pub size_bytes: u64,
    /// The step that can be undone.
    pub undo: Option<StepRow>,
    /// The step that can be redone.
    pub redo: Option<StepRow>,
    /// True if it outlives the page.
    pub lasts: bool,
    /// The reason that a part of the kept layer was left out when it was restored. The steps before that part are in
    /// place.
    pub lost: Option<Message>,
}

/// A path that a container changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// The kind of change.
    pub change: Change,
    /// The path with a leading slash.
    pub path: Name,
    /// The path.
    pub path_key: ImagePath,
    /// The kind of file that it is, or was before it was deleted.
    pub kind: EntryKind,
    /// Bytes of content that the container layer holds for it.
    pub size_bytes: u64,
    /// Bytes of content that it had below.
    pub below_bytes: u64,
}

/// The kind of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "they say it")]
pub enum StepWord {
    File,
    Dir,
    Symlink,
    Delete,
    Rename,
    Mode,
    Owner,
    Several,
}

/// A step that can be undone or redone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRow {
    /// The kind of step.
    pub word: StepWord,
    /// The first path that it concerns.
    pub path: Name,
}

/// The message, names and settings of a new image, with the configuration fields that differ from the image below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitForm {
    /// The commit's message.
    pub message: String,
    /// The commit's author.
    pub author: String,
    /// The names, `repository:tag` each.
    pub names: Vec<String>,
    /// True to compress the new layer.
    pub gzip: bool,
    /// Changed fields of the configuration with their text in the form.
    pub fields: Vec<(ConfigField, String)>,
}

/// A field of the configuration in the form; the same as in `docker commit --change`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "Docker's own words")]
pub enum ConfigField {
    Cmd,
    Entrypoint,
    Env,
    Expose,
    Label,
    OnBuild,
    StopSignal,
    User,
    Volume,
    WorkDir,
    Healthcheck,
}

impl ConfigField {
    /// All fields, in the form's order.
    pub const ALL: [ConfigField; 11] = [
        ConfigField::Entrypoint,
        ConfigField::Cmd,
        ConfigField::WorkDir,
        ConfigField::User,
        ConfigField::StopSignal,
        ConfigField::Healthcheck,
        ConfigField::Env,
        ConfigField::Expose,
        ConfigField::Volume,
        ConfigField::Label,
        ConfigField::OnBuild,
    ];

    /// Returns Docker's word for it, such as `CMD`.
    pub fn word(self) -> &'static str {
        match self {
            ConfigField::Cmd => "CMD",
            ConfigField::Entrypoint => "ENTRYPOINT",
            ConfigField::Env => "ENV",
            ConfigField::Expose => "EXPOSE",
            ConfigField::Label => "LABEL",
            ConfigField::OnBuild => "ONBUILD",
            ConfigField::StopSignal => "STOPSIGNAL",
            ConfigField::User => "USER",
            ConfigField::Volume => "VOLUME",
            ConfigField::WorkDir => "WORKDIR",
            ConfigField::Healthcheck => "HEALTHCHECK",
        }
    }

    /// True if it holds one value per line.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            ConfigField::Env
                | ConfigField::Expose
                | ConfigField::Volume
                | ConfigField::Label
                | ConfigField::OnBuild
        )
    }
}

/// The effect of squashing several layers into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SquashView {
    /// The lowest of the layers.
    pub from: u32,
    /// Number of layers.
    pub n_layers: u32,
    /// Bytes of content in them now.
    pub before_bytes: u64,
    /// Bytes of content that the one layer would hold.
    pub after_bytes: u64,
}

/// The kind of a line in a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "they say it")]
pub enum LineWord {
    Same,
    Added,
    Deleted,
    /// Equal lines that are left out; the text is their number.
    Gap,
}

/// The comparison of a file's text before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextDiffView {
    /// The text, line by line.
    Lines(Vec<(LineWord, String)>),
    /// At least one side is not text.
    Binary,
    /// At least one side is too large to compare here.
    TooLarge,
}
