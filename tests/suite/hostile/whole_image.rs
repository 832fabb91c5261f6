//! Limits for a whole image: each layer is within its own limits, but all of them together are not.

use lamina::bounds::{Bound, LayerLimits, Limits};
use lamina::layer::{Before, Expected, LayerReader, LayerReading};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{entry, options, pax};
use crate::archive::fixture::gzip;

/// Reads the same layer `n_layers` times as the layers of one image, one after another.
fn read_image(stored: &[u8], n_layers: usize, limits: Limits) -> Vec<LayerReading> {
    let mut before = Before::default();
    (0..n_layers)
        .map(|_| {
            let mut reader = LayerReader::new(Expected::default(), options(limits)).after(before);
            reader.push(stored);
            let reading = reader.finish();
            before.stored_bytes += reading.stored_bytes;
            before.decoded_bytes += reading.decoded_bytes;
            before.text_bytes += reading.index.text_bytes();
            reading
        })
        .collect()
}

/// Returns the limit that each layer met.
fn met(readings: &[LayerReading]) -> Vec<Option<Bound>> {
    let damage = readings.iter().map(|reading| reading.damage.as_ref());
    damage
        .map(|damage| Some(damage?.reached()?.bound))
        .collect()
}

fn n_whole(readings: &[LayerReading]) -> usize {
    let whole = readings.iter().filter(|reading| reading.damage.is_none());
    whole.count()
}

#[wasm_bindgen_test(unsupported = test)]
fn text_is_bounded_over_all_layers() {
    let value = vec![b'v'; 10_000];
    let layer: Vec<u8> = (0..50)
        .flat_map(|at| {
            let name = format!("file{at}");
            [
                pax("SCHILY.xattr.user.long", &value),
                entry(b'0', name.as_bytes(), b"", b""),
            ]
            .concat()
        })
        .collect();
    let limits = Limits {
        layer: LayerLimits {
            image_text_bytes: 2_000_000,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let readings = read_image(&layer, 20, limits);
    let text: u64 = readings
        .iter()
        .map(|reading| reading.index.text_bytes())
        .sum();
    // Each layer also holds the entry that exceeds the limit.
    assert!(
        text <= limits.layer.image_text_bytes + 20 * 11_000,
        "{text}"
    );
    assert_eq!(n_whole(&readings), 4);
    assert_eq!(met(&readings)[4..], [Some(Bound::ImageTextBytes); 16]);
    // After the user raises the limit, all of it is shown.
    let raised = limits.with(Bound::ImageTextBytes, 100_000_000);
    assert_eq!(n_whole(&read_image(&layer, 20, raised)), 20);
}

#[wasm_bindgen_test(unsupported = test)]
fn decoded_bytes_are_bounded_over_all_layers() {
    // Within the limit of one layer, however often it is repeated.
    let layer = gzip(&entry(b'0', b"zeros", b"", &vec![0; 1_000_000]));
    let limits = Limits {
        layer: LayerLimits {
            image_decoded_floor_bytes: 5_500_000,
            expansion: 1,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let readings = read_image(&layer, 90, limits);
    let decoded: u64 = readings.iter().map(|reading| reading.decoded_bytes).sum();
    // The piece that exceeds the limit may already be decoded.
    assert!(
        decoded <= limits.layer.image_decoded_floor_bytes + 90 * 65_536,
        "{decoded}"
    );
    assert_eq!(n_whole(&readings), 5);
    assert!(
        met(&readings)[5..].iter().all(Option::is_some),
        "{:?}",
        met(&readings)
    );
    assert_eq!(n_whole(&read_image(&layer, 90, Limits::DEFAULT)), 90);
    let limits = Limits {
        layer: LayerLimits {
            image_decoded_bytes: 3_500_000,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let readings = read_image(&layer, 10, limits);
    assert_eq!(n_whole(&readings), 3);
    assert_eq!(met(&readings)[3..], [Some(Bound::ImageDecodedBytes); 7]);
}
