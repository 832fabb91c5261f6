//! The `overlay` suite: layers as text in, listings as text out, each case named by its line of the checklist.
//!
//! `check` tests the union of all layers, the other functions one view, one path's history or the page's tree. Each
//! case runs once without a tar and once through the bytes of one, with the same result.

mod bytes;
mod changes;
mod entries;
mod find;
mod history;
pub(crate) mod images;
mod limits;
mod links;
mod model;
mod paths;
mod random;
mod scaling;
mod totals;
mod tree;
mod whiteouts;

use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::image::escape;
use lamina::layer::{EntryKind, Expected, FileHashes, LayerReader, LayerReading, ReadOptions};
use lamina::overlay::{LayerIdx, ListedPath, NodeId, Union, View};

use crate::support::{index_of, tar_of};

/// Makes a union of layers separated by lines of dashes.
fn union_of(layers: &str) -> Union {
    let mut union = Union::new(Limits::DEFAULT);
    for layer in layers_of(layers) {
        union.apply(Rc::new(index_of(&layer)));
    }
    union
}

/// Reads a layer from the bytes of its tar, which must not be damaged.
fn read_tar(tar: &[u8]) -> LayerReading {
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Sha256,
    };
    let mut reader = LayerReader::new(Expected::default(), options);
    reader.push(tar);
    let reading = reader.finish();
    assert_eq!(reading.damage, None);
    reading
}

/// Returns the union of layers read from the bytes of their tars, and the codes of the warnings.
fn read_union(tars: &[Vec<u8>]) -> (Union, Vec<String>) {
    let mut union = Union::new(Limits::DEFAULT);
    let mut codes = Vec::new();
    for tar in tars {
        let reading = read_tar(tar);
        codes.extend(
            reading
                .warnings
                .kept
                .into_iter()
                .map(|warning| warning.code().to_owned()),
        );
        union.apply(Rc::new(reading.index));
    }
    (union, codes)
}

fn tars_of(layers: &str) -> Vec<Vec<u8>> {
    layers_of(layers)
        .iter()
        .map(|layer| tar_of(layer))
        .collect()
}

fn layers_of(layers: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    for line in layers.lines().map(str::trim) {
        if line.starts_with("---") {
            texts.push(String::new());
        } else {
            let last = texts.last_mut().unwrap();
            last.push_str(line);
            last.push('\n');
        }
    }
    texts
}

fn upto(layer: u32) -> View {
    View::UpTo(LayerIdx(layer))
}

fn own(layer: u32) -> View {
    View::Layer(LayerIdx(layer))
}

fn whole(union: &Union) -> View {
    View::UpTo(union.last_layer().unwrap_or_default())
}

fn node(union: &Union, path: &str) -> NodeId {
    union
        .lookup(path.as_bytes())
        .unwrap_or_else(|| panic!("{path} is named by no layer"))
}

/// Returns `etc/hosts file 0644 0:0 12 @1`, with ` -> target`, ` dev=1:3`, ` implied`
/// and ` =other,names` if present.
fn line_of(union: &Union, listed: &ListedPath<'_>, view: View) -> String {
    let info = &listed.info;
    let mut line = match listed.change {
        Some(change) => format!("{} ", change.word()),
        None => String::new(),
    };
    line += &format!(
        "{} {} {:04o} {}:{}",
        escape(&listed.path),
        listed.type_word(),
        info.mode,
        info.uid,
        info.gid
    );
    if info.kind == EntryKind::File {
        line += &format!(" {}", info.size_bytes);
    }
    line += &format!(" @{}", info.layer.0);
    if !info.link.is_empty() {
        line += &format!(" -> {}", escape(info.link));
    }
    if let Some(device) = info.device {
        line += &format!(" dev={}:{}", device.major, device.minor);
    }
    if info.implied {
        line += " implied";
    }
    let links: Vec<_> = union
        .links(listed.id, view)
        .iter()
        .map(|&id| escape(&union.path(id)))
        .collect();
    if !links.is_empty() {
        assert_eq!(info.n_names as usize, links.len() + 1, "names of {line}");
        line += &format!(" ={}", links.join(","));
    }
    line
}

fn lines_of(union: &Union, view: View) -> Vec<String> {
    union
        .listing(view)
        .map(|listed| line_of(union, &listed, view))
        .collect()
}

fn expected_lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Checks lines. An expected line may be shorter: its words must be in the actual line, in order, the path and its
/// type first.
fn check_lines(actual: &[String], expected: &str, layers: &str) {
    let expected = expected_lines(expected);
    let agree = actual.len() == expected.len()
        && actual
            .iter()
            .zip(&expected)
            .all(|(actual, expected)| line_fits(actual, expected));
    assert!(
        agree,
        "layers:\n{layers}\nexpected:\n{}\nactual:\n{}",
        expected.join("\n"),
        actual.join("\n")
    );
}

fn line_fits(actual: &str, expected: &str) -> bool {
    let mut words = actual.split(' ');
    let mut first = true;
    expected.split(' ').all(|wanted| {
        if std::mem::take(&mut first) {
            words.next() == Some(wanted)
        } else {
            words.any(|word| word == wanted)
        }
    }) && (!actual.contains(" implied") || expected.contains(" implied"))
        && (!actual.contains(" =") || expected.contains(" ="))
}

/// Checks the union of all layers.
fn check(layers: &str, expected: &str) {
    let union = union_of(layers);
    check_view(layers, whole(&union), expected);
}

/// Checks the listing of one view.
fn check_view(layers: &str, view: View, expected: &str) {
    check_lines(&lines_of(&union_of(layers), view), expected, layers);
    let (union, _) = read_union(&tars_of(layers));
    check_lines(&lines_of(&union, view), expected, layers);
}

/// Checks the warnings from applying the topmost layer, as `code subject`.
fn check_warnings(layers: &str, expected: &str) {
    let union = union_of(layers);
    let warnings = union.warnings(union.last_layer().unwrap());
    let actual: Vec<_> = warnings
        .kept
        .iter()
        .map(|warning| format!("{} {}", warning.code(), warning.subject))
        .collect();
    assert_eq!(actual, expected_lines(expected), "layers:\n{layers}");
    // Warnings of the tar's reader are not repeated.
    let (mut codes, (read, mut read_codes)) = (all_codes(&union), read_union(&tars_of(layers)));
    read_codes.extend(all_codes(&read));
    codes.sort();
    read_codes.sort();
    assert_eq!(codes, read_codes, "layers:\n{layers}");
}

fn all_codes(union: &Union) -> Vec<String> {
    let layers = (0..union.n_layers() as u32).map(LayerIdx);
    let warnings = layers.flat_map(|layer| &union.warnings(layer).kept);
    warnings.map(|warning| warning.code().to_owned()).collect()
}
