//! A place to put a decoded archive down while it is being read.
//!
//! Over memory it has a limit; shells bring one over a temporary file or the browser's private file system.

use std::rc::Rc;

use super::{Error, LocalFuture, ReadAt};

/// Bytes are appended once and can be read anywhere afterwards.
pub trait Spool {
    /// Appends `bytes`.
    ///
    /// # Errors
    /// [`super::ErrorKind::StorageFull`] when the limit or the quota is reached.
    fn append(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), Error>>;

    /// Ends writing and gives the bytes for reading. The storage is freed when the last reader is dropped.
    ///
    /// # Errors
    /// When the medium cannot be read back.
    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<Rc<dyn ReadAt>, Error>>;
}
