//! Random images unpacked by a real engine (umoci) and read back from disk, against Lamina's union of the same bytes.
//!
//! The images are those of the suite's differential test. A difference is allowed only by a name in
//! `engines/divergences.rs`, which says what umoci does there and how the case is recognised.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at once, and says what it skips and what it compared"
)]

#[path = "engines/divergences.rs"]
mod divergences;
#[path = "suite/overlay/images.rs"]
mod images;
#[path = "engines/states.rs"]
mod states;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the suites use what this ring does not"
)]
#[path = "suite/support/text.rs"]
mod text;
#[path = "engines/umoci.rs"]
mod umoci;

use std::collections::BTreeMap;

use divergences::{DIVERGENCES, REJECTIONS};
use images::{Mix, image, told};
use states::{Case, differences};
use umoci::Unpacked;

const N_IMAGES: u64 = 100;
/// Most choices make sense, so that most images can be unpacked at all.
const MIX: Mix = Mix { blind_permille: 2 };
/// Of the hundred, so many at least must be compared whole.
const FEWEST_COMPARED: u64 = 85;

#[test]
fn random_images_unpack_by_umoci_as_the_union_says() {
    let Some(umoci) = umoci::find() else {
        println!("skipped: engines: umoci is not installed");
        return;
    };
    let (mut n_compared, mut excused) = (0, BTreeMap::new());
    let mut unexcused = String::new();
    for seed in 0..N_IMAGES {
        let layers = image(seed, MIX);
        let case = Case::new(&layers);
        match umoci.unpack(seed, &case.tars) {
            Unpacked::Rejected(message) => {
                match REJECTIONS
                    .iter()
                    .find(|rejection| rejection.fits(&message, &case))
                {
                    Some(rejection) => *excused.entry(rejection.name).or_insert(0) += 1,
                    None => {
                        unexcused +=
                            &format!("umoci refuses {}\n{message}\n\n", told(seed, &layers))
                    }
                }
            }
            Unpacked::Folder(folder) => {
                n_compared += 1;
                let mut left = String::new();
                for difference in differences(&case, &folder.path(), umoci.owners) {
                    match DIVERGENCES
                        .iter()
                        .find(|divergence| divergence.fits(&difference, &case))
                    {
                        Some(divergence) => *excused.entry(divergence.name).or_insert(0) += 1,
                        None => left += &format!("{difference}\n"),
                    }
                }
                if !left.is_empty() {
                    unexcused += &format!("{left}of {}\n\n", told(seed, &layers));
                }
            }
        }
    }
    println!("engines: umoci: {n_compared} of {N_IMAGES} images compared whole");
    for (name, n) in &excused {
        println!("engines: umoci: {n} x {name}");
    }
    assert!(unexcused.is_empty(), "{unexcused}");
    assert!(
        n_compared >= FEWEST_COMPARED,
        "only {n_compared} images could be compared"
    );
}
