//! The line of `lamina inspect` about the system that an image holds.

use crate::image::escape;
use crate::insight::system::{
    Agreement, Architecture, Basis, Gap, OsDistribution, OsRelease, System,
};
use crate::workspace::NoAnalysis;

use super::table;

/// Characters of one text of an image.
const MOST_CHARS: usize = 80;

/// Returns distribution, architecture, C library and users; empty for an artifact.
pub(super) fn of(system: Result<&System, &NoAnalysis>) -> String {
    let system = match system {
        Ok(system) => system,
        Err(NoAnalysis::Artifact) => return String::new(),
        Err(reason) => return format!("not known: {reason}"),
    };
    let mut parts = vec![distribution(&system.distribution)];
    parts.extend(architecture(&system.architecture));
    parts.extend(system.libcs().iter().map(|libc| libc.word().to_owned()));
    let users = &system.users;
    if users.file.is_some() && (users.n > 0 || !users.is_cut) {
        let n = table::of(u64::from(users.n), "user", "users");
        let at_least = if users.is_cut { "at least " } else { "" };
        parts.push(format!("{at_least}{n}"));
    }
    parts.extend(gaps(&system.gaps));
    parts.join(", ")
}

/// Counts the gaps of an analysis, and tells the first one.
pub(super) fn gaps(gaps: &[Gap]) -> Option<String> {
    let first = gap(gaps.first()?);
    let n_gaps = table::of(gaps.len() as u64, "gap", "gaps");
    Some(match gaps.len() {
        1 => format!("{n_gaps}: {first}"),
        _ => format!("{n_gaps}, the first: {first}"),
    })
}

fn short(text: &str) -> String {
    text.chars().take(MOST_CHARS).collect()
}

fn distribution(distribution: &OsDistribution) -> String {
    let release = &distribution.release;
    let named = match distribution.basis {
        Basis::Windows => joined("Windows", &release.version_id),
        Basis::Busybox => "BusyBox".to_owned(),
        Basis::Scratch => "scratch (no /bin/sh, no os-release)".to_owned(),
        _ => name_of(release),
    };
    let named = match (distribution.basis, named.is_empty()) {
        (Basis::StatusD, true) => return "distroless".to_owned(),
        (_, true) => "unknown distribution".to_owned(),
        (_, false) => named,
    };
    let is_told = named.to_ascii_lowercase().contains("distroless");
    match distribution.is_distroless && !is_told {
        true => format!("{named}, distroless"),
        false => named,
    }
}

fn name_of(release: &OsRelease) -> String {
    // The pretty name of a distroless image is just that word.
    let pretty = short(&release.pretty_name);
    let is_only_kind = pretty.eq_ignore_ascii_case("distroless") && !release.name.is_empty();
    if !pretty.is_empty() && !is_only_kind {
        return pretty;
    }
    let name = if release.name.is_empty() {
        &release.id
    } else {
        &release.name
    };
    joined(name, release.shown_version())
}

fn joined(name: &str, version: &str) -> String {
    let (name, version) = (short(name), short(version));
    if version.is_empty() || name.is_empty() {
        name
    } else if version.starts_with(&name) {
        version
    } else {
        format!("{name} {version}")
    }
}

fn architecture(architecture: &Architecture) -> Option<String> {
    let declared = short(&architecture.declared_text());
    let found = architecture.found();
    match (architecture.agreement, architecture.differing()) {
        (Agreement::Differs, Some(other)) => Some(format!(
            "{declared} by its config but /{} is {}",
            short(&escape(&other.file.path)),
            other.architecture().unwrap_or("another")
        )),
        _ if declared.is_empty() => found.map(str::to_owned),
        (Agreement::Agrees, _) => Some(declared),
        _ => Some(format!("{declared} by its config alone")),
    }
}

fn gap(gap: &Gap) -> String {
    match gap {
        Gap::Layer { layer, why } => format!("layer {}: {why}", layer.0),
        Gap::File { path, why } => format!("/{}: {why}", short(&escape(path))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::system::{Executable, FileGap, FilePlace, Form};
    use crate::overlay::LayerIdx;

    fn check(change: impl Fn(&mut System), line: &str) {
        let mut system = System::default();
        change(&mut system);
        assert_eq!(of(Ok(&system)), line);
    }

    #[test]
    fn a_system_is_one_line() {
        check(|_| {}, "unknown distribution");
        check(
            |system| {
                system.distribution.release.name = "Alpine Linux".to_owned();
                system.distribution.release.version_id = "3.20.1".to_owned();
                system.architecture.declared = "arm".to_owned();
                system.architecture.variant = "v7".to_owned();
                system.architecture.agreement = Agreement::Agrees;
            },
            "Alpine Linux 3.20.1, arm/v7",
        );
        check(
            |system| {
                system.distribution.release.pretty_name = "x".repeat(200);
                system.distribution.is_distroless = true;
                system.architecture.declared = "arm64".to_owned();
            },
            &format!("{}, distroless, arm64 by its config alone", "x".repeat(80)),
        );
        check(
            |system| {
                system.distribution.is_distroless = true;
                let release = &mut system.distribution.release;
                release.pretty_name = "Distroless".to_owned();
                release.name = "Debian GNU/Linux".to_owned();
                release.version = "Debian GNU/Linux 12 (bookworm)".to_owned();
            },
            "Debian GNU/Linux 12 (bookworm), distroless",
        );
        let (path, why) = (b"etc/passwd".to_vec(), FileGap::NotFile);
        check(
            |system| {
                system.distribution.basis = Basis::Windows;
                system.distribution.release.version_id = "10.0.20348".to_owned();
                let (path, why) = (path.clone(), why.clone());
                system.gaps.push(Gap::File { path, why });
            },
            "Windows 10.0.20348, 1 gap: /etc/passwd: no regular file",
        );
    }

    #[test]
    fn the_program_that_differs_is_named() {
        check(
            |system| {
                system.distribution.basis = Basis::Scratch;
                system.architecture.declared = "arm64".to_owned();
                system.architecture.agreement = Agreement::Differs;
                system.architecture.executables.push(Executable {
                    file: FilePlace {
                        asked: b"app".to_vec(),
                        path: b"app".to_vec(),
                        layer: LayerIdx(0),
                    },
                    form: Form::Script,
                    agrees: Some(false),
                });
            },
            "scratch (no /bin/sh, no os-release), arm64 by its config but /app is another",
        );
    }
}
