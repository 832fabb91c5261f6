//! Manifests, indexes and the other documents of archives.

use lamina::image::{
    Content, Descriptor, Digest, Document, Error, Index, LegacyImage, Manifest, MediaType, Oddity,
    read_repositories, read_saved_images,
};
use lamina::layer::Warning;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{LIMIT, codes};

const A: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// Parses a document. `$A` and `$B` are replaced by two digests, so that a case fits on one line.
fn document(text: &str, media_type: &str) -> Document {
    let text = text.replace("$A", A).replace("$B", B);
    Document::new(text.into_bytes(), MediaType::new(media_type))
}

fn manifest(text: &str) -> Manifest {
    let reading = document(text, MediaType::OCI_MANIFEST).read(LIMIT).unwrap();
    reading.into_manifest().unwrap()
}

fn index(text: &str) -> Index {
    let reading = document(text, MediaType::OCI_INDEX).read(LIMIT).unwrap();
    reading.into_index().unwrap()
}

/// Checks the reading of a document: a word for its kind, the effective media type, and the codes of the oddities.
fn check_read(text: &str, declared: &str, expected: (&str, &str, &str)) {
    let reading = document(text, declared).read(LIMIT).unwrap();
    let word = match &reading.content {
        Content::Index(_) => "index",
        Content::Manifest(_) => "manifest",
        Content::Schema1 => "schema1",
        Content::SavedImages => "saved",
        Content::Other => "other",
    };
    let codes = codes(&reading.oddities);
    let actual = (word, reading.media_type.as_str(), codes.as_str());
    assert_eq!(actual, expected, "{text} as {declared:?}");
}

const BARE_MANIFEST: &str = r#"{"schemaVersion": 2, "config": {}, "layers": []}"#;
const BARE_INDEX: &str = r#"{"schemaVersion": 2, "manifests": []}"#;

#[wasm_bindgen_test(unsupported = test)]
fn af_28_declared_type_first_content_second() {
    let (manifest, index) = (MediaType::OCI_MANIFEST, MediaType::OCI_INDEX);
    let odd = "invalid-digest";
    for nothing in [
        "",
        "application/json",
        "text/plain",
        "application/octet-stream",
    ] {
        check_read(BARE_MANIFEST, nothing, ("manifest", manifest, odd));
        check_read(BARE_INDEX, nothing, ("index", index, ""));
    }
    check_read(
        BARE_INDEX,
        MediaType::DOCKER_LIST,
        ("index", MediaType::DOCKER_LIST, ""),
    );
    check_read(BARE_MANIFEST, manifest, ("manifest", manifest, odd));
    check_read(r#"{"layers": []}"#, manifest, ("manifest", manifest, ""));
    check_read("{}", index, ("index", index, ""));
    check_read("{}", "", ("other", "", ""));
    check_read("[]", "", ("other", "", ""));
    check_read(r#"[{"Config": "c", "Layers": []}]"#, "", ("saved", "", ""));
    let docker = r#"{"config": {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": "$A"}, "layers": []}"#;
    check_read(docker, "", ("manifest", MediaType::DOCKER_MANIFEST, ""));
}

#[wasm_bindgen_test(unsupported = test)]
fn af_27_an_unknown_type_is_no_error() {
    check_read(
        BARE_MANIFEST,
        "application/vnd.example+json",
        ("other", "application/vnd.example+json", ""),
    );
    let stated = r#"{"mediaType": "application/vnd.example", "config": {}, "layers": []}"#;
    check_read(stated, "", ("other", "application/vnd.example", ""));
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_05_schema_1_is_recognised() {
    let text = r#"{"schemaVersion": 1, "name": "a", "tag": "b", "fsLayers": [], "history": []}"#;
    let v1 = "application/vnd.docker.distribution.manifest.v1+json";
    let signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    check_read(text, "", ("schema1", v1, ""));
    check_read(text, "application/json", ("schema1", v1, ""));
    check_read(text, signed, ("schema1", signed, ""));
    let as_manifest = document(text, MediaType::DOCKER_MANIFEST)
        .read(LIMIT)
        .unwrap();
    let error = as_manifest.into_manifest().unwrap_err();
    assert_eq!(error, Error::Schema1);
    assert!(
        error
            .to_string()
            .starts_with("image manifest schema 1 is not supported")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_14_types_that_disagree() {
    let stated = r#"{"mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}"#;
    let list = MediaType::DOCKER_LIST;
    check_read(stated, list, ("index", list, "media-type-mismatch"));
    check_read(
        stated,
        "application/json",
        ("index", MediaType::OCI_INDEX, ""),
    );
    let both = r#"{"manifests": [], "layers": []}"#;
    check_read(
        both,
        MediaType::OCI_INDEX,
        ("index", MediaType::OCI_INDEX, "ambiguous-document"),
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn r_03_the_bytes_stay() {
    let text = b"\xef\xbb\xbf { \"manifests\" :null , \"x\": 1e400 }\n";
    let refused = Document::new(&text[..], MediaType::new("")).read(LIMIT);
    assert!(
        matches!(refused, Err(Error::Json { .. })),
        "a number beyond all numbers"
    );
    let text = b"\xef\xbb\xbf { \"manifests\" :[ ] , \"x\": 1.50 }\n";
    let document = Document::new(&text[..], MediaType::new(""));
    assert!(matches!(
        document.read(LIMIT).unwrap().content,
        Content::Index(_)
    ));
    assert_eq!(&document.bytes[..], text);
    assert_eq!(document.digest, Digest::sha256_of(text));
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_03_bytes_are_those_of_the_digest() {
    let right = Digest::sha256_of(b"{}");
    let verified = |digest: &Digest| Document::verified(&b"{}"[..], digest, MediaType::new(""));
    assert_eq!(verified(&right).unwrap().digest, right);
    let wrong = Digest::parse(A).unwrap();
    assert_eq!(
        verified(&wrong),
        Err(Error::DigestMismatch {
            expected: wrong,
            actual: right
        })
    );
    let long = Digest::parse(&format!("sha512:{}", "0".repeat(128))).unwrap();
    let Err(Error::DigestMismatch { actual, .. }) = verified(&long) else {
        panic!("a wrong sha512 was accepted");
    };
    assert_eq!(verified(&actual).unwrap().digest, actual);
    let unknown = Digest::parse("blake9:abc").unwrap();
    assert_eq!(verified(&unknown).unwrap().digest, unknown);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_07_artifacts_are_no_error() {
    let helm = manifest(
        r#"{"config": {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": "$A", "size": 2},
            "layers": [{"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": "$B", "size": 3,
                        "annotations": {"org.opencontainers.image.title": "chart.tgz"}}]}"#,
    );
    assert_eq!(
        helm.artifact_type(),
        Some("application/vnd.cncf.helm.config.v1+json")
    );
    assert!(!helm.is_image());
    assert_eq!(helm.layers[0].title(), Some("chart.tgz"));
    let typed = manifest(
        r#"{"artifactType": "a/b", "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": "$A"}}"#,
    );
    assert_eq!(typed.artifact_type(), Some("a/b"));
    let image = manifest(
        r#"{"config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "$A"}}"#,
    );
    assert!(image.is_image());
    assert!(!manifest("{}").is_image());
}

/// Registries and proxies of 2016 gave the config a wrong type. Docker still accepts such images.
#[wasm_bindgen_test(unsupported = test)]
fn mt_07_a_config_of_an_odd_type_is_an_images_where_there_are_layers() {
    let docker = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    for (config, layer, expected) in [
        ("text/html", docker, true),
        ("Text/HTML; charset=utf-8", docker, true),
        ("text/plain", docker, true),
        ("application/octet-stream", docker, true),
        ("", docker, true),
        ("text/html", "text/html", false),
        ("text/css", docker, false),
        ("application/vnd.docker.plugin.v1+json", docker, false),
    ] {
        let manifest = manifest(&format!(
            r#"{{"config": {{"mediaType": "{config}", "digest": "$A", "size": 2}},
                "layers": [{{"mediaType": "{layer}", "digest": "$B", "size": 3}}]}}"#
        ));
        assert_eq!(manifest.is_image(), expected, "{config} {layer}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_03_a_foreign_layer_tells_where_else_it_is() {
    let foreign = manifest(
        r#"{"layers": [{"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "digest": "$A", "size": 3,
                        "urls": ["https://a.example/layer", "https://b.example/layer"]}]}"#,
    );
    let urls = ["https://a.example/layer", "https://b.example/layer"];
    assert_eq!(foreign.layers[0].urls, urls);
}

#[wasm_bindgen_test(unsupported = test)]
fn r_09_a_bad_descriptor_keeps_its_place() {
    let text = r#"{"config": null, "annotations": {"a": "b", "c": 1}, "layers": [
        {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": "sha256:AA", "size": 1},
        7,
        {"digest": "$A", "size": -1, "urls": null, "platform": null, "annotations": null, "data": "e30="},
        {"digest": "$B", "size": 9007199254740993, "data": "?", "urls": ["https://a"]}]}"#;
    let reading = document(text, MediaType::OCI_MANIFEST).read(LIMIT).unwrap();
    assert_eq!(
        codes(&reading.oddities),
        "wrong-type invalid-digest invalid-digest wrong-type wrong-type wrong-type"
    );
    let manifest = reading.into_manifest().unwrap();
    assert_eq!(manifest.config, None);
    assert_eq!(manifest.annotations.len(), 1);
    let known: Vec<bool> = manifest.layers.iter().map(|l| l.digest.is_ok()).collect();
    assert_eq!(known, [false, false, true, true]);
    assert_eq!(manifest.layers[2].size_bytes, None);
    assert_eq!(manifest.layers[2].data.as_deref(), Some(&b"{}"[..]));
    assert_eq!(manifest.layers[3].size_bytes, Some(9_007_199_254_740_993));
    assert_eq!(manifest.layers[3].data, None);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_32_data_in_the_descriptor_is_proved() {
    let embedded = |digest: &str, size: u32| {
        let text =
            format!(r#"{{"config": {{"digest": "{digest}", "size": {size}, "data": "e30="}}}}"#);
        manifest(&text).config.unwrap().embedded()
    };
    let right = Digest::sha256_of(b"{}");
    assert_eq!(embedded(right.as_str(), 2).as_deref(), Some(&b"{}"[..]));
    assert_eq!(embedded(right.as_str(), 3), None);
    assert_eq!(embedded(A, 2), None);
    assert_eq!(embedded("blake9:abc", 2), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_29_names_of_entries() {
    let name = |annotations: &str| {
        let index = index(&format!(
            r#"{{"manifests": [{{"digest": "$A", "annotations": {annotations}}}]}}"#
        ));
        index.manifests[0].image_name().map(str::to_owned)
    };
    let both = r#"{"io.containerd.image.name": "docker.io/a/b:1", "org.opencontainers.image.ref.name": "1"}"#;
    assert_eq!(name(both).as_deref(), Some("docker.io/a/b:1"));
    let bare = r#"{"org.opencontainers.image.ref.name": "UPPERCASE-IS-INVALID"}"#;
    assert_eq!(name(bare).as_deref(), Some("UPPERCASE-IS-INVALID"));
    assert_eq!(name(r#"{"org.opencontainers.image.ref.name": ""}"#), None);
    assert_eq!(name("null"), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_24_null_is_an_empty_list() {
    let list = index(r#"{"schemaVersion": 2, "manifests": null}"#);
    assert_eq!(list.manifests, []);
    check_read(
        r#"{"schemaVersion": 2, "manifests": null}"#,
        "",
        ("index", MediaType::OCI_INDEX, ""),
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_10_attestations_belong_to_an_image() {
    let list = index(
        r#"{"manifests": [
            {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "$A", "platform": {"os": "linux", "architecture": "arm", "variant": "v7"}},
            {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "$B", "platform": {"os": "unknown", "architecture": "unknown"},
             "annotations": {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": "$A"}},
            {"mediaType": "application/vnd.example", "digest": "$B"}]}"#,
    );
    let images: Vec<&Descriptor> = list.images().collect();
    assert_eq!(images, [&list.manifests[0]]);
    assert_eq!(
        images[0].platform.as_ref().unwrap().to_string(),
        "linux/arm/v7"
    );
    let a = Digest::parse(A).unwrap();
    let attestations: Vec<&Descriptor> = list.attestations_of(&a).collect();
    assert_eq!(attestations, [&list.manifests[1]]);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_07_af_11_the_list_of_saved_images() {
    let text = r#"[{"Config": "c.json", "RepoTags": null, "Layers": ["a/layer.tar", "a/layer.tar"]},
        {"Config": "d.json", "RepoTags": [], "Layers": null, "Parent": "sha256:x",
         "LayerSources": {"sha256:y": {"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "size": 5, "digest": "$A", "urls": ["https://a"]}}},
        {"Config": "e.json", "RepoTags": ["a:1", "a:2"], "Layers": ["l", 5]}]"#
        .replace("$A", A);
    let (images, oddities) = read_saved_images(text.as_bytes(), LIMIT).unwrap();
    assert_eq!(codes(&oddities), "wrong-type");
    assert_eq!(images[0].layers, ["a/layer.tar", "a/layer.tar"]);
    assert!(images[0].repo_tags.is_empty() && images[1].repo_tags.is_empty());
    assert_eq!(images[1].layer_sources["sha256:y"].urls, ["https://a"]);
    assert_eq!(images[1].parent.as_deref(), Some("sha256:x"));
    assert_eq!(images[2].repo_tags, ["a:1", "a:2"]);
    assert_eq!(
        images[2].layers,
        ["l", ""],
        "a layer of a wrong type keeps its place"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_13_no_list_of_saved_images() {
    let read = |text: &str| read_saved_images(text.as_bytes(), LIMIT);
    assert_eq!(read("null"), Err(Error::NullManifest));
    assert!(
        Error::NullManifest
            .to_string()
            .contains("manifest cannot be null")
    );
    assert_eq!(read("[]"), Ok((Vec::new(), Vec::new())));
    assert!(matches!(read("{}"), Err(Error::Shape { .. })));
    assert!(matches!(read("[{"), Err(Error::Json { .. })));
    let (images, oddities) = read("[null]").unwrap();
    assert_eq!((images.len(), codes(&oddities).as_str()), (1, "wrong-type"));
}

#[wasm_bindgen_test(unsupported = test)]
fn af_02_version_1_images() {
    let text = r#"{"id": "cafe", "parent": "beef", "created": "2015-01-02T03:04:05.5Z", "author": "Ann", "comment": "why",
        "container_config": {"Cmd": ["/bin/sh", "-c", "make"]}, "architecture": "amd64", "os": "linux", "Size": 3}"#;
    let (image, oddities) = LegacyImage::parse(text.as_bytes(), LIMIT).unwrap();
    assert_eq!(oddities, []);
    assert_eq!(
        (image.id.as_str(), image.parent.as_deref()),
        ("cafe", Some("beef"))
    );
    let entry = image.history_entry();
    assert_eq!(entry.created_by, "/bin/sh -c make");
    assert_eq!(
        (entry.author.as_str(), entry.comment.as_str()),
        ("Ann", "why")
    );
    assert_eq!(entry.created.unwrap().at.unwrap().nanos, 500_000_000);
    let base = r#"{"id": "beef", "parent": ""}"#;
    let (base, _) = LegacyImage::parse(base.as_bytes(), LIMIT).unwrap();
    assert_eq!(base.parent, None);
    let text = r#"{"a/b": {"1": "cafe", "2": 5}, "c": null}"#;
    let (repositories, oddities) = read_repositories(text.as_bytes(), LIMIT).unwrap();
    assert_eq!(repositories["a/b"]["1"], "cafe");
    assert_eq!(
        (repositories.len(), codes(&oddities).as_str()),
        (1, "wrong-type")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn oddities_and_errors_are_sentences() {
    let odd = Oddity::DuplicateKey { key: "a".into() };
    assert_eq!((odd.code(), odd.subject()), ("duplicate-key", "a"));
    for text in [
        Warning::from(&odd).message(),
        Error::Schema1.to_string(),
        Warning::from(&Oddity::NoHistory).message(),
    ] {
        assert!(
            !text.ends_with('.') && text.starts_with(char::is_lowercase),
            "{text}"
        );
    }
}
