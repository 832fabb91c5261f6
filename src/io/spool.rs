//! Temporary storage for a decompressed archive while it is being read.
//!
//! The implementation over memory has a limit. Shells provide one over a temporary file or the browser's private
//! file system.

use std::rc::Rc;

use super::{Error, LocalFuture, ReadAt};

/// Storage to which bytes are appended once, and which can then be read anywhere.
pub trait Spool {
    /// Appends `bytes`.
    ///
    /// # Errors
    /// [`super::ErrorKind::StorageFull`] if the limit or the quota is reached.
    fn append(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), Error>>;

    /// Ends writing and returns the bytes for reading. The storage is freed when the last reader is dropped.
    ///
    /// # Errors
    /// If the medium cannot be read back.
    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<Rc<dyn ReadAt>, Error>>;
}
