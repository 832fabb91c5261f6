//! The world as a program sees it: sockets, files, temporary files, the system's clock.
//!
//! Everything here is done before its future is returned, so the command's one thread never waits for another.

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

/// What the system says of a file that cannot be read.
pub(super) fn unreadable(cause: &std::io::Error) -> Error {
    Error::new(ErrorKind::Unreadable, cause.to_string())
}
