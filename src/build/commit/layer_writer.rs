//! The bytes of a new layer: its tar, compressed or not, hashed on the way.
//!
//! A push machine: entries and content in, stored bytes out, in pieces; no layer is ever whole in memory.

use crate::build::container::WrittenEntry;
use crate::build::{Error, GzipWriter, LayerTar, NewEntry};
use crate::image::{Algorithm, DiffId, Digest, Hasher};

/// How a new layer is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewCompression {
    /// As one gzip member.
    Gzip,
    /// As it is.
    Plain,
}

/// A layer that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLayer {
    /// The digest of the stored bytes.
    pub digest: Digest,
    /// The digest of the tar.
    pub diff_id: DiffId,
    /// Stored bytes.
    pub size_bytes: u64,
    /// How they are stored.
    pub compression: NewCompression,
}

/// Writes a layer.
pub struct LayerWriter {
    tar: LayerTar,
    decoded: Hasher,
    gzip: Option<GzipWriter>,
    stored: Hasher,
    /// Stored bytes that nobody has taken yet.
    out: Vec<u8>,
    size_bytes: u64,
}

impl LayerWriter {
    /// An empty layer.
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
    /// When the file before it got less content than its entry says.
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

    /// Writes the next bytes of the content of the file last entered.
    ///
    /// # Errors
    /// When it is more than the file's entry says.
    pub fn content(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.tar.content(bytes)?;
        self.pass();
        Ok(())
    }

    /// The stored bytes since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// How many stored bytes wait to be taken.
    pub fn n_waiting(&self) -> usize {
        self.out.len()
    }

    /// Ends the layer: the rest of its stored bytes, and what came of it.
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
        // SHA-256 can always be computed.
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

    /// Takes the next bytes of the tar.
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
