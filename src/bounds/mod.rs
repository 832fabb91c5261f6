//! Every bound on what an image or a registry can make Lamina do, by area.
//!
//! Each field has its unit, its default and the attack that it stops. The readers enforce them: `layer` knows
//! [`LayerLimits`] alone, what stands above it all of [`Limits`]. The user may raise the bounds that protect only the
//! user: see [`Bound`].

mod archive;
mod bound;
mod documents;
mod engines;
mod image;
mod last_used;
mod layer;
mod output;
mod packages;
mod registry;
mod safety;
mod search;
mod secrets;
mod structure;
mod units;

pub use archive::ArchiveLimits;
pub use bound::{Bound, Reached};
pub use documents::DocumentLimits;
pub use engines::EngineLimits;
pub use image::ImageLimits;
pub use last_used::LastUsed;
pub use layer::LayerLimits;
pub use output::OutputLimits;
pub use packages::PackageLimits;
pub use registry::RegistryLimits;
pub use safety::SafetyLimits;
pub use search::SearchLimits;
pub use secrets::SecretLimits;
pub use structure::StructureLimits;

/// Bounds on hostile or broken input, by area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the type of each area says what it is")]
pub struct Limits {
    pub layer: LayerLimits,
    pub image: ImageLimits,
    pub documents: DocumentLimits,
    pub archive: ArchiveLimits,
    pub registry: RegistryLimits,
    pub output: OutputLimits,
    pub packages: PackageLimits,
    pub secrets: SecretLimits,
    pub safety: SafetyLimits,
    pub structure: StructureLimits,
    pub engines: EngineLimits,
    pub search: SearchLimits,
}

impl Limits {
    /// The limits of the page and the command unless others are given.
    pub const DEFAULT: Limits = Limits {
        layer: LayerLimits::DEFAULT,
        image: ImageLimits::DEFAULT,
        documents: DocumentLimits::DEFAULT,
        archive: ArchiveLimits::DEFAULT,
        registry: RegistryLimits::DEFAULT,
        output: OutputLimits::DEFAULT,
        packages: PackageLimits::DEFAULT,
        secrets: SecretLimits::DEFAULT,
        safety: SafetyLimits::DEFAULT,
        structure: StructureLimits::DEFAULT,
        engines: EngineLimits::DEFAULT,
        search: SearchLimits::DEFAULT,
    };
}
