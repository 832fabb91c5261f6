//! Files in a layer that is one compressed stream. They are decoded from its start, with a
//! notice, and not again for each part.

use lamina::layer::TocForm;
use lamina::protocol::{Answer, DetailAnswer, Event, Request, TreeView, ask};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::tocs::{form_at, open};
use super::world::at;
use crate::support::registry::Registry;
use crate::support::tar_of;
use crate::support::toc::Written;

const BEFORE_BYTES: u64 = 9_500_000;

/// Makes a layer with many bytes before its last file, in frames of `frame_bytes`.
fn layer(frame_bytes: usize) -> Written {
    let tar = tar_of(&format!("before = @{BEFORE_BYTES}\nlast = @600000"));
    let frames = tar.chunks(frame_bytes);
    Written {
        stored: frames
            .flat_map(|part| compress_to_vec(part, CompressionLevel::Fastest))
            .collect(),
        annotations: Default::default(),
        decoded: tar,
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_of_a_single_frame_is_decoded_from_the_start_once() {
    for (frame_bytes, passes) in [(usize::MAX, BEFORE_BYTES), (2_000_000, 0)] {
        let written = layer(frame_bytes);
        let opened = open(Registry::default(), form_at(TocForm::ZstdChunked), &written);
        let detail = Request::Detail(ask::Detail {
            image: opened.image.key,
            path_key: at("last"),
            view: TreeView::Union,
        });
        let Answer::Detail(DetailAnswer::Known(detail)) = opened.page.ask(detail).unwrap().answer
        else {
            panic!("it is there");
        };
        let passed = detail.history[0].passed_bytes;
        assert!(
            (passes..passes + 3_000_000).contains(&passed),
            "{passed} bytes pass before it, in frames of {frame_bytes}"
        );
        opened.page.told.borrow_mut().clear();
        opened.page.step_millis.set(60.0);
        let mut content = Vec::new();
        let mut decoded = Vec::new();
        for offset in [0, 250_000, 500_000] {
            let request = Request::Content(ask::Content {
                image: opened.image.key,
                path_key: at("last"),
                layer: 0,
                offset,
                len: 250_000,
            });
            content.extend(opened.page.ask(request).unwrap().bytes.unwrap());
            let told: Vec<_> = opened.page.told.borrow_mut().drain(..).collect();
            decoded.push(
                told.iter()
                    .filter_map(|event| match event {
                        Event::Content {
                            decoded_bytes,
                            total_bytes,
                            ..
                        } => {
                            assert!(*total_bytes >= passed + 250_000);
                            Some(*decoded_bytes)
                        }
                        _ => None,
                    })
                    .max()
                    .unwrap_or(0),
            );
        }
        let expected: Vec<u8> = (0..600_000).map(|at| b'a' + (at % 26) as u8).collect();
        assert!(content == expected);
        if passes > 0 {
            assert!(
                decoded[0] >= 4_000_000,
                "the page hears how far it is: {decoded:?}"
            );
            assert!(
                decoded[1..].iter().all(|n| *n == 0 || *n > decoded[0]),
                "later parts go on where the first ended: {decoded:?}"
            );
        }
        // An earlier part is decoded again, correctly.
        let request = Request::Content(ask::Content {
            image: opened.image.key,
            path_key: at("last"),
            layer: 0,
            offset: 1,
            len: 30,
        });
        assert_eq!(
            opened.page.ask(request).unwrap().bytes.unwrap(),
            expected[1..31]
        );
    }
}
