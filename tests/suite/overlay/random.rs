//! Ten thousand random images, compared with the slow model: every view, every change, all totals, every history.
//!
//! `images` makes them by number, so that a failed case can be run again. They are split over ten functions, which
//! run in parallel natively.

use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::image::escape;
use lamina::layer::EntryKind;
use lamina::overlay::{Change, NodeId, Union, View};
use wasm_bindgen_test::wasm_bindgen_test;

use super::images::{Mix, image, told};
use super::model::{Inode, Model, text};
use super::{own, read_tar, upto};
use crate::support::{index_of, tar_of};

/// Number of images for each of the functions at the end.
const N_IMAGES: u64 = 1_000;
/// One of this many images is also read from the bytes of a tar.
const THROUGH_TAR: u64 = 16;

/// A line of a listing, with all facts about the path.
#[derive(Debug, PartialEq)]
struct Line {
    path: String,
    layer: u32,
    implied: bool,
    inode: Inode,
    /// The other names of the inode.
    links: Vec<String>,
}

fn union_lines(union: &Union, view: View) -> Vec<Line> {
    let lines = union.listing(view).map(|listed| {
        let info = &listed.info;
        let content = info.content.filter(|_| info.kind == EntryKind::File);
        let fingerprint = content.map_or(0, |place| union.entry(place).unwrap().fingerprint);
        let links = union.links(listed.id, view);
        assert_eq!(info.n_names as usize, links.len() + 1);
        let xattrs = union.xattrs(listed.id, view);
        let xattrs = xattrs
            .iter()
            .map(|xattr| (text(xattr.name), text(xattr.value)));
        Line {
            path: text(&listed.path),
            layer: info.layer.0,
            implied: info.implied,
            inode: Inode {
                kind: info.kind,
                mode: info.mode,
                uid: info.uid,
                gid: info.gid,
                mtime: info.mtime.map(|mtime| mtime.seconds),
                size_bytes: info.size_bytes,
                fingerprint,
                link: text(info.link),
                device: info.device,
                xattrs: xattrs.collect(),
            },
            links: links.iter().map(|&id| text(&union.path(id))).collect(),
        }
    });
    lines.collect()
}

fn model_lines(model: &Model) -> Vec<Line> {
    let listed = model.paths.iter().filter(|(path, _)| !path.is_empty());
    let lines = listed.map(|(path, object)| Line {
        path: path.clone(),
        layer: object.layer,
        implied: object.implied,
        inode: Inode::clone(&model.inodes[object.inode]),
        links: model.links(path).into_iter().map(str::to_owned).collect(),
    });
    lines.collect()
}

/// Fails with the lines that are on one side only; the union's have a `+`.
fn assert_lines(union: &[Line], model: &[Line], what: &str, told: &str) {
    if union != model {
        let only = |here: &[Line], there: &[Line], sign: &str| -> String {
            let lines = here.iter().filter(|line| !there.contains(line));
            lines.map(|line| format!("{sign} {line:?}\n")).collect()
        };
        let (more, less) = (only(union, model, "+"), only(model, union, "-"));
        panic!("{what} of {told}\nthe union's (+) and the model's (-):\n{more}{less}");
    }
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

/// Checks that a path's history has the layers in which it was added and removed.
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

fn check_image(seed: u64, mix: Mix) {
    let layers = image(seed, mix);
    let told = told(seed, &layers);
    let mut union = Union::new(Limits::DEFAULT);
    let mut models = vec![Model::new()];
    models[0].paths.remove("");
    let mut model = Model::new();
    for (layer, text) in layers.iter().enumerate() {
        let index = Rc::new(index_of(text));
        model.apply(layer as u32, &index);
        models.push(model.clone());
        union.apply(match seed.is_multiple_of(THROUGH_TAR) {
            true => Rc::new(read_tar(&tar_of(text)).index),
            false => index,
        });
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

/// Checks images, half of them made blindly, half of them with sense.
fn check_images(group: u64) {
    for seed in group * N_IMAGES..(group + 1) * N_IMAGES {
        let blind_permille = if seed.is_multiple_of(2) { 1000 } else { 50 };
        check_image(seed, Mix { blind_permille });
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
