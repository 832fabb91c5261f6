//! Files that are being written, and other things that must not stay. A signal that ends the command removes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// The paths of all incomplete files of this process.
static PARTS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// The work that removes the other things, by number.
static REMOVALS: Mutex<BTreeMap<u64, Removal>> = Mutex::new(BTreeMap::new());

/// The work that removes something.
type Removal = Box<dyn FnOnce() + Send>;

/// Installs the signal handler with the first incomplete file.
static HEARING: Once = Once::new();

/// The exit status of a program that a person interrupts.
const INTERRUPTED: i32 = 130;

fn hear() {
    HEARING.call_once(|| {
        let heard = ctrlc::set_handler(|| {
            let parts = std::mem::take(&mut *PARTS.lock().unwrap_or_else(PoisonError::into_inner));
            for part in parts {
                // A failure cannot be reported any more.
                let _ = std::fs::remove_file(part);
            }
            let removals = std::mem::take(&mut *removals());
            removals.into_values().for_each(|removal| removal());
            std::process::exit(INTERRUPTED);
        });
        // Without a handler an interrupted file stays; that is no reason to fail.
        drop(heard);
    });
}

fn removals() -> MutexGuard<'static, BTreeMap<u64, Removal>> {
    REMOVALS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something that must not stay. Dropping it removes it, and so does a signal that ends the command.
pub(super) struct Temporary(u64);

impl Temporary {
    /// Registers the work that removes it.
    pub(super) fn begin(removal: impl FnOnce() + Send + 'static) -> Temporary {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        hear();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        removals().insert(number, Box::new(removal));
        Temporary(number)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let removal = removals().remove(&self.0);
        if let Some(removal) = removal {
            removal();
        }
    }
}

/// A file that is not complete yet.
pub(super) struct Part(PathBuf);

impl Part {
    /// Registers a file that is removed if a signal ends the command before the value is dropped.
    pub(super) fn begin(path: &Path) -> Part {
        hear();
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
