//! Random and mutated layers and documents, read by Go's archive/tar and encoding/json and by Lamina.
//!
//! Container engines are written in Go, so the results of Go's readers are what runs. A difference is allowed only
//! if a warning of the layer reports it: then engines refuse the layer. `LAMINA_ORACLE_SECONDS` makes the tests run
//! for longer than their fixed number of inputs, `LAMINA_ORACLE_SEED` tries one input alone. An input with
//! different results is left in the folder for temporary files.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop at once, and says what it skips and what it compared"
)]

#[path = "oracles/documents.rs"]
mod documents;
#[path = "oracles/go.rs"]
mod go;
#[path = "oracles/layers.rs"]
mod layers;
#[path = "suite/support/random.rs"]
mod random;
#[path = "oracles/records.rs"]
mod records;

use std::time::{Duration, Instant};

use go::Oracle;
use random::Random;

/// Number of inputs of each kind, unless the tests run for a given time.
const N_INPUTS: u64 = 6_000;

/// Runs a comparison over numbered inputs. The first differences fail the test.
fn compare(what: &str, compare_one: impl Fn(&mut Oracle, &mut Random) -> Result<Said, String>) {
    let Some(mut oracle) = go::start(what) else {
        println!("skipped: oracles: {what}: Go is not installed (scripts/setup-oracles)");
        return;
    };
    let seconds = std::env::var("LAMINA_ORACLE_SECONDS").ok();
    let until = seconds.map(|s| Instant::now() + Duration::from_secs(s.parse().unwrap()));
    let seed = std::env::var("LAMINA_ORACLE_SEED").ok();
    let seed: Option<u64> = seed.map(|seed| seed.parse().unwrap());
    let (first, end) = seed.map_or((0, N_INPUTS), |seed| (seed, seed + 1));
    let (mut n, mut n_refused, mut differences) = (first, 0, Vec::new());
    while until.map_or(n < end, |until| Instant::now() < until) && differences.len() < 10 {
        match compare_one(&mut oracle, &mut Random::new(n)) {
            Ok(Said::Alike) => {}
            Ok(Said::Refused) => n_refused += 1,
            Err(difference) => {
                let input = std::env::temp_dir().join(format!("lamina-{what}-{n}"));
                std::fs::write(&input, oracle.asked()).unwrap();
                let place = input.display();
                differences.push(format!("seed {n} ({place}): {difference}"));
            }
        }
        n += 1;
    }
    println!(
        "oracles: {what}: {} inputs, {n_refused} of them refused by {}, {} differences",
        n - first,
        oracle.version,
        differences.len()
    );
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    let few = seed.is_some() || n_refused * 10 < n * 9;
    assert!(few, "nearly all inputs are refused");
}

/// Result for one input without an error.
enum Said {
    /// Both read it, with equal results.
    Alike,
    /// Go refuses it, and Lamina reports damage or the refusal.
    Refused,
}

#[test]
fn go_reads_random_layers_as_lamina_does() {
    compare("layers", layers::compare);
}

#[test]
fn go_decodes_random_documents_as_lamina_does() {
    compare("documents", documents::compare);
}
