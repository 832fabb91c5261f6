//! Messages on standard error about what is sent, and about what had to be changed for it.

use std::cell::Cell;
use std::io::Write as _;

use crate::image::Digest;
use crate::layer::Compression;
use crate::source::registry::{BlobState, Parcel, PushProgress};

use super::{complain, console};

/// Returns a function that reports the progress of a push.
pub(super) fn report(parcel: &Parcel) -> impl Fn(PushProgress) {
    let told_tenths = Cell::new(0);
    move |progress| match progress {
        PushProgress::Blob(at, state) => {
            if let Some(blob) = parcel.blobs.get(at)
                && let Some(word) = word(state, blob.size_bytes, &told_tenths)
            {
                tell(&format!("{} ({}): {word}", blob.what, blob.digest.short()));
            }
        }
        PushProgress::Documents => tell("writing the manifest"),
    }
}

/// Reports layers that are recompressed.
pub(super) fn tell_renamed(renamed: &[(usize, Compression)]) {
    for (layer, compression) in renamed {
        complain(&format!(
            "layer {layer} is compressed anew by gzip: no manifest can name {compression}"
        ));
    }
}

/// Reports platforms that a new index leaves out.
pub(super) fn tell_absent(absent: &[String], digest: &Digest) {
    if !absent.is_empty() {
        complain(&format!(
            "left out, since it is not here: {}; the new index has the digest {digest}",
            absent.join(", "),
        ));
    }
}

/// Returns the message about a blob's state: its end, and every tenth of a large upload.
fn word(state: BlobState, size_bytes: u64, told_tenths: &Cell<u64>) -> Option<String> {
    match state {
        BlobState::Asking => {
            told_tenths.set(0);
            None
        }
        BlobState::Sending(bytes) => {
            let tenths = bytes.saturating_mul(10).checked_div(size_bytes)?;
            let is_new = tenths > told_tenths.replace(tenths) && tenths < 10;
            is_new.then(|| format!("{} %", tenths * 10))
        }
        BlobState::Exists => Some("layer already exists".to_owned()),
        BlobState::Mounted => Some("mounted from another repository".to_owned()),
        BlobState::Sent => Some("pushed".to_owned()),
    }
}

fn tell(line: &str) {
    // A failing standard error cannot be reported anywhere.
    let _ = writeln!(std::io::stderr(), "{}", console::plain(line));
}
