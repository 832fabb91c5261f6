//! The environment of a native program: sockets, files, temporary files, the system's clock.
//!
//! All work is done before a future is returned, so the command's single thread never waits for another.

mod clock;
mod file;
mod names;
mod spool;
mod transport;
mod trust;
mod watch;

pub use clock::SystemClock;
pub use file::{FileBytes, spooled};
pub use spool::FileSpool;
pub use transport::SocketTransport;
pub(super) use transport::Streamed;
pub use trust::Trust;

use crate::bounds::Limits;
use crate::io::{Error, ErrorKind, Spool};
use crate::message::Message;

/// Returns a function that makes temporary files within the limits.
pub(super) fn spool(limits: &Limits) -> impl Fn() -> Box<dyn Spool> + use<> {
    let bytes = limits.archive.spool_bytes;
    move || Box::new(FileSpool::new(bytes))
}

/// Converts the system's error about an unreadable file.
pub(super) fn unreadable(cause: &std::io::Error) -> Error {
    Error::new(ErrorKind::Unreadable, Message::verbatim(cause.to_string()))
}
