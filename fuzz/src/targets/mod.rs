//! Bodies of the fuzz targets: checks that must hold for any bytes. A target panics if one fails.
//!
//! They are included by path from two places, `fuzz/fuzz_targets` under libFuzzer and `tests/smoke` under `cargo
//! test`. So nothing here names the crate that it is in. `tests/smoke` makes the seeds.

pub mod archive;
pub mod challenge;
pub mod documents;
pub mod gzip;
pub mod image;
pub mod link;
pub mod packages;
pub mod reference;
pub mod tar;
pub mod toc;
pub mod zstd;

mod assemble;
mod content;
mod cuts;
mod mend;
mod reading;
mod registry;
mod union;
mod world;

pub use assemble::assembled;

/// Body of a target.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 17] = [
    ("apk", packages::apk),
    ("archive", archive::run),
    ("challenge", challenge::run),
    ("documents", documents::run),
    ("dpkg", packages::dpkg),
    ("gzip", gzip::run),
    ("image", image::run),
    ("jar", packages::jar),
    ("link", link::run),
    ("npm", packages::npm),
    ("program", packages::program),
    ("python", packages::python),
    ("reference", reference::run),
    ("rpm", packages::rpm),
    ("tar", tar::run),
    ("toc", toc::run),
    ("zstd", zstd::run),
];
