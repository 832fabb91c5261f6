//! Produces the bytes of a new layer: its tar, compressed or not, hashed along the way.
//!
//! A push interface: entries and content go in, the blob's bytes come out in pieces. No layer is ever held in
//! memory as a whole.

use crate::build::container::WrittenEntry;
use crate::build::{Error, GzipWriter, LayerTar, NewEntry};
use crate::image::{Algorithm, DiffId, Digest, Hasher};

/// The compression of a new layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewCompression {
    /// One gzip member.
    Gzip,
    /// No compression.
    Plain,
}

/// The descriptor data of a finished layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLayer {
    /// The digest of the blob, after compression.
    pub digest: Digest,
    /// The digest of the uncompressed tar.
    pub diff_id: DiffId,
    /// Size of the blob in bytes, after compression.
    pub size_bytes: u64,
    /// The compression of the blob.
    pub compression: NewCompression,
}

/// Writes a layer as a blob.
pub struct LayerWriter {
    tar: LayerTar,
    decoded: Hasher,
    gzip: Option<GzipWriter>,
    stored: Hasher,
    /// Blob bytes that have not been taken yet.
    out: Vec<u8>,
    size_bytes: u64,
}

impl LayerWriter {
    /// Creates an empty layer.
    pub fn new(compression: NewCompression) -> LayerWriter {
        let mut out = Vec::new();
        let gzip = match compression {
            NewCompression::Gzip => Some(GzipWriter::new(&mut out)),
            NewCompression::Plain => None,
        };
        let mut writer = LayerWriter {
            tar: LayerTar::new(),
            decoded: Hasher::new(Algorithm::Sha256),
            gzip,
            stored: Hasher::new(Algorithm::Sha256),
            out: Vec::new(),
            size_bytes: 0,
        };
        writer.store(out);
        writer
    }

    /// Writes the headers of an entry.
    ///
    /// # Errors
    /// When the previous file got less content than its entry says.
    pub fn entry(&mut self, entry: &WrittenEntry) -> Result<(), Error> {
        let xattrs = entry.xattr_refs();
        self.tar.entry(&NewEntry {
            path: &entry.path,
            kind: entry.kind,
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            size_bytes: entry.size_bytes,
            mtime: entry.mtime,
            link: &entry.link,
            device: entry.device,
            xattrs: &xattrs,
        })?;
        self.pass();
        Ok(())
    }

    /// Writes the next bytes of the content of the most recent entry.
    ///
    /// # Errors
    /// When they exceed the size in the file's entry.
    pub fn content(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.tar.content(bytes)?;
        self.pass();
        Ok(())
    }

    /// Takes the blob bytes written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Returns the number of blob bytes that have not been taken yet.
    pub fn n_waiting(&self) -> usize {
        self.out.len()
    }

    /// Finishes the layer. Returns the rest of the blob's bytes, and the layer's digests and size.
    ///
    /// # Errors
    /// When the last file got less content than its entry says.
    pub fn finish(mut self) -> Result<(Vec<u8>, NewLayer), Error> {
        let end = std::mem::take(&mut self.tar).finish()?;
        self.decode(&end);
        let compression = match self.gzip.take() {
            Some(gzip) => {
                let mut rest = Vec::new();
                gzip.finish(&mut rest);
                self.store(rest);
                NewCompression::Gzip
            }
            None => NewCompression::Plain,
        };
        // SHA-256 is always supported.
        let digest = |hasher: Hasher| hasher.finish().unwrap_or_else(|| Digest::sha256_of(b""));
        let layer = NewLayer {
            digest: digest(self.stored),
            diff_id: DiffId(digest(self.decoded)),
            size_bytes: self.size_bytes,
            compression,
        };
        Ok((self.out, layer))
    }

    fn pass(&mut self) {
        let tar = self.tar.take();
        self.decode(&tar);
    }

    /// Hashes the next bytes of the tar, and compresses them if required.
    fn decode(&mut self, tar: &[u8]) {
        self.decoded.update(tar);
        match &mut self.gzip {
            Some(gzip) => {
                let mut stored = Vec::new();
                gzip.push(tar, &mut stored);
                self.store(stored);
            }
            None => self.store(tar.to_vec()),
        }
    }

    fn store(&mut self, mut stored: Vec<u8>) {
        self.stored.update(&stored);
        self.size_bytes = self.size_bytes.saturating_add(stored.len() as u64);
        self.out.append(&mut stored);
    }
}
