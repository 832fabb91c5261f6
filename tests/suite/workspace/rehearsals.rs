//! The rehearsal: before the first image is opened, an invisible one is opened in full. It leaves nothing behind,
//! and ends as soon as there is a real request.

use std::cell::Cell;
use std::rc::Rc;

use lamina::build::PracticeImage;
use lamina::engine::PickedInput;
use lamina::io::Bytes;
use lamina::protocol::{
    AnalysisKind, Answer, Done, ImageKey, LayerState, Request, TreeWindow, ask,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::run;

use super::world::Asked;

fn practice_image(n_files: u32) -> Vec<u8> {
    let mut image = PracticeImage::of(n_files);
    while image.go_on().unwrap() {}
    image.finish().unwrap()
}

/// Returns the answers of a rehearsal that may ask `n_questions` questions.
fn answers_to(asked: &Asked, n_files: u32, n_questions: usize) -> Vec<Answer> {
    let n_left = Cell::new(n_questions);
    let may_go_on = || n_left.replace(n_left.get().saturating_sub(1)) > 0;
    let file = PickedInput {
        bytes: Rc::new(Bytes::new(practice_image(n_files))),
    };
    run(asked.session.rehearse(file, &may_go_on))
}

fn word(answer: &Answer) -> String {
    match answer {
        Answer::Archive(_) => "archive".to_owned(),
        Answer::Image(image) => match &image.layers[0].state {
            LayerState::Waiting => "waiting".to_owned(),
            LayerState::Read { .. } => "read".to_owned(),
            other => format!("{other:?}"),
        },
        Answer::Tree(TreeWindow { rows, .. }) => format!("{} rows", rows.len()),
        Answer::Done(Done) => "done".to_owned(),
        other => format!("{other:?}"),
    }
}

fn check(n_questions: usize, expected: &str) {
    let asked = Asked::new(None);
    let answers = answers_to(&asked, 100, n_questions);
    let words: Vec<_> = answers.iter().map(word).collect();
    assert_eq!(words.join(", "), expected, "{n_questions} questions");
}

#[wasm_bindgen_test(unsupported = test)]
fn it_goes_as_far_as_it_may() {
    check(0, "");
    check(1, "archive, waiting");
    check(2, "archive, waiting, read");
    check(9, "archive, waiting, read, 1 rows, 1 rows, done, done");
}

#[wasm_bindgen_test(unsupported = test)]
fn it_leaves_nothing_open() {
    let asked = Asked::new(None);
    let answers = answers_to(&asked, 1, 9);
    let keys: Vec<ImageKey> = answers
        .iter()
        .filter_map(|answer| match answer {
            Answer::Image(image) => Some(image.key),
            _ => None,
        })
        .collect();
    assert_eq!(keys.len(), 2);
    for image in keys {
        assert!(
            asked
                .ask(Request::Analyse(ask::Analyse {
                    image,
                    kind: AnalysisKind::Space,
                }))
                .is_err()
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn its_image_is_one_like_others() {
    for n_files in [0, 1, 40, 41, 201] {
        let asked = Asked::new(None);
        let image = asked.open(practice_image(n_files));
        let n_entries = u64::from(n_files + n_files.div_ceil(40));
        assert_eq!(image.n_entries, n_entries, "{n_files} files");
    }
}
