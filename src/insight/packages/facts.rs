//! The packages of an image: plain data, which the other files fill in.

use serde::{Deserialize, Serialize};

use crate::insight::system::{FilePlace, Gap};
use crate::overlay::LayerIdx;

/// All packages of an image, with what the file system says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageList {
    /// Packages of all kinds by kind and name, also those that a later layer removed.
    pub packages: Vec<Package>,
    /// Number of packages beyond a bound.
    pub n_left_out: u32,
    /// The databases that were read, in their last state, and files of single packages of which something was not.
    pub databases: Vec<PackageDatabase>,
    /// Files of the final file system that belong to no package; `None` without a database that lists files.
    pub unowned: Option<Unowned>,
    /// Files that packages list and the final file system lacks.
    pub gone: Gone,
    /// Parts of the image that were not read, sorted.
    pub gaps: Vec<Gap>,
}

impl PackageList {
    /// Iterates over packages in a state.
    pub fn standing(&self, standing: Standing) -> impl Iterator<Item = &Package> {
        let packages = self.packages.iter();
        packages.filter(move |package| package.standing() == standing)
    }

    /// Iterates over removed packages of which lower layers still ship files.
    pub fn still_shipped(&self) -> impl Iterator<Item = &Package> {
        let removed = self.standing(Standing::Removed);
        removed.filter(|package| package.n_owned > 0)
    }
}

/// A way of packaging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageKind {
    /// Debian's, by dpkg.
    Deb,
    /// Alpine's.
    Apk,
    /// Red Hat's and SUSE's.
    Rpm,
    /// Python's.
    Python,
    /// Node's.
    Npm,
    /// Go's modules, as programs name them.
    #[serde(rename = "go-module")]
    Go,
    /// Rust's crates, as programs name them.
    #[serde(rename = "rust-crate")]
    Rust,
    /// Java's archives.
    #[serde(rename = "java-archive")]
    Java,
}

impl PackageKind {
    /// All kinds, in the order of reports.
    pub const ALL: [PackageKind; 8] = [
        PackageKind::Deb,
        PackageKind::Apk,
        PackageKind::Rpm,
        PackageKind::Python,
        PackageKind::Npm,
        PackageKind::Go,
        PackageKind::Rust,
        PackageKind::Java,
    ];

    /// True if one database has all packages of a system. The others are told by a file each, at any place.
    pub fn has_database(self) -> bool {
        matches!(self, PackageKind::Deb | PackageKind::Apk | PackageKind::Rpm)
    }

    /// Returns the word for reports, which is the type that syft has for it.
    pub fn word(self) -> &'static str {
        match self {
            PackageKind::Deb => "deb",
            PackageKind::Apk => "apk",
            PackageKind::Rpm => "rpm",
            PackageKind::Python => "python",
            PackageKind::Npm => "npm",
            PackageKind::Go => "go-module",
            PackageKind::Rust => "rust-crate",
            PackageKind::Java => "java-archive",
        }
    }
}

/// A package. Texts are those of its database; bytes that are no UTF-8 are escaped, and long texts are cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// The way of packaging.
    pub kind: PackageKind,
    /// Name of the package.
    pub name: String,
    /// The last version in the image, as its tools write it; empty for an archive that says none.
    pub version: String,
    /// Architecture; may be empty.
    pub architecture: String,
    /// Licences that the package declares, each once; empty if it declares none, `None` if that was not read.
    pub licences: Option<Vec<String>>,
    /// The source package that it was built from, as the database words it; may be empty. Debian's has a version where
    /// that differs, Red Hat's is the name of a file. Of Java, the group that Maven knows it in.
    pub source: String,
    /// The effect of each layer on the package, from the base up. The first one brought it.
    pub events: Vec<PackageEvent>,
    /// Size in bytes once installed, as the package declares it.
    pub declared_bytes: Option<u64>,
    /// Bytes of its files in the final file system. For a removed package, the bytes that lower layers still ship.
    pub owned_bytes: u64,
    /// Number of those files; directories do not count.
    pub n_owned: u32,
    /// Number of files that it lists and the file system lacks.
    pub n_gone: u32,
    /// The last file that has the package, a database, metadata, a program or an archive: it says name, version, architecture and source.
    pub record: FilePlace,
    /// The file that lists its files, where that is another one.
    pub list: Option<FilePlace>,
}

impl Package {
    /// Returns the layer that first brought the package.
    pub fn brought_by(&self) -> Option<LayerIdx> {
        self.events.first().map(|event| event.layer)
    }

    /// Returns the layer that brought the version that it has in the end.
    pub fn version_brought_by(&self) -> Option<LayerIdx> {
        let brings = |event: &&PackageEvent| {
            matches!(event.change, PackageChange::Added | PackageChange::Changed)
        };
        let last = self.events.iter().rev().find(brings);
        last.map(|event| event.layer)
    }

    /// Returns the state of the package in the end.
    pub fn standing(&self) -> Standing {
        match self.events.last().map(|event| event.change) {
            Some(PackageChange::Added | PackageChange::Changed) => Standing::Installed,
            Some(PackageChange::Removed) => Standing::Removed,
            Some(PackageChange::DatabaseGone) | None => Standing::Unknown,
        }
    }

    /// Returns the layer that removed the package, or its database; `None` if it is installed.
    pub fn ended_by(&self) -> Option<LayerIdx> {
        let last = self.events.last()?;
        (self.standing() != Standing::Installed).then_some(last.layer)
    }
}

/// The state of a package in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The database of the final file system has it.
    Installed,
    /// A later state of the database does not have it any more, or the file that told it is gone.
    Removed,
    /// A layer deleted the database that had it. Its files may still be there.
    Unknown,
}

/// The effect of a layer on a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageEvent {
    /// The layer.
    pub layer: LayerIdx,
    /// The effect.
    pub change: PackageChange,
    /// The version from here on; of a removed package, the last one.
    pub version: String,
    /// False if a layer below may have done it: its state of the database was not read as a whole.
    pub is_exact: bool,
}

/// A kind of effect on a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageChange {
    /// The package was not there below.
    Added,
    /// It was there in another version.
    Changed,
    /// It is not there any more.
    Removed,
    /// The database that had it is not there any more.
    DatabaseGone,
}

impl PackageChange {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            PackageChange::Added => "added",
            PackageChange::Changed => "changed",
            PackageChange::Removed => "removed",
            PackageChange::DatabaseGone => "database-gone",
        }
    }
}

/// A database of packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageDatabase {
    /// The kind of its packages.
    pub kind: PackageKind,
    /// The file.
    pub file: FilePlace,
    /// Number of packages in it.
    pub n_packages: u32,
    /// Number of records that could not be read.
    pub n_malformed: u32,
    /// Number of packages beyond a bound.
    pub n_left_out: u32,
    /// Number of files whose paths are beyond the bound.
    pub n_paths_left_out: u32,
}

/// Files that belong to no package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unowned {
    /// Number of files and links; directories do not count.
    pub n: u64,
    /// Bytes of their content; hard links count once.
    pub bytes: u64,
    /// The largest ones, at most 100.
    pub largest: Vec<UnownedFile>,
}

/// A file that belongs to no package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnownedFile {
    /// Its path.
    pub path: Vec<u8>,
    /// Bytes of its content.
    pub bytes: u64,
    /// The layer that supplies it.
    pub layer: LayerIdx,
}

/// Files that installed packages list and the final file system lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Number of files that a layer deleted.
    pub n_deleted: u64,
    /// Number of files that no layer ever had, such as documentation that was left out when the package was unpacked.
    pub n_never: u64,
    /// The first deleted ones by path, at most 100.
    pub first: Vec<GoneFile>,
}

/// A file that a package lists and a layer deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GoneFile {
    /// Its path.
    pub path: Vec<u8>,
    /// Position of its package in [`PackageList::packages`].
    pub package: u32,
    /// The layer that deleted it.
    pub deleted_by: LayerIdx,
}
