//! Descriptors: the references of an index to manifests, and of a manifest to its config and layers.
//!
//! Fetching the content is left to `source`.

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fields::Fields;
use super::{Digest, FieldType, InvalidDigest, MediaType, Oddity, Platform};

/// A reference to content by digest, size and media type.
///
/// Parsing is tolerant: a bad digest or a missing size is kept as such, so that the layer keeps its position and
/// only it is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Media type of the content; empty if absent.
    pub media_type: MediaType,
    /// Digest of the content, or the reason why the text is not a digest.
    pub digest: Result<Digest, InvalidDigest>,
    /// Size of the content in bytes. `None` if it is absent, negative or not an integer.
    pub size_bytes: Option<u64>,
    /// Other addresses of the content, as in foreign layers.
    pub urls: Vec<String>,
    /// Annotations of this entry.
    pub annotations: BTreeMap<String, String>,
    /// Platform of the manifest.
    pub platform: Option<Platform>,
    /// The content itself, base64-decoded but unverified; see [`Descriptor::embedded`].
    pub data: Option<Rc<[u8]>>,
    /// Artifact type of the manifest.
    pub artifact_type: Option<String>,
}

impl Descriptor {
    /// Annotation of containerd and Docker with the full name of an image.
    pub const IMAGE_NAME: &'static str = "io.containerd.image.name";
    /// Annotation of OCI layouts with a tag, a full name, or any text.
    pub const REF_NAME: &'static str = "org.opencontainers.image.ref.name";
    /// Annotation with the file name of an artifact's blob.
    pub const TITLE: &'static str = "org.opencontainers.image.title";

    pub(super) fn read(fields: &Fields<'_>) -> Descriptor {
        Descriptor {
            media_type: MediaType::new(&fields.text("mediaType").unwrap_or_default()),
            digest: fields.digest("digest"),
            size_bytes: fields.unsigned("size"),
            urls: fields.texts("urls"),
            annotations: fields.text_map("annotations"),
            platform: fields.object("platform").map(|p| Platform::read(&p)),
            data: read_data(fields),
            artifact_type: fields.filled_text("artifactType"),
        }
    }

    /// Returns the digest, if it is valid.
    pub fn known_digest(&self) -> Option<&Digest> {
        self.digest.as_ref().ok()
    }

    /// Returns the content embedded in the descriptor, if it matches digest and size.
    pub fn embedded(&self) -> Option<Rc<[u8]>> {
        let data = self.data.as_ref()?;
        let length = u64::try_from(data.len()).ok()?;
        let proved = self.known_digest()?.matches(data) == Some(true);
        (proved && self.size_bytes == Some(length)).then(|| data.clone())
    }

    /// Returns the name of an image in an archive: containerd's full name, or else the reference name as it is.
    /// That may be a bare tag, a full name or no valid name at all.
    pub fn image_name(&self) -> Option<&str> {
        [Descriptor::IMAGE_NAME, Descriptor::REF_NAME]
            .iter()
            .find_map(|key| self.annotations.get(*key))
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }

    /// Returns the file name of an artifact's blob.
    pub fn title(&self) -> Option<&str> {
        self.annotations.get(Descriptor::TITLE).map(String::as_str)
    }

    /// True for an attestation of another image in the same index, as BuildKit writes them.
    pub fn is_attestation(&self) -> bool {
        let kind = self.annotations.get("vnd.docker.reference.type");
        kind.is_some_and(|kind| kind == "attestation-manifest")
    }

    /// Returns the digest of the image that this entry attests.
    pub fn attests(&self) -> Option<Digest> {
        let digest = self.annotations.get("vnd.docker.reference.digest")?;
        Digest::parse(digest).ok().filter(|_| self.is_attestation())
    }
}

fn read_data(fields: &Fields<'_>) -> Option<Rc<[u8]>> {
    let text = fields.text("data")?;
    match STANDARD.decode(text) {
        Ok(data) => Some(data.into()),
        Err(_) => {
            fields.note(Oddity::WrongType {
                place: fields.place("data"),
                expected: FieldType::Base64,
            });
            None
        }
    }
}
