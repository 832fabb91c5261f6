//! Expansion is measured correctly: the same in all pieces, and including the work of the decoder.

use std::rc::Rc;

use lamina::bounds::{ArchiveLimits, LayerLimits, Limits};
use lamina::io::{self, Bytes, LocalFuture, ReadAt};
use lamina::layer::{Compression, Decoder};
use lamina::source::Error;
use lamina::source::archive::Input;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{bzip2, gzip, open_with};

/// Each stream makes its decoder set up megabytes. A megabyte of empty streams would take a quarter of a minute.
#[wasm_bindgen_test(unsupported = test)]
fn thousands_of_bzip2_streams_of_next_to_nothing_are_refused() {
    let decode = |stored: &[u8]| {
        let mut decoder = Decoder::new(Compression::Bzip2, &LayerLimits::DEFAULT);
        let mut output = [0; 4096];
        let (mut rest, mut n_decoded) = (stored, 0);
        loop {
            let step = decoder.decode(rest, &mut output)?;
            n_decoded += step.written;
            rest = &rest[step.read..];
            if rest.is_empty() && step.written == 0 {
                return decoder.finish().map(|_| n_decoded);
            }
        }
    };
    let (empty, small) = (bzip2(b""), bzip2(b"x"));
    assert_eq!(decode(&small.repeat(1_000)), Ok(1_000));
    for stored in [empty.repeat(2_000), small.repeat(2_000)] {
        let error = decode(&stored).unwrap_err().to_string();
        assert!(error.contains("streams of next to nothing"), "{error}");
    }
    // The number of streams that have some content is not limited.
    let noise: Vec<u8> = (0..1_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert_eq!(decode(&bzip2(&noise).repeat(1_100)), Ok(1_100_000));
}

/// Bytes that are read in pieces of this length.
struct InPieces(Bytes, usize);

impl ReadAt for InPieces {
    fn len_bytes(&self) -> u64 {
        self.0.len_bytes()
    }

    fn piece_bytes(&self) -> usize {
        self.1
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        self.0.read_at(offset, len)
    }
}

/// The limit that an expanding archive meets first depends on its bytes, not on the pieces in which they arrive.
#[wasm_bindgen_test(unsupported = test)]
fn a_swelling_archive_meets_the_same_limit_in_all_pieces() {
    // If the bytes after it were counted, the beginning would look harmless.
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    });
    let bytes: Vec<u8> = std::iter::repeat_n(0, 4_000_000)
        .chain(noise.take(100_000))
        .collect();
    let stored = gzip(&bytes);
    for (expansion, met) in [
        (100, "100 decompressed bytes"),
        (2_000, "3000000 bytes once"),
    ] {
        let limits = Limits {
            archive: ArchiveLimits {
                spool_bytes: 3_000_000,
                ..ArchiveLimits::DEFAULT
            },
            layer: LayerLimits {
                decoded_floor_bytes: 500_000,
                expansion,
                ..LayerLimits::DEFAULT
            },
            ..Limits::DEFAULT
        };
        for piece_bytes in [1, 100, 3_000, 1_000_000] {
            let input = Input::File {
                name: "test.tar".to_owned(),
                bytes: Rc::new(InPieces(Bytes::new(stored.clone()), piece_bytes)),
            };
            let go_on = |_| std::ops::ControlFlow::Continue(());
            let error = open_with(input, &limits, &go_on).err().unwrap();
            assert!(matches!(error, Error::TooLarge { .. }), "{error}");
            let message = error.to_string();
            assert!(
                message.contains(met),
                "{message} in pieces of {piece_bytes}"
            );
        }
    }
}
