//! Descriptors: what an index says of a manifest, and a manifest of its config and layers.
//!
//! Fetching what a descriptor names is `source`'s work.

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fields::Fields;
use super::{Digest, FieldType, InvalidDigest, MediaType, Oddity, Platform};

/// A reference to content by digest, size and media type.
///
/// Tolerant: a bad digest or a missing size is kept as such, so that the layer keeps its place and only it is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// What the content is; empty when nothing is said.
    pub media_type: MediaType,
    /// Digest of the content, or why the text there is none.
    pub digest: Result<Digest, InvalidDigest>,
    /// Length of the content; `None` when it is absent, negative or no whole number.
    pub size_bytes: Option<u64>,
    /// Where else the content can be had, as foreign layers tell.
    pub urls: Vec<String>,
    /// Annotations of this entry.
    pub annotations: BTreeMap<String, String>,
    /// The platform of the manifest that it names.
    pub platform: Option<Platform>,
    /// The content itself, decoded and unverified; see [`Descriptor::embedded`].
    pub data: Option<Rc<[u8]>>,
    /// What kind of artifact the manifest is.
    pub artifact_type: Option<String>,
}

impl Descriptor {
    /// The annotation of containerd and Docker with the full name of an image.
    pub const IMAGE_NAME: &'static str = "io.containerd.image.name";
    /// The annotation of OCI layouts with a tag, a full name, or any text.
    pub const REF_NAME: &'static str = "org.opencontainers.image.ref.name";
    /// The annotation with the file name of an artifact's blob.
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

    /// The digest, when there is one.
    pub fn known_digest(&self) -> Option<&Digest> {
        self.digest.as_ref().ok()
    }

    /// The content that stands in the descriptor itself, if digest and size agree with it.
    pub fn embedded(&self) -> Option<Rc<[u8]>> {
        let data = self.data.as_ref()?;
        let length = u64::try_from(data.len()).ok()?;
        let proved = self.known_digest()?.matches(data) == Some(true);
        (proved && self.size_bytes == Some(length)).then(|| data.clone())
    }

    /// The name of an image in an archive: containerd's full name if there is one, else the reference's name as it
    /// stands, which may be a bare tag, a full name or no valid name at all.
    pub fn image_name(&self) -> Option<&str> {
        [Descriptor::IMAGE_NAME, Descriptor::REF_NAME]
            .iter()
            .find_map(|key| self.annotations.get(*key))
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }

    /// The file name under which an artifact's blob is offered.
    pub fn title(&self) -> Option<&str> {
        self.annotations.get(Descriptor::TITLE).map(String::as_str)
    }

    /// Whether it names an attestation of another image in the same index, as BuildKit writes them.
    pub fn is_attestation(&self) -> bool {
        let kind = self.annotations.get("vnd.docker.reference.type");
        kind.is_some_and(|kind| kind == "attestation-manifest")
    }

    /// The image that this entry attests.
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
