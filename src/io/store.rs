//! A keyed store of objects that outlives the image, and often the page: written once, as a stream, then read anywhere.
//!
//! What is kept, for how long, and whether it is still what it was is the business of those who use it. Shells bring
//! one over the browser's private file system; the one over memory serves where there is none, and tests.

use std::fmt;
use std::rc::Rc;

use super::{Error, ErrorKind, LocalFuture, ReadAt};

/// The name of an object: `kind-name` in lower-case letters, digits and hyphens, so that it is a file's name anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// No file system takes longer names, and each adds something to it.
    const MAX_BYTES: usize = 200;

    /// Reads a key; `None` for what is none.
    pub fn parse(text: &str) -> Option<Key> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let (kind, name) = text.split_once('-')?;
        let fits = text.len() <= Key::MAX_BYTES && text.bytes().all(plain);
        (fits && !kind.is_empty() && !name.is_empty()).then(|| Key(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the first hyphen.
    pub fn kind(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An object that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its key.
    pub key: Key,
    /// Its size.
    pub size_bytes: u64,
    /// When it was used last: what is larger was used later, and nothing else can be told from it.
    pub last_use: u64,
}

/// What the medium offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes that may be taken at most.
    pub bytes: u64,
    /// Whether it outlives the page. What does not is memory, and too dear for blobs.
    pub lasts: bool,
}

/// Objects by their keys. An object is there from its commit on, and never changes until it is removed.
pub trait Store {
    /// Begins to write an object; `None` when it is there already, or another writer is at it: then this one gives
    /// way.
    ///
    /// # Errors
    /// [`super::ErrorKind::StorageFull`], or what the medium says.
    fn begin<'a>(
        &'a self,
        key: &'a Key,
    ) -> LocalFuture<'a, Result<Option<Box<dyn StoreWriter>>, Error>>;

    /// A committed object for reading; `None` when there is none.
    ///
    /// # Errors
    /// What the medium says.
    fn open<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<Option<Rc<dyn ReadAt>>, Error>>;

    /// All of a committed object; `None` when there is none.
    ///
    /// # Errors
    /// When it has more than `most_bytes`, or what the medium says.
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

    /// Notes that an object was used just now. What cannot be noted is forgotten.
    fn touch<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, ()>;

    /// The committed objects, in the order of their keys. What crashes left behind, and what is no object at all, is
    /// removed on the way.
    ///
    /// # Errors
    /// What the medium says.
    fn list(&self) -> LocalFuture<'_, Result<Vec<Kept>, Error>>;

    /// Removes an object. One that is not there needs no removing.
    ///
    /// # Errors
    /// What the medium says.
    fn remove<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<(), Error>>;

    /// What the medium offers.
    fn room(&self) -> LocalFuture<'_, Room>;
}

/// How long an object is that may have so many bytes.
///
/// # Errors
/// When it has more, or more than memory has addresses.
pub fn checked_len(size_bytes: u64, most_bytes: u64) -> Result<usize, Error> {
    let len = usize::try_from(size_bytes).ok();
    len.filter(|_| size_bytes <= most_bytes).ok_or_else(|| {
        let detail = format!("{size_bytes} bytes, more than the {most_bytes} that it may have");
        Error::new(ErrorKind::OutOfRange, detail)
    })
}

/// Writes one object; while it lives no other writer gets at it. Dropped without a commit, nothing of it stays.
pub trait StoreWriter {
    /// Appends bytes. After an error nothing of them is written, and they may be pushed again.
    ///
    /// # Errors
    /// [`super::ErrorKind::StorageFull`] when the room or the quota is used up, or what the medium says.
    fn push<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<(), Error>>;

    /// Takes back all that was pushed, to write the object from its start.
    fn start_over(&mut self);

    /// Ends the object and shows it under its key.
    ///
    /// # Errors
    /// What the medium says; then nothing of it stays.
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
