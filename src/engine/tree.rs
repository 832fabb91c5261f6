//! The tree: one request changes the view and reads its rows. Rows are converted to the protocol's types here.

use crate::image::ImagePath;
use crate::layer::EntryKind;
use crate::overlay::{self, Change, Differences, LayerIdx, NodeId, NodeInfo, Totals, Union, View};
use crate::protocol::{ImageKey, Name, Problem, TreeChange, TreeRow, TreeView, TreeWindow, count};

use super::session::Shown;
use super::{Session, World};

/// The maximum number of rows in a window, whatever is asked for.
const ROWS: u32 = 2_000;

impl<W: World> Session<W> {
    pub(super) fn tree(
        &self,
        image: ImageKey,
        change: Option<TreeChange>,
        start: u32,
        len: u32,
    ) -> Result<TreeWindow, Problem> {
        let shown = self.shown(image)?;
        let mut shown = shown.borrow_mut();
        let shown = &mut *shown;
        let focus = match change {
            Some(change) => apply(shown, change)?,
            None => None,
        };
        let union = shown.image.union();
        // The container layer counts as one of the layers that can be shown.
        let n_layers_ready = count(union.n_layers());
        let Some(view) = rows_view(shown) else {
            return Ok(empty_window(shown.view, n_layers_ready));
        };
        shown.tree.set_view(view);
        let rows = shown
            .tree
            .rows(union, start as usize, len.min(ROWS) as usize);
        Ok(TreeWindow {
            view: shown.view,
            n_rows: count(shown.tree.n_rows(union)),
            start,
            rows: rows
                .iter()
                .filter_map(|row| tree_row(union, row, view))
                .collect(),
            focus_row: focus.map(count),
            totals: union.totals(NodeId::ROOT, view),
            n_layers_ready,
        })
    }
}

/// Returns the view of the rows. If deleted paths are asked for, a union contains what its layers deleted.
fn rows_view(shown: &Shown) -> Option<View> {
    let view = overlay_view(shown.view, shown.image.union().n_layers())?;
    let changes = shown.tree.filter().changes;
    Some(match view {
        View::UpTo(layer) if changes.is_some_and(|changes| changes.deleted) => {
            View::WithDeleted(layer)
        }
        view => view,
    })
}

/// Returns the window before the first layer is read, or for a layer that is not read yet.
fn empty_window(view: TreeView, n_layers_ready: u32) -> TreeWindow {
    TreeWindow {
        view,
        n_rows: 0,
        start: 0,
        rows: Vec::new(),
        focus_row: None,
        totals: Totals::default(),
        n_layers_ready,
    }
}

/// Makes a change; returns the row of a revealed path.
fn apply(shown: &mut Shown, change: TreeChange) -> Result<Option<usize>, Problem> {
    // These changes are valid also before the first layer is read.
    match change {
        TreeChange::View { view } => {
            shown.view = view;
            return Ok(None);
        }
        TreeChange::Sort { sort } => {
            shown.tree.set_sort(sort);
            return Ok(None);
        }
        TreeChange::Filter { filter } => {
            shown.tree.set_filter(filter);
            return Ok(None);
        }
        _ => {}
    }
    let Some(view) = rows_view(shown) else {
        return Ok(None);
    };
    let union = shown.image.union();
    let tree = &mut shown.tree;
    tree.set_view(view);
    match change {
        TreeChange::View { .. } | TreeChange::Sort { .. } | TreeChange::Filter { .. } => {}
        TreeChange::Toggle { node, expanded } if expanded => tree.expand(union, NodeId(node)),
        TreeChange::Toggle { node, .. } => tree.collapse(union, NodeId(node)),
        TreeChange::ExpandSiblings { node } => {
            if let Some(parent) = union.parent(NodeId(node)) {
                tree.expand_all(union, union.children(parent, view));
            }
        }
        TreeChange::CollapseAll => tree.collapse_all(),
        TreeChange::Reveal { path_key } => {
            let path = path_key;
            let node = union.lookup(path.as_bytes());
            return Ok(node.and_then(|node| tree.expand_to(union, node)));
        }
    }
    Ok(None)
}

/// Converts a row of the tree's window.
fn tree_row(union: &Union, row: &overlay::RowPlace, view: View) -> Option<TreeRow> {
    let info = union.node(row.id, view)?;
    Some(TreeRow {
        depth: row.depth,
        has_children: row.has_children,
        expanded: row.expanded,
        pos_in_set: row.posinset,
        set_size: row.setsize,
        ..single_row(union, row.id, &info, view)
    })
}

/// Makes a row outside of any tree.
pub(super) fn single_row(union: &Union, node: NodeId, info: &NodeInfo<'_>, view: View) -> TreeRow {
    let size_bytes = match (info.kind, info.change, view) {
        (EntryKind::Dir, Some(Change::Deleted), View::Layer(LayerIdx(layer))) => {
            let below = View::UpTo(LayerIdx(layer.saturating_sub(1)));
            union.totals(node, below).size_bytes
        }
        (EntryKind::Dir, ..) => union.totals(node, view).size_bytes,
        _ => info.size_bytes,
    };
    TreeRow {
        node: node.0,
        path_key: path_of(&union.path(node)),
        name: Name::of(union.name(node)),
        depth: 0,
        kind: info.kind,
        mode: info.mode,
        uid: info.uid,
        gid: info.gid,
        size_bytes,
        mtime: info.mtime.map_or(0, |mtime| mtime.seconds),
        layer: info.layer.0,
        change: info.change,
        differs: match info.change {
            Some(Change::Changed) => union.differences(node, view),
            _ => Differences::default(),
        },
        deleted_by: match view {
            View::WithDeleted(_) => union.deleted_by(node, view).map(|layer| layer.0),
            _ => None,
        },
        link: (!info.link.is_empty()).then(|| Name::of(info.link)),
        device: info.device,
        has_children: false,
        expanded: false,
        implied: info.implied,
        n_links: info.n_names,
        pos_in_set: 1,
        set_size: 1,
    }
}

/// Returns the overlay's view; `None` while no layer is read, or for a layer that is not read.
pub(super) fn overlay_view(view: TreeView, n_layers: usize) -> Option<View> {
    let last = u32::try_from(n_layers.checked_sub(1)?).ok()?;
    match view {
        TreeView::Union => Some(View::UpTo(LayerIdx(last))),
        TreeView::UpTo(layer) => Some(View::UpTo(LayerIdx(layer.min(last)))),
        TreeView::Layer(layer) if layer <= last => Some(View::Layer(LayerIdx(layer))),
        TreeView::Layer(_) => None,
    }
}

/// Returns a path of the tree as one that crosses. The union has no path that is not normalised.
pub(super) fn path_of(bytes: &[u8]) -> ImagePath {
    ImagePath::normalise(bytes).unwrap_or_default()
}
