//! Caches the most recent reads of an archive while it is being opened. Its small documents lie between headers
//! that the scan has already read, and a browser takes milliseconds for each read of a file, however small.
//!
//! The cache ends once the archive is open: the file may change after that.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::ready;
use std::rc::Rc;

use crate::io::{Error, Handle, LocalFuture, ReadAt};

use super::window::LEAST_BYTES;

/// Number of cached stretches. None is larger than the scan's read after a jump.
const MOST_STRETCHES: usize = 64;

/// A source with a cache of its most recent small reads.
pub(super) struct Remembered {
    source: Rc<dyn ReadAt>,
    /// The cached stretches, oldest first; `None` once caching has ended.
    stretches: RefCell<Option<VecDeque<Stretch>>>,
}

/// Cached bytes and their offset.
struct Stretch {
    start: u64,
    bytes: Box<[u8]>,
}

impl Stretch {
    fn part(&self, offset: u64, len: usize) -> Option<&[u8]> {
        let skipped = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(skipped..skipped.checked_add(len)?)
    }
}

impl Remembered {
    pub(super) fn new(source: Rc<dyn ReadAt>) -> Remembered {
        Remembered {
            source,
            stretches: RefCell::new(Some(VecDeque::new())),
        }
    }

    /// Ends caching: from now on every read goes to the source.
    pub(super) fn forget(&self) {
        self.stretches.take();
    }

    fn held(&self, offset: u64, len: usize) -> Option<Vec<u8>> {
        let stretches = self.stretches.borrow();
        let mut stretches = stretches.as_ref()?.iter();
        stretches.find_map(|stretch| stretch.part(offset, len).map(<[u8]>::to_vec))
    }

    fn remember(&self, offset: u64, bytes: &[u8]) {
        if let Some(stretches) = &mut *self.stretches.borrow_mut()
            && bytes.len() <= LEAST_BYTES
        {
            if stretches.len() == MOST_STRETCHES {
                stretches.pop_front();
            }
            stretches.push_back(Stretch {
                start: offset,
                bytes: bytes.into(),
            });
        }
    }
}

impl ReadAt for Remembered {
    fn len_bytes(&self) -> u64 {
        self.source.len_bytes()
    }

    fn piece_bytes(&self) -> usize {
        self.source.piece_bytes()
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        if let Some(held) = self.held(offset, len) {
            return Box::pin(ready(Ok(held)));
        }
        Box::pin(async move {
            let bytes = self.source.read_at(offset, len).await?;
            self.remember(offset, &bytes);
            Ok(bytes)
        })
    }

    fn handle(&self, offset: u64, len: u64) -> Option<Handle> {
        self.source.handle(offset, len)
    }
}
