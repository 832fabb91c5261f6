//! The config of a committed image: the fields that a commit changes, and that it changes nothing else.

use lamina::build::commit::{ConfigError, NewCompression, apply_changes};
use lamina::image::{Digest, RuntimeConfig};
use lamina::workspace::{CommitError, CommitOrder, OpenImage};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use super::world::{NOW, World, config_json, found, order};
use crate::support::tar_of;

const LAYERS: [&str; 2] = ["a = 1", "b = 2"];

fn world_with(more: &str) -> World {
    let tars = LAYERS.map(tar_of);
    World::of(found(&tars, &config_json(&tars, more)))
}

fn text_of(image: &OpenImage) -> String {
    let bytes = image.config().unwrap().bytes.to_vec();
    String::from_utf8(bytes).unwrap()
}

fn value_of(image: &OpenImage) -> Value {
    serde_json::from_str(&text_of(image)).unwrap()
}

fn told() -> CommitOrder {
    CommitOrder {
        author: "Ada <ada@example.org>".to_owned(),
        message: "say \"hello\"".to_owned(),
        names: vec!["example/app:2".to_owned()],
        ..order(NewCompression::Gzip)
    }
}

/// One more history entry, one more diff_id. Times, author and the container's settings come from the commit.
#[wasm_bindgen_test(unsupported = test)]
fn ex_02_a_config_says_what_was_committed() {
    let more = r#""author":"Bob","created":"2020-01-01T00:00:00Z","container":"abc","config":{"Cmd":["old"]},"container_config":{"Cmd":["/bin/sh","-c","build"]},"#;
    let mut world = world_with(more);
    world.edit("write c = 3");
    let image = world.committed(&told());
    let config = value_of(&image);
    let layer = image.found.layers.last().unwrap();
    let tars = LAYERS.map(tar_of);
    let diff_ids = [
        Digest::sha256_of(&tars[0]).to_string(),
        Digest::sha256_of(&tars[1]).to_string(),
        layer.diff_id.as_ref().unwrap().0.to_string(),
    ];
    let base = json!({"created_by": "base"});
    let step = json!({
        "created": "2024-02-29T12:00:00Z",
        "author": "Ada <ada@example.org>",
        "created_by": "lamina commit",
        "comment": "say \"hello\"",
    });
    let expected = json!({
        "author": "Ada <ada@example.org>",
        "created": "2024-02-29T12:00:00Z",
        "config": {"Cmd": ["old"]},
        "container_config": {"Cmd": ["old"]},
        "architecture": "arm64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [base, base, step],
    });
    assert_eq!(config, expected);
    assert_eq!(image.found.names, ["example/app:2"]);
    assert_eq!(image.found.layers.len(), 3);
    // The layers below are those of the original image, byte for byte.
    for (new, old) in image.found.layers.iter().zip(&world.image.found.layers) {
        assert_eq!((&new.digest, new.size_bytes), (&old.digest, old.size_bytes));
    }
    // The history entry is matched with its layer.
    let made = image.history_of(2).unwrap();
    assert_eq!(
        (&*made.comment, &*made.author),
        ("say \"hello\"", "Ada <ada@example.org>")
    );
    assert_eq!(
        image.found.image_id,
        Some(Digest::sha256_of(text_of(&image).as_bytes()))
    );
}

/// Unknown members, their order and their formatting are kept.
#[wasm_bindgen_test(unsupported = test)]
fn ex_02_what_is_not_changed_stays_as_it_is_written() {
    let more = r#""z.unknown":{"b":1.50,"a":[null, 1e3]},"os.features":["x"],"config":{"Zeta":1,"User":"u","Labels":null,"Alpha":"\u0041"},"#;
    let mut world = world_with(more);
    world.edit("write c = 3");
    let text = text_of(&world.committed(&order(NewCompression::Plain)));
    let expected_start = format!("{{{more}\"architecture\":\"arm64\",\"os\":\"linux\",\"rootfs\":");
    assert!(text.starts_with(&expected_start), "{text}");
    assert!(
        !text.contains("author") && !text.contains("comment"),
        "{text}"
    );
    // A changed setting changes only its own member.
    let mut changed = order(NewCompression::Plain);
    changed.settings = Some(settings(&world, "USER other\nENV A=1"));
    let text = text_of(&world.committed(&changed));
    let config =
        r#""config":{"Zeta":1,"User":"other","Labels":null,"Alpha":"\u0041","Env":["A=1"]}"#;
    assert!(text.contains(config), "{text}");
}

fn settings(world: &World, changes: &str) -> RuntimeConfig {
    let config = &world.image.config().unwrap().config;
    let mut settings = config.config.clone().unwrap_or_default();
    apply_changes(&mut settings, changes).unwrap();
    settings
}

/// Without edits there is no layer, and the history entry says so.
#[wasm_bindgen_test(unsupported = test)]
fn ex_02_a_changed_config_alone_makes_an_empty_step() {
    let mut world = world_with("");
    for edits in ["", "write c = 1\ndelete c"] {
        world.edit(edits);
        let mut changed = told();
        changed.settings = Some(settings(&world, "CMD [\"sh\"]\nLABEL a=b\nEXPOSE 80"));
        let image = world.committed(&changed);
        let config = value_of(&image);
        assert_eq!(config["history"][2]["empty_layer"], true);
        assert_eq!(config["rootfs"]["diff_ids"].as_array().unwrap().len(), 2);
        assert_eq!(image.found.layers.len(), 2);
        let expected = json!({"Cmd": ["sh"], "ExposedPorts": {"80/tcp": {}}, "Labels": {"a": "b"}});
        assert_eq!(config["config"], expected);
        assert!(
            image
                .history()
                .all(|(entry, layer)| entry.empty_layer == layer.is_none())
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_02_every_setting_is_written_and_read_back() {
    let mut world = world_with("");
    world.edit("write c = 1");
    let all = "
        CMD [\"a\", \"b c\"]
        ENTRYPOINT [\"/e\"]
        ENV A=1 B=\"2 3\"
        EXPOSE 80 53/udp
        HEALTHCHECK --interval=1m30s --retries=3 CMD curl x
        LABEL k=v
        ONBUILD RUN make
        STOPSIGNAL SIGQUIT
        USER 1:2
        VOLUME /v
        WORKDIR /w
    ";
    let mut changed = order(NewCompression::Gzip);
    let wanted = settings(&world, all);
    changed.settings = Some(wanted.clone());
    let image = world.committed(&changed);
    let read = image.config().unwrap();
    assert_eq!(read.oddities, []);
    let read = read.config.config.clone().unwrap();
    let ports = |settings: &RuntimeConfig| {
        let mut ports = settings.exposed_ports.clone();
        ports.sort();
        ports
    };
    assert_eq!(ports(&read), ports(&wanted));
    let read = RuntimeConfig {
        exposed_ports: wanted.exposed_ports.clone(),
        ..read
    };
    assert_eq!(read, wanted);
    // After clearing them again, nothing is left.
    let again = World::of(image.found.clone());
    let mut cleared = order(NewCompression::Gzip);
    cleared.settings = Some(RuntimeConfig::default());
    let image = again.committed(&cleared);
    assert_eq!(value_of(&image)["config"], json!({}));
}

#[wasm_bindgen_test(unsupported = test)]
fn settings_that_cannot_be_are_refused() {
    let world = world_with("");
    let mut wrong = order(NewCompression::Gzip);
    wrong.settings = Some(RuntimeConfig {
        working_dir: "w".to_owned(),
        ..RuntimeConfig::default()
    });
    let error = world.try_commit(&wrong).err().unwrap();
    assert!(matches!(error, CommitError::Settings(_)), "{error}");
}

/// Whatever its origin, a config can only make the commit fail.
#[wasm_bindgen_test(unsupported = test)]
fn configs_that_do_not_fit_the_layers_are_refused() {
    let tars = LAYERS.map(tar_of);
    let commit = |config: &str| {
        let mut world = World::of(found(&tars, config));
        world.edit("write c = 1");
        world.try_commit(&order(NewCompression::Gzip)).map(|_| ())
    };
    let one = config_json(&tars[..1], "");
    let expected = ConfigError::DiffIds {
        n_diff_ids: 1,
        n_layers: 2,
    };
    assert_eq!(commit(&one), Err(CommitError::Config(expected)));
    for config in [
        "{}",
        r#"{"rootfs":[]}"#,
        r#"{"rootfs":{"diff_ids":"x"}}"#,
        r#"{"rootfs":{"diff_ids":[1,2]},"history":{}}"#,
        r#"{"rootfs":{"diff_ids":[1,2]},"config":[]}"#,
        r#"{"rootfs":{"diff_ids":[1,2]},"history":[1]}"#,
    ] {
        // Refused, or made with the fields that are not understood left as they are.
        if let Err(error) = commit(config) {
            assert!(matches!(error, CommitError::Config(_)), "{config}: {error}");
        }
    }
    // A byte order mark is removed without an error.
    let marked = format!("\u{feff}{}", config_json(&tars, ""));
    assert_eq!(commit(&marked), Ok(()));
    assert_eq!(NOW.nanos, 0);
}
