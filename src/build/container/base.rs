//! The image below a container layer: the union of its layers, independent of any layers above.
//!
//! Read-only. Paths are absolute and contain no links.

use super::OwnedXattr;
use crate::bounds::Limits;
use crate::layer::{EntryKind, XattrRef};
use crate::overlay::{EntryPlace, LayerIdx, NodeId, NodeInfo, Union, View};

/// The union of the lowest layers of a union.
#[derive(Clone, Copy)]
pub struct Base<'u> {
    union: &'u Union,
    /// `None` if there are no layers; then only the root exists.
    view: Option<View>,
    limits: &'u Limits,
}

impl<'u> Base<'u> {
    /// Creates the union of the lowest `n_layers` layers of `union`.
    pub fn new(union: &'u Union, n_layers: usize, limits: &'u Limits) -> Base<'u> {
        let top = n_layers.checked_sub(1).map(LayerIdx::at);
        Base {
            union,
            view: top.map(View::UpTo),
            limits,
        }
    }

    /// Returns the limits under which the image was opened.
    pub(super) fn limits(&self) -> &'u Limits {
        self.limits
    }

    /// Returns the node at a path, without following a link.
    pub(super) fn find(&self, path: &[u8]) -> Option<NodeId> {
        if path.is_empty() {
            return Some(NodeId::ROOT);
        }
        let node = self.union.lookup(path)?;
        self.union.shows(node, self.view?).then_some(node)
    }

    pub(super) fn info(&self, node: NodeId) -> Option<NodeInfo<'u>> {
        self.union.node(node, self.view?)
    }

    /// Returns the fingerprint that the layer's index holds for a file's content.
    pub(super) fn fingerprint(&self, place: EntryPlace) -> u64 {
        self.union.entry(place).map_or(0, |entry| entry.fingerprint)
    }

    fn xattrs(&self, node: NodeId) -> Vec<XattrRef<'u>> {
        let xattrs = self.view.map(|view| self.union.xattrs(node, view));
        xattrs.unwrap_or_default()
    }

    /// Returns the extended attributes of a path, sorted by name, as far as a file system can hold them. User
    /// attributes are only allowed on files and directories (xattr(7)); an image that has them elsewhere cannot be
    /// unpacked with them.
    pub(super) fn owned_xattrs(&self, node: NodeId) -> Vec<OwnedXattr> {
        let kind = self.info(node).map(|info| info.kind);
        let holds_users = matches!(kind, Some(EntryKind::File | EntryKind::Dir));
        let xattrs = self.xattrs(node).into_iter();
        xattrs
            .filter(|xattr| holds_users || !xattr.name.starts_with(b"user."))
            .map(|xattr| OwnedXattr {
                name: xattr.name.into(),
                value: xattr.value.into(),
            })
            .collect()
    }

    /// Returns the other names of the same inode.
    pub(super) fn links(&self, node: NodeId) -> Vec<NodeId> {
        self.view
            .map(|view| self.union.links(node, view))
            .unwrap_or_default()
    }

    /// Returns the children of a directory, sorted by name.
    pub(super) fn children(&self, dir: NodeId) -> Vec<NodeId> {
        let Some(view) = self.view else {
            return Vec::new();
        };
        let mut children: Vec<NodeId> = self.union.children(dir, view).collect();
        children.sort_unstable_by_key(|&child| self.union.name(child));
        children
    }

    pub(super) fn name(&self, node: NodeId) -> &'u [u8] {
        self.union.name(node)
    }

    pub(super) fn path(&self, node: NodeId) -> Vec<u8> {
        self.union.path(node)
    }
}
