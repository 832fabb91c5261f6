//! Media types, and their meaning for a reader of images.
//!
//! A media type decides what a blob is, but never how it is compressed: its first bytes decide that.

use std::fmt;

/// A media type without its parameters; empty if absent.
#[derive(
    Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(from = "String", into = "String")]
pub struct MediaType(Box<str>);

/// The kind of blob that a media type denotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A manifest or a list of manifests.
    Manifest(ManifestKind),
    /// The config of an image.
    Config(ConfigKind),
    /// A file system layer.
    Layer(LayerKind),
    /// The empty descriptor: `{}`, in place of a config or of content.
    Empty,
    /// An in-toto statement: provenance, or a bill of materials.
    Attestation,
    /// An encrypted layer, which is recognised but not readable.
    Encrypted,
    /// A tar of another tool, such as a Helm chart. It can be browsed, but is never part of a union.
    OtherTar,
    /// No type, or only "bytes", "text" or "JSON": the content decides.
    Unstated,
    /// Anything else, which is shown and offered for download.
    Other,
}

/// The documents above configs and layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ManifestKind {
    /// OCI image manifest.
    OciManifest,
    /// Docker image manifest, version 2 schema 2.
    DockerManifest,
    /// OCI image index.
    OciIndex,
    /// Docker manifest list.
    DockerList,
    /// Docker image manifest, schema 1, signed or not.
    Schema1,
}

/// The two image configs, which are parsed alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConfigKind {
    /// OCI image config.
    Oci,
    /// Docker image config.
    Docker,
}

/// The claims of a layer's media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LayerKind {
    /// Claimed compression. The first bytes of the layer decide.
    pub compression: CompressionHint,
    /// Permission to push the layer to another registry.
    pub distribution: Distribution,
}

/// The compression that a media type claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompressionHint {
    /// A plain tar.
    None,
    /// gzip (RFC 1952).
    Gzip,
    /// zstd (RFC 8878).
    Zstd,
}

/// Permission to upload a layer to another registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// An ordinary layer.
    Distributable,
    /// A nondistributable or foreign layer: often at its `urls` instead of in the registry, and not to be pushed.
    Nondistributable,
}

impl MediaType {
    /// OCI image manifest.
    pub const OCI_MANIFEST: &'static str = "application/vnd.oci.image.manifest.v1+json";
    /// OCI image index.
    pub const OCI_INDEX: &'static str = "application/vnd.oci.image.index.v1+json";
    /// OCI image config.
    pub const OCI_CONFIG: &'static str = "application/vnd.oci.image.config.v1+json";
    /// The OCI empty descriptor, whose content is `{}`.
    pub const OCI_EMPTY: &'static str = "application/vnd.oci.empty.v1+json";
    /// Docker image manifest, version 2 schema 2.
    pub const DOCKER_MANIFEST: &'static str =
        "application/vnd.docker.distribution.manifest.v2+json";
    /// Docker manifest list.
    pub const DOCKER_LIST: &'static str =
        "application/vnd.docker.distribution.manifest.list.v2+json";
    /// Docker image config.
    pub const DOCKER_CONFIG: &'static str = "application/vnd.docker.container.image.v1+json";
    /// in-toto statement.
    pub const IN_TOTO: &'static str = "application/vnd.in-toto+json";

    /// Parses a media type from a descriptor or a Content-Type. Parameters and surrounding whitespace are removed.
    pub fn new(text: &str) -> MediaType {
        let essence = text.split(';').next().unwrap_or(text);
        MediaType(essence.trim().into())
    }

    /// Returns the text without parameters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if the media type is absent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the kind of blob that the media type denotes.
    pub fn kind(&self) -> MediaKind {
        let name = self.0.to_ascii_lowercase();
        match name.as_str() {
            MediaType::OCI_MANIFEST => MediaKind::Manifest(ManifestKind::OciManifest),
            MediaType::OCI_INDEX => MediaKind::Manifest(ManifestKind::OciIndex),
            MediaType::DOCKER_MANIFEST => MediaKind::Manifest(ManifestKind::DockerManifest),
            MediaType::DOCKER_LIST => MediaKind::Manifest(ManifestKind::DockerList),
            "application/vnd.docker.distribution.manifest.v1+json"
            | "application/vnd.docker.distribution.manifest.v1+prettyjws" => {
                MediaKind::Manifest(ManifestKind::Schema1)
            }
            MediaType::OCI_CONFIG => MediaKind::Config(ConfigKind::Oci),
            MediaType::DOCKER_CONFIG => MediaKind::Config(ConfigKind::Docker),
            MediaType::OCI_EMPTY => MediaKind::Empty,
            MediaType::IN_TOTO => MediaKind::Attestation,
            ""
            | "application/json"
            | "application/octet-stream"
            | "text/plain"
            | "binary/octet-stream" => MediaKind::Unstated,
            name if name.ends_with("+encrypted") => MediaKind::Encrypted,
            name => match layer_kind(name) {
                Some(layer) => MediaKind::Layer(layer),
                None if is_tar(name) => MediaKind::OtherTar,
                None => MediaKind::Other,
            },
        }
    }

    /// Returns the claims about a layer; `None` if it is not a file system layer.
    pub fn layer(&self) -> Option<LayerKind> {
        match self.kind() {
            MediaKind::Layer(layer) => Some(layer),
            _ => None,
        }
    }

    /// True if the blob may be a file system layer: its type declares one, even in an unknown format, or declares
    /// nothing.
    pub fn may_be_layer(&self) -> bool {
        let name = self.0.to_ascii_lowercase();
        match self.kind() {
            MediaKind::Layer(_) | MediaKind::Unstated => true,
            MediaKind::Other => LAYER_STEMS.iter().any(|(stem, _)| name.starts_with(stem)),
            _ => false,
        }
    }

    /// True for the config of an image. Any other config must not be parsed as one.
    pub fn is_image_config(&self) -> bool {
        matches!(self.kind(), MediaKind::Config(_))
    }
}

impl ManifestKind {
    /// True if the document lists other manifests.
    pub fn is_index(self) -> bool {
        matches!(self, ManifestKind::OciIndex | ManifestKind::DockerList)
    }
}

/// Prefixes of the media types of layers. The compression follows.
const LAYER_STEMS: [(&str, Distribution); 4] = [
    (
        "application/vnd.oci.image.layer.v1.tar",
        Distribution::Distributable,
    ),
    (
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        Distribution::Nondistributable,
    ),
    (
        "application/vnd.docker.image.rootfs.diff.tar",
        Distribution::Distributable,
    ),
    (
        "application/vnd.docker.image.rootfs.foreign.diff.tar",
        Distribution::Nondistributable,
    ),
];

fn layer_kind(name: &str) -> Option<LayerKind> {
    LAYER_STEMS.iter().find_map(|&(stem, distribution)| {
        let compression = match name.strip_prefix(stem)? {
            "" => CompressionHint::None,
            "+gzip" | ".gzip" => CompressionHint::Gzip,
            "+zstd" | ".zstd" => CompressionHint::Zstd,
            _ => return None,
        };
        Some(LayerKind {
            compression,
            distribution,
        })
    })
}

fn is_tar(name: &str) -> bool {
    let plain = name
        .strip_suffix("+gzip")
        .or_else(|| name.strip_suffix("+zstd"))
        .unwrap_or(name);
    plain.ends_with(".tar") || plain.ends_with("+tar") || plain.ends_with("/x-tar")
}

impl From<String> for MediaType {
    fn from(text: String) -> MediaType {
        MediaType::new(&text)
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> String {
        media_type.0.into()
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}
