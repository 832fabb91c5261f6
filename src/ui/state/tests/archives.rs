//! Tests archives: one image opens directly, several offer a choice.

use super::*;
use crate::protocol::{ArchiveView, Message, OtherRow, OtherWhat, ask};

/// An archive of one image, which the worker has opened under this key.
fn archive_of_one(key: u32) -> Result<Answer, Problem> {
    let mut answer = archive(1);
    if let Ok(Answer::Archive(ArchiveView { only, .. })) = &mut answer {
        *only = Some(Box::new(view(key, None)));
    }
    answer
}

#[test]
fn an_archive_of_one_image_is_that_image_at_once() {
    let mut page = Page::new();
    page.act(given(1, "a.tar")).answer(archive_of_one(1));
    assert_eq!(page.tabs(), "[image]");
    assert_eq!(page.hash(), "#file=a.tar&id=test:1");
    let close = |key| {
        Request::Close(ask::Close {
            image: ImageKey(key),
        })
    };
    page.act(Action::Hash("#file=b.tar&id=test:9".to_owned()))
        .act(given(2, "b.tar"))
        .answer(archive_of_one(2));
    assert_eq!(page.tabs(), "image [archive]", "it holds another image");
    assert_eq!(page.tell(), [close(2)], "which is not shown");
    let gone = page.act(given(3, "c.tar")).asked();
    let (tab, id, request) = gone.expect("it is asked for");
    page.act(Action::CloseTab(tab)).tell();
    page.answers_tab(tab, id, request, archive_of_one(3));
    let archive = Request::CloseArchive(ask::CloseArchive { archive: 7 });
    assert_eq!(page.tell(), [close(3), archive], "nobody waits for it");
}

#[test]
fn an_image_that_cannot_be_had_is_told_beside_the_only_other_one() {
    let beside = |what| {
        let mut answer = archive_of_one(1);
        if let Ok(Answer::Archive(ArchiveView { others, .. })) = &mut answer {
            others.push(OtherRow {
                name: "demo:2".to_owned(),
                media_type: None,
                what,
            });
        }
        let mut page = Page::new();
        page.act(given(1, "a.tar")).answer(answer);
        page.tabs()
    };
    assert_eq!(beside(OtherWhat::Unavailable(Message::none())), "[archive]");
    assert_eq!(beside(OtherWhat::NotSaved(None)), "[image]");
    assert_eq!(beside(OtherWhat::Attestation(None)), "[image]");
}

#[test]
fn an_archive_of_several_lets_choose() {
    let mut page = Page::new();
    page.act(given(1, "a.tar")).answer(archive(2));
    assert_eq!(page.tabs(), "[archive]");
    let list = page.state.selected;
    page.act(Action::OpenFound {
        tab: list,
        image: 1,
    })
    .answer(Ok(Answer::Image(view(1, None))));
    assert_eq!(page.tabs(), "archive [image]");
    page.act(Action::OpenFound {
        tab: list,
        image: 1,
    });
    assert_eq!(page.tabs(), "archive [image]");
    page.act(Action::CloseTab(list));
    assert_eq!(page.tell(), [], "the image still needs its archive");
    page.act(Action::CloseTab(page.state.selected));
    let image = ImageKey(1);
    assert_eq!(
        page.tell(),
        [
            Request::Close(ask::Close { image }),
            Request::CloseArchive(ask::CloseArchive { archive: 7 })
        ]
    );
    assert_eq!(page.tabs(), "[home]");
}
