//! Layers and blobs of artifacts, saved as they are, without decompression.

use lamina::protocol::{Answer, ImageKey, LayerState, ProblemCode, Request, ask};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_MANIFEST, Outer, descriptor, docker_save, gzip, hex_of, index_of, layout_of, named,
    oci_layout, place_of, with,
};
use crate::support::tar_of;

use super::world::Asked;

/// Returns a chart in the form of `helm push`, and its archive with the blob `chart` under `title`.
fn chart(title: Value) -> (Vec<u8>, Outer) {
    let chart = gzip(&tar_of("chart/Chart.yaml = name"));
    let media_type = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    let annotations = json!({"org.opencontainers.image.title": title});
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.cncf.helm.config.v1+json", "{}"),
        "layers": [with(descriptor(media_type, &chart), "annotations", annotations)],
    })
    .to_string();
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "chart")]);
    let outer = layout_of(&top).blob(&manifest).blob("{}").blob(&chart);
    (chart, outer)
}

fn download(asked: &Asked, image: ImageKey, layer: u32) -> Result<(String, Vec<u8>), ProblemCode> {
    let served = asked.ask(Request::DownloadBlob(ask::DownloadBlob { image, layer }));
    let served = served.map_err(|problem| problem.code)?;
    let Answer::File(file) = served.answer else {
        panic!("a file was asked for");
    };
    let bytes = served.file.unwrap();
    assert_eq!(file.size_bytes, bytes.len() as u64);
    Ok((file.file_name, bytes))
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_07_mt_09_a_blob_is_offered_under_its_own_name() {
    for (title, file_name) in [
        (json!("app-1.2.tgz"), "app-1.2.tgz"),
        (json!("../../etc/passwd"), "_.._etc_passwd"),
    ] {
        let (chart, outer) = chart(title.clone());
        let asked = Asked::new(None);
        let view = asked.open(outer.tar());
        let kind = "application/vnd.cncf.helm.config.v1+json";
        assert_eq!(view.artifact_type.as_deref(), Some(kind));
        assert_eq!(json!(view.layers[0].title), title);
        assert_eq!(
            view.layers[0].state,
            LayerState::Waiting,
            "an artifact's blob is not read"
        );
        assert_eq!(view.n_entries, 0);
        let saved = download(&asked, view.key, 0).unwrap();
        assert_eq!(saved, (file_name.to_owned(), chart));
    }
    let (chart, outer) = chart(Value::Null);
    let asked = Asked::new(None);
    let view = asked.open(outer.tar());
    assert_eq!(view.layers[0].title, None);
    assert_eq!(download(&asked, view.key, 0), Ok((hex_of(&chart), chart)));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_is_saved_as_it_is_stored_or_not_at_all() {
    let (base, other) = (tar_of("a = 1"), tar_of("b = 1"));
    let asked = Asked::new(None);
    let view = asked.found(docker_save(&["a:1"], &[&base, &other]).tar());
    let saved = download(&asked, view.key, 1);
    assert_eq!(saved, Ok(("layer-1".to_owned(), other.clone())));
    assert_eq!(download(&asked, view.key, 2), Err(ProblemCode::NoContent));

    let layout = oci_layout("v1", &[&base]);
    let view = asked.found(layout.clone().file(&place_of(&base), &other).tar());
    assert_eq!(
        download(&asked, view.key, 0),
        Err(ProblemCode::DigestMismatch)
    );
    let view = asked.found(layout.without(&place_of(&base)).tar());
    assert_eq!(download(&asked, view.key, 0), Err(ProblemCode::Missing));
}
