//! The tree's rows, and everything about one path.

use serde::{Deserialize, Serialize};

/// A name that need not be text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// For reading: valid UTF-8 as it is, other bytes as `\xHH`.
    pub text: String,
    /// The bytes in lower-case hex where `text` does not say them exactly.
    pub hex: Option<String>,
}

/// Which files the tree shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TreeView {
    /// What a container sees: all layers that are ready.
    Union,
    /// The union of the layers up to this one.
    UpTo(u32),
    /// One layer's own changes.
    Layer(u32),
}

/// What to sort by.
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

/// Which way to sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "they say it")]
pub enum SortOrder {
    Ascending,
    Descending,
}

/// Which rows to keep; their parents stay as context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeFilter {
    /// Text in the path, without regard to ASCII case; empty for all.
    pub text: String,
    /// Only paths with one of these changes by the view's layer; empty for all. A union shows as deleted what any of
    /// its layers deleted.
    pub changes: Vec<ChangeWord>,
    /// Only this kind.
    pub kind: Option<Kind>,
}

/// A change of what the tree shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TreeChange {
    /// Shows another view; what is expanded stays so.
    View {
        /// The view.
        view: TreeView,
    },
    /// Sorts differently.
    Sort {
        /// By this.
        column: SortColumn,
        /// This way.
        order: SortOrder,
    },
    /// Filters.
    Filter {
        /// The filter.
        filter: TreeFilter,
    },
    /// Expands or collapses a directory.
    Toggle {
        /// The row's node.
        node: u32,
        /// Whether it shall be open.
        expanded: bool,
    },
    /// Expands all siblings of a node (the `*` key of a tree).
    ExpandSiblings {
        /// The row's node.
        node: u32,
    },
    /// Collapses everything.
    CollapseAll,
    /// Expands what leads to a path; the answer's `focus_row` is its row.
    Reveal {
        /// The path's bytes in hex.
        path_hex: String,
    },
}

/// A window of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreeWindow {
    /// What is shown.
    pub view: TreeView,
    /// How many rows there are in all.
    pub n_rows: u32,
    /// The position of the first row given.
    pub start: u32,
    /// The rows.
    pub rows: Vec<TreeRow>,
    /// Where the revealed path stands, after `Reveal`.
    pub focus_row: Option<u32>,
    /// Totals of the root in this view.
    pub totals: DirTotals,
    /// How many layers, from the base, have been applied.
    pub n_layers_ready: u32,
}

/// What lies below a directory, itself left out; content of several names is counted once.
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

/// What a path is.
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

/// What a layer did to a path, as `docker diff` means it.
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
    /// Identifies the path as long as the image is open.
    pub node: u32,
    /// The whole path's bytes in hex.
    pub path_hex: String,
    /// The last component.
    pub name: Name,
    /// Levels below the root, 0 for what stands in it.
    pub depth: u32,
    /// What it is.
    pub kind: Kind,
    /// Permission bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes: of content for files, of everything below for directories.
    pub size_bytes: u64,
    /// Seconds since 1970, UTC.
    pub mtime: i64,
    /// The layer that supplies it.
    pub layer: u32,
    /// What the view's last layer did to it (up-to views), or this layer (layer views); `None` for nothing.
    pub change: Option<ChangeWord>,
    /// The layer that deleted it, where the view shows what its layers deleted.
    pub deleted_by: Option<u32>,
    /// Where a link points to.
    pub link: Option<Name>,
    /// Device numbers, `major:minor`.
    pub device: Option<String>,
    /// Whether it can be expanded.
    pub has_children: bool,
    /// Whether it is.
    pub expanded: bool,
    /// Whether no layer has an entry for it: a directory that had to be there.
    pub implied: bool,
    /// How many names its content has; 1 for most.
    pub n_links: u32,
    /// Its place among its siblings, from 1, for assistive technology.
    pub pos_in_set: u32,
    /// How many siblings, itself included.
    pub set_size: u32,
}

/// Paths that were found by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matches {
    /// The paths, best first.
    pub rows: Vec<MatchRow>,
    /// True if there are more than were asked for.
    pub more: bool,
    /// True if all layers were looked through, to their ends.
    pub is_whole: bool,
}

/// A version of a path that was found by name, in any layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchRow {
    /// The whole path.
    pub path: Name,
    /// Its bytes in hex.
    pub path_hex: String,
    /// What it is.
    pub kind: Kind,
    /// Its size.
    pub size_bytes: u64,
    /// The layer that supplies this version of it.
    pub layer: u32,
    /// True where the view that was asked about shows it.
    pub in_view: bool,
    /// The layer that deleted it.
    pub deleted_by: Option<u32>,
    /// The layer that put something else in its place.
    pub overwritten_by: Option<u32>,
}

/// The answer to a question about a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one answer is alive at a time")]
#[serde(rename_all = "kebab-case")]
pub enum DetailAnswer {
    /// It is there, or some layer wrote it once.
    Known(PathDetail),
    /// No layer knows it.
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
    /// Its bytes in hex.
    pub path_hex: String,
    /// What it is in the view asked for; `None` when the view does not have it (it was deleted).
    pub row: Option<TreeRow>,
    /// Nanoseconds of its time past the second.
    pub mtime_nanos: u32,
    /// Where a symbolic link leads, inside the image.
    pub resolved: Option<Name>,
    /// The same in hex, for a jump.
    pub resolved_hex: Option<String>,
    /// Why a link leads nowhere.
    pub resolve_problem: Option<String>,
    /// Extended attributes.
    pub xattrs: Vec<XattrRow>,
    /// The other names of the same content.
    pub links: Vec<Name>,
    /// Totals below a directory.
    pub totals: Option<DirTotals>,
    /// What every layer did to it, base first.
    pub history: Vec<TouchRow>,
    /// Whether the content ends early because its layer is damaged.
    pub incomplete: bool,
}

/// An extended attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct XattrRow {
    /// Its name.
    pub name: String,
    /// Its value for reading, escaped; or decoded where it is known (`cap_net_raw=ep`).
    pub value: String,
    /// Its bytes in hex.
    pub hex: String,
}

/// What one layer did to a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TouchRow {
    /// The layer.
    pub layer: u32,
    /// What it did.
    pub change: ChangeWord,
    /// By what.
    pub cause: TouchCause,
    /// Whether the content is the same as before: stored again for nothing.
    pub content_identical: bool,
    /// What it was from this layer on; `None` where it was deleted.
    pub kind: Option<Kind>,
    /// Its mode from this layer on.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Its size from this layer on.
    pub size_bytes: u64,
    /// Its time from this layer on.
    pub mtime: i64,
    /// Whether its content of this layer can be opened.
    pub has_content: bool,
    /// Decoded bytes that pass before that content.
    pub passed_bytes: u64,
}

/// By what a layer touched a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TouchCause {
    /// An entry of its own.
    Entry,
    /// A directory that had to be there for something below it.
    Implied,
    /// A whiteout of this name.
    Whiteout,
    /// A whiteout of, or an opaque marker in, a directory above.
    ParentHidden,
    /// Something else took the place of a directory above.
    ParentReplaced,
    /// A hard link to it changed the metadata that they share.
    LinkedMetadata,
}
