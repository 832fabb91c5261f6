//! Edits: the answer to each, refusals, undo and redo, and the edits that another page finds again.

use lamina::io::{MemoryStore, Room, Store};
use lamina::protocol::{
    ContainerRequest, EditOrder, ImageView, LineWord, ProblemCode, Request, StepWord, TextDiffView,
    TreeView, ask,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::run;

use super::{
    Asked, asked_with, at, container, container_room, diff, edit, layer, opened_in, started, text,
    typed,
};

fn refusal(asked: &Asked, image: &ImageView, order: EditOrder) -> String {
    let before = layer(asked, image, ContainerRequest::Look);
    let problem = container(asked, image, edit(order)).expect_err("this cannot be done");
    assert_eq!(problem.code, ProblemCode::Refused);
    assert_eq!(layer(asked, image, ContainerRequest::Look), before);
    problem.detail.to_string()
}

#[wasm_bindgen_test(unsupported = test)]
fn every_kind_of_edit_shows_in_the_list_and_in_the_tree() {
    let (asked, image) = started();
    let orders = [
        text("etc/hosts", "::1\n"),
        edit(EditOrder::NewFile {
            path: typed("etc", "app/app.conf"),
        }),
        edit(EditOrder::NewDir {
            path: typed("", "srv"),
        }),
        edit(EditOrder::Symlink {
            path: typed("usr/bin", "t"),
            target: "tool".to_owned(),
        }),
        edit(EditOrder::Rename {
            path_key: at("etc/motd"),
            to: typed("etc", "/srv/motd"),
        }),
        edit(EditOrder::Attributes {
            path_key: at("usr/bin/tool"),
            mode: Some(0o755),
            owner: Some((7, 8)),
        }),
    ];
    let mut last = None;
    for order in orders {
        last = Some(layer(&asked, &image, order));
    }
    let last = last.unwrap();
    assert_eq!(
        diff(&last),
        "C /etc\nA /etc/app\nA /etc/app/app.conf\nC /etc/hosts\nD /etc/motd\nA /srv\nA /srv/motd\nC /usr\nC /usr/bin\nA /usr/bin/t\nC /usr/bin/tool"
    );
    assert_eq!((last.n_added, last.n_changed, last.n_deleted), (5, 5, 1));
    assert_eq!(last.layer, 2);
    assert!(last.lasts);
    assert_eq!(last.undo.unwrap().word, StepWord::Several);
    let rows = asked.rows(image.key, TreeView::Layer(2));
    assert!(rows.contains("srv Added"), "{rows}");
    assert!(asked.rows(image.key, TreeView::Union).contains("srv"));
    // The image is unchanged.
    assert!(!asked.rows(image.key, TreeView::UpTo(1)).contains("srv"));
    let content = Request::Content(ask::Content {
        image: image.key,
        path_key: at("etc/hosts"),
        layer: 2,
        offset: 0,
        len: 100,
    });
    assert_eq!(asked.ask(content).unwrap().bytes.unwrap(), b"::1\n");
}

#[wasm_bindgen_test(unsupported = test)]
fn steps_are_undone_and_done_again() {
    let (asked, image) = started();
    layer(&asked, &image, text("etc/hosts", "a"));
    let two = layer(
        &asked,
        &image,
        edit(EditOrder::Delete {
            path_key: at("etc/motd"),
        }),
    );
    assert_eq!(diff(&two), "C /etc\nC /etc/hosts\nD /etc/motd");
    let one = layer(&asked, &image, ContainerRequest::Undo);
    assert_eq!(diff(&one), "C /etc\nC /etc/hosts");
    assert_eq!(one.redo.as_ref().unwrap().word, StepWord::Delete);
    let none = layer(&asked, &image, ContainerRequest::Undo);
    assert_eq!((diff(&none).as_str(), none.undo), ("", None));
    layer(&asked, &image, ContainerRequest::Redo);
    assert_eq!(
        diff(&layer(&asked, &image, ContainerRequest::Redo)),
        diff(&two)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_tree_shows_each_edit_at_once() {
    let (asked, image) = started();
    let names = || {
        let rows = asked.tree(image.key, None).rows;
        rows.iter()
            .map(|row| row.name.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(), ["etc", "usr"]);
    let path = typed("", "srv");
    layer(&asked, &image, edit(EditOrder::NewDir { path }));
    assert_eq!(names(), ["etc", "srv", "usr"]);
    layer(&asked, &image, ContainerRequest::Undo);
    assert_eq!(names(), ["etc", "usr"]);
    layer(&asked, &image, ContainerRequest::Redo);
    assert_eq!(names(), ["etc", "srv", "usr"]);
    container(&asked, &image, ContainerRequest::ThrowAway).unwrap();
    assert_eq!(names(), ["etc", "usr"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn files_and_folders_are_uploaded_in_one_step() {
    let (asked, image) = started();
    let upload = edit(EditOrder::Upload {
        dir: at("usr"),
        paths: ["one", "site/a/x", "site/none/", "site/y"]
            .map(str::to_owned)
            .to_vec(),
    });
    let answer = asked_with(&asked, &image, upload, &["1", "22", "333"]).unwrap();
    let now = answer.unwrap();
    assert_eq!(
        diff(&now),
        "C /usr\nA /usr/one\nA /usr/site\nA /usr/site/a\nA /usr/site/a/x\nA /usr/site/none\nA /usr/site/y"
    );
    assert_eq!(now.size_bytes, 6);
    assert_eq!(diff(&layer(&asked, &image, ContainerRequest::Undo)), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_06_what_cannot_be_is_refused_with_its_reason_and_changes_nothing() {
    let (asked, image) = started();
    for (order, reason) in [
        (
            EditOrder::NewFile {
                path: typed("etc", ".wh.hosts"),
            },
            ".wh.",
        ),
        (
            EditOrder::NewDir {
                path: typed("etc", "a/.wh..wh..opq"),
            },
            ".wh.",
        ),
        (
            EditOrder::Rename {
                path_key: at("etc/hosts"),
                to: typed("etc", ".wh.x"),
            },
            ".wh.",
        ),
        (
            EditOrder::Upload {
                dir: at("etc"),
                paths: vec![".wh.hosts".to_owned()],
            },
            ".wh.",
        ),
        (
            EditOrder::NewFile {
                path: typed("etc", "hosts"),
            },
            "already",
        ),
        (
            EditOrder::NewFile {
                path: typed("etc", ".."),
            },
            "directory",
        ),
        (
            EditOrder::NewFile {
                path: typed("etc/hosts", "x"),
            },
            "no directory",
        ),
        (
            EditOrder::Delete {
                path_key: at("etc/none"),
            },
            "nothing",
        ),
        (
            EditOrder::Rename {
                path_key: at("usr"),
                to: typed("usr", "/usr/bin/usr"),
            },
            "itself",
        ),
    ] {
        let files = ["x"];
        let before = layer(&asked, &image, ContainerRequest::Look);
        if let EditOrder::Upload { .. } = &order {
            let problem = asked_with(&asked, &image, edit(order), &files).unwrap_err();
            assert!(
                problem.detail.to_string().contains(reason),
                "{}",
                problem.detail
            );
            assert_eq!(layer(&asked, &image, ContainerRequest::Look), before);
        } else {
            let detail = refusal(&asked, &image, order.clone());
            assert!(detail.contains(reason), "{order:?}: {detail}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_was_written_is_there_again_until_it_is_thrown_away() {
    let store = container_room();
    let (asked, image) = opened_in(&store);
    assert_eq!(
        container(&asked, &image, ContainerRequest::Look).unwrap(),
        None
    );
    layer(&asked, &image, ContainerRequest::Start);
    layer(&asked, &image, text("etc/hosts", "kept\n"));
    layer(
        &asked,
        &image,
        edit(EditOrder::Delete {
            path_key: at("etc/motd"),
        }),
    );
    let before = layer(&asked, &image, ContainerRequest::Undo);
    drop(asked);
    // Another page, later.
    let (asked, image) = opened_in(&store);
    let after = layer(&asked, &image, ContainerRequest::Look);
    assert_eq!(after, before);
    assert!(after.redo.is_some());
    assert_eq!(
        container(&asked, &image, ContainerRequest::ThrowAway).unwrap(),
        None
    );
    let (asked, image) = opened_in(&store);
    assert_eq!(
        container(&asked, &image, ContainerRequest::Look).unwrap(),
        None
    );
    assert!(run(store.list()).unwrap().is_empty());
    drop(asked);
}

#[wasm_bindgen_test(unsupported = test)]
fn of_two_tabs_the_second_learns_that_the_first_wrote() {
    let store = container_room();
    let (one, image_one) = opened_in(&store);
    layer(&one, &image_one, ContainerRequest::Start);
    let (two, image_two) = opened_in(&store);
    layer(&two, &image_two, ContainerRequest::Look);
    layer(&one, &image_one, text("etc/hosts", "one"));
    let problem = container(&two, &image_two, text("etc/hosts", "two")).unwrap_err();
    assert!(
        problem.detail.to_string().contains("another tab"),
        "{}",
        problem.detail
    );
    assert_eq!(diff(&layer(&two, &image_two, ContainerRequest::Look)), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn without_room_nothing_is_changed() {
    let tiny = MemoryStore::new(Room {
        bytes: 300,
        lasts: false,
    });
    let (asked, image) = opened_in(&tiny);
    let begun = layer(&asked, &image, ContainerRequest::Start);
    assert!(!begun.lasts);
    let problem = container(&asked, &image, text("etc/hosts", &"x".repeat(400))).unwrap_err();
    assert_eq!(problem.code, ProblemCode::StorageFull);
    assert_eq!(layer(&asked, &image, ContainerRequest::Look), begun);
}

#[wasm_bindgen_test(unsupported = test)]
fn texts_are_compared_line_by_line() {
    let (asked, image) = started();
    layer(&asked, &image, text("etc/hosts", "127.0.0.1\n::1\n"));
    let compare = |path: &str| {
        let question = ask::TextDiff {
            image: image.key,
            path_key: at(path),
        };
        match asked.answer(question).unwrap() {
            TextDiffView::Lines(lines) => lines,
            other => panic!("{path}: {other:?}"),
        }
    };
    let lines = compare("etc/hosts");
    assert!(
        lines.contains(&(LineWord::Added, "::1".to_owned())),
        "{lines:?}"
    );
    layer(
        &asked,
        &image,
        edit(EditOrder::Delete {
            path_key: at("etc/motd"),
        }),
    );
    assert_eq!(
        compare("etc/motd"),
        [(LineWord::Deleted, "hello".to_owned())]
    );
}
