//! Ten thousand random images against the slow model: every view, every change, every sum, every history.
//!
//! `images` draws them by number, so a failure names a case that can be run again; they are spread over ten
//! functions, which the native ring runs side by side.

use std::rc::Rc;

use lamina::image::escape;
use lamina::layer::{EntryKind, LayerIndex, LayerReader, Limits, ReadOptions};
use lamina::layer::{Expected, FileHashes};
use lamina::overlay::{Change, Listed, NodeId, Union, View};
use wasm_bindgen_test::wasm_bindgen_test;

use super::images::{Mix, image, told};
use super::model::{Inode, Model};
use super::{line_of, own, upto};
use crate::support::{index_of, tar_of};

/// So many images for each of the functions at the end.
const N_IMAGES: u64 = 1_000;
/// Every so many images the layers go through the bytes of a tar.
const THROUGH_TAR: u64 = 16;

/// What is not in a plain listing: time, content, attributes.
fn details_of(union: &Union, listed: &Listed<'_>, view: View) -> String {
    let info = &listed.info;
    let content = info.content.filter(|_| info.kind == EntryKind::File);
    let fingerprint = content.map_or(0, |place| union.entry(place).unwrap().fingerprint);
    let mut line = format!(
        " t={:?} #{fingerprint:x}",
        info.mtime.map(|time| time.seconds)
    );
    for xattr in union.xattrs(listed.id, view) {
        line += &format!(" {}={}", escape(xattr.name), escape(xattr.value));
    }
    line
}

fn union_lines(union: &Union, view: View) -> Vec<String> {
    union
        .listing(view)
        .map(|listed| line_of(union, &listed, view) + &details_of(union, &listed, view))
        .collect()
}

/// Fails with the lines that are on one side only, the union's as `+`.
fn assert_lines(union: &[String], model: &[String], what: &str, told: &str) {
    if union != model {
        let only = |here: &[String], there: &[String], sign: &str| -> String {
            let lines = here.iter().filter(|line| !there.contains(line));
            lines.map(|line| format!("{sign} {line}\n")).collect()
        };
        let (more, less) = (only(union, model, "+"), only(model, union, "-"));
        panic!("{what} of {told}\nthe union's (+) and the model's (-):\n{more}{less}");
    }
}

fn model_details(inode: &Inode) -> String {
    let mut line = format!(" t={:?} #{:x}", inode.mtime, inode.fingerprint);
    for (name, value) in &inode.xattrs {
        line += &format!(" {name}={value}");
    }
    line
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
                EntryKind::Char => "char",
                EntryKind::Block => "block",
                EntryKind::Fifo => "fifo",
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
            if let Some(device) = inode.device {
                line += &format!(" dev={}:{}", device.major, device.minor);
            }
            if object.implied {
                line += " implied";
            }
            let links = model.links(path);
            if !links.is_empty() {
                line += &format!(" ={}", links.join(","));
            }
            line + &model_details(inode)
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
    for id in (1..union.n_nodes() as u32).map(NodeId) {
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

/// The same layer from the bytes of its tar.
fn read_index(text: &str) -> LayerIndex {
    let options = ReadOptions {
        limits: Limits::DEFAULT,
        file_hashes: FileHashes::Skip,
    };
    let mut reader = LayerReader::new(Expected::default(), options);
    reader.push(&tar_of(text));
    let reading = reader.finish();
    assert_eq!(reading.damage, None, "{text}");
    reading.index
}

fn check_image(seed: u64, mix: Mix) {
    let layers = image(seed, mix);
    let told = told(seed, &layers);
    let mut union = Union::new(Limits::DEFAULT);
    let mut models = vec![Model::new()];
    models[0].paths.remove("");
    let mut model = Model::new();
    for (layer, text) in layers.iter().enumerate() {
        model.apply(layer as u32, &index_of(text));
        models.push(model.clone());
        let read = if seed.is_multiple_of(THROUGH_TAR) {
            read_index
        } else {
            index_of
        };
        union.apply(Rc::new(read(text)));
    }
    for layer in 0..layers.len() {
        let (below, now) = (&models[layer], &models[layer + 1]);
        let number = layer as u32;
        assert_lines(
            &union_lines(&union, upto(number)),
            &model_lines(now),
            &format!("up to layer {layer}"),
            &told,
        );
        check_changes(&union, number, now, below, &told);
        check_totals(&union, number, now, &told);
    }
    check_histories(&union, &models, &told);
}

/// Half of the images blind, half of them with sense.
fn check_images(group: u64) {
    for seed in group * N_IMAGES..(group + 1) * N_IMAGES {
        let blind_percent = if seed.is_multiple_of(2) { 100 } else { 10 };
        check_image(seed, Mix { blind_percent });
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_0() {
    check_images(0);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_1() {
    check_images(1);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_2() {
    check_images(2);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_3() {
    check_images(3);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_4() {
    check_images(4);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_5() {
    check_images(5);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_6() {
    check_images(6);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_7() {
    check_images(7);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_8() {
    check_images(8);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model_9() {
    check_images(9);
}
