//! Limits that the user raises, and layers that are left out.

use lamina::bounds::{ImageLimits, LayerLimits, Limits};
use lamina::protocol::{
    Answer, Bound, Done, Event, ImageKey, ImageView, LayerState, LimitRow, Problem, ProblemCode,
    Request, TreeView, ask,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{docker_save, gzip, oci_layout};
use crate::support::tar_of;

use super::world::Asked;

const SMALL: Limits = Limits {
    layer: LayerLimits {
        entries: 2,
        expansion: 20,
        decoded_floor_bytes: 100_000,
        decoded_bytes: 1_000_000,
        ..LayerLimits::DEFAULT
    },
    image: ImageLimits {
        image_entries: 4,
        ..ImageLimits::DEFAULT
    },
    ..Limits::DEFAULT
};

/// Returns the reason why a layer was not read to its end. Checks that such a layer is not verified.
fn trouble(image: &ImageView, layer: usize) -> Option<Problem> {
    let row = &image.layers[layer];
    match &row.state {
        LayerState::Read { damage, .. } => {
            assert!(damage.is_none() || !row.is_verified());
            damage.clone()
        }
        LayerState::Failed { problem } => Some(problem.clone()),
        LayerState::Waiting | LayerState::Listed { .. } => panic!("layer {layer} was not read"),
    }
}

fn limit(image: &ImageView, layer: usize) -> Option<LimitRow> {
    let problem = trouble(image, layer)?;
    assert_eq!(problem.code, ProblemCode::TooLarge, "{problem:?}");
    problem.limit.map(|limit| *limit)
}

fn image_of(answer: Answer) -> ImageView {
    match answer {
        Answer::Image(image) => image,
        other => panic!("an image was asked for: {other:?}"),
    }
}

fn higher(asked: &Asked, image: ImageKey, layer: u32, bound: Bound, value: u64) -> ImageView {
    let request = Request::ReadLayerHigher(ask::ReadLayerHigher {
        image,
        layer,
        bound,
        value,
    });
    image_of(asked.ask(request).unwrap().answer)
}

/// Returns the names and sizes in the union.
fn rows(asked: &Asked, image: ImageKey) -> String {
    asked.rows(image, TreeView::Union).replace(" Added", "")
}

fn again(asked: &Asked, image: ImageKey, layer: u32) -> ImageView {
    let request = Request::ReadLayerAgain(ask::ReadLayerAgain { image, layer });
    image_of(asked.ask(request).unwrap().answer)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_a_limit_stopped_is_read_on_with_a_higher_one() {
    let asked = Asked::within(None, SMALL);
    let layers = [tar_of("a = 1\nb = 2\nc = 3"), tar_of("d = 4\ne = 5\nf = 6")];
    let image = asked.open(docker_save(&["demo/app:1"], &[&layers[0], &layers[1]]).tar());
    let stopped = LimitRow {
        bound: Bound::Entries,
        limit: 2,
        seen: 3,
        next: Some(32),
    };
    assert_eq!(limit(&image, 0), Some(stopped));
    assert_eq!(limit(&image, 1), Some(stopped));
    assert_eq!(rows(&asked, image.key), "a 1\nb 1\nd 1\ne 1");

    let image = higher(&asked, image.key, 0, Bound::Entries, 32);
    assert_eq!(trouble(&image, 0), None);
    assert_eq!(
        limit(&image, 1),
        Some(stopped),
        "it was raised for one layer"
    );
    assert_eq!(rows(&asked, image.key), "a 1\nb 1\nc 1\nd 1\ne 1");

    let image = again(&asked, image.key, 0);
    assert_eq!(trouble(&image, 0), None, "it stays raised");
    let image = again(&asked, image.key, 1);
    assert_eq!(limit(&image, 1), Some(stopped));
}

#[wasm_bindgen_test(unsupported = test)]
fn each_limit_that_is_met_is_raised_in_turn() {
    let asked = Asked::within(None, SMALL);
    let tar = tar_of("zeros = @3000000");
    let layer = gzip(&tar);
    let image = asked.open(oci_layout("demo/app:1", &[&layer]).tar());
    let met = limit(&image, 0).unwrap();
    assert_eq!((met.bound, met.limit), (Bound::Expansion, 20));
    assert!(met.seen > 20, "{met:?}");
    let read = image.layers[0].decoded_bytes.unwrap();
    assert!((100_000..1_000_000).contains(&read), "{read}");

    let image = higher(
        &asked,
        image.key,
        0,
        Bound::Expansion,
        met.next.unwrap() * 16,
    );
    let met = limit(&image, 0).unwrap();
    assert_eq!((met.bound, met.limit), (Bound::DecodedBytes, 1_000_000));
    assert_eq!(image.layers[0].decoded_bytes, Some(1_000_000));

    let image = higher(&asked, image.key, 0, Bound::DecodedBytes, met.next.unwrap());
    assert_eq!(trouble(&image, 0), None);
    assert_eq!(image.layers[0].decoded_bytes, Some(tar.len() as u64));
    assert_eq!(rows(&asked, image.key), "zeros 3000000");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_is_left_out_is_shown_as_such_until_it_is_asked_for() {
    let asked = Asked::new(None);
    let layers = [tar_of("a = 1"), tar_of("b = 2"), tar_of("c = 3")];
    let layers: Vec<&[u8]> = layers.iter().map(Vec::as_slice).collect();
    let found = asked.found(docker_save(&["demo/app:1"], &layers).tar());
    let image = found.key;
    let leave_out = |layers: Vec<u32>| {
        let request = Request::LeaveOut(ask::LeaveOut { image, layers });
        assert_eq!(asked.ask(request).unwrap().answer, Answer::Done(Done));
    };
    leave_out(vec![1, 7]);
    let told: Vec<u32> = asked
        .told
        .borrow()
        .iter()
        .filter_map(|event| match event {
            Event::LayerDone { row, .. } => Some(row.layer),
            _ => None,
        })
        .collect();
    assert_eq!(told, [1], "the page hears of it");

    let view = asked.read(image);
    assert_eq!(trouble(&view, 0), None);
    assert_eq!(trouble(&view, 1).unwrap().code, ProblemCode::LeftOut);
    assert_eq!(trouble(&view, 2), None);
    assert_eq!(rows(&asked, image), "a 1\nc 1");

    leave_out(vec![0]);
    let view = again(&asked, image, 1);
    assert_eq!(trouble(&view, 0), None, "what is read stays");
    assert_eq!(trouble(&view, 1), None);
    assert_eq!(rows(&asked, image), "a 1\nb 1\nc 1");
}
