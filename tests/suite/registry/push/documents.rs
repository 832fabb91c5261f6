//! Documents, which are pushed after all blobs.

use super::*;

#[wasm_bindgen_test(unsupported = test)]
fn rp_24_children_go_before_their_index_and_every_tag_points_to_it() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    let child = manifest();
    let index = document(
        OCI_INDEX,
        format!(
            r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"{OCI_MANIFEST}","digest":"{}","size":1}}]}}"#,
            child.digest
        ),
    );
    let parcel = Parcel {
        below: vec![child.clone()],
        top: index.clone(),
        ..parcel()
    };
    let done = run(push_of(&set, parcel.clone(), &["1", "latest"]).run(&|_| {})).unwrap();
    assert_eq!(done.digest, index.digest);
    let lines = lines(&set);
    let tail = &lines[lines.len() - 6..];
    let by_digest = format!("GET app/manifests/{}", index.digest);
    assert_eq!(
        tail,
        [
            "PUT app/manifests/M",
            "PUT app/manifests/1",
            "GET app/manifests/1",
            "PUT app/manifests/latest",
            "GET app/manifests/latest",
            &by_digest,
        ]
    );
    // Without a tag, it is available by its digest.
    let set = set_of(Registry::default(), Limits::DEFAULT);
    run(push_of(&set, parcel, &[]).run(&|_| {})).unwrap();
    assert!(set.registry.has(&format!("app/manifests/{}", index.digest)));
}

/// Returns a manifest without blobs that refers to an image.
fn referring(subject: &Digest, note: &str) -> Document {
    document(
        OCI_MANIFEST,
        format!(
            r#"{{"schemaVersion":2,"artifactType":"application/x-note","layers":[],"subject":{{"digest":"{subject}","size":1}},"annotations":{{"note":"{note}"}}}}"#
        ),
    )
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_25_what_refers_to_an_image_is_listed_with_it() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    let subject = manifest().digest;
    let tag = format!("app/manifests/sha256-{}", subject.encoded());
    let notes = ["one", "two", "one"];
    for note in notes {
        let parcel = Parcel {
            blobs: Vec::new(),
            below: Vec::new(),
            top: referring(&subject, note),
        };
        run(push_of(&set, parcel, &[]).run(&|_| {})).unwrap();
    }
    let content = set.registry.content.borrow();
    let (media_type, bytes) = &content[&tag];
    assert_eq!(media_type, OCI_INDEX);
    let list: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let listed = list["manifests"].as_array().unwrap();
    assert_eq!(listed.len(), 2, "each once: {list}");
    for (entry, note) in listed.iter().zip(notes) {
        let document = referring(&subject, note);
        assert_eq!(entry["digest"], document.digest.as_str());
        assert_eq!(entry["size"], document.bytes.len());
        assert_eq!(entry["artifactType"], "application/x-note");
        assert_eq!(entry["annotations"]["note"], note);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_25_a_list_that_is_something_else_is_not_overwritten() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    let subject = manifest().digest;
    let tag = format!("sha256-{}", subject.encoded());
    let other = set.registry.put_manifest(
        "app",
        &tag,
        OCI_MANIFEST,
        r#"{"schemaVersion":2,"layers":[]}"#,
    );
    let parcel = Parcel {
        blobs: Vec::new(),
        below: Vec::new(),
        top: referring(&subject, "one"),
    };
    let error = run(push_of(&set, parcel, &[]).run(&|_| {}))
        .unwrap_err()
        .to_string();
    assert!(error.contains("it is no index"), "{error}");
    let content = set.registry.content.borrow();
    let (_, bytes) = &content[&format!("app/manifests/{tag}")];
    assert_eq!(Digest::sha256_of(bytes), other);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_24_another_digest_than_was_pushed_is_an_error() {
    let writes = Writes {
        states: Some("sha256:0000000000000000000000000000000000000000000000000000000000000000"),
        ..Writes::default()
    };
    let error = pushed(&set_of(writing(writes), Limits::DEFAULT)).unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error}");
}
