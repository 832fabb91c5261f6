//! What the objects of the store are called: by the digest of a layer's stored bytes, whatever they hold of it.

use crate::image::{Algorithm, Digest};
use crate::io::Key;

/// The packed index of a layer.
pub(super) const INDEX: &str = "index";
/// The stored bytes of a layer.
pub(super) const BLOB: &str = "blob";

/// The key of a layer's packed index; `None` for a digest that cannot be computed, and so never proved.
pub(super) fn index(digest: &Digest) -> Option<Key> {
    of(INDEX, digest)
}

/// The key of a layer's stored bytes.
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

/// What a key says of its layer: the part that the index and the blob of one layer have in common.
pub(super) fn layer_of(key: &Key) -> Option<&str> {
    let (kind, layer) = key.as_str().split_once('-')?;
    matches!(kind, INDEX | BLOB).then_some(layer)
}
