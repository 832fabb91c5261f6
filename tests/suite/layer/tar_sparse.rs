//! Sparse files in tar: lines TF-12 to TF-14.

use lamina::image::Digest;
use lamina::layer::LayerReading;
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{Raw, file, pax};
use super::{check, check_damaged, check_warned, codes, list, read};

/// A file with holes: its size, and its data by offset.
struct Sparse {
    size: u64,
    parts: Vec<(u64, Vec<u8>)>,
}

impl Sparse {
    fn new(size: u64, parts: &[(u64, &[u8])]) -> Sparse {
        let parts = parts.iter().map(|(at, bytes)| (*at, bytes.to_vec()));
        Sparse {
            size,
            parts: parts.collect(),
        }
    }

    fn stored(&self) -> Vec<u8> {
        self.parts.iter().flat_map(|(_, b)| b.clone()).collect()
    }

    fn logical(&self) -> Vec<u8> {
        let mut content = vec![0; usize::try_from(self.size).unwrap()];
        for (at, bytes) in &self.parts {
            let at = usize::try_from(*at).unwrap();
            content[at..at + bytes.len()].copy_from_slice(bytes);
        }
        content
    }

    /// Returns the offset and length of each part, as text.
    fn numbers(&self) -> Vec<[String; 2]> {
        let of = |(at, bytes): &(u64, Vec<u8>)| [at.to_string(), bytes.len().to_string()];
        self.parts.iter().map(of).collect()
    }

    /// Returns PAX 0.0: a record for each offset and each length.
    fn v0_0(&self, name: &str) -> Vec<u8> {
        let (size, numbers) = (self.size.to_string(), self.numbers());
        let count = numbers.len().to_string();
        let mut records = vec![
            ("GNU.sparse.size", size.as_bytes()),
            ("GNU.sparse.numblocks", count.as_bytes()),
        ];
        for [offset, len] in &numbers {
            records.push(("GNU.sparse.offset", offset.as_bytes()));
            records.push(("GNU.sparse.numbytes", len.as_bytes()));
        }
        [pax(&records), file(name, &self.stored())].concat()
    }

    /// Returns PAX 0.1: the map in one record, and the name in another, since the header has a
    /// different one for older readers.
    fn v0_1(&self, name: &str) -> Vec<u8> {
        let (size, numbers) = (self.size.to_string(), self.numbers());
        let (count, map) = (numbers.len().to_string(), numbers.concat().join(","));
        let header = pax(&[
            ("GNU.sparse.size", size.as_bytes()),
            ("GNU.sparse.numblocks", count.as_bytes()),
            ("GNU.sparse.map", map.as_bytes()),
            ("GNU.sparse.name", name.as_bytes()),
            ("path", b"./GNUSparseFile.1/other"),
        ]);
        [header, file("GNUSparseFile.1/x", &self.stored())].concat()
    }

    /// Returns PAX 1.0: the map in the content, before the data, and a name.
    fn v1_0(&self, name: &str) -> Vec<u8> {
        let (size, numbers) = (self.size.to_string(), self.numbers());
        let mut map = format!("{}\n", numbers.len());
        numbers
            .concat()
            .iter()
            .for_each(|number| map += &format!("{number}\n"));
        let mut content = map.into_bytes();
        content.resize(content.len().next_multiple_of(512), 0);
        content.extend(self.stored());
        let header = pax(&[
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", name.as_bytes()),
            ("GNU.sparse.realsize", size.as_bytes()),
        ]);
        [header, file("GNUSparseFile.1/x", &content)].concat()
    }

    /// Returns the old form: four parts in the header, 21 in each block after it.
    fn old_gnu(&self, name: &str) -> Vec<u8> {
        let pairs: Vec<u8> = self
            .parts
            .iter()
            .flat_map(|(at, bytes)| [gnu_number(*at), gnu_number(bytes.len() as u64)].concat())
            .collect();
        let (first, rest) = pairs.split_at(pairs.len().min(4 * 24));
        let blocks: Vec<_> = rest.chunks(21 * 24).collect();
        let mut tar = Raw::gnu(name, b'S')
            .put(124, &gnu_number(self.stored().len() as u64))
            .put(386, first)
            .put(482, &[u8::from(!blocks.is_empty())])
            .put(483, &gnu_number(self.size))
            .bytes();
        for (at, block) in blocks.iter().enumerate() {
            let mut block = block.to_vec();
            block.resize(512, 0);
            block[504] = u8::from(at + 1 < blocks.len());
            tar.extend(block);
        }
        tar.extend(self.stored());
        tar.resize(tar.len().next_multiple_of(512), 0);
        tar
    }
}

/// Returns a number as octal if it fits, or else as base-256.
fn gnu_number(number: u64) -> Vec<u8> {
    if number < 1 << 33 {
        return format!("{number:011o}\0").into_bytes();
    }
    [&[0x80, 0, 0, 0][..], &number.to_be_bytes()].concat()
}

/// Returns the four forms of one file, each with true if engines refuse it.
fn forms(sparse: &Sparse, name: &str) -> [(Vec<u8>, bool); 4] {
    [
        (sparse.v0_0(name), false),
        (sparse.v0_1(name), false),
        (sparse.v1_0(name), false),
        (sparse.old_gnu(name), true),
    ]
}

/// Checks the four forms, each with an ordinary file after it.
fn check_forms(sparse: &Sparse, line: &str) {
    let logical = sparse.logical();
    for (tar, refused) in forms(sparse, "s") {
        let tar = [tar, file("next", b"n")].concat();
        let codes: &[&str] = if refused { &["old-gnu-sparse"] } else { &[] };
        let reading = check_warned(&tar, &[line, "file next 0644 0:0 1"], codes);
        assert_eq!(sha256(&reading), Digest::sha256_of(&logical));
        assert!(super::content::content_of(&reading, &tar, "s") == logical);
    }
}

/// Returns the hash of the first entry's content.
fn sha256(reading: &LayerReading) -> Digest {
    let hash = reading.index.entries().next().unwrap().sha256.unwrap();
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Digest::parse(&format!("sha256:{hex}")).unwrap()
}

/// The content of Go's `sparse-formats.tar`, in all four forms: 200 bytes, of which every other
/// one is stored, up to the last ten.
#[wasm_bindgen_test(unsupported = test)]
fn tf_12_one_content_in_all_forms() {
    let parts: Vec<(u64, Vec<u8>)> = (0..95)
        .map(|at| (2 * at + 1, vec![b'a' + at as u8 % 26]))
        .collect();
    let extents: Vec<_> = parts.iter().map(|(at, _)| format!("{at}+1")).collect();
    let sparse = Sparse { size: 200, parts };
    assert_eq!((sparse.stored().len(), sparse.logical().len()), (95, 200));
    let line = format!("file s 0644 0:0 200 sparse[{}]", extents.join(" "));
    check_forms(&sparse, &line);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_12_holes_anywhere() {
    let check = |size: u64, parts: &[(u64, &[u8])], line: &str| {
        check_forms(
            &Sparse::new(size, parts),
            &format!("file s 0644 0:0 {line}"),
        );
    };
    check(20, &[(2, b"aaaa"), (10, b"bb")], "20 sparse[2+4 10+2]");
    // Data at the very beginning and end; an empty part that only marks the end.
    check(10, &[(0, b"a"), (9, b"z")], "10 sparse[0+1 9+1]");
    check(20, &[(0, b"a"), (20, b"")], "20 sparse[0+1]");
    check(6, &[(0, b"abc"), (3, b"def")], "6 sparse[0+3 3+3]");
    // Only data; no data.
    check(3, &[(0, b"abc")], "3 sparse[0+3]");
    check(1000, &[(1000, b"")], "1000 sparse[]");
    check(0, &[(0, b"")], "0 sparse[]");
    // More than a block of each.
    let (long, other) = ([b'l'; 700], [b'o'; 1300]);
    check(
        5000,
        &[(600, &long), (3000, &other)],
        "5000 sparse[600+700 3000+1300]",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_12_the_name_in_the_map_replaces_the_other() {
    let sparse = Sparse::new(9, &[(3, b"abc")]);
    let name = "d/".repeat(120) + "long";
    for tar in [sparse.v0_1(&name), sparse.v1_0(&name)] {
        check(&tar, &[&format!("file {name} 0644 0:0 9 sparse[3+3]")]);
    }
    // An ordinary file does not get the sparse name, whatever a record says.
    let ignored = ["sparse-records-ignored"];
    let tar = [pax(&[("GNU.sparse.name", b"no")]), file("own", b"x")].concat();
    check_warned(&tar, &["file own 0644 0:0 1"], &ignored);
    // Neither does a file with an empty map, which is no map. The entry is that of `differ-sparse-emptymap`.
    let records: [(&str, &[u8]); 3] = [
        ("GNU.sparse.map", b""),
        ("GNU.sparse.size", b"9"),
        ("GNU.sparse.name", b"no"),
    ];
    let tar = [pax(&records), file("own", b"x")].concat();
    check_warned(&tar, &["file own 0644 0:0 1"], &ignored);
    // A version that no writer uses yet is not read.
    let tar = [
        pax(&[
            ("GNU.sparse.major", b"2"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", b"no"),
            ("GNU.sparse.map", b"0,1"),
            ("GNU.sparse.realsize", b"90"),
        ]),
        file("own", b"x"),
    ]
    .concat();
    check_warned(&tar, &["file own 0644 0:0 1"], &ignored);
}

/// Docker, podman and umoci refuse a layer with such a file.
#[wasm_bindgen_test(unsupported = test)]
fn tf_13_old_gnu_sparse_with_extension_blocks() {
    for n_parts in [1, 4, 5, 25, 26, 47] {
        let parts: Vec<(u64, Vec<u8>)> = (0..n_parts)
            .map(|at| (at * 1000, vec![b'a' + at as u8 % 26; 3]))
            .collect();
        let extents: Vec<_> = parts.iter().map(|(at, _)| format!("{at}+3")).collect();
        let sparse = Sparse {
            size: 60_000,
            parts,
        };
        let tar = [sparse.old_gnu("s"), file("next", b"n")].concat();
        let line = format!("file s 0644 0:0 60000 sparse[{}]", extents.join(" "));
        let reading = check_warned(&tar, &[&line, "file next 0644 0:0 1"], &["old-gnu-sparse"]);
        let message = "s: container engines refuse this layer: an old GNU sparse file";
        assert_eq!(reading.warnings.kept[0].to_string(), message);
        assert!(super::content::content_of(&reading, &tar, "s") == sparse.logical());
    }
    let other = Raw::ustar("s", b'S').content(b"x").bytes();
    let message = "the sparse file at byte 0 has an inconsistent map: its header is not GNU's";
    check_damaged(&other, &[], message);
    let sized = |size: &[u8]| Raw::gnu("s", b'S').put(483, size).bytes();
    for size in [
        &b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"[..],
        b"twelve bytes",
    ] {
        check_damaged(
            &sized(size),
            &[],
            "the tar header at byte 0 has a malformed real size",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn sparse_maps_that_lie_are_damage() {
    let with_map = |size: &str, map: &[u8]| {
        [
            pax(&[
                ("GNU.sparse.size", size.as_bytes()),
                (
                    "GNU.sparse.numblocks",
                    map.split(|&b| b == b',')
                        .count()
                        .div_ceil(2)
                        .to_string()
                        .as_bytes(),
                ),
                ("GNU.sparse.map", map),
            ]),
            file("s", b"abcdef"),
        ]
        .concat()
    };
    let mut in_block = b"2\n0\n3\n2\n3\n".to_vec();
    in_block.resize(512, 0);
    let v1_0 = |content: &[u8]| {
        [
            pax(&[
                ("GNU.sparse.major", b"1"),
                ("GNU.sparse.minor", b"0"),
                ("GNU.sparse.realsize", b"20"),
            ]),
            file("s", content),
        ]
        .concat()
    };
    let overlapping = Sparse::new(20, &[(0, b"abcd"), (2, b"ef")]);
    for (tar, reason) in [
        (
            with_map("20", b"0,4,2,2"),
            "its extents overlap or are out of order",
        ),
        (
            overlapping.old_gnu("s"),
            "its extents overlap or are out of order",
        ),
        (
            v1_0(&[&in_block[..], b"abcdef"].concat()),
            "its extents overlap or are out of order",
        ),
        (
            with_map("20", b"10,1,0,1"),
            "its extents overlap or are out of order",
        ),
        (
            with_map("20", b"0,7"),
            "its extents hold more than is stored",
        ),
        (with_map("3", b"0,4"), "an extent ends after the file does"),
        (
            with_map("20", b"21,0"),
            "an extent ends after the file does",
        ),
        (
            with_map("20", b"9223372036854775807,2"),
            "an extent ends after the file does",
        ),
        (v1_0(b"1\n"), "it is longer than what is stored"),
        (v1_0(&[b'1'; 512]), "a number in it is malformed"),
        (v1_0(&[b'\n'; 512]), "a number in it is malformed"),
        (v1_0(&[b'x'; 512]), "a number in it is malformed"),
        (v1_0(b"99999999\n"), "it is longer than what is stored"),
    ] {
        let message = format!("the sparse file at byte 0 has an inconsistent map: {reason}");
        check_damaged(&tar, &[], &message);
    }
    let too_many = v1_0(&[&b"1000001\n"[..], &[b'0'; 504]].concat());
    check_damaged(&too_many, &[], "it has more extents than the limit");
    for map in [&b"0"[..], b"0,x", b"0,1,", b",", b"-1,2"] {
        check_damaged(
            &with_map("20", map),
            &[],
            "the sparse file at byte 0 has an inconsistent map: a number in it is malformed",
        );
    }
    let length_first = [
        pax(&[("GNU.sparse.size", b"9"), ("GNU.sparse.numbytes", b"1")]),
        file("s", b"x"),
    ];
    check_damaged(
        &length_first.concat(),
        &[],
        "its offsets and lengths are out of order",
    );
    check_warned(
        &with_map("20", b"0,2"),
        &["file s 0644 0:0 20 sparse[0+2]"],
        &["sparse-rest"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_14_logical_sizes_are_only_numbers() {
    // The largest have little data at the far end.
    for (size, parts) in [
        (
            60_000_000_000,
            &[(10_000_000_000, &b"a"[..]), (59_999_999_999, b"z")][..],
        ),
        (12_626_929_280, &[(0, b"first"), (12_626_929_275, b"last!")]),
    ] {
        let sparse = Sparse::new(size, parts);
        let extents: Vec<_> = parts
            .iter()
            .map(|(at, b)| format!("{at}+{}", b.len()))
            .collect();
        for (tar, refused) in forms(&sparse, "s") {
            let reading = read(&tar);
            assert_eq!(reading.damage, None);
            let line = format!("file s 0644 0:0 {size} sparse[{}]", extents.join(" "));
            assert_eq!(list(&reading), [line]);
            // Endless zeros are not hashed either.
            let expected: &[&str] = match refused {
                true => &["old-gnu-sparse", "sha256-left-out"],
                false => &["sha256-left-out"],
            };
            assert_eq!(codes(&reading), expected);
        }
    }
}
