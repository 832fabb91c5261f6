//! New images: by a commit, by a commit of settings only, by squashing; and the names of images.

use lamina::protocol::Origin;
use lamina::protocol::{
    CommitForm, ConfigField, ContainerRequest, Event, ImageView, ProblemCode, TreeView, ask,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Asked, container_room, diff, layer, opened_in, started, text};

fn committed(asked: &Asked, image: &ImageView, form: CommitForm) -> ImageView {
    let image = image.key;
    let made = asked.answer(ask::Commit { image, form }).unwrap();
    asked.read(made.key)
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
    assert_eq!(new.origin, Origin::Committed);
    assert_eq!(new.layers.len(), 3);
    assert_eq!(new.layers[0].diff_id, image.layers[0].diff_id);
    assert_eq!((new.author.as_str(), new.comment.as_str()), ("who", "why"));
    let config = new.config.clone().unwrap();
    assert_eq!(config.cmd, ["tool", "-v"]);
    assert_eq!(config.env, ["A=1", "B=two words"]);
    assert_eq!(config.exposed_ports, ["80/tcp", "53/udp"]);
    assert_eq!(new.history.last().unwrap().comment, "why");
    // The file, and its directory.
    assert_eq!(new.layers[2].n_entries, Some(2));
    // The image below still has its container layer.
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
    let shown = asked.answer(ask::FormFields { image: new.key }).unwrap();
    for (field, text) in fields {
        let found = shown.iter().find(|(shown, _)| *shown == field).unwrap();
        assert_eq!(found.1, text, "{field:?}");
    }
    // Settings that the form clears are removed.
    let empty = CommitForm {
        fields: fields.map(|(field, _)| (field, String::new())).into(),
        ..CommitForm::default()
    };
    let bare = committed(&asked, &new, empty);
    let shown = asked.answer(ask::FormFields { image: bare.key }).unwrap();
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
        let image = image.key;
        let problem = asked.answer(ask::Commit { image, form }).unwrap_err();
        assert_eq!(problem.code, ProblemCode::Refused);
        assert!(
            problem.detail.to_string().contains(word),
            "{}",
            problem.detail
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn upper_layers_become_one_and_what_it_saves_is_said_first() {
    let (asked, image) = opened_in(&container_room());
    let plan = ask::SquashPlan {
        image: image.key,
        from: 0,
    };
    let plan = asked.answer(plan).unwrap();
    assert_eq!((plan.from, plan.n_layers), (0, 2));
    let squash = ask::Squash {
        image: image.key,
        from: 0,
        form: CommitForm::default(),
    };
    let new = asked.read(asked.answer(squash).unwrap().key);
    assert_eq!(new.layers.len(), 1);
    assert_eq!(
        // The only layer added everything.
        asked.rows(new.key, TreeView::Union).replace(" Added", ""),
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
        let image = image.key;
        let renamed = asked.answer(ask::Rename { image, names });
        renamed.map(|image| image.names)
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
