//! The tree's rows, and everything about one path.

use serde::{Deserialize, Serialize};

use crate::image::{ImagePath, escape, hex};
use crate::layer::{Device, EntryKind};
use crate::overlay::{Cause, Change, Differences, Filter, Sort, Totals};

/// A file name, which need not be UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The name for reading: valid UTF-8 as it is, other bytes as `\xHH`.
    pub text: String,
    /// The bytes in lower-case hex if `text` does not represent them exactly.
    pub hex: Option<String>,
}

impl Name {
    /// Makes the name of these bytes.
    pub fn of(bytes: &[u8]) -> Name {
        let text = escape(bytes);
        let exact = text.as_bytes() == bytes;
        Name {
            hex: (!exact).then(|| hex(bytes)),
            text,
        }
    }

    /// Makes the name of the path from the root.
    pub fn of_path(path: &[u8]) -> Name {
        Name::of(&[b"/", path].concat())
    }
}

/// The set of files that a person chose to look at. Unlike [`crate::overlay::View`], the union grows with the layers
/// that are read, and deleted paths are the filter's affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TreeView {
    /// The files that a container sees: all layers that are ready.
    Union,
    /// The union of the layers up to this one.
    UpTo(u32),
    /// The changes of one layer.
    Layer(u32),
}

/// A change of what the tree shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TreeChange {
    /// Shows another view; expanded directories stay expanded.
    View {
        /// The new view.
        view: TreeView,
    },
    /// Changes the order of rows.
    Sort {
        /// The new order.
        sort: Sort,
    },
    /// Filters the rows.
    Filter {
        /// The new filter.
        filter: Filter,
    },
    /// Expands or collapses a directory.
    Toggle {
        /// The row's node.
        node: u32,
        /// True to expand, false to collapse.
        expanded: bool,
    },
    /// Expands all siblings of a node (the `*` key of a tree).
    ExpandSiblings {
        /// The row's node.
        node: u32,
    },
    /// Collapses everything.
    CollapseAll,
    /// Expands the directories above a path. The answer's `focus_row` is the path's row.
    Reveal {
        /// The path.
        path_key: ImagePath,
    },
}

/// A window of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreeWindow {
    /// The view that is shown.
    pub view: TreeView,
    /// Number of rows in all.
    pub n_rows: u32,
    /// The position of the first row in the window.
    pub start: u32,
    /// The rows of the window.
    pub rows: Vec<TreeRow>,
    /// The row of the revealed path, after `Reveal`.
    pub focus_row: Option<u32>,
    /// Totals of the root in this view.
    pub totals: Totals,
    /// Number of layers, from the base, that have been applied.
    pub n_layers_ready: u32,
}

/// One row of the tree: its place there, from [`crate::overlay::RowPlace`], and everything that the page shows of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreeRow {
    /// The path's identity as long as the image is open.
    pub node: u32,
    /// The whole path.
    pub path_key: ImagePath,
    /// The last component of the path.
    pub name: Name,
    /// Levels below the root; 0 for entries of the root directory.
    pub depth: u32,
    /// The kind of file.
    pub kind: EntryKind,
    /// Permission bits.
    pub mode: u16,
    /// The user ID of the owner.
    pub uid: u32,
    /// The group ID.
    pub gid: u32,
    /// Bytes of content for files, of everything below for directories. Of a deleted path, those that are hidden; a
    /// deleted directory has them in its layer's own view.
    pub size_bytes: u64,
    /// Seconds since 1970, UTC.
    pub mtime: i64,
    /// The layer that supplies it.
    pub layer: u32,
    /// The change by the view's last layer (up-to views) or by the one layer (layer views); `None` if there is none.
    pub change: Option<Change>,
    /// The differences from below, if it is changed.
    pub differs: Differences,
    /// The layer that deleted it, where the view shows what its layers deleted.
    pub deleted_by: Option<u32>,
    /// The target of a link.
    pub link: Option<Name>,
    /// The numbers of a device.
    pub device: Option<Device>,
    /// True if it can be expanded.
    pub has_children: bool,
    /// True if it is expanded.
    pub expanded: bool,
    /// True if no layer has an entry for it: a directory that paths below it require.
    pub implied: bool,
    /// Number of names of its content; 1 for most files.
    pub n_links: u32,
    /// Its place among its siblings, from 1, for assistive technology.
    pub pos_in_set: u32,
    /// Number of siblings, itself included.
    pub set_size: u32,
}

/// Paths that were found by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matches {
    /// The paths, best first.
    pub rows: Vec<MatchRow>,
    /// True if there are more than were asked for.
    pub more: bool,
    /// True if all layers were searched to their ends.
    pub is_whole: bool,
}

/// A version of a path that was found by name, in any layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchRow {
    /// The whole path.
    pub path: Name,
    /// The path.
    pub path_key: ImagePath,
    /// Ranges of the path's bytes, without a leading slash, that the query matches.
    pub marks: Vec<(u32, u32)>,
    /// The kind of file.
    pub kind: EntryKind,
    /// Size in bytes.
    pub size_bytes: u64,
    /// The layer that supplies this version of it.
    pub layer: u32,
    /// True if the view in question shows it.
    pub in_view: bool,
    /// The layer that deleted it.
    pub deleted_by: Option<u32>,
    /// The layer that replaced it.
    pub overwritten_by: Option<u32>,
}

/// The answer to a question about a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one answer is alive at a time")]
#[serde(rename_all = "kebab-case")]
pub enum DetailAnswer {
    /// The path exists, or a layer once wrote it.
    Known(PathDetail),
    /// No layer has the path.
    Unknown {
        /// The path for reading.
        path: String,
    },
}

/// Everything about one path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathDetail {
    /// The whole path with a leading slash.
    pub path: Name,
    /// The path.
    pub path_key: ImagePath,
    /// Its row in the given view; `None` if the view does not have it since it was deleted.
    pub row: Option<TreeRow>,
    /// The nanoseconds of its modification time, past the second.
    pub mtime_nanos: u32,
    /// The path inside the image that a symbolic link leads to.
    pub resolved: Option<ImagePath>,
    /// The reason that a link leads nowhere.
    pub resolve_problem: Option<String>,
    /// Extended attributes.
    pub xattrs: Vec<XattrRow>,
    /// The other names of the same content.
    pub links: Vec<Name>,
    /// Totals below a directory.
    pub totals: Option<Totals>,
    /// The changes by every layer, base first.
    pub history: Vec<TouchRow>,
    /// True if the content ends early because its layer is damaged.
    pub incomplete: bool,
}

/// An extended attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct XattrRow {
    /// The attribute's name with its namespace, `security.capability`.
    pub name: String,
    /// Its value for reading: escaped, or interpreted if the format is known (`cap_net_raw=ep`).
    pub value: String,
    /// The value's bytes in hex.
    pub hex: String,
}

/// A layer's change to a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TouchRow {
    /// The layer that made the change.
    pub layer: u32,
    /// The kind of change.
    pub change: Change,
    /// The cause of the change.
    pub cause: Cause,
    /// True if the content is the same as before, so that it is stored twice for nothing.
    pub content_identical: bool,
    /// The kind of file from this layer on; `None` if it was deleted.
    pub kind: Option<EntryKind>,
    /// Permission bits from this layer on.
    pub mode: u16,
    /// The user ID of the owner.
    pub uid: u32,
    /// The group ID.
    pub gid: u32,
    /// Size in bytes from this layer on.
    pub size_bytes: u64,
    /// Modification time from this layer on, in seconds since 1970, UTC.
    pub mtime: i64,
    /// True if its content in this layer can be opened.
    pub has_content: bool,
    /// Uncompressed bytes that precede that content in the layer.
    pub passed_bytes: u64,
}
