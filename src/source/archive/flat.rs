//! Reads a tar without an image in it: the root file system of `docker export`, shown as one layer.
//!
//! Any tar can be one. A tar that is plainly a part of an image archive is refused, since its members are not a
//! root file system.

use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::io::ReadAt;
use crate::layer::{Notice, Warning};
use crate::source::{Annotations, Error, FoundImage, FoundLayer, Origin, SliceBlob};

use super::members::Members;
use super::opened::Contents;

/// Top-level folders; every root file system of a Unix has some of them.
const ROOT_FOLDERS: [&str; 9] = [
    "bin", "etc", "home", "lib", "opt", "root", "sbin", "usr", "var",
];

/// True if the members are clearly those of a root file system.
pub(super) fn looks_like_rootfs(members: &Members) -> bool {
    ROOT_FOLDERS.iter().any(|folder| members.has_below(folder))
}

/// Returns the tar as an image of one layer, whose compressed bytes are `layer`.
///
/// # Errors
/// When the tar is empty, when it is a part of an image archive, or when it is truncated and might have named an
/// image after the cut (AF-34).
pub(super) fn read(
    name: &str,
    members: &Members,
    layer: Rc<dyn ReadAt>,
    cut: Option<&Error>,
) -> Result<Contents, Error> {
    let refuse = |found: Message| Error::NotAnImage {
        what: Message::verbatim(name),
        found,
    };
    if let Some(cut) = cut
        && !looks_like_rootfs(members)
    {
        return Err(cut.clone());
    }
    if members.n_entries() == 0 {
        return Err(refuse(Message::empty_tar()));
    }
    if !looks_like_rootfs(members) && holds_blobs(members) {
        return Err(refuse(Message::part_of_archive()));
    }
    let layer = FoundLayer {
        media_type: None,
        digest: None,
        size_bytes: None,
        diff_id: None,
        annotations: BTreeMap::new(),
        blob: Ok(Rc::new(SliceBlob::new(layer, name))),
    };
    let image = FoundImage {
        names: Vec::new(),
        origin: Origin::FlatRootfs,
        image_id: None,
        manifest: None,
        index_digest: None,
        index: None,
        beside: None,
        platform: None,
        config: None,
        layers: vec![layer],
        annotations: Annotations::default(),
        artifact_type: None,
        warnings: vec![note(members)],
    };
    Ok(Contents {
        images: vec![image],
        ..Contents::default()
    })
}

fn note(members: &Members) -> Warning {
    let notice = Notice::FlatRootfs {
        n_members: members.n_entries(),
        sample: members.sample(),
    };
    Warning::new(notice, b"")
}

/// True if there are members that only image archives have.
fn holds_blobs(members: &Members) -> bool {
    let is_hex = |name: &[u8]| name.len() == 64 && name.iter().all(u8::is_ascii_hexdigit);
    let is_blob = |path: &[u8]| {
        let (top, below) = match path.iter().position(|&b| b == b'/') {
            Some(end) => path.split_at(end),
            None => (path, &b""[..]),
        };
        let stem = top.split(|&b| b == b'.').next().unwrap_or_default();
        let stem = stem.strip_prefix(b"sha256:").unwrap_or(stem);
        is_hex(stem) && matches!(below, b"" | b"/layer.tar" | b"/json" | b"/VERSION")
    };
    members.has("oci-layout") || members.has_below("blobs/sha256") || members.paths().any(is_blob)
}
