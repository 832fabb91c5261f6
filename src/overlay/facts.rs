//! The results of the union's queries: IDs, views, paths, changes, sums.
//!
//! Plain data only. `union` and its neighbours fill it in.

use crate::image::Timestamp;
use crate::layer::{Device, EntryId, EntryKind};

/// A layer's position, counted from 0 at the base. Layers without files are not counted.
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
    /// Returns the layer at a position of a list. A position that does not fit gives a layer that no union has.
    pub fn at(position: usize) -> LayerIdx {
        LayerIdx(u32::try_from(position).unwrap_or(u32::MAX))
    }
}

/// One path of a union, independent of layers. It stays the same while further layers are applied.
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

/// A part of an image to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// The file system that a container sees with the layers from the base up to this one.
    UpTo(LayerIdx),
    /// Like `UpTo`, with paths that these layers once had and deleted, in their last state.
    WithDeleted(LayerIdx),
    /// The paths that this layer alone names: added, changed, repeated and deleted ones, and the directories above
    /// them.
    Layer(LayerIdx),
}

impl View {
    /// Returns the layer whose changes the view shows: the last one of a union.
    pub fn layer(self) -> LayerIdx {
        match self {
            View::UpTo(layer) | View::WithDeleted(layer) | View::Layer(layer) => layer,
        }
    }
}

/// The change of a path by a layer, relative to the union of the layers below.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The path did not exist below.
    Added,
    /// The path existed below and is different now.
    Changed,
    /// The path existed below and is hidden now.
    Deleted,
}

impl Change {
    /// Returns the word for listings.
    pub fn word(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Deleted => "deleted",
        }
    }
}

/// The place of an entry in the layers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct EntryPlace {
    /// Layer of the entry.
    pub layer: LayerIdx,
    /// Position of the entry in the layer.
    pub entry: u32,
}

impl EntryPlace {
    /// Returns the position as an [`EntryId`].
    pub fn entry_id(self) -> EntryId {
        EntryId(self.entry)
    }
}

/// A path in a view. In a layer's own view a deleted path has its state below the layer.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeInfo<'u> {
    /// Type of the path; `Hardlink` only if the target cannot be found.
    pub kind: EntryKind,
    /// Permission bits, up to 0o7777.
    pub mode: u16,
    /// Numeric user ID of the owner.
    pub uid: u32,
    /// Numeric group ID.
    pub gid: u32,
    /// Bytes of content; 0 for everything except files.
    pub size_bytes: u64,
    /// Time of last modification; `None` if no entry has one.
    pub mtime: Option<Timestamp>,
    /// Target of a symbolic link, or of an unresolved hard link, as written.
    pub link: &'u [u8],
    /// Numbers of a character or block device; `None` for everything else.
    pub device: Option<Device>,
    /// Layer that supplies the path.
    pub layer: LayerIdx,
    /// True for a directory without an entry: mode 0755, owner 0:0.
    pub implied: bool,
    /// Entry with the content's bytes. For a hard link it has another name.
    pub content: Option<EntryPlace>,
    /// Entry with the effective mode, owner, time and attributes: the last hard link written to the inode.
    pub metadata: Option<EntryPlace>,
    /// Number of names of this content in the view, including this one; 1 if it is not hard-linked.
    pub n_names: u32,
    /// True if the content ends early because its layer is damaged.
    pub incomplete: bool,
    /// True if the layer wrote the path through a symbolic link of a lower layer. The union follows that link;
    /// containers on overlay mounts would see it replaced by a directory.
    pub through_symlink: bool,
    /// Change of the path by the view's layer; `None` if the layer does not touch the path or repeats it unchanged.
    pub change: Option<Change>,
}

/// The reason why a layer touches a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The layer has an entry for the path.
    Entry,
    /// The layer wrote another name of the same inode, with other metadata.
    Link,
    /// Something below this directory, or a marker in it, needs it.
    Implied,
    /// A whiteout of the path's name.
    Whiteout,
    /// An opaque marker in the path's directory.
    Opaque,
    /// A directory above the path is deleted.
    ParentRemoved,
    /// Something else replaced a directory above the path.
    ParentReplaced,
}

/// The differences between a path in one layer and the same path below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Differences {
    /// True if the types differ.
    pub kind: bool,
    /// True if file contents, link targets or device numbers differ.
    pub content: bool,
    /// True if modes differ.
    pub mode: bool,
    /// True if users or groups differ.
    pub owner: bool,
    /// True if extended attributes differ.
    pub xattrs: bool,
    /// True if the times of modification differ.
    pub mtime: bool,
}

impl Differences {
    /// True if modes, owners or extended attributes differ.
    pub fn metadata(&self) -> bool {
        self.mode || self.owner || self.xattrs
    }
}

/// The effect of one layer on one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Touch {
    /// Layer with the effect.
    pub layer: LayerIdx,
    /// Kind of change. `Changed` without differences if the layer repeats the path.
    pub change: Change,
    /// Reason for the change.
    pub cause: Cause,
    /// Type of the path from here on; its last type if it is deleted.
    pub kind: EntryKind,
    /// Entry of the layer behind the change: the path's own, the whiteout, or the one that needed or replaced a
    /// directory.
    pub entry: Option<u32>,
    /// Place of the content from here on.
    pub content: Option<EntryPlace>,
    /// Differences from below; none for added and deleted paths.
    pub differs: Differences,
    /// True if the layer stores the same content again: equal size and fingerprint.
    pub content_identical: bool,
    /// See [`NodeInfo::through_symlink`].
    pub through_symlink: bool,
}

/// The sums below a directory, excluding itself; for other paths, of the path itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// Bytes of content. Each inode counts once, however many names it has below.
    pub size_bytes: u64,
    /// Number of regular files, by name.
    pub n_files: u32,
    /// Number of directories.
    pub n_dirs: u32,
    /// Number of symbolic links, devices, pipes and unresolved hard links.
    pub n_others: u32,
}

impl Totals {
    /// Returns the number of paths of all kinds.
    pub fn n_paths(&self) -> u64 {
        u64::from(self.n_files) + u64::from(self.n_dirs) + u64::from(self.n_others)
    }
}

/// The numbers of paths that a layer adds, changes and deletes. Every hidden descendant counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LayerCounts {
    /// Paths that did not exist below.
    pub n_added: u32,
    /// Paths that differ from below.
    pub n_changed: u32,
    /// Paths that are hidden now.
    pub n_deleted: u32,
}
