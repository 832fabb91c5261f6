//! The container layer as the page asks for it: edits, undo, the list of changes, what is kept, the image that comes.

use std::rc::Rc;

use lamina::io::{Bytes, MemoryStore};
use lamina::layer::Limits;
use lamina::protocol::serve::PickedInput;
use lamina::protocol::serve::Served;
use lamina::protocol::{
    Answer, ChangeWord, CommitForm, ConfigField, ContainerAnswer, ContainerRequest, ContainerView,
    EditOrder, Event, ImageView, LineWord, Problem, ProblemCode, Request, RequestId, StepWord,
    TextDiffView, TreeView, TypedPath,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::docker_save;
use crate::support::{run, tar_of};

use super::world::{Asked, container_room, hex};

const LAYERS: &str =
    "etc/\netc/hosts = 127.0.0.1\nusr/\nusr/bin/\nusr/bin/tool = old\n---\netc/motd = hello";

/// An image with a container layer that this store keeps.
fn opened_in(store: &MemoryStore) -> (Asked, ImageView) {
    let tars: Vec<_> = LAYERS.split("---").map(tar_of).collect();
    let tars: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let nothing = MemoryStore::new(lamina::io::Room {
        bytes: 0,
        lasts: false,
    });
    let asked = Asked::with_containers(store.clone(), nothing, None, Limits::DEFAULT);
    let image = asked.open(docker_save(&["demo:1"], &tars).tar());
    (asked, image)
}

fn started() -> (Asked, ImageView) {
    let (asked, image) = opened_in(&container_room());
    layer(&asked, &image, ContainerRequest::Start);
    (asked, image)
}

fn asked_with(
    asked: &Asked,
    image: &ImageView,
    ask: ContainerRequest,
    files: &[&str],
) -> Result<ContainerAnswer, Problem> {
    let request = Request::Container {
        image: image.key,
        ask,
    };
    let files = files.iter().map(|text| PickedInput {
        bytes: Rc::new(Bytes::new(text.as_bytes())),
    });
    let served: Served<Vec<u8>> = run(asked.session.serve(RequestId(1), request, files.collect()))?;
    match served.answer {
        Answer::Container(answer) => Ok(answer),
        other => panic!("a container was asked about: {other:?}"),
    }
}

fn container(
    asked: &Asked,
    image: &ImageView,
    ask: ContainerRequest,
) -> Result<ContainerAnswer, Problem> {
    asked_with(asked, image, ask, &[])
}

fn view(answer: ContainerAnswer) -> Option<ContainerView> {
    match answer {
        ContainerAnswer::Layer(layer) => layer,
        other => panic!("the layer was asked for: {other:?}"),
    }
}

fn layer(asked: &Asked, image: &ImageView, ask: ContainerRequest) -> ContainerView {
    view(container(asked, image, ask).unwrap()).expect("there is a layer")
}

fn edit(order: EditOrder) -> ContainerRequest {
    ContainerRequest::Edit { edits: vec![order] }
}

fn typed(dir: &str, text: &str) -> TypedPath {
    TypedPath {
        dir_hex: hex(dir),
        text: text.to_owned(),
    }
}

fn text(path: &str, text: &str) -> ContainerRequest {
    edit(EditOrder::Text {
        path_hex: hex(path),
        text: text.to_owned(),
    })
}

/// As `docker diff` prints it.
fn diff(view: &ContainerView) -> String {
    let line = |row: &lamina::protocol::ChangeRow| {
        let letter = match row.change {
            ChangeWord::Added => 'A',
            ChangeWord::Changed => 'C',
            ChangeWord::Deleted => 'D',
        };
        format!("{letter} {}", row.path.text)
    };
    view.changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn refusal(asked: &Asked, image: &ImageView, order: EditOrder) -> String {
    let before = layer(asked, image, ContainerRequest::Look);
    let problem = container(asked, image, edit(order)).expect_err("this cannot be done");
    assert_eq!(problem.code, ProblemCode::Refused);
    assert_eq!(layer(asked, image, ContainerRequest::Look), before);
    problem.detail
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
            path_hex: hex("etc/motd"),
            to: typed("etc", "/srv/motd"),
        }),
        edit(EditOrder::Attributes {
            path_hex: hex("usr/bin/tool"),
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
    assert!(rows.contains("etc Changed"), "{rows}");
    assert!(asked.rows(image.key, TreeView::Union).contains("srv"));
    // The image is what it was.
    assert!(!asked.rows(image.key, TreeView::UpTo(1)).contains("srv"));
    let content = Request::Content {
        image: image.key,
        path_hex: hex("etc/hosts"),
        layer: 2,
        offset: 0,
        len: 100,
    };
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
            path_hex: hex("etc/motd"),
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
fn files_and_folders_are_uploaded_in_one_step() {
    let (asked, image) = started();
    let upload = edit(EditOrder::Upload {
        dir_hex: hex("usr"),
        paths: vec!["one".to_owned(), "site/a/x".to_owned(), "site/y".to_owned()],
    });
    let answer = asked_with(&asked, &image, upload, &["1", "22", "333"]).unwrap();
    let now = view(answer).unwrap();
    assert_eq!(
        diff(&now),
        "C /usr\nA /usr/one\nA /usr/site\nA /usr/site/a\nA /usr/site/a/x\nA /usr/site/y"
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
                path_hex: hex("etc/hosts"),
                to: typed("etc", ".wh.x"),
            },
            ".wh.",
        ),
        (
            EditOrder::Upload {
                dir_hex: hex("etc"),
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
                path_hex: hex("etc/none"),
            },
            "nothing",
        ),
        (
            EditOrder::Rename {
                path_hex: hex("usr"),
                to: typed("usr", "/usr/bin/usr"),
            },
            "itself",
        ),
    ] {
        let files = ["x"];
        let before = layer(&asked, &image, ContainerRequest::Look);
        if let EditOrder::Upload { .. } = &order {
            let problem = asked_with(&asked, &image, edit(order), &files).unwrap_err();
            assert!(problem.detail.contains(reason), "{}", problem.detail);
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
        view(container(&asked, &image, ContainerRequest::Look).unwrap()),
        None
    );
    layer(&asked, &image, ContainerRequest::Start);
    layer(&asked, &image, text("etc/hosts", "kept\n"));
    layer(
        &asked,
        &image,
        edit(EditOrder::Delete {
            path_hex: hex("etc/motd"),
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
        view(container(&asked, &image, ContainerRequest::ThrowAway).unwrap()),
        None
    );
    let (asked, image) = opened_in(&store);
    assert_eq!(
        view(container(&asked, &image, ContainerRequest::Look).unwrap()),
        None
    );
    assert!(run(lamina::io::Store::list(&store)).unwrap().is_empty());
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
    assert!(problem.detail.contains("another tab"), "{}", problem.detail);
    assert_eq!(diff(&layer(&two, &image_two, ContainerRequest::Look)), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn without_room_nothing_is_changed() {
    let tiny = MemoryStore::new(lamina::io::Room {
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
        let ask = ContainerRequest::TextDiff {
            path_hex: hex(path),
        };
        match container(&asked, &image, ask).unwrap() {
            ContainerAnswer::TextDiff(TextDiffView::Lines(lines)) => lines,
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
            path_hex: hex("etc/motd"),
        }),
    );
    assert_eq!(
        compare("etc/motd"),
        [(LineWord::Deleted, "hello".to_owned())]
    );
}

fn committed(asked: &Asked, image: &ImageView, form: CommitForm) -> ImageView {
    match container(asked, image, ContainerRequest::Commit(form)).unwrap() {
        ContainerAnswer::Committed(image) => asked.read(image.key),
        other => panic!("an image was to be made: {other:?}"),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_commit_opens_as_an_image_with_one_layer_more() {
    let (asked, image) = started();
    layer(&asked, &image, text("etc/hosts", "new\n"));
    let form = CommitForm {
        message: "why".to_owned(),
        author: "who".to_owned(),
        names: vec!["demo:2".to_owned(), "other".to_owned()],
        gzip: true,
        fields: vec![
            (ConfigField::Cmd, "[\"tool\", \"-v\"]".to_owned()),
            (ConfigField::Env, "A=1\nB=two words".to_owned()),
            (ConfigField::Expose, "80\n53/udp".to_owned()),
        ],
    };
    let new = committed(&asked, &image, form);
    assert_eq!(new.names, ["demo:2", "other:latest"]);
    assert_eq!(new.origin, "committed");
    assert_eq!(new.layers.len(), 3);
    assert_eq!(new.layers[0].diff_id, image.layers[0].diff_id);
    assert_eq!((new.author.as_str(), new.comment.as_str()), ("who", "why"));
    let config = new.config.clone().unwrap();
    assert_eq!(config.cmd, ["tool", "-v"]);
    assert_eq!(config.env, ["A=1", "B=two words"]);
    assert_eq!(config.exposed_ports, ["53/udp", "80/tcp"]);
    assert_eq!(new.history.last().unwrap().comment, "why");
    assert!(
        asked
            .rows(new.key, TreeView::Layer(2))
            .contains("hosts Changed")
    );
    // The image below has its container layer still.
    assert_eq!(
        diff(&layer(&asked, &image, ContainerRequest::Look)),
        "C /etc\nC /etc/hosts"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_configuration_is_committed_alone() {
    let (asked, image) = opened_in(&container_room());
    let form = CommitForm {
        fields: vec![(ConfigField::User, "1000".to_owned())],
        ..CommitForm::default()
    };
    let new = committed(&asked, &image, form);
    assert_eq!(new.layers.len(), 2);
    assert!(new.history.last().unwrap().empty_layer);
    assert_eq!(new.config.unwrap().user, "1000");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_the_form_has_comes_back_as_it_was_meant() {
    let (asked, image) = opened_in(&container_room());
    let fields = [
        (ConfigField::Entrypoint, "[\"/bin/tool\"]"),
        (ConfigField::Cmd, "[\"a b\",\"c\"]"),
        (ConfigField::WorkDir, "/srv"),
        (ConfigField::User, "app"),
        (ConfigField::StopSignal, "SIGINT"),
        (
            ConfigField::Healthcheck,
            "--interval=30s --retries=3 CMD [\"tool\",\"ping\"]",
        ),
        (ConfigField::Env, "A=1\nB=x y"),
        (ConfigField::Expose, "80/tcp"),
        (ConfigField::Volume, "/data\n/log"),
        (ConfigField::Label, "a=b=c\nd=e"),
        (ConfigField::OnBuild, "RUN make"),
    ];
    let form = CommitForm {
        fields: fields.map(|(field, text)| (field, text.to_owned())).into(),
        ..CommitForm::default()
    };
    let new = committed(&asked, &image, form);
    let ContainerAnswer::Form(shown) = container(&asked, &new, ContainerRequest::Form).unwrap()
    else {
        panic!("the form was asked for");
    };
    for (field, text) in fields {
        let found = shown.iter().find(|(shown, _)| *shown == field).unwrap();
        assert_eq!(found.1, text, "{field:?}");
    }
    // What the form empties is gone.
    let empty = CommitForm {
        fields: fields.map(|(field, _)| (field, String::new())).into(),
        ..CommitForm::default()
    };
    let bare = committed(&asked, &new, empty);
    let ContainerAnswer::Form(shown) = container(&asked, &bare, ContainerRequest::Form).unwrap()
    else {
        panic!("the form was asked for");
    };
    assert!(shown.iter().all(|(_, text)| text.is_empty()), "{shown:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_field_that_cannot_be_is_named() {
    let (asked, image) = opened_in(&container_room());
    for (field, text, word) in [
        (ConfigField::StopSignal, "SIGNONE", "STOPSIGNAL"),
        (ConfigField::WorkDir, "srv", "WORKDIR"),
        (ConfigField::Expose, "http", "EXPOSE"),
        (ConfigField::Env, "lonely", "ENV"),
        (
            ConfigField::Healthcheck,
            "--interval=x CMD a",
            "HEALTHCHECK",
        ),
    ] {
        let form = CommitForm {
            fields: vec![(field, text.to_owned())],
            ..CommitForm::default()
        };
        let problem = container(&asked, &image, ContainerRequest::Commit(form)).unwrap_err();
        assert_eq!(problem.code, ProblemCode::Refused);
        assert!(problem.detail.contains(word), "{}", problem.detail);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn upper_layers_become_one_and_what_it_saves_is_said_first() {
    let (asked, image) = opened_in(&container_room());
    let plan = match container(&asked, &image, ContainerRequest::SquashPlan { from: 0 }).unwrap() {
        ContainerAnswer::Plan(plan) => plan,
        other => panic!("a plan was asked for: {other:?}"),
    };
    assert_eq!((plan.from, plan.n_layers), (0, 2));
    let ask = ContainerRequest::Squash {
        from: 0,
        form: CommitForm::default(),
    };
    let new = match container(&asked, &image, ask).unwrap() {
        ContainerAnswer::Committed(image) => asked.read(image.key),
        other => panic!("an image was to be made: {other:?}"),
    };
    assert_eq!(new.layers.len(), 1);
    assert_eq!(
        asked.rows(new.key, TreeView::Union),
        asked.rows(image.key, TreeView::Union)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_tag_is_one_images_at_a_time() {
    let (asked, image) = opened_in(&container_room());
    let other = committed(
        &asked,
        &image,
        CommitForm {
            fields: vec![(ConfigField::User, "1".to_owned())],
            names: vec!["demo:1".to_owned()],
            ..CommitForm::default()
        },
    );
    let told = asked.told.borrow().iter().any(|event| {
        matches!(event, Event::Named { image: key, names, .. } if *key == image.key && names.is_empty())
    });
    assert!(told, "the image that lost its tag is told of");
    let rename = |image: &ImageView, names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let ask = ContainerRequest::Names { names };
        let image = image.key;
        asked
            .ask(Request::Container { image, ask })
            .map(|served| match served.answer {
                Answer::Image(image) => image.names,
                other => panic!("the image was to be renamed: {other:?}"),
            })
    };
    assert_eq!(
        rename(&image, &["demo:1", "a/b", "h:5000/c:2"]).unwrap(),
        ["demo:1", "a/b:latest", "h:5000/c:2"]
    );
    assert_eq!(rename(&other, &[]).unwrap(), Vec::<String>::new());
    for name in ["Upper", "a:b:c", "a@sha256:00", "-x", "a:.tag", ""] {
        let problem = rename(&other, &[name]).unwrap_err();
        assert_eq!(problem.code, ProblemCode::Refused, "{name}");
    }
}
