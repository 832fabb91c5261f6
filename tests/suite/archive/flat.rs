//! A tar without images: the root file system of `docker export`, as one layer.

use lamina::source::Origin;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{bytes_of, bzip2, file_input, gzip, open_input, outline, zstd};
use super::reading::check_read;

const ROOTFS: &str =
    "etc/\netc/hosts = 127.0.0.1\nusr/bin/\nbin -> usr/bin\nmanifest.txt = no list";

#[wasm_bindgen_test(unsupported = test)]
fn af_33_shows_a_root_file_system_as_one_layer() {
    let tar = tar_of(ROOTFS);
    let opened = open_input(file_input(tar.clone())).unwrap();
    let expected = "image - -: rootfs\n  warning flat-rootfs";
    assert_eq!(outline(&opened, &[("rootfs", &tar)]), expected);
    let image = &opened.images[0];
    assert_eq!(image.origin, Origin::FlatRootfs);
    assert!(image.config.is_none() && image.image_id.is_none());
    let note = &image.warnings[0].message();
    assert!(
        note.contains("5 members (etc, usr, bin, manifest.txt)"),
        "{note}"
    );
}

/// Layers may use gzip and zstd, so such a file is its own blob. Files in the other formats are decoded.
#[wasm_bindgen_test(unsupported = test)]
fn af_33_a_compressed_root_file_system_is_its_own_blob() {
    let tar = tar_of(ROOTFS);
    let check = |stored: Vec<u8>, blob: &[u8]| {
        let opened = open_input(file_input(stored)).unwrap();
        assert_eq!(bytes_of(&opened.images[0].layers[0]).unwrap(), blob);
    };
    check(gzip(&tar), &gzip(&tar));
    check(zstd(&tar), &zstd(&tar));
    check(bzip2(&tar), &tar);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_33_any_tar_may_be_one() {
    let tar = tar_of("README.md = hello");
    let opened = open_input(file_input(tar.clone())).unwrap();
    let expected = "image - -: rootfs\n  warning flat-rootfs";
    assert_eq!(outline(&opened, &[("rootfs", &tar)]), expected);
}

/// A helm chart, or a tar of one README: for any tar, the note lists its members, and they can be browsed.
#[wasm_bindgen_test(unsupported = test)]
fn af_33_a_tar_of_anything_says_what_it_holds() {
    for (text, note, files) in [
        (
            "chart/Chart.yaml = name\nchart/values.yaml = {}",
            "names no image; its 2 members (chart)",
            "chart/ @0\nchart/Chart.yaml 4 @0\nchart/values.yaml 2 @0",
        ),
        (
            "README.md = hello",
            "names no image; its 1 members (README.md)",
            "README.md 5 @0",
        ),
    ] {
        let stored = gzip(&tar_of(text));
        let opened = open_input(file_input(stored)).unwrap();
        let image = &opened.images[0];
        let message = &image.warnings[0].message();
        assert!(message.contains(note), "{message}");
        check_read(image, "0 gzip absent absent absent ok", files);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn files_of_the_same_names_do_not_make_an_image() {
    let tar = tar_of(&format!(
        "{ROOTFS}\nindex.json = {{}}\nmanifest.json = {{\"name\": \"a web page\"}}"
    ));
    let opened = open_input(file_input(tar.clone())).unwrap();
    let expected = "image - -: rootfs\n  warning flat-rootfs";
    assert_eq!(outline(&opened, &[("rootfs", &tar)]), expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_cut_root_file_system_is_shown_up_to_the_cut() {
    let tar = tar_of(&format!("{ROOTFS}\nvar/big = @5000"));
    let cut = &tar[..tar.len() - 3000];
    let opened = open_input(file_input(cut)).unwrap();
    let expected = "image - -: rootfs\n  warning archive-truncated\n  warning flat-rootfs\nwarning archive-truncated";
    assert_eq!(outline(&opened, &[("rootfs", cut)]), expected);
}
