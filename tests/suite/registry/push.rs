//! Pushing: blobs, mounts, slices, resumption, documents, and what is refused.

use std::cell::RefCell;
use std::rc::Rc;

use lamina::image::{Digest, Document, MediaType};
use lamina::io::{Bytes, MemoryClock};
use lamina::layer::Limits;
use lamina::source::registry::{
    BlobState, Client, Destination, Parcel, ParcelBlob, Push, PushProgress, Pushed,
};
use lamina::source::{Blob, Error, SliceBlob};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, PAGE, set_under};
use crate::support::registry::{Registry, RegistryTransport, log};
use crate::support::run;
use crate::support::uploads::{Cut, Writes};

const LAYER: &[u8] = b"0123456789";
const CONFIG: &[u8] = b"{}";

/// A client with what it talks over, and the push of an image of one layer to `app`.
struct Set {
    client: Rc<Client>,
    registry: Rc<Registry>,
    transport: Rc<RegistryTransport>,
    clock: Rc<MemoryClock>,
}

/// Slices of four bytes.
fn small() -> Limits {
    Limits {
        upload_slice_bytes: 4,
        upload_slice_most_bytes: 64,
        ..Limits::DEFAULT
    }
}

fn set_of(registry: Registry, limits: Limits) -> Set {
    let set = set_under(registry, "https://r.example", PAGE, limits);
    Set {
        client: Rc::new(set.client),
        registry: set.registry,
        transport: set.transport,
        clock: set.clock,
    }
}

fn writing(writes: Writes) -> Registry {
    Registry {
        writes,
        ..Registry::default()
    }
}

fn in_memory(what: &str, bytes: &[u8]) -> ParcelBlob {
    ParcelBlob {
        what: what.to_owned(),
        digest: Digest::sha256_of(bytes),
        size_bytes: bytes.len() as u64,
        bytes: Rc::new(SliceBlob::new(Rc::new(Bytes::new(bytes)), what)),
    }
}

fn document(media_type: &str, text: String) -> Document {
    Document::new(text.into_bytes(), MediaType::new(media_type))
}

fn manifest() -> Document {
    let (config, layer) = (Digest::sha256_of(CONFIG), Digest::sha256_of(LAYER));
    document(
        OCI_MANIFEST,
        format!(
            r#"{{"schemaVersion":2,  "config":{{"mediaType":"{OCI_CONFIG}","digest":"{config}","size":2}},"layers":[{{"mediaType":"{OCI_LAYER}","digest":"{layer}","size":10}}]}}"#
        ),
    )
}

fn parcel() -> Parcel {
    Parcel {
        blobs: vec![in_memory("layer 0", LAYER), in_memory("the config", CONFIG)],
        below: Vec::new(),
        top: manifest(),
    }
}

fn push_of(set: &Set, parcel: Parcel, tags: &[&str]) -> Push {
    let destination = Destination {
        repository: "app".to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    Push::new(Rc::clone(&set.client), parcel, destination)
}

fn pushed(set: &Set) -> Result<Pushed, Error> {
    run(push_of(set, parcel(), &["1"]).run(&|_| {}))
}

/// The requests but for `/v2/`, with digests cut short, without header fields but `Content-Range`.
fn lines(set: &Set) -> Vec<String> {
    let all = log(&set.transport).into_iter();
    let shown = all.filter(|line| !line.contains("/v2/ ")).map(|line| {
        let mut words = line.split(' ');
        let (method, url) = (words.next().unwrap(), words.next().unwrap());
        let range = line
            .split(' ')
            .find_map(|word| word.strip_prefix("content-range="));
        let mut shown = format!("{method} {}", url.replace("https://r.example/v2/", ""));
        for (name, bytes) in [("L", LAYER), ("C", CONFIG)] {
            shown = shown.replace(Digest::sha256_of(bytes).as_str(), name);
        }
        if let Some(range) = range {
            shown = format!("{shown} {range}");
        }
        shown
    });
    shown.collect()
}

/// The bytes that were sent for blobs.
fn sent_bytes(set: &Set) -> usize {
    let asked = set.transport.asked();
    let blobs = asked
        .iter()
        .filter(|request| request.url.contains("/uploads/"));
    blobs.map(|request| request.body.len()).sum()
}

#[track_caller]
fn check_there(set: &Set) {
    for key in [
        format!("app/blobs/{}", Digest::sha256_of(LAYER)),
        format!("app/blobs/{}", Digest::sha256_of(CONFIG)),
        "app/manifests/1".to_owned(),
    ] {
        assert!(set.registry.has(&key), "{key}");
    }
    let content = set.registry.content.borrow();
    let (media_type, bytes) = &content["app/manifests/1"];
    assert_eq!(media_type, OCI_MANIFEST);
    assert_eq!(bytes[..], manifest().bytes[..], "byte for byte");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_20_rp_24_blobs_first_then_the_manifest_under_its_tag() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    let done = pushed(&set).unwrap();
    assert_eq!((done.n_sent, done.n_existing, done.sent_bytes), (2, 0, 12));
    assert_eq!(done.digest, manifest().digest);
    check_there(&set);
    assert_eq!(
        lines(&set),
        [
            "HEAD app/blobs/L",
            "POST app/blobs/uploads/",
            "PUT app/blobs/uploads/1?state=0&digest=L",
            "HEAD app/blobs/C",
            "POST app/blobs/uploads/",
            "PUT app/blobs/uploads/2?state=0&digest=C",
            "PUT app/manifests/1",
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_20_what_is_there_is_not_sent_again() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    set.registry.put_blob("app", LAYER);
    let told = RefCell::new(Vec::new());
    let push = push_of(&set, parcel(), &["1"]);
    let done = run(push.run(&|progress| told.borrow_mut().push(progress))).unwrap();
    assert_eq!((done.n_sent, done.n_existing), (1, 1));
    assert_eq!(sent_bytes(&set), CONFIG.len());
    assert_eq!(
        told.into_inner(),
        [
            PushProgress::Blob(0, BlobState::Asking),
            PushProgress::Blob(0, BlobState::Exists),
            PushProgress::Blob(1, BlobState::Asking),
            PushProgress::Blob(1, BlobState::Sending(0)),
            PushProgress::Blob(1, BlobState::Sent),
            PushProgress::Documents,
        ]
    );
    check_there(&set);
    // Once more, and nothing but the manifest goes.
    let before = sent_bytes(&set);
    assert_eq!(pushed(&set).unwrap().n_existing, 2);
    assert_eq!(sent_bytes(&set), before);
}

/// The parcel with its layer lying in another repository of the registry.
fn parcel_from(set: &Set, repository: &str) -> Parcel {
    let digest = set.registry.put_blob(repository, LAYER);
    let bytes: Rc<dyn Blob> = run(set.client.blob(repository, &digest, Some(10))).unwrap();
    let mut parcel = parcel();
    parcel.blobs[0].bytes = bytes;
    parcel
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_21_ex_13_a_blob_of_another_repository_is_mounted() {
    let check = |mount_status, n_mounted, requests: &[&str]| {
        let writes = Writes {
            mount_status,
            ..Writes::default()
        };
        let set = set_of(writing(writes), Limits::DEFAULT);
        let parcel = parcel_from(&set, "team/base");
        let done = run(push_of(&set, parcel, &["1"]).run(&|_| {})).unwrap();
        assert_eq!(done.n_mounted, n_mounted, "{mount_status}");
        check_there(&set);
        let lines: Vec<_> = lines(&set);
        let of_layer = lines.iter().take_while(|line| !line.ends_with("blobs/C"));
        assert_eq!(of_layer.collect::<Vec<_>>(), requests, "{mount_status}");
    };
    let head = "HEAD app/blobs/L";
    let mount = "POST app/blobs/uploads/?mount=L&from=team/base";
    let read = "GET team/base/blobs/L";
    let put = "PUT app/blobs/uploads/1?state=0&digest=L";
    check(0, 1, &[head, mount]);
    // It begins an upload instead.
    check(202, 0, &[head, mount, read, put]);
    // It does not mount at all.
    check(404, 0, &[head, mount, "POST app/blobs/uploads/", read, put]);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_21_nothing_is_mounted_from_its_own_repository_or_another_registry() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    let mut parcel = parcel_from(&set, "app");
    set.registry.content.borrow_mut().clear();
    let foreign = set_of(Registry::default(), Limits::DEFAULT);
    // The blob of a registry that is not asked here: only its place is looked at.
    let other = super::set_of(
        Registry::default(),
        "http://r.example",
        super::Asker::Native,
    );
    let digest = other.registry.put_blob("team", CONFIG);
    parcel.blobs[1].bytes = run(other.client.blob("team", &digest, Some(2))).unwrap();
    parcel.blobs[0].bytes = in_memory("layer 0", LAYER).bytes;
    run(push_of(&foreign, parcel, &["1"]).run(&|_| {})).unwrap();
    assert!(lines(&foreign).iter().all(|line| !line.contains("mount")));
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_a_large_blob_goes_in_slices_to_the_newest_address() {
    let set = set_of(Registry::default(), small());
    let told = RefCell::new(Vec::new());
    let push = push_of(&set, parcel(), &["1"]);
    run(push.run(&|progress| {
        if let PushProgress::Blob(0, BlobState::Sending(bytes)) = progress {
            told.borrow_mut().push(bytes);
        }
    }))
    .unwrap();
    assert_eq!(told.into_inner(), [0, 4, 8, 10]);
    assert_eq!(
        lines(&set)[1..6],
        [
            "POST app/blobs/uploads/",
            "PATCH app/blobs/uploads/1?state=0 0-3",
            "PATCH app/blobs/uploads/1?state=4 4-7",
            "PATCH app/blobs/uploads/1?state=8 8-9",
            "PUT app/blobs/uploads/1?state=10&digest=L",
        ]
    );
    check_there(&set);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_the_least_length_of_slices_is_honoured_up_to_a_bound() {
    let demanding = |least_bytes| {
        let writes = Writes {
            least_bytes: Some(least_bytes),
            ..Writes::default()
        };
        set_of(writing(writes), small())
    };
    let set = demanding("6");
    pushed(&set).unwrap();
    assert_eq!(
        lines(&set)[2..4],
        [
            "PATCH app/blobs/uploads/1?state=0 0-5",
            "PATCH app/blobs/uploads/1?state=6 6-9",
        ]
    );
    let set = demanding("65");
    let error = pushed(&set).unwrap_err().to_string();
    assert!(error.contains("exceeds the limit of 64 bytes"), "{error}");
    assert_eq!(set.registry.writes.n_deleted.get(), 1, "it is taken back");
}

/// Pushes through these cuts; gives the bytes sent for the layer, all attempts together.
fn through(
    cuts: &[Cut],
    ties_addresses: bool,
    tells_no_range: bool,
) -> (Set, Result<Pushed, Error>) {
    let writes = Writes {
        cuts: RefCell::new(cuts.iter().copied().collect()),
        ties_addresses,
        tells_no_range,
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    let result = pushed(&set);
    (set, result)
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_an_upload_goes_on_after_a_lost_connection() {
    use Cut::{After, Before, Half, Status};
    let check = |cuts: &[Cut], ties_addresses, layer_bytes: usize| {
        let (set, result) = through(cuts, ties_addresses, false);
        result.unwrap_or_else(|error| panic!("{cuts:?}: {error}"));
        check_there(&set);
        assert_eq!(sent_bytes(&set) - CONFIG.len(), layer_bytes, "{cuts:?}");
        assert!(set.registry.writes.open.borrow().is_empty(), "{cuts:?}");
    };
    // What did not arrive is sent again, and no more than that.
    check(&[Cut::None, Before], false, 14);
    check(&[Cut::None, Before], true, 14);
    check(&[Cut::None, After], false, 10);
    check(&[Cut::None, Half(1)], false, 13);
    check(&[Cut::None, Status(503), Status(500)], false, 18);
    // Distribution forgets an upload whose address does not fit any more: the blob begins anew.
    check(&[Cut::None, Half(1)], true, 18);
    check(&[Cut::None, After], true, 18);
    // The last word, lost on the way there and back.
    check(&[Cut::None, Cut::None, Cut::None, Before], false, 10);
    check(&[Cut::None, Cut::None, Cut::None, After], false, 10);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_ranges_that_are_not_told_do_no_harm() {
    let (set, result) = through(&[Cut::None, Cut::Before], false, true);
    result.unwrap();
    check_there(&set);
    assert_eq!(sent_bytes(&set), 4 + 4 + 10 + CONFIG.len());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_a_push_that_was_cut_for_good_is_gone_on_with() {
    let cuts = [vec![Cut::None], vec![Cut::Before; 5]].concat();
    let writes = Writes {
        cuts: RefCell::new(cuts.into_iter().collect()),
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    let push = push_of(&set, parcel(), &["1"]);
    let error = run(push.run(&|_| {})).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert_eq!(set.clock.pauses().len(), 4, "{:?}", set.clock.pauses());
    assert_eq!(set.registry.writes.open.borrow().len(), 1, "it stays open");
    assert!(!set.registry.has("app/manifests/1"));
    let before = sent_bytes(&set);
    run(push.run(&|_| {})).unwrap();
    check_there(&set);
    assert_eq!(
        sent_bytes(&set) - before,
        6 + CONFIG.len(),
        "only the rest goes"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_a_push_that_is_given_up_is_taken_back() {
    let cuts = [vec![Cut::None], vec![Cut::Before; 5]].concat();
    let writes = Writes {
        cuts: RefCell::new(cuts.into_iter().collect()),
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    let push = push_of(&set, parcel(), &["1"]);
    run(push.run(&|_| {})).unwrap_err();
    run(push.abandon());
    assert_eq!(set.registry.writes.n_deleted.get(), 1);
    assert!(set.registry.writes.open.borrow().is_empty());
    assert!(set.registry.content.borrow().is_empty());
}

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
        "private and needs a login (DENIED: no)",
    );
    check((413, "<html>413</html>"), "takes no request of this size");
    check((401, ""), "needs a login");
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
    let tail = &lines[lines.len() - 3..];
    let of_child = format!("PUT app/manifests/{}", child.digest);
    assert_eq!(
        tail,
        [&of_child, "PUT app/manifests/1", "PUT app/manifests/latest"]
    );
    // Without a tag it can be had by its digest.
    let set = set_of(Registry::default(), Limits::DEFAULT);
    run(push_of(&set, parcel, &[]).run(&|_| {})).unwrap();
    assert!(set.registry.has(&format!("app/manifests/{}", index.digest)));
}

/// A manifest without blobs that refers to an image.
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
    // A registry behind a proxy that does not know of TLS.
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
