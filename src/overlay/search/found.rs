//! A hit of a search.

use crate::layer::EntryKind;
use crate::overlay::{Change, LayerIdx, NodeId};

/// One version of a path that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Node of the path.
    pub id: NodeId,
    /// Layer that supplies this version.
    pub layer: LayerIdx,
    /// Type of the path in this version.
    pub kind: EntryKind,
    /// Bytes of content; 0 for everything except files.
    pub size_bytes: u64,
    /// True if the requested view shows this version.
    pub in_view: bool,
    /// Layer that hid this version, with [`Change::Deleted`], or [`Change::Changed`] if it was overwritten. `None`
    /// if a container with all layers sees it.
    pub hidden: Option<(LayerIdx, Change)>,
}
