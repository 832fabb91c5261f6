//! Finds the packages of an image: which there are, which layer brought, changed or removed each, and which files
//! belong to them.
//!
//! The databases of package managers say all of this, and the packages of languages each a file, a program or an archive
//! of their own. A [`PackageProbe`] looks for them in each layer, is given the bytes of every state, and ends in a
//! [`PackageList`]. What a layer did to a package is the difference between two
//! states. Nothing is run, and nothing is looked up elsewhere.
//!
//! All readers are bounded. The list says how much they leave out, and has a [`crate::insight::system::Gap`] for what was
//! not read.

mod apk;
mod copyright;
mod databases;
mod deb822;
mod dpkg;
mod facts;
mod files;
mod follow;
mod languages;
mod ledger;
mod lists;
mod owners;
mod paths;
mod probe;
mod record;
mod rpm;
mod settle;
mod wants;

pub use facts::{
    Gone, GoneFile, Package, PackageChange, PackageDatabase, PackageEvent, PackageKind,
    PackageList, Standing, Unowned, UnownedFile,
};
pub use probe::PackageProbe;
pub use wants::WantedContent;
