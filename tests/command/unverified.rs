//! `--unverified`: layers that are not compressed are listed by their headers alone, and are called that.

use lamina::image::Digest;

use super::inspect::documented;
use super::outer::gzip;
use super::{LAYERS, WASTEFUL, archive, archive_of, lamina, text};

const NOTE: &str = "listed by its headers alone, and not verified";

fn tars(layers: &[&str]) -> (Vec<Vec<u8>>, Vec<Digest>) {
    let tars: Vec<Vec<u8>> = layers.iter().map(|layer| text::tar_of(layer)).collect();
    let diff_ids = tars.iter().map(|tar| Digest::sha256_of(tar)).collect();
    (tars, diff_ids)
}

#[test]
fn the_listing_is_that_of_the_layers_when_they_are_read() {
    for layers in [&LAYERS[..], &WASTEFUL[..]] {
        let bytes = archive(layers);
        for options in [&[][..], &["--upto", "0"], &["--layer", "0"]] {
            let read = [&["ls"], options, &["-"]].concat();
            let listed = [&["ls", "--unverified"], options, &["-"]].concat();
            let (_, expected, said) = lamina(&read, &bytes);
            assert!(!said.contains("headers"), "{said}");
            let (status, out, said) = lamina(&listed, &bytes);
            assert_eq!((status, out), (0, expected), "{options:?}");
            assert!(said.contains("headers alone"), "{said}");
        }
    }
}

#[test]
fn a_file_that_a_layer_writes_anew_counts_as_changed_for_nobody_has_read_it() {
    let bytes = archive(&WASTEFUL);
    let ls = |options: &[&str]| lamina(&[options, &["--layer", "1", "-"]].concat(), &bytes).1;
    let row = r#"{"path":"a","type":"file","mode":"0644","uid":0,"gid":0,"size":10,"linkname":"","layer":1,"change":"changed"}"#;
    let (read, listed) = (ls(&["ls"]), ls(&["ls", "--unverified"]));
    assert_eq!(listed, format!("{row}\n{read}"));
}

#[test]
fn nothing_that_was_not_read_has_a_verdict() {
    let (mut tars, diff_ids) = tars(&LAYERS);
    let document = documented(&["--unverified", "-"], &archive_of(&tars, &diff_ids), 0);
    for layer in document["images"][0]["layers"].as_array().unwrap() {
        assert_eq!(layer["verdict"], serde_json::Value::Null);
        assert_eq!(layer["warnings"][0], NOTE);
    }
    // Other bytes than the diff_id names: that is not looked at.
    let content = b"127.0.0.1";
    let at = tars[0]
        .windows(content.len())
        .position(|bytes| bytes == content);
    tars[0][at.unwrap()] ^= 1;
    let bytes = archive_of(&tars, &diff_ids);
    assert_eq!(lamina(&["ls", "-"], &bytes).0, 3);
    assert_eq!(lamina(&["ls", "--unverified", "-"], &bytes).0, 0);
}

#[test]
fn damage_that_the_headers_show_ends_with_status_3() {
    let (mut tars, diff_ids) = tars(&LAYERS);
    tars[1].truncate(514);
    let bytes = archive_of(&tars, &diff_ids);
    for command in ["ls", "inspect"] {
        let (status, _, said) = lamina(&[command, "--unverified", "-"], &bytes);
        assert_eq!(status, 3, "{command}");
        assert!(said.contains("layer 1"), "{said}");
    }
}

#[test]
fn a_compressed_layer_is_read_and_verified_all_the_same() {
    let (mut tars, diff_ids) = tars(&LAYERS);
    tars[0] = gzip(&tars[0]);
    let document = documented(&["--unverified", "-"], &archive_of(&tars, &diff_ids), 0);
    let layers = &document["images"][0]["layers"];
    assert_eq!(layers[0]["verdict"]["diff_id"], "ok");
    assert_eq!(layers[1]["warnings"][0], NOTE);
}

#[test]
fn hashes_cannot_be_told_of_what_is_not_read() {
    let (status, _, said) = lamina(&["ls", "--full", "--unverified", "-"], b"");
    assert_eq!(status, 2);
    assert!(said.contains("--unverified"), "{said}");
}
