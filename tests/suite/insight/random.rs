//! Random images, compared with the slow model. The seeds are fixed, so that a failed case can be run again.

use std::collections::BTreeMap;

use lamina::image::escape;
use lamina::insight::{Analysis, analyse};
use wasm_bindgen_test::wasm_bindgen_test;

use super::model::{Figures, figures};
use super::{ALL, union_of};

const N_IMAGES: u64 = 300;

/// Marsaglia's xorshift with 64 bits of state.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn path(&mut self) -> String {
        let names: Vec<_> = (0..1 + self.below(3))
            .map(|_| self.of(&["a", "b", "c", "-d", ".e"]))
            .collect();
        names.join("/")
    }

    fn line(&mut self) -> String {
        let (path, target) = (self.path(), self.path());
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let slash = if dir.is_empty() { "" } else { "/" };
        let size = 1 + self.below(40);
        match self.below(20) {
            0..=6 => format!("{path} = @{size}"),
            7..=8 => format!("{path}/"),
            9 => format!("{path} -> {}{target}", self.of(&["", "/", "../"])),
            10..=12 => format!("{path} => {target}"),
            13 => format!("{path} p"),
            14..=16 => format!("{dir}{slash}.wh.{name} = {}", self.of(&["", "", "x"])),
            17 => format!("{dir}{slash}.wh..wh..opq"),
            18 => format!(".wh.{path}"),
            _ => format!(
                "{dir}{slash}{} = x",
                self.of(&[".wh.", ".wh...", ".wh..wh.aufs", ".wh..wh.plnk"])
            ),
        }
    }

    fn image(&mut self) -> String {
        let layers: Vec<String> = (0..1 + self.below(5))
            .map(|_| {
                let lines: Vec<_> = (0..self.below(16)).map(|_| self.line()).collect();
                lines.join("\n")
            })
            .collect();
        layers.join("\n---\n")
    }
}

fn check(analysis: &Analysis, expected: &Figures, told: &str) {
    let dive = &analysis.dive;
    assert_eq!(dive.wasted_bytes, expected.wasted_bytes, "waste of {told}");
    let percent = match (analysis.layers.len(), dive.wasted_bytes) {
        (1, _) | (_, 0) => 0.0,
        (_, wasted) => wasted as f64 / expected.user_bytes as f64,
    };
    assert_eq!(dive.user_wasted_percent, percent, "percent of {told}");
    let wasted: BTreeMap<_, _> = dive
        .wasted
        .iter()
        .map(|row| (escape(&row.path), (row.copies, row.bytes)))
        .collect();
    assert_eq!(wasted, expected.wasted, "wasted paths of {told}");
    let mut dead = BTreeMap::new();
    for row in &analysis.dead {
        let sum: &mut (u32, u64) = dead.entry((row.stored_by.0, row.hidden_by.0)).or_default();
        *sum = (sum.0 + row.n_files, sum.1 + row.bytes);
    }
    assert_eq!(dead, expected.dead, "dead bytes of {told}");
    assert_eq!(dive.score, expected.score, "score of {told}");
}

#[wasm_bindgen_test(unsupported = test)]
fn random_images_agree_with_the_model() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut n_dead, mut n_dirs) = (0, 0);
    for number in 0..N_IMAGES {
        let image = random.image();
        let union = union_of(&image);
        let analysis = analyse(&union, ALL).unwrap();
        let told = format!("image {number}:\n{image}");
        check(&analysis, &figures(&union), &told);
        n_dead += analysis.dead.len();
        n_dirs += analysis.dead.iter().filter(|row| row.is_dir).count();
    }
    assert!(
        n_dead > 300 && n_dirs > 20,
        "{n_dead} rows, {n_dirs} directories"
    );
}
