//! Rewrites an index without the entries whose content is absent.

use crate::message::Message;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::bounds::Limits;
use crate::image::{Descriptor, Digest, Document, DocumentReading, Json, MediaKind};
use crate::source::Error;

use super::Publication;

/// True if an entry is one of those left out, or attests one.
pub(super) fn leaves_out(entry: &Descriptor, left_out: &BTreeSet<Digest>) -> bool {
    let is_out = |digest: &Digest| left_out.contains(digest);
    entry.known_digest().is_some_and(is_out) || entry.attests().as_ref().is_some_and(is_out)
}

/// Rewrites the indexes of a publication that name a left-out or rewritten entry.
///
/// Everything else in an index stays: annotations, unknown members, the order.
///
/// # Errors
/// When an index uses keys in another case, which only a lenient reader understands.
pub(super) fn shortened(
    mut publication: Publication,
    left_out: &BTreeSet<Digest>,
    limits: &Limits,
) -> Result<Publication, Error> {
    let mut renamed = BTreeMap::new();
    let mut below = Vec::new();
    // Children precede their parents.
    for document in publication.below {
        below.push(match document.media_type.kind() {
            MediaKind::Manifest(_) if has_entries(&document, limits) => {
                rewritten(document, left_out, &mut renamed, limits)?
            }
            _ => document,
        });
    }
    publication.below = below;
    publication.top = rewritten(publication.top, left_out, &mut renamed, limits)?;
    Ok(publication)
}

fn has_entries(document: &Document, limits: &Limits) -> bool {
    let reading = document.read(limits.documents.json_bytes);
    reading.is_ok_and(|reading| reading.into_index().is_ok())
}

/// Rewrites an index. Records its new digest and length in `renamed`.
fn rewritten(
    document: Document,
    left_out: &BTreeSet<Digest>,
    renamed: &mut BTreeMap<Digest, (Digest, usize)>,
    limits: &Limits,
) -> Result<Document, Error> {
    let malformed = |reason: Message| Error::Malformed {
        what: Message::the_index(document.digest.to_string()),
        reason,
    };
    let json = Json::parse(&document.bytes, limits.documents.json_bytes);
    let mut value = json.map_err(|error| malformed((&error).into()))?.value;
    let entries = value.get_mut("manifests").and_then(Value::as_array_mut);
    let unusual = || malformed(Message::not_shortened());
    let entries = entries.ok_or_else(unusual)?;
    let read = document.read(limits.documents.json_bytes);
    let index = read.and_then(DocumentReading::into_index);
    let index = index.map_err(|error| malformed((&error).into()))?;
    if index.manifests.len() != entries.len() {
        return Err(unusual());
    }
    let mut kept = Vec::new();
    let mut is_same = true;
    for (entry, mut written) in index.manifests.iter().zip(std::mem::take(entries)) {
        if leaves_out(entry, left_out) {
            is_same = false;
            continue;
        }
        if let Some((digest, size)) = entry.known_digest().and_then(|old| renamed.get(old)) {
            is_same = false;
            let members = written.as_object_mut().ok_or_else(unusual)?;
            members.insert("digest".to_owned(), Value::from(digest.as_str()));
            members.insert("size".to_owned(), Value::from(*size));
        }
        kept.push(written);
    }
    if is_same {
        return Ok(document);
    }
    *entries = kept;
    let bytes = serde_json::to_vec(&value)
        .map_err(|error| malformed(Message::verbatim(error.to_string())))?;
    let digest = Digest::sha256_of(&bytes);
    renamed.insert(document.digest.clone(), (digest.clone(), bytes.len()));
    Ok(Document {
        bytes: bytes.into(),
        digest,
        ..document
    })
}
