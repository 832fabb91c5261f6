//! Both definitions again, slow and to the letter: every question is answered from the
//! listing of every prefix of layers.

use std::collections::{BTreeMap, BTreeSet};

use lamina::layer::EntryKind;
use lamina::overlay::{Cause, EntryPlace, LayerIdx, NodeId, Union, View};

/// Figures of the model for an image.
#[derive(Debug, PartialEq)]
pub(super) struct Figures {
    pub(super) score: f64,
    pub(super) wasted_bytes: u64,
    pub(super) user_bytes: u64,
    /// Copies and bytes of each path with two or more copies.
    pub(super) wasted: BTreeMap<String, (u32, u64)>,
    /// Files and bytes that died, by the layers that stored and hid them.
    pub(super) dead: BTreeMap<(u32, u32), (u32, u64)>,
}

pub(super) fn figures(union: &Union) -> Figures {
    let mut copies: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut user_bytes = 0;
    for layer in 0..union.n_layers() as u32 {
        for (path, size) in leaves(union, layer) {
            copies.entry(path).or_default().push(size);
        }
        let index = union.layer_index(LayerIdx(layer)).unwrap();
        if layer > 0 {
            user_bytes += index.entries().map(|entry| entry.size_bytes).sum::<u64>();
        }
    }
    let all: u64 = copies.values().flatten().sum();
    let smallest: u64 = copies.values().filter_map(|sizes| sizes.iter().min()).sum();
    let wasted: BTreeMap<_, _> = copies
        .into_iter()
        .filter(|(_, sizes)| sizes.len() > 1 && sizes.iter().sum::<u64>() > 0)
        .map(|(path, sizes)| (path, (sizes.len() as u32, sizes.iter().sum())))
        .collect();
    Figures {
        score: if all == 0 {
            1.0
        } else {
            smallest as f64 / all as f64
        },
        wasted_bytes: wasted.values().map(|(_, bytes)| bytes).sum(),
        user_bytes,
        wasted,
        dead: dead(union),
    }
}

/// Returns the leaves of a layer's own tree, with the sizes of their copies.
fn leaves(union: &Union, layer: u32) -> Vec<(String, u64)> {
    // By path as written: the size, and the path that a whiteout hides.
    let mut tree: BTreeMap<String, (u64, Option<String>)> = BTreeMap::new();
    let index = union.layer_index(LayerIdx(layer)).unwrap();
    for entry in index.entries() {
        let path = entry.path.to_string();
        let name = path.rsplit('/').next().unwrap();
        let dir = path.strip_suffix(name).unwrap();
        let is_nothing = [".wh.", ".wh..", ".wh..."].contains(&name);
        if path.is_empty() || path.starts_with(".wh..wh.") || is_nothing {
            continue;
        }
        for (at, _) in path.match_indices('/') {
            tree.entry(path[..at].to_owned()).or_insert((0, None));
        }
        if name.starts_with(".wh..wh.") {
            continue;
        }
        let copy = match name.strip_prefix(".wh.") {
            Some(hidden) => {
                let hidden = format!("{dir}{hidden}");
                (hidden_bytes(union, layer, &hidden), Some(hidden))
            }
            None => (entry.size_bytes, None),
        };
        tree.insert(path.clone(), copy);
    }
    let is_leaf = |path: &String| {
        let below = format!("{path}/");
        !tree.keys().any(|other| other.starts_with(&below))
    };
    let leaves = tree.iter().filter(|(path, _)| is_leaf(path));
    leaves
        .map(|(path, (size, hidden))| (hidden.as_ref().unwrap_or(path).clone(), *size))
        .collect()
}

/// Returns the bytes of the entries below a directory, in the union of the layers below a layer.
fn hidden_bytes(union: &Union, layer: u32, path: &str) -> u64 {
    let Some(below) = layer.checked_sub(1) else {
        return 0;
    };
    let view = View::UpTo(LayerIdx(below));
    let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Ok(dir) = union.resolve(dir.as_bytes(), view) else {
        return 0;
    };
    let name = name.as_bytes();
    let hidden = union
        .children(dir, view)
        .find(|&child| union.name(child) == name);
    let Some(hidden) = hidden.filter(|&hidden| {
        union
            .node(hidden, view)
            .is_some_and(|info| info.kind == EntryKind::Dir)
    }) else {
        return 0;
    };
    let prefix = [union.path(hidden), vec![b'/']].concat();
    union
        .listing(view)
        .filter(|listed| listed.path.starts_with(&prefix))
        .map(|listed| written_bytes(union, listed.id, below))
        .sum()
}

/// Returns the bytes of the entry that wrote a path.
fn written_bytes(union: &Union, id: NodeId, upto: u32) -> u64 {
    let history = union.history(id);
    let mut touches = history.iter().filter(|touch| touch.layer.0 <= upto);
    let last = touches.rfind(|touch| touch.cause != Cause::Link);
    let wrote = last.filter(|touch| touch.cause == Cause::Entry);
    let place = wrote.and_then(|touch| {
        Some(EntryPlace {
            layer: touch.layer,
            entry: touch.entry?,
        })
    });
    // A directory without an entry has none.
    let entry = place.and_then(|place| union.entry(place));
    entry
        .filter(|entry| entry.kind == EntryKind::File)
        .map_or(0, |entry| entry.size_bytes)
}

fn dead(union: &Union) -> BTreeMap<(u32, u32), (u32, u64)> {
    // Content visible after each prefix of layers.
    let shown: Vec<BTreeSet<(u32, u32)>> = (0..union.n_layers() as u32)
        .map(|layer| {
            let listing = union.listing(View::UpTo(LayerIdx(layer)));
            let places = listing.filter_map(|listed| listed.info.content);
            places.map(|place| (place.layer.0, place.entry)).collect()
        })
        .collect();
    let mut dead = BTreeMap::new();
    for stored_by in 0..union.n_layers() as u32 {
        let index = union.layer_index(LayerIdx(stored_by)).unwrap();
        for entry in index.entries() {
            if entry.kind != EntryKind::File || entry.size_bytes == 0 {
                continue;
            }
            let later = shown.iter().enumerate().skip(stored_by as usize);
            let hidden_by = later
                .filter(|(_, shown)| !shown.contains(&(stored_by, entry.id.0)))
                .map(|(layer, _)| layer as u32)
                .next();
            if let Some(hidden_by) = hidden_by {
                let sum: &mut (u32, u64) = dead.entry((stored_by, hidden_by)).or_default();
                *sum = (sum.0 + 1, sum.1 + entry.size_bytes);
            }
        }
    }
    dead
}
