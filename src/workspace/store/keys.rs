//! The keys of objects in the store, derived from the digest of a layer's compressed bytes: its index and its blob.

use crate::image::{Algorithm, Digest};
use crate::io::Key;

/// The prefix of a layer's packed index.
pub(super) const INDEX: &str = "index";
/// The prefix of a layer's blob.
pub(super) const BLOB: &str = "blob";

/// Returns the key of a layer's packed index; `None` for a digest whose algorithm is not supported, which can
/// never be verified.
pub(super) fn index(digest: &Digest) -> Option<Key> {
    of(INDEX, digest)
}

/// Returns the key of a layer's blob.
pub(super) fn blob(digest: &Digest) -> Option<Key> {
    of(BLOB, digest)
}

fn of(kind: &str, digest: &Digest) -> Option<Key> {
    if digest.algorithm() == Algorithm::Other {
        return None;
    }
    let (algorithm, encoded) = (digest.algorithm_name(), digest.encoded());
    Key::parse(&format!("{kind}-{algorithm}-{encoded}"))
}

/// Returns the part of a key that identifies the layer. It is the same for the index and the blob of one layer.
pub(super) fn layer_of(key: &Key) -> Option<&str> {
    let (kind, layer) = key.as_str().split_once('-')?;
    matches!(kind, INDEX | BLOB).then_some(layer)
}
