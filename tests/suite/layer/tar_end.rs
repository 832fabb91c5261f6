//! Where a tar ends, or should have: lines TF-17 to TF-21.

use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, file, pax};
use super::{check, check_damaged, check_warned, list};

#[wasm_bindgen_test(unsupported = test)]
fn tf_17_ends_that_are_fine() {
    let entry = file("f", b"content");
    for zeros in [0, 512, 1024, 10_240, 700] {
        check(
            &[entry.clone(), vec![0; zeros]].concat(),
            &["file f 0644 0:0 7"],
        );
    }
    // Without the last padding, and with a part of it.
    check(&entry[..512 + 7], &["file f 0644 0:0 7"]);
    check(&entry[..512 + 20], &["file f 0644 0:0 7"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_18_tf_19_what_follows_the_end() {
    let entry = file("f", b"c");
    let lost = file("lost", b"l");
    let reading = check(
        &[entry.clone(), END.to_vec(), lost.clone()].concat(),
        &["file f 0644 0:0 1"],
    );
    assert_eq!(reading.decoded_bytes, 3072);
    let one = [entry, vec![0; 512], lost].concat();
    check_warned(&one, &["file f 0644 0:0 1"], &["single-zero-block"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_20_truncation_everywhere() {
    let tar = [
        file("a", b"first"),
        pax(&[("path", b"b")]),
        file("x", &[b'b'; 600]),
        END.to_vec(),
    ]
    .concat();
    let whole = ["file a 0644 0:0 5", "file b 0644 0:0 600"];
    let incomplete = ["file a 0644 0:0 5", "file b 0644 0:0 600 incomplete"];
    for end in 0..tar.len() {
        let reading = super::read_pieces(&[&tar[..end]], &Default::default(), super::OPTIONS);
        let (n, ok) = match end {
            0 => (0, true),
            1..512 => (0, false),
            512..517 => (1, false),
            517..1025 => (1, true),
            1025..2560 => (1, false),
            2560..3160 => (2, false),
            _ => (2, true),
        };
        // A part of the first zero block cannot be told from a header that is cut off.
        let ok = ok && !(3585..4096).contains(&end);
        assert_eq!(
            reading.damage.is_none(),
            ok,
            "cut at {end}: {:?}",
            reading.damage
        );
        let listed = list(&reading);
        assert_eq!(listed.len(), n, "cut at {end}");
        match end {
            512..517 => assert_eq!(listed, ["file a 0644 0:0 5 incomplete"]),
            2560..3160 => assert_eq!(listed, incomplete),
            3160.. => assert_eq!(listed, whole),
            _ => {}
        }
    }
    check_damaged(&tar[..2600], &incomplete, "the layer is truncated");
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_21_empty_layers() {
    let empty = check(&END, &[]);
    assert_eq!(
        empty.diff_id.0.as_str(),
        "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
    );
    let nothing = check(b"", &[]);
    assert_eq!(
        nothing.digest.as_str(),
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}
