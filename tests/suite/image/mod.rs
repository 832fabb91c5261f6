//! The `image` suite: documents as tools write them, and references as users type them.

mod configs;
mod digests;
mod documents;
mod history;
mod media_types;
mod references;

use lamina::image::Oddity;

const LIMIT: u64 = 1 << 20;

fn codes(oddities: &[Oddity]) -> String {
    let codes: Vec<_> = oddities.iter().map(Oddity::code).collect();
    codes.join(" ")
}
