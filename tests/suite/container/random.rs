//! Random edits of random images, compared with a slow model after each step, after a commit and after a squash.

use std::ops::ControlFlow;

use lamina::build::commit::NewCompression;
use lamina::image::ImagePath;
use lamina::io::MemorySpool;
use wasm_bindgen_test::wasm_bindgen_test;

use super::editor::{Edited, edited};
use super::model::lines_of;
use super::world::{World, opened, order};
use crate::overlay::images::Mix;
use crate::support::run;

fn check(seed: u64) {
    let blind_permille = if seed.is_multiple_of(4) { 1000 } else { 50 };
    let edited = edited(seed, Mix { blind_permille }, |world, model, told| {
        let layer = world.image.container_layer();
        assert_eq!(lines_of(&world.image, layer), model.lines(), "{told}");
    });
    if let Some(Edited { world, told }) = edited {
        check_images(&world, seed, &told);
    }
}

/// Checks that the committed image, and then the squashed one, has the files that the container saw.
fn check_images(world: &World, seed: u64, told: &str) {
    let compression = match seed.is_multiple_of(2) {
        true => NewCompression::Gzip,
        false => NewCompression::Plain,
    };
    let expected = world.seen();
    let image = world.committed(&order(compression));
    let top = image.union().last_layer();
    let is_empty = world.written().is_empty();
    assert_eq!(
        image.layers().len(),
        world.image.layers().len() + usize::from(!is_empty)
    );
    let Some(top) = top else { return };
    assert_eq!(
        super::world::seen(&image, top),
        expected,
        "committed: {told}"
    );
    // Each entry comes after its directory's, and no entry twice.
    let mut paths = std::collections::BTreeSet::new();
    for entry in world.image.container_entries().unwrap().entries.iter() {
        let path = ImagePath::normalise(&entry.path).unwrap();
        if let Some(parent) = path.parent().filter(|parent| !parent.is_root()) {
            assert!(paths.contains(&parent), "{path} of {told}");
        }
        assert!(paths.insert(path), "{told}");
    }
    let n_layers = image.layers().len();
    for from in 0..n_layers.saturating_sub(1) {
        let Ok(task) = image.squash_task(from) else {
            continue;
        };
        let spool = Box::new(MemorySpool::new(1 << 30));
        let go_on = |_| ControlFlow::Continue(());
        let found = run(task.run(&order(compression), spool, &go_on)).unwrap();
        let squashed = opened(found);
        let top = squashed.union().last_layer().unwrap();
        assert_eq!(
            super::world::seen(&squashed, top),
            expected,
            "squashed from {from}: {told}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn random_edits_agree_with_the_model_0() {
    (0..160).for_each(check);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_edits_agree_with_the_model_1() {
    (160..320).for_each(check);
}
