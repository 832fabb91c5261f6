//! Fetches one manifest or index, by tag or digest, and checks it against every known digest.
//!
//! Registries return a manifest only in a form that the request accepts. A browser sends an `Accept` of more than
//! 128 bytes only after a preflight, which many registries refuse. A page may therefore send two short requests.

use crate::image::{
    self, Content, Digest, Document, DocumentReading, ManifestKind, MediaKind, MediaType, Oddity,
    Reference,
};
use crate::io::{Cache, HttpRequest};
use crate::layer::{Notice, Warning};
use crate::message::Message;

use super::super::Error;
use super::auth::Scope;
use super::conversation::Conversation;
use super::document::{self, Asked};
use super::host::Asker;
use super::url;

/// The tag or digest that identifies a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A name that may point elsewhere later.
    Tag(String),
    /// The digest of fixed content.
    Digest(Digest),
}

impl Target {
    /// Returns the target of a reference: its digest if it has one, else its tag, else `latest`.
    pub fn of(reference: &Reference) -> Target {
        match reference.digest() {
            Some(digest) => Target::Digest(digest.clone()),
            None => Target::Tag(reference.tag().unwrap_or("latest").to_owned()),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Target::Tag(tag) => tag,
            Target::Digest(digest) => digest.as_str(),
        }
    }

    /// Returns the cache policy: content addressed by digest may be cached forever, a tag's content not at all.
    fn cache(&self) -> Cache {
        match self {
            Target::Tag(_) => Cache::Bypassed,
            Target::Digest(_) => Cache::Allowed,
        }
    }
}

/// A manifest or index that was fetched and checked.
#[derive(Clone, Debug)]
pub struct FetchedManifest {
    /// Its bytes, digest and declared type.
    pub document: Document,
    /// Its parsed content.
    pub reading: DocumentReading,
    /// Warnings about the document and its answer.
    pub warnings: Vec<Warning>,
}

/// The Docker manifest list and manifest: 110 bytes, so no preflight is needed.
const DOCKER: &str = "application/vnd.docker.distribution.manifest.list.v2+json,application/vnd.docker.distribution.manifest.v2+json";
/// The OCI index and manifest.
const OCI: &str =
    "application/vnd.oci.image.index.v1+json,application/vnd.oci.image.manifest.v1+json";

/// Returns the `Accept` fields to try, in order.
///
/// For a tag, the Docker types come first: distribution 2.8 converts a Docker manifest to schema 1 for a client
/// that accepts only OCI types, and answers a clear 404 the other way round.
pub(super) fn accepts(asker: Asker, declared: &MediaType) -> Vec<String> {
    let is_oci = matches!(
        declared.kind(),
        MediaKind::Manifest(ManifestKind::OciManifest | ManifestKind::OciIndex)
    );
    match asker {
        Asker::Native => vec![format!("{OCI},{DOCKER}")],
        _ if is_oci => vec![OCI.to_owned(), DOCKER.to_owned()],
        _ => vec![DOCKER.to_owned(), OCI.to_owned()],
    }
}

/// Returns a descriptor's media type if it is a manifest's; a vaguer type leaves the decision to the content.
pub(super) fn declared_type(media_type: &MediaType) -> MediaType {
    match media_type.kind() {
        MediaKind::Manifest(_) => media_type.clone(),
        _ => MediaType::default(),
    }
}

/// Fetches a manifest. `declared` is the media type of the descriptor that led here; empty without one.
pub(super) async fn fetch(
    registry: &Conversation,
    repository: &str,
    target: &Target,
    declared: &MediaType,
    what: &Message,
) -> Result<FetchedManifest, Error> {
    let address = address(registry, repository, target);
    let scope = Scope::Pull(repository.to_owned());
    let limit = registry.limits.documents.json_bytes;
    let mut failure: Option<Error> = None;
    for accept in accepts(registry.asker, declared) {
        let request = HttpRequest::get(&address, target.cache()).with_header("Accept", accept);
        let error = match registry.document(request, &scope, what, limit).await? {
            Asked::Document(answer) => match check(answer, target, declared, limit, what) {
                Ok(fetched) => return Ok(fetched),
                Err(error) => error,
            },
            Asked::Refused(error) => error,
        };
        if weight(&error) == 0 {
            return Err(error);
        }
        if failure
            .as_ref()
            .is_none_or(|kept| weight(kept) < weight(&error))
        {
            failure = Some(error);
        }
    }
    Err(failure.unwrap_or_else(|| registry.login_needed(what, &scope, true)))
}

pub(super) fn address(registry: &Conversation, repository: &str, target: &Target) -> String {
    let repository = url::encode_path(repository);
    let target = url::encode_path(target.as_str());
    registry.address(&format!("{repository}/manifests/{target}"))
}

/// Ranks a failure for the case that another `Accept` fails, too: the highest one is reported. 0 if no other
/// `Accept` needs to be tried.
fn weight(error: &Error) -> u8 {
    match error {
        Error::Unsupported { .. } => 4,
        Error::DigestMismatch { .. } => 3,
        Error::Refused { status: 404, .. } => 2,
        Error::Refused {
            status: 400 | 406 | 415,
            ..
        } => 1,
        _ => 0,
    }
}

fn check(
    answer: document::Document,
    target: &Target,
    declared: &MediaType,
    limit_bytes: u64,
    what: &Message,
) -> Result<FetchedManifest, Error> {
    let content_type = MediaType::new(answer.headers.get("content-type").unwrap_or_default());
    // A static host says "bytes" or "JSON", or guesses from the tag. Only a manifest type is meaningful.
    let content_type = match content_type.kind() {
        MediaKind::Manifest(_) => content_type,
        _ => MediaType::default(),
    };
    let mut warnings = Vec::new();
    let media_type = if declared.is_empty() {
        content_type
    } else {
        if !content_type.is_empty() && content_type != *declared {
            let oddity = Oddity::MediaTypeMismatch {
                declared: declared.to_string(),
                stated: content_type.to_string(),
            };
            warnings.push(warning_of(&oddity, what));
        }
        declared.clone()
    };
    if let Some(stated) = answer.headers.get("docker-content-digest") {
        match Digest::parse(stated) {
            Ok(stated) => verified(&answer.body, &stated, what)?,
            Err(error) => {
                let reason = (&error).into();
                warnings.push(Warning::new(
                    Notice::StatedDigest { reason },
                    what.to_string().as_bytes(),
                ));
            }
        }
    }
    let document = match target {
        Target::Tag(_) => Document::new(answer.body, media_type),
        Target::Digest(digest) => {
            verified(&answer.body, digest, what)?;
            if digest.algorithm() == image::Algorithm::Other {
                warnings.push(Warning::new(
                    Notice::NotVerifiable,
                    digest.as_str().as_bytes(),
                ));
            }
            Document {
                digest: digest.clone(),
                bytes: answer.body.into(),
                media_type,
            }
        }
    };
    let reading = document
        .read(limit_bytes)
        .map_err(|error| malformed(what, &error))?;
    if matches!(reading.content, Content::Schema1) {
        return Err(Error::Unsupported {
            what: what.clone(),
            reason: Message::schema_1(),
        });
    }
    warnings.extend(
        reading
            .oddities
            .iter()
            .map(|oddity| warning_of(oddity, what)),
    );
    Ok(FetchedManifest {
        document,
        reading,
        warnings,
    })
}

/// Verifies that `bytes` have `digest`, if its algorithm is supported.
pub(super) fn verified(bytes: &[u8], digest: &Digest, what: &Message) -> Result<(), Error> {
    if digest.matches(bytes) == Some(false) {
        let mut hasher = image::Hasher::new(digest.algorithm());
        hasher.update(bytes);
        if let Some(actual) = hasher.finish() {
            return Err(Error::DigestMismatch {
                what: what.clone(),
                expected: digest.clone(),
                actual,
            });
        }
    }
    Ok(())
}

pub(super) fn malformed(what: &Message, error: &image::Error) -> Error {
    Error::Malformed {
        what: what.clone(),
        reason: error.into(),
    }
}

/// Converts an oddity of a document into a warning. Without a field of its own, it is about the document.
pub(super) fn warning_of(oddity: &Oddity, what: &Message) -> Warning {
    match oddity.subject() {
        "" => Warning::of_oddity(oddity, &what.to_string()),
        field => Warning::of_oddity(oddity, field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn br_01_no_accept_of_a_page_costs_a_preflight() {
        for asker in [Asker::HttpPage, Asker::HttpsPage] {
            for accept in accepts(asker, &MediaType::default()) {
                assert!(accept.len() <= 128, "{} bytes", accept.len());
            }
        }
    }

    #[test]
    fn rp_09_every_form_is_accepted() {
        for asker in [Asker::Native, Asker::HttpPage] {
            let all = accepts(asker, &MediaType::new(MediaType::OCI_INDEX)).join(",");
            for name in [
                MediaType::OCI_INDEX,
                MediaType::OCI_MANIFEST,
                MediaType::DOCKER_LIST,
                MediaType::DOCKER_MANIFEST,
            ] {
                assert!(all.split(',').any(|a| a == name), "{name}");
            }
        }
    }
}
