//! The browser that a person has chosen, opened at the page.
//!
//! The address has a token, and the arguments of a program can be read by every user of a machine. So the browser is
//! given a file that only this user may read, and that leads on to the address.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tempfile::TempPath;

use super::super::part::Part;

/// The file that leads to the page, until the page has come.
static DOOR: Mutex<Option<(TempPath, Part)>> = Mutex::new(None);

/// Opens the browser. False if there is none.
pub(super) fn open(address: &str) -> bool {
    if !has_screen() {
        return false;
    }
    let Ok((path, part)) = door(address) else {
        return false;
    };
    let opened = open::that_detached(&*path).is_ok();
    if opened {
        *DOOR.lock().unwrap_or_else(PoisonError::into_inner) = Some((path, part));
    }
    opened
}

/// Removes the file, since the page has come.
pub(super) fn close() {
    drop(DOOR.lock().unwrap_or_else(PoisonError::into_inner).take());
}

fn door(address: &str) -> std::io::Result<(TempPath, Part)> {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let folder = folder.filter(|folder| folder.is_dir());
    // Nobody else may read it, by how temporary files are made.
    let mut file = tempfile::Builder::new()
        .prefix("lamina-")
        .suffix(".html")
        .tempfile_in(folder.unwrap_or_else(std::env::temp_dir))?;
    let part = Part::begin(file.path());
    writeln!(
        file,
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\"><title>Lamina</title><meta http-equiv=\"refresh\" content=\"0;url={address}\">"
    )?;
    file.flush()?;
    Ok((file.into_temp_path(), part))
}

/// True if a browser can have a window. Otherwise a system may start one for terminals, which has no WebAssembly.
fn has_screen() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let shows_windows = cfg!(any(target_os = "macos", target_os = "windows"));
    shows_windows
        || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"]
            .into_iter()
            .any(is_set)
}
