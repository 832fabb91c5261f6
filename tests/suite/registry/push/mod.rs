//! Pushing: blobs, mounts, slices, resumption, documents, and refusals.

mod documents;
mod refused;
mod slices;
mod stored;

use std::cell::RefCell;
use std::rc::Rc;

use lamina::bounds::{Limits, RegistryLimits};
use lamina::image::{Digest, Document, MediaType};
use lamina::io::{Bytes, MemoryClock};
use lamina::source::registry::{
    BlobState, Client, Credentials, Destination, Parcel, ParcelBlob, Push, PushProgress, Pushed,
};
use lamina::source::{Blob, Error, SliceBlob, TagsLeft, Unstored};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, PAGE, set_under};
use crate::support::registry::{Registry, RegistryTransport, log};
use crate::support::run;
use crate::support::uploads::{Cut, Keeps, Writes};

const LAYER: &[u8] = b"0123456789";
const CONFIG: &[u8] = b"{}";

/// A client and its transport, and the push of an image of one layer to `app`.
struct Set {
    client: Rc<Client>,
    registry: Rc<Registry>,
    transport: Rc<RegistryTransport>,
    clock: Rc<MemoryClock>,
}

/// Slices of four bytes.
fn small() -> Limits {
    Limits {
        registry: RegistryLimits {
            upload_slice_bytes: 4,
            upload_slice_most_bytes: 64,
            ..RegistryLimits::DEFAULT
        },
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
        what: lamina::message::Message::verbatim(what),
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

/// Returns the requests except those for `/v2/`, with short digests, and with no header field but `Content-Range`.
fn lines(set: &Set) -> Vec<String> {
    let all = log(&set.transport).into_iter();
    let shown = all.filter(|line| !line.contains("/v2/ ")).map(|line| {
        let mut words = line.split(' ');
        let (method, url) = (words.next().unwrap(), words.next().unwrap());
        let range = line
            .split(' ')
            .find_map(|word| word.strip_prefix("content-range="));
        let mut shown = format!("{method} {}", url.replace("https://r.example/v2/", ""));
        for (name, bytes) in [("L", LAYER), ("C", CONFIG), ("M", &*manifest().bytes)] {
            shown = shown.replace(Digest::sha256_of(bytes).as_str(), name);
        }
        if let Some(range) = range {
            shown = format!("{shown} {range}");
        }
        shown
    });
    shown.collect()
}

/// Returns the number of bytes sent for blobs.
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
            "GET app/manifests/1",
            "GET app/manifests/M",
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
    // On the second push, only the manifest is sent.
    let before = sent_bytes(&set);
    assert_eq!(pushed(&set).unwrap().n_existing, 2);
    assert_eq!(sent_bytes(&set), before);
}

/// Returns the parcel, with its layer in another repository of the registry.
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
    // The registry starts an upload instead.
    check(202, 0, &[head, mount, read, put]);
    // The registry does not support mounts.
    check(404, 0, &[head, mount, "POST app/blobs/uploads/", read, put]);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_21_nothing_is_mounted_from_its_own_repository_or_another_registry() {
    let set = set_of(Registry::default(), Limits::DEFAULT);
    let mut parcel = parcel_from(&set, "app");
    set.registry.content.borrow_mut().clear();
    let elsewhere = set_of(Registry::default(), Limits::DEFAULT);
    let other = super::set_of(
        Registry::default(),
        "http://r.example",
        super::Asker::Native,
    );
    let digest = other.registry.put_blob("team", CONFIG);
    parcel.blobs[1].bytes = run(other.client.blob("team", &digest, Some(2))).unwrap();
    parcel.blobs[0].bytes = in_memory("layer 0", LAYER).bytes;
    run(push_of(&elsewhere, parcel, &["1"]).run(&|_| {})).unwrap();
    assert!(lines(&elsewhere).iter().all(|line| !line.contains("mount")));
}
