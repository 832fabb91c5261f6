//! The findings about the system of an image. Plain data only: `probe` and `tree` fill it in.

use crate::message::Message;
use serde::{Deserialize, Serialize};

use super::file_place::FilePlace;
use super::{Accounts, Form, Group, OsRelease, User};
use crate::overlay::LayerIdx;

/// The system that an image holds, as far as its files say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The distribution.
    pub distribution: OsDistribution,
    /// The architecture, by the config and by programs.
    pub architecture: Architecture,
    /// Loaders of shared libraries, which tell the C libraries.
    pub loaders: Vec<Loader>,
    /// `/bin/sh`.
    pub shell: Option<FilePlace>,
    /// `/sbin/init`.
    pub init: Option<FilePlace>,
    /// Package managers, at most one file each.
    pub package_managers: Vec<PackageTool>,
    /// Users of `/etc/passwd`.
    pub users: Accounts<User>,
    /// Groups of `/etc/group`.
    pub groups: Accounts<Group>,
    /// Kernels: `/boot/vmlinuz*`. A container needs none, because it runs on the host's.
    pub kernels: Places,
    /// Folders of kernel modules: `/lib/modules/*`.
    pub modules: Places,
    /// Everything that was not read, sorted.
    pub gaps: Vec<Gap>,
}

impl System {
    /// Returns the C libraries, each once, in a fixed order.
    pub fn libcs(&self) -> Vec<Libc> {
        let mut libcs: Vec<Libc> = self.loaders.iter().map(|loader| loader.libc).collect();
        libcs.sort_unstable();
        libcs.dedup();
        libcs
    }
}

/// Paths in one directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// The first 16 of them, by name.
    pub first: Vec<FilePlace>,
    /// Number of all of them.
    pub n: u32,
}

/// The distribution of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OsDistribution {
    /// The evidence that decided.
    pub basis: Basis,
    /// The file that is the evidence; `None` if there is none.
    pub file: Option<FilePlace>,
    /// The names and versions. Apart from [`Basis::OsRelease`], few fields are filled.
    pub release: OsRelease,
    /// True if the image is distroless, by the words of its `os-release` or by `/var/lib/dpkg/status.d`.
    pub is_distroless: bool,
}

/// The evidence for a distribution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// None that could be read.
    #[default]
    Unknown,
    /// `/etc/os-release` or `/usr/lib/os-release`.
    OsRelease,
    /// `/etc/alpine-release`, which has a version of Alpine.
    AlpineRelease,
    /// `/etc/debian_version`, which has a version of Debian.
    DebianVersion,
    /// `/etc/redhat-release`, which has a name and a version.
    RedhatRelease,
    /// `/var/lib/dpkg/status.d`: the packages of a distroless image.
    StatusD,
    /// `/bin/busybox`, and nothing else.
    Busybox,
    /// The config's `os`, or `/Files/Windows`.
    Windows,
    /// Neither a shell nor any of the above, in an image of which all layers were read.
    Scratch,
}

impl Basis {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Unknown => "unknown",
            Basis::OsRelease => "os-release",
            Basis::AlpineRelease => "alpine-release",
            Basis::DebianVersion => "debian-version",
            Basis::RedhatRelease => "redhat-release",
            Basis::StatusD => "status-d",
            Basis::Busybox => "busybox",
            Basis::Windows => "windows",
            Basis::Scratch => "scratch",
        }
    }
}

/// The architecture of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    /// `architecture` of the config, as it is; may be empty.
    pub declared: String,
    /// `variant` of the config; may be empty.
    pub variant: String,
    /// The result of comparing the config with the programs.
    pub agreement: Agreement,
    /// The programs that were looked at, at most 16.
    pub executables: Vec<Executable>,
}

impl Architecture {
    /// Returns the architecture that the config declares, with its variant: `arm/v7`. Empty without a config.
    pub fn declared_text(&self) -> String {
        match self.variant.is_empty() {
            true => self.declared.clone(),
            false => format!("{}/{}", self.declared, self.variant),
        }
    }

    /// Returns the first program that is built for another architecture than the config says.
    pub fn differing(&self) -> Option<&Executable> {
        let differs = |program: &&Executable| program.agrees == Some(false);
        self.executables.iter().find(differs)
    }

    /// Returns the architecture of the first program that says one, by Go's name.
    pub fn found(&self) -> Option<&'static str> {
        self.executables.iter().find_map(Executable::architecture)
    }
}

/// The result of comparing the config's architecture with that of programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// The config says none, or no program does.
    #[default]
    Unknown,
    /// All programs that say one say the config's.
    Agrees,
    /// Some program is built for another one.
    Differs,
}

impl Agreement {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            Agreement::Unknown => "unknown",
            Agreement::Agrees => "agrees",
            Agreement::Differs => "differs",
        }
    }
}

/// A program whose first bytes were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executable {
    /// The file.
    pub file: FilePlace,
    /// Its form, with the machine of an ELF file.
    pub form: Form,
    /// True if it is built for the config's architecture; `None` if either is unknown.
    pub agrees: Option<bool>,
}

impl Executable {
    /// Returns the architecture by Go's name, if it is known.
    pub fn architecture(&self) -> Option<&'static str> {
        match self.form {
            Form::Elf(header) => header.architecture(),
            Form::Script | Form::Other => None,
        }
    }
}

/// A C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Libc {
    /// The GNU C library.
    Glibc,
    /// musl.
    Musl,
}

impl Libc {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            Libc::Glibc => "glibc",
            Libc::Musl => "musl",
        }
    }
}

/// A loader of shared libraries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loader {
    /// The C library that it belongs to.
    pub libc: Libc,
    /// The file.
    pub file: FilePlace,
}

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageManager {
    /// Alpine's.
    Apk,
    /// Debian's, below apt.
    Dpkg,
    /// Debian's.
    Apt,
    /// Red Hat's and SUSE's, below the others.
    Rpm,
    /// Fedora's and Red Hat's.
    Dnf,
    /// Red Hat's older one, or another name of dnf.
    Yum,
    /// Red Hat's for small images.
    Microdnf,
    /// Arch's.
    Pacman,
    /// SUSE's.
    Zypper,
}

impl PackageManager {
    /// Returns the word for reports, which is the program's usual name.
    pub fn word(self) -> &'static str {
        match self {
            PackageManager::Apk => "apk",
            PackageManager::Dpkg => "dpkg",
            PackageManager::Apt => "apt",
            PackageManager::Rpm => "rpm",
            PackageManager::Dnf => "dnf",
            PackageManager::Yum => "yum",
            PackageManager::Microdnf => "microdnf",
            PackageManager::Pacman => "pacman",
            PackageManager::Zypper => "zypper",
        }
    }
}

/// A package manager in the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageTool {
    /// The package manager.
    pub manager: PackageManager,
    /// Its program.
    pub file: FilePlace,
}

/// A part of the image that was not read, so that findings may be missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// A layer, or entries of it.
    Layer {
        /// The layer.
        layer: LayerIdx,
        /// The reason.
        why: LayerGap,
    },
    /// The content of a file, or a part of it.
    File {
        /// The path that was looked for.
        path: Vec<u8>,
        /// The reason.
        why: FileGap,
    },
}

/// The reason why entries of a layer are not known.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum LayerGap {
    /// None of them was read.
    #[error("not read")]
    Unread,
    /// Some are missing, because of damage, a limit or a rule.
    #[error("not read to its end, or with entries left out")]
    Incomplete,
}

/// The reason why a file's content is not known.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum FileGap {
    /// It is a symbolic link to nothing, or one of a loop.
    #[error("a symbolic link that leads nowhere")]
    LeadsNowhere,
    /// It is a directory, a device or a pipe.
    #[error("no regular file")]
    NotFile,
    /// Its bytes could not be read.
    #[error("not readable: {reason}")]
    Failed {
        /// The error of its source.
        reason: Message,
    },
    /// More bytes precede it in its layer than are decoded for it.
    #[error("not read, because too many bytes precede it in its layer")]
    TooFar,
    /// It is in a form that is not read here.
    #[error("in a form that is not read")]
    UnknownForm,
    /// Files of a folder, or parts of a file, are beyond a bound.
    #[error("at least {n} more, beyond the bound")]
    TooMany {
        /// The number of those that were counted.
        n: u64,
    },
    /// Only its first bytes were read, because of a bound or of damage.
    #[error("{read_bytes} of {size_bytes} bytes read")]
    Cut {
        /// The number of bytes read.
        read_bytes: u64,
        /// The size of the file.
        size_bytes: u64,
    },
}

impl LayerGap {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            LayerGap::Unread => "layer-unread",
            LayerGap::Incomplete => "layer-incomplete",
        }
    }
}

impl FileGap {
    /// Returns the word for reports.
    pub fn word(&self) -> &'static str {
        match self {
            FileGap::LeadsNowhere => "leads-nowhere",
            FileGap::NotFile => "not-a-file",
            FileGap::Failed { .. } => "failed",
            FileGap::TooFar => "too-far",
            FileGap::UnknownForm => "unknown-form",
            FileGap::TooMany { .. } => "too-many",
            FileGap::Cut { .. } => "cut",
        }
    }
}
