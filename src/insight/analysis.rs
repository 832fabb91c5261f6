//! The whole analysis of an image: one walk over the layers, from the base up.

use crate::layer::EntryPath;
use crate::overlay::{LayerIdx, Union};

use super::copies::{Counting, Dive};
use super::dead::{FOLLOWED_BYTES, Names, stored_bytes};
use super::replay::{Replay, Shown};
use super::rows::{Dead, Rows, RowsLeftOut, WasteSum};

/// Largest number of sums of dead content: there may be one for each pair of layers and each cause.
const MOST_SUMS: usize = 64;

/// The result of an analysis.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Analysis {
    /// dive's score and wasted bytes.
    pub dive: Dive,
    /// Bytes of file content in the layers, uncompressed.
    pub stored_bytes: u64,
    /// Bytes of file content that no path of the final file system reaches.
    pub dead_bytes: u64,
    /// The same two numbers for each layer, base first.
    pub layers: Vec<LayerSpace>,
    /// Bytes of other layers' content that each layer made dead, base first.
    pub hides_bytes: Vec<u64>,
    /// Dead content, the largest first.
    pub dead: Vec<Dead>,
    /// Rows that do not fit into that list.
    pub dead_left_out: RowsLeftOut,
    /// Dead content by cause and layers, the largest sums first.
    pub waste: Vec<WasteSum>,
    /// Number of such sums, with those that do not fit into that list.
    pub n_waste: u64,
    /// Entries, paths and numbers visited: the cost of the analysis, without a clock.
    pub n_steps: u64,
}

/// The content of one layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LayerSpace {
    /// Bytes of file content in the layer, uncompressed.
    pub stored_bytes: u64,
    /// Bytes of file content that no path of the final file system reaches.
    pub dead_bytes: u64,
}

/// The error if a layer's entries are missing, so that the whole image cannot be analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread(
    /// The lowest such layer.
    pub LayerIdx,
);

impl Analysis {
    /// Returns the number of bytes of file content that the final file system reaches.
    pub fn live_bytes(&self) -> u64 {
        self.stored_bytes.saturating_sub(self.dead_bytes)
    }
}

/// Analyses all layers of a union. Each list has at most `most_rows` rows.
///
/// ```
/// use lamina::insight::analyse;
/// use lamina::bounds::Limits;
/// use lamina::overlay::Union;
///
/// let empty = analyse(&Union::new(Limits::DEFAULT), 10).unwrap();
/// assert_eq!((empty.dive.score, empty.dead_bytes), (1.0, 0));
/// ```
///
/// # Errors
/// If a layer is missing.
pub fn analyse(union: &Union, most_rows: usize) -> Result<Analysis, Unread> {
    analyse_layers(union, union.n_layers(), most_rows)
}

/// Analyses the lowest layers of a union as if there were no others: an image without the container layer on it.
///
/// # Errors
/// If one of them is missing.
pub fn analyse_layers(
    union: &Union,
    n_layers: usize,
    most_rows: usize,
) -> Result<Analysis, Unread> {
    let mut counting = Counting::new(union);
    let mut replay = Replay::new(union);
    let mut names = Names::default();
    let mut rows = Rows::new(union);
    let mut layers: Vec<LayerSpace> = Vec::new();
    let mut hides_bytes: Vec<u64> = Vec::new();
    for layer in (0..n_layers).map(LayerIdx::at) {
        let index = union.layer_index(layer).ok_or(Unread(layer))?;
        let mut budget = FOLLOWED_BYTES;
        counting.layer(layer.0, index, |path| {
            hidden_bytes(&mut replay, path, &mut budget)
        });
        let stored = index.entries().fold(0, |sum: u64, entry| {
            sum.saturating_add(stored_bytes(&entry))
        });
        layers.push(LayerSpace {
            stored_bytes: stored,
            dead_bytes: 0,
        });
        let deaths = names.layer(&mut replay, layer);
        for death in &deaths {
            if let Some(space) = layers.get_mut(death.place.layer.0 as usize) {
                space.dead_bytes = space.dead_bytes.saturating_add(death.bytes);
            }
        }
        let hidden = deaths.iter().filter(|death| death.place.layer != layer);
        hides_bytes.push(hidden.fold(0, |sum: u64, death| sum.saturating_add(death.bytes)));
        rows.layer(&mut replay, deaths);
        replay.settle();
    }
    let sum = |of: fn(&LayerSpace) -> u64| {
        let all = layers.iter().map(of);
        all.fold(0, u64::saturating_add)
    };
    let n_steps = [
        counting.n_steps,
        replay.n_steps,
        replay.subtrees.n_steps,
        rows.n_steps,
    ];
    let (dead, dead_left_out) = rows.largest(union, most_rows);
    let (waste, n_waste) = rows.sums(most_rows.min(MOST_SUMS));
    Ok(Analysis {
        dive: counting.figures(n_layers, most_rows),
        stored_bytes: sum(|space| space.stored_bytes),
        dead_bytes: sum(|space| space.dead_bytes),
        layers,
        hides_bytes,
        dead,
        dead_left_out,
        waste,
        n_waste,
        n_steps: n_steps.iter().sum(),
    })
}

/// Returns the size of a whiteout, before its layer is replayed: the bytes below the directory that it hides.
fn hidden_bytes(replay: &mut Replay<'_>, path: &[u8], budget: &mut u64) -> u64 {
    match replay.named(EntryPath::of(path), budget) {
        Some(node) if replay.shown(node) == Shown::Dir => {
            u64::try_from(replay.subtrees.sum(node).size_bytes).unwrap_or(u64::MAX)
        }
        _ => 0,
    }
}
