//! The tree's rows, and everything about one path.

use serde::{Deserialize, Serialize};

use crate::image::ImagePath;

/// A file name, which need not be UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The name for reading: valid UTF-8 as it is, other bytes as `\xHH`.
    pub text: String,
    /// The bytes in lower-case hex if `text` does not represent them exactly.
    pub hex: Option<String>,
}

/// The set of files that the tree shows.
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

/// The column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the columns' own names")]
pub enum SortColumn {
    Name,
    Size,
    Mode,
    Owner,
    Time,
    Layer,
}

/// The direction to sort in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "they say it")]
pub enum SortOrder {
    Ascending,
    Descending,
}

/// A filter on rows. The parents of matching rows stay as context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeFilter {
    /// Text in the path, ASCII case ignored; empty for all paths.
    pub text: String,
    /// Only paths with one of these changes by the view's layer; empty for all paths. In a union, a path counts as
    /// deleted if any of its layers deleted it.
    pub changes: Vec<ChangeWord>,
    /// Only files of this kind.
    pub kind: Option<Kind>,
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
        /// The column to sort by.
        column: SortColumn,
        /// The direction to sort in.
        order: SortOrder,
    },
    /// Filters the rows.
    Filter {
        /// The new filter.
        filter: TreeFilter,
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
    pub totals: DirTotals,
    /// Number of layers, from the base, that have been applied.
    pub n_layers_ready: u32,
}

/// Totals of everything below a directory, itself excluded. Content with several names counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirTotals {
    /// Bytes of content.
    pub bytes: u64,
    /// Regular files.
    pub n_files: u64,
    /// Directories.
    pub n_dirs: u64,
    /// Links, devices, pipes.
    pub n_others: u64,
}

/// The kind of file at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the kinds' own names")]
pub enum Kind {
    File,
    Dir,
    Symlink,
    /// A hard link whose target cannot be found.
    Hardlink,
    Char,
    Block,
    Fifo,
}

/// A layer's change to a path, as `docker diff` defines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "they say it")]
pub enum ChangeWord {
    Added,
    Changed,
    Deleted,
}

/// One row of the tree.
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
    pub kind: Kind,
    /// Permission bits.
    pub mode: u16,
    /// The user ID of the owner.
    pub uid: u32,
    /// The group ID.
    pub gid: u32,
    /// Bytes of content for files, of everything below for directories.
    pub size_bytes: u64,
    /// Seconds since 1970, UTC.
    pub mtime: i64,
    /// The layer that supplies it.
    pub layer: u32,
    /// The change by the view's last layer (up-to views) or by the one layer (layer views); `None` if there is none.
    pub change: Option<ChangeWord>,
    /// The layer that deleted it, where the view shows what its layers deleted.
    pub deleted_by: Option<u32>,
    /// The target of a link.
    pub link: Option<Name>,
    /// Device numbers, `major:minor`.
    pub device: Option<String>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The kind of file.
    pub kind: Kind,
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
    pub totals: Option<DirTotals>,
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
    pub change: ChangeWord,
    /// The cause of the change.
    pub cause: TouchCause,
    /// True if the content is the same as before, so that it is stored twice for nothing.
    pub content_identical: bool,
    /// The kind of file from this layer on; `None` if it was deleted.
    pub kind: Option<Kind>,
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

/// The way in which a layer touched a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TouchCause {
    /// An entry for the path itself.
    Entry,
    /// A directory that something below it requires.
    Implied,
    /// A whiteout of this name.
    Whiteout,
    /// A whiteout of, or an opaque marker in, a directory above.
    ParentHidden,
    /// A directory above was replaced by something else.
    ParentReplaced,
    /// A hard link to it changed the metadata that they share.
    LinkedMetadata,
}
