//! The environment of a native program: sockets, files, temporary files, the system's clock.
//!
//! All work is done before a future is returned, so the command's single thread never waits for another.

mod clock;
mod file;
mod spool;
mod transport;
mod trust;
mod watch;

pub use clock::SystemClock;
pub use file::{FileBytes, spooled};
pub use spool::FileSpool;
pub use transport::SocketTransport;
pub use trust::Trust;

use crate::io::{Error, ErrorKind};

/// Converts the system's error about an unreadable file.
pub(super) fn unreadable(cause: &std::io::Error) -> Error {
    Error::new(ErrorKind::Unreadable, cause.to_string())
}
