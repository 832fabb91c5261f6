//! Random images, small and full of collisions, against the slow model: every view, every change, every sum.
//!
//! The numbers are seeded, so a failure names a case that can be run again.

use std::rc::Rc;

use lamina::image::escape;
use lamina::layer::{EntryKind, Limits};
use lamina::overlay::{Change, Union};
use wasm_bindgen_test::wasm_bindgen_test;

use super::model::Model;
use super::{lines_of, own, upto};
use crate::support::index_of;

const N_IMAGES: u64 = 500;

/// Marsaglia's xorshift with 64 bits of state.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

fn path(random: &mut Random) -> String {
    let depth = 1 + random.below(3);
    let names: Vec<_> = (0..depth)
        .map(|_| random.of(&["a", "b", "c", "a-b", "d.e"]))
        .collect();
    names.join("/")
}

fn line(random: &mut Random) -> String {
    let name = path(random);
    let (dir, last) = name
        .rsplit_once('/')
        .map_or(("", name.as_str()), |(dir, last)| (dir, last));
    let slash = if dir.is_empty() { "" } else { "/" };
    let target = path(random);
    let what = match random.below(20) {
        0..=4 => format!("{name} = {}", random.of(&["x", "yy", "zzz"])),
        5..=7 => format!("{name}/"),
        8..=9 => format!(
            "{name} -> {}{target}",
            random.of(&["", "/", "../", "./", "../../a/../"])
        ),
        10..=12 => format!("{name} => {}{target}", random.of(&["", "/", "./"])),
        13 => format!("{name} p"),
        14..=16 => format!("{dir}{slash}.wh.{last}"),
        17 => format!("{dir}{slash}.wh..wh..opq"),
        18 => format!(
            "{dir}{slash}{}",
            random.of(&[".wh.", ".wh...", ".wh..", ".wh..wh.aufs"])
        ),
        _ => "./".to_owned(),
    };
    let (mode, uid, mtime) = (
        random.of(&["0755", "0700"]),
        random.below(2),
        random.below(3),
    );
    format!("{what} | mode={mode} uid={uid} mtime={mtime}\n")
}

fn image(random: &mut Random) -> Vec<String> {
    let n_layers = 1 + random.below(5);
    let mut layers = vec![String::new(); n_layers];
    for layer in &mut layers {
        for _ in 0..random.below(14) {
            *layer += &line(random);
        }
    }
    layers
}

fn model_lines(model: &Model) -> Vec<String> {
    let listed = model.paths.iter().filter(|(path, _)| !path.is_empty());
    listed
        .map(|(path, object)| {
            let inode = &model.inodes[object.inode];
            let kind = match inode.kind {
                EntryKind::File => "file",
                EntryKind::Dir => "dir",
                EntryKind::Symlink => "symlink",
                EntryKind::Hardlink => "hardlink",
                _ => "fifo",
            };
            let mut line = format!(
                "{path} {kind} {:04o} {}:{}",
                inode.mode, inode.uid, inode.gid
            );
            if inode.kind == EntryKind::File {
                line += &format!(" {}", inode.size_bytes);
            }
            line += &format!(" @{}", object.layer);
            if !inode.link.is_empty() {
                line += &format!(" -> {}", inode.link);
            }
            if object.implied {
                line += " implied";
            }
            let links = model.links(path);
            if !links.is_empty() {
                line += &format!(" ={}", links.join(","));
            }
            line
        })
        .collect()
}

fn letter(change: Change) -> char {
    match change {
        Change::Added => 'A',
        Change::Changed => 'C',
        Change::Deleted => 'D',
    }
}

fn check_changes(union: &Union, layer: u32, now: &Model, below: &Model, told: &str) {
    let listed: Vec<_> = union
        .listing(own(layer))
        .map(|listed| (escape(&listed.path), letter(listed.change.unwrap())))
        .collect();
    let expected: Vec<_> = now.diff(below).into_iter().collect();
    assert_eq!(listed, expected, "changes of layer {layer} of {told}");
}

fn check_totals(union: &Union, layer: u32, model: &Model, told: &str) {
    for path in model.paths.keys().filter(|path| model.is_dir(path)) {
        let totals = union.totals(union.lookup(path.as_bytes()).unwrap(), upto(layer));
        let actual = (
            totals.size_bytes,
            totals.n_files,
            totals.n_dirs,
            totals.n_others,
        );
        assert_eq!(
            actual,
            model.totals(path),
            "below {path:?} up to layer {layer} of {told}"
        );
    }
}

/// A path's history tells in which layers it came and went.
fn check_histories(union: &Union, models: &[Model], told: &str) {
    for id in (1..union.n_nodes() as u32).map(lamina::overlay::NodeId) {
        let path = escape(&union.path(id));
        let history = union.history(id);
        for (layer, pair) in models.windows(2).enumerate() {
            let (was, is) = (
                pair[0].paths.contains_key(&path),
                pair[1].paths.contains_key(&path),
            );
            let touches: Vec<_> = history
                .iter()
                .filter(|touch| touch.layer.0 as usize == layer)
                .collect();
            assert!(
                touches.len() <= 1,
                "{path} has two touches in layer {layer} of {told}"
            );
            let change = touches.first().map(|touch| touch.change);
            let expected = match (was, is) {
                (false, true) => Some(Change::Added),
                (true, false) => Some(Change::Deleted),
                (true, true) if pair[0].inode(&path) != pair[1].inode(&path) => {
                    Some(Change::Changed)
                }
                (true, true) => change.filter(|change| *change == Change::Changed),
                (false, false) => None,
            };
            assert_eq!(change, expected, "{path} in layer {layer} of {told}");
        }
    }
}

fn check_image(layers: &[String], told: &str) {
    let mut union = Union::new(Limits::DEFAULT);
    let mut models = vec![Model::new()];
    models[0].paths.remove("");
    let mut model = Model::new();
    for (layer, text) in layers.iter().enumerate() {
        let index = Rc::new(index_of(text));
        model.apply(layer as u32, &index);
        models.push(model.clone());
        union.apply(index);
    }
    for layer in 0..layers.len() {
        let (below, now) = (&models[layer], &models[layer + 1]);
        let number = layer as u32;
        assert_eq!(
            lines_of(&union, upto(number)),
            model_lines(now),
            "up to layer {layer} of {told}"
        );
        check_changes(&union, number, now, below, told);
        check_totals(&union, number, now, told);
    }
    check_histories(&union, &models, told);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for number in 0..N_IMAGES {
        let layers = image(&mut random);
        let told = format!("image {number}:\n{}", layers.join("---\n"));
        check_image(&layers, &told);
    }
}
