//! The fuzz targets without a fuzzer: each over its seeds, and over some thousand mutations
//! of them, the same in every run.
//!
//! A failing input is printed as hex and saved to a file; `LAMINA_INPUT=FILE cargo test --test smoke TARGET` runs
//! it alone. `LAMINA_SEEDS=FOLDER cargo test --test smoke seeds` writes the seeds for `scripts/fuzz`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    unused_imports,
    reason = "what is shared by path with the suites and the fuzzer is used in part"
)]

#[path = "../suite/archive/outer.rs"]
mod outer;
#[path = "../suite/layer/raw.rs"]
mod raw;
#[path = "../suite/support/mod.rs"]
mod support;
#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

mod mutate;
mod seeds;

use std::fs;
use std::ops::ControlFlow;
use std::panic::catch_unwind;
use std::path::Path;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::io::{Bytes, MemorySpool};
use lamina::source::archive::{Input, open};

use targets::TARGETS;

/// Maximum number of bytes printed of a failing input; the file has all of them.
const SHOWN_BYTES: usize = 2_000;

/// Runs a target over its seeds, and over `n_mutations` inputs made from them.
fn smoke(name: &str, n_mutations: usize) {
    let (_, target) = TARGETS
        .into_iter()
        .find(|(known, _)| *known == name)
        .expect("is a target");
    if let Ok(file) = std::env::var("LAMINA_INPUT") {
        return target(&fs::read(file).expect("LAMINA_INPUT names a file"));
    }
    let seeds = seeds::of(name);
    let mutations = mutate::mutations(&seeds).take(n_mutations);
    let inputs = seeds.iter().cloned().chain(mutations);
    for (number, input) in inputs.enumerate() {
        if catch_unwind(|| target(&input)).is_err() {
            fail(name, number, &input);
        }
    }
}

fn fail(name: &str, number: usize, input: &[u8]) -> ! {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("smoke-{name}"));
    fs::write(&file, input).expect("the folder of test files can be written");
    let shown = lamina::image::hex(&input[..input.len().min(SHOWN_BYTES)]);
    let more = if input.len() > SHOWN_BYTES {
        " and more"
    } else {
        ""
    };
    panic!(
        "input {number} of `{name}` fails, {} bytes: {shown}{more}\nagain: LAMINA_INPUT={} cargo test --test smoke {name}",
        input.len(),
        file.display(),
    );
}

#[test]
fn archive() {
    smoke("archive", 300);
}

#[test]
fn rpm() {
    smoke("rpm", 6_000);
}

#[test]
fn dpkg() {
    smoke("dpkg", 6_000);
}

#[test]
fn apk() {
    smoke("apk", 6_000);
}

#[test]
fn python() {
    smoke("python", 6_000);
}

#[test]
fn npm() {
    smoke("npm", 6_000);
}

#[test]
fn program() {
    smoke("program", 6_000);
}

#[test]
fn jar() {
    smoke("jar", 6_000);
}

#[test]
fn challenge() {
    smoke("challenge", 5_000);
}

#[test]
fn documents() {
    smoke("documents", 5_000);
}

#[test]
fn gzip() {
    smoke("gzip", 1_500);
}

#[test]
fn image() {
    smoke("image", 800);
}

#[test]
fn link() {
    smoke("link", 4_000);
}

#[test]
fn reference() {
    smoke("reference", 20_000);
}

#[test]
fn tar() {
    smoke("tar", 1_000);
}

#[test]
fn toc() {
    smoke("toc", 2_000);
}

#[test]
fn zstd() {
    smoke("zstd", 1_500);
}

/// Every target has seeds, all different and the same in every run. They are written to files on request.
#[test]
fn seeds() {
    for (name, _) in TARGETS {
        let mut seeds = seeds::of(name);
        assert_eq!(seeds, seeds::of(name), "the seeds of {name} change");
        let folder = std::env::var("LAMINA_SEEDS").map(|folder| Path::new(&folder).join(name));
        if let Ok(folder) = &folder {
            fs::create_dir_all(folder).expect("the folder can be made");
        }
        for (number, seed) in seeds.iter().enumerate() {
            assert!(seed.len() < 200_000, "seed {number} of {name} is large");
            if let Ok(folder) = &folder {
                fs::write(folder.join(format!("seed-{number:03}")), seed).expect("is written");
            }
        }
        let n_seeds = seeds.len();
        seeds.sort();
        seeds.dedup();
        assert_eq!(seeds.len(), n_seeds, "{name} has a seed twice");
        assert!(n_seeds >= 10, "{name} has {n_seeds} seeds");
    }
}

/// Mutations of an archive are only useful if its seeds open.
#[test]
fn seeds_hold_images() {
    let opens = |seed: &Vec<u8>| {
        let bytes = targets::assembled(seed).unwrap_or_else(|| seed.clone());
        let input = Input::File {
            name: String::new(),
            bytes: Rc::new(Bytes::new(bytes)),
        };
        let spool = || Box::new(MemorySpool::new(1 << 20)) as _;
        let go_on = |_| ControlFlow::Continue(());
        let opened = support::run(open(input, spool, &Limits::DEFAULT, &go_on));
        opened.is_ok_and(|opened| !opened.images.is_empty())
    };
    for name in ["archive", "image"] {
        let seeds = seeds::of(name);
        let n_open = seeds.iter().filter(|seed| opens(seed)).count();
        assert!(
            n_open * 2 > seeds.len(),
            "{n_open} of {} seeds of {name} open",
            seeds.len()
        );
    }
}
