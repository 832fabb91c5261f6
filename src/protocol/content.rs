//! Bytes that leave the image: previews, downloads and machine-readable documents.

use serde::{Deserialize, Serialize};

use super::TreeView;
use crate::image::MediaType;

/// Facts about the bytes in the envelope's first buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentAnswer {
    /// Size of the whole file in bytes.
    pub size_bytes: u64,
    /// The buffer's offset in the file.
    pub offset: u64,
    /// The kind of file, guessed from its first bytes; meaningful only for offset 0.
    pub kind: ContentKind,
}

/// The content of a file that is to be edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileText {
    /// The file's text.
    Utf8(String),
    /// The bytes are not UTF-8, and a text editor would change them.
    Binary,
}

/// The kind of a file, guessed from its first bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    /// UTF-8 text.
    Text,
    /// A picture that browsers show without running anything.
    Picture {
        /// `image/png`, `image/jpeg`, `image/gif`, `image/webp`, `image/bmp` or `image/x-icon`.
        media_type: MediaType,
    },
    /// Anything else.
    Binary,
}

/// The kinds of machine-readable documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportKind {
    /// The output of `lamina ls`: JSON lines.
    Listing {
        /// The files to list.
        view: TreeView,
        /// True to include times, links, attributes and devices. File hashes are never included.
        full: bool,
    },
    /// The output of `lamina inspect --json`.
    Report,
    /// The packages as SPDX 2.3.
    Spdx,
    /// The packages as CycloneDX 1.6.
    CycloneDx,
    /// The config document, byte for byte.
    Config,
    /// The manifest, byte for byte.
    Manifest,
}

/// A file for the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    /// The file's name on disk, a plain name without separators.
    pub file_name: String,
    /// The file's size in bytes.
    pub size_bytes: u64,
    /// True if it is already on the disk where the person wanted it; otherwise it is in the envelope.
    pub is_written: bool,
}
