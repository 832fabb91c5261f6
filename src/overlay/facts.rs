//! The words in which the union answers: ids, views, what a path is, what a layer did to it, sums.
//!
//! Plain data only; `union` and its neighbours fill it in.

use crate::image::Timestamp;
use crate::layer::{Device, EntryId, EntryKind};

/// The number of a layer, counted from 0 at the base; layers without files are not counted.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct LayerIdx(pub u32);

impl LayerIdx {
    /// The layer at a position of a list; one that no union has where the position is beyond all numbers.
    pub fn at(position: usize) -> LayerIdx {
        LayerIdx(u32::try_from(position).unwrap_or(u32::MAX))
    }
}

/// One path of a union, whatever the layer; stays the same while further layers are applied.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The root directory of every union.
    pub const ROOT: NodeId = NodeId(0);
}

/// Which part of an image is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// What a container sees of the layers from the base up to this one.
    UpTo(LayerIdx),
    /// The same, and what these layers had once and deleted, as it was.
    WithDeleted(LayerIdx),
    /// What this layer alone names: what it adds, changes, repeats and deletes, and the directories above that.
    Layer(LayerIdx),
}

impl View {
    /// The layer whose changes the view shows: the last one of a union.
    pub fn layer(self) -> LayerIdx {
        match self {
            View::UpTo(layer) | View::WithDeleted(layer) | View::Layer(layer) => layer,
        }
    }
}

/// What a layer does to a path, relative to the union of the layers below.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It was not there below.
    Added,
    /// It was there below and is another now.
    Changed,
    /// It was there below and is hidden now.
    Deleted,
}

impl Change {
    /// The word of the listing.
    pub fn word(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Deleted => "deleted",
        }
    }
}

/// Where something stands in the layers' bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct EntryPlace {
    /// The layer.
    pub layer: LayerIdx,
    /// The entry's position in it.
    pub entry: u32,
}

impl EntryPlace {
    /// The entry as `layer` counts it.
    pub fn entry_id(self) -> EntryId {
        EntryId(self.entry)
    }
}

/// What a path is in a view; in a layer's own view a deleted path tells what it was below.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeInfo<'u> {
    /// What it is; `Hardlink` only where the target cannot be found.
    pub kind: EntryKind,
    /// Permission bits, 07777.
    pub mode: u16,
    /// The owner's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
    /// Bytes of content, 0 for everything but files.
    pub size_bytes: u64,
    /// The time of last modification; `None` where no entry tells.
    pub mtime: Option<Timestamp>,
    /// The target of a symbolic link, or of an unresolved hard link, as it is written.
    pub link: &'u [u8],
    /// Device numbers of character and block devices.
    pub device: Option<Device>,
    /// The layer that supplies the path.
    pub layer: LayerIdx,
    /// A directory that no entry describes: 0755, owner 0:0.
    pub implied: bool,
    /// The entry with the bytes of the content: of another name, where this one is a hard link.
    pub content: Option<EntryPlace>,
    /// The entry with the mode, owner, time and attributes that hold: the last hard link written to the inode.
    pub metadata: Option<EntryPlace>,
    /// How many names in the view hold this content, with this one; 1 for whatever is not hard-linked.
    pub n_names: u32,
    /// The content ends early because its layer is damaged.
    pub incomplete: bool,
    /// The layer wrote the path through a symbolic link of a lower layer: here that link is followed, where
    /// containers run from overlay mounts the link would be replaced by a directory.
    pub through_symlink: bool,
    /// What the view's layer does to the path; `None` where it leaves it alone or repeats it as it was.
    pub change: Option<Change>,
}

/// Why a layer touches a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The layer has an entry for it.
    Entry,
    /// The layer wrote another name of the same inode, with other metadata.
    Link,
    /// Something below it, or a marker in it, needs this directory.
    Implied,
    /// A whiteout of its name.
    Whiteout,
    /// An opaque marker in its directory.
    Opaque,
    /// A directory above it is deleted.
    ParentRemoved,
    /// Something else than a directory took the place of a directory above it.
    ParentReplaced,
}

/// What differs between a path in one layer and the same path below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Differences {
    /// Another type.
    pub kind: bool,
    /// Another file content, link target or device number.
    pub content: bool,
    /// Another mode, owner or extended attribute.
    pub metadata: bool,
    /// Another time of modification.
    pub mtime: bool,
}

/// What one layer did to one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Touch {
    /// The layer.
    pub layer: LayerIdx,
    /// Added, changed or deleted; `Changed` with no difference when the layer repeats what is below.
    pub change: Change,
    /// Why.
    pub cause: Cause,
    /// What the path is from here on; what it was, where it is deleted.
    pub kind: EntryKind,
    /// The layer's entry that did it: the path's own, the whiteout, the one that needed or replaced a directory.
    pub entry: Option<u32>,
    /// Where the content stands from here on.
    pub content: Option<EntryPlace>,
    /// What differs from below; nothing for added and deleted paths.
    pub differs: Differences,
    /// The layer stores the same content again: equal size and fingerprint.
    pub content_identical: bool,
    /// See [`NodeInfo::through_symlink`].
    pub through_symlink: bool,
}

/// Sums below a directory, itself left out; for anything else, of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// Bytes of content, each inode counted once however many names it has below.
    pub size_bytes: u64,
    /// Regular files, by name.
    pub n_files: u32,
    /// Directories.
    pub n_dirs: u32,
    /// Symbolic links, devices, pipes, unresolved hard links.
    pub n_others: u32,
}

/// How many paths a layer adds, changes and deletes, hidden descendants counted each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LayerCounts {
    /// Paths that were not there below.
    pub n_added: u32,
    /// Paths that differ from below.
    pub n_changed: u32,
    /// Paths that are hidden now.
    pub n_deleted: u32,
}
