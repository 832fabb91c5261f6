//! A layer that is added and removed: the union is then the same as before, and with the layer
//! the same as if it had been the first.

use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::overlay::{LayerIdx, NodeId, Union, View};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::overlay::images::{Mix, image, told};
use crate::support::index_of;

/// Returns all facts of a union about its layers, without the numbers of nodes.
fn all_told(union: &Union) -> Vec<String> {
    let mut lines = Vec::new();
    for layer in 0..union.n_layers() {
        let layer = LayerIdx(layer as u32);
        for view in [View::UpTo(layer), View::Layer(layer)] {
            for listed in union.listing(view) {
                let totals = union.totals(listed.id, view);
                let mut links = union.links(listed.id, view);
                let mut links: Vec<_> = links.drain(..).map(|id| union.path(id)).collect();
                links.sort();
                lines.push(format!(
                    "{view:?} {:?} {totals:?} {links:?}",
                    (listed.path, listed.info, listed.change)
                ));
            }
        }
        lines.push(format!(
            "{:?} {:?}",
            union.warnings(layer),
            union.counts(layer)
        ));
    }
    let mut histories: Vec<_> = (0..union.n_nodes() as u32)
        .map(|id| (union.path(NodeId(id)), union.history(NodeId(id))))
        .filter(|(_, history)| !history.is_empty())
        .map(|history| format!("{history:?}"))
        .collect();
    histories.sort();
    lines.extend(histories);
    lines
}

fn check(seed: u64) {
    let blind_permille = if seed.is_multiple_of(2) { 1000 } else { 50 };
    let layers = image(seed, Mix { blind_permille });
    let (top, lower) = layers.split_last().unwrap();
    let others = image(seed + 1_000_000, Mix { blind_permille });
    let base = || {
        let mut union = Union::new(Limits::DEFAULT);
        for layer in lower {
            union.apply(Rc::new(index_of(layer)));
        }
        union
    };
    let mut union = base();
    let before = all_told(&union);
    // First, some other layers are added and removed.
    for other in others.iter().take(3) {
        union.lay_on(Rc::new(index_of(other)));
        assert!(union.lift());
    }
    assert_eq!(all_told(&union), before, "{}", told(seed, &layers));
    union.lay_on(Rc::new(index_of(top)));
    let mut plain = base();
    plain.apply(Rc::new(index_of(top)));
    assert_eq!(
        all_told(&union),
        all_told(&plain),
        "{}",
        told(seed, &layers)
    );
    assert!(union.lift());
    assert_eq!(all_told(&union), before, "{}", told(seed, &layers));
    assert!(!union.lift(), "the layers below stay");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_lifted_layer_leaves_nothing_behind() {
    (0..300).for_each(check);
}

/// The cost of an edit depends on the size of the container layer, not on the size of the image.
#[wasm_bindgen_test(unsupported = test)]
fn laying_on_and_lifting_costs_what_the_layer_has() {
    let base: String = (0..20_000)
        .map(|n| format!("d{}/f{n} = 1\n", n % 100))
        .collect();
    let mut union = Union::new(Limits::DEFAULT);
    union.apply(Rc::new(index_of(&base)));
    let top = Rc::new(index_of("d1/\nd1/new = 1\nd2/.wh.f2"));
    let (before, held) = (union.n_steps(), union.heap_bytes());
    for _ in 0..100 {
        union.lay_on(Rc::clone(&top));
        assert!(union.lift());
    }
    assert!(
        union.n_steps() - before < 100 * 50,
        "{}",
        union.n_steps() - before
    );
    assert!(union.heap_bytes() < held + 200_000, "nothing piles up");
}
