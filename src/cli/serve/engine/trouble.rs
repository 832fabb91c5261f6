//! Reasons of an engine's failure, by the system's error.

use std::io::{Error, ErrorKind};

use crate::bounds::EngineLimits;
use crate::io::{EngineCause, EngineTrouble};

/// Returns the reason that a question to an engine failed.
pub(super) fn of_error(cause: &Error) -> EngineTrouble {
    let likely = match cause.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => EngineCause::NotRunning,
        ErrorKind::PermissionDenied => EngineCause::NotPermitted,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => EngineCause::Silent,
        ErrorKind::UnexpectedEof
        | ErrorKind::BrokenPipe
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted => EngineCause::CutOff,
        ErrorKind::InvalidData => EngineCause::Odd,
        _ => EngineCause::Other,
    };
    of(likely, cause.to_string())
}

/// Returns the reason that the file with an image could not be written.
pub(super) fn of_file(cause: &Error) -> EngineTrouble {
    of(EngineCause::NoRoom, cause.to_string())
}

/// Returns the trouble with a list that is longer than is read.
pub(super) fn too_long(limits: &EngineLimits) -> EngineTrouble {
    let said = format!("the list is longer than {} bytes", limits.list_bytes);
    of(EngineCause::TooLong, said)
}

/// Returns a reason with the words that the command prints. The page repeats them only where they are the engine's or
/// the system's own.
pub(super) fn of(cause: EngineCause, said: impl Into<String>) -> EngineTrouble {
    let said = said.into();
    EngineTrouble { cause, said }
}
