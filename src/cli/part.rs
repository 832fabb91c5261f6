//! Files that are being written. A signal that ends the command removes them.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

/// The paths of all incomplete files of this process.
static PARTS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Installs the signal handler with the first incomplete file.
static HEARING: Once = Once::new();

/// The exit status of a program that a person interrupts.
const INTERRUPTED: i32 = 130;

/// A file that is not complete yet.
pub(super) struct Part(PathBuf);

impl Part {
    /// Registers a file that is removed if a signal ends the command before the value is dropped.
    pub(super) fn begin(path: &Path) -> Part {
        HEARING.call_once(|| {
            let heard = ctrlc::set_handler(|| {
                let parts =
                    std::mem::take(&mut *PARTS.lock().unwrap_or_else(PoisonError::into_inner));
                for part in parts {
                    // A failure cannot be reported any more.
                    let _ = std::fs::remove_file(part);
                }
                std::process::exit(INTERRUPTED);
            });
            // Without a handler an interrupted file stays; that is no reason to fail.
            drop(heard);
        });
        let mut parts = PARTS.lock().unwrap_or_else(PoisonError::into_inner);
        parts.push(path.to_owned());
        Part(path.to_owned())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut parts = PARTS.lock().unwrap_or_else(PoisonError::into_inner);
        parts.retain(|part| *part != self.0);
    }
}
