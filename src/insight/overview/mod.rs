//! The summary of an image: its bytes, what of them is dead and why, what is large, and what a squash saves.

mod cover;
mod known;
mod waste;

use serde::{Deserialize, Serialize};

use super::analysis::{Analysis, LayerSpace, Unread, analyse_layers};
use super::rows::RowsLeftOut;
use crate::layer::EntryKind;
use crate::overlay::{LayerIdx, NodeId, Union, View};
use cover::cover;
use waste::waste;

pub use known::KnownPlace;
pub use waste::{Waste, WastePlace};

/// Rows of dead content by which the places of waste are found.
const LOOKED_AT_ROWS: usize = 2_000;
/// Largest number of rows in each list.
const MOST_ROWS: usize = 10;
/// Least bytes of a known directory that are worth a word.
const LEAST_SHIPPED_BYTES: u64 = 1024 * 1024;
/// Least bytes, and the part of the content, that a squash has to save to be offered.
const LEAST_SAVED_BYTES: u64 = 64 * 1024;
const LEAST_SAVED_PART: u64 = 100;

/// The summary of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Dead content by cause, the largest first.
    pub waste: Vec<Waste>,
    /// Dead content that is not in that list.
    pub waste_left_out: RowsLeftOut,
    /// The directories with most of the bytes, none within another, the largest first.
    pub dirs: Vec<Large>,
    /// The largest files, each inode once.
    pub files: Vec<Large>,
    /// Directories of tools that an image seldom needs, with at least 1 MiB, the largest first.
    pub shipped: Vec<Shipped>,
    /// The squash that is worth its layers.
    pub squash: Option<SquashRange>,
}

/// A large path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Large {
    /// Path without a leading slash; empty for the root.
    pub path: Vec<u8>,
    /// Bytes of content, of a directory with everything below it.
    pub bytes: u64,
    /// Layer that the path is from.
    pub layer: LayerIdx,
}

/// A directory of a tool that is part of the final file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipped {
    /// The purpose that tools use it for.
    pub known: KnownPlace,
    /// Path without a leading slash.
    pub path: Vec<u8>,
    /// Bytes of content.
    pub bytes: u64,
    /// Number of files.
    pub n_files: u32,
}

/// Layers to be squashed: from this one to the topmost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SquashRange {
    /// The lowest of the layers.
    pub from: LayerIdx,
    /// The topmost of the layers, which is the image's.
    pub to: LayerIdx,
    /// Bytes of content that go.
    pub saved_bytes: u64,
}

/// Returns what is said first of the lowest layers of a union, with their analysis.
///
/// # Errors
/// If one of them is missing.
pub fn overview(union: &Union, n_layers: usize) -> Result<(Analysis, Overview), Unread> {
    let analysis = analyse_layers(union, n_layers, LOOKED_AT_ROWS)?;
    let view = View::UpTo(LayerIdx::at(n_layers.saturating_sub(1)));
    let mut told = waste(&analysis.waste, &analysis.dead);
    told.truncate(MOST_ROWS);
    let sum = |bytes: u64, waste: &Waste| bytes.saturating_add(waste.bytes);
    let left_out = RowsLeftOut {
        n_rows: analysis.n_waste.saturating_sub(told.len() as u64),
        bytes: analysis.dead_bytes.saturating_sub(told.iter().fold(0, sum)),
    };
    let overview = Overview {
        waste: told,
        waste_left_out: left_out,
        dirs: dirs(union, view),
        files: files(union, view),
        shipped: shipped(union, view),
        squash: squash_range(&analysis.layers),
    };
    Ok((analysis, overview))
}

fn dirs(union: &Union, view: View) -> Vec<Large> {
    let bytes = |id: NodeId| union.totals(id, view).size_bytes;
    let is_dir = |id: &NodeId| {
        let node = union.node(*id, view);
        node.is_some_and(|node| node.kind == EntryKind::Dir)
    };
    let told = cover(NodeId::ROOT, bytes(NodeId::ROOT), MOST_ROWS, |dir| {
        let dirs = union.children(*dir, view).filter(is_dir);
        let mut dirs: Vec<(NodeId, u64)> = dirs.map(|id| (id, bytes(id))).collect();
        dirs.sort_unstable_by_key(|(id, _)| union.name(*id));
        dirs
    });
    let told = told.into_iter().filter(|(_, bytes)| *bytes > 0);
    told.map(|(id, bytes)| large(union, view, id, bytes))
        .collect()
}

fn files(union: &Union, view: View) -> Vec<Large> {
    let largest = union.largest_files(view, MOST_ROWS).into_iter();
    largest
        .map(|(id, bytes)| large(union, view, id, bytes))
        .collect()
}

fn large(union: &Union, view: View, id: NodeId, bytes: u64) -> Large {
    let node = union.node(id, view);
    Large {
        path: union.path(id),
        bytes,
        layer: node.map_or(LayerIdx(0), |node| node.layer),
    }
}

fn shipped(union: &Union, view: View) -> Vec<Shipped> {
    let mut found: Vec<Shipped> = KnownPlace::looked_for()
        .filter_map(|(known, path)| {
            let id = union.lookup(path.as_bytes())?;
            let totals = union.totals(id, view);
            (totals.size_bytes >= LEAST_SHIPPED_BYTES).then(|| Shipped {
                known,
                path: path.into_bytes(),
                bytes: totals.size_bytes,
                n_files: totals.n_files,
            })
        })
        .collect();
    // A directory within another one is told by that.
    let all: Vec<Vec<u8>> = found.iter().map(|one| one.path.clone()).collect();
    found.retain(|one| {
        let above = |other: &Vec<u8>| {
            let rest = one.path.strip_prefix(&other[..]);
            rest.is_some_and(|rest| rest.starts_with(b"/"))
        };
        !all.iter().any(above)
    });
    found.sort_by_key(|one| u64::MAX - one.bytes);
    found
}

/// Returns the shortest range of layers up to the topmost whose squash saves nine tenths of what can be saved.
///
/// Content that dies within the range goes: all that is dead in a layer is hidden by that layer or by one above it.
fn squash_range(layers: &[LayerSpace]) -> Option<SquashRange> {
    let to = layers.len().checked_sub(1).filter(|to| *to > 0)?;
    let sum = |of: fn(&LayerSpace) -> u64, layers: &[LayerSpace]| {
        layers.iter().map(of).fold(0, u64::saturating_add)
    };
    let saved = |from: usize| {
        let layers = layers.get(from..).unwrap_or_default();
        sum(|layer| layer.dead_bytes, layers)
    };
    let content = sum(|layer| layer.stored_bytes, layers);
    let most = saved(0);
    if most < LEAST_SAVED_BYTES.max(content / LEAST_SAVED_PART) {
        return None;
    }
    let from = (0..to).rev().find(|from| saved(*from) >= most / 10 * 9)?;
    Some(SquashRange {
        from: LayerIdx::at(from),
        to: LayerIdx::at(to),
        saved_bytes: saved(from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_range_that_saves_nearly_all_is_chosen() {
        const MB: u64 = 1024 * 1024;
        // Content and dead content of each layer, base first.
        let check = |layers: &[(u64, u64)], expected: Option<(u32, u64)>| {
            let layers: Vec<LayerSpace> = layers
                .iter()
                .map(|(stored, dead)| LayerSpace {
                    stored_bytes: stored * MB,
                    dead_bytes: dead * MB,
                })
                .collect();
            let range = squash_range(&layers);
            assert_eq!(
                range.map(|range| (range.from.0, range.saved_bytes / MB)),
                expected
            );
        };
        check(
            &[(117, 2), (252, 178), (17, 17), (0, 0), (17, 0)],
            Some((1, 195)),
        );
        check(&[(117, 100), (252, 0)], Some((0, 100)));
        check(&[(100, 0), (10, 0)], None);
        check(&[(1000, 1), (10, 0)], None);
        // What is dead in the topmost layer takes a layer below it along: one layer is no squash.
        check(&[(100, 0), (10, 0), (50, 40)], Some((1, 40)));
        check(&[(100, 50)], None);
        check(&[], None);
    }
}
