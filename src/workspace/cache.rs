//! A cache of the layers in open images, by digest or diff_id, so that a shared layer is decoded once.
//!
//! It keeps nothing alive: an entry ends with the last image that uses the layer.

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use crate::layer::{Expected, Verdict};

use super::ReadLayer;
use super::read_layer::verdict_of_known;

/// Finds layers that were read before.
#[derive(Default)]
pub struct LayerCache {
    by_identity: BTreeMap<String, Weak<ReadLayer>>,
}

impl LayerCache {
    /// Caches a layer, unless it is damaged, incomplete, or its verdict refutes a claim.
    pub fn remember(&mut self, layer: &Rc<ReadLayer>, verdict: &Verdict) {
        if !verdict.holds() || layer.damage.is_some() || !layer.left_out.is_empty() {
            return;
        }
        self.by_identity.retain(|_, known| known.strong_count() > 0);
        let weak = Rc::downgrade(layer);
        let by_digest = Expected {
            digest: Some(layer.digest.clone()),
            ..Expected::default()
        };
        let by_diff_id = Expected {
            diff_id: Some(layer.diff_id.clone()),
            ..Expected::default()
        };
        for identity in [by_digest, by_diff_id] {
            let identity = identity.identity();
            self.by_identity
                .extend(identity.map(|identity| (identity, weak.clone())));
        }
    }

    /// Removes a layer whose bytes have changed.
    pub fn forget(&mut self, layer: &Rc<ReadLayer>) {
        let forgotten = Rc::downgrade(layer);
        self.by_identity
            .retain(|_, known| !known.ptr_eq(&forgotten));
    }

    /// Returns the layer that `expected` identifies, by its digest or, without one, by its diff_id, with the
    /// verdict that follows without reading its bytes again. `None` if the bytes must be read to tell.
    pub fn find(&self, expected: &Expected) -> Option<(Rc<ReadLayer>, Verdict)> {
        let layer = self.by_identity.get(&expected.identity()?)?.upgrade()?;
        let verdict = verdict_of_known(&layer, expected)?;
        Some((layer, verdict))
    }
}
