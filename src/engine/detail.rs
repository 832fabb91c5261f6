//! Everything about one path: the file, the target of a link, and the changes by every layer.

use crate::image::{ImagePath, escape, hex};
use crate::insight::safety::CAPABILITY_NAMES;
use crate::layer::{EntryKind, XattrRef};
use crate::overlay::{Change, NodeId, NodeInfo, Touch, Union, View};
use crate::protocol::{
    DetailAnswer, ImageKey, Name, PathDetail, Problem, TouchRow, TreeView, XattrRow,
};
use crate::workspace::OpenImage;

use super::tree;
use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) fn detail(
        &self,
        image: ImageKey,
        path: &ImagePath,
        view: TreeView,
    ) -> Result<DetailAnswer, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        let union = shown.image.union();
        let known = union
            .lookup(path.as_bytes())
            .zip(tree::overlay_view(view, union.n_layers()));
        let Some((node, view)) = known else {
            let path = format!("/{path}");
            return Ok(DetailAnswer::Unknown { path });
        };
        Ok(DetailAnswer::Known(path_detail(
            &shown.image,
            node,
            path,
            view,
        )))
    }
}

fn path_detail(image: &OpenImage, node: NodeId, path: &ImagePath, view: View) -> PathDetail {
    let union = image.union();
    let info = union.node(node, view);
    let history = union.history(node);
    let (resolved, resolve_problem) = match &info {
        Some(info) if info.kind == EntryKind::Symlink => resolve(union, path, view),
        _ => (None, None),
    };
    PathDetail {
        path: Name::of_path(path.as_bytes()),
        path_key: path.clone(),
        row: info
            .as_ref()
            .map(|info| tree::single_row(union, node, info, view)),
        mtime_nanos: info
            .as_ref()
            .and_then(|info| info.mtime)
            .map_or(0, |mtime| mtime.nanos),
        resolved: resolved.map(|node| tree::path_of(&union.path(node))),
        resolve_problem,
        xattrs: union
            .xattrs(node, view)
            .into_iter()
            .map(xattr_row)
            .collect(),
        links: links(union, node, view, info.as_ref()),
        totals: info
            .as_ref()
            .filter(|info| info.kind == EntryKind::Dir)
            .map(|_| union.totals(node, view)),
        history: history
            .iter()
            .map(|touch| touch_row(image, node, touch))
            .collect(),
        incomplete: info.as_ref().is_some_and(|info| info.incomplete),
    }
}

fn resolve(union: &Union, path: &ImagePath, view: View) -> (Option<NodeId>, Option<String>) {
    // A link is followed in the container's view, also when one layer's own changes are shown.
    match union.resolve(path.as_bytes(), View::UpTo(view.layer())) {
        Ok(node) => (Some(node), None),
        Err(error) => (None, Some(error.to_string())),
    }
}

fn links(union: &Union, node: NodeId, view: View, info: Option<&NodeInfo<'_>>) -> Vec<Name> {
    if info.is_none_or(|info| info.n_names < 2) {
        return Vec::new();
    }
    let others = union.links(node, view).into_iter();
    others
        .map(|other| Name::of_path(&union.path(other)))
        .collect()
}

fn touch_row(image: &OpenImage, node: NodeId, touch: &Touch) -> TouchRow {
    let union = image.union();
    let deleted = touch.change == Change::Deleted;
    let seen = Some(View::UpTo(touch.layer))
        .filter(|_| !deleted)
        .and_then(|view| union.node(node, view));
    let seen = seen.as_ref();
    TouchRow {
        layer: touch.layer.0,
        change: touch.change,
        cause: touch.cause,
        content_identical: touch.content_identical,
        kind: seen.map(|info| info.kind),
        mode: seen.map_or(0, |info| info.mode),
        uid: seen.map_or(0, |info| info.uid),
        gid: seen.map_or(0, |info| info.gid),
        size_bytes: seen.map_or(0, |info| info.size_bytes),
        mtime: seen
            .and_then(|info| info.mtime)
            .map_or(0, |mtime| mtime.seconds),
        has_content: seen.is_some_and(|info| info.kind == EntryKind::File),
        passed_bytes: seen
            .and_then(|info| info.content)
            .and_then(|place| {
                let layer = image.read_layer(place.layer.0 as usize)?;
                Some(layer.passed_bytes(place.entry_id()))
            })
            .unwrap_or(0),
    }
}

fn xattr_row(xattr: XattrRef<'_>) -> XattrRow {
    let value = match xattr.name {
        b"security.capability" => capabilities(xattr.value),
        _ => None,
    };
    XattrRow {
        name: escape(xattr.name),
        value: value.unwrap_or_else(|| escape(xattr.value)),
        hex: hex(xattr.value),
    }
}

/// Decodes `security.capability` to the text that `getcap` prints; `None` for an unknown form.
///
/// The value is `struct vfs_cap_data` of the kernel: a word with revision and flag, then pairs of permitted and
/// inheritable words, little-endian.
fn capabilities(value: &[u8]) -> Option<String> {
    let word = |at: usize| {
        let bytes = value.get(at * 4..at * 4 + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    let head = word(0)?;
    if !matches!(head >> 24, 2 | 3) {
        return None;
    }
    let wide = |low: usize, high: usize| Some(u64::from(word(low)?) | u64::from(word(high)?) << 32);
    let (permitted, inheritable) = (wide(1, 3)?, wide(2, 4)?);
    let list = |bits: u64| {
        let named = CAPABILITY_NAMES
            .iter()
            .enumerate()
            .filter(|(bit, _)| bits >> bit & 1 == 1);
        named.map(|(_, name)| *name).collect::<Vec<_>>().join(",")
    };
    let effective = if head & 1 == 1 { "e" } else { "" };
    let text = match (permitted, inheritable) {
        (p, 0) => format!("{}={effective}p", list(p)),
        (0, i) => format!("{}={effective}i", list(i)),
        (p, i) if p == i => format!("{}={effective}ip", list(p)),
        (p, i) => format!("{}={effective}p {}+i", list(p), list(i)),
    };
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_file_capabilities() {
        let ping = [
            1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(capabilities(&ping).as_deref(), Some("cap_net_raw=ep"));
        assert_eq!(capabilities(&ping[..8]), None);
        assert_eq!(capabilities(b""), None);
    }
}
