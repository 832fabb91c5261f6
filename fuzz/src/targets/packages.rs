//! Databases of package managers, and packages of languages: any bytes end in a list within its bounds, the same each time.

use std::rc::Rc;

use lamina::bounds::PackageLimits;
use lamina::image::{ImagePath, Timestamp};
use lamina::insight::packages::{PackageChange, PackageList, PackageProbe};
use lamina::layer::{DataPlace, Entry, EntryId, EntryKind, IndexBuilder};
use lamina::overlay::{LayerIdx, Union};

use super::world::{LIMITS, TIGHT};

/// A byte that parts what the layers have, the base first.
const NEXT_LAYER: u8 = 1;

/// A layer: its files, and the bytes of each.
type Files<'d> = Vec<(&'static str, &'d [u8])>;

/// Reads bytes as dpkg's files: status, list of files, checksums, copyright and diversions, parted by NUL.
pub fn dpkg(data: &[u8]) {
    check(data, |data| {
        let mut parts = data.split(|&byte| byte == 0);
        let mut part = || parts.next().unwrap_or_default();
        vec![
            ("var/lib/dpkg/status", part()),
            ("var/lib/dpkg/info/a.list", part()),
            ("var/lib/dpkg/info/b.md5sums", part()),
            ("usr/share/doc/a/copyright", part()),
            ("var/lib/dpkg/diversions", part()),
            ("var/lib/dpkg/status.d/c", data),
        ]
    });
}

/// Reads bytes as the database of apk.
pub fn apk(data: &[u8]) {
    check(data, |data| vec![("lib/apk/db/installed", data)]);
}

/// Reads bytes as a Python package's metadata and its list of files, parted by NUL.
pub fn python(data: &[u8]) {
    check(data, |data| {
        let mut parts = data.split(|&byte| byte == 0);
        let mut part = || parts.next().unwrap_or_default();
        vec![
            ("lib/site-packages/a-1.dist-info/METADATA", part()),
            ("lib/site-packages/a-1.dist-info/RECORD", part()),
            ("lib/b.egg-info", part()),
        ]
    });
}

/// Reads bytes as packages of Node.
pub fn npm(data: &[u8]) {
    check(data, |data| {
        let mut parts = data.split(|&byte| byte == 0);
        let mut part = || parts.next().unwrap_or_default();
        vec![
            ("app/package.json", part()),
            ("app/node_modules/a/package.json", part()),
        ]
    });
}

/// Reads bytes as a program.
pub fn program(data: &[u8]) {
    check_halves("usr/bin/a", data);
}

/// Reads bytes as a Java archive.
pub fn jar(data: &[u8]) {
    check_halves("opt/a-1.jar", data);
}

/// Reads bytes as a database of rpm in any of its formats.
pub fn rpm(data: &[u8]) {
    check_halves("var/lib/rpm/Packages", data);
}

fn check_halves(path: &'static str, data: &[u8]) {
    let files = |data| vec![(path, data)];
    check_layers(&[files(data)], &LIMITS.packages);
    check_layers(&[files(data)], &TIGHT.packages);
    // The upper layer has the first half alone, as if a write had been cut.
    let half = data.get(..data.len() / 2).unwrap_or_default();
    check_layers(&[files(data), files(half)], &LIMITS.packages);
}

fn check<'d>(data: &'d [u8], files: impl Fn(&'d [u8]) -> Files<'d>) {
    let layers = data.splitn(3, |&byte| byte == NEXT_LAYER);
    let layers: Vec<Files<'d>> = layers.map(files).collect();
    check_layers(&layers, &LIMITS.packages);
    check_layers(&layers, &TIGHT.packages);
}

fn check_layers(layers: &[Files<'_>], limits: &PackageLimits) {
    let list = found(layers, limits);
    assert_eq!(list, found(layers, limits));
    let n_layers = layers.len();
    let mut text_bytes = 0;
    for package in &list.packages {
        assert!(!package.name.is_empty());
        text_bytes += package.name.len() + package.version.len() + package.architecture.len();
        let mut is_there = false;
        for event in &package.events {
            assert!((event.layer.0 as usize) < n_layers);
            assert_eq!(
                is_there,
                event.change != PackageChange::Added,
                "{package:?}"
            );
            is_there = matches!(event.change, PackageChange::Added | PackageChange::Changed);
        }
        let layers = package.events.iter().map(|event| event.layer);
        assert!(layers.is_sorted_by(|one, other| one < other), "{package:?}");
        assert!(
            package
                .licences
                .as_ref()
                .is_none_or(|all| all.len() <= limits.licences.max(1))
        );
    }
    assert!(text_bytes <= limits.text_bytes);
    let n_gone: u64 = list.packages.iter().map(|one| u64::from(one.n_gone)).sum();
    assert_eq!(n_gone, list.gone.n_deleted + list.gone.n_never);
    let n_files: usize = layers.iter().map(Vec::len).sum();
    let unowned = list.unowned.as_ref();
    assert!(unowned.is_none_or(|unowned| unowned.n <= n_files as u64));
}

/// Returns the packages of an image with these layers.
fn found(layers: &[Files<'_>], limits: &PackageLimits) -> PackageList {
    let mut union = Union::new(LIMITS);
    for files in layers {
        let mut builder = IndexBuilder::new();
        for (path, data) in files {
            let path = ImagePath::normalise(path.as_bytes()).expect("is a path");
            let entry = Entry {
                id: EntryId(0),
                path: path.as_bytes().into(),
                kind: EntryKind::File,
                mode: 0o755,
                uid: 0,
                gid: 0,
                size_bytes: data.len() as u64,
                mtime: Timestamp::from_seconds(0),
                link: b"",
                device: None,
                data: DataPlace::None,
                fingerprint: 0,
                sha256: None,
                incomplete: false,
            };
            builder.push(&entry, &[]);
        }
        union.apply(Rc::new(builder.finish()));
    }
    let mut probe = PackageProbe::new(&union, LayerIdx::at(layers.len() - 1), *limits);
    assert!(probe.all_wanted().len() <= limits.files);
    for at in 0..probe.all_wanted().len() {
        let wanted = &probe.all_wanted()[at];
        let files = &layers[wanted.content.layer.0 as usize];
        let data = files
            .get(wanted.content.entry as usize)
            .expect("is a file")
            .1;
        let len = usize::try_from(wanted.len_bytes).expect("is a length");
        probe.take(at, Ok(data.get(..len).unwrap_or(data)));
    }
    probe.finish(&union)
}
