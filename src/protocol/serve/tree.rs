//! The tree: what it shows is changed and read in one request; rows are turned into words here.

use crate::image::{ImagePath, escape};
use crate::layer::{Device, EntryKind};
use crate::overlay::{self, Change, LayerIdx, NodeId, NodeInfo, Union, View};
use crate::protocol::{
    Answer, ChangeWord, ImageKey, Kind, MatchRow, Name, Problem, ProblemCode, TreeChange, TreeRow,
    TreeView, TreeWindow,
};

use super::session::Shown;
use super::{Session, World, detail};

/// Rows that one window may hold, whatever is asked for.
const ROWS: u32 = 2_000;
/// Matches that one search may give.
const MATCHES: u32 = 10_000;

impl<W: World> Session<W> {
    pub(super) fn tree(
        &self,
        image: ImageKey,
        change: Option<TreeChange>,
        start: u32,
        len: u32,
    ) -> Result<Answer, Problem> {
        let shown = self.shown(image)?;
        let mut shown = shown.borrow_mut();
        let shown = &mut *shown;
        let focus = match change {
            Some(change) => apply(shown, change)?,
            None => None,
        };
        let union = shown.image.union();
        let view = shown.tree.view();
        let rows = shown.tree.rows(union, start as usize, len.min(ROWS) as usize);
        Ok(Answer::Tree(TreeWindow {
            view: protocol_view(view, union),
            n_rows: shown.tree.n_rows(union) as u32,
            start,
            rows: rows.iter().filter_map(|row| tree_row(union, row, view)).collect(),
            focus_row: focus.map(|row| row as u32),
            totals: detail::dir_totals(union, NodeId::ROOT, view),
            n_layers_ready: shown.image.n_applied() as u32,
        }))
    }

    pub(super) fn find(&self, image: ImageKey, text: &str, limit: u32) -> Result<Answer, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        let union = shown.image.union();
        let view = shown.tree.view();
        let limit = limit.min(MATCHES) as usize;
        let mut nodes = union.find(text.as_bytes(), view, limit + 1);
        let more = nodes.len() > limit;
        nodes.truncate(limit);
        let row = |node: NodeId| {
            let info = union.node(node, view)?;
            let path = union.path(node);
            Some(MatchRow {
                path: name_of(&path),
                path_hex: hex(&path),
                kind: kind_word(info.kind),
                size_bytes: info.size_bytes,
            })
        };
        Ok(Answer::Matches {
            rows: nodes.into_iter().filter_map(row).collect(),
            more,
        })
    }
}

/// The overlay's view; `None` while no layer is there, or for a layer that is not there.
pub(super) fn overlay_view(view: TreeView, n_layers: usize) -> Option<View> {
    let last = u32::try_from(n_layers.checked_sub(1)?).ok()?;
    match view {
        TreeView::Union => Some(View::UpTo(LayerIdx(last))),
        TreeView::UpTo(layer) => Some(View::UpTo(LayerIdx(layer.min(last)))),
        TreeView::Layer(layer) if layer <= last => Some(View::Layer(LayerIdx(layer))),
        TreeView::Layer(_) => None,
    }
}

pub(super) fn kind_word(kind: EntryKind) -> Kind {
    match kind {
        EntryKind::File => Kind::File,
        EntryKind::Dir => Kind::Dir,
        EntryKind::Symlink => Kind::Symlink,
        EntryKind::Hardlink => Kind::Hardlink,
        EntryKind::Char => Kind::Char,
        EntryKind::Block => Kind::Block,
        EntryKind::Fifo => Kind::Fifo,
    }
}

pub(super) fn change_word(change: Change) -> ChangeWord {
    match change {
        Change::Added => ChangeWord::Added,
        Change::Changed => ChangeWord::Changed,
        Change::Deleted => ChangeWord::Deleted,
    }
}

/// A name for reading, and its bytes where the reading does not say them exactly.
pub(super) fn name_of(bytes: &[u8]) -> Name {
    let text = escape(bytes);
    let exact = text.as_bytes() == bytes;
    Name {
        hex: (!exact).then(|| hex(bytes)),
        text,
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
    }
    text
}

/// The path that a page names by its bytes in hex.
///
/// # Errors
/// When it is no hex or no path: the page and the worker are of different builds, or the address was made up.
pub(super) fn path_from_hex(hex: &str) -> Result<ImagePath, Problem> {
    let refuse = || {
        let shown: String = hex.chars().take(200).collect();
        Problem::new(ProblemCode::BadAddress, shown, "this is no path in hexadecimal digits")
    };
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or_else(refuse)?;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect();
    ImagePath::normalise(&bytes).map_err(|_| refuse())
}
