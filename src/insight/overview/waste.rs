//! Dead content by its cause, and the directories in which most of it lies.

use serde::{Deserialize, Serialize};

use super::cover::cover;
use super::known::KnownPlace;
use crate::insight::rows::{Dead, WasteKind, WasteSum};
use crate::overlay::{LayerIdx, NodeId};

/// Largest number of directories that are named for a cause.
const MOST_PLACES: usize = 3;

/// Dead content that one layer stored and one layer hid, in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waste {
    /// Cause of its death.
    pub kind: WasteKind,
    /// Layer that stored it.
    pub stored_by: LayerIdx,
    /// Layer that hid it; the same one if it was never visible.
    pub hidden_by: LayerIdx,
    /// Number of files.
    pub n_files: u64,
    /// Bytes that were stored.
    pub bytes: u64,
    /// The files, or directories with most of them, the largest first. None if all of its files are small.
    pub places: Vec<WastePlace>,
    /// Bytes in these places, of the rows that were looked at.
    pub places_bytes: u64,
}

/// A file, or a directory in which files died.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WastePlace {
    /// Path without a leading slash; empty for the root.
    pub path: Vec<u8>,
    /// Node of a file or of an emptied directory, as far as the union has it.
    pub node: Option<NodeId>,
    /// True if it is a directory.
    pub is_dir: bool,
    /// The purpose that tools use it for.
    pub known: Option<KnownPlace>,
}

/// Rows of dead content below a path.
struct Below {
    /// Bytes of the rows' paths that they have in common.
    len: usize,
    rows: Vec<usize>,
}

/// Returns the sums with their places, which are found among the largest rows of dead content.
pub(super) fn waste(sums: &[WasteSum], dead: &[Dead]) -> Vec<Waste> {
    let told = |sum: &WasteSum| {
        let (places, places_bytes) = places(sum, dead);
        Waste {
            kind: sum.kind,
            stored_by: sum.stored_by,
            hidden_by: sum.hidden_by,
            n_files: sum.n_files,
            bytes: sum.bytes,
            places,
            places_bytes,
        }
    };
    sums.iter().map(told).collect()
}

fn places(sum: &WasteSum, dead: &[Dead]) -> (Vec<WastePlace>, u64) {
    let is_of = |row: &Dead| {
        (WasteKind::of(row.how), row.stored_by, row.hidden_by)
            == (sum.kind, sum.stored_by, sum.hidden_by)
    };
    let rows: Vec<&Dead> = dead.iter().filter(|row| is_of(row)).collect();
    if rows.is_empty() {
        return (Vec::new(), 0);
    }
    let root = Below {
        len: 0,
        rows: (0..rows.len()).collect(),
    };
    let told = cover(root, bytes_of(&rows), MOST_PLACES, |below| {
        children(&rows, below)
    });
    let bytes = told.iter().map(|(_, bytes)| *bytes);
    let bytes = bytes.fold(0, u64::saturating_add);
    let told = told.into_iter().map(|(below, _)| place(&rows, &below));
    (told.collect(), bytes)
}

fn bytes_of(rows: &[&Dead]) -> u64 {
    let bytes = rows.iter().map(|row| row.bytes);
    bytes.fold(0, u64::saturating_add)
}

/// Returns the directories, and the single rows, that lie directly below a path.
fn children(rows: &[&Dead], below: &Below) -> Vec<(Below, u64)> {
    if below.rows.len() < 2 {
        return Vec::new();
    }
    let mut children: Vec<(&[u8], Below, u64)> = Vec::new();
    for &at in &below.rows {
        let Some(row) = rows.get(at) else { continue };
        let Some(name) = name_after(&row.path, below.len) else {
            continue;
        };
        let has_room = children.len() < MOST_CHILDREN;
        let len = below.len + usize::from(below.len > 0) + name.len();
        match children.iter_mut().find(|(other, ..)| *other == name) {
            Some((_, child, bytes)) => {
                child.rows.push(at);
                *bytes = bytes.saturating_add(row.bytes);
            }
            None if has_room => {
                let child = Below {
                    len,
                    rows: vec![at],
                };
                children.push((name, child, row.bytes));
            }
            // Rows come the largest first: what begins so late is small.
            None => {}
        }
    }
    // Files side by side are told by their directory.
    let is_file = |child: &Below| {
        let row = child.rows.first().and_then(|at| rows.get(*at));
        row.is_some_and(|row| !row.is_dir && row.path.len() == child.len)
    };
    let children = children
        .into_iter()
        .filter(|(_, child, _)| !is_file(child))
        .map(|(_, child, bytes)| (child, bytes));
    children.collect()
}

/// Largest number of names in a directory that are looked at.
const MOST_CHILDREN: usize = 64;

/// Returns the name of a path that follows its first `len` bytes.
fn name_after(path: &[u8], len: usize) -> Option<&[u8]> {
    let rest = path.get(len..)?;
    let rest = match len {
        0 => rest,
        _ => rest.strip_prefix(b"/")?,
    };
    let name = rest.split(|byte| *byte == b'/').next()?;
    (!name.is_empty()).then_some(name)
}

fn place(rows: &[&Dead], below: &Below) -> WastePlace {
    let first = below.rows.first().and_then(|at| rows.get(*at));
    let is_one = below.rows.len() == 1;
    let path = first.map_or(&[][..], |row| match is_one {
        true => &row.path[..],
        false => row.path.get(..below.len).unwrap_or_default(),
    });
    WastePlace {
        path: path.to_vec(),
        node: first.filter(|_| is_one).and_then(|row| row.node),
        is_dir: !is_one || first.is_some_and(|row| row.is_dir),
        known: KnownPlace::of(path),
    }
}
