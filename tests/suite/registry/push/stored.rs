//! A push is complete when the registry has the content, not when it says so.

use super::*;

const SIGN_IN: &str =
    "<!DOCTYPE html>\n<html><head><title>Sign in to\n  Example</title></head></html>";

/// Pushes under two tags.
fn pushed_twice(writes: Writes) -> (Set, Error) {
    let set = set_of(writing(writes), Limits::DEFAULT);
    let error = run(push_of(&set, parcel(), &["1", "latest"]).run(&|_| {})).unwrap_err();
    (set, error)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_web_page_that_answers_200_to_everything_is_no_registry() {
    let registry = Registry {
        web_page: Some(SIGN_IN),
        ..Registry::default()
    };
    let error = pushed(&set_of(registry, Limits::DEFAULT)).unwrap_err();
    let Error::WebPage { title, host, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(
        (title.as_str(), host.as_str()),
        ("Sign in to Example", "r.example")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_blob_is_there_in_its_length_only() {
    // Checks the effect of the response to HEAD: the number of bytes of the layer that are sent again.
    let check = |registry: Registry, layer_bytes: usize| {
        let set = set_of(registry, Limits::DEFAULT);
        set.registry.put_blob("app", LAYER);
        pushed(&set).unwrap();
        assert_eq!(
            sent_bytes(&set) - CONFIG.len(),
            layer_bytes,
            "{:?}",
            lines(&set)
        );
        check_there(&set);
    };
    check(Registry::default(), 0);
    let unstated = || Registry {
        hides_length: true,
        ..Registry::default()
    };
    check(unstated(), 0);
    let without_ranges = Registry {
        ignores_ranges: true,
        ..unstated()
    };
    check(without_ranges, LAYER.len());
    // Some proxies state a length of 0 in every response to HEAD.
    let empty = Registry {
        stated_length: Some(0),
        ..Registry::default()
    };
    check(empty, 0);
    for head_status in [404, 405, 501] {
        let registry = Registry {
            head_status,
            ..Registry::default()
        };
        check(registry, LAYER.len());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_blob_of_another_length_that_the_registry_keeps_is_named() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    let digest = Digest::sha256_of(LAYER);
    let short = ("application/octet-stream".to_owned(), LAYER[..7].to_vec());
    let key = format!("app/blobs/{digest}");
    set.registry.content.borrow_mut().insert(key, short);
    let error = pushed(&set).unwrap_err();
    assert!(
        matches!(&error, Error::NotStored { what, reason: Unstored::Length(7) } if what.to_string().contains("layer 0")),
        "{error}"
    );
    assert!(!set.registry.has("app/manifests/1"));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_was_accepted_is_asked_for_again() {
    let check = |keeps, stored_status, expected: Result<(), &str>| {
        let writes = Writes {
            keeps,
            stored_status,
            ..Writes::default()
        };
        let set = set_of(writing(writes), Limits::DEFAULT);
        match (pushed(&set), expected) {
            (Ok(_), Ok(())) => check_there(&set),
            (Err(error), Err(expected)) => {
                assert!(matches!(error, Error::NotStored { .. }), "{error}");
                assert!(error.to_string().contains(expected), "{error}");
            }
            (got, _) => panic!("{keeps:?} {stored_status}: {got:?}"),
        }
    };
    check(Keeps::All, 201, Ok(()));
    // Other success codes are accepted if the content exists afterwards.
    for status in [200, 202, 204] {
        check(Keeps::All, status, Ok(()));
        check(Keeps::NoBlobs, status, Err("it has nothing"));
    }
    check(
        Keeps::NoManifests,
        201,
        Err(
            "r.example/app:1 was accepted, and the registry does not have it: asked for it, it answers 404",
        ),
    );
    check(
        Keeps::OtherManifests,
        201,
        Err("it gives what has the digest sha256:"),
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_became_of_each_tag_is_told() {
    let tags = |written: &[&str], unknown: Option<&str>, unwritten: &[&str]| TagsLeft {
        written: written.iter().map(|&tag| tag.to_owned()).collect(),
        unknown: unknown.map(str::to_owned),
        unwritten: unwritten.iter().map(|&tag| tag.to_owned()).collect(),
    };
    let refused = |tag| Writes {
        tag_refused: Some((tag, 403)),
        ..Writes::default()
    };
    let (set, error) = pushed_twice(refused("latest"));
    let Error::PartlyTagged { tags: left, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*left, tags(&["1"], None, &["latest"]));
    assert!(
        error
            .to_string()
            .ends_with("; written: 1; not written: latest"),
        "{error}"
    );
    assert!(set.registry.has("app/manifests/1"));
    // The first tag is refused: nothing was changed, so the error is just the refusal.
    let (set, error) = pushed_twice(refused("1"));
    assert!(
        matches!(error, Error::Refused { status: 403, .. }),
        "{error}"
    );
    assert!(!set.registry.has("app/manifests/latest"));
    // The manifest was replaced by another writer's.
    let (_, error) = pushed_twice(Writes {
        keeps: Keeps::OtherManifests,
        ..Writes::default()
    });
    assert!(matches!(error, Error::NotStored { .. }), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn slices_grow_smaller_where_a_proxy_refuses_larger_ones() {
    let limits = Limits {
        registry: RegistryLimits {
            upload_slice_bytes: 8,
            ..small().registry
        },
        ..small()
    };
    // The largest body that the proxy allows, and true if the layer arrives. The manifest is larger than either.
    for (most_bytes, arrives) in [(3, true), (1, false)] {
        let writes = Writes {
            most_bytes: Some(most_bytes),
            ..Writes::default()
        };
        let set = set_of(writing(writes), limits);
        let error = pushed(&set).unwrap_err();
        assert!(
            matches!(&error, Error::Refused { status: 413, messages, .. } if messages == &["413 Request Entity Too Large"]),
            "{error}"
        );
        let layer = format!("app/blobs/{}", Digest::sha256_of(LAYER));
        assert_eq!(set.registry.has(&layer), arrives, "{:?}", lines(&set));
        let large = lines(&set)
            .iter()
            .filter(|line| line.ends_with(" 0-7"))
            .count();
        assert_eq!(large, 1, "{:?}", lines(&set));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_registry_without_slices_gets_the_blob_in_one_piece() {
    for slice_status in [405, 501] {
        let writes = Writes {
            slice_status,
            ..Writes::default()
        };
        let set = set_of(writing(writes), small());
        pushed(&set).unwrap();
        check_there(&set);
        // No piece exceeds the limit of bytes held in memory.
        let writes = Writes {
            slice_status,
            ..Writes::default()
        };
        let limits = Limits {
            registry: RegistryLimits {
                upload_slice_most_bytes: 8,
                ..small().registry
            },
            ..small()
        };
        let error = pushed(&set_of(writing(writes), limits)).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_upload_of_which_the_registry_has_other_bytes_begins_anew() {
    // The registry claims to have more bytes than were sent.
    let writes = Writes {
        cuts: RefCell::new([Cut::Before].into()),
        tells_range: Some("0-99"),
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    pushed(&set).unwrap();
    check_there(&set);
    // A browser sent a slice twice by itself. The registry has it twice, and says so at the end.
    let writes = Writes {
        cuts: RefCell::new([Cut::None, Cut::Twice].into()),
        tells_range: Some(""),
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    pushed(&set).unwrap();
    check_there(&set);
    assert_eq!(
        lines(&set)
            .iter()
            .filter(|line| line.starts_with("POST"))
            .count(),
        3,
        "{:?}",
        lines(&set)
    );
}
