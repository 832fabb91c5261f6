//! Layers that open images hold, by what identifies them, so that a shared layer is decoded once.
//!
//! It keeps nothing alive: a layer is forgotten with the last image that shows it.

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
    /// Remembers a layer whose reading refuted nothing.
    pub fn remember(&mut self, layer: &Rc<ReadLayer>, verdict: &Verdict) {
        if !verdict.holds() || layer.damage.is_some() {
            return;
        }
        self.by_identity.retain(|_, known| known.strong_count() > 0);
        let weak = Rc::downgrade(layer);
        self.by_identity
            .insert(layer.digest.to_string(), weak.clone());
        self.by_identity
            .insert(diff_key(layer.diff_id.0.as_str()), weak);
    }

    /// The layer that `expected` identifies, by its digest, or by its diff_id where no digest is claimed, and what
    /// is known of the claims without reading its bytes again; `None` when they must be read to tell.
    pub fn find(&self, expected: &Expected) -> Option<(Rc<ReadLayer>, Verdict)> {
        let key = match (&expected.digest, &expected.diff_id) {
            (Some(digest), _) => digest.to_string(),
            (None, Some(diff_id)) => diff_key(diff_id.0.as_str()),
            (None, None) => return None,
        };
        let layer = self.by_identity.get(&key)?.upgrade()?;
        let verdict = verdict_of_known(&layer, expected)?;
        Some((layer, verdict))
    }
}

fn diff_key(diff_id: &str) -> String {
    format!("diff_id {diff_id}")
}
