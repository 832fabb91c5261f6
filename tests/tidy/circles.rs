//! The library's folders stand in an order: no circle of imports leads through a folder.
//!
//! In each folder the units are its own files and its subfolders, a subfolder with all that is in it. One unit stands
//! on another where it names an item that the other defines, wherever that is re-exported. A circle with a subfolder
//! in it is refused: so siblings have an order, a parent may use its children, and a child may use of its parent only
//! files that do not use it back. The files of a folder stand in an order as well, but for the folders in
//! [`ONE_PIECE`].

use std::collections::{BTreeMap, BTreeSet};

use super::paths::Tree;

/// Folders whose files may stand on each other: each is one type, or one machine, in several files.
const ONE_PIECE: &[&str] = &[
    "src/build/container/",
    "src/cli/serve/",
    "src/engine/",
    "src/overlay/",
    "src/web/",
    "src/workspace/",
    "src/workspace/export/",
    "src/workspace/publication/",
];

/// Folders of the page whose units stand in circles yet. Of files the rule asks nothing there.
const NOT_YET: &[&str] = &[
    "src/ui/",
    "src/ui/feature/",
    "src/ui/state/",
    "src/ui/state/image/",
    "src/ui/text/",
];

type Edges = BTreeMap<String, BTreeSet<String>>;
/// One that names an item, and the other that defines it.
type Pair = (String, String);

/// The imports between the units of each folder, with a pair of files as the example for each.
fn by_folder(edges: &BTreeSet<Pair>) -> BTreeMap<String, BTreeMap<Pair, Pair>> {
    let mut folders: BTreeMap<String, BTreeMap<_, _>> = BTreeMap::new();
    for (from, to) in edges {
        let shared = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b);
        let folder = from[..shared.count()].rfind('/').map_or(0, |at| at + 1);
        let unit = |file: &str| match file[folder..].find('/') {
            Some(end) => file[..=folder + end].to_owned(),
            None => file.to_owned(),
        };
        let units = folders.entry(from[..folder].to_owned()).or_default();
        units
            .entry((unit(from), unit(to)))
            .or_insert((from.clone(), to.clone()));
    }
    folders
}

/// The shortest circle through a unit, if there is one.
fn circle(edges: &Edges, start: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut wave = vec![start];
    while !wave.is_empty() {
        let mut next = Vec::new();
        for unit in wave {
            for to in edges.get(unit).into_iter().flatten() {
                if to == start {
                    let mut way = vec![start.to_owned()];
                    let mut at = unit;
                    while at != start {
                        way.push(at.to_owned());
                        at = came_from.get(at)?;
                    }
                    way.push(start.to_owned());
                    way.reverse();
                    return Some(way);
                }
                if !came_from.contains_key(to.as_str()) {
                    came_from.insert(to.as_str(), unit);
                    next.push(to.as_str());
                }
            }
        }
        wave = next;
    }
    None
}

/// All circles that the rule refuses, in words.
pub(super) fn circles(files: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for (folder, pairs) in by_folder(&Tree::of(files).edges()) {
        if NOT_YET.contains(&folder.as_str()) {
            continue;
        }
        let mut edges = Edges::new();
        for (from, to) in pairs.keys() {
            edges.entry(from.clone()).or_default().insert(to.clone());
        }
        let is_page = folder.starts_with("src/ui/");
        let with_files = !is_page && !ONE_PIECE.contains(&folder.as_str());
        let starts = edges
            .keys()
            .filter(|unit| with_files || unit.ends_with('/'));
        for way in starts.filter_map(|start| circle(&edges, start)) {
            let mut steps: Vec<String> = way
                .windows(2)
                .filter_map(|step| {
                    let (from, to) = pairs.get(&(step[0].clone(), step[1].clone()))?;
                    Some(format!("\n        {from} names an item of {to}"))
                })
                .collect();
            steps.sort();
            found.insert(format!("{folder}: a circle of imports:{}", steps.concat()));
        }
    }
    found.into_iter().collect()
}
