//! Wrong bytes end an export, with a message that says where they are.

use lamina::source::Error;
use lamina::workspace::{Draft, ExportNames, layer_as_tar};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{config_of, docker_save, gzip, oci_layout, place_of};
use crate::support::{run, tar_of};

use super::{bytes_of, go_on, image, images, to_docker, to_oci};

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_ex_09_other_bytes_than_the_digest_says_end_the_export() {
    let (good, bad) = (tar_of("a = 1"), tar_of("a = 2"));
    let layout = oci_layout("1", &[&tar_of("base = 1"), &good]);
    let damaged = layout.file(&place_of(&good), &bad).tar();
    let none = ExportNames::default();
    for image in [images(&damaged).remove(0), image(&damaged)] {
        for export in [to_oci(&image, &none), to_docker(&image, &none)] {
            match export.unwrap_err() {
                Error::DigestMismatch { what, .. } => assert_eq!(what.to_string(), "layer 1"),
                other => panic!("the digest is wrong: {other:?}"),
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_ex_09_more_or_fewer_bytes_end_it_too() {
    let good = tar_of("a = 1");
    let layout = oci_layout("1", &[&good]);
    for bad in [&good[..good.len() - 512], &[&good[..], &[0; 512]].concat()] {
        let image = images(&layout.clone().file(&place_of(&good), bad).tar()).remove(0);
        let error = to_oci(&image, &ExportNames::default()).unwrap_err();
        assert!(error.to_string().contains("layer 0"), "{error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_part_that_is_missing_is_named() {
    let layer = tar_of("a = 1");
    let layout = oci_layout("1", &[&layer]);
    let image = images(&layout.clone().without(&place_of(&layer)).tar()).remove(0);
    for export in [
        to_oci(&image, &ExportNames::default()),
        to_docker(&image, &ExportNames::default()),
    ] {
        assert!(matches!(export.unwrap_err(), Error::Missing { .. }));
    }
    let config = config_of(&[&layer]).to_string();
    let image = images(&layout.without(&place_of(&config)).tar()).remove(0);
    assert!(to_docker(&image, &ExportNames::default()).is_err());
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_layers_are_not_made_into_new_images() {
    let mut cut = gzip(&tar_of("a = @5000"));
    cut.truncate(cut.len() - 20);
    let archive = docker_save(&["a:1"], &[&cut]).tar();
    for image in [images(&archive).remove(0), image(&archive)] {
        for export in [
            to_oci(&image, &ExportNames::default()),
            to_docker(&image, &ExportNames::default()),
        ] {
            match export.unwrap_err() {
                Error::Damaged { what, .. } => assert_eq!(what.to_string(), "layer 0"),
                other => panic!("the layer is cut: {other:?}"),
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_decodes_to_something_else_ends_its_own_export() {
    let (claimed, stored) = (tar_of("a = 1"), gzip(&tar_of("a = 2")));
    let honest = docker_save(&[], &[&claimed]);
    let path = format!("{}/layer.tar", crate::archive::fixture::hex_of("layer 0"));
    let image = images(&honest.file(&path, &stored).tar()).remove(0);
    let export = run(layer_as_tar(Draft::of(&image), 0, &|_| go_on()));
    assert!(matches!(
        bytes_of(export, &image),
        Err(Error::DigestMismatch { .. })
    ));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_image_whose_config_does_not_fit_its_layers_is_no_docker_archive() {
    let (one, other) = (tar_of("a = 1"), tar_of("b = 1"));
    let config = config_of(&[&one]).to_string();
    let outer = crate::archive::fixture::Outer::new()
        .file("c.json", &config)
        .file("0.tar", &one)
        .file("1.tar", &other)
        .json("manifest.json", &serde_json::json!([{"Config": "c.json", "RepoTags": null, "Layers": ["0.tar", "1.tar"]}]));
    let image = image(&outer.tar());
    let error = to_docker(&image, &ExportNames::default()).unwrap_err();
    assert!(
        error.to_string().contains("1 diff_ids for 2 layers"),
        "{error}"
    );
}
