//! The system of an image in the form of the report.

use serde::Serialize;

use crate::image::{escape, hex};
use crate::insight::system::{
    Accounts, Architecture, Executable, FilePlace, Form, Gap, Group, Loader, OsDistribution,
    PackageTool, Places, System, User,
};

/// The findings about the system.
#[derive(Serialize)]
pub(super) struct SystemReport {
    distribution: DistributionReport,
    architecture: ArchitectureReport,
    loaders: Vec<LoaderReport>,
    shell: Option<PlaceReport>,
    init: Option<PlaceReport>,
    package_managers: Vec<PackageToolReport>,
    users: AccountsReport<UserReport>,
    groups: AccountsReport<GroupReport>,
    kernels: PlacesReport,
    modules: PlacesReport,
    gaps: Vec<GapReport>,
}

/// A path of the image.
#[derive(Serialize)]
pub(super) struct PlaceReport {
    asked: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    layer: u32,
}

#[derive(Serialize)]
struct PlacesReport {
    count: u32,
    first: Vec<PlaceReport>,
}

#[derive(Serialize)]
struct DistributionReport {
    /// The word of the evidence.
    basis: &'static str,
    file: Option<PlaceReport>,
    name: Option<String>,
    id: Option<String>,
    id_like: Vec<String>,
    version: Option<String>,
    version_id: Option<String>,
    version_codename: Option<String>,
    pretty_name: Option<String>,
    distroless: bool,
    malformed: u32,
}

#[derive(Serialize)]
struct ArchitectureReport {
    declared: Option<String>,
    variant: Option<String>,
    agreement: &'static str,
    executables: Vec<ExecutableReport>,
}

#[derive(Serialize)]
struct ExecutableReport {
    file: PlaceReport,
    form: &'static str,
    architecture: Option<&'static str>,
    /// `e_machine`, for an architecture that has no name here.
    machine: Option<u16>,
    bits: Option<u8>,
    big_endian: Option<bool>,
    agrees: Option<bool>,
}

#[derive(Serialize)]
struct LoaderReport {
    libc: &'static str,
    file: PlaceReport,
}

#[derive(Serialize)]
struct PackageToolReport {
    name: &'static str,
    file: PlaceReport,
}

#[derive(Serialize)]
struct AccountsReport<T> {
    file: Option<PlaceReport>,
    count: u32,
    malformed: u32,
    cut: bool,
    first: Vec<T>,
}

#[derive(Serialize)]
struct UserReport {
    name: String,
    uid: u32,
    gid: u32,
    home: String,
    shell: String,
}

#[derive(Serialize)]
struct GroupReport {
    name: String,
    gid: u32,
}

/// A part of the image that was not read.
#[derive(Serialize)]
pub(super) struct GapReport {
    layer: Option<u32>,
    path: Option<String>,
    why: &'static str,
    message: String,
}

impl From<&System> for SystemReport {
    fn from(system: &System) -> SystemReport {
        SystemReport {
            distribution: (&system.distribution).into(),
            architecture: (&system.architecture).into(),
            loaders: system.loaders.iter().map(LoaderReport::from).collect(),
            shell: system.shell.as_ref().map(PlaceReport::from),
            init: system.init.as_ref().map(PlaceReport::from),
            package_managers: system
                .package_managers
                .iter()
                .map(PackageToolReport::from)
                .collect(),
            users: AccountsReport::of(&system.users),
            groups: AccountsReport::of(&system.groups),
            kernels: (&system.kernels).into(),
            modules: (&system.modules).into(),
            gaps: system.gaps.iter().map(GapReport::from).collect(),
        }
    }
}

impl From<&FilePlace> for PlaceReport {
    fn from(place: &FilePlace) -> PlaceReport {
        let is_text = std::str::from_utf8(&place.path).is_ok();
        PlaceReport {
            asked: escape(&place.asked),
            path: escape(&place.path),
            path_bytes: (!is_text).then(|| hex(&place.path)),
            layer: place.layer.0,
        }
    }
}

impl From<&Places> for PlacesReport {
    fn from(places: &Places) -> PlacesReport {
        PlacesReport {
            count: places.n,
            first: places.first.iter().map(PlaceReport::from).collect(),
        }
    }
}

/// Returns a text; `None` if it is empty, because then nothing is known.
pub(super) fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl From<&OsDistribution> for DistributionReport {
    fn from(distribution: &OsDistribution) -> DistributionReport {
        let release = &distribution.release;
        DistributionReport {
            basis: distribution.basis.word(),
            file: distribution.file.as_ref().map(PlaceReport::from),
            name: filled(&release.name),
            id: filled(&release.id),
            id_like: release.id_like.clone(),
            version: filled(&release.version),
            version_id: filled(&release.version_id),
            version_codename: filled(&release.version_codename),
            pretty_name: filled(&release.pretty_name),
            distroless: distribution.is_distroless,
            malformed: release.n_malformed,
        }
    }
}

impl From<&Architecture> for ArchitectureReport {
    fn from(architecture: &Architecture) -> ArchitectureReport {
        let executables = architecture.executables.iter();
        ArchitectureReport {
            declared: filled(&architecture.declared),
            variant: filled(&architecture.variant),
            agreement: architecture.agreement.word(),
            executables: executables.map(ExecutableReport::from).collect(),
        }
    }
}

impl From<&Executable> for ExecutableReport {
    fn from(executable: &Executable) -> ExecutableReport {
        let header = match executable.form {
            Form::Elf(header) => Some(header),
            Form::Script | Form::Other => None,
        };
        ExecutableReport {
            file: (&executable.file).into(),
            form: executable.form.word(),
            architecture: executable.architecture(),
            machine: header.map(|header| header.machine),
            bits: header.map(|header| header.bits),
            big_endian: header.map(|header| header.is_big_endian),
            agrees: executable.agrees,
        }
    }
}

impl From<&Loader> for LoaderReport {
    fn from(loader: &Loader) -> LoaderReport {
        LoaderReport {
            libc: loader.libc.word(),
            file: (&loader.file).into(),
        }
    }
}

impl From<&PackageTool> for PackageToolReport {
    fn from(tool: &PackageTool) -> PackageToolReport {
        PackageToolReport {
            name: tool.manager.word(),
            file: (&tool.file).into(),
        }
    }
}

impl<T> AccountsReport<T> {
    fn of<'a, A>(accounts: &'a Accounts<A>) -> AccountsReport<T>
    where
        T: From<&'a A>,
    {
        AccountsReport {
            file: accounts.file.as_ref().map(PlaceReport::from),
            count: accounts.n,
            malformed: accounts.n_malformed,
            cut: accounts.is_cut,
            first: accounts.first.iter().map(T::from).collect(),
        }
    }
}

impl From<&User> for UserReport {
    fn from(user: &User) -> UserReport {
        UserReport {
            name: user.name.clone(),
            uid: user.uid,
            gid: user.gid,
            home: user.home.clone(),
            shell: user.shell.clone(),
        }
    }
}

impl From<&Group> for GroupReport {
    fn from(group: &Group) -> GroupReport {
        GroupReport {
            name: group.name.clone(),
            gid: group.gid,
        }
    }
}

impl From<&Gap> for GapReport {
    fn from(gap: &Gap) -> GapReport {
        match gap {
            Gap::Layer { layer, why } => GapReport {
                layer: Some(layer.0),
                path: None,
                why: why.word(),
                message: why.to_string(),
            },
            Gap::File { path, why } => GapReport {
                layer: None,
                path: Some(escape(path)),
                why: why.word(),
                message: why.to_string(),
            },
        }
    }
}
