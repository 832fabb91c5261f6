//! Tests two images that are open side by side: what happens to one never touches the other.

use super::pair::{ONE, OTHER, Pair, events, of_two_layers, window};
use super::*;
use crate::protocol::{ContainerRequest, ContainerView};
use crate::ui::state::image::container::{CommitAction, CommitText, ContainerAction};
use crate::ui::state::image::tests::driver::at;
use crate::ui::state::image::{
    FindAction, ImagePart as Part, ImageState, PushAction, Said, TreeAction,
};

#[test]
fn each_asks_under_a_number_of_its_own() {
    let pair = Pair::new();
    for image in [ONE, OTHER] {
        assert_eq!(pair.asks(image), ["ReadLayers", "Tree"]);
    }
    let mut ids: Vec<u32> = pair.open.iter().map(|(_, id, _)| id.0).collect();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[test]
fn events_of_one_leave_the_other_alone() {
    for (image, other) in [(ONE, OTHER), (OTHER, ONE)] {
        for event in events(image) {
            let mut pair = Pair::new();
            pair.leaves_alone(other, |pair| pair.tells(event));
        }
    }
    let mut pair = Pair::new();
    let [first, _, done, ..] = events(ONE);
    pair.tells(first);
    assert_eq!(pair.image(ONE).progress.len(), 1);
    pair.tells(done);
    assert_eq!(pair.image(ONE).image.n_layers_ready, 1);
    assert_eq!(pair.image(OTHER).image.n_layers_ready, 0);
}

#[test]
fn an_event_may_wait_unless_it_ends_the_reading_or_concerns_the_tabs() {
    let pair = Pair::new();
    let waits = events(ONE).map(|event| pair.page.state.may_wait(&event));
    assert_eq!(waits, [true, false, true, true, true, true]);
    let [_, _, mut last, ..] = events(ONE);
    if let Event::LayerDone { n_layers_ready, .. } = &mut last {
        *n_layers_ready = 2;
    }
    assert!(!pair.page.state.may_wait(&last));
}

#[test]
fn answers_and_actions_of_one_leave_the_other_alone() {
    let mut pair = Pair::new();
    pair.leaves_alone(OTHER, |pair| pair.rows(ONE, &["a", "b"]));
    pair.leaves_alone(OTHER, |pair| pair.reads_all(ONE));
    assert!(pair.asks(ONE).contains(&"Container".to_owned()));
    assert_eq!(pair.asks(OTHER), ["ReadLayers", "Tree"]);
    let typed = |text: &str| ImageAction::Find(FindAction::Text(text.to_owned()));
    for action in [
        typed("pa"),
        typed("passwd"),
        ImageAction::Push(PushAction::Target("r.test/x".to_owned())),
        ImageAction::Tree(TreeAction::Viewport {
            first_row: 1,
            n_visible: 7,
        }),
        ImageAction::StopReading,
        ImageAction::ShowTab(Part::Configuration),
    ] {
        pair.leaves_alone(OTHER, |pair| pair.does(ONE, action));
    }
    // The first search was dropped for the second one, and is cancelled by its number.
    let searches = pair.asks(ONE);
    let searches: Vec<&String> = searches.iter().filter(|word| *word == "Find").collect();
    assert_eq!((searches.len(), pair.cancelled.len()), (2, 1));
    // An answer under the key of the other image lands nowhere.
    let asked = pair.take(ONE, |request| matches!(request, Request::Tree(_)));
    let before = pair.image(OTHER);
    pair.answers(OTHER, asked, Ok(window(&["stray"])));
    assert_eq!(pair.image(OTHER), before);
}

#[test]
fn both_are_browsed_and_keep_their_places_and_drafts_while_they_are_hidden() {
    let mut pair = Pair::new();
    let names = [(ONE, "one"), (OTHER, "other")];
    for (image, name) in names {
        pair.rows(image, &[name, "shared"]);
        pair.does(image, ImageAction::Tree(TreeAction::Choose(0)));
        pair.does(image, ImageAction::Find(FindAction::Text(name.to_owned())));
        let message = CommitAction::Text(CommitText::Message, format!("draft of {name}"));
        pair.does(
            image,
            ImageAction::Container(ContainerAction::Commit(message)),
        );
    }
    let tabs: Vec<TabId> = pair.page.state.tabs.iter().map(|tab| tab.id).collect();
    for tab in tabs.into_iter().rev() {
        pair.act(Action::Select(tab));
    }
    // The one that is hidden goes on reading, and its rows come.
    pair.reads_all(OTHER);
    pair.rows(OTHER, &["other", "shared", "z"]);
    for (image, name) in names {
        let state = pair.image(image);
        assert_eq!(state.place().path_key, Some(at(name)));
        assert_eq!(state.find.text, name);
        assert_eq!(state.container.commit.message, format!("draft of {name}"));
    }
    assert_eq!(pair.image(OTHER).tree.rows.n_rows(), 3);
    assert_eq!(pair.image(OTHER).said, Some((0, Said::AllVerified(2))));
    assert!(
        pair.page.hash().ends_with("path=/one"),
        "{}",
        pair.page.hash()
    );
    let saved = pair.page.state.tabs.iter().map(|tab| tab.route().to_hash());
    let saved: Vec<String> = saved.collect();
    assert!(saved[1].ends_with("path=/other"), "{saved:?}");
}

#[test]
fn one_is_closed_while_its_answers_are_on_the_way() {
    let mut pair = Pair::new();
    let first = pair.page.state.tabs[0].id;
    pair.act(Action::CloseTab(first));
    let close = Request::Close(ask::Close { image: ONE });
    assert_eq!(pair.page.tell(), [close], "both are in one archive here");
    assert_eq!(pair.page.state.image(ONE), None);
    let late: Vec<(ImageKey, RequestId, Request)> = pair.open.clone();
    for (image, id, request) in late {
        if image == ONE {
            let answer = match &request {
                Request::Tree(_) => Ok(window(&["late"])),
                _ => of_two_layers(1),
            };
            pair.leaves_alone(OTHER, |pair| pair.answers(ONE, (id, request), answer));
            assert_eq!(pair.page.effects, []);
        }
    }
    for event in events(ONE) {
        pair.leaves_alone(OTHER, |pair| pair.tells(event));
        assert_eq!(pair.page.effects, []);
    }
    pair.rows(OTHER, &["a"]);
    assert_eq!(pair.image(OTHER).tree.rows.n_rows(), 1);
}

#[test]
fn both_come_back_after_the_death_of_the_engine() {
    let mut pair = Pair::new();
    for image in [ONE, OTHER] {
        pair.rows(image, &["a", "b"]);
        pair.reads_all(image);
        let choose = |row| ImageAction::Tree(TreeAction::Choose(row));
        pair.does(image, choose(image.0 - 1));
    }
    let old = std::mem::take(&mut pair.open);
    pair.page.dies();
    assert_eq!(pair.page.tabs(), "opening [opening]");
    let asked: Vec<(TabId, RequestId, Request)> = pair
        .page
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Ask {
                asker: AskedBy::Tab(tab),
                id,
                request,
                ..
            } => Some((*tab, *id, request.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(asked.len(), 2, "both are opened again");
    pair.page.comes_up();
    // The next engine counts its images from the start.
    for ((tab, id, request), key) in asked.into_iter().zip([1, 2]) {
        pair.page.answers_tab(tab, id, request, archive(3));
        pair.page.answer(of_two_layers(key));
        pair.post();
    }
    assert_eq!(pair.page.tabs(), "image [image]");
    let paths = [ONE, OTHER].map(|image| pair.image(image).place().path_key);
    assert_eq!(paths, [Some(at("a")), Some(at("b"))]);
    // What the old engine had been asked does not land in the images that have its keys now.
    let before = [ONE, OTHER].map(|image| pair.image(image));
    for (image, id, request) in old {
        let gone = Problem::new(ProblemCode::WorkerLost, "worker", "unreachable");
        pair.answers(image, (id, request), Err(gone));
        assert_eq!(pair.page.effects, []);
    }
    assert_eq!([ONE, OTHER].map(|image| pair.image(image)), before);
    // Each asks for the container layer that is kept of it, and shows it.
    for image in [ONE, OTHER] {
        pair.reads_all(image);
        let asked = pair.take(image, |request| {
            matches!(request, Request::Container(asked) if asked.ask == ContainerRequest::Look)
        });
        let kept = ContainerView {
            layer: 2,
            changes: Vec::new(),
            n_more: 0,
            n_added: 1,
            n_changed: 0,
            n_deleted: 0,
            size_bytes: 1,
            undo: None,
            redo: None,
            lasts: true,
            lost: None,
        };
        pair.answers(image, asked, Ok(Answer::Container(Some(kept))));
        let container = pair.image(image).container;
        assert_eq!(container.layer.as_ref().map(|kept| kept.layer), Some(2));
    }
}

#[test]
fn what_is_made_of_one_is_kept_while_the_other_is_open() {
    let mut pair = Pair::new();
    pair.reads_all(ONE);
    pair.does(
        ONE,
        ImageAction::Container(ContainerAction::Commit(CommitAction::Commit)),
    );
    let asked = pair.take(ONE, |request| matches!(request, Request::Commit(_)));
    pair.answers(ONE, asked, Ok(Answer::Image(view(5, None))));
    assert_eq!(pair.page.tabs(), "image image [image]");
    let made = ImageKey(5);
    let writing = pair.page.effects.iter().find_map(|effect| match effect {
        Effect::KeepImage { image, id, .. } if *image == made => Some(*id),
        _ => None,
    });
    pair.act(Action::ImageKept {
        image: made,
        id: writing.expect("it is written"),
        given: Given {
            files: FilesId(9),
            name: "image 5.unsaved".to_owned(),
            size_bytes: 1,
            served: None,
            folder: None,
            image_id: None,
            handle: Some("unsaved/a".to_owned()),
        },
    });
    pair.page.dies();
    assert_eq!(pair.page.tabs(), "opening opening [opening]");
    let opened = pair.page.effects.iter().filter_map(|effect| match effect {
        Effect::Ask {
            request: Request::OpenFile(asked),
            attached,
            ..
        } => Some((asked.name.clone(), *attached)),
        _ => None,
    });
    let opened: Vec<(String, Attached)> = opened.collect();
    assert_eq!(
        opened,
        [
            ("1.tar".to_owned(), Attached::Files(FilesId(1))),
            ("2.tar".to_owned(), Attached::Files(FilesId(2))),
            ("image 5.unsaved".to_owned(), Attached::Files(FilesId(9))),
        ]
    );
}

#[test]
fn an_action_touches_only_its_own_piece() {
    let mut pair = Pair::new();
    pair.rows(ONE, &["a", "b"]);
    pair.reads_all(ONE);
    pair.does(ONE, ImageAction::Tree(TreeAction::Choose(0)));
    while pair.asks(ONE).iter().any(|word| word == "Tree") {
        pair.rows(ONE, &["a", "b"]);
    }
    // Pieces that are the same value at the same place in memory.
    let same = |a: &ImageState, b: &ImageState| {
        [
            (a.image == b.image, "image"),
            (a.progress == b.progress, "progress"),
            (a.tree == b.tree, "tree"),
            (a.find == b.find, "find"),
            (a.panel == b.panel, "panel"),
            (a.push == b.push, "push"),
            (a.container == b.container, "container"),
            (a.head() == b.head(), "head"),
        ]
        .into_iter()
        .filter_map(|(is_same, piece)| (!is_same).then_some(piece))
        .collect::<Vec<&str>>()
    };
    let mut check = |action: ImageAction, touched: &[&str]| {
        let before = pair.image(ONE);
        let what = format!("{action:?}");
        pair.does(ONE, action);
        assert_eq!(same(&before, &pair.image(ONE)), touched, "{what}");
    };
    let viewport = TreeAction::Viewport {
        first_row: 1,
        n_visible: 40,
    };
    check(ImageAction::Tree(viewport), &["tree"]);
    let typed = FindAction::Text("passwd".to_owned());
    check(ImageAction::Find(typed), &["find"]);
    check(
        ImageAction::Push(PushAction::Target("r.test/x".to_owned())),
        &["push", "head"],
    );
    check(ImageAction::ShowTab(Part::Space), &[]);
    check(ImageAction::DismissNotice, &[]);
    let message = CommitAction::Text(CommitText::Message, "draft".to_owned());
    check(
        ImageAction::Container(ContainerAction::Commit(message)),
        &["container"],
    );
    check(
        ImageAction::Named {
            names: vec!["a:1".to_owned()],
            title: "a:1".to_owned(),
        },
        &["image", "head"],
    );
}
