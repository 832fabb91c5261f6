//! The cost of applying layers is linear in the entries, whatever the whiteouts. It is
//! counted in steps, without a clock.

use std::fmt::Write;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::overlay::Union;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::index_of;

const N_FILES: usize = 10_000;
const N_WHITEOUTS: usize = 1_000;

/// Checks that applying takes at most `most` steps per line of the layers, on average.
fn check_steps(layers: &[String], most: u64) {
    let mut union = Union::new(Limits::DEFAULT);
    for layer in layers {
        union.apply(Rc::new(index_of(layer)));
    }
    let n_lines: usize = layers.iter().map(|layer| layer.lines().count()).sum();
    let steps = union.n_steps() / n_lines as u64;
    assert!(steps <= most, "{steps} steps for each of {n_lines} entries");
}

/// Returns the steps of the last layer alone.
fn steps_of(layers: &str) -> u64 {
    let layers = super::layers_of(layers);
    let (last, base) = layers.split_last().unwrap();
    let mut union = Union::new(Limits::DEFAULT);
    for layer in base {
        union.apply(Rc::new(index_of(layer)));
    }
    let before = union.n_steps();
    union.apply(Rc::new(index_of(last)));
    union.n_steps() - before
}

/// One step for the entry. One for its directory and one for each component of that, unless the entry before has
/// the same directory. One for each directory that the layer needs for the first time. The same for a link's
/// target. One for each check of a hidden path, as a child of its directory and as itself.
#[wasm_bindgen_test(unsupported = test)]
fn what_each_entry_costs_is_counted() {
    for (layers, steps) in [
        ("", 0),
        ("a = 1", 2),
        ("a = 1\nb = 1", 3),
        ("a/b/c/d = 1", 7),
        ("a/b/c/d = 1\na/b/c/e = 1", 8),
        ("a = 1\nb => a", 5),
        ("d/\nd/a = 1\nb => d/a", 10),
        ("a = 1\n---\n.wh.a", 3),
        ("d/\nd/a = 1\nd/b = 1\n---\n.wh.d", 7),
        ("d/\nd/a = 1\nd/b = 1\n---\nd/.wh..wh..opq", 7),
        ("d/\nd/a = 1\nd/b = 1\n---\nd = file", 6),
        ("d/\nd/e/\nd/e/a = 1\n---\nd = file", 6),
    ] {
        assert_eq!(steps_of(layers), steps, "{layers}");
    }
}

fn files(dir: &str) -> String {
    let mut layer = format!("{dir}/\n");
    for n in 0..N_FILES {
        writeln!(layer, "{dir}/f{n} = x").unwrap();
    }
    layer
}

#[wasm_bindgen_test(unsupported = test)]
fn whiteouts_of_single_files_do_not_look_at_their_neighbours() {
    let whiteouts: Vec<_> = (0..N_WHITEOUTS).map(|n| format!("d/.wh.f{n}\n")).collect();
    check_steps(&[files("d"), whiteouts.concat()], 8);
    check_steps(&[vec![files("d")], whiteouts].concat(), 8);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_same_whiteout_again_costs_one_step() {
    for line in [
        ".wh.d\n",
        "d/.wh..wh..opq\n",
        ".wh..wh..opq\n",
        "d/new = x\n.wh.d\n",
    ] {
        check_steps(&[files("d"), line.repeat(N_WHITEOUTS)], 12);
        check_steps(
            &[vec![files("d")], vec![line.to_owned(); N_WHITEOUTS / 2]].concat(),
            12,
        );
    }
    // With the files in the same layer as the markers, before and after.
    for line in ["d/.wh..wh..opq\n", ".wh.d\n"] {
        check_steps(&[files("d"), files("d") + &line.repeat(N_WHITEOUTS)], 8);
        check_steps(&[files("d"), line.repeat(N_WHITEOUTS) + &files("d")], 8);
    }
}

/// Returns the steps of applying `n_files` files in packages, and a second layer that changes them.
fn steps_for(n_files: usize, second: impl Fn(usize) -> Option<String>) -> u64 {
    let path = |n: usize| format!("usr/lib/p{}/m{}/f{n}", n / 400, n / 20 % 20);
    let first: String = (0..n_files).map(|n| path(n) + " = x\n").collect();
    let second: String = (0..n_files).filter_map(second).collect();
    let mut union = Union::new(Limits::DEFAULT);
    for layer in [first, second] {
        union.apply(Rc::new(index_of(&layer)));
    }
    union.n_steps()
}

/// A layer that changes the owner of all files, one that changes and one that hides every twenty-fifth file.
#[wasm_bindgen_test(unsupported = test)]
fn ten_times_the_entries_cost_at_most_eleven_times_the_steps() {
    let dir = |n: usize| format!("usr/lib/p{}/m{}", n / 400, n / 20 % 20);
    let owners = |n: usize| Some(format!("{}/f{n} = x | uid=7\n", dir(n)));
    let changed = |n: usize| {
        n.is_multiple_of(25)
            .then(|| format!("{}/f{n} = y\n", dir(n)))
    };
    let hidden = |n: usize| {
        n.is_multiple_of(25)
            .then(|| format!("{}/.wh.f{n}\n", dir(n)))
    };
    let check = |second: &dyn Fn(usize) -> Option<String>| {
        let (few, many) = (steps_for(3_000, second), steps_for(30_000, second));
        assert!(many <= 11 * few, "{many} steps, and {few} for a tenth");
        many
    };
    check(&owners);
    // Hiding a file costs no more than changing it.
    assert!(check(&hidden) <= check(&changed) + 30_000 / 25);
}

#[wasm_bindgen_test(unsupported = test)]
fn nested_whiteouts_do_not_multiply() {
    let (mut dirs, mut path) = (files("d"), "d".to_owned());
    let (mut down, mut up) = (String::new(), Vec::new());
    for _ in 0..100 {
        writeln!(down, "{path}/.wh.n").unwrap();
        up.push(format!("{path}/.wh..wh..opq\n"));
        path += "/n";
        writeln!(dirs, "{path}/").unwrap();
        writeln!(dirs, "{path}/x = 1").unwrap();
    }
    up.reverse();
    check_steps(&[dirs.clone(), down], 8);
    check_steps(&[dirs, up.concat()], 8);
}

/// If each name read the attributes again, this would take minutes.
#[wasm_bindgen_test(unsupported = test)]
fn the_attributes_of_many_names_are_compared_once() {
    let mut file = "f = x |".to_owned();
    for n in 0..5_000 {
        write!(file, " xattr.user.k{n}=v").unwrap();
    }
    let links = |mtime: u32| -> String {
        let link = |n| format!("l{n} => f | mtime={mtime} xattr.user.k0={mtime}\n");
        (0..5_000).map(link).collect()
    };
    let mut union = Union::new(Limits::DEFAULT);
    union.apply(Rc::new(index_of(&format!("{file}\n{}", links(1)))));
    union.apply(Rc::new(index_of(&links(2))));
    let all: String = (0..5_000).map(|n| format!("l{n} = x\n")).collect();
    union.apply(Rc::new(index_of(&all)));
    let changed = |layer| union.counts(lamina::overlay::LayerIdx(layer)).n_changed;
    // First, the file itself gets the attributes of the links. Then they are separate files.
    assert_eq!((changed(1), changed(2)), (5_001, 5_000));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_held_in_memory_is_small() {
    let mut union = Union::new(Limits::DEFAULT);
    union.apply(Rc::new(index_of(&files("directory"))));
    union.shrink_to_fit();
    let bytes = union.heap_bytes() / N_FILES;
    assert!(bytes <= 64, "{bytes} bytes for each entry");
}

/// Returns the bytes that the last layer adds, without reserves for growth.
fn bytes_of(layers: &str) -> usize {
    let mut union = Union::new(Limits::DEFAULT);
    let mut bytes = [0; 2];
    for layer in super::layers_of(layers) {
        union.apply(Rc::new(index_of(&layer)));
        union.shrink_to_fit();
        bytes = [bytes[1], union.heap_bytes()];
    }
    bytes[1] - bytes[0]
}

/// A path takes 28 bytes. Its name takes none, because it is in its layer's index. Each touch takes
/// 16. A second name takes 16 for the inode, 16 for its metadata, and 16 for each name. Other
/// metadata by a link takes another 16.
#[wasm_bindgen_test(unsupported = test)]
fn what_each_entry_holds_is_counted() {
    // A layer's number and its index.
    let layer = size_of::<(u32, usize)>();
    // The root, and the initial slots for names.
    let nothing = 16 + 64 * 4 + layer;
    for (layers, bytes) in [
        ("", nothing),
        ("a = 1\nbb = 1\nccc = 1", nothing + 3 * (28 + 16)),
        ("a = 1\n---\nbb = 1\nccc = 1", layer + 2 * (28 + 16)),
        (
            "a = 1\nb = 1\nc = 1\n---\na = 2\nb = 2\n.wh.c",
            layer + 3 * 16,
        ),
        ("a = 1\nb = 1\n---\nb => a", layer + 16 + 32 + 2 * 16),
        (
            "a = 1\nb = 1\nc = 1\n---\nb => a | mode=0600\nc => a | mode=0600",
            layer + 2 * 16 + 32 + 3 * 16 + 16,
        ),
        // A directory without an entry stores its name, and the end of it.
        ("a = 1\n---\nusr/b = 1", layer + 2 * (28 + 16) + 3 + 4),
    ] {
        assert_eq!(bytes_of(layers), bytes, "{layers}");
    }
}
