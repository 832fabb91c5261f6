//! Reads Java's packages out of archives, and of archives in these: by the properties that Maven leaves there, by the
//! manifest, and by the name of the file.

use super::super::PackageKind;
use super::super::record::{Record, Records, text};
use super::archive::{Archive, ArchiveEntry, is_archive};

const MANIFEST: &[u8] = b"META-INF/MANIFEST.MF";

/// Reads the packages of an archive at a path; `None` if it is none.
pub(super) fn packages(path: &[u8], bytes: &[u8], records: &mut Records) -> Option<()> {
    let limits = records.budget.limits;
    let (depth, held_bytes) = (limits.archive_depth, limits.archive_bytes);
    of_archive(path, bytes, (depth, held_bytes), true, records)
}

/// The statements of an archive about itself.
#[derive(Default)]
struct Told {
    manifest: Option<Vec<u8>>,
    properties: Vec<Properties>,
}

/// The identity of a package by Maven.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Properties {
    group: String,
    artifact: String,
    version: String,
}

impl Properties {
    /// Returns the bytes that they take.
    fn cost(&self) -> usize {
        self.group.len() + self.artifact.len() + self.version.len() + size_of::<Properties>()
    }
}

/// Reads the packages of an archive, and of those in it to a depth: together, they hold no more bytes at a time.
fn of_archive(
    path: &[u8],
    bytes: &[u8],
    (depth, held_bytes): (u32, u64),
    is_outer: bool,
    records: &mut Records,
) -> Option<()> {
    let archive = Archive::of(bytes)?;
    let limits = records.budget.limits;
    let mut told = Told::default();
    let mut n_entries = 0_usize;
    let mut text_bytes = 0_usize;
    let mut nested = Vec::new();
    for entry in archive.entries() {
        n_entries += 1;
        if n_entries > limits.archive_entries {
            records.left_out();
            break;
        }
        if entry.name == MANIFEST {
            told.manifest = content(archive, entry, limits.manifest_bytes, records);
        } else if is_properties(entry.name) {
            if let Some(text) = content(archive, entry, limits.manifest_bytes, records) {
                match properties(&text, limits.name_bytes) {
                    Some(found) => {
                        text_bytes = text_bytes.saturating_add(found.cost());
                        match text_bytes <= records.budget.text_bytes {
                            true => told.properties.push(found),
                            false => records.left_out(),
                        }
                    }
                    None => records.malformed(),
                }
            }
        } else if is_archive(entry.name) {
            nested.push(entry);
        }
    }
    own_packages(path, told, is_outer, records);
    for entry in nested {
        let inner = match depth.checked_sub(1) {
            Some(depth) => content(archive, entry, held_bytes, records).map(|inner| (depth, inner)),
            None => {
                records.left_out();
                None
            }
        };
        let Some((depth, inner)) = inner else {
            continue;
        };
        let within = (depth, held_bytes.saturating_sub(inner.len() as u64));
        if of_archive(entry.name, &inner, within, false, records).is_none() {
            records.malformed();
        }
    }
    Some(())
}

/// Reads an entry within the bounds. One beyond them is left out, and one that is broken is malformed.
fn content(
    archive: Archive<'_>,
    entry: ArchiveEntry<'_>,
    most: u64,
    records: &mut Records,
) -> Option<Vec<u8>> {
    let most = most.min(records.budget.unpacked_bytes);
    // What is taken is what the table says, so that a torn entry costs as much as a whole one, and what is packed, for bytes
    // that come to nothing take their time, too.
    let cost = archive.cost(entry);
    if entry.size_bytes > most || cost > records.budget.unpacked_bytes {
        records.left_out();
        return None;
    }
    records.take_unpacked(cost);
    let content = archive.content(entry, most);
    if content.is_none() {
        records.malformed();
    }
    content
}

/// True for `META-INF/maven/GROUP/ARTIFACT/pom.properties`.
fn is_properties(name: &[u8]) -> bool {
    let inner = name.strip_prefix(b"META-INF/maven/");
    inner.is_some_and(|inner| inner.ends_with(b"/pom.properties"))
}

fn properties(bytes: &[u8], most: usize) -> Option<Properties> {
    let of = |key: &[u8]| {
        let mut lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
        let value = lines.find_map(|line| {
            let rest = line
                .trim_ascii_start()
                .strip_prefix(key)?
                .trim_ascii_start();
            rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b":"))
        });
        text(value.unwrap_or_default(), most)
    };
    let found = Properties {
        group: of(b"groupId"),
        artifact: of(b"artifactId"),
        version: of(b"version"),
    };
    (!found.artifact.is_empty() && !found.version.is_empty()).then_some(found)
}

/// Adds the package that an archive is, and those whose files were put into it.
fn own_packages(path: &[u8], told: Told, is_outer: bool, records: &mut Records) {
    let file = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let (file_name, file_version) = split_name(file);
    let most = records.budget.limits.name_bytes;
    let is_own = |one: &Properties| {
        let artifact = one.artifact.as_bytes();
        artifact.starts_with(file_name) || file_name.ends_with(artifact)
    };
    let own_at = told.properties.iter().position(is_own);
    let mut properties = told.properties;
    let main = own_at.map(|at| properties.remove(at));
    let mut record = Record::new(PackageKind::Java);
    if let Some(main) = main {
        (record.name, record.version, record.source) = (main.artifact, main.version, main.group);
    } else if let Some(manifest) = &told.manifest {
        let of = |keys: &[&str]| {
            let found = keys
                .iter()
                .find_map(|key| attribute(manifest, key.as_bytes()));
            text(&found.unwrap_or_default(), most)
        };
        record.name = text(file_name, most);
        record.version = match file_version {
            b"" => of(&[
                "Implementation-Version",
                "Specification-Version",
                "Plugin-Version",
                "Bundle-Version",
            ]),
            version => text(version, most),
        };
        if record.name.is_empty() {
            record.name = of(&["Bundle-Name", "Implementation-Title"]);
        }
    }
    if let Some(manifest) = &told.manifest {
        let licence = attribute(manifest, b"Bundle-License").unwrap_or_default();
        record.licence = text(&licence, records.budget.limits.licence_text_bytes);
    }
    if !record.name.is_empty() {
        if is_outer {
            records.own(path, &mut record);
        }
        records.push(record);
    }
    for one in properties {
        let mut record = Record::new(PackageKind::Java);
        (record.name, record.version, record.source) = (one.artifact, one.version, one.group);
        records.push(record);
    }
}

/// Splits the name of an archive into a package's name and its version, which begins with a digit behind a hyphen.
fn split_name(file: &[u8]) -> (&[u8], &[u8]) {
    let dot = file.iter().rposition(|&byte| byte == b'.');
    let stem = file.get(..dot.unwrap_or(file.len())).unwrap_or_default();
    let is_hyphen = |pair: &[u8]| matches!(pair, [b'-', digit] if digit.is_ascii_digit());
    match stem.windows(2).position(is_hyphen) {
        Some(at) => (
            stem.get(..at).unwrap_or_default(),
            stem.get(at + 1..).unwrap_or_default(),
        ),
        None => (stem, b""),
    }
}

/// Returns an attribute of a manifest's main section, of which long lines go on behind a blank.
fn attribute(manifest: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let mut lines = manifest
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut value = loop {
        let line = lines.next().filter(|line| !line.is_empty())?;
        let Some((name, rest)) = line.split_at_checked(key.len()) else {
            continue;
        };
        if let Some(value) = rest
            .strip_prefix(b":")
            .filter(|_| name.eq_ignore_ascii_case(key))
        {
            break value.to_vec();
        }
    };
    for more in lines.map_while(|line| line.strip_prefix(b" ")) {
        value.extend_from_slice(more);
    }
    (!value.trim_ascii().is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::super::super::record::Budget;
    use super::super::archive::tests::zip_of;
    use super::*;
    use crate::bounds::PackageLimits;

    const MANIFEST: &str = "META-INF/MANIFEST.MF";

    fn told(path: &str, bytes: &[u8], limits: PackageLimits) -> (Vec<String>, u32, u32) {
        let mut records = Records::new(Budget::new(limits));
        if packages(path.as_bytes(), bytes, &mut records).is_none() {
            return (vec!["none".to_owned()], 0, 0);
        }
        let told = records
            .installed
            .iter()
            .map(|one| format!("{}:{} {}", one.source, one.name, one.version));
        (told.collect(), records.n_malformed, records.n_left_out)
    }

    fn check(path: &str, files: &[(&str, &[u8])], expected: &[&str]) {
        let (told, n_malformed, n_left_out) = told(path, &zip_of(files), PackageLimits::DEFAULT);
        assert_eq!(told, expected, "{path}");
        assert_eq!((n_malformed, n_left_out), (0, 0));
    }

    fn pom(group: &str, artifact: &str, version: &str) -> (String, String) {
        let name = format!("META-INF/maven/{group}/{artifact}/pom.properties");
        (
            name,
            format!(
                "#Generated\r\nversion={version}\r\ngroupId={group}\r\nartifactId={artifact}\r\n"
            ),
        )
    }

    #[test]
    fn archives_are_named_by_maven_then_by_their_files() {
        let (own, own_text) = pom("org.x", "app-core", "1.2");
        let (other, other_text) = pom("org.y", "shaded", "3");
        check(
            "opt/app-core-1.2.jar",
            &[
                (MANIFEST, b"Manifest-Version: 1.0\r\n"),
                (&other, other_text.as_bytes()),
                (&own, own_text.as_bytes()),
            ],
            &["org.x:app-core 1.2", "org.y:shaded 3"],
        );
        check(
            "a/guava-31.1-jre.jar",
            &[(MANIFEST, b"")],
            &[":guava 31.1-jre"],
        );
        for (manifest, version) in [
            ("A: b\r\nImplementation-Version: 4.\r\n 5\r\n", "4.5"),
            ("bundle-version: 4.\n 5\nImplementation-Version: 6", "6"),
            ("A: b\n\nImplementation-Version: 6", ""),
        ] {
            let expected = format!(":tool {version}");
            check(
                "a/tool.jar",
                &[(MANIFEST, manifest.as_bytes())],
                &[&expected],
            );
        }
        check("a/classes.jar", &[("A.class", b"x")], &[]);
    }

    #[test]
    fn archives_in_archives_are_read_to_a_depth() {
        let mut bytes = zip_of(&[(MANIFEST, b"x: y\n")]);
        for n in 0..20 {
            bytes = zip_of(&[
                (MANIFEST, b"x: y\n"),
                (&format!("BOOT-INF/lib/n{n}-1.jar"), &bytes),
            ]);
        }
        let (packages, n_malformed, n_left_out) = told("app-9.war", &bytes, PackageLimits::DEFAULT);
        assert_eq!(packages[..3], [":app 9", ":n19 1", ":n18 1"]);
        assert_eq!(
            packages.len(),
            1 + PackageLimits::DEFAULT.archive_depth as usize
        );
        assert_eq!((n_malformed, n_left_out), (0, 1));
    }

    #[test]
    fn bounds_leave_out_and_tell() {
        let files: Vec<(String, Vec<u8>)> =
            (0..300).map(|n| (format!("f{n}"), Vec::new())).collect();
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        let few = PackageLimits {
            archive_entries: 299,
            ..PackageLimits::DEFAULT
        };
        assert_eq!(told("a-1.jar", &zip_of(&files), few).2, 1);
        let bomb = zip_of(&[("x.jar", &vec![0; 1 << 20]), (MANIFEST, b"x: y\n")]);
        let tight = PackageLimits {
            unpacked_bytes: 1_000,
            ..PackageLimits::DEFAULT
        };
        assert_eq!(
            told("a-1.jar", &bomb, tight),
            (vec![":a 1".to_owned()], 0, 1)
        );
        assert_eq!(
            told("a-1.jar", &bomb, PackageLimits::DEFAULT),
            (vec![":a 1".to_owned()], 1, 0)
        );
        assert_eq!(told("a-1.jar", b"rubbish", tight).0, ["none"]);
    }
}
