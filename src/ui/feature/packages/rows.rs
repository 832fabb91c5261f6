//! The rows of the Packages tab: which packages a filter leaves, and in which order.

use std::cmp::Ordering;

use crate::protocol::{Direction, Package, PackageList};

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageColumn {
    /// The name.
    Name,
    /// The version.
    Version,
    /// The way of packaging.
    Kind,
    /// Bytes of the package's files.
    Size,
    /// Number of those files.
    Files,
    /// The layer that brought the package.
    Layer,
    /// The licences.
    Licence,
}

/// The order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageOrder {
    /// The column that decides.
    pub column: PackageColumn,
    /// The direction.
    pub direction: Direction,
}

impl PackageOrder {
    /// The order of the table at first: the largest package on top.
    pub const FIRST: PackageOrder = PackageOrder {
        column: PackageColumn::Size,
        direction: Direction::Descending,
    };

    /// Returns the order after a click on a column: figures begin with the largest, texts with the first.
    pub fn after(self, column: PackageColumn) -> PackageOrder {
        let is_figure = matches!(column, PackageColumn::Size | PackageColumn::Files);
        let direction = match (self.column == column, self.direction) {
            (true, Direction::Ascending) => Direction::Descending,
            (true, Direction::Descending) => Direction::Ascending,
            (false, _) if is_figure => Direction::Descending,
            (false, _) => Direction::Ascending,
        };
        PackageOrder { column, direction }
    }
}

/// Returns the positions of the packages whose name, version, source, kind or licence has a text in it.
pub fn shown(list: &PackageList, query: &str, order: PackageOrder) -> Vec<usize> {
    let query = query.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&query);
    let fits = |package: &Package| {
        query.is_empty()
            || [&package.name, &package.version, &package.source]
                .into_iter()
                .any(|text| has(text))
            || package.kind.word() == query
            || package
                .licences
                .iter()
                .flatten()
                .any(|licence| has(licence))
    };
    let packages = list.packages.iter().enumerate();
    let mut rows: Vec<(usize, &Package)> = packages.filter(|(_, one)| fits(one)).collect();
    rows.sort_by(|(_, one), (_, other)| {
        let ordering = by(order.column, one, other);
        match order.direction {
            Direction::Ascending => ordering,
            Direction::Descending => ordering.reverse(),
        }
    });
    rows.into_iter().map(|(at, _)| at).collect()
}

fn by(column: PackageColumn, one: &Package, other: &Package) -> Ordering {
    match column {
        PackageColumn::Name => one.name.to_lowercase().cmp(&other.name.to_lowercase()),
        PackageColumn::Version => one.version.cmp(&other.version),
        PackageColumn::Kind => one.kind.cmp(&other.kind),
        PackageColumn::Size => one.owned_bytes.cmp(&other.owned_bytes),
        PackageColumn::Files => one.n_owned.cmp(&other.n_owned),
        PackageColumn::Layer => one.brought_by().cmp(&other.brought_by()),
        PackageColumn::Licence => one.licences.cmp(&other.licences),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{FilePlace, PackageChange, PackageEvent, PackageKind};

    /// A list of packages, each `name version bytes layer licence`.
    fn list(lines: &str) -> PackageList {
        let package = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let layer = serde_json::from_str(words[3]).expect("a layer is a number");
            Package {
                kind: PackageKind::Deb,
                name: words[0].to_owned(),
                version: words[1].to_owned(),
                architecture: String::new(),
                licences: Some(words[4..].iter().map(|&one| one.to_owned()).collect()),
                source: String::new(),
                events: vec![PackageEvent {
                    layer,
                    change: PackageChange::Added,
                    version: words[1].to_owned(),
                    is_exact: true,
                }],
                declared_bytes: None,
                owned_bytes: words[2].parse().unwrap(),
                n_owned: 1,
                n_gone: 0,
                record: FilePlace {
                    asked: Vec::new(),
                    path: Vec::new(),
                    layer,
                },
                list: None,
            }
        };
        PackageList {
            packages: lines.lines().map(|line| package(line.trim())).collect(),
            ..PackageList::default()
        }
    }

    fn check(query: &str, order: PackageOrder, expected: &str) {
        let list = list("bash 5.2 300 0 GPL-3\nApt 2.9 900 1 GPL-2 MIT\nzlib 1.3 100 2 Zlib");
        let names: Vec<&str> = shown(&list, query, order)
            .into_iter()
            .map(|at| list.packages[at].name.as_str())
            .collect();
        assert_eq!(names.join(" "), expected, "{query:?} {order:?}");
    }

    #[test]
    fn rows_are_filtered_and_sorted() {
        let first = PackageOrder::FIRST;
        check("", first, "Apt bash zlib");
        check(" A ", first, "Apt bash");
        check("mit", first, "Apt");
        check("5.2", first, "bash");
        check("deb", first, "Apt bash zlib");
        check("nothing", first, "");
        check("", first.after(PackageColumn::Name), "Apt bash zlib");
        check("", first.after(PackageColumn::Size), "zlib bash Apt");
        let by_layer = first.after(PackageColumn::Layer);
        check("", by_layer, "bash Apt zlib");
        check("", by_layer.after(PackageColumn::Layer), "zlib Apt bash");
        check("", first.after(PackageColumn::Licence), "Apt bash zlib");
        check("", first.after(PackageColumn::Version), "zlib Apt bash");
    }
}
