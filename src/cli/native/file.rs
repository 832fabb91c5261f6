//! Random access to a file, and to streams such as standard input, which are written to a spool first.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use crate::io::{Error, ErrorKind, LocalFuture, ReadAt, Spool};
use crate::message::Message;

use super::unreadable;

/// An open file with random access.
pub struct FileBytes {
    file: RefCell<File>,
    len_bytes: u64,
}

impl FileBytes {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// When it does not exist or may not be read.
    pub fn open(path: &Path) -> Result<FileBytes, Error> {
        FileBytes::new(File::open(path).map_err(|cause| unreadable(&cause))?)
    }

    /// Wraps an open file of its present length.
    ///
    /// # Errors
    /// When its length cannot be determined.
    pub fn new(file: File) -> Result<FileBytes, Error> {
        let metadata = file.metadata().map_err(|cause| unreadable(&cause))?;
        Ok(FileBytes {
            file: RefCell::new(file),
            len_bytes: metadata.len(),
        })
    }

    fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, Error> {
        let len_bytes = u64::try_from(len).unwrap_or(u64::MAX);
        let end = offset.checked_add(len_bytes);
        if end.is_none_or(|end| end > self.len_bytes) {
            return Err(Error::new(
                ErrorKind::OutOfRange,
                Message::past_end(len, offset, self.len_bytes),
            ));
        }
        let mut file = self.file.borrow_mut();
        let mut bytes = vec![0; len];
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|cause| unreadable(&cause))?;
        Ok(bytes)
    }
}

impl ReadAt for FileBytes {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(std::future::ready(self.read(offset, len)))
    }
}

/// Bytes read from a stream at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// Reads a stream to its end into `spool`, for input without random access: standard input, a pipe.
///
/// # Errors
/// When the stream breaks or the spool is full.
pub async fn spooled(
    stream: &mut dyn Read,
    mut spool: Box<dyn Spool>,
) -> Result<Rc<dyn ReadAt>, Error> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return spool.finish().await,
            Ok(n) => {
                let bytes = piece.get(..n).unwrap_or_default().to_vec();
                spool.append(bytes).await?;
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(unreadable(&cause)),
        }
    }
}
