//! Writes OCI archives: `oci-layout`, `index.json`, `blobs/<algorithm>/<hex>`.

use crate::bounds::Limits;
use crate::build::{NewDescriptor, OCI_LAYOUT, index_entry, layout_index, name_annotations};
use crate::image::{Digest, Platform};

use super::super::publication::Publication;
use super::archive::{ArchiveExport, Content, Member, Stored};
use super::{Export, ExportNames, Machine};

/// Exports a publication as an OCI archive under the given names.
///
/// `platform` is that of a single image; an index states its own platforms.
pub fn oci_archive(
    publication: &Publication,
    platform: Option<&Platform>,
    names: &ExportNames,
    limits: Limits,
) -> Export {
    let mut members = vec![Member::bytes("oci-layout", OCI_LAYOUT), folder("blobs")];
    let mut algorithms: Vec<&str> = Vec::new();
    let documents = publication.below.iter().chain([&publication.top]);
    let digests = publication.blobs.iter().map(|blob| &blob.digest);
    for digest in digests.chain(documents.clone().map(|document| &document.digest)) {
        if !algorithms.contains(&digest.algorithm_name()) {
            algorithms.push(digest.algorithm_name());
        }
    }
    let folders = algorithms
        .iter()
        .map(|name| folder(&format!("blobs/{name}")));
    members.extend(folders);
    members.extend(publication.blobs.iter().map(|blob| Member {
        path: place_of(&blob.digest),
        content: Content::Stored(Stored {
            what: blob.what.clone(),
            digest: blob.digest.clone(),
            size_bytes: blob.size_bytes,
            distribution: blob.distribution,
            blob: blob.blob.clone(),
        }),
    }));
    members.extend(
        documents.map(|document| Member::bytes(place_of(&document.digest), document.bytes.clone())),
    );
    let index = layout_index(&entries(publication, platform, names));
    members.push(Member::bytes("index.json", index));
    let archive = ArchiveExport::new(members, limits);
    Export {
        total_bytes: archive.total_bytes(),
        machine: Machine::Archive(Box::new(archive)),
    }
}

fn folder(path: &str) -> Member {
    Member {
        path: path.to_owned(),
        content: Content::Folder,
    }
}

fn place_of(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm_name(), digest.encoded())
}

/// Returns one entry for each name, or a single entry without a name.
fn entries(
    publication: &Publication,
    platform: Option<&Platform>,
    names: &ExportNames,
) -> Vec<NewDescriptor> {
    let top = &publication.top;
    let platform = platform.filter(|platform| !platform.is_empty());
    let entry = |annotations| {
        let size_bytes = top.bytes.len() as u64;
        index_entry(
            &top.media_type,
            &top.digest,
            size_bytes,
            platform,
            annotations,
        )
    };
    let tags = names.tags.iter().map(|name| {
        let full = name.to_string();
        entry(name_annotations(name.target(), Some(&full)))
    });
    let others = names.others.iter();
    let others = others.map(|name| entry(name_annotations(name, None)));
    let named: Vec<_> = tags.chain(others).collect();
    match named.is_empty() {
        true => vec![entry(Default::default())],
        false => named,
    }
}
