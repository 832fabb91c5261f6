//! Layers that swell: by few stored bytes, or by few long names.

use std::rc::Rc;

use lamina::layer::{
    Compression, Decoder, Error, Expected, FileHashes, LayerReader, Limits, ReadOptions,
};
use lamina::overlay::{LayerIdx, Union, View};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::bzip2;
use crate::support::{gzip_of, index_of, tar_of};

#[wasm_bindgen_test(unsupported = test)]
fn deep_paths_make_only_so_many_directories() {
    let dir = ["d"; 50].join("/");
    let text: String = (0..20).map(|n| format!("{n}/{dir}/file = x\n")).collect();
    let limits = Limits {
        paths: 300,
        ..Limits::DEFAULT
    };
    let apply = |limits| {
        let mut union = Union::new(limits);
        union.apply(Rc::new(index_of(&text)));
        let n_listed = union.listing(View::UpTo(LayerIdx(0))).count();
        assert!(n_listed < union.n_nodes());
        (union.n_nodes(), union.warnings(LayerIdx(0)).clone())
    };
    let (n_nodes, warnings) = apply(limits);
    assert_eq!(n_nodes, 300);
    assert_eq!(warnings.kept.len(), 15);
    assert_eq!(warnings.kept[0].code, "too-many-paths");
    let (n_nodes, warnings) = apply(Limits::DEFAULT);
    assert_eq!((n_nodes, warnings.kept.len()), (1 + 20 * 52, 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_expansion_counts_the_stored_bytes_before_it_only() {
    let bomb = gzip_of(&tar_of(&format!("z = {}\n", "z".repeat(300_000))), 9);
    assert!(bomb.len() < 512, "the bomb is in the first bytes");
    // What follows would make it look harmless, were it counted.
    let stored = [bomb, vec![0; 100_000]].concat();
    let limits = Limits {
        expansion: 100,
        decoded_floor_bytes: 200_000,
        ..Limits::DEFAULT
    };
    let file_hashes = FileHashes::Skip;
    for first_len in [stored.len(), 512, 600] {
        let options = ReadOptions {
            limits,
            file_hashes,
        };
        let mut reader = LayerReader::new(Expected::default(), options);
        let (first, rest) = stored.split_at(first_len);
        reader.push(first);
        reader.push(rest);
        let reading = reader.finish();
        let Some(Error::Expansion { stored_bytes, .. }) = reading.damage else {
            panic!("{:?} of {first_len} bytes first", reading.damage);
        };
        assert!(stored_bytes <= 512, "{stored_bytes} of {first_len} first");
    }
}

/// Each stream makes its decoder set up megabytes: a megabyte of empty ones would take a quarter of a minute.
#[wasm_bindgen_test(unsupported = test)]
fn thousands_of_bzip2_streams_of_next_to_nothing_are_refused() {
    let decode = |stored: &[u8]| {
        let mut decoder = Decoder::new(Compression::Bzip2, &Limits::DEFAULT);
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
    // Streams of some size may be as many as they like.
    let noise: Vec<u8> = (0..1_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert_eq!(decode(&bzip2(&noise).repeat(1_100)), Ok(1_100_000));
}
