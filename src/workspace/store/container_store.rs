//! Stores container layers: each image's journal under the image's digest, and new contents under theirs.
//!
//! Nothing here is evicted: a person's work stays until the person discards it. A journal is never overwritten. A
//! newer one has a higher number, and the older one is removed once the newer one is complete. Two tabs that write
//! to the same layer cannot both get the next number, so the second one notices the conflict.

use crate::message::Message;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::build::container::{Contents, Journal, NewContent};
use crate::image::Digest;
use crate::io::{Bytes, Error, ErrorKind, Key, LocalFuture, ReadAt, Store, stream_of};

/// Largest size of a journal in bytes. Journals are small: an edit is a path and a digest.
const MOST_JOURNAL_BYTES: u64 = 16 * 1024 * 1024;

/// The store of container layers.
#[derive(Clone)]
pub struct ContainerStore {
    store: Rc<dyn Store>,
}

/// A stored journal and its number.
pub struct KeptJournal {
    /// The journal, with its steps up to the first one whose content is missing.
    pub journal: Journal,
    /// The number of the journal, which increases with each write.
    pub serial: u64,
    /// True if steps were dropped because their content is missing.
    pub lacks_content: bool,
}

/// Returns the form of a digest within a key.
fn name_of(digest: &Digest) -> String {
    digest.as_str().replace(':', "-")
}

fn content_key(digest: &Digest) -> Result<Key, Error> {
    key(&format!("content-{}", name_of(digest)))
}

fn journal_key(image: &Digest, serial: u64) -> Result<Key, Error> {
    key(&format!("journal-{}-{serial:010}", name_of(image)))
}

fn key(text: &str) -> Result<Key, Error> {
    Key::parse(text).ok_or_else(|| {
        let detail = Message::not_kept_under(text.to_string());
        Error::new(ErrorKind::Other, detail)
    })
}

impl ContainerStore {
    /// Creates the store of container layers over `store`.
    pub fn new(store: Rc<dyn Store>) -> ContainerStore {
        ContainerStore { store }
    }

    /// True if stored objects outlive the page.
    pub async fn lasts(&self) -> bool {
        self.store.room().await.lasts
    }

    /// Returns the numbers of an image's journals, ascending.
    async fn serials(&self, image: &Digest) -> Result<Vec<(u64, Key)>, Error> {
        let prefix = format!("journal-{}-", name_of(image));
        let kept = self.store.list().await?;
        let serials = kept.into_iter().filter_map(|kept| {
            let serial = kept.key.as_str().strip_prefix(&prefix)?.parse().ok()?;
            Some((serial, kept.key))
        });
        Ok(serials.collect())
    }

    /// Returns `true` if there is a journal of an image, readable or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn holds(&self, image: &Digest) -> Result<bool, Error> {
        Ok(!self.serials(image).await?.is_empty())
    }

    /// Returns the newest readable journal of an image; `None` if there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn find(&self, image: &Digest) -> Result<Option<KeptJournal>, Error> {
        for (serial, key) in self.serials(image).await?.into_iter().rev() {
            let Some(bytes) = self.store.open(&key).await? else {
                continue;
            };
            let len = bytes.len_bytes().min(MOST_JOURNAL_BYTES);
            let bytes = bytes.read_at(0, usize::try_from(len).unwrap_or(0)).await?;
            if let Ok(journal) = Journal::from_bytes(&bytes) {
                return self.with_contents(journal, serial).await.map(Some);
            }
        }
        Ok(None)
    }

    async fn with_contents(&self, mut journal: Journal, serial: u64) -> Result<KeptJournal, Error> {
        let mut n_whole = 0;
        'steps: for step in &journal.steps {
            for content in step.edits.iter().filter_map(|edit| edit.content()) {
                let kept = self.store.open(&content_key(&content.digest)?).await?;
                if kept.is_none_or(|kept| kept.len_bytes() != content.size_bytes) {
                    break 'steps;
                }
            }
            n_whole += 1;
        }
        let lacks_content = n_whole < journal.n_done;
        journal.steps.truncate(n_whole);
        journal.n_done = journal.n_done.min(n_whole);
        Ok(KeptJournal {
            journal,
            serial,
            lacks_content,
        })
    }

    /// Stores a journal under the number after `serial`; false if another tab has written one since.
    ///
    /// # Errors
    /// When there is no room, or the store cannot be written.
    pub async fn keep(
        &self,
        image: &Digest,
        journal: &Journal,
        serial: u64,
    ) -> Result<bool, Error> {
        let newest = self.serials(image).await?.last().map(|(serial, _)| *serial);
        if newest.is_some_and(|newest| newest != serial) {
            return Ok(false);
        }
        let bytes = journal
            .to_bytes()
            .map_err(|error| Error::new(ErrorKind::Other, &error))?;
        let key = journal_key(image, serial.saturating_add(1))?;
        let Some(mut writer) = self.store.begin(&key).await? else {
            return Ok(false);
        };
        writer.push(&bytes).await?;
        writer.commit().await?;
        if let Some(newest) = newest {
            self.store.remove(&journal_key(image, newest)?).await?;
        }
        Ok(true)
    }

    /// Stores the bytes of a new file, and returns their identity.
    ///
    /// # Errors
    /// When there is no room, or the bytes cannot be read.
    pub async fn keep_content(&self, bytes: Rc<dyn ReadAt>) -> Result<NewContent, Error> {
        let content = NewContent::read(&bytes).await?;
        let key = content_key(&content.digest)?;
        let Some(mut writer) = self.store.begin(&key).await? else {
            return match self.store.open(&key).await? {
                Some(_) => Ok(content),
                None => {
                    let detail = Message::same_file_elsewhere();
                    Err(Error::new(ErrorKind::Unreadable, detail))
                }
            };
        };
        let mut stream = stream_of(bytes, 0);
        while let Some(piece) = stream.next().await? {
            writer.push(&piece).await?;
        }
        writer.commit().await?;
        Ok(content)
    }

    /// Like [`ContainerStore::keep_content`], for bytes in memory.
    ///
    /// # Errors
    /// When there is no room.
    pub async fn keep_bytes(&self, bytes: &[u8]) -> Result<NewContent, Error> {
        self.keep_content(Rc::new(Bytes::new(bytes))).await
    }

    /// Removes an image's journals, and the contents that no other image's journal needs.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn throw_away(&self, image: &Digest) -> Result<(), Error> {
        for (_, key) in self.serials(image).await? {
            self.store.remove(&key).await?;
        }
        let mut needed = BTreeSet::new();
        let kept = self.store.list().await?;
        for journal in kept.iter().filter(|kept| kept.key.kind() == "journal") {
            let Some(bytes) = self.store.open(&journal.key).await? else {
                continue;
            };
            let len = usize::try_from(journal.size_bytes.min(MOST_JOURNAL_BYTES)).unwrap_or(0);
            let bytes = bytes.read_at(0, len).await?;
            match Journal::from_bytes(&bytes) {
                Ok(journal) => {
                    let keys = journal.contents().into_iter().map(content_key);
                    needed.extend(keys.collect::<Result<Vec<Key>, Error>>()?);
                }
                // A journal of another version may need any content.
                Err(_) => return Ok(()),
            }
        }
        let contents = kept.iter().filter(|kept| kept.key.kind() == "content");
        for content in contents.filter(|kept| !needed.contains(&kept.key)) {
            self.store.remove(&content.key).await?;
        }
        Ok(())
    }
}

impl Contents for ContainerStore {
    fn open<'a>(&'a self, digest: &'a Digest) -> LocalFuture<'a, Result<Rc<dyn ReadAt>, Error>> {
        Box::pin(async move {
            let kept = self.store.open(&content_key(digest)?).await?;
            kept.ok_or_else(|| {
                let detail = Message::new_file_not_kept(digest.to_string());
                Error::new(ErrorKind::Unreadable, detail)
            })
        })
    }
}
