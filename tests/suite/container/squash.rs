//! Upper layers as one: the same file system, without what nobody sees.

use std::ops::ControlFlow;

use lamina::build::commit::NewCompression;
use lamina::image::DiffId;
use lamina::io::MemorySpool;
use lamina::workspace::{CommitError, OpenImage, SquashPlan};
use wasm_bindgen_test::wasm_bindgen_test;

use super::world::{World, order, seen};
use crate::support::run;

fn squashed(image: &OpenImage, from: usize) -> (SquashPlan, OpenImage) {
    let task = image.squash_task(from).unwrap();
    let plan = task.plan.clone();
    let spool = Box::new(MemorySpool::new(1 << 30));
    let go_on = |_| ControlFlow::Continue(());
    let found = run(task.run(&order(NewCompression::Gzip), spool, &go_on)).unwrap();
    (plan, super::world::opened(found))
}

const LAYERS: &str = "
    a/
    a/x = 12345
    a/y = 1
    b = 2
    ---
    a/x = 1234567
    a/new = 123
    c = 1
    ---
    a/.wh.new
    a/y = 12
    .wh.b
    d/
    d/e = 5
    d/f => d/e
    ---
    c/
    c/in = 1
    .wh.d
";

/// What goes is known before, to the byte.
#[wasm_bindgen_test(unsupported = test)]
fn a_squash_says_what_it_saves_and_keeps_what_is_seen() {
    let world = World::new(LAYERS);
    let image = &world.image;
    let top = lamina::overlay::LayerIdx(3);
    let before = seen(image, top);
    for (from, dead_bytes, new_bytes) in [(1, 3 + 1 + 1, 7 + 2 + 1), (2, 1, 3), (0, 0, 0)] {
        let (plan, made) = squashed(image, from);
        if from > 0 {
            assert_eq!(
                (plan.dead_bytes, plan.new_content_bytes),
                (dead_bytes, new_bytes),
                "{from}"
            );
        }
        let stored: u64 = image.found.layers[from..]
            .iter()
            .map(|l| l.size_bytes.unwrap())
            .sum();
        assert_eq!((plan.n_layers, plan.stored_bytes), (4 - from, stored));
        assert_eq!(made.layers().len(), from + 1);
        let layer = made.union().last_layer().unwrap();
        assert_eq!(seen(&made, layer), before, "from {from}");
        // The layers below are the same ones.
        for (new, old) in made.found.layers.iter().zip(&image.found.layers).take(from) {
            assert_eq!(new.digest, old.digest);
        }
    }
}

/// The steps stay in the history, without layers; the new one has the layer.
#[wasm_bindgen_test(unsupported = test)]
fn the_history_of_a_squash_tells_all_steps() {
    let world = World::new(LAYERS);
    let (_, made) = squashed(&world.image, 2);
    let told: Vec<_> = made
        .history()
        .map(|(entry, layer)| (&*entry.created_by, layer))
        .collect();
    let expected = [
        ("base", Some(0)),
        ("base", Some(1)),
        ("base", None),
        ("base", None),
        ("lamina commit", Some(2)),
    ];
    assert_eq!(told, expected);
    let diff_ids = &made.config().unwrap().config.diff_ids;
    assert_eq!(diff_ids.len(), 3);
    let last: Option<&DiffId> = made.found.layers[2].diff_id.as_ref();
    assert_eq!(diff_ids[2].as_ref(), last);
}

#[wasm_bindgen_test(unsupported = test)]
fn one_layer_alone_is_not_squashed() {
    let world = World::new(LAYERS);
    for from in [3, 4, usize::MAX] {
        let refused = world.image.squash_task(from).err();
        assert_eq!(refused, Some(CommitError::NoSuchLayers { from }));
    }
}
