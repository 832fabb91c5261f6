//! Archives of several images, and images with missing parts.

use lamina::protocol::{Answer, Event, ImageView, LayerState, ProblemCode, Request, TreeView, ask};
use lamina::ui::state::image::{Summary, summary};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{Outer, config_of, hex_of, oci_layout, place_of};
use crate::support::tar_of;

use super::world::Asked;

/// Opens the image at a position of an archive and reads its layers.
fn open(asked: &Asked, archive: u32, image: u32) -> ImageView {
    let found = Request::OpenFound(ask::OpenFound { archive, image });
    match asked.ask(found).unwrap().answer {
        Answer::Image(image) => asked.read(image.key),
        other => panic!("an image was asked for: {other:?}"),
    }
}

fn words(image: &ImageView) -> Vec<String> {
    let word = |row: &lamina::protocol::LayerRow| match &row.state {
        LayerState::Read { verdict, .. } => verdict.diff_id.word().to_owned(),
        LayerState::Failed { problem } => format!("{:?}", problem.code),
        LayerState::Waiting => "waiting".to_owned(),
        LayerState::Listed { .. } => "listed".to_owned(),
    };
    image.layers.iter().map(word).collect()
}

/// Makes an archive of three images: of the lowest layer, of two, and of all.
pub(super) fn three_images() -> Vec<u8> {
    let tars = ["a = 1", "b = 1", "c = 1"].map(tar_of);
    let mut outer = Outer::new();
    for tar in &tars {
        outer = outer.file(&format!("{}.tar", hex_of(tar)), tar);
    }
    let mut list = Vec::new();
    for n_layers in 1..=3 {
        let layers: Vec<_> = tars.iter().take(n_layers).map(Vec::as_slice).collect();
        let paths = layers.iter().map(|tar| format!("{}.tar", hex_of(tar)));
        let paths: Vec<_> = paths.collect();
        let config = format!("{n_layers}.json");
        outer = outer.json(&config, &config_of(&layers));
        list.push(
            json!({"Config": config, "RepoTags": [format!("n:{n_layers}")], "Layers": paths}),
        );
    }
    outer.json("manifest.json", &Value::from(list)).tar()
}

/// Three images over three layers: each layer is listed in every image that uses it, and decoded only once.
#[wasm_bindgen_test(unsupported = test)]
fn af_12_images_of_one_archive_share_their_layers() {
    let asked = Asked::new(None);
    let archive = asked.archive(three_images()).unwrap();
    let images = [0, 1, 2].map(|image| open(&asked, archive, image));
    assert_eq!(words(&images[0]), ["ok"]);
    assert_eq!(words(&images[1]), ["known", "ok"]);
    assert_eq!(words(&images[2]), ["known", "known", "ok"]);
    let verifying = |event: &&Event| {
        let progress = lamina::protocol::LayerProgress::Verifying;
        matches!(event, Event::Layer { progress: told, .. } if *told == progress)
    };
    let n_decoded = asked.told.borrow().iter().filter(verifying).count();
    assert_eq!(n_decoded, 3, "each layer is decoded once");
    let rows = asked.rows(images[2].key, TreeView::Union);
    assert_eq!(rows.lines().count(), 3, "{rows}");
}

/// The layer is marked as missing, the others form a union, and the summary says that a layer cannot be read.
#[wasm_bindgen_test(unsupported = test)]
fn af_31_an_image_that_lacks_a_layer_says_so() {
    let tars = ["a = 1", "b = 1", "c = 1"].map(tar_of);
    let layers: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let outer = oci_layout("v1", &layers).without(&place_of(&tars[1]));
    let asked = Asked::new(None);
    let image = asked.open(outer.tar());
    assert_eq!(words(&image), ["ok", "Missing", "ok"]);
    let LayerState::Failed { problem } = &image.layers[1].state else {
        panic!("its bytes are not there");
    };
    assert_eq!(problem.code, ProblemCode::Missing);
    assert!(
        problem.subject.to_string().contains(&hex_of(&tars[1])),
        "{problem:?}"
    );
    assert_eq!(summary(&image), Summary::Trouble { first: 1, n: 1 });
    let rows = asked.rows(image.key, TreeView::Union);
    assert!(
        rows.contains('a') && rows.contains('c') && !rows.contains('b'),
        "{rows}"
    );
}
