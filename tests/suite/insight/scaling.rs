//! The cost of the analysis is linear in entries and whiteouts. It is counted in steps, without a clock.

use std::fmt::Write;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::insight::analyse;
use lamina::overlay::Union;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::index_of;

const N_FILES: usize = 50_000;
const N_WHITEOUTS: usize = 2_000;

/// Checks that the analysis takes at most `most` steps per line of the layers, on average.
fn check_steps(layers: &[String], most: u64) {
    let mut union = Union::new(Limits::DEFAULT);
    for layer in layers {
        union.apply(Rc::new(index_of(layer)));
    }
    let n_lines: usize = layers.iter().map(|layer| layer.lines().count()).sum();
    let steps = analyse(&union, 100).unwrap().n_steps / n_lines as u64;
    assert!(steps <= most, "{steps} steps for each of {n_lines} entries");
}

/// Returns directories with 25 files each.
fn files() -> String {
    let mut layer = String::new();
    for n in 0..N_FILES {
        writeln!(layer, "d/s{}/f{n} = x", n / 25).unwrap();
    }
    layer
}

#[wasm_bindgen_test(unsupported = test)]
fn whiteouts_do_not_look_at_all_files() {
    let of_files: Vec<_> = (0..N_WHITEOUTS)
        .map(|n| format!("d/s{}/.wh.f{}\n", n, n * 25))
        .collect();
    let of_dirs: Vec<_> = (0..N_WHITEOUTS).map(|n| format!("d/.wh.s{n}\n")).collect();
    check_steps(&[files(), of_files.concat()], 40);
    check_steps(&[files(), of_dirs.concat()], 60);
    // The same in many layers.
    let some = of_dirs.chunks(20).map(<[String]>::concat);
    check_steps(&[vec![files()], some.collect()].concat(), 60);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_same_whiteout_in_every_layer_costs_one_sum() {
    let again = vec!["d/.wh.x\n.wh.y\n".to_owned(); 500];
    check_steps(&[vec![files()], again].concat(), 50);
    // A directory that is added and removed repeatedly.
    let mut turns = vec![files()];
    for _ in 0..200 {
        turns.push("e/\ne/a = 1\ne/b = 2\n".to_owned());
        turns.push(".wh.e\n".to_owned());
    }
    check_steps(&turns, 50);
}

#[wasm_bindgen_test(unsupported = test)]
fn nested_whiteouts_do_not_multiply() {
    let (mut dirs, mut down, mut path) = (String::new(), String::new(), "d".to_owned());
    for n in 0..300 {
        writeln!(down, "{path}/.wh.n").unwrap();
        path += "/n";
        for file in 0..10 {
            writeln!(dirs, "{path}/x{n}-{file} = 1").unwrap();
        }
    }
    // Each whiteout names its path, component by component, and causes no other work.
    check_steps(&[dirs, down], 120);
}
