//! Claims about an image's documents and layers, and the messages about false claims: section 6 of the checklist.

use std::rc::Rc;

use lamina::image::{Algorithm, Digest, Hasher};
use lamina::io::Transport;
use lamina::protocol::{
    Answer, ChainId, Check, DiffId, ExportKind, ImageView, LayerState, OpenedAddress,
    PlatformChoice, Request, TreeView, ask,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_INDEX, OCI_MANIFEST, Outer, config_of, descriptor, digest_of, docker_save, gzip,
    image_blobs, index_of, layout_of, manifest_of, named, oci_layout, place_of, with,
};
use crate::support::registry::Registry;
use crate::support::tar_of;

use super::archives::{oci_archive, verdict_of};
use super::world::Asked;

const BASE: &str = "etc/\netc/hosts = 127.0.0.1";

fn mismatch(expected: impl ToString, actual: impl ToString) -> Check {
    Check::Mismatch {
        expected: expected.to_string(),
        actual: actual.to_string(),
    }
}

/// Returns the words of a layer's four checks: digest, size, diff_id, checksum.
fn words(image: &ImageView, layer: usize) -> [&'static str; 4] {
    let verdict = verdict_of(image, layer);
    [
        verdict.digest.word(),
        verdict.size.word(),
        verdict.diff_id.word(),
        verdict.checksum.word(),
    ]
}

fn codes(image: &ImageView) -> Vec<String> {
    let warnings = image.warnings.iter();
    warnings
        .map(|w| format!("{} {}", w.code(), w.subject))
        .collect()
}

fn sha512_of(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha512);
    hasher.update(bytes);
    hasher.finish().unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_02_layers_by_any_algorithm() {
    let layer = tar_of(BASE);
    let sha512 = sha512_of(&layer);
    let at = |digest: &Digest| format!("blobs/{}/{}", digest.algorithm_name(), digest.encoded());
    let open = |digest: &str| {
        let digest = Digest::parse(digest).unwrap();
        let mut config = config_of(&[&layer]);
        config["rootfs"]["diff_ids"] = json!([digest]);
        let config = config.to_string();
        let mut manifest = manifest_of(&config, &[&layer]);
        manifest["layers"][0]["digest"] = json!(digest);
        let manifest = manifest.to_string();
        let entry = named(descriptor(OCI_MANIFEST, &manifest), "demo/app:1");
        let outer = layout_of(&index_of(&[entry]))
            .blob(&config)
            .blob(&manifest)
            .file(&at(&digest), &layer);
        Asked::new(None).open(outer.tar())
    };
    for known in [digest_of(&layer), sha512.clone()] {
        let image = open(known.as_str());
        assert_eq!(words(&image, 0), ["ok", "ok", "ok", "absent"]);
        assert!(verdict_of(&image, 0).proves());
        assert_eq!(codes(&image), ["no-history "]);
    }
    // A digest that cannot be computed is accepted with a warning, but never shown as verified.
    for unknown in ["blake3:0123", "future+b64:ab-_="] {
        let image = open(unknown);
        assert_eq!(words(&image, 0), ["absent", "ok", "absent", "absent"]);
        assert!(!verdict_of(&image, 0).proves());
        let digest = image.layers[0].digest.as_ref();
        assert_eq!(digest.map(Digest::as_str), Some(unknown));
        assert_eq!(image.layers[0].n_entries, Some(2));
        let told = format!("not-verifiable {unknown}");
        assert_eq!(codes(&image), ["no-history ", &told]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_02_configs_by_an_unknown_algorithm() {
    let layer = tar_of(BASE);
    let config = config_of(&[&layer]).to_string();
    let mut manifest = manifest_of(&config, &[&layer]);
    manifest["config"]["digest"] = json!("md9:abc");
    let manifest = manifest.to_string();
    let entry = named(descriptor(OCI_MANIFEST, &manifest), "demo/app:1");
    let outer = layout_of(&index_of(&[entry]))
        .blob(&layer)
        .blob(&manifest)
        .file("blobs/md9/abc", &config);
    let image = Asked::new(None).open(outer.tar());
    assert_eq!(codes(&image), ["not-verifiable md9:abc", "no-history "]);
    assert_eq!(image.platform, "linux/amd64".parse().ok());
    assert!(verdict_of(&image, 0).proves());
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_04_a_config_of_another_digest_is_warned_of() {
    let layer = tar_of(BASE);
    let config = config_of(&[&layer]).to_string();
    let forged = config.replace("amd64", "arm64");
    let outer = oci_layout("v1", &[&layer]).file(&place_of(&config), &forged);
    let image = Asked::new(None).open(outer.tar());
    let warning = &image.warnings[0];
    assert_eq!(warning.code(), "config-digest-mismatch");
    let message = format!(
        "the config has the digest {}, not {}",
        digest_of(&forged),
        digest_of(&config)
    );
    assert_eq!(warning.message(), message);
    // It is shown anyway, under its actual digest.
    assert_eq!(image.platform, "linux/arm64".parse().ok());
    assert_eq!(image.image_id, Some(digest_of(&forged)));
    assert_eq!(words(&image, 0), ["ok", "ok", "ok", "absent"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_05_other_bytes_than_the_digest_names() {
    let (layer, other) = (tar_of(BASE), tar_of("etc/\netc/hosts = 10.0.0.1"));
    let app = tar_of("app = 1");
    let outer = oci_layout("v1", &[&layer, &app]).file(&place_of(&layer), &other);
    let asked = Asked::new(None);
    let image = asked.open(outer.tar());
    let verdict = verdict_of(&image, 0);
    assert_eq!(
        verdict.digest,
        mismatch(digest_of(&layer), digest_of(&other))
    );
    assert!(!verdict.proves());
    // Only that layer has a message, and both can be browsed.
    assert_eq!(words(&image, 1), ["ok", "ok", "ok", "absent"]);
    let rows = asked.rows(image.key, TreeView::Union);
    assert_eq!(rows, "etc 8\napp Added 1");
    let request = Request::Export(ask::Export {
        image: image.key,
        kind: ExportKind::Report,
    });
    let report = asked.ask(request).unwrap().file.unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let layers = &report["images"][0]["layers"];
    assert_eq!(layers[0]["verdict"]["digest"], "mismatch");
    assert_eq!(layers[1]["verdict"]["digest"], "ok");
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_06_other_lengths_than_descriptors_claim() {
    let layer = tar_of(BASE);
    let diff_id = digest_of(&layer).to_string();
    let len = layer.len() as u64;
    for size in [0, len - 1, len + 1, u64::MAX] {
        let asked = Asked::new(None);
        let image = asked.open(oci_archive(&layer, 1, &[("size", json!(size))], &diff_id));
        let verdict = verdict_of(&image, 0);
        assert_eq!(verdict.size, mismatch(size, len));
        assert!(!verdict.proves());
        assert_eq!(words(&image, 0), ["ok", "mismatch", "ok", "absent"]);
        assert_eq!(asked.rows(image.key, TreeView::Union), "etc Added 9");
    }
    // A wrong manifest or config gets a warning.
    let (blobs, manifest) = image_blobs(&[&layer]);
    let config = config_of(&[&layer]).to_string();
    let entry = with(descriptor(OCI_MANIFEST, &manifest), "size", json!(7));
    let outer = layout_of(&index_of(&[entry])).and(blobs);
    let image = Asked::new(None).open(outer.tar());
    let warning = &image.warnings[0];
    assert_eq!(
        (warning.code(), warning.subject.as_str()),
        ("size-mismatch", digest_of(&manifest).as_str())
    );
    let message = format!(
        "the blob has {} bytes, its descriptor claims 7",
        manifest.len()
    );
    assert_eq!(warning.message(), message);
    let mut manifest = manifest_of(&config, &[&layer]);
    manifest["config"]["size"] = json!(8);
    let manifest = manifest.to_string();
    let outer = layout_of(&index_of(&[descriptor(OCI_MANIFEST, &manifest)]))
        .blob(&layer)
        .blob(&config)
        .blob(&manifest);
    let image = Asked::new(None).open(outer.tar());
    let message = format!(
        "the blob has {} bytes, its descriptor claims 8",
        config.len()
    );
    assert_eq!(image.warnings[0].message(), message);
}

/// Docker refuses to load such an image, skopeo copies it. It is reported, and all of it can be browsed.
#[wasm_bindgen_test(unsupported = test)]
fn dg_07_another_diff_id_than_the_config_claims() {
    let layer = tar_of(BASE);
    let wrong = digest_of("something else").to_string();
    for stored in [layer.clone(), gzip(&layer)] {
        let checksum = if stored == layer { "absent" } else { "ok" };
        let asked = Asked::new(None);
        let image = asked.open(oci_archive(&stored, 1, &[], &wrong));
        assert_eq!(words(&image, 0), ["ok", "ok", "mismatch", checksum]);
        let verdict = verdict_of(&image, 0);
        assert_eq!(verdict.diff_id, mismatch(&wrong, digest_of(&layer)));
        assert!(!verdict.proves());
        assert_eq!(asked.rows(image.key, TreeView::Union), "etc Added 9");
    }
    // The same in a docker-archive, which has no other claims about a layer.
    let mut config = config_of(&[&layer]);
    config["rootfs"]["diff_ids"] = json!([wrong]);
    let outer = Outer::new()
        .file("layer.tar", &layer)
        .json("config.json", &config)
        .json(
            "manifest.json",
            &json!([{"Config": "config.json", "RepoTags": ["a:1"], "Layers": ["layer.tar"]}]),
        );
    let asked = Asked::new(None);
    let image = asked.open(outer.tar());
    assert_eq!(words(&image, 0), ["absent", "absent", "mismatch", "absent"]);
    let verdict = verdict_of(&image, 0);
    assert_eq!(verdict.diff_id, mismatch(&wrong, digest_of(&layer)));
    assert_eq!(asked.rows(image.key, TreeView::Union), "etc Added 9");
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_08_the_chain_of_an_open_image() {
    let (base, app) = (tar_of(BASE), tar_of("app = 1"));
    let image = Asked::new(None).open(docker_save(&["a:1"], &[&base, &app]).tar());
    let (d0, d1) = (digest_of(&base), digest_of(&app));
    let chain: Vec<_> = image.layers.iter().map(|l| l.chain_id.clone()).collect();
    let c1 = digest_of(format!("{d0} {d1}"));
    assert_eq!(chain, [d0, c1].map(|digest| Some(ChainId(digest))));
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_09_a_known_layer_with_a_claim_by_another_algorithm_is_read_again() {
    let layer = tar_of(BASE);
    let sha256 = digest_of(&layer).to_string();
    let mut hasher = Hasher::new(Algorithm::Sha512);
    hasher.update(&layer);
    let sha512 = hasher.finish().unwrap().to_string();
    let unknown = "future:0123456789";
    let asked = Asked::new(None);
    let word = |diff_id: &str| {
        let image = asked.open(oci_archive(&layer, 1, &[], diff_id));
        verdict_of(&image, 0).diff_id.word()
    };
    assert_eq!(word(&sha256), "ok");
    assert_eq!(word(&sha512), "ok");
    assert_eq!(word(unknown), "absent");
}

/// Each may use either algorithm, and is compared by its own.
#[wasm_bindgen_test(unsupported = test)]
fn dg_09_blobs_and_diff_ids_by_different_algorithms() {
    let tar = tar_of(BASE);
    let stored = gzip(&tar);
    let at = |digest: &Digest| format!("blobs/{}/{}", digest.algorithm_name(), digest.encoded());
    let open = |digest: &Digest, diff_id: &Digest| {
        let mut config = config_of(&[&tar]);
        config["rootfs"]["diff_ids"] = json!([diff_id]);
        let config = config.to_string();
        let mut manifest = manifest_of(&config, &[&stored]);
        manifest["layers"][0]["digest"] = json!(digest);
        let manifest = manifest.to_string();
        let outer = layout_of(&index_of(&[descriptor(OCI_MANIFEST, &manifest)]))
            .blob(&config)
            .blob(&manifest)
            .file(&at(digest), &stored);
        Asked::new(None).open(outer.tar())
    };
    let (short, long) = (digest_of(&stored), sha512_of(&stored));
    let (short_id, long_id) = (digest_of(&tar), sha512_of(&tar));
    for digest in [&short, &long] {
        for diff_id in [&short_id, &long_id] {
            let image = open(digest, diff_id);
            assert_eq!(words(&image, 0), ["ok", "ok", "ok", "ok"]);
            assert_eq!(image.layers[0].diff_id, Some(DiffId(diff_id.clone())));
        }
    }
    let (other, other_long) = (digest_of("other"), sha512_of(b"other"));
    let image = open(&long, &other);
    assert_eq!(verdict_of(&image, 0).diff_id, mismatch(&other, &short_id));
    let image = open(&short, &other_long);
    assert_eq!(
        verdict_of(&image, 0).diff_id,
        mismatch(&other_long, &long_id)
    );
    let image = open(&other_long, &short_id);
    assert_eq!(verdict_of(&image, 0).digest, mismatch(&other_long, &long));
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_10_one_layer_twice() {
    let (base, app) = (tar_of(BASE), tar_of("etc/hosts = 10.0.0.1\napp = 1"));
    let layers: [&[u8]; 3] = [&base, &app, &base];
    let id = |bytes: &[u8]| Some(DiffId(digest_of(bytes)));
    for archive in [docker_save(&["a:1"], &layers), oci_layout("a:1", &layers)] {
        let asked = Asked::new(None);
        let image = asked.open(archive.tar());
        assert_eq!(codes(&image), ["no-history "]);
        let diff_ids: Vec<_> = image.layers.iter().map(|l| l.diff_id.clone()).collect();
        assert_eq!(diff_ids, [id(&base), id(&app), id(&base)]);
        // The second time, its bytes need not be read again.
        let word = |layer: usize| verdict_of(&image, layer).diff_id.word();
        assert_eq!([word(0), word(1), word(2)], ["ok", "ok", "known"]);
        assert_ne!(image.layers[0].chain_id, image.layers[2].chain_id);
        // It counts in its place: the first layer's file is back.
        let request = Request::Content(ask::Content {
            image: image.key,
            path_key: super::world::at("etc/hosts"),
            layer: 2,
            offset: 0,
            len: 100,
        });
        let hosts = asked.ask(request).unwrap().bytes.unwrap();
        assert_eq!(hosts, b"127.0.0.1");
        assert_eq!(asked.rows(image.key, TreeView::Union), "etc 9\napp 1");
    }
}

fn opened(asked: &Asked, text: &str) -> ImageView {
    let request = Request::OpenAddress(ask::OpenAddress {
        text: text.to_owned(),
        platform: PlatformChoice::Usual,
        by_link: false,
    });
    match asked.ask(request).unwrap().answer {
        Answer::Address(OpenedAddress::Image(image)) => image,
        other => panic!("no image: {other:?}"),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_11_three_digests_that_are_not_the_same() {
    let registry = Registry::default();
    let layer = tar_of(BASE);
    registry.put_blob("demo/app", &layer);
    let config = config_of(&[&layer]).to_string();
    let image_id = registry.put_blob("demo/app", config.as_bytes());
    let manifest = manifest_of(&config, &[&layer]).to_string();
    let manifest_digest = registry.put_manifest("demo/app", "amd64", OCI_MANIFEST, &manifest);
    let platform = json!({"os": "linux", "architecture": "amd64"});
    let entry = with(descriptor(OCI_MANIFEST, &manifest), "platform", platform);
    let index = index_of(&[entry]).to_string();
    let index_digest = registry.put_manifest("demo/app", "1", OCI_INDEX, &index);
    let transport: Rc<dyn Transport> = registry.transport().1;
    let asked = Asked::new(Some(transport));
    let of = |image: &ImageView| {
        let digests = [&image.image_id, &image.manifest_digest, &image.index_digest];
        digests.map(Option::clone)
    };
    let (id, manifest, index) = (image_id, manifest_digest, index_digest);
    let by_tag = opened(&asked, "https://r.example/demo/app:1");
    assert_eq!(
        of(&by_tag),
        [&id, &manifest, &index].map(|id| Some(id.clone()))
    );
    // The digest in the repository is that of the index, or that of the manifest if there is
    // no index. Both open this image.
    let by_index = opened(&asked, &format!("https://r.example/demo/app@{index}"));
    assert_eq!(of(&by_index), of(&by_tag));
    let by_manifest = opened(&asked, &format!("https://r.example/demo/app@{manifest}"));
    assert_eq!(
        of(&by_manifest),
        [Some(id.clone()), Some(manifest.clone()), None]
    );
    // The image ID is neither.
    let request = Request::OpenAddress(ask::OpenAddress {
        text: format!("https://r.example/demo/app@{id}"),
        platform: PlatformChoice::Usual,
        by_link: false,
    });
    assert!(asked.ask(request).is_err());
    // The report has all three by name.
    let request = Request::Export(ask::Export {
        image: by_tag.key,
        kind: ExportKind::Report,
    });
    let report = asked.ask(request).unwrap().file.unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let image = &report["images"][0];
    for (field, value) in [
        ("image_id", &id),
        ("manifest_digest", &manifest),
        ("index_digest", &index),
    ] {
        assert_eq!(image[field], json!(value), "{field}");
    }
    assert!(matches!(by_tag.layers[0].state, LayerState::Waiting));
}

/// A proxy decompressed a layer. It is longer than stated, and is abandoned at that point.
#[wasm_bindgen_test(unsupported = test)]
fn gz_07_a_layer_that_was_decompressed_on_its_way_is_given_up_and_told() {
    let layer = tar_of(BASE);
    let stored = gzip(&layer);
    let registry = Registry {
        stated_length: Some(stored.len()),
        hides_headers: true,
        ..Registry::default()
    };
    let mut config = config_of(&[&layer]);
    config["history"] = json!([{"created_by": "COPY etc /etc"}]);
    let config = config.to_string();
    registry.put_blob("demo/app", config.as_bytes());
    let manifest = manifest_of(&config, &[&stored]).to_string();
    registry.put_manifest("demo/app", "1", OCI_MANIFEST, &manifest);
    let key = format!("demo/app/blobs/{}", digest_of(&stored));
    let media_type = "application/octet-stream".to_owned();
    registry
        .content
        .borrow_mut()
        .insert(key, (media_type, layer.clone()));
    let transport: Rc<dyn Transport> = registry.transport().1;
    let asked = Asked::new(Some(transport));
    let key = opened(&asked, "https://r.example/demo/app:1").key;
    let image = asked.read(key);
    let lamina::protocol::LayerState::Failed { problem } = &image.layers[0].state else {
        panic!("{:?}", image.layers[0].state);
    };
    let message = format!("goes on past the {} bytes", stored.len());
    assert!(problem.detail.to_string().contains(&message), "{problem}");
    assert!(
        problem.detail.to_string().contains("decompressed"),
        "{problem}"
    );
}
