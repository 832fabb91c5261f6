//! Manifests: forms, digests, types, sizes.

use lamina::bounds::{DocumentLimits, Limits};
use lamina::image::Digest;
use lamina::source::Error;
use lamina::source::registry::{Asker, Client, Endpoint, RegistryWorld, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, Set, native, page, put_image};
use crate::support::registry::{Registry, log, preflights};
use crate::support::run;

fn tag() -> Target {
    Target::Tag("1".to_owned())
}

/// Fetches a target. Returns its type and warnings, or the error.
fn fetch(set: &Set, target: &Target) -> String {
    match run(set.client.manifest("app", target)) {
        Ok(fetched) => {
            let codes: Vec<_> = fetched.warnings.iter().map(|w| w.code()).collect();
            format!("{} {}", fetched.reading.media_type, codes.join(" "))
                .trim()
                .to_owned()
        }
        Err(error) => error.to_string(),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_09_br_01_every_form_comes_without_a_preflight() {
    for (media_type, n_asked) in [
        (DOCKER_MANIFEST, 1),
        (DOCKER_LIST, 1),
        (OCI_MANIFEST, 2),
        (OCI_INDEX, 2),
    ] {
        let set = page(Registry {
            minds_accept: true,
            hides_headers: true,
            ..Registry::default()
        });
        let body = match media_type {
            DOCKER_LIST | OCI_INDEX => r#"{"schemaVersion":2,"manifests":[]}"#.to_owned(),
            _ => put_image(&set.registry, "2", media_type, "linux/amd64"),
        };
        let digest = set.registry.put_manifest("app", "1", media_type, &body);
        assert_eq!(fetch(&set, &tag()), media_type);
        assert_eq!(log(&set.transport).len(), 1 + n_asked, "{media_type}");
        assert_eq!(fetch(&set, &Target::Digest(digest)), media_type);
        assert_eq!(preflights(&set.transport), Vec::<String>::new());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn br_05_a_tag_is_asked_past_the_cache_and_a_digest_is_not() {
    let set = native(Registry::default());
    let manifest = put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    fetch(&set, &tag());
    fetch(
        &set,
        &Target::Digest(Digest::sha256_of(manifest.as_bytes())),
    );
    let lines = log(&set.transport);
    assert!(lines[1].ends_with(" !cache"), "{}", lines[1]);
    assert!(!lines[2].ends_with(" !cache"), "{}", lines[2]);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_10_every_known_digest_is_checked() {
    let other = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for make in [native, page] {
        // By digest: the content has a different one.
        let set = make(Registry::default());
        let digest = Digest::parse(other).unwrap();
        put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
        let content = set.registry.content.borrow()["app/manifests/1"].clone();
        set.registry
            .content
            .borrow_mut()
            .insert(format!("app/manifests/{other}"), content);
        let set = set_stating(set, other);
        let error = run(set.client.manifest("app", &Target::Digest(digest))).unwrap_err();
        assert!(matches!(error, Error::DigestMismatch { .. }), "{error}");
    }
    // By tag: the registry states a digest that is not that of the content.
    let set = native(Registry {
        stated_digest: Some(other),
        ..Registry::default()
    });
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    let error = run(set.client.manifest("app", &tag())).unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error}");
    // It states nonsense, or nothing that is visible.
    let set = native(Registry {
        stated_digest: Some("md5"),
        ..Registry::default()
    });
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    assert_eq!(
        fetch(&set, &tag()),
        format!("{OCI_MANIFEST} invalid-digest")
    );
    let set = native(Registry {
        stated_digest: Some(other),
        hides_headers: true,
        ..Registry::default()
    });
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    assert_eq!(fetch(&set, &tag()), OCI_MANIFEST);
}

/// Returns the same content in a registry that states `digest` in every response.
fn set_stating(set: Set, digest: &'static str) -> Set {
    let content = set.registry.content.borrow().clone();
    native(Registry {
        content: content.into(),
        stated_digest: Some(digest),
        ..Registry::default()
    })
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_11_a_static_host_works_by_content() {
    for static_type in [
        "application/json",
        "application/octet-stream",
        "text/plain; charset=utf-8",
        "text/html",
        "",
    ] {
        let set = page(Registry {
            static_type: Some(static_type),
            ping_status: 404,
            ..Registry::default()
        });
        put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
        assert_eq!(fetch(&set, &tag()), OCI_MANIFEST, "{static_type}");
        assert_eq!(log(&set.transport).len(), 2, "{static_type}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_11_mt_14_types_that_disagree_are_warned_of() {
    let set = native(Registry {
        static_type: Some(DOCKER_MANIFEST),
        ..Registry::default()
    });
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    assert_eq!(
        fetch(&set, &tag()),
        format!("{DOCKER_MANIFEST} media-type-mismatch")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_05_schema_1_is_named() {
    let set = page(Registry::default());
    let schema_1 = r#"{"schemaVersion":1,"name":"app","fsLayers":[]}"#;
    set.registry.put_manifest(
        "app",
        "1",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        schema_1,
    );
    let error = fetch(&set, &tag());
    assert!(
        error.starts_with("r.example/app:1 is not supported: image manifest schema 1"),
        "{error}"
    );
    assert_eq!(log(&set.transport).len(), 3, "both forms are tried");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_10_a_document_has_a_bound() {
    let (registry, transport) = Registry::default().transport();
    put_image(&registry, "1", OCI_MANIFEST, "linux/amd64");
    let clock = std::rc::Rc::new(lamina::io::MemoryClock::default());
    let world = RegistryWorld { transport, clock };
    let limits = Limits {
        documents: DocumentLimits {
            json_bytes: 100,
            ..DocumentLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let client = Client::new(
        world,
        Endpoint::parse("r.example").unwrap(),
        Asker::Native,
        limits,
    );
    let error = run(client.manifest("app", &tag())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "r.example/app:1 exceeds the limit of 100 bytes"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn not_json_is_not_a_manifest() {
    let set = page(Registry::default());
    set.registry
        .put_manifest("app", "1", "text/html", "<html>welcome</html>");
    let error = fetch(&set, &tag());
    assert!(
        error.starts_with("r.example/app:1: a web page answered"),
        "{error}"
    );
    set.registry
        .put_manifest("app", "1", "application/json", "<xml/>");
    let error = fetch(&set, &tag());
    assert!(
        error.starts_with("r.example/app:1 is malformed: this is not valid JSON"),
        "{error}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_12_a_digest_by_head_or_without() {
    for (hides_headers, methods) in [(false, "GET HEAD"), (true, "GET HEAD HEAD GET")] {
        let set = page(Registry {
            hides_headers,
            ..Registry::default()
        });
        let manifest = put_image(&set.registry, "1", DOCKER_MANIFEST, "linux/amd64");
        let digest = run(set.client.digest_of("app", "1")).unwrap();
        assert_eq!(digest, Digest::sha256_of(manifest.as_bytes()));
        let lines = log(&set.transport);
        let asked: Vec<_> = lines
            .iter()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert_eq!(asked.join(" "), methods);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_body_that_breaks_off_is_asked_for_again() {
    let set = native(Registry::default());
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    set.registry.breaks.borrow_mut().push_back(3);
    let opened = run(set.client.open(
        "app",
        &tag(),
        &lamina::source::registry::PlatformChoice::Usual,
    ));
    assert!(
        opened.unwrap().image.config.unwrap().is_ok(),
        "the config came by the second attempt"
    );
    assert_eq!(set.clock.pauses(), [500]);
}
