//! Squashing the upper layers: the same file system, without the content that nobody sees.

use std::ops::ControlFlow;

use lamina::build::commit::NewCompression;
use lamina::image::{DiffId, Digest};
use lamina::io::MemorySpool;
use lamina::workspace::{CommitError, OpenImage, SquashPlan};
use wasm_bindgen_test::wasm_bindgen_test;

use super::world::{World, found, order, seen, tars_of};
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

/// The savings are known beforehand, to the byte.
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

/// The steps stay in the history, without layers. The new step has the layer.
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

/// Engines refuse an image whose history does not have one step per layer. A committed or squashed image always
/// has, whatever the history of the original image.
#[wasm_bindgen_test(unsupported = test)]
fn the_history_has_a_step_for_each_layer_afterwards() {
    let tars = tars_of(LAYERS);
    let base = r#"{"created_by":"base"}"#;
    let empty = r#"{"created_by":"env","empty_layer":true}"#;
    // Steps of four layers. For each, the steps after a commit, and after a squash of the upper two: the command,
    // marked if it has no layer. Steps that the original image lacks have no command.
    for (history, committed, squashed_to) in [
        ("", " | | | |lamina commit", " | |( )|( )|lamina commit"),
        (
            "base base",
            "base|base| | |lamina commit",
            "base|base|( )|( )|lamina commit",
        ),
        (
            "base empty",
            "base|(env)| | | |lamina commit",
            "base|(env)| |( )|( )|lamina commit",
        ),
        (
            "base base base base base",
            "(base)|base|base|base|base|lamina commit",
            "(base)|base|base|(base)|(base)|lamina commit",
        ),
        (
            "empty base base empty",
            "env|base|base|env|lamina commit",
            "env|base|(base)|(env)|lamina commit",
        ),
    ] {
        let steps = history.split_whitespace();
        let steps: Vec<_> = steps
            .map(|step| if step == "base" { base } else { empty })
            .collect();
        let diff_ids: Vec<_> = tars
            .iter()
            .map(|tar| format!("\"{}\"", Digest::sha256_of(tar)))
            .collect();
        let config = format!(
            r#"{{"architecture":"arm64","os":"linux","rootfs":{{"type":"layers","diff_ids":[{}]}},"history":[{}]}}"#,
            diff_ids.join(","),
            steps.join(",")
        );
        let told = |image: &OpenImage| {
            let shown = image.history().map(|(entry, layer)| {
                let command = match entry.created_by.as_str() {
                    "" => " ",
                    command => command,
                };
                match layer {
                    Some(_) => command.to_owned(),
                    None => format!("({command})"),
                }
            });
            let shown: Vec<String> = shown.collect();
            let n_with = image.history().filter(|(_, layer)| layer.is_some()).count();
            assert_eq!(n_with, image.found.layers.len(), "{history}");
            shown.join("|")
        };
        let mut world = World::of(found(&tars, &config));
        assert_eq!(told(&squashed(&world.image, 2).1), squashed_to, "{history}");
        world.edit("write d2 = 1");
        assert_eq!(
            told(&world.committed(&order(NewCompression::Plain))),
            committed,
            "{history}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_layer_alone_is_not_squashed() {
    let world = World::new(LAYERS);
    for from in [3, 4, usize::MAX] {
        let refused = world.image.squash_task(from).err();
        assert_eq!(refused, Some(CommitError::NoSuchLayers { from }));
    }
}
