//! The packages of an image as a software bill of materials, in the formats that other tools read: SPDX 2.3 and
//! CycloneDX 1.6, both as JSON.
//!
//! The same image gives the same document, byte for byte: its time is the image's own unless another is given, and its
//! names are made of digests. A package that a layer removed is no part of it.

mod cyclonedx;
mod licences;
mod purl;
mod source;
mod spdx;

pub use source::SbomSource;

use serde_json::Value;

use crate::image::Digest;

/// A format of a bill of materials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SbomFormat {
    /// SPDX 2.3.
    Spdx,
    /// CycloneDX 1.6.
    CycloneDx,
}

/// Writes the packages of an image as a document. Its own name is made of its content, so that no other has it.
pub fn sbom(source: &SbomSource<'_>, format: SbomFormat) -> Value {
    let mut document = match format {
        SbomFormat::Spdx => spdx::document(source),
        SbomFormat::CycloneDx => cyclonedx::document(source),
    };
    let digest = Digest::sha256_of(document.to_string().as_bytes()).to_string();
    let sha256 = digest.trim_start_matches("sha256:");
    let (key, name) = match format {
        SbomFormat::Spdx => (
            "documentNamespace",
            Some(format!("urn:lamina:spdx:sha256:{sha256}")),
        ),
        SbomFormat::CycloneDx => ("serialNumber", uuid(sha256)),
    };
    if let (Some(document), Some(name)) = (document.as_object_mut(), name) {
        document.insert(key.to_owned(), name.into());
    }
    document
}

/// Returns a UUID of the eighth version, whose bits are free, out of a SHA-256.
fn uuid(sha256: &str) -> Option<String> {
    let part = |from: usize, to: usize| sha256.get(from..to);
    Some(format!(
        "urn:uuid:{}-{}-8{}-8{}-{}",
        part(0, 8)?,
        part(8, 12)?,
        part(12, 15)?,
        part(15, 18)?,
        part(18, 30)?
    ))
}
