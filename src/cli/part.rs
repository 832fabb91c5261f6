//! Files that are being written: a signal that ends the command takes them along.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

/// The paths of all parts of this process.
static PARTS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Signals are heard from the first part on.
static HEARING: Once = Once::new();

/// The status of a program that a person interrupts.
const INTERRUPTED: i32 = 130;

/// A file that is not whole yet.
pub(super) struct Part(PathBuf);

impl Part {
    /// Notes a file that is removed when a signal ends the command before the value is dropped.
    pub(super) fn begin(path: &Path) -> Part {
        HEARING.call_once(|| {
            let heard = ctrlc::set_handler(|| {
                let parts =
                    std::mem::take(&mut *PARTS.lock().unwrap_or_else(PoisonError::into_inner));
                for part in parts {
                    // Nobody is left to tell.
                    let _ = std::fs::remove_file(part);
                }
                std::process::exit(INTERRUPTED);
            });
            // Without it an interrupted part stays, as before; the work itself need not end for that.
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
