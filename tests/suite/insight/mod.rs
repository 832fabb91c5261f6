//! The `insight` suite: layers as text in, figures as text out.

mod cases;
mod dead;
mod language_packages;
mod model;
mod overview;
mod package_bounds;
mod packages;
mod random;
mod rules;
mod safety;
mod scaling;
mod secrets;
mod system;

use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::image::escape;
use lamina::insight::{Analysis, analyse};
use lamina::overlay::Union;

use crate::support::index_of;

/// More rows than any case has.
const ALL: usize = 1_000_000;

/// Returns the union of layers separated by lines of dashes. A lone line `missing` is a layer that cannot be read.
fn union_of(layers: &str) -> Union {
    let mut union = Union::new(Limits::DEFAULT);
    for layer in layers.split("---") {
        if layer.trim() == "missing" {
            union.apply_missing();
        } else {
            union.apply(Rc::new(index_of(layer)));
        }
    }
    union
}

/// Returns the figures, one per line; see `cases`.
fn told(analysis: &Analysis) -> Vec<String> {
    let dive = &analysis.dive;
    let mut lines = vec![format!(
        "score {:.4} wasted {} percent {:.4}",
        dive.score, dive.wasted_bytes, dive.user_wasted_percent
    )];
    for again in &dive.wasted {
        let path = escape(&again.path);
        lines.push(format!("again {path} x{} {}", again.copies, again.bytes));
    }
    for (layer, space) in analysis.layers.iter().enumerate() {
        let (stored, dead) = (space.stored_bytes, space.dead_bytes);
        lines.push(format!("layer {layer} stored {stored} dead {dead}"));
    }
    for dead in &analysis.dead {
        let path = match dead.is_dir {
            true => format!("{}/ of {}", escape(&dead.path), dead.n_files),
            false => escape(&dead.path),
        };
        let (by, at) = (dead.hidden_by.0, dead.stored_by.0);
        let how = dead.how.word();
        lines.push(format!("dead {path} {} @{at} by {by} {how}", dead.bytes));
    }
    lines
}

fn check(layers: &str, expected: &str) {
    let analysis = analyse(&union_of(layers), ALL).unwrap();
    let expected: Vec<_> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let actual = told(&analysis);
    assert_eq!(
        actual,
        expected,
        "layers:\n{layers}\nactual:\n{}",
        actual.join("\n")
    );
    let dead = analysis.layers.iter().map(|layer| layer.dead_bytes);
    assert_eq!(analysis.dead_bytes, dead.sum::<u64>());
    let rows = analysis.dead.iter().map(|dead| dead.bytes);
    assert_eq!(analysis.dead_bytes, rows.sum::<u64>());
    assert_eq!(
        analysis.live_bytes() + analysis.dead_bytes,
        analysis.stored_bytes
    );
}
