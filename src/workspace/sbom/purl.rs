//! Writes package URLs, as the purl specification and its types have them.

use crate::insight::packages::{Package, PackageKind};
use crate::insight::system::OsRelease;

/// Returns the package URL of a package in a system.
pub(super) fn purl(package: &Package, release: &OsRelease) -> String {
    let version = package.version.as_str();
    let mut qualifiers: Vec<(&str, String)> = Vec::new();
    let distribution = match release.id.as_str() {
        "" => None,
        id if release.version_id.is_empty() => Some(id.to_owned()),
        id => Some(format!("{id}-{}", release.version_id)),
    };
    let (kind, path, version) = match package.kind {
        PackageKind::Deb | PackageKind::Apk | PackageKind::Rpm => {
            let kind = package.kind.word();
            let vendor = match (release.id.as_str(), package.kind) {
                ("", PackageKind::Deb) => "debian",
                ("", PackageKind::Apk) => "alpine",
                (id, _) => id,
            };
            if !package.architecture.is_empty() {
                qualifiers.push(("arch", package.architecture.clone()));
            }
            qualifiers.extend(distribution.map(|distribution| ("distro", distribution)));
            let mut version = version;
            if package.kind == PackageKind::Rpm
                && let Some((epoch, rest)) = version.split_once(':')
            {
                qualifiers.push(("epoch", epoch.to_owned()));
                version = rest;
            }
            (kind, format!("{vendor}/{}", package.name), version)
        }
        PackageKind::Python => {
            let name = package.name.to_lowercase().replace('_', "-");
            ("pypi", name, version)
        }
        PackageKind::Npm => ("npm", package.name.clone(), version),
        PackageKind::Go => {
            // That of the standard library is Go's own, without its name.
            let version = match (package.name.as_str(), version) {
                (_, "(devel)") => "",
                ("stdlib", version) => version.strip_prefix("go").unwrap_or(version),
                (_, version) => version,
            };
            ("golang", package.name.clone(), version)
        }
        PackageKind::Rust => ("cargo", package.name.clone(), version),
        PackageKind::Java => match package.source.as_str() {
            // Maven knows no package without a group.
            "" => ("generic", package.name.clone(), version),
            group => ("maven", format!("{group}/{}", package.name), version),
        },
    };
    let path: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(encoded)
        .collect();
    let mut purl = format!("pkg:{kind}/{}", path.join("/"));
    if !version.is_empty() {
        purl = format!("{purl}@{}", encoded(version));
    }
    for (n, (name, value)) in qualifiers.iter().enumerate() {
        let mark = if n == 0 { '?' } else { '&' };
        purl = format!("{purl}{mark}{name}={}", encoded(value));
    }
    purl
}

/// Encodes a part of an address: all but letters, digits and `.-_~:`.
fn encoded(part: &str) -> String {
    let mut text = String::new();
    for byte in part.bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) => {
                text.push(byte.into())
            }
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::system::FilePlace;
    use crate::overlay::LayerIdx;

    /// Checks a package, as `name version architecture source`, with `-` for nothing.
    fn check(kind: PackageKind, package: &str, distribution: &str, expected: &str) {
        let words: Vec<String> = package
            .split(' ')
            .map(|word| word.replace('-', if word == "-" { "" } else { "-" }))
            .collect();
        let package = Package {
            kind,
            name: words[0].clone(),
            version: words[1].clone(),
            architecture: words[2].clone(),
            licences: None,
            source: words[3].clone(),
            events: Vec::new(),
            declared_bytes: None,
            owned_bytes: 0,
            n_owned: 0,
            n_gone: 0,
            record: FilePlace {
                asked: Vec::new(),
                path: Vec::new(),
                layer: LayerIdx(0),
            },
            list: None,
        };
        let (id, version_id) = distribution.split_once(' ').unwrap();
        let release = OsRelease {
            id: id.to_owned(),
            version_id: version_id.to_owned(),
            ..OsRelease::default()
        };
        assert_eq!(purl(&package, &release), expected);
    }

    #[test]
    fn addresses_are_those_of_their_types() {
        check(
            PackageKind::Deb,
            "libstdc++6 1:12.2-1+b1 amd64 -",
            "debian 12",
            "pkg:deb/debian/libstdc%2B%2B6@1:12.2-1%2Bb1?arch=amd64&distro=debian-12",
        );
        check(PackageKind::Deb, "a 1 - -", " ", "pkg:deb/debian/a@1");
        check(
            PackageKind::Apk,
            "musl 1.2-r0 x86_64 -",
            "alpine 3.20",
            "pkg:apk/alpine/musl@1.2-r0?arch=x86_64&distro=alpine-3.20",
        );
        check(
            PackageKind::Rpm,
            "bash 2:5-1 noarch -",
            "fedora 40",
            "pkg:rpm/fedora/bash@5-1?arch=noarch&distro=fedora-40&epoch=2",
        );
        check(PackageKind::Rpm, "bash 5-1 - -", " ", "pkg:rpm/bash@5-1");
        check(
            PackageKind::Python,
            "Typing_Extensions 4 - -",
            "debian 12",
            "pkg:pypi/typing-extensions@4",
        );
        check(
            PackageKind::Npm,
            "@babel/core 7.0.0 - -",
            " ",
            "pkg:npm/%40babel/core@7.0.0",
        );
        check(
            PackageKind::Go,
            "golang.org/x/text v0.14.0 - -",
            " ",
            "pkg:golang/golang.org/x/text@v0.14.0",
        );
        check(PackageKind::Go, "x (devel) - -", " ", "pkg:golang/x");
        check(
            PackageKind::Rust,
            "adler 1.0.2 - -",
            " ",
            "pkg:cargo/adler@1.0.2",
        );
        check(
            PackageKind::Java,
            "core 1.4 - org.example",
            " ",
            "pkg:maven/org.example/core@1.4",
        );
        check(
            PackageKind::Java,
            "a?b#c - - -",
            " ",
            "pkg:generic/a%3Fb%23c",
        );
    }
}
