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

/// A format of a bill of materials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SbomFormat {
    /// SPDX 2.3.
    Spdx,
    /// CycloneDX 1.6.
    CycloneDx,
}

/// Writes the packages of an image as a document.
pub fn sbom(source: &SbomSource<'_>, format: SbomFormat) -> Value {
    match format {
        SbomFormat::Spdx => spdx::document(source),
        SbomFormat::CycloneDx => cyclonedx::document(source),
    }
}
