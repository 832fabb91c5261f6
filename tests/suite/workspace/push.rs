//! Pushing an open image, and signing in, as the page requests it.

use std::rc::Rc;

use lamina::image::Digest;
use lamina::io::Transport;
use lamina::protocol::{
    Answer, Event, ImageKey, OpenedAddress, PlatformChoice, Platforms, Problem, ProblemCode,
    PushNews, PushState, PushedView, Request, SaveKind, Secret, TreeView, ask,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{Outer, bzip2, config_of, digest_of, docker_save, gzip, place_of};
use crate::export::saving::save_open;
use crate::layer::formats::{ONE, one};
use crate::support::registry::{Registry, RegistryTransport};
use crate::support::tar_of;

use super::archives::oci_archive;
use super::world::Asked;

const BASE: &str = "etc/\netc/hosts = 127.0.0.1";
const TOP: &str = "etc/\netc/motd = hello";
/// `me:secret`.
const BASIC: &str = "Basic bWU6c2VjcmV0";

pub(super) struct Set {
    pub(super) asked: Asked,
    registry: Rc<Registry>,
    transport: Rc<RegistryTransport>,
}

pub(super) fn set_of(registry: Registry) -> Set {
    let (registry, transport) = registry.transport();
    let asked = Asked::new(Some(Rc::clone(&transport) as Rc<dyn Transport>));
    Set {
        asked,
        registry,
        transport,
    }
}

fn guarded() -> Registry {
    Registry {
        challenge: Some("Basic realm=x"),
        password: Some(BASIC),
        ..Registry::default()
    }
}

fn push(set: &Set, image: ImageKey, target: &str, tags: &[&str]) -> Result<PushedView, Problem> {
    push_as(set, image, target, tags, None)
}

pub(super) fn push_as(
    set: &Set,
    image: ImageKey,
    target: &str,
    tags: &[&str],
    scope: Option<Platforms>,
) -> Result<PushedView, Problem> {
    let request = Request::Push(ask::Push {
        image,
        target: target.to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        scope,
    });
    match set.asked.ask(request)?.answer {
        Answer::Pushed(pushed) => Ok(pushed),
        other => panic!("a push was asked for: {other:?}"),
    }
}

fn open(set: &Set, text: &str) -> Result<Answer, Problem> {
    let request = Request::OpenAddress(ask::OpenAddress {
        text: text.to_owned(),
        platform: PlatformChoice::Usual,
        by_link: false,
    });
    set.asked.ask(request).map(|served| served.answer)
}

fn sign_in(set: &Set, password: &str) -> Result<Answer, Problem> {
    let request = Request::SignIn(ask::SignIn {
        registry: "https://r.example".to_owned(),
        name: Secret::new("me"),
        password: Secret::new(password),
    });
    set.asked.ask(request).map(|served| served.answer)
}

/// Returns the last state of each blob.
fn states(set: &Set) -> Vec<PushState> {
    let mut states = Vec::new();
    for event in set.asked.told.borrow().iter() {
        match event {
            Event::Push {
                news: PushNews::Blobs(rows),
                ..
            } => {
                states = rows.iter().map(|row| row.state).collect();
            }
            Event::Push {
                news: PushNews::Blob { at, state, .. },
                ..
            } => states[*at as usize] = *state,
            _ => {}
        }
    }
    states
}

fn manifest(set: &Set, key: &str) -> (String, Value) {
    let content = set.registry.content.borrow();
    let (media_type, bytes) = &content[&format!("team/app/manifests/{key}")];
    (media_type.clone(), serde_json::from_slice(bytes).unwrap())
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_13_the_layers_of_a_docker_archive_are_compressed_the_same_each_time() {
    let set = set_of(Registry::default());
    let layers = [tar_of(BASE), tar_of(TOP)];
    let archive = docker_save(&["app:1"], &[&layers[0], &layers[1]]).tar();
    let image = set.asked.open(archive.clone());
    let pushed = push(&set, image.key, "r.example/team/app:1", &["latest", "1"]).unwrap();
    assert_eq!(pushed.registry, "https://r.example");
    assert_eq!(
        (
            pushed.tags.join(" ").as_str(),
            pushed.n_sent,
            pushed.n_spared
        ),
        ("1 latest", 3, 0)
    );
    assert_eq!(states(&set), [PushState::Sent; 3]);
    // The pace counts the uncompressed bytes of both layers.
    let uncompressed = layers.iter().map(|layer| layer.len() as u64).sum::<u64>();
    assert_eq!(pushed.compressed.map(|pace| pace.bytes), Some(uncompressed));
    let (media_type, manifest) = manifest(&set, "latest");
    assert_eq!(
        media_type,
        "application/vnd.docker.distribution.manifest.v2+json"
    );
    assert_eq!(
        manifest["config"]["digest"],
        json!(image.image_id),
        "the image ID stays"
    );
    for (at, layer) in layers.iter().enumerate() {
        let described = &manifest["layers"][at];
        assert_eq!(
            described["mediaType"],
            "application/vnd.docker.image.rootfs.diff.tar.gzip"
        );
        let digest = described["digest"].as_str().unwrap();
        let content = set.registry.content.borrow();
        let (_, stored) = &content[&format!("team/app/blobs/{digest}")];
        assert_eq!(stored[..2], [0x1f, 0x8b]);
        assert_ne!(digest, digest_of(layer).as_str());
    }
    // It opens from there as the same image, with every layer verified.
    let Answer::Address(OpenedAddress::Image(view)) =
        open(&set, "https://r.example/team/app:1").unwrap()
    else {
        panic!("no image");
    };
    let read = set.asked.read(view.key);
    assert_eq!(read.image_id, image.image_id);
    let rows = |key| set.asked.rows(key, TreeView::Union);
    assert_eq!(rows(read.key), rows(image.key));
    // With another session on another day, nothing is sent again.
    let again = Asked::new(Some(Rc::clone(&set.transport) as Rc<dyn Transport>));
    let set = Set {
        asked: again,
        ..set
    };
    let image = set.asked.open(archive);
    let pushed = push(&set, image.key, "r.example/team/app:1", &[]).unwrap();
    assert_eq!(
        (pushed.n_sent, pushed.n_spared, pushed.sent.bytes),
        (0, 3, 0)
    );
    assert_eq!(states(&set), [PushState::Exists; 3]);
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_13_layers_that_no_manifest_can_name_are_compressed_anew() {
    let set = set_of(Registry::default());
    let tars = [tar_of(BASE), one(), tar_of(TOP)];
    let layers = [bzip2(&tars[0]), ONE.to_vec(), gzip(&tars[2])];
    let archive = Outer::new()
        .file("0", &layers[0])
        .file("1", &layers[1])
        .file("2", &layers[2])
        .json(
            "config.json",
            &config_of(&tars.each_ref().map(|tar| &**tar)),
        )
        .json(
            "manifest.json",
            &json!([{"Config": "config.json", "RepoTags": ["app:1"], "Layers": ["0", "1", "2"]}]),
        );
    let image = set.asked.open(archive.tar());
    let pushed = push(&set, image.key, "r.example/team/app:1", &[]).unwrap();
    assert_eq!(pushed.n_sent, 4);
    let (_, pushed) = manifest(&set, "1");
    assert_eq!(pushed["config"]["digest"], json!(image.image_id));
    for layer in pushed["layers"].as_array().unwrap() {
        let media_type = layer["mediaType"].as_str().unwrap();
        assert!(media_type.ends_with("tar.gzip"), "{media_type}");
    }
    // A layer that is already gzip is sent as it is.
    let third = pushed["layers"][2]["digest"].as_str();
    assert_eq!(third, Some(digest_of(&layers[2]).as_str()));
    // The same in the OCI archive, which opens as the same image, with each layer verified.
    let kind = SaveKind::OciArchive {
        names: vec!["app:1".to_owned()],
        platforms: None,
    };
    let (_, saved) = save_open(&set.asked, image.key, kind).unwrap();
    let again = set.asked.open(saved);
    assert_eq!(again.image_id, image.image_id);
    let rows = |key| set.asked.rows(key, TreeView::Union);
    assert_eq!(rows(again.key), rows(image.key));
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_13_what_has_a_digest_is_pushed_byte_for_byte() {
    let set = set_of(Registry::default());
    let layer = tar_of(BASE);
    let stored = gzip(&layer);
    let image = set
        .asked
        .found(oci_archive(&stored, 1, &[], digest_of(&layer).as_str()));
    let pushed = push(&set, image.key, "https://r.example/team/app:1", &[]).unwrap();
    assert_eq!(Some(pushed.digest), image.manifest_digest);
    let content = set.registry.content.borrow();
    let (_, bytes) = &content[&format!("team/app/blobs/{}", Digest::sha256_of(&stored))];
    assert_eq!(*bytes, stored);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_is_not_what_the_config_says_is_not_pushed() {
    let set = set_of(Registry::default());
    let layer = tar_of(BASE);
    let mut config = config_of(&[&layer]);
    config["rootfs"]["diff_ids"] = json!([Digest::sha256_of(b"other").to_string()]);
    let archive = Outer::new()
        .file("layer.tar", &layer)
        .json("config.json", &config)
        .json(
            "manifest.json",
            &json!([{"Config": "config.json", "RepoTags": ["a:1"], "Layers": ["layer.tar"]}]),
        );
    let image = set.asked.found(archive.tar());
    let problem = push(&set, image.key, "r.example/team/app:1", &[]).unwrap_err();
    assert_eq!(problem.code, ProblemCode::DigestMismatch, "{problem}");
    assert!(set.registry.content.borrow().is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_26_a_layer_that_may_not_be_distributed_is_not_uploaded() {
    let set = set_of(Registry::default());
    let layer = tar_of(BASE);
    let media_type = "application/vnd.oci.image.layer.nondistributable.v1.tar";
    let change = [("mediaType", json!(media_type))];
    let image = set
        .asked
        .found(oci_archive(&layer, 1, &change, digest_of(&layer).as_str()));
    let error = push(&set, image.key, "r.example/team/app:1", &[]);
    // This registry demands the layer anyway, and says so.
    assert!(
        error
            .unwrap_err()
            .detail
            .to_string()
            .contains("MANIFEST_BLOB_UNKNOWN")
    );
    let key = format!("team/app/blobs/{}", digest_of(&layer));
    assert!(!set.registry.has(&key));
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_01_a_target_is_checked_before_anything_is_asked() {
    let set = set_of(Registry::default());
    let image = set
        .asked
        .open(docker_save(&["app:1"], &[&tar_of(BASE)]).tar());
    for (target, tags, code) in [
        ("", &[][..], ProblemCode::BadAddress),
        ("r.example/Team:1", &[], ProblemCode::BadAddress),
        ("r.example/team:a b", &[], ProblemCode::BadAddress),
        ("https://r.example", &[], ProblemCode::BadAddress),
        (
            "https://me:secret@r.example/app:1",
            &[],
            ProblemCode::BadAddress,
        ),
        ("r.example/team/app:1", &["-x"], ProblemCode::BadAddress),
        ("app:1", &[], ProblemCode::DockerHub),
    ] {
        let problem = push(&set, image.key, target, tags).unwrap_err();
        assert_eq!(problem.code, code, "{target} {tags:?}: {problem}");
        let told = format!("{problem:?}");
        assert!(!told.contains("secret"), "{told}");
    }
    assert!(set.transport.asked().is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_registry_with_passwords_asks_for_one_and_opens_then() {
    let set = set_of(guarded());
    for text in ["r.example", "r.example/team/app", "r.example/team/app:1"] {
        let problem = open(&set, text).unwrap_err();
        assert_eq!(problem.code, ProblemCode::LoginNeeded, "{text}");
        assert_eq!(
            problem.sign_in.as_deref(),
            Some("https://r.example"),
            "{text}"
        );
    }
    let problem = sign_in(&set, "wrong").unwrap_err();
    assert_eq!(problem.code, ProblemCode::LoginRefused);
    assert!(
        problem.detail.to_string().contains("the password is wrong"),
        "{problem}"
    );
    sign_in(&set, "secret").unwrap();
    assert!(open(&set, "r.example").is_ok());
    // A push sends an event, so that open lists show the image.
    let image = set
        .asked
        .open(docker_save(&["app:1"], &[&tar_of(BASE)]).tar());
    let pushed = push(&set, image.key, "r.example/team/app:1", &[]).unwrap();
    let told = set.asked.told.borrow();
    assert_eq!(told.last(), Some(&Event::Pushed(pushed)));
}

/// A login that was typed with the address is used for the registry under any of its names.
#[wasm_bindgen_test(unsupported = test)]
fn a_login_at_a_base_url_serves_the_same_registry_without_a_scheme() {
    let set = set_of(guarded());
    sign_in(&set, "secret").unwrap();
    for text in ["r.example", "https://r.example", "r.example/team/app"] {
        let problem = open(&set, text).err();
        let code = problem.map(|problem| problem.code);
        assert_ne!(code, Some(ProblemCode::LoginNeeded), "{text}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_push_asks_for_a_password_and_goes_on_with_it() {
    let set = set_of(guarded());
    let image = set
        .asked
        .open(docker_save(&["app:1"], &[&tar_of(BASE)]).tar());
    let problem = push(&set, image.key, "r.example/team/app:1", &[]).unwrap_err();
    assert_eq!(problem.sign_in.as_deref(), Some("https://r.example"));
    sign_in(&set, "secret").unwrap();
    push(&set, image.key, "r.example/team/app:1", &[]).unwrap();
}

/// Checks the content of the tag after a push from an archive of two platforms, without the blobs `gone`.
fn check_scope(scope: Option<Platforms>, gone: &[&[u8]], expected: Result<&str, ProblemCode>) {
    let set = set_of(Registry::default());
    let (index, outer) = crate::export::platforms::layout_with(&[]);
    let without = |outer: Outer, bytes: &&[u8]| outer.without(&place_of(bytes));
    let image = set.asked.open(gone.iter().fold(outer, without).tar());
    let pushed = push_as(&set, image.key, "r.example/team/app:1", &[], scope);
    let pushed = match (pushed, expected) {
        (Err(problem), Err(code)) => {
            assert_eq!(problem.code, code, "{scope:?}: {problem}");
            assert!(set.registry.content.borrow().is_empty(), "{scope:?}");
            return;
        }
        (pushed, _) => pushed.unwrap(),
    };
    let (media_type, document) = manifest(&set, "1");
    let entries = document["manifests"].as_array().map_or(0, Vec::len);
    let is_as_it_was = pushed.digest == digest_of(&index);
    let got = format!("{media_type} {entries} {is_as_it_was}");
    assert_eq!(Ok(got.as_str()), expected, "{scope:?}");
    // A refused image can be pushed in another way at once.
    let other = push_as(&set, image.key, "r.example/team/app:1", &[], None).unwrap();
    assert_eq!(Some(other.digest), image.manifest_digest);
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_13_a_tag_of_several_platforms_stays_one_unless_told_otherwise() {
    let arm64 = tar_of("etc/\netc/arch = arm64");
    let index = "application/vnd.oci.image.index.v1+json";
    let manifest = "application/vnd.oci.image.manifest.v1+json 0 false";
    check_scope(Some(Platforms::All), &[], Ok(&format!("{index} 3 true")));
    check_scope(
        Some(Platforms::Present),
        &[],
        Ok(&format!("{index} 3 true")),
    );
    check_scope(None, &[], Ok(manifest));
    check_scope(None, &[&arm64], Ok(manifest));
    check_scope(
        Some(Platforms::Present),
        &[&arm64],
        Ok(&format!("{index} 2 false")),
    );
    check_scope(
        Some(Platforms::All),
        &[&arm64],
        Err(ProblemCode::AbsentPlatforms),
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn names_for_saving_are_not_those_of_the_registry() {
    let set = set_of(Registry::default());
    let archive = docker_save(&["app:1"], &[&tar_of(BASE)]).tar();
    let image = set.asked.open(archive);
    push(&set, image.key, "r.example/team/app:1", &[]).unwrap();
    let Answer::Address(OpenedAddress::Image(view)) = open(&set, "r.example/team/app:1").unwrap()
    else {
        panic!("no image");
    };
    assert_eq!(view.names, ["r.example/team/app:1"]);
    let renamed = set.asked.answer(ask::Rename {
        image: view.key,
        names: Vec::new(),
    });
    let renamed = renamed.unwrap();
    assert!(renamed.names.is_empty());
    assert_eq!((renamed.title, renamed.address), (view.title, view.address));
    assert!(set.registry.has("team/app/manifests/1"));
}
