//! Reads a text file that a person has written.

use std::io::Read as _;
use std::path::Path;

use crate::cli::error::Error;
use crate::cli::native::unreadable;

/// Reads a text file up to a bound.
pub(super) fn text_of(path: &Path, most_bytes: u64) -> Result<String, Error> {
    let failed = |cause: std::io::Error| Error::File {
        path: path.display().to_string(),
        cause: unreadable(&cause),
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = String::new();
    let mut file = file.take(most_bytes.saturating_add(1));
    let n_bytes = file.read_to_string(&mut text).map_err(failed)?;
    match n_bytes as u64 <= most_bytes {
        true => Ok(text),
        false => Err(refused(path, &format!("longer than {most_bytes} bytes"))),
    }
}

/// Returns the error of a file that says something else than what is asked for.
pub(super) fn refused(path: &Path, reason: &str) -> Error {
    Error::Choice(format!("{}: {reason}", path.display()))
}
