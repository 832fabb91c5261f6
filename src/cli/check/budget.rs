//! The visible bytes of the files that a pattern names.

use std::collections::BTreeSet;

use crate::cli::table::size;
use crate::image::escape;
use crate::layer::EntryKind;
use crate::overlay::{EntryPlace, LayerIdx, View};
use crate::workspace::OpenImage;

use super::bound::PathBudget;
use super::evidence::Evidence;
use super::judged::Judged;
use crate::insight::{Rule, Ruling};

/// Files that are named.
const MOST_NAMED: usize = 10;

/// Judges a budget. A content with several names counts once.
pub(super) fn judge(image: &OpenImage, budget: &PathBudget) -> Judged {
    let top = LayerIdx::at(image.n_applied().saturating_sub(1));
    let (union, view) = (image.union(), View::UpTo(top));
    let mut counted: BTreeSet<EntryPlace> = BTreeSet::new();
    let mut largest: BTreeSet<(u64, Vec<u8>, LayerIdx)> = BTreeSet::new();
    let mut bytes: u64 = 0;
    for id in union.ids() {
        let info = union.node(id, view);
        let Some(info) = info.filter(|info| info.kind == EntryKind::File && info.size_bytes > 0)
        else {
            continue;
        };
        let path = union.path(id);
        if !budget.pattern.fits(&path) || !info.content.is_none_or(|place| counted.insert(place)) {
            continue;
        }
        bytes = bytes.saturating_add(info.size_bytes);
        largest.insert((info.size_bytes, path, info.layer));
        if largest.len() > MOST_NAMED {
            largest.pop_first();
        }
    }
    let evidence = largest.into_iter().rev().map(|(bytes, path, layer)| {
        let told = format!("{} in /{} in layer {}", size(bytes), escape(&path), layer.0);
        Evidence::of_bytes("path-bytes", told, Some(path), Some(layer.0), String::new())
    });
    let ruling = Ruling::at_most_bytes(Rule::HighestPathBytes, bytes, Some(budget.bytes));
    Judged {
        evidence: evidence.collect(),
        subject: Some(budget.pattern.text()),
        ..Judged::plain(ruling)
    }
}
