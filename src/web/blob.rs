//! Collects bytes for the person piece by piece in a browser `Blob`, so that wasm memory never holds them all.

use js_sys::{Array, Uint8Array};
use web_sys::{Blob, BlobPropertyBag, Url};

/// A blob that is ready to be saved or shown. Equality is identity.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedBlob(Blob);

impl SavedBlob {
    /// Wraps a blob that came from the worker.
    pub fn from_blob(blob: Blob) -> SavedBlob {
        SavedBlob(blob)
    }

    /// Creates a blob of these bytes with this media type; `None` if the browser has no room for it.
    pub fn of(bytes: &[u8], media_type: &str) -> Option<SavedBlob> {
        let mut writer = BlobWriter::default();
        writer.push(bytes);
        writer.finish(media_type).map(SavedBlob)
    }

    /// Returns its size in bytes.
    pub fn size_bytes(&self) -> f64 {
        self.0.size()
    }

    /// Returns the browser's object.
    pub(super) fn to_blob(&self) -> Blob {
        self.0.clone()
    }

    /// Creates a `blob:` URL, valid until the value is dropped.
    pub fn url(&self) -> Option<BlobUrl> {
        Url::create_object_url_with_blob(&self.0).ok().map(BlobUrl)
    }
}

/// A `blob:` URL that is revoked when dropped.
#[derive(Debug, PartialEq)]
pub struct BlobUrl(String);

impl BlobUrl {
    /// Returns the URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for BlobUrl {
    fn drop(&mut self) {
        // An unknown URL needs no revoking.
        Url::revoke_object_url(&self.0).unwrap_or_default();
    }
}

/// Collects pieces into a blob.
#[derive(Default)]
pub struct BlobWriter {
    pieces: Array,
}

/// Number of pieces after which they are merged into one blob, so that the list stays short.
const PIECES: u32 = 256;

impl BlobWriter {
    /// Appends bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pieces.push(&Uint8Array::from(bytes));
        if self.pieces.length() >= PIECES
            && let Ok(merged) = Blob::new_with_u8_array_sequence(&self.pieces)
        {
            self.pieces = Array::of1(&merged);
        }
    }

    /// Returns the blob of all bytes; `None` if the browser has no room for it.
    pub fn finish(self, media_type: &str) -> Option<Blob> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        Blob::new_with_u8_array_sequence_and_options(&self.pieces, &options).ok()
    }
}
