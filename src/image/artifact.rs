//! Recognises artifacts that take an image's place in a registry.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Digest, MediaType};

/// The kind of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArtifactKind {
    /// Build cache of BuildKit.
    BuildCache,
    /// A signature of cosign, notation or another tool.
    Signature,
    /// A statement, signed or not, such as provenance.
    Attestation,
    /// A software bill of materials (SBOM).
    Sbom,
    /// An index without entries.
    EmptyIndex,
    /// An index without images.
    Index,
    /// A document that is neither manifest nor index.
    Unknown,
    /// Any other artifact. Its type says more.
    Other,
}

/// Prefixes of the media types of configs, blobs and artifacts.
const KNOWN: [(&str, ArtifactKind); 15] = [
    (
        "application/vnd.buildkit.cacheconfig.",
        ArtifactKind::BuildCache,
    ),
    (
        "application/vnd.dev.cosign.simplesigning.",
        ArtifactKind::Signature,
    ),
    (
        "application/vnd.dev.cosign.artifact.sig.",
        ArtifactKind::Signature,
    ),
    (
        "application/vnd.dev.sigstore.bundle",
        ArtifactKind::Signature,
    ),
    (
        "application/vnd.cncf.notary.signature",
        ArtifactKind::Signature,
    ),
    ("application/vnd.dsse.envelope.", ArtifactKind::Attestation),
    ("application/vnd.in-toto", ArtifactKind::Attestation),
    (
        "application/vnd.dev.cosign.attestation.",
        ArtifactKind::Attestation,
    ),
    (
        "application/vnd.dev.cosign.artifact.att.",
        ArtifactKind::Attestation,
    ),
    (
        "application/vnd.dev.cosign.artifact.sbom.",
        ArtifactKind::Sbom,
    ),
    ("application/vnd.cyclonedx", ArtifactKind::Sbom),
    ("application/vnd.syft", ArtifactKind::Sbom),
    ("application/spdx", ArtifactKind::Sbom),
    ("spdx+json", ArtifactKind::Sbom),
    ("text/spdx", ArtifactKind::Sbom),
];

impl ArtifactKind {
    /// Returns the kind for a media type. `None` for types of layers and configs, and for unknown ones.
    pub fn of_media_type(media_type: &MediaType) -> Option<ArtifactKind> {
        let name = media_type.as_str().to_ascii_lowercase();
        let mut known = KNOWN.iter().filter(|(start, _)| name.starts_with(start));
        known.next().map(|(_, kind)| *kind)
    }

    /// Returns the kind and the subject of a cosign tag: `sha256-<hex>.sig` is a signature of that digest.
    pub fn of_tag(tag: &str) -> Option<(ArtifactKind, Digest)> {
        let (digest, ending) = tag.split_once('.')?;
        let kind = match ending {
            "sig" => ArtifactKind::Signature,
            "att" => ArtifactKind::Attestation,
            "sbom" => ArtifactKind::Sbom,
            _ => return None,
        };
        let digest = Digest::parse(&digest.replacen('-', ":", 1)).ok()?;
        Some((kind, digest))
    }

    /// Returns a stable word in kebab case.
    pub fn word(self) -> &'static str {
        match self {
            ArtifactKind::BuildCache => "build-cache",
            ArtifactKind::Signature => "signature",
            ArtifactKind::Attestation => "attestation",
            ArtifactKind::Sbom => "sbom",
            ArtifactKind::EmptyIndex => "empty-index",
            ArtifactKind::Index => "index",
            ArtifactKind::Unknown => "unknown",
            ArtifactKind::Other => "other",
        }
    }
}

impl fmt::Display for ArtifactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ArtifactKind::BuildCache => {
                "a build cache of BuildKit (layers that make builds faster)"
            }
            ArtifactKind::Signature => "a signature",
            ArtifactKind::Attestation => "an attestation",
            ArtifactKind::Sbom => "a bill of materials",
            ArtifactKind::EmptyIndex => "an empty index",
            ArtifactKind::Index => "an index without images",
            ArtifactKind::Unknown => "a document of a kind that Lamina does not know",
            ArtifactKind::Other => "an artifact",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mt_07_kinds_are_told_by_media_types_and_by_cosigns_tags() {
        for (name, kind) in [
            (
                "application/vnd.buildkit.cacheconfig.v0",
                Some("build-cache"),
            ),
            (
                "application/vnd.dev.cosign.simplesigning.v1+json",
                Some("signature"),
            ),
            ("application/vnd.dsse.envelope.v1+json", Some("attestation")),
            ("text/spdx+json", Some("sbom")),
            ("application/vnd.cyclonedx+xml", Some("sbom")),
            (MediaType::OCI_CONFIG, None),
            ("application/vnd.oci.image.layer.v1.tar+gzip", None),
            ("", None),
        ] {
            let found = ArtifactKind::of_media_type(&MediaType::new(name));
            assert_eq!(found.map(ArtifactKind::word), kind, "{name}");
        }
        let hex = "0123456789abcdef".repeat(4);
        for (ending, kind) in [
            (".sig", Some("signature")),
            (".att", Some("attestation")),
            (".sbom", Some("sbom")),
            (".other", None),
            ("", None),
        ] {
            let found = ArtifactKind::of_tag(&format!("sha256-{hex}{ending}"));
            assert_eq!(
                found.as_ref().map(|(kind, _)| kind.word()),
                kind,
                "{ending}"
            );
            let named = found.is_none_or(|(_, of)| of.as_str() == format!("sha256:{hex}"));
            assert!(named);
        }
        assert_eq!(ArtifactKind::of_tag("v1.sig"), None);
        assert_eq!(ArtifactKind::of_tag("sha256-xyz.sig"), None);
    }
}
