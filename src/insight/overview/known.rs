//! Directories that tools fill by a fixed convention, and that an image seldom needs.

use serde::{Deserialize, Serialize};

/// A directory that a tool fills by a fixed convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownPlace {
    /// apt's lists of packages.
    AptLists,
    /// apt's downloaded packages and its indexes of them.
    AptCache,
    /// apk's downloaded packages.
    ApkCache,
    /// dnf's, microdnf's and yum's downloaded packages and metadata.
    DnfCache,
    /// pacman's downloaded packages.
    PacmanCache,
    /// zypper's downloaded packages and metadata.
    ZypperCache,
    /// pip's downloads and built wheels.
    PipCache,
    /// npm's downloads.
    NpmCache,
    /// Yarn's downloads.
    YarnCache,
    /// Results of Go builds.
    GoCache,
    /// Cargo's downloads.
    CargoCache,
    /// Maven's downloads.
    MavenCache,
    /// The history of a Git repository.
    GitHistory,
    /// Temporary files.
    Temporary,
    /// Logs.
    Logs,
}

/// The place of a directory.
#[derive(Clone, Copy)]
enum At {
    /// At this path.
    Root(&'static str),
    /// In any directory.
    Anywhere(&'static str),
}

const PLACES: [(KnownPlace, At); 22] = [
    (KnownPlace::AptLists, At::Root("var/lib/apt/lists")),
    (KnownPlace::AptCache, At::Root("var/cache/apt")),
    (KnownPlace::ApkCache, At::Root("var/cache/apk")),
    (KnownPlace::ApkCache, At::Root("etc/apk/cache")),
    (KnownPlace::DnfCache, At::Root("var/cache/dnf")),
    (KnownPlace::DnfCache, At::Root("var/cache/libdnf5")),
    (KnownPlace::DnfCache, At::Root("var/cache/yum")),
    (KnownPlace::PacmanCache, At::Root("var/cache/pacman")),
    (KnownPlace::ZypperCache, At::Root("var/cache/zypp")),
    (KnownPlace::PipCache, At::Anywhere(".cache/pip")),
    (KnownPlace::NpmCache, At::Anywhere(".npm/_cacache")),
    (KnownPlace::NpmCache, At::Anywhere(".npm")),
    (KnownPlace::YarnCache, At::Anywhere(".cache/yarn")),
    (KnownPlace::YarnCache, At::Anywhere(".yarn/cache")),
    (KnownPlace::GoCache, At::Anywhere(".cache/go-build")),
    (KnownPlace::CargoCache, At::Anywhere(".cargo/registry")),
    (KnownPlace::CargoCache, At::Root("usr/local/cargo/registry")),
    (KnownPlace::MavenCache, At::Anywhere(".m2/repository")),
    (KnownPlace::GitHistory, At::Anywhere(".git")),
    (KnownPlace::Temporary, At::Root("tmp")),
    (KnownPlace::Temporary, At::Root("var/tmp")),
    (KnownPlace::Logs, At::Root("var/log")),
];

impl KnownPlace {
    /// Returns the place that a path without a leading slash is in.
    pub fn of(path: &[u8]) -> Option<KnownPlace> {
        let is_in = |(_, at): &&(KnownPlace, At)| match at {
            At::Root(place) => starts(path, place.as_bytes()),
            At::Anywhere(place) => {
                let begins = (0..).zip(path).filter(|(_, byte)| **byte == b'/');
                let mut begins = begins.map(|(at, _): (usize, _)| at + 1);
                let rest = |from: usize| path.get(from..).unwrap_or_default();
                starts(path, place.as_bytes())
                    || begins.any(|from| starts(rest(from), place.as_bytes()))
            }
        };
        PLACES.iter().find(is_in).map(|(place, _)| *place)
    }

    /// Returns the directories that are looked for in an image, without a leading slash: those of the system, and
    /// those of root.
    pub(super) fn looked_for() -> impl Iterator<Item = (KnownPlace, String)> {
        PLACES.iter().map(|(place, at)| match at {
            At::Root(path) => (*place, (*path).to_owned()),
            At::Anywhere(path) => (*place, format!("root/{path}")),
        })
    }

    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            KnownPlace::AptLists => "apt-lists",
            KnownPlace::AptCache => "apt-cache",
            KnownPlace::ApkCache => "apk-cache",
            KnownPlace::DnfCache => "dnf-cache",
            KnownPlace::PacmanCache => "pacman-cache",
            KnownPlace::ZypperCache => "zypper-cache",
            KnownPlace::PipCache => "pip-cache",
            KnownPlace::NpmCache => "npm-cache",
            KnownPlace::YarnCache => "yarn-cache",
            KnownPlace::GoCache => "go-cache",
            KnownPlace::CargoCache => "cargo-cache",
            KnownPlace::MavenCache => "maven-cache",
            KnownPlace::GitHistory => "git-history",
            KnownPlace::Temporary => "temporary",
            KnownPlace::Logs => "logs",
        }
    }
}

/// True if a path is `place` or below it.
fn starts(path: &[u8], place: &[u8]) -> bool {
    let rest = path.strip_prefix(place);
    rest.is_some_and(|rest| rest.first().is_none_or(|byte| *byte == b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_known_by_whole_names() {
        for (path, word) in [
            ("var/lib/apt/lists", "apt-lists"),
            ("var/lib/apt/lists/partial/x", "apt-lists"),
            ("var/lib/apt/listsX", ""),
            ("srv/var/lib/apt/lists", ""),
            (".cache/pip/http", "pip-cache"),
            ("home/ada/.cache/pip", "pip-cache"),
            ("home/ada/x.cache/pip", ""),
            ("app/.git/objects", "git-history"),
            ("app/.github", ""),
            ("root/.npm/_cacache", "npm-cache"),
            ("tmp", "temporary"),
            ("tmpx", ""),
            ("", ""),
        ] {
            let found = KnownPlace::of(path.as_bytes());
            assert_eq!(found.map_or("", KnownPlace::word), word, "{path}");
        }
    }
}
