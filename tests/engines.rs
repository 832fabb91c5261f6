//! Random images unpacked by a real engine (umoci), read back from disk and compared with Lamina's union of the
//! same bytes; and the same for random edits of them committed by Lamina.
//!
//! The images and the edits are those of the suite's differential tests. A difference is allowed only by a name in
//! `engines/divergences.rs`, which describes the behaviour of umoci and how to recognise the case.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop at once, and says what it skips and what it compared"
)]

#[path = "engines/container.rs"]
mod container;
#[path = "engines/divergences.rs"]
mod divergences;
#[path = "engines/overlay.rs"]
mod overlay;
#[path = "engines/states.rs"]
mod states;
#[allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the suites use what this ring does not"
)]
#[path = "suite/support/mod.rs"]
mod support;
#[path = "engines/umoci.rs"]
mod umoci;

use std::collections::BTreeMap;

use divergences::{DIVERGENCES, REJECTIONS};
use overlay::images::{Mix, image, told};
use states::{Case, differences};
use support::tar_of;
use umoci::{Umoci, Unpacked};

const N_IMAGES: u64 = 100;
/// Most choices make sense, so that most images can be unpacked at all.
const MIX: Mix = Mix { blind_permille: 2 };
/// Minimum number of images, of the hundred, that must be compared in full.
const FEWEST_COMPARED: u64 = 85;

/// Results of unpacking many images.
#[derive(Default)]
struct Tally {
    n_compared: u64,
    excused: BTreeMap<&'static str, u64>,
    unexcused: String,
}

impl Tally {
    fn excuse(&mut self, name: &'static str) {
        *self.excused.entry(name).or_insert(0) += 1;
    }

    /// Unpacks an image with umoci, and records the differences from its union.
    fn compare(&mut self, umoci: &Umoci, number: u64, case: &Case, told: &str) {
        match umoci.unpack(number, &case.tars) {
            Unpacked::Rejected(message) => {
                let fits = REJECTIONS
                    .iter()
                    .find(|rejection| rejection.fits(&message, case));
                match fits {
                    Some(rejection) => self.excuse(rejection.name),
                    None => self.unexcused += &format!("umoci refuses {told}\n{message}\n\n"),
                }
            }
            Unpacked::Folder(folder) => {
                self.n_compared += 1;
                let mut left = String::new();
                for difference in differences(case, &folder.path(), umoci.owners) {
                    let fits = DIVERGENCES
                        .iter()
                        .find(|divergence| divergence.fits(&difference, case));
                    match fits {
                        Some(divergence) => self.excuse(divergence.name),
                        None => left += &format!("{difference}\n"),
                    }
                }
                if !left.is_empty() {
                    self.unexcused += &format!("{left}of {told}\n\n");
                }
            }
        }
    }

    fn close(self, what: &str) {
        println!(
            "engines: umoci: {} of {N_IMAGES} {what} compared whole",
            self.n_compared
        );
        for (name, n) in &self.excused {
            println!("engines: umoci: {n} x {name}");
        }
        assert!(self.unexcused.is_empty(), "{}", self.unexcused);
        assert!(
            self.n_compared >= FEWEST_COMPARED,
            "only {} {what} could be compared",
            self.n_compared
        );
    }
}

/// Runs a comparison with umoci, if it is installed.
fn with_umoci(what: &str, compare: impl FnOnce(&Umoci, &mut Tally)) {
    let Some(umoci) = umoci::find(what) else {
        println!("skipped: engines: umoci is not installed");
        return;
    };
    let mut tally = Tally::default();
    compare(&umoci, &mut tally);
    tally.close(what);
}

#[test]
fn random_images_unpack_by_umoci_as_the_union_says() {
    with_umoci("images", |umoci, tally| {
        for seed in 0..N_IMAGES {
            let layers = image(seed, MIX);
            let tars = layers.iter().map(|layer| tar_of(layer)).collect();
            tally.compare(umoci, seed, &Case::new(tars), &told(seed, &layers));
        }
    });
}

#[test]
fn random_commits_unpack_by_umoci_as_the_container_saw_them() {
    with_umoci("commits", |umoci, tally| {
        // Some seeds leave nothing to commit.
        let commits = (0..).filter_map(|seed| Some((seed, container::committed(seed, MIX)?)));
        for (seed, committed) in commits.take(N_IMAGES as usize) {
            tally.compare(umoci, seed, &Case::new(committed.tars), &committed.told);
        }
    });
}
