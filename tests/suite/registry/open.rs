//! From a reference to an image: indexes, platforms, configs, layers.

use lamina::image::{Digest, Platform, Reference};
use lamina::layer::Weight;
use lamina::source::registry::{OpenedReference, PlatformChoice, Target};
use lamina::source::{Error, Origin};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, Set, native, page, put_image};
use crate::support::registry::{Registry, log, preflights};
use crate::support::run;

fn open(set: &Set, choice: &PlatformChoice) -> Result<OpenedReference, Error> {
    let reference = Reference::parse("r.example/app:1").unwrap();
    run(set.client.open(
        reference.repository().path(),
        &Target::of(&reference),
        choice,
    ))
}

/// Returns an entry of an index; `extra` goes into the object.
fn entry(manifest: &str, media_type: &str, extra: &str) -> String {
    let digest = Digest::sha256_of(manifest.as_bytes());
    format!(
        r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{}{extra}}}"#,
        manifest.len()
    )
}

fn platform(text: &str) -> String {
    let (os, architecture) = text.split_once('/').unwrap();
    format!(r#","platform":{{"os":"{os}","architecture":"{architecture}"}}"#)
}

fn index(entries: &[String]) -> String {
    format!(
        r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}","manifests":[{}]}}"#,
        entries.join(",")
    )
}

/// Stores `app:1` for two platforms, the first with an attestation, and an entry of an unknown kind.
fn put_platforms(registry: &Registry) -> (String, String) {
    let arm = put_image(registry, "arm", OCI_MANIFEST, "linux/arm64");
    let amd = put_image(registry, "amd", OCI_MANIFEST, "linux/amd64");
    let attestation = r#"{"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"data":"e30="},"layers":[]}"#;
    registry.put_manifest("app", "att", OCI_MANIFEST, attestation);
    let attests = format!(
        r#"{},"annotations":{{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"{}"}}"#,
        platform("unknown/unknown"),
        Digest::sha256_of(arm.as_bytes())
    );
    let entries = [
        entry(attestation, OCI_MANIFEST, &attests),
        entry("{}", "application/vnd.example+json", ""),
        entry(&arm, OCI_MANIFEST, &platform("linux/arm64")),
        entry(&amd, OCI_MANIFEST, &platform("linux/amd64")),
    ];
    registry.put_manifest("app", "1", OCI_INDEX, &index(&entries));
    (arm, amd)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_manifest_alone_becomes_an_image() {
    let set = page(Registry {
        minds_accept: true,
        hides_headers: true,
        ..Registry::default()
    });
    let manifest = put_image(&set.registry, "1", DOCKER_MANIFEST, "linux/amd64");
    let opened = open(&set, &PlatformChoice::Usual).unwrap();
    let image = opened.image;
    assert_eq!(
        (
            opened.index.is_none(),
            opened.platforms.len(),
            opened.chosen
        ),
        (true, 0, None)
    );
    assert_eq!(image.names, ["r.example/app:1"]);
    assert_eq!(image.origin, Origin::Registry);
    assert_eq!(opened.digest, Digest::sha256_of(manifest.as_bytes()));
    // 0.3: byte for byte.
    assert_eq!(&*image.manifest.unwrap().bytes, manifest.as_bytes());
    let config = image.config.unwrap().unwrap();
    assert_eq!(
        image.image_id.as_ref(),
        Some(&Digest::sha256_of(&config.bytes))
    );
    assert_eq!(image.platform.unwrap().to_string(), "linux/amd64");
    assert_eq!(image.layers.len(), 1);
    assert_eq!(
        image.layers[0].diff_id.as_ref().unwrap().0,
        Digest::sha256_of(b"layer")
    );
    let layer = image.layers[0].blob.as_ref().unwrap();
    assert_eq!(run(layer.read_at(1, 3)).unwrap(), b"aye");
    assert_eq!(image.artifact_type, None);
    assert_eq!(preflights(&set.transport), Vec::<String>::new());
}

/// Contradictions between config and manifest count as damage, as in archives.
#[wasm_bindgen_test(unsupported = test)]
fn a_manifest_that_does_not_fit_its_config_is_damaged() {
    let set = native(Registry::default());
    let manifest = put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    let mut manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    manifest["config"]["size"] = 1.into();
    let layer = manifest["layers"][0].clone();
    manifest["layers"].as_array_mut().unwrap().push(layer);
    set.registry
        .put_manifest("app", "1", OCI_MANIFEST, &manifest.to_string());
    let image = open(&set, &PlatformChoice::Usual).unwrap().image;
    let warnings = image.warnings.iter().map(|w| (w.code(), w.weight()));
    let expected = ["layer-count-mismatch", "size-mismatch"].map(|code| (code, Weight::Damaged));
    assert_eq!(warnings.collect::<Vec<_>>(), expected);
}

/// The type in a descriptor takes precedence over the type that the registry sends, since the digest proves that
/// these bytes are meant. Parameters of either are ignored.
#[wasm_bindgen_test(unsupported = test)]
fn mt_13_a_descriptors_type_goes_before_the_content_type() {
    for (sent, warnings) in [
        (format!("{OCI_MANIFEST}; charset=utf-8"), 0),
        (OCI_MANIFEST.to_owned(), 0),
        ("application/json; charset=utf-8".to_owned(), 0),
        (DOCKER_MANIFEST.to_owned(), 1),
        (format!("{OCI_INDEX}; charset=utf-8"), 1),
    ] {
        let set = native(Registry::default());
        let manifest = put_image(&set.registry, "amd", OCI_MANIFEST, "linux/amd64");
        set.registry.put_manifest("app", "amd", &sent, &manifest);
        let declared = format!("{OCI_MANIFEST}; charset=utf-8");
        let entries = [entry(&manifest, &declared, &platform("linux/amd64"))];
        set.registry
            .put_manifest("app", "1", OCI_INDEX, &index(&entries));
        let image = open(&set, &PlatformChoice::Usual).unwrap().image;
        let found = image.manifest.unwrap();
        assert_eq!(found.media_type.as_str(), OCI_MANIFEST, "sent as {sent}");
        assert_eq!(found.digest, Digest::sha256_of(manifest.as_bytes()));
        assert_eq!(image.layers.len(), 1);
        let codes: Vec<_> = image.warnings.iter().map(|w| w.code()).collect();
        assert_eq!(
            codes,
            vec!["media-type-mismatch"; warnings],
            "sent as {sent}"
        );
    }
}

fn check_choice(choice: &PlatformChoice, expected: &str) {
    for make in [native, page] {
        let set = make(Registry {
            minds_accept: true,
            ..Registry::default()
        });
        put_platforms(&set.registry);
        let got = match open(&set, choice) {
            Ok(opened) => {
                let image = &opened.image;
                let platform = image
                    .platform
                    .as_ref()
                    .map_or("-".to_owned(), Platform::to_string);
                assert_eq!(image.index_digest.as_ref(), Some(&opened.digest));
                format!(
                    "{platform} {:?} of {}",
                    opened.chosen,
                    opened.platforms.len()
                )
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(got, expected, "{choice:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_12_mt_10_a_platform_is_chosen() {
    let wanted = |text: &str| PlatformChoice::Wanted(text.parse().unwrap());
    check_choice(&PlatformChoice::Usual, "linux/amd64 Some(1) of 2");
    check_choice(&wanted("linux/arm64/v8"), "linux/arm64 Some(0) of 2");
    check_choice(
        &wanted("windows/amd64"),
        "windows/amd64 of r.example/app:1 cannot be had: it is there for linux/arm64, linux/amd64",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_platform_switch_opens_by_digest() {
    let set = page(Registry::default());
    let (arm, _) = put_platforms(&set.registry);
    let first = open(&set, &PlatformChoice::Usual).unwrap();
    assert_eq!(first.platforms[0].attestations.len(), 1);
    assert_eq!(first.others.len(), 1, "the entry of no known kind");
    let switch = PlatformChoice::Manifest(first.platforms[0].digest.clone());
    let second = open(&set, &switch).unwrap();
    assert_eq!(second.chosen, Some(0));
    assert_eq!(&*second.image.manifest.unwrap().bytes, arm.as_bytes());
    // An attestation can also be opened.
    let attestation = first.platforms[0].attestations[0]
        .known_digest()
        .unwrap()
        .clone();
    let third = open(&set, &PlatformChoice::Manifest(attestation)).unwrap();
    assert_eq!((third.chosen, third.image.layers.len()), (None, 0));
    assert!(
        third.image.config.unwrap().is_ok(),
        "the config stands in its descriptor"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_13_an_entry_without_platform_gets_it_from_its_config() {
    let set = page(Registry::default());
    let arm = put_image(&set.registry, "arm", OCI_MANIFEST, "linux/arm64");
    set.registry.put_manifest(
        "app",
        "1",
        OCI_INDEX,
        &index(&[entry(&arm, OCI_MANIFEST, "")]),
    );
    let opened = open(&set, &PlatformChoice::Usual).unwrap();
    assert_eq!(opened.image.platform.unwrap().to_string(), "linux/arm64");
    let opened = open(
        &set,
        &PlatformChoice::Wanted("linux/s390x".parse().unwrap()),
    )
    .unwrap();
    let codes: Vec<_> = opened.image.warnings.iter().map(|w| w.code()).collect();
    assert_eq!(codes, ["other-platform"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_27_indexes_nest_and_a_missing_one_is_warned_of() {
    let set = page(Registry::default());
    let amd = put_image(&set.registry, "amd", OCI_MANIFEST, "linux/amd64");
    let inner = index(&[entry(&amd, OCI_MANIFEST, &platform("linux/amd64"))]);
    set.registry.put_manifest("app", "inner", OCI_INDEX, &inner);
    let outer = index(&[entry("gone", OCI_INDEX, ""), entry(&inner, OCI_INDEX, "")]);
    set.registry.put_manifest("app", "1", OCI_INDEX, &outer);
    let opened = open(&set, &PlatformChoice::Usual).unwrap();
    assert_eq!(opened.platforms.len(), 1);
    assert_eq!(
        opened.image.index_digest,
        Some(Digest::sha256_of(inner.as_bytes()))
    );
    let codes: Vec<_> = opened.image.warnings.iter().map(|w| w.code()).collect();
    assert_eq!(codes, ["nested-index"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_index_without_images_is_no_image() {
    let set = page(Registry::default());
    set.registry
        .put_manifest("app", "1", OCI_INDEX, &index(&[]));
    let opened = open(&set, &PlatformChoice::Usual).unwrap();
    let artifact = opened.image.artifact().unwrap();
    assert_eq!(artifact.kind.word(), "empty-index");
    // An index whose images are unavailable is not reported as an index without images.
    let outer = index(&[entry("gone", OCI_INDEX, "")]);
    set.registry.put_manifest("app", "1", OCI_INDEX, &outer);
    let error = open(&set, &PlatformChoice::Usual)
        .err()
        .unwrap()
        .to_string();
    let told = "r.example/app:1 is no container image: an index of which nothing can be read: ";
    assert!(
        error.starts_with(told) && error.contains("answered 404"),
        "{error}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_03_dg_04_a_wrong_child_or_config_is_not_trusted() {
    // The manifest is not the one that the index names.
    let set = page(Registry::default());
    let (arm, amd) = put_platforms(&set.registry);
    let key = format!("app/manifests/{}", Digest::sha256_of(amd.as_bytes()));
    set.registry
        .content
        .borrow_mut()
        .insert(key, (OCI_MANIFEST.to_owned(), arm.into_bytes()));
    let error = open(&set, &PlatformChoice::Usual).err().unwrap();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error}");
    // The config is not the one that the manifest names. The layers are available anyway.
    let set = page(Registry::default());
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    for (key, (_, bytes)) in &mut *set.registry.content.borrow_mut() {
        if key.contains("/blobs/") && bytes.starts_with(b"{") {
            *bytes = b"{}".to_vec();
        }
    }
    let image = open(&set, &PlatformChoice::Usual).unwrap().image;
    assert!(matches!(
        image.config,
        Some(Err(Error::DigestMismatch { .. }))
    ));
    assert_eq!(
        (image.layers.len(), image.layers[0].diff_id.is_none()),
        (1, true)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_07_an_artifact_is_shown_as_such() {
    let set = page(Registry::default());
    let blob = set.registry.put_blob("app", b"chart");
    let manifest = format!(
        r#"{{"config":{{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"{blob}","size":5}},"layers":[{{"mediaType":"text/x","digest":"{blob}","size":5,"annotations":{{"org.opencontainers.image.title":"a.txt"}}}},{{"mediaType":"text/x","digest":"nonsense","size":5}}]}}"#
    );
    set.registry
        .put_manifest("app", "1", OCI_MANIFEST, &manifest);
    let image = open(&set, &PlatformChoice::Usual).unwrap().image;
    assert_eq!(
        image.artifact_type.as_deref(),
        Some("application/vnd.cncf.helm.config.v1+json")
    );
    assert!(
        image.config.is_none(),
        "a config of another kind is not parsed"
    );
    assert_eq!(
        image.layers[0].annotations["org.opencontainers.image.title"],
        "a.txt"
    );
    assert!(
        image.layers[1].blob.is_err(),
        "a layer without a digest keeps its place"
    );
    assert_eq!(
        log(&set.transport).len(),
        2,
        "nothing but /v2/ and the manifest is asked for"
    );
}
