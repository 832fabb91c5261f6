//! The compressions of blobs.

use std::fmt;

/// The compression of a blob.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not compressed.
    None,
    /// gzip, RFC 1952, of one or several members.
    Gzip,
    /// Zstandard, RFC 8878, of one or several frames.
    Zstd,
    /// bzip2: outer archives, and layers of old docker archives.
    Bzip2,
    /// xz: outer archives, and layers of old docker archives.
    Xz,
}

impl Compression {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
