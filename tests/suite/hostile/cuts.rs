//! An archive of 1 MiB, cut at every 4 KiB: each cut gives a clear message or a partial result.

use std::ops::ControlFlow;

use lamina::bounds::Limits;
use lamina::source::archive::Input;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{bytes, damage_of, options};
use crate::archive::fixture::{bytes_of, docker_save, gzip, oci_layout, open_with};
use crate::support::tar_of;

const STEP: usize = 4 * 1024;
const MIB: usize = 1024 * 1024;

/// Opens the first `len` bytes for each multiple of the step. Returns how often that gave an
/// archive, and how often an error.
fn check_cuts(archive: &[u8]) -> (usize, usize) {
    let (mut n_opened, mut n_refused) = (0, 0);
    for len in (0..=archive.len()).step_by(STEP) {
        let input = Input::File {
            name: "cut.tar".to_owned(),
            bytes: bytes(archive[..len].to_vec()),
        };
        let opened = match open_with(input, &Limits::DEFAULT, &|_| ControlFlow::Continue(())) {
            Ok(opened) => opened,
            Err(error) => {
                let message = error.to_string();
                assert!(
                    message.contains("cut.tar") || message.contains(".json"),
                    "{len}: {message}"
                );
                n_refused += 1;
                continue;
            }
        };
        n_opened += 1;
        let is_told = opened
            .warnings
            .iter()
            .any(|w| w.code() == "archive-truncated");
        for layer in opened.images.iter().flat_map(|image| &image.layers) {
            let Ok(stored) = bytes_of(layer) else {
                continue;
            };
            let mut reader = lamina::layer::LayerReader::new(
                lamina::layer::Expected {
                    diff_id: layer.diff_id.clone(),
                    ..Default::default()
                },
                options(Limits::DEFAULT),
            );
            reader.push(&stored);
            let reading = reader.finish();
            // Missing bytes of a layer are reported, for the layer or for the whole archive.
            let is_whole = reading.damage.is_none() && reading.verdict.holds();
            assert!(is_whole || is_told, "{len}: {}", damage_of(&reading));
        }
    }
    (n_opened, n_refused)
}

fn layers() -> [Vec<u8>; 2] {
    [
        tar_of("etc/hosts = base\nbin/tool = @300000"),
        tar_of("srv/data = @700000"),
    ]
}

#[wasm_bindgen_test(unsupported = test)]
fn af_34_a_docker_archive_cut_everywhere() {
    let [base, app] = layers();
    let archive = docker_save(&["a:1"], &[&base, &app]).tar();
    assert!(archive.len() > MIB - 40_000 && archive.len() < MIB + 40_000);
    let (n_opened, n_refused) = check_cuts(&archive);
    // The list of images is at the end.
    assert!(n_opened >= 1 && n_refused > 200, "{n_opened} {n_refused}");
    let list_first = docker_save(&["a:1"], &[&base, &app]).reversed().tar();
    let (n_opened, n_refused) = check_cuts(&list_first);
    assert!(n_opened > 200 && n_refused >= 1, "{n_opened} {n_refused}");
}

#[wasm_bindgen_test(unsupported = test)]
fn af_34_other_archives_cut_everywhere() {
    let [base, app] = layers();
    check_cuts(&oci_layout("v1", &[&base, &app]).tar());
    check_cuts(&gzip(&docker_save(&["a:1"], &[&base, &app]).tar()));
    // A root file system.
    check_cuts(&[base, app].concat());
}
