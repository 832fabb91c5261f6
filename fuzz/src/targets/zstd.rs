//! zstd: every cut of the input gives the same result, and windows stay within their limit.

use lamina::layer::{Compression, Sniffed, sniff};

use super::reading;
use super::world::{LIMITS, TIGHT};

/// Reads bytes as a zstd layer, after adding a magic number if there is none.
pub fn run(data: &[u8]) {
    let with_magic;
    let stored = match sniff(data) {
        Sniffed::Compressed(Compression::Zstd) => data,
        _ => {
            with_magic = [&[0x28, 0xb5, 0x2f, 0xfd], data].concat();
            &with_magic
        }
    };
    reading::check(stored, &LIMITS);
    reading::check(stored, &TIGHT);
}
