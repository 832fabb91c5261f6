//! The end of a tar, present or missing: lines TF-17 to TF-21.

use lamina::image::Digest;
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, Raw, file, pax};
use super::{OPTIONS, check, check_damaged, check_warned, codes, list, read, read_pieces};

#[wasm_bindgen_test(unsupported = test)]
fn tf_17_ends_that_are_fine() {
    let entry = file("f", b"content");
    // No, one and two zero blocks, part of the second, and blocks up to a multiple of 10 KiB.
    for zeros in [0, 512, 1024, 10_240 - entry.len(), 20_480 - entry.len()] {
        let tar = [entry.clone(), vec![0; zeros]].concat();
        let reading = check(&tar, &["file f 0644 0:0 7"]);
        assert_eq!(reading.diff_id.0, Digest::sha256_of(&tar));
    }
    // Without the last padding, and with part of it.
    for len in [512 + 7, 512 + 8, 512 + 20, 1023] {
        check(&entry[..len], &["file f 0644 0:0 7"]);
    }
    // The same after an entry without content, and after one that is left out.
    check(&file("e", b""), &["file e 0644 0:0 0"]);
    let odd = Raw::gnu("odd", b'Z').content(b"12345").bytes();
    check_warned(
        &odd[..512 + 5],
        &[],
        &["unknown-type", "left out by type odd"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_18_what_follows_the_end_is_hashed_and_no_entry() {
    let entry = file("f", b"c");
    for rest in [
        file("lost", b"l"),
        b"a table of contents".to_vec(),
        vec![0xff; 5000],
        pax(&[("path", b"x")]),
    ] {
        let tar = [entry.clone(), END.to_vec(), rest].concat();
        let reading = check(&tar, &["file f 0644 0:0 1"]);
        assert_eq!(reading.decoded_bytes, tar.len() as u64);
        assert_eq!(reading.diff_id.0, Digest::sha256_of(&tar));
        assert_eq!(reading.digest, Digest::sha256_of(&tar));
    }
}

/// Go reports an error, GNU tar and libarchive stop there. The entries before it are
/// right, so they stay, with a warning.
#[wasm_bindgen_test(unsupported = test)]
fn tf_19_one_zero_block_ends_the_tar_and_more_is_told() {
    let front = [file("f", b"c"), vec![0; 512]].concat();
    let trash = [b'x'; 512];
    for (rest, told) in [
        (&file("lost", b"l")[..], true),
        (&trash, true),
        (&trash[..1], true),
        (&trash[..511], true),
        (b"\0\0\0x", true),
        // For Go, a truncated second block is not an end.
        (&[0; 511], true),
        (&[0; 512], false),
        (b"", false),
    ] {
        let tar = [&front[..], rest].concat();
        let codes: &[&str] = if told { &["single-zero-block"] } else { &[] };
        let reading = check_warned(&tar, &["file f 0644 0:0 1"], codes);
        assert_eq!(reading.diff_id.0, Digest::sha256_of(&tar));
        if told {
            let message = "container engines refuse this layer: one zero block ends the tar, and more than zeros follow; they are not read as entries";
            assert_eq!(reading.warnings.kept[0].to_string(), message);
        }
    }
    // Alone, it is an empty tar that ends early.
    check(&[0; 512], &[]);
    check_warned(
        &[vec![0; 512], file("lost", b"")].concat(),
        &[],
        &["single-zero-block"],
    );
}

/// Cuts the tar everywhere. `expected` has the length from which on these entries are listed, with this message.
fn check_cuts(tar: &[u8], expected: &[(usize, &[&str], &str)]) {
    let starts = expected.iter().map(|(start, ..)| *start);
    let ends = starts.skip(1).chain([tar.len() + 1]);
    for ((start, entries, within), stop) in expected.iter().zip(ends) {
        for end in *start..stop {
            let cut = &tar[..end];
            // In all pieces around a change, whole everywhere else.
            let reading = if end < start + 2 || end + 2 >= stop {
                read(cut)
            } else {
                read_pieces(&[cut], &Default::default(), OPTIONS)
            };
            assert_eq!(list(&reading), *entries, "cut at {end}");
            // Within the second of the two zero blocks at the end.
            let is_in_last = tar.ends_with(&END) && end + 512 > tar.len() && end < tar.len();
            let expected: &[&str] = if is_in_last {
                &["single-zero-block"]
            } else {
                &[]
            };
            assert_eq!(codes(&reading), expected, "cut at {end}");
            let message = reading.damage.map(|damage| damage.to_string());
            let expected = match *within {
                "" => None,
                found if found.starts_with("found") => Some(format!(
                    "this is no tar archive, so it cannot be read as a file system; {found}"
                )),
                within => Some(format!(
                    "the layer is truncated: the tar ends at byte {end}, within {within}"
                )),
            };
            assert_eq!(message, expected, "cut at {end}");
            assert_eq!(reading.diff_id.0, Digest::sha256_of(cut));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_20_cut_at_every_byte() {
    let tar = [
        file("a", b"first"),
        pax(&[("path", b"b")]),
        file("x", &[b'b'; 600]),
        Raw::ustar("d/", b'5').bytes(),
        END.to_vec(),
    ]
    .concat();
    let a = "file a 0644 0:0 5";
    let b = "file b 0644 0:0 600";
    let half_b = "file b 0644 0:0 600 incomplete";
    check_cuts(
        &tar,
        &[
            (0, &[], ""),
            // Before the magic, nothing shows that it is meant to be a tar.
            (1, &[], "found plain text"),
            (2, &[], "found data of an unknown kind"),
            (262, &[], "its first header"),
            (512, &["file a 0644 0:0 5 incomplete"], "an entry's content"),
            // The end of the content, its padding, and the end of the padding.
            (517, &[a], ""),
            (1025, &[a], "a header"),
            // A PAX header without its records, and without its entry.
            (1536, &[a], "an extended header"),
            (2049, &[a], "a header"),
            (2560, &[a, half_b], "an entry's content"),
            (2560 + 600, &[a, b], ""),
            (3585, &[a, b], "a header"),
            (4096, &[a, b, "dir d 0644 0:0 0"], ""),
            // Part of a zero block cannot be distinguished from a header.
            (4097, &[a, b, "dir d 0644 0:0 0"], "a header"),
            (4608, &[a, b, "dir d 0644 0:0 0"], ""),
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_20_cut_within_sparse_maps_and_what_is_left_out() {
    let mut map = b"1\n0\n600\n".to_vec();
    map.resize(512, 0);
    let pax_sparse = [
        pax(&[
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.realsize", b"700"),
        ]),
        file("s", &[&map[..], &[b's'; 600]].concat()),
    ]
    .concat();
    let line = "file s 0644 0:0 700 sparse[0+600]";
    let half = format!("{line} incomplete");
    check_cuts(
        &pax_sparse[..2660],
        &[
            (0, &[], ""),
            (1, &[], "found plain text"),
            (13, &[], "found data of an unknown kind"),
            (262, &[], "its first header"),
            (512, &[], "an extended header"),
            (1025, &[], "a header"),
            (1536, &[], "a sparse file's map"),
            (2048, &[&half], "an entry's content"),
            (2648, &[line], ""),
        ],
    );
    let odd = Raw::gnu("odd", b'Z').content(&[b'x'; 600]).bytes();
    let tar = [file("f", b""), odd].concat();
    for end in 1024..1624 {
        let reading = read_pieces(&[&tar[..end]], &Default::default(), OPTIONS);
        assert_eq!(codes(&reading), ["unknown-type", "left out by type odd"]);
        let message = reading.damage.map(|damage| damage.to_string());
        let expected = format!(
            "the layer is truncated: the tar ends at byte {end}, within an entry's content"
        );
        assert_eq!(message, Some(expected));
    }
    let codes = ["unknown-type", "left out by type odd"];
    check_warned(&tar[..1624], &["file f 0644 0:0 0"], &codes);
    // Names without their entry.
    let long = super::raw::long(b'L', b"name\0");
    let message = "the layer is truncated: the tar ends at byte 1024, within an extended header";
    check_damaged(&long, &[], message);
    let empty = Raw::ustar("x", b'x').bytes();
    let message = "the layer is truncated: the tar ends at byte 512, within an extended header";
    check_damaged(&empty, &[], message);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_whole_block_that_is_no_header_is_told_by_what_it_is() {
    let text = "a letter, and no archive\n".repeat(60);
    let message = "this is no tar archive, so it cannot be read as a file system; found plain text";
    check_damaged(text.as_bytes(), &[], message);
    // After a good header, it is a damaged header.
    let after = [file("a", b""), text.into_bytes()].concat();
    let reading = read(&after);
    let damage = reading.damage.map(|damage| damage.to_string());
    assert!(damage.is_some_and(|damage| !damage.contains("no tar archive")));
}

/// The number of entries and the kind of end, for archives of two files, of one of 684 bytes and of one PAX header,
/// truncated and followed by garbage, as in the tests of Go's reader.
#[wasm_bindgen_test(unsupported = test)]
fn tf_20_cuts_and_rubbish_as_go_tests_them() {
    // Files of 512 bytes, so that header and content are a block each.
    let two = [
        Raw::v7("one", b'0').content(&[1; 512]).bytes(),
        Raw::v7("two", b'0').content(&[2; 512]).bytes(),
        END.to_vec(),
    ]
    .concat();
    let one = [
        Raw::ustar("one", b'0').content(&[3; 684]).bytes(),
        END.to_vec(),
        END.to_vec(),
    ]
    .concat();
    let pax = pax(&[("path", b"x")]);
    let trash = [b't'; 512];
    let cut = |bytes: &[u8], len: usize, trash: &[u8]| [&bytes[..len], trash].concat();
    // The number of entries, and the end: `whole`, `cut`, `bad`, or `one` for a single zero block.
    let vectors: &[(Vec<u8>, usize, &str)] = &[
        (Vec::new(), 0, "whole"),
        (cut(&two, 511, b""), 0, "no tar"),
        (cut(&two, 512, b""), 1, "cut"),
        (cut(&two, 1024, b""), 1, "whole"),
        (cut(&two, 1536, b""), 2, "cut"),
        (cut(&two, 2048, b""), 2, "whole"),
        (two.clone(), 2, "whole"),
        (cut(&two, 2048, &one[..1536]), 3, "whole"),
        (cut(&one, 511, b""), 0, "cut"),
        (cut(&one, 512, b""), 1, "cut"),
        (cut(&one, 1195, b""), 1, "cut"),
        (cut(&one, 1196, b""), 1, "whole"),
        (cut(&one, 1200, b""), 1, "whole"),
        (cut(&one, 1535, b""), 1, "whole"),
        (cut(&one, 1536, b""), 1, "whole"),
        (cut(&one, 1536, &trash[..1]), 1, "cut"),
        (cut(&one, 1536, &trash[..511]), 1, "cut"),
        (cut(&one, 1536, &trash), 1, "bad"),
        (cut(&one, 2048, b""), 1, "whole"),
        (cut(&one, 2048, &trash[..1]), 1, "one"),
        (cut(&one, 2048, &trash[..511]), 1, "one"),
        (cut(&one, 2048, &trash), 1, "one"),
        (cut(&one, 2560, b""), 1, "whole"),
        (cut(&one, 2560, &trash[..1]), 1, "whole"),
        (cut(&one, 2560, &trash[..511]), 1, "whole"),
        (cut(&one, 2560, &trash), 1, "whole"),
        (cut(&one, 3072, b""), 1, "whole"),
        // Go takes a PAX header without an entry for the end.
        (pax.clone(), 0, "cut"),
        (cut(&pax, 1024, &trash[..1]), 0, "cut"),
        (cut(&pax, 1024, &trash[..511]), 0, "cut"),
        (cut(&pax, 1024, &trash), 0, "bad"),
        (cut(&pax, 1024, &END), 0, "whole"),
    ];
    for (at, (tar, n_entries, expected)) in vectors.iter().enumerate() {
        let reading = read(tar);
        let damage = reading.damage.as_ref().map(ToString::to_string);
        let word = match (damage.as_deref(), codes(&reading).join(" ").as_str()) {
            (None, "") => "whole",
            (None, "single-zero-block") => "one",
            (Some(text), "") if text.starts_with("the layer is truncated") => "cut",
            (Some(text), "") if text.contains("a wrong checksum") => "bad",
            (Some(text), "") if text.starts_with("this is no tar") => "no tar",
            other => panic!("vector {at}: {other:?}"),
        };
        assert_eq!(word, *expected, "vector {at}: {damage:?}");
        assert_eq!(reading.index.n_entries(), *n_entries, "vector {at}");
        let incomplete = reading.index.entries().filter(|e| e.incomplete).count();
        let in_content = damage.is_some_and(|text| text.ends_with("an entry's content"));
        assert_eq!(incomplete, usize::from(in_content), "vector {at}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_21_empty_layers() {
    let empty = check(&END, &[]);
    let digest = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
    assert_eq!(empty.diff_id.0.as_str(), digest);
    assert_eq!(empty.decoded_bytes, 1024);
    // The bytes of Docker's compressed empty layer, which have never changed.
    let stored = b"\x1f\x8b\x08\0\0\x09\x6e\x88\0\xff\x62\x18\x05\xa3\x60\x14\x8c\x58\0\x08\0\0\xff\xff\x2e\xaf\xb5\xef\0\x04\0\0";
    let reading = check(stored, &[]);
    assert_eq!(
        reading.digest.as_str(),
        "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4"
    );
    assert_eq!(reading.diff_id.0.as_str(), digest);
    assert_eq!(reading.verdict.checksum.word(), "ok");
    let nothing = check(b"", &[]);
    assert_eq!(
        nothing.digest.as_str(),
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert_eq!(nothing.decoded_bytes, 0);
    let of_nothing = check(&crate::support::gzip_of(b"", 6), &[]);
    assert_eq!(of_nothing.diff_id.0, nothing.digest);
}
