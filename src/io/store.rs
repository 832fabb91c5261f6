//! A keyed store of objects that outlives the image, and often the page. An object is written once, as a stream,
//! and can then be read anywhere.
//!
//! Choosing objects, their lifetime and their verification is left to the callers. Shells provide a store over the
//! browser's private file system. The one over memory is for browsers without, and for tests.

use crate::message::Message;
use std::fmt;
use std::rc::Rc;

use super::{Error, ErrorKind, LocalFuture, ReadAt};

/// The name of an object: `kind-name` in lower-case letters, digits and hyphens, so that it is a valid file name
/// anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Maximum length in bytes. File systems do not allow much longer names, and stores append to them.
    const MAX_BYTES: usize = 200;

    /// Parses a key. `None` if the text is not one.
    pub fn parse(text: &str) -> Option<Key> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let (kind, name) = text.split_once('-')?;
        let fits = text.len() <= Key::MAX_BYTES && text.bytes().all(plain);
        (fits && !kind.is_empty() && !name.is_empty()).then(|| Key(text.to_owned()))
    }

    /// Returns the key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part before the first hyphen.
    pub fn kind(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A committed object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Name of the object.
    pub key: Key,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Order of the last use: larger means later. It has no other meaning.
    pub last_use: u64,
}

/// The capacity of a medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Maximum number of bytes.
    pub bytes: u64,
    /// True if the medium outlives the page. Otherwise it is memory, and too expensive for blobs.
    pub lasts: bool,
}

/// Objects by key. An object exists from its commit on, and never changes until it is removed.
pub trait Store {
    /// Begins to write an object. `None` if it exists already or another writer is writing it: the later writer
    /// gives way.
    ///
    /// # Errors
    /// [`super::ErrorKind::StorageFull`], or an error of the medium.
    fn begin<'a>(
        &'a self,
        key: &'a Key,
    ) -> LocalFuture<'a, Result<Option<Box<dyn StoreWriter>>, Error>>;

    /// Opens a committed object for reading; `None` if there is none.
    ///
    /// # Errors
    /// If the medium fails.
    fn open<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<Option<Rc<dyn ReadAt>>, Error>>;

    /// Reads a whole committed object; `None` if there is none.
    ///
    /// # Errors
    /// If the object exceeds `most_bytes`, or the medium fails.
    fn read<'a>(
        &'a self,
        key: &'a Key,
        most_bytes: u64,
    ) -> LocalFuture<'a, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            let Some(object) = self.open(key).await? else {
                return Ok(None);
            };
            let len = checked_len(object.len_bytes(), most_bytes)?;
            object.read_at(0, len).await.map(Some)
        })
    }

    /// Records that an object was used just now. Failures are ignored.
    fn touch<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, ()>;

    /// Lists the committed objects in the order of their keys. Removes remains of crashes, and anything that is not
    /// an object.
    ///
    /// # Errors
    /// If the medium fails.
    fn list(&self) -> LocalFuture<'_, Result<Vec<Kept>, Error>>;

    /// Removes an object, if it exists.
    ///
    /// # Errors
    /// If the medium fails.
    fn remove<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<(), Error>>;

    /// Returns the capacity of the medium.
    fn room(&self) -> LocalFuture<'_, Room>;
}

/// Returns the length of an object that may have at most `most_bytes`.
///
/// # Errors
/// If the object has more, or more than fits a `usize`.
pub fn checked_len(size_bytes: u64, most_bytes: u64) -> Result<usize, Error> {
    let len = usize::try_from(size_bytes).ok();
    len.filter(|_| size_bytes <= most_bytes).ok_or_else(|| {
        let detail = Message::kept_too_long(size_bytes, most_bytes);
        Error::new(ErrorKind::OutOfRange, detail)
    })
}

/// Writes one object, and locks out other writers meanwhile. If it is dropped without a commit, nothing is kept.
pub trait StoreWriter {
    /// Appends bytes. After an error none of them are written, and they may be pushed again.
    ///
    /// # Errors
    /// [`super::ErrorKind::StorageFull`] if the room or the quota is used up, or an error of the medium.
    fn push<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<(), Error>>;

    /// Discards all pushed bytes, to write the object again from its start.
    fn start_over(&mut self);

    /// Ends the object and publishes it under its key.
    ///
    /// # Errors
    /// If the medium fails. Nothing is kept then.
    fn commit(self: Box<Self>) -> LocalFuture<'static, Result<(), Error>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_file_name_anywhere() {
        for text in ["blob-sha256-0a", "index-x"] {
            let key = Key::parse(text).expect("it is a key");
            assert_eq!(
                (key.as_str(), key.kind()),
                (text, text.split('-').next().unwrap())
            );
        }
        let long = format!("blob-{}", "a".repeat(Key::MAX_BYTES));
        for text in [
            "",
            "blob",
            "blob-",
            "-a",
            "blob-../a",
            "Blob-a",
            "blob-a.part",
            &long,
        ] {
            assert_eq!(Key::parse(text), None, "{text:?}");
        }
    }
}
