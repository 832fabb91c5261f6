//! Configs as the page shows them: section 7 of the checklist.

use lamina::protocol::{AnnotationPlace, ConfigFact, PlatformChoice, ask};
use std::rc::Rc;

use lamina::io::Transport;
use lamina::protocol::{
    Answer, ConfigView, ExportKind, ImageView, OpenedAddress, Request, TreeView,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_INDEX, OCI_MANIFEST, Outer, config_of, descriptor, image_blobs, index_of, layout_of,
    manifest_of, with,
};
use crate::support::registry::Registry;
use crate::support::tar_of;

use super::world::Asked;

/// Opens a docker-archive of these layers with the text of a config.
fn open_text(config: &[u8], layers: &[&str]) -> (Asked, ImageView) {
    let mut outer = Outer::new().file("config.json", config);
    let mut names = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        let name = format!("{at}.tar");
        outer = outer.file(&name, tar_of(layer));
        names.push(name);
    }
    let outer = outer.json(
        "manifest.json",
        &json!([{"Config": "config.json", "RepoTags": ["a:1"], "Layers": names}]),
    );
    let asked = Asked::new(None);
    let image = asked.open(outer.tar());
    (asked, image)
}

/// Opens one whose config has these fields and the diff_ids of the layers.
pub(super) fn open(fields: &Value, layers: &[&str]) -> (Asked, ImageView) {
    let tars: Vec<_> = layers.iter().map(|layer| tar_of(layer)).collect();
    let tars: Vec<&[u8]> = tars.iter().map(Vec::as_slice).collect();
    let mut config = config_of(&tars);
    for (key, value) in fields.as_object().unwrap() {
        config[key] = value.clone();
    }
    open_text(config.to_string().as_bytes(), layers)
}

fn config_view(fields: &Value) -> ConfigView {
    open(fields, &["a = 1"]).1.config.unwrap()
}

pub(super) fn codes(image: &ImageView) -> Vec<&str> {
    image.warnings.iter().map(|w| w.code()).collect()
}

fn report(asked: &Asked, image: &ImageView) -> Value {
    let request = Request::Export(ask::Export {
        image: image.key,
        kind: ExportKind::Report,
    });
    serde_json::from_slice(&asked.ask(request).unwrap().file.unwrap()).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_01_an_image_of_nulls_opens_without_a_word() {
    let nulls = json!({
        "created": null, "author": null, "comment": null, "config": null, "container": null,
        "container_config": null, "docker_version": null, "os.version": null, "os.features": null,
        "variant": null, "unknown": null,
        "history": [{"created": null, "created_by": null, "author": null, "comment": null, "empty_layer": null}],
    });
    let (asked, image) = open(&nulls, &["a = 1"]);
    assert_eq!(image.warnings, []);
    assert_eq!(image.created, None);
    assert_eq!(asked.rows(image.key, TreeView::Union), "a Added 1");
    let config = image.config.unwrap();
    let absent = ConfigView {
        raw_json: config.raw_json.clone(),
        os: "linux".to_owned(),
        architecture: "amd64".to_owned(),
        ..ConfigView::default()
    };
    assert_eq!(config, absent);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_04_times_are_shown_as_they_stand() {
    let of = |created: &Value| {
        let history = json!([{"created": created}]);
        let (asked, image) = open(&json!({"created": created, "history": history}), &["a = 1"]);
        assert_eq!(image.history[0].created, image.created);
        assert_eq!(image.layers[0].created, image.created);
        assert_eq!(
            report(&asked, &image)["images"][0]["created"],
            json!(image.created)
        );
        assert_eq!(image.warnings, [], "{created}");
        image.created
    };
    for text in [
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2024-02-29T12:00:00.1Z",
        "2024-02-29T12:00:00.123456789Z",
        "2024-02-29T13:00:00+01:00",
        "last week",
        "",
        "9999-99-99T99:99:99Z",
        "<b>now</b>",
    ] {
        assert_eq!(of(&json!(text)).as_deref(), Some(text));
    }
    assert_eq!(of(&Value::Null), None);
    // A value that is not text is reported, and left out.
    let (_, image) = open(
        &json!({"created": 1_709_208_000, "history": [{}]}),
        &["a = 1"],
    );
    assert_eq!(
        (image.created.as_deref(), codes(&image).as_slice()),
        (None, &["wrong-type"][..])
    );
}

/// The specification demands an error, so it is the first warning about the image. The layers are shown anyway,
/// because the format of their bytes is known.
#[wasm_bindgen_test(unsupported = test)]
fn cf_05_a_rootfs_that_is_no_layers_is_told() {
    let layer = tar_of("a = 1");
    let rootfs = |kind: &Value| {
        let diff_ids = config_of(&[&layer])["rootfs"]["diff_ids"].clone();
        let history = json!([{"created_by": "one"}]);
        json!({"rootfs": {"type": kind, "diff_ids": diff_ids}, "history": history})
    };
    let check = |asked: &Asked, image: &ImageView| {
        let [warning] = image.warnings.as_slice() else {
            panic!("{:?}", image.warnings);
        };
        assert_eq!(
            (warning.code(), warning.subject.as_str()),
            ("rootfs-type", "config")
        );
        let message = r#"the config's rootfs.type must be "layers", and is "layers+base""#;
        assert_eq!(warning.message(), message);
        assert_eq!(asked.rows(image.key, TreeView::Union), "a Added 1");
    };
    let (asked, image) = open(&rootfs(&json!("layers+base")), &["a = 1"]);
    check(&asked, &image);
    let told = report(&asked, &image)["images"][0]["warnings"].clone();
    assert_eq!(
        told,
        json!([r#"config: the config's rootfs.type must be "layers", and is "layers+base""#])
    );
    for fine in [json!("layers"), Value::Null, json!("")] {
        let (_, image) = open(&rootfs(&fine), &["a = 1"]);
        assert_eq!(image.warnings, [], "{fine}");
    }
    // The same from a registry.
    let registry = Registry::default();
    registry.put_blob("app", &layer);
    let mut config = config_of(&[&layer]);
    config["rootfs"]["type"] = json!("layers+base");
    config["history"] = json!([{"created_by": "one"}]);
    let config = config.to_string();
    registry.put_blob("app", config.as_bytes());
    let manifest = manifest_of(&config, &[&layer]).to_string();
    registry.put_manifest("app", "1", OCI_MANIFEST, &manifest);
    let (asked, image) = from_registry(registry, "r.example/app:1");
    let image = asked.read(image.key);
    check(&asked, &image);
}

fn from_registry(registry: Registry, text: &str) -> (Asked, ImageView) {
    let transport: Rc<dyn Transport> = registry.transport().1;
    let asked = Asked::new(Some(transport));
    let request = Request::OpenAddress(ask::OpenAddress {
        text: text.to_owned(),
        platform: PlatformChoice::Usual,
        by_link: false,
    });
    match asked.ask(request).unwrap().answer {
        Answer::Address(OpenedAddress::Image(image)) => (asked, image),
        other => panic!("no image: {other:?}"),
    }
}

fn pairs(of: &[(String, String)]) -> Vec<(&str, &str)> {
    of.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()
}

fn facts(of: &[(ConfigFact, String)]) -> Vec<(ConfigFact, &str)> {
    of.iter()
        .map(|(fact, value)| (*fact, value.as_str()))
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_06_all_that_docker_adds_is_shown() {
    let fields = json!({
        "architecture": "arm", "variant": "v7", "os": "windows", "os.version": "10.0.1",
        "os.features": ["win32k", "other"], "author": "Ann", "comment": "why",
        "docker_version": "20.10", "container": "cafe",
        "container_config": {"Hostname": "made", "Cmd": ["/bin/sh", "-c", "make"]},
        "history": [{}],
        "config": {
            "Hostname": "h", "Domainname": "d", "User": "1:2", "AttachStdin": true,
            "AttachStdout": true, "AttachStderr": true, "Tty": true, "OpenStdin": true,
            "StdinOnce": true, "Image": "i", "OnBuild": ["RUN x"], "Shell": ["/bin/bash", "-c"],
            "StopSignal": "9", "StopTimeout": 7, "ArgsEscaped": true, "MacAddress": "m",
            "NetworkDisabled": true, "WorkingDir": "/w", "Env": ["A=1"], "Cmd": ["c"],
            "Entrypoint": ["e"], "Volumes": {"/v": {}}, "ExposedPorts": {"80/tcp": {}},
            "Labels": {"b": "2", "a": ""},
            "Healthcheck": {"Test": ["NONE"]},
        },
    });
    let (asked, image) = open(&fields, &["a = 1"]);
    assert_eq!(image.warnings, []);
    assert_eq!(
        (image.author.as_str(), image.comment.as_str()),
        ("Ann", "why")
    );
    let platform = image.platform.as_ref().map(|platform| platform.to_string());
    assert_eq!(platform.as_deref(), Some("windows(10.0.1)/arm/v7"));
    let text = |text: &str| text.to_owned();
    let expected = ConfigView {
        raw_json: image.config.as_ref().unwrap().raw_json.clone(),
        os: text("windows"),
        architecture: text("arm/v7"),
        docker_version: text("20.10"),
        user: text("1:2"),
        working_dir: text("/w"),
        entrypoint: vec![text("e")],
        cmd: vec![text("c")],
        env: vec![text("A=1")],
        exposed_ports: vec![text("80/tcp")],
        volumes: vec![text("/v")],
        labels: vec![(text("a"), text("")), (text("b"), text("2"))],
        stop_signal: text("9"),
        shell: vec![text("/bin/bash"), text("-c")],
        on_build: vec![text("RUN x")],
        healthcheck: vec![(ConfigFact::HealthTest, text("NONE"))],
        extras: [
            (ConfigFact::OsVersion, "10.0.1"),
            (ConfigFact::OsFeatures, "win32k, other"),
            (ConfigFact::Container, "cafe"),
            (ConfigFact::ContainerCommand, "/bin/sh -c make"),
            (ConfigFact::Hostname, "h"),
            (ConfigFact::Domainname, "d"),
            (ConfigFact::ParentImage, "i"),
            (ConfigFact::MacAddress, "m"),
            (ConfigFact::StopTimeout, "7 s"),
            (ConfigFact::AttachStdin, "true"),
            (ConfigFact::AttachStdout, "true"),
            (ConfigFact::AttachStderr, "true"),
            (ConfigFact::Tty, "true"),
            (ConfigFact::OpenStdin, "true"),
            (ConfigFact::StdinOnce, "true"),
            (ConfigFact::NetworkDisabled, "true"),
            (ConfigFact::ArgsEscaped, "true"),
        ]
        .map(|(fact, value)| (fact, text(value)))
        .to_vec(),
    };
    assert_eq!(image.config.as_ref(), Some(&expected));
    // All of it is in the report, byte for byte.
    let config = report(&asked, &image)["images"][0]["config"].clone();
    assert_eq!(config["container_config"]["Hostname"], "made");
    assert_eq!(
        config.to_string(),
        serde_json::from_str::<Value>(&expected.raw_json)
            .unwrap()
            .to_string()
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_07_health_checks_in_words() {
    let rows = |check: Value| {
        let view = config_view(&json!({"config": {"Healthcheck": check}}));
        view.healthcheck
    };
    let all = rows(json!({
        "Test": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"], "Interval": 5_000_000_000_u64,
        "Timeout": 1_500_000_000, "StartPeriod": 90_000_000_000_u64, "StartInterval": 250_000_000, "Retries": 4,
    }));
    assert_eq!(
        facts(&all),
        [
            (
                ConfigFact::HealthTest,
                "CMD-SHELL curl -f http://localhost/ || exit 1"
            ),
            (ConfigFact::HealthInterval, "5s"),
            (ConfigFact::HealthTimeout, "1.5s"),
            (ConfigFact::HealthStartPeriod, "1m30s"),
            (ConfigFact::HealthStartInterval, "250ms"),
            (ConfigFact::HealthRetries, "4"),
        ]
    );
    let test = |words: Value| rows(json!({"Test": words, "Interval": 0}));
    assert_eq!(
        facts(&test(json!(["NONE"]))),
        [(ConfigFact::HealthTest, "NONE")]
    );
    let exec = test(json!(["CMD", "/healthy", "-q"]));
    assert_eq!(facts(&exec), [(ConfigFact::HealthTest, "CMD /healthy -q")]);
    // An empty value or 0 is the engine's default, and is not shown.
    assert_eq!(facts(&test(json!([]))), []);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_08_cf_09_sets_are_sorted_and_the_environment_is_not() {
    let view = config_view(&json!({"config": {
        "ExposedPorts": {"443/tcp": {}, "53/udp": {}, "80": {}, "8080/tcp": {}},
        "Volumes": {"/z": {}, "/a": {}},
        "Env": ["PATH=/bin", "A=b=c", "E=", "LONELY"],
    }}));
    assert_eq!(
        view.exposed_ports,
        ["80/tcp", "443/tcp", "8080/tcp", "53/udp"]
    );
    assert_eq!(view.volumes, ["/a", "/z"]);
    assert_eq!(view.env, ["PATH=/bin", "A=b=c", "E=", "LONELY"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_10_commands_written_as_text() {
    let view = config_view(&json!({"config": {"Entrypoint": ["/init", "-x"], "Cmd": "serve me"}}));
    assert_eq!(
        (view.entrypoint, view.cmd),
        (
            vec!["/init".to_owned(), "-x".to_owned()],
            vec!["serve me".to_owned()]
        )
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_13_the_platform_of_an_entry_without_one_is_its_configs() {
    let (blobs, manifest) = image_blobs(&[&tar_of("a = 1")]);
    let entry = descriptor(OCI_MANIFEST, &manifest);
    let outer = layout_of(&index_of(&[entry])).and(blobs);
    let image = Asked::new(None).open(outer.tar());
    assert_eq!(image.platform, "linux/amd64".parse().ok());
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_14_windows_and_empty_platforms_open() {
    let of = |os: &str, architecture: &str| {
        let fields = json!({"os": os, "architecture": architecture, "history": [{}]});
        let (asked, image) = open(&fields, &["Files/a = 1"]);
        assert_eq!(image.warnings, []);
        assert_eq!(asked.rows(image.key, TreeView::Union), "Files Added 1");
        image.platform.map(|platform| platform.to_string())
    };
    assert_eq!(of("windows", "amd64").as_deref(), Some("windows/amd64"));
    assert_eq!(of("", ""), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_15_annotations_and_labels_in_their_places() {
    let layer = tar_of("a = 1");
    let mut config = config_of(&[&layer]);
    config["config"] = json!({"Labels": {"of": "config", "any.key": "any value"}});
    config["history"] = json!([{}]);
    let config = config.to_string();
    let mut manifest = manifest_of(&config, &[&layer]);
    manifest["annotations"] = json!({"of": "manifest", "unknown/key": "\u{1}"});
    manifest["layers"][0]["annotations"] = json!({"of": "layer"});
    let manifest = manifest.to_string();
    let entry = with(
        descriptor(OCI_MANIFEST, &manifest),
        "annotations",
        json!({"of": "descriptor"}),
    );
    let index = with(index_of(&[entry]), "annotations", json!({"of": "index"}));
    let check = |image: &ImageView| {
        let rows: Vec<_> = image
            .annotations
            .iter()
            .map(|row| (row.place, row.key.as_str(), row.value.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                (AnnotationPlace::Index, "of", "index"),
                (AnnotationPlace::Descriptor, "of", "descriptor"),
                (AnnotationPlace::Manifest, "of", "manifest"),
                (AnnotationPlace::Manifest, "unknown/key", "\u{1}"),
                (AnnotationPlace::Layer(0), "of", "layer"),
            ]
        );
        let labels = &image.config.as_ref().unwrap().labels;
        assert_eq!(pairs(labels), [("any.key", "any value"), ("of", "config")]);
        assert_eq!(image.warnings, []);
    };
    let outer = layout_of(&index).blob(&layer).blob(&config).blob(&manifest);
    check(&Asked::new(None).open(outer.tar()));
    let registry = Registry::default();
    registry.put_blob("app", &layer);
    registry.put_blob("app", config.as_bytes());
    registry.put_manifest("app", "amd64", OCI_MANIFEST, &manifest);
    registry.put_manifest("app", "1", OCI_INDEX, &index.to_string());
    check(&from_registry(registry, "r.example/app:1").1);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_16_json_as_it_is_written() {
    let layer = tar_of("a = 1");
    let diff_id = config_of(&[&layer])["rootfs"]["diff_ids"][0].clone();
    let body = format!(
        r#"{{"os":"plan9","history":[{{}}],"config":{{"StopTimeout":9007199254740993}},"rootfs":{{"type":"layers","diff_ids":[{diff_id}]}},"os":"linux"}}"#
    );
    for before in ["", "\u{feff}", "\u{feff}\n\t ", " \n"] {
        let text = format!("{before}{body}\n\n");
        let (asked, image) = open_text(text.as_bytes(), &["a = 1"]);
        assert_eq!(codes(&image), ["several-keys"]);
        assert_eq!(image.warnings[0].subject, "config.json: os");
        assert_eq!(asked.rows(image.key, TreeView::Union), "a Added 1");
        let config = image.config.unwrap();
        assert_eq!(config.os, "linux");
        assert_eq!(
            facts(&config.extras),
            [(ConfigFact::StopTimeout, "9007199254740993 s")]
        );
        assert_eq!(config.raw_json, text);
        let digest = lamina::image::Digest::sha256_of(text.as_bytes());
        assert_eq!(image.image_id, Some(digest));
    }
    // A float would round these sizes.
    let size: u64 = (1 << 53) + 1;
    let config = config_of(&[&layer]).to_string();
    let mut manifest = manifest_of(&config, &[&layer]);
    manifest["layers"][0]["size"] = json!(size);
    let manifest = manifest.to_string();
    let outer = layout_of(&index_of(&[descriptor(OCI_MANIFEST, &manifest)]))
        .blob(&layer)
        .blob(&config)
        .blob(&manifest);
    let image = Asked::new(None).found(outer.tar());
    assert_eq!(image.layers[0].stored_bytes, Some(9_007_199_254_740_993));
    assert_eq!(image.stored_bytes, Some(9_007_199_254_740_993));
}
