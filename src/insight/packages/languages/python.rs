//! Reads Python's packages: the core metadata of `dist-info` and `egg-info`, and the list of files beside it, `RECORD`.

use super::super::PackageKind;
use super::super::deb822::stanzas;
use super::super::paths::{PathKind, Paths};
use super::super::record::{Record, Records, text};

/// True for a file of a package's metadata, by its directory's name and its own.
pub(super) fn is_metadata(dir: &[u8], name: &[u8]) -> bool {
    let ends = |name: &[u8], ending: &[u8]| {
        let at = name.len().checked_sub(ending.len());
        at.and_then(|at| name.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    match name {
        b"METADATA" => ends(dir, b"dist-info"),
        b"PKG-INFO" => ends(dir, b"egg-info"),
        name => ends(name, b".egg-info"),
    }
}

/// Reads the metadata of a package: fields as in the head of a mail.
pub(super) fn package(bytes: &[u8], records: &mut Records) {
    let (most, most_licence) = {
        let limits = &records.budget.limits;
        (limits.name_bytes, limits.licence_text_bytes)
    };
    let mut record = Record::new(PackageKind::Python);
    let (mut expression, mut stated, mut classified) = (None, None, None);
    for (name, value) in stanzas(bytes).take(1).flat_map(|head| head.fields()) {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        // The first of a name counts, as it does where Python reads it.
        if is("Name") && record.name.is_empty() {
            record.name = text(value, most);
        } else if is("Version") && record.version.is_empty() {
            record.version = text(value, most);
        } else if is("License-Expression") {
            expression = Some(text(value, most_licence));
        } else if is("License") {
            stated = Some(text(value, most_licence));
        } else if is("Classifier") && value.starts_with(b"License ::") {
            let last = memchr::memmem::rfind(value, b":: ").map_or(0, |at| at + 3);
            classified = value.get(last..).map(|last| text(last, most_licence));
        }
    }
    let is_stated = |licence: &String| !licence.is_empty() && licence != "UNKNOWN";
    let licences = [expression, stated, classified];
    record.licence = licences
        .into_iter()
        .flatten()
        .find(is_stated)
        .unwrap_or_default();
    match record.name.is_empty() || record.version.is_empty() {
        true => records.malformed(),
        false => records.push(record),
    }
}

/// Returns the paths of a `RECORD`, which are told from a directory on, and the number of those beyond the budget.
pub(in super::super) fn recorded(bytes: &[u8], from: &[u8], left: &mut usize) -> (Paths, u32) {
    let (mut paths, mut n_left_out) = (Paths::default(), 0_u32);
    for line in bytes.split(|&byte| byte == b'\n') {
        let Some(path) = joined(from, &first_field(line)) else {
            continue;
        };
        let slash = path.iter().rposition(|&byte| byte == b'/');
        let (dir, name) = path.split_at(slash.unwrap_or(0));
        let name = name.strip_prefix(b"/").unwrap_or(name);
        if !name.is_empty() && !paths.add(left, dir, name, PathKind::File) {
            n_left_out = n_left_out.saturating_add(1);
        }
    }
    (paths, n_left_out)
}

/// Returns the first field of a line of comma-separated values.
fn first_field(line: &[u8]) -> Vec<u8> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some(quoted) = line.strip_prefix(b"\"") else {
        let end = memchr::memchr(b',', line).unwrap_or(line.len());
        return line.get(..end).unwrap_or_default().to_vec();
    };
    let mut field = Vec::new();
    let mut rest = quoted.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        // A quotation mark within the field stands twice.
        if byte == b'"' && rest.next_if_eq(&b'"').is_none() {
            break;
        }
        field.push(byte);
    }
    field
}

/// Returns a path as told from a directory; `None` if that is no path of a file.
fn joined(from: &[u8], path: &[u8]) -> Option<Vec<u8>> {
    let base = if path.starts_with(b"/") {
        &b""[..]
    } else {
        from
    };
    let mut names: Vec<&[u8]> = Vec::new();
    for name in base
        .split(|&byte| byte == b'/')
        .chain(path.split(|&byte| byte == b'/'))
    {
        match name {
            b"" | b"." => {}
            b".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    (!path.is_empty()).then(|| names.join(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::super::super::paths::tests::told;
    use super::super::super::record::Budget;
    use super::*;
    use crate::bounds::PackageLimits;

    fn check(metadata: &str, expected: &[&str], n_malformed: u32) {
        let mut records = Records::new(Budget::new(PackageLimits::DEFAULT));
        package(metadata.as_bytes(), &mut records);
        let told = records
            .installed
            .iter()
            .map(|one| format!("{} {} {}", one.name, one.version, one.licence));
        assert_eq!(told.collect::<Vec<_>>(), expected, "{metadata:?}");
        assert_eq!(records.n_malformed, n_malformed, "{metadata:?}");
    }

    #[test]
    fn metadata_is_a_head_of_fields() {
        check(
            "Metadata-Version: 2.1\nName: a.B\nVersion: 1.0\nLicense: MIT\n\nName: body\n",
            &["a.B 1.0 MIT"],
            0,
        );
        check(
            "Name: a\nVersion: 1\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: BSD License\n",
            &["a 1 BSD License"],
            0,
        );
        check(
            "Name: a\nVersion: 1\nLicense: x\nLicense-Expression: MIT OR Zlib\n",
            &["a 1 MIT OR Zlib"],
            0,
        );
        check("Name: a\r\nVersion: 1\r\n\r\n", &["a 1 "], 0);
        for bad in [
            "",
            "Name: a\n",
            "Version: 1\n",
            "Name:\nVersion: 1\n",
            "\u{0}\u{1}",
        ] {
            check(bad, &[], 1);
        }
    }

    fn check_record(record: &str, from: &str, expected: &str) {
        let mut left = 10_000;
        let (paths, n_left_out) = recorded(record.as_bytes(), from.as_bytes(), &mut left);
        assert_eq!(
            (told(&paths).as_str(), n_left_out),
            (expected, 0),
            "{record:?}"
        );
    }

    #[test]
    fn records_are_told_from_the_folder_of_packages() {
        check_record(
            "a/__init__.py,sha256=x,3\r\n../../../bin/a,,\na-1.dist-info/RECORD,,\n",
            "v/lib/python3/site",
            "v/lib/python3/site/a/__init__.py v/bin/a v/lib/python3/site/a-1.dist-info/RECORD",
        );
        check_record("../../../../../etc/x,,\n", "lib", "etc/x");
        check_record("/opt/x,,\n\n,,\n.,,\n", "lib", "opt/x lib");
        check_record(
            "\"a,\"\"b\"\".py\",,\n\"torn",
            "lib",
            "lib/a,\"b\".py lib/torn",
        );
        let mut left = 0;
        assert_eq!(recorded(b"a\nb\n", b"", &mut left).1, 2);
    }
}
