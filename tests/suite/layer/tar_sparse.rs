//! Sparse files in tar: lines TF-12 to TF-14.

use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{Raw, file, pax};
use super::{check, check_damaged, check_warned, list, read};

#[wasm_bindgen_test(unsupported = test)]
fn tf_12_pax_sparse_in_all_three_forms() {
    let data = b"aaaabb";
    let expected = "file s 0644 0:0 20 sparse[2+4 10+2]";
    let v00 = [
        pax(&[
            ("GNU.sparse.size", b"20"),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.offset", b"2"),
            ("GNU.sparse.numbytes", b"4"),
            ("GNU.sparse.offset", b"10"),
            ("GNU.sparse.numbytes", b"2"),
        ]),
        file("s", data),
    ]
    .concat();
    let v01 = [
        pax(&[
            ("GNU.sparse.size", b"20"),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.map", b"2,4,10,2"),
            ("GNU.sparse.name", b"s"),
            ("path", b"GNUSparseFile.1/s"),
        ]),
        file("GNUSparseFile.1/s", data),
    ]
    .concat();
    let mut map = b"3\n2\n4\n10\n2\n20\n0\n".to_vec();
    map.resize(512, 0);
    map.extend(data);
    let v10 = [
        pax(&[
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", b"s"),
            ("GNU.sparse.realsize", b"20"),
        ]),
        file("GNUSparseFile.1/s", &map),
    ]
    .concat();
    let logical = b"\0\0aaaa\0\0\0\0bb\0\0\0\0\0\0\0\0";
    for tar in [v00, v01, v10] {
        let tar = [tar, file("next", b"n")].concat();
        let reading = check(&tar, &[expected, "file next 0644 0:0 1"]);
        let entry = reading.index.entries().next().unwrap();
        let sha256 = lamina::image::Digest::sha256_of(logical);
        let hex: String = entry
            .sha256
            .unwrap()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(sha256.encoded(), hex);
        assert_eq!(super::content::content_of(&reading, &tar, "s"), logical);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_13_old_gnu_sparse_with_extension_blocks() {
    let number = |n: u64| format!("{n:011o}\0").into_bytes();
    let pairs: Vec<(u64, u64)> = (0..30).map(|at| (at * 1000, 1)).collect();
    let data: Vec<u8> = (0..30).map(|at| b'a' + at % 26).collect();
    let field = |pairs: &[(u64, u64)]| -> Vec<u8> {
        pairs
            .iter()
            .flat_map(|&(offset, len)| [number(offset), number(len)].concat())
            .collect()
    };
    let mut extension = field(&pairs[4..25]);
    extension.resize(512, 0);
    extension[504] = 1;
    let mut last = field(&pairs[25..]);
    last.resize(512, 0);
    let tar = [
        Raw::gnu("s", b'S')
            .put(124, &number(30))
            .put(386, &field(&pairs[..4]))
            .put(482, &[1])
            .put(483, &number(40_000))
            .bytes(),
        extension,
        last,
        [data.clone(), vec![0; 512 - 30]].concat(),
        file("next", b"n"),
    ]
    .concat();
    let reading = read(&tar);
    assert_eq!(reading.damage, None);
    assert_eq!(super::codes(&reading), ["old-gnu-sparse"]);
    assert_eq!(list(&reading)[1], "file next 0644 0:0 1");
    let content = super::content::content_of(&reading, &tar, "s");
    assert_eq!(content.len(), 40_000);
    for (at, byte) in content.iter().enumerate() {
        let expected = if at % 1000 == 0 && at < 30_000 {
            data[at / 1000]
        } else {
            0
        };
        assert_eq!(*byte, expected, "at {at}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn sparse_maps_that_lie_are_damage() {
    let with_map = |size: &str, map: &[u8]| {
        [
            pax(&[
                ("GNU.sparse.size", size.as_bytes()),
                ("GNU.sparse.map", map),
            ]),
            file("s", b"abcdef"),
        ]
        .concat()
    };
    for (size, map) in [
        ("20", &b"0,4,2,2"[..]),
        ("20", b"0,7"),
        ("3", b"0,4"),
        ("20", b"18446744073709551615,2"),
    ] {
        check_damaged(&with_map(size, map), &[], "inconsistent map");
    }
    check_damaged(&with_map("20", b"0"), &[], "malformed");
    check_damaged(&with_map("20", b"0,x"), &[], "malformed");
    check_warned(
        &with_map("20", b"0,2"),
        &["file s 0644 0:0 20 sparse[0+2]"],
        &["sparse-rest"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_14_logical_sizes_are_only_numbers() {
    let tar = [
        pax(&[
            ("GNU.sparse.size", b"60000000000"),
            ("GNU.sparse.map", b"59999999999,1"),
        ]),
        file("s", b"z"),
    ]
    .concat();
    check_warned(
        &tar,
        &["file s 0644 0:0 60000000000 sparse[59999999999+1]"],
        &["sha256-left-out"],
    );
}
