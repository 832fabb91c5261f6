//! Reads the database of dpkg: its status, by dpkg-query(1), and its list of diversions, by dpkg-divert(1).

use std::collections::BTreeMap;

use super::PackageKind;
use super::deb822::{Stanza, stanzas};
use super::record::{Budget, Record, Records, number, text};
use crate::bounds::PackageLimits;

/// Reads a `status` file, or one file of `status.d`, which has the same form without a status: there each package has
/// its files.
pub(super) fn status(bytes: &[u8], is_single: bool, budget: Budget) -> Records {
    let mut records = Records::new(budget);
    for stanza in stanzas(bytes) {
        match package(stanza, is_single, &budget.limits) {
            Some((record, true)) => records.push(record),
            Some((_, false)) => {}
            None => records.malformed(),
        }
    }
    records
}

/// Returns a package, and true if its files are there; `None` for a stanza without a name or a version.
fn package(stanza: Stanza<'_>, is_single: bool, limits: &PackageLimits) -> Option<(Record, bool)> {
    let text = |bytes: &[u8]| text(bytes, limits.name_bytes);
    let mut record = Record::new(PackageKind::Deb);
    let mut is_there = is_single;
    for (name, value) in stanza.fields() {
        if name.eq_ignore_ascii_case(b"Package") {
            record.name = text(value);
        } else if name.eq_ignore_ascii_case(b"Version") {
            record.version = text(value);
        } else if name.eq_ignore_ascii_case(b"Architecture") {
            record.architecture = text(value);
        } else if name.eq_ignore_ascii_case(b"Source") {
            record.source = text(value);
        } else if name.eq_ignore_ascii_case(b"Installed-Size") {
            // In KiB.
            record.declared_bytes = number(value).map(|kib| kib.saturating_mul(1024));
        } else if name.eq_ignore_ascii_case(b"Status") {
            is_there = has_files(value);
        }
    }
    let is_named = !record.name.is_empty() && (!record.version.is_empty() || !is_there);
    is_named.then_some((record, is_there))
}

/// True if a package in this status has its files: the third word is its state.
fn has_files(status: &[u8]) -> bool {
    let state = status
        .split(u8::is_ascii_whitespace)
        .rfind(|word| !word.is_empty());
    !matches!(
        state,
        None | Some(b"not-installed" | b"config-files" | b"half-installed")
    )
}

/// Diversions by the path that they divert.
pub(super) type Diversions = BTreeMap<Vec<u8>, Diversion>;

/// A file that a package lists under one name, and that is there under another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Diversion {
    /// The name that it has instead.
    pub(super) to: Vec<u8>,
    /// The package that keeps the name; `:` for the administrator.
    pub(super) by: String,
}

/// Reads `diversions`: three lines each. Paths, also those that they are found by, have no slash before them.
pub(super) fn diversions(bytes: &[u8], limits: &PackageLimits) -> Diversions {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let mut diversions = BTreeMap::new();
    while let (Some(from), Some(to), Some(by)) = (lines.next(), lines.next(), lines.next()) {
        if diversions.len() >= limits.diversions || from.is_empty() {
            break;
        }
        let path = |path: &[u8]| path.strip_prefix(b"/").unwrap_or(path).to_vec();
        let by = text(by, limits.name_bytes);
        diversions.insert(path(from), Diversion { to: path(to), by });
    }
    diversions
}

/// Returns the package of a file of `info`, as `name` or `name:architecture`, and the file's ending.
pub(super) fn info_file(name: &[u8]) -> Option<(&[u8], InfoFile)> {
    if let Some(package) = name.strip_suffix(b".list") {
        return Some((package, InfoFile::List));
    }
    let package = name.strip_suffix(b".md5sums")?;
    Some((package, InfoFile::Md5sums))
}

/// A file of `info` that lists the files of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum InfoFile {
    /// A path a line.
    List,
    /// A checksum and a path without its leading slash a line.
    Md5sums,
}

impl InfoFile {
    /// Iterates over the paths of a list, as they stand there.
    pub(super) fn paths(self, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        let lines = bytes.split(|&byte| byte == b'\n');
        lines.map(move |line| match self {
            InfoFile::List => line,
            InfoFile::Md5sums => {
                let blank = line.iter().position(|&byte| byte == b' ');
                let path = blank.and_then(|blank| line.get(blank..));
                path.unwrap_or_default().trim_ascii_start()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: PackageLimits = PackageLimits::DEFAULT;

    fn check(text: &str, expected: &[&str], n_malformed: u32) {
        let records = status(text.as_bytes(), true, Budget::new(LIMITS));
        let told: Vec<String> = records
            .installed
            .iter()
            .map(|package| {
                let size = package
                    .declared_bytes
                    .map_or(String::new(), |n| format!(" {n}"));
                format!(
                    "{} {} {} {}{size}",
                    package.name, package.version, package.architecture, package.source
                )
            })
            .collect();
        assert_eq!(told, expected, "{text:?}");
        assert_eq!(records.n_malformed, n_malformed, "{text:?}");
    }

    #[test]
    fn packages_with_files_are_told() {
        check(
            "Package: a\nStatus: install ok installed\nVersion: 1:2-3\nArchitecture: amd64\nInstalled-Size: 7\n\n\
             package: b\nversion: 2\nsource: c (3)\n",
            &["a 1:2-3 amd64  7168", "b 2  c (3)"],
            0,
        );
        for (state, is_there) in [
            ("install ok installed", true),
            ("hold ok installed", true),
            ("install ok unpacked", true),
            ("install ok half-configured", true),
            ("install reinstreq half-installed", false),
            ("install ok triggers-awaited", true),
            ("deinstall ok config-files", false),
            ("unknown ok not-installed", false),
        ] {
            let text = format!("Package: a\nStatus: {state}\nVersion: 1\n");
            check(&text, if is_there { &["a 1  "] } else { &[] }, 0);
        }
    }

    #[test]
    fn stanzas_that_are_no_package_are_counted() {
        check("Version: 1\n\nPackage: a\n\nx\n", &[], 3);
        check("Package: a\nStatus: unknown ok not-installed\n", &[], 0);
        check(
            "Package: a\nVersion: 1\nInstalled-Size: -1\n",
            &["a 1  "],
            0,
        );
        check("Package: caf\u{e9}\nVersion: 1", &["caf\u{e9} 1  "], 0);
        assert_eq!(
            status(b"Package: \xff\nVersion: 1", true, Budget::new(LIMITS)).installed[0].name,
            "\\xff"
        );
    }

    #[test]
    fn long_texts_are_cut() {
        let text = format!("Package: {}\nVersion: 1\n", "a".repeat(10_000));
        assert_eq!(
            status(text.as_bytes(), true, Budget::new(LIMITS)).installed[0]
                .name
                .len(),
            515
        );
    }

    #[test]
    fn a_stanza_without_a_status_is_installed_in_a_folder_of_single_packages_alone() {
        for text in [
            "Package: a\nVersion: 1\n",
            "Package: a\nStatus:\nVersion: 1\n",
        ] {
            let records = status(text.as_bytes(), false, Budget::new(LIMITS));
            assert_eq!(
                (records.installed.len(), records.n_malformed),
                (0, 0),
                "{text:?}"
            );
        }
    }

    #[test]
    fn info_files_name_their_package_and_its_files() {
        let told =
            |form: InfoFile, list: &'static str| form.paths(list.as_bytes()).collect::<Vec<_>>();
        assert_eq!(told(InfoFile::List, "/a\n/b c"), [&b"/a"[..], b"/b c"]);
        let sums = told(InfoFile::Md5sums, "0123  a/b\n0123  c d\nbad");
        assert_eq!(sums, [&b"a/b"[..], b"c d", b""]);
        assert_eq!(
            info_file(b"libc6:amd64.list"),
            Some((&b"libc6:amd64"[..], InfoFile::List))
        );
        assert_eq!(
            info_file(b"a.md5sums"),
            Some((&b"a"[..], InfoFile::Md5sums))
        );
        assert_eq!(info_file(b"a.postinst"), None);
    }

    #[test]
    fn diversions_have_three_lines() {
        let told = diversions(
            b"/bin/sh\n/bin/sh.distrib\ndash\n/a\n/b\n:\n/cut\n/off",
            &LIMITS,
        );
        assert_eq!(told.len(), 2);
        assert_eq!(told[&b"bin/sh"[..]].by, "dash");
        assert_eq!(told[&b"a"[..]].to, b"b");
    }
}
