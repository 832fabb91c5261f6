//! Pushes refused by the registry or by Lamina, and the state afterwards.

use super::*;

#[wasm_bindgen_test(unsupported = test)]
fn rp_27_a_registry_that_refuses_stays_as_it_was_and_says_why() {
    let check = |refused: (u16, &'static str), expected: &str| {
        let writes = Writes {
            refused: Some(refused),
            ..Writes::default()
        };
        let set = set_of(writing(writes), Limits::DEFAULT);
        let error = pushed(&set).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(set.registry.content.borrow().is_empty());
        assert_eq!(sent_bytes(&set), 0);
    };
    check(
        (
            405,
            r#"{"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}"#,
        ),
        "for r.example/app: the registry answered 405: it does not do this: it may be read-only, or a cache of another registry (UNSUPPORTED: The operation is unsupported.)",
    );
    check(
        (403, r#"{"errors":[{"code":"DENIED","message":"no"}]}"#),
        "for r.example/app: the registry answered 403: whoever asks may not write there, or nobody may: it may be read-only (DENIED: no)",
    );
    check(
        (404, r#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#),
        "answered 404: it has no such repository to write to, or whoever asks may not write there (NAME_UNKNOWN)",
    );
    check((413, "<html>413</html>"), "takes no request of this size");
    check(
        (401, ""),
        "for r.example/app needs a login that may write there",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_26_a_manifest_that_is_refused_names_the_blob() {
    let missing = Digest::sha256_of(b"missing");
    let set = set_of(Registry::default(), Limits::DEFAULT);
    let mut parcel = parcel();
    parcel.blobs.remove(0);
    let error = run(push_of(&set, parcel, &["1"]).run(&|_| {}))
        .unwrap_err()
        .to_string();
    let layer = Digest::sha256_of(LAYER);
    assert!(
        error.contains("MANIFEST_BLOB_UNKNOWN") && error.contains(layer.as_str()),
        "{error}"
    );
    assert!(!error.contains(missing.as_str()));
    assert!(!set.registry.has("app/manifests/1"));
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_28_after_429_the_push_waits_as_long_as_it_is_asked_and_no_longer_than_it_bears() {
    let busy = |retry_after| {
        let writes = Writes {
            busy: std::cell::Cell::new(1),
            retry_after,
            ..Writes::default()
        };
        set_of(writing(writes), Limits::DEFAULT)
    };
    let set = busy("7");
    pushed(&set).unwrap();
    assert_eq!(set.clock.pauses(), [7_000]);
    check_there(&set);
    let set = busy("86400");
    let error = pushed(&set).unwrap_err();
    assert!(
        matches!(
            &error,
            Error::Refused {
                status: 429,
                retry_after_seconds: Some(86_400),
                ..
            }
        ),
        "{error}"
    );
    assert!(set.clock.pauses().is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn bytes_that_are_not_what_they_are_called_are_not_ended() {
    for (bytes, expected) in [
        (&b"0123456780"[..], "has the digest"),
        (b"012345678", "ends before its size"),
        (b"01234567890", "goes on after its size"),
    ] {
        for limits in [small(), Limits::DEFAULT] {
            let set = set_of(Registry::default(), limits);
            let mut parcel = parcel();
            parcel.blobs[0].bytes = in_memory("layer 0", bytes).bytes;
            let error = run(push_of(&set, parcel, &["1"]).run(&|_| {}))
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{error}");
            assert!(set.registry.content.borrow().is_empty(), "{expected}");
            assert_eq!(set.registry.writes.n_deleted.get(), 1, "{expected}");
            assert!(lines(&set).iter().all(|line| !line.starts_with("PUT")));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_20_nothing_is_uploaded_to_another_host() {
    let located = |location_base| {
        let writes = Writes {
            location_base,
            ..Writes::default()
        };
        set_of(writing(writes), small())
    };
    for elsewhere in [
        "https://store.example",
        "http://r.example:5000",
        "https://10.0.0.1",
    ] {
        let set = located(elsewhere);
        let error = pushed(&set).unwrap_err().to_string();
        assert!(error.contains("sent to none but itself"), "{error}");
        let asked = set.transport.asked();
        assert!(
            asked
                .iter()
                .all(|r| r.url.starts_with("https://r.example/") && r.body.is_empty())
        );
    }
    // A registry behind a proxy, unaware of TLS.
    let set = located("http://r.example");
    pushed(&set).unwrap();
    check_there(&set);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_20_no_upload_follows_a_redirect() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    run(set.client.connect()).unwrap();
    let faults = [
        (404, "", ""),
        (
            307,
            "Location",
            "https://store.example/v2/app/blobs/uploads/",
        ),
    ];
    set.registry.faults.borrow_mut().extend(faults);
    let error = pushed(&set).unwrap_err().to_string();
    assert!(error.contains("goes to no other address"), "{error}");
    let asked = set.transport.asked();
    assert!(
        asked
            .iter()
            .all(|r| r.url.starts_with("https://r.example/"))
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn an_upload_is_redirected_within_the_registry() {
    for status in [307, 308] {
        let set = set_of(Registry::default(), Limits::DEFAULT);
        run(set.client.connect()).unwrap();
        let faults = [
            (404, "", ""),
            (status, "Location", "/v2/app/blobs/uploads/"),
        ];
        set.registry.faults.borrow_mut().extend(faults);
        pushed(&set).unwrap();
        check_there(&set);
    }
    // A request that loses its method in a redirect is no longer an upload.
    let set = set_of(Registry::default(), Limits::DEFAULT);
    run(set.client.connect()).unwrap();
    let faults = [(404, "", ""), (302, "Location", "/v2/app/blobs/uploads/")];
    set.registry.faults.borrow_mut().extend(faults);
    let error = pushed(&set).unwrap_err().to_string();
    assert!(error.contains("goes to no other address"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn br_01_a_page_is_told_which_header_to_expose() {
    let registry = Registry {
        hides_headers: true,
        ..Registry::default()
    };
    let error = pushed(&set_of(registry, Limits::DEFAULT))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("add Location to its Access-Control-Expose-Headers"),
        "{error}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_push_whose_login_ends_in_a_blob_goes_on_there_after_signing_in_again() {
    let registry = Registry {
        challenge: Some("Basic realm=x"),
        // `me:secret`.
        password: Some("Basic bWU6c2VjcmV0"),
        ..Registry::default()
    };
    let set = set_of(registry, small());
    let sign_in = || run(set.client.sign_in(Credentials::password("me", "secret")));
    sign_in().unwrap();
    let push = push_of(&set, parcel(), &["1"]);
    let end_login = |progress| {
        if let PushProgress::Blob(0, BlobState::Sending(8)) = progress {
            let refusal = (401, "WWW-Authenticate", "Basic realm=x");
            set.registry.faults.borrow_mut().extend([refusal; 8]);
        }
    };
    let error = run(push.run(&end_login)).unwrap_err();
    assert_eq!(error.registry_to_sign_in(), Some("https://r.example"));
    assert!(!set.registry.has("app/manifests/1"));
    set.registry.faults.borrow_mut().clear();
    let before = sent_bytes(&set);
    sign_in().unwrap();
    run(push.run(&|_| {})).unwrap();
    check_there(&set);
    assert_eq!(
        sent_bytes(&set) - before,
        2 + CONFIG.len(),
        "only the rest goes"
    );
}
