//! Exports as the page requests them: answers, events, and refusals.

use lamina::image::ImagePath;
use lamina::protocol::{Answer, Event, ImageKey, Platforms, ProblemCode, Request, SaveKind, ask};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{docker_save, oci_layout, place_of};
use crate::support::tar_of;
use crate::workspace::world::{Asked, at};

use super::{image, listing, member};

fn save(archive: Vec<u8>, kind: SaveKind) -> Result<(String, Vec<u8>), ProblemCode> {
    let asked = Asked::new(None);
    let image = asked.open(archive).key;
    save_open(&asked, image, kind)
}

pub(crate) fn save_open(
    asked: &Asked,
    image: ImageKey,
    kind: SaveKind,
) -> Result<(String, Vec<u8>), ProblemCode> {
    let served = asked.ask(Request::Save(ask::Save { image, kind }));
    let served = served.map_err(|problem| problem.code)?;
    let Answer::File(file) = served.answer else {
        panic!("a file was asked for");
    };
    let bytes = served.file.unwrap();
    assert_eq!(file.size_bytes, bytes.len() as u64);
    Ok((file.file_name, bytes))
}

fn archive() -> Vec<u8> {
    let layers = [
        tar_of("etc/\netc/hosts = 1\nbin/\nusr/"),
        tar_of("etc/new = 2"),
    ];
    docker_save(&["demo/app:1"], &[&layers[0], &layers[1]]).tar()
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_the_page_saves_an_archive_under_chosen_names() {
    let names = vec!["b:2".to_owned(), "c".to_owned()];
    let (file_name, bytes) = save(archive(), SaveKind::DockerArchive { names }).unwrap();
    assert_eq!(file_name, "b_2.docker.tar");
    assert_eq!(
        member(&bytes, "manifest.json")[0]["RepoTags"],
        serde_json::json!(["b:2", "c:latest"])
    );
    assert_eq!(listing(&image(&bytes)), listing(&image(&archive())));
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_09_the_page_saves_a_layout_under_the_images_own_names() {
    let kind = SaveKind::OciArchive {
        names: Vec::new(),
        platforms: None,
    };
    let (file_name, bytes) = save(archive(), kind).unwrap();
    assert_eq!(file_name, "demo_app_1.oci.tar");
    assert_eq!(image(&bytes).found.names, ["docker.io/demo/app:1"]);
    let kind = SaveKind::OciArchive {
        names: Vec::new(),
        platforms: Some(Platforms::All),
    };
    // There is one platform, and nothing is missing.
    assert_eq!(save(archive(), kind), Err(ProblemCode::Refused));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_page_saves_directories_and_layers() {
    let root = SaveKind::Directory {
        path_key: ImagePath::root(),
    };
    let (file_name, bytes) = save(archive(), root).unwrap();
    assert_eq!(file_name, "demo_app_1.rootfs.tar");
    assert_eq!(listing(&image(&bytes)), listing(&image(&archive())));
    let etc = SaveKind::Directory {
        path_key: at("etc"),
    };
    assert_eq!(save(archive(), etc).unwrap().0, "etc.tar");
    let layer = save(archive(), SaveKind::Layer { layer: 1 }).unwrap();
    assert_eq!(
        layer,
        ("demo_app_1.layer-1.tar".to_owned(), tar_of("etc/new = 2"))
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn names_that_docker_refuses_are_refused() {
    let names = vec!["ok:1".to_owned(), "NOT:1".to_owned()];
    let asked = Asked::new(None);
    let image = asked.open(archive()).key;
    let kind = SaveKind::DockerArchive { names };
    let problem = asked
        .ask(Request::Save(ask::Save { image, kind }))
        .err()
        .unwrap();
    assert_eq!(
        (problem.code, problem.subject.to_string().as_str()),
        (ProblemCode::BadAddress, "NOT:1")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_09_nothing_is_saved_of_a_damaged_image() {
    let layer = tar_of("a = 1");
    let layout = oci_layout("v1", &[&layer]).file(&place_of(&layer), tar_of("a = 2"));
    let kind = SaveKind::OciArchive {
        names: Vec::new(),
        platforms: None,
    };
    assert_eq!(save(layout.tar(), kind), Err(ProblemCode::DigestMismatch));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_page_hears_how_far_a_large_export_is() {
    let layer = tar_of("big = @9000000");
    let asked = Asked::new(None);
    let image = asked.open(docker_save(&["a:1"], &[&layer]).tar()).key;
    let kind = SaveKind::DockerArchive { names: Vec::new() };
    let served = asked
        .ask(Request::Save(ask::Save { image, kind }))
        .ok()
        .unwrap();
    let size = served.file.unwrap().len() as u64;
    let told = asked.told.borrow();
    let told: Vec<(u64, u64)> = told
        .iter()
        .filter_map(|event| match event {
            Event::Saving {
                written_bytes,
                total_bytes,
                ..
            } => Some((*written_bytes, *total_bytes)),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter()
            .all(|(written, total)| written < total && *total == size),
        "{told:?}"
    );
    assert!(told.is_sorted());
}
