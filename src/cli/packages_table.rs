//! The packages of an image, as `lamina inspect` prints them: a line, and a table where it is asked for.

use std::collections::BTreeMap;

use crate::image::{escape, shown_command};
use crate::insight::packages::{
    Package, PackageChange, PackageDatabase, PackageKind, PackageList, Standing,
};
use crate::workspace::{NoAnalysis, OpenImage};

use super::console::plain;
use super::{system_line, table};

/// Characters of one text of an image.
const MOST_CHARS: usize = 60;

/// Returns the numbers of packages by kind, and what is odd about them; empty for an artifact.
pub(super) fn line(list: Result<&PackageList, &NoAnalysis>) -> String {
    let list = match list {
        Ok(list) => list,
        Err(NoAnalysis::Artifact) => return String::new(),
        Err(reason) => return format!("not known: {reason}"),
    };
    let mut by_kind: BTreeMap<PackageKind, u64> = BTreeMap::new();
    for package in list.standing(Standing::Installed) {
        *by_kind.entry(package.kind).or_default() += 1;
    }
    let mut parts: Vec<String> = by_kind
        .iter()
        .map(|(kind, n)| format!("{n} {}", kind.word()))
        .collect();
    if parts.is_empty() {
        let is_sure = list.databases.is_empty() && list.gaps.is_empty();
        let found = if is_sure {
            "no database found"
        } else {
            "none found"
        };
        parts.push(found.to_owned());
    }
    let n_unknown = list.standing(Standing::Unknown).count();
    if n_unknown > 0 {
        parts.push(format!("{n_unknown} of a database that a layer deleted"));
    }
    let n_removed = list.standing(Standing::Removed).count();
    if n_removed > 0 {
        let n_shipped = list.still_shipped().count();
        parts.push(format!(
            "{n_removed} removed, {n_shipped} of them still shipped below"
        ));
    }
    if let Some(unowned) = &list.unowned {
        let files = table::of(unowned.n, "file", "files");
        let size = table::size(unowned.bytes);
        parts.push(format!("{files} of no package ({size})"));
    }
    if list.gone.n_deleted > 0 {
        let files = table::of(list.gone.n_deleted, "file", "files");
        parts.push(format!("{files} of packages deleted"));
    }
    parts.extend(list.databases.iter().filter_map(unread));
    if list.n_left_out > 0 {
        parts.push(format!(
            "{} beyond the bounds and left out",
            list.n_left_out
        ));
    }
    parts.extend(system_line::gaps(&list.gaps));
    parts.join(", ")
}

/// Returns what of a database could not be read; `None` if nothing is missing.
fn unread(database: &PackageDatabase) -> Option<String> {
    let counts = [
        (database.n_malformed, "malformed"),
        (database.n_left_out, "left out"),
        (database.n_paths_left_out, "paths left out"),
    ];
    let counts = counts.iter().filter(|(n, _)| *n > 0);
    let counts: Vec<String> = counts.map(|(n, what)| format!("{n} {what}")).collect();
    let path = short(&escape(&database.file.path));
    (!counts.is_empty()).then(|| format!("/{path}: {}", counts.join(" and ")))
}

/// Returns a table of all packages.
pub(super) fn rows(list: &PackageList, image: &OpenImage) -> String {
    let head = [
        "PACKAGE", "VERSION", "KIND", "SIZE", "FILES", "LAYER", "LICENCE", "MADE BY",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(list.packages.iter().map(|package| row(package, image)));
    table::aligned(&rows, 3..=5)
}

fn row(package: &Package, image: &OpenImage) -> [String; 8] {
    let layer = package.brought_by();
    let line = layer.and_then(|layer| image.history_of(layer.0 as usize));
    let line = line.map_or_else(String::new, |entry| shown_command(&entry.created_by).text);
    let later = package.events.iter().skip(1).map(|event| {
        let mark = match event.change {
            PackageChange::Added => '+',
            PackageChange::Changed => '~',
            PackageChange::Removed => '-',
            PackageChange::DatabaseGone => '?',
        };
        format!("{mark}{}", event.layer.0)
    });
    let layers = layer
        .map(|layer| layer.0.to_string())
        .into_iter()
        .chain(later);
    [
        short(&package.name),
        short(&package.version),
        package.kind.word().to_owned(),
        table::size(package.owned_bytes),
        package.n_owned.to_string(),
        layers.collect::<Vec<_>>().join(" "),
        package.licences.as_ref().map_or_else(
            || "not read".to_owned(),
            |licences| short(&licences.join(", ")),
        ),
        short(&line),
    ]
}

fn short(text: &str) -> String {
    plain(text).chars().take(MOST_CHARS).collect()
}
