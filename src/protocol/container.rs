//! The container layer: what a container writes on top of an image's layers, and what becomes of it.

use serde::{Deserialize, Serialize};

use super::{ChangeWord, Kind, Name};

/// A deed on the container layer of an image; answered by the layer as it stands then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContainerRequest {
    /// The layer as this browser keeps it; none where none was started. Asked once all layers of the image are there.
    Look,
    /// Starts one.
    Start,
    /// Writes in it. The envelope's files are those of the uploads, in their order.
    Edit {
        /// What is done: all of it, or nothing.
        edits: Vec<EditOrder>,
    },
    /// Takes the last step back.
    Undo,
    /// Does the step again that was taken back.
    Redo,
    /// Forgets it with all that was written.
    ThrowAway,
}

/// A path that a person typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedPath {
    /// The directory that it was typed in, its bytes in hex.
    pub dir_hex: String,
    /// A name, a path below that directory, or a whole path with a leading slash.
    pub text: String,
}

/// One thing that a container does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EditOrder {
    /// A new, empty file.
    NewFile {
        /// Where.
        path: TypedPath,
    },
    /// A new directory.
    NewDir {
        /// Where.
        path: TypedPath,
    },
    /// A new symbolic link.
    Symlink {
        /// Where.
        path: TypedPath,
        /// What it points to.
        target: String,
    },
    /// Another text in a file.
    Text {
        /// The path's bytes in hex.
        path_hex: String,
        /// The text.
        text: String,
    },
    /// Deletes a path with all below it.
    Delete {
        /// The path's bytes in hex.
        path_hex: String,
    },
    /// Gives a path another name, or another place.
    Rename {
        /// The path's bytes in hex.
        path_hex: String,
        /// Its new name or place.
        to: TypedPath,
    },
    /// Changes permission bits and owner.
    Attributes {
        /// The path's bytes in hex.
        path_hex: String,
        /// Permission bits; `None` for those that it has.
        mode: Option<u16>,
        /// User and group; `None` for those that it has.
        owner: Option<(u32, u32)>,
    },
    /// The envelope's files, and directories that hold none.
    Upload {
        /// The directory that they go into, its bytes in hex.
        dir_hex: String,
        /// The path of each below that directory, in the order of the files; one that ends with a slash is a
        /// directory, and brings no file.
        paths: Vec<String>,
    },
}

/// A container layer as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerView {
    /// Its number: that of the first layer above the image's own.
    pub layer: u32,
    /// What `docker diff` would print, in its order; the first so many.
    pub changes: Vec<ChangeRow>,
    /// How many more there are.
    pub n_more: u32,
    /// Paths added.
    pub n_added: u32,
    /// Paths changed.
    pub n_changed: u32,
    /// Paths deleted.
    pub n_deleted: u32,
    /// Bytes of content that it stores.
    pub size_bytes: u64,
    /// The step that can be taken back.
    pub undo: Option<StepRow>,
    /// The step that can be done again.
    pub redo: Option<StepRow>,
    /// Whether it outlives the page.
    pub lasts: bool,
    /// A step that was kept and does not hold any more, and why; those before it stand.
    pub lost: Option<String>,
}

/// A path that a container changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// How.
    pub change: ChangeWord,
    /// The path with a leading slash.
    pub path: Name,
    /// Its bytes in hex.
    pub path_hex: String,
    /// What it is, or was.
    pub kind: Kind,
    /// Bytes of content that the container layer stores for it.
    pub size_bytes: u64,
    /// Bytes of content that it had below.
    pub below_bytes: u64,
}

/// What a step did.
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

/// A step that can be taken back, or done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRow {
    /// What it did.
    pub word: StepWord,
    /// The path that it concerns first.
    pub path: Name,
}

/// A new image's own words, and the fields of its configuration that differ from the image below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitForm {
    /// Why.
    pub message: String,
    /// Who.
    pub author: String,
    /// `repository:tag`, each.
    pub names: Vec<String>,
    /// Whether the new layer is compressed.
    pub gzip: bool,
    /// Fields of the configuration with their new text, as the form has it.
    pub fields: Vec<(ConfigField, String)>,
}

/// A field of the configuration that the form has; those of `docker commit --change`.
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
    /// All, in the form's order.
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

    /// Docker's word for it.
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

    /// Whether it holds one value a line.
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

/// What making one layer of several would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SquashView {
    /// The lowest of them.
    pub from: u32,
    /// How many there are.
    pub n_layers: u32,
    /// Bytes of content that they store now.
    pub before_bytes: u64,
    /// Bytes of content that the one layer would store.
    pub after_bytes: u64,
}

/// A line of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "they say it")]
pub enum LineWord {
    Same,
    Added,
    Deleted,
    /// Lines that are the same and left out; its text is how many.
    Gap,
}

/// A file's text before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextDiffView {
    /// Line by line.
    Lines(Vec<(LineWord, String)>),
    /// One of both is no text.
    Binary,
    /// One of both is too large to be compared here.
    TooLarge,
}
