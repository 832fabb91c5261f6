//! gzip: every cut of the input gives the same result, and files are found again from checkpoints.

use lamina::layer::{Compression, Sniffed, sniff};

use super::reading;
use super::world::{LIMITS, TIGHT};

/// Reads bytes as a gzip layer, after adding a header if there is none.
pub fn run(data: &[u8]) {
    let with_header;
    let stored = match sniff(data) {
        Sniffed::Compressed(Compression::Gzip) => data,
        _ => {
            with_header = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], data].concat();
            &with_header
        }
    };
    reading::check(stored, &LIMITS);
    reading::check(stored, &TIGHT);
}
