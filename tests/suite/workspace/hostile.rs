//! Hostile images, as the page requests them: the answers are bounded, and no host is contacted.

use lamina::protocol::{Answer, ExportKind, ProblemCode, Request, TreeView, ask};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_CONFIG, OCI_MANIFEST, Outer, config_of, descriptor, digest_of, index_of, layout_of, with,
};
use crate::support::tar_of;

use super::world::{Asked, at};

/// Makes a docker-archive of one layer with this config.
fn archive_of(config: &Value, layer: &[u8]) -> Vec<u8> {
    Outer::new()
        .json(
            "manifest.json",
            &json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l.tar"]}]),
        )
        .file("c.json", config.to_string())
        .file("l.tar", layer)
        .tar()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_config_of_very_many_rows_is_shown_in_part_and_saved_whole() {
    let layer = tar_of("etc/hosts = base");
    let mut config = config_of(&[&layer]);
    config["history"] = Value::from(vec![json!({"empty_layer": true}); 100_000]);
    config["config"] = json!({
        "Env": (0..3_000).map(|n| format!("A{n}=1")).collect::<Vec<_>>(),
        "Labels": (0..3_000).map(|n| (n.to_string(), "x".into())).collect::<serde_json::Map<_, Value>>(),
        "Cmd": ["x".repeat(200_000)],
    });
    let asked = Asked::new(None);
    let image = asked.open(archive_of(&config, &layer));
    assert_eq!(image.history.len(), 2_000);
    let shown = image.config.as_ref().unwrap();
    assert_eq!((shown.env.len(), shown.labels.len()), (2_000, 2_000));
    assert!(shown.cmd[0].len() < 66_000 && shown.cmd[0].ends_with('…'));
    let cut: Vec<_> = image
        .warnings
        .iter()
        .filter(|warning| warning.code() == "document-shortened")
        .map(|warning| format!("{}: {}", warning.subject, warning.message()))
        .collect();
    assert_eq!(
        cut,
        [
            "environment: of 3000 2000 are shown; the saved document has all",
            "history: of 100000 2000 are shown; the saved document has all",
            "labels: of 3000 2000 are shown; the saved document has all",
        ]
    );
    let saved = Request::Export(ask::Export {
        image: image.key,
        kind: ExportKind::Config,
    });
    let saved = asked.ask(saved).unwrap().file.unwrap();
    assert_eq!(saved, config.to_string().into_bytes());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_15_an_archive_makes_nobody_be_asked() {
    // The world of this test has no network: access to it panics.
    let layer = tar_of("etc/hosts = base");
    let foreign = json!({
        "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "digest": digest_of(&layer).to_string(),
        "size": layer.len(),
        "urls": ["https://foreign.example/layer", "http://127.0.0.1/layer"],
    });
    let config = config_of(&[&layer]).to_string();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, &config),
        "layers": [foreign],
    })
    .to_string();
    let entry = with(
        descriptor(OCI_MANIFEST, &manifest),
        "urls",
        json!(["https://foreign.example/manifest"]),
    );
    let archive = layout_of(&index_of(&[entry])).blob(&config).blob(&manifest);
    let asked = Asked::new(None);
    let image = asked.open(archive.tar());
    let lamina::protocol::LayerState::Failed { problem } = &image.layers[0].state else {
        panic!("the layer is not in the archive: {:?}", image.layers[0]);
    };
    assert_eq!(problem.code, ProblemCode::Missing);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_download_of_holes_is_refused_by_its_size() {
    let mut header = tar::Header::new_gnu();
    header.set_path("holes").unwrap();
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::GNUSparse);
    header.set_size(0);
    // 2^62 bytes, none of them stored.
    header.as_gnu_mut().unwrap().realsize = *b"\x80\0\0\0\x40\0\0\0\0\0\0\0";
    header.set_cksum();
    let layer = [header.as_bytes().as_slice(), &[0; 1024]].concat();
    let asked = Asked::new(None);
    let image = asked.open(archive_of(&config_of(&[&layer]), &layer));
    let download = Request::Download(ask::Download {
        image: image.key,
        path_key: at("holes"),
        layer: 0,
    });
    let problem = asked.ask(download).err().unwrap();
    assert_eq!(problem.code, ProblemCode::TooLarge);
    assert!(
        problem
            .detail
            .to_string()
            .contains("4611686018427387904 bytes"),
        "{}",
        problem.detail
    );
    // Any range of it can be viewed.
    let content = Request::Content(ask::Content {
        image: image.key,
        path_key: at("holes"),
        layer: 0,
        offset: 1 << 61,
        len: 16,
    });
    assert_eq!(asked.ask(content).unwrap().bytes.unwrap(), [0; 16]);
}

#[wasm_bindgen_test(unsupported = test)]
fn numbers_that_the_page_makes_up_are_answered() {
    let layer = tar_of("etc/hosts = base");
    let asked = Asked::new(None);
    let image = asked.open(archive_of(&config_of(&[&layer]), &layer));
    for view in [TreeView::Layer(u32::MAX), TreeView::UpTo(u32::MAX)] {
        asked.rows(image.key, view);
    }
    let far = Request::Tree(ask::Tree {
        image: image.key,
        change: None,
        start: u32::MAX,
        len: u32::MAX,
    });
    let Answer::Tree(window) = asked.ask(far).unwrap().answer else {
        panic!("a tree was asked for");
    };
    assert!(window.rows.is_empty());
    let content = Request::Content(ask::Content {
        image: image.key,
        path_key: at("etc/hosts"),
        layer: u32::MAX,
        offset: u64::MAX,
        len: u32::MAX,
    });
    let _ = asked.ask(content);
}
