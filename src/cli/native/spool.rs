//! A spool in a temporary file, which disappears with its last reader, however the command ends.

use std::fs::File;
use std::io::Write as _;
use std::rc::Rc;

use crate::io::{Error, ErrorKind, LocalFuture, ReadAt, Spool};
use crate::message::Message;

use super::FileBytes;

/// Bytes in a temporary file without a name. The file is created with the first write.
pub struct FileSpool {
    file: Option<File>,
    n_written: u64,
    limit_bytes: u64,
}

impl FileSpool {
    /// Creates an empty spool that takes at most `limit_bytes`.
    pub fn new(limit_bytes: u64) -> FileSpool {
        FileSpool {
            file: None,
            n_written: 0,
            limit_bytes,
        }
    }

    fn file(&mut self) -> Result<&mut File, Error> {
        let file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile().map_err(|cause| full(&cause))?,
        };
        Ok(self.file.insert(file))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let n_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let n_written = self.n_written.saturating_add(n_bytes);
        if n_written > self.limit_bytes {
            return Err(Error::new(
                ErrorKind::StorageFull,
                Message::memory_limit(self.limit_bytes),
            ));
        }
        self.file()?
            .write_all(bytes)
            .map_err(|cause| full(&cause))?;
        self.n_written = n_written;
        Ok(())
    }
}

fn full(cause: &std::io::Error) -> Error {
    let place = std::env::temp_dir();
    Error::new(
        ErrorKind::StorageFull,
        Message::no_temporary_file(place.display().to_string(), cause.to_string()),
    )
}

impl Spool for FileSpool {
    fn append(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), Error>> {
        Box::pin(std::future::ready(self.write(&bytes)))
    }

    fn finish(mut self: Box<Self>) -> LocalFuture<'static, Result<Rc<dyn ReadAt>, Error>> {
        let opened = self
            .file()
            .map(|_| ())
            .and_then(|()| match self.file.take() {
                Some(file) => FileBytes::new(file),
                None => Err(Error::new(
                    ErrorKind::Other,
                    Message::verbatim("the spool has no file"),
                )),
            });
        let bytes = opened.map(|bytes| {
            let bytes: Rc<dyn ReadAt> = Rc::new(bytes);
            bytes
        });
        Box::pin(std::future::ready(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_written_up_to_its_limit() {
        let mut spool = Box::new(FileSpool::new(8));
        pollster::block_on(spool.append(b"lamina".to_vec())).expect("fits");
        let error = pollster::block_on(spool.append(b"lamina".to_vec())).expect_err("is too much");
        assert_eq!(error.kind, ErrorKind::StorageFull);
        let bytes = pollster::block_on(spool.finish()).expect("can be read");
        assert_eq!(bytes.len_bytes(), 6);
        assert_eq!(pollster::block_on(bytes.read_at(2, 3)), Ok(b"min".to_vec()));
        let past = pollster::block_on(bytes.read_at(4, 3)).expect_err("lies past the end");
        assert_eq!(past.kind, ErrorKind::OutOfRange);
    }

    #[test]
    fn nothing_written_is_nothing_to_read() {
        let bytes = pollster::block_on(Box::new(FileSpool::new(8)).finish()).expect("can be read");
        assert_eq!(bytes.len_bytes(), 0);
    }
}
