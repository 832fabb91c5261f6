//! The packages of an image in the form of the report.

use serde::Serialize;

use super::OpenImage;
use super::analysis::bytes_of_no_text;
use super::system_report::{GapReport, PlaceReport, filled};
use crate::image::escape;
use crate::insight::packages::{Gone, Package, PackageList, Standing, Unowned};

/// The findings about packages.
#[derive(Serialize)]
pub(super) struct PackagesReport {
    databases: Vec<DatabaseReport>,
    packages: Vec<PackageReport>,
    packages_left_out: u32,
    unowned: Option<UnownedReport>,
    gone: GoneReport,
    gaps: Vec<GapReport>,
}

#[derive(Serialize)]
struct DatabaseReport {
    kind: &'static str,
    file: PlaceReport,
    packages: u32,
    malformed: u32,
    left_out: u32,
    paths_left_out: u32,
}

#[derive(Serialize)]
struct PackageReport {
    kind: &'static str,
    name: String,
    version: String,
    architecture: Option<String>,
    /// The licences; `null` if they were not read.
    licences: Option<Vec<String>>,
    source: Option<String>,
    /// `null` if a layer deleted the database that had it.
    installed: Option<bool>,
    /// The layer that first brought the package.
    layer: Option<u32>,
    /// The line of that layer.
    line: Option<String>,
    events: Vec<PackageEventReport>,
    declared_bytes: Option<u64>,
    owned_bytes: u64,
    files: u32,
    files_gone: u32,
    record: PlaceReport,
    list: Option<PlaceReport>,
}

#[derive(Serialize)]
struct PackageEventReport {
    layer: u32,
    change: &'static str,
    version: String,
    exact: bool,
}

#[derive(Serialize)]
struct UnownedReport {
    count: u64,
    bytes: u64,
    largest: Vec<OwnedFileReport>,
}

#[derive(Serialize)]
struct GoneReport {
    deleted: u64,
    never: u64,
    first: Vec<GoneFileReport>,
}

/// A path, with its bytes where it is no text.
#[derive(Serialize)]
struct PathReport {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

#[derive(Serialize)]
struct OwnedFileReport {
    #[serde(flatten)]
    path: PathReport,
    bytes: u64,
    layer: u32,
}

#[derive(Serialize)]
struct GoneFileReport {
    #[serde(flatten)]
    path: PathReport,
    package: String,
    deleted_by: u32,
}

impl PackagesReport {
    pub(super) fn of(list: &PackageList, image: &OpenImage) -> PackagesReport {
        let databases = list.databases.iter().map(|database| DatabaseReport {
            kind: database.kind.word(),
            file: (&database.file).into(),
            packages: database.n_packages,
            malformed: database.n_malformed,
            left_out: database.n_left_out,
            paths_left_out: database.n_paths_left_out,
        });
        let packages = list.packages.iter();
        PackagesReport {
            databases: databases.collect(),
            packages: packages
                .map(|package| package_report(package, image))
                .collect(),
            packages_left_out: list.n_left_out,
            unowned: list.unowned.as_ref().map(UnownedReport::from),
            gone: gone_report(&list.gone, list),
            gaps: list.gaps.iter().map(GapReport::from).collect(),
        }
    }
}

fn package_report(package: &Package, image: &OpenImage) -> PackageReport {
    let layer = package.brought_by();
    let line = layer.and_then(|layer| image.history_of(layer.0 as usize));
    let events = package.events.iter().map(|event| PackageEventReport {
        layer: event.layer.0,
        change: event.change.word(),
        version: event.version.clone(),
        exact: event.is_exact,
    });
    PackageReport {
        kind: package.kind.word(),
        name: package.name.clone(),
        version: package.version.clone(),
        architecture: filled(&package.architecture),
        licences: package.licences.clone(),
        source: filled(&package.source),
        installed: match package.standing() {
            Standing::Installed => Some(true),
            Standing::Removed => Some(false),
            Standing::Unknown => None,
        },
        layer: layer.map(|layer| layer.0),
        line: line.map(|entry| entry.created_by.clone()),
        events: events.collect(),
        declared_bytes: package.declared_bytes,
        owned_bytes: package.owned_bytes,
        files: package.n_owned,
        files_gone: package.n_gone,
        record: (&package.record).into(),
        list: package.list.as_ref().map(PlaceReport::from),
    }
}

impl From<&Unowned> for UnownedReport {
    fn from(unowned: &Unowned) -> UnownedReport {
        let largest = unowned.largest.iter().map(|file| OwnedFileReport {
            path: PathReport::of(&file.path),
            bytes: file.bytes,
            layer: file.layer.0,
        });
        UnownedReport {
            count: unowned.n,
            bytes: unowned.bytes,
            largest: largest.collect(),
        }
    }
}

fn gone_report(gone: &Gone, list: &PackageList) -> GoneReport {
    let first = gone.first.iter().map(|file| GoneFileReport {
        path: PathReport::of(&file.path),
        package: list
            .packages
            .get(file.package as usize)
            .map_or_else(String::new, |package| package.name.clone()),
        deleted_by: file.deleted_by.0,
    });
    GoneReport {
        deleted: gone.n_deleted,
        never: gone.n_never,
        first: first.collect(),
    }
}

impl PathReport {
    fn of(path: &[u8]) -> PathReport {
        PathReport {
            path: escape(path),
            path_bytes: bytes_of_no_text(path),
        }
    }
}
