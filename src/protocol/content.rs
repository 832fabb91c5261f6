//! Bytes that leave the image: previews, downloads, machine-readable answers.

use serde::{Deserialize, Serialize};

use super::TreeView;

/// About the bytes in the envelope's first buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentAnswer {
    /// Bytes of the whole file.
    pub size_bytes: u64,
    /// Where the buffer begins.
    pub offset: u64,
    /// What the file seems to be, by its first bytes; only told for offset 0.
    pub kind: ContentKind,
}

/// A file to be edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileText {
    /// Its text.
    Utf8(String),
    /// Its bytes are not UTF-8: an editor of text would change them.
    Binary,
}

/// What a file seems to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    /// Text in UTF-8.
    Text,
    /// A picture that browsers show without running anything.
    Picture {
        /// `image/png`, `image/jpeg`, `image/gif`, `image/webp`, `image/bmp` or `image/x-icon`.
        media_type: String,
    },
    /// Anything else.
    Binary,
}

/// Which machine-readable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportKind {
    /// `lamina ls`: JSON lines.
    Listing {
        /// Which files.
        view: TreeView,
        /// With times, links, attributes, devices; without file hashes.
        full: bool,
    },
    /// `lamina inspect --json`.
    Report,
    /// The config document, byte for byte.
    Config,
    /// The manifest, byte for byte.
    Manifest,
}

/// A file for the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    /// What to call it on disk: a plain name without separators.
    pub file_name: String,
    /// Its bytes.
    pub size_bytes: u64,
    /// True if it stands on the disk already, where the person wanted it; otherwise it came in the envelope.
    pub is_written: bool,
}
