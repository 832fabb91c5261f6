//! New bytes of files: identified in the edits by their digest, and stored outside of them.
//!
//! The caller decides where they are stored. Here they are counted, hashed, and looked up.

use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::image::{Algorithm, Digest, Hasher};
use crate::io::{Bytes, Error, ErrorKind, LocalFuture, ReadAt, stream_of};

/// The identity of a file's bytes, independent of their location.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContent {
    /// The SHA-256 digest, under which [`Contents`] has the bytes.
    #[serde(with = "crate::image::digest_text")]
    pub digest: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
    /// The xxh3-64 hash, as in a layer's index.
    pub fingerprint: u64,
}

impl NewContent {
    /// Measures bytes in memory.
    pub fn of(bytes: &[u8]) -> NewContent {
        let mut measure = Measure::new();
        measure.push(bytes);
        measure.finish()
    }

    /// Measures bytes that are too many to be held in memory.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn read(bytes: &Rc<dyn ReadAt>) -> Result<NewContent, Error> {
        let mut measure = Measure::new();
        let mut stream = stream_of(Rc::clone(bytes), 0);
        while let Some(piece) = stream.next().await? {
            measure.push(&piece);
        }
        Ok(measure.finish())
    }
}

/// Counts and hashes bytes as they pass.
struct Measure {
    hash: Hasher,
    fingerprint: Box<Xxh3>,
    size_bytes: u64,
}

impl Measure {
    fn new() -> Measure {
        Measure {
            hash: Hasher::new(Algorithm::Sha256),
            fingerprint: Box::new(Xxh3::new()),
            size_bytes: 0,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.fingerprint.update(bytes);
        self.size_bytes = self.size_bytes.saturating_add(bytes.len() as u64);
    }

    fn finish(self) -> NewContent {
        let Measure {
            hash,
            fingerprint,
            size_bytes,
        } = self;
        NewContent {
            // SHA-256 is always supported.
            digest: hash.finish().unwrap_or_else(|| Digest::sha256_of(b"")),
            size_bytes,
            fingerprint: fingerprint.digest(),
        }
    }
}

/// Access to the bytes of new files.
pub trait Contents {
    /// Opens the bytes with a digest.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] if they no longer exist, or the error of the storage medium.
    fn open<'a>(&'a self, digest: &'a Digest) -> LocalFuture<'a, Result<Rc<dyn ReadAt>, Error>>;
}

/// Bytes of new files held in memory, or behind handles that are held in memory.
#[derive(Clone, Default)]
pub struct MemoryContents(BTreeMap<Digest, Rc<dyn ReadAt>>);

impl MemoryContents {
    /// Creates an empty store.
    pub fn new() -> MemoryContents {
        MemoryContents::default()
    }

    /// Stores bytes, and returns their identity.
    pub fn keep(&mut self, bytes: &[u8]) -> NewContent {
        let content = NewContent::of(bytes);
        self.keep_read(&content, Rc::new(Bytes::new(bytes)));
        content
    }

    /// Stores bytes that were measured before.
    pub fn keep_read(&mut self, content: &NewContent, bytes: Rc<dyn ReadAt>) {
        self.0.insert(content.digest.clone(), bytes);
    }
}

impl Contents for MemoryContents {
    fn open<'a>(&'a self, digest: &'a Digest) -> LocalFuture<'a, Result<Rc<dyn ReadAt>, Error>> {
        let found = self.0.get(digest).cloned().ok_or_else(|| {
            let detail = Message::new_file_not_kept(digest.to_string());
            Error::new(ErrorKind::Unreadable, detail)
        });
        Box::pin(std::future::ready(found))
    }
}
