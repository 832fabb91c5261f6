//! Tests exports: the form, one export at a time, its progress and its result.

use crate::protocol::{
    Answer, Event, ImageKey, Problem, ProblemCode, Request, RequestId, SaveKind, SavedFile, ask,
};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::{ImageAction, Said, SavingAction, save_choices};

use super::Page;

fn page() -> Page {
    Page::new(&ImagePlace::default())
}

fn act(page: &mut Page, actions: impl IntoIterator<Item = SavingAction>) {
    for action in actions {
        page.act(action.into());
    }
}

/// Returns the exports in flight.
fn asked(page: &Page) -> Vec<(RequestId, SaveKind)> {
    let saves = page.open.iter().filter_map(|(id, request)| match request {
        Request::Save(ask::Save { kind, .. }) => Some((*id, kind.clone())),
        _ => None,
    });
    saves.collect()
}

fn answer(page: &mut Page, outcome: Result<Answer, Problem>) {
    page.end(|request| matches!(request, Request::Save(_)), outcome, b"");
}

#[test]
fn the_form_says_what_is_saved_under_which_names() {
    let mut page = page();
    let choose = |word: &str| SavingAction::Choose(word.to_owned());
    let names = SavingAction::Names(" a:1, b/c:2 ".to_owned());
    act(
        &mut page,
        [SavingAction::Open, choose("oci-archive"), names],
    );
    act(&mut page, [choose("no such thing"), SavingAction::Start]);
    let expected = SaveKind::OciArchive {
        names: vec!["a:1".to_owned(), "b/c:2".to_owned()],
        platforms: None,
    };
    assert_eq!(page.state.save_name(&expected), "a_1.oci.tar");
    assert_eq!(asked(&page).remove(0).1, expected);
}

#[test]
fn layers_and_the_root_are_offered() {
    let choices = save_choices(&page().state.image);
    let words: Vec<String> = choices.iter().map(|choice| choice.word()).collect();
    let expected = [
        "docker-archive",
        "oci-archive",
        "rootfs",
        "layer-0",
        "layer-1",
    ];
    assert_eq!(words, expected);
}

#[test]
fn one_export_at_a_time_and_how_far_it_is() {
    let mut page = page();
    let layer = |layer| SavingAction::Save(SaveKind::Layer { layer });
    act(&mut page, [layer(0), layer(1)]);
    let kinds: Vec<SaveKind> = asked(&page).into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, [SaveKind::Layer { layer: 0 }]);
    let event = Event::Saving {
        image: ImageKey(7),
        request: RequestId(1),
        written_bytes: 5,
        total_bytes: 9,
    };
    let (_, news) = ImageAction::of_event(event).expect("it concerns an image");
    page.act(news);
    assert_eq!(
        (page.state.saving.progress, page.state.n_saving),
        (Some((5, 9)), 1)
    );
    let file_name = "x.tar".to_owned();
    let size_bytes = 9;
    let saved = SavedFile {
        file_name,
        size_bytes,
        is_written: true,
    };
    answer(&mut page, Ok(Answer::File(saved)));
    assert_eq!((page.state.saving.progress, page.state.n_saving), (None, 0));
    assert!(matches!(&page.state.said, Some((_, Said::Saved(name))) if name == "x.tar"));
}

#[test]
fn what_is_cancelled_says_nothing_and_what_fails_says_why() {
    let endings = [
        (ProblemCode::Cancelled, false),
        (ProblemCode::DigestMismatch, true),
    ];
    for (code, says) in endings {
        let mut page = page();
        act(&mut page, [SavingAction::Open, SavingAction::Start]);
        answer(&mut page, Err(Problem::new(code, "layer 1", "why")));
        assert_eq!(page.state.notice.is_some(), says);
        assert!(page.state.saving.form.is_some(), "it stays for another try");
        assert_eq!(page.state.saving.progress, None);
    }
}

#[test]
fn stopping_asks_the_worker_to_end() {
    let mut page = page();
    act(&mut page, [SavingAction::Open, SavingAction::Start]);
    let (id, _) = asked(&page).remove(0);
    act(&mut page, [SavingAction::Stop]);
    assert_eq!(page.cancelled, [id]);
}
