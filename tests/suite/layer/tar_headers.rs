//! The header block in all dialects: the checklist's lines TF-01, TF-02, TF-09 to TF-11, TF-15, TF-16, TF-22, TF-23.

use lamina::image::Digest;
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, Raw, file, pax};
use super::{check, check_damaged, check_warned, read};

/// Returns star's own header: ustar's magic, a prefix of 131 bytes, two times, and a mark at the very end.
fn star(name: &str, prefix: &[u8]) -> Raw {
    Raw::ustar(name, b'0')
        .put(345, prefix)
        .put(476, b"00000000001\x0000000000002\0")
        .put(508, b"tar\0")
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_01_all_dialects() {
    let (v7, ustar, gnu) = (
        Raw::v7("v7", b'0').content(b"1"),
        Raw::ustar("ustar", b'0').content(b"22"),
        Raw::gnu("gnu", b'0').content(b"333"),
    );
    let dialects = [
        (v7, 257, &[0; 8], "file v7 0644 0:0 1"),
        (ustar, 257, b"ustar\x0000", "file ustar 0644 0:0 2"),
        (gnu, 257, b"ustar  \0", "file gnu 0644 0:0 3"),
        (
            star("star", b"").content(b"4444"),
            257,
            b"ustar\x0000",
            "file star 0644 0:0 4",
        ),
        (
            star("star", b"of").content(b"55555"),
            504,
            b"\0\0\0\0tar\0",
            "file of/star 0644 0:0 5",
        ),
    ];
    let (mut tar, mut expected) = (Vec::new(), Vec::new());
    for (header, at, mark, line) in dialects {
        let bytes = header.bytes();
        assert_eq!(&bytes[at..at + 8], mark, "{line}");
        check(&bytes, &[line]);
        tar.extend(bytes);
        expected.push(line);
    }
    // PAX is ustar with an extended header before it. One archive may mix all of them.
    let extended = [pax(&[("path", b"pax")]), file("x", b"666666")].concat();
    check(&extended, &["file pax 0644 0:0 6"]);
    tar.extend(extended);
    expected.push("file pax 0644 0:0 6");
    tar.extend(END);
    check(&tar, &expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_01_a_flag_of_zero_is_a_file_or_by_its_slash_a_directory() {
    for make in [Raw::v7, Raw::ustar, Raw::gnu] {
        let tar = [
            make("old", 0).content(b"v7").bytes(),
            make("olddir/", 0).bytes(),
            pax(&[("path", b"by/pax/")]),
            make("x", 0).bytes(),
            // Docker creates a regular file if the flag says so, whatever the end of the name.
            make("slash/", b'0').content(b"a file").bytes(),
            make("dir", b'5').bytes(),
        ]
        .concat();
        check(
            &tar,
            &[
                "file old 0644 0:0 2",
                "dir olddir 0644 0:0 0",
                "dir by/pax 0644 0:0 0",
                "file slash 0644 0:0 6",
                "dir dir 0644 0:0 0",
            ],
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_02_a_prefix_only_in_ustar() {
    let name = "n".repeat(100);
    let prefix = "p".repeat(155);
    let short = "p".repeat(131);
    let tar = [
        Raw::ustar(&name, b'0').put(345, prefix.as_bytes()).bytes(),
        Raw::ustar("a", b'0').put(345, b"b").bytes(),
        // Without a prefix there is no slash either: the name is not absolute.
        Raw::ustar("alone", b'0').bytes(),
        Raw::gnu("gnu", b'0').put(345, b"00000000001").bytes(),
        Raw::v7("v7", b'0').put(345, b"rubbish").bytes(),
        // A magic that differs in one byte.
        Raw::ustar("other", b'0')
            .put(262, b" ")
            .put(345, b"p")
            .bytes(),
        // star's prefix fills its field to the last byte; the times after it are not part of it.
        star("star", short.as_bytes()).bytes(),
        star("empty", b"").bytes(),
        // Without star's mark, all of it is the prefix.
        Raw::ustar("nostar", b'0')
            .put(345, prefix.as_bytes())
            .put(508, b"tar ")
            .bytes(),
    ]
    .concat();
    check(
        &tar,
        &[
            &format!("file {prefix}/{name} 0644 0:0 0"),
            "file b/a 0644 0:0 0",
            "file alone 0644 0:0 0",
            "file gnu 0644 0:0 0",
            "file v7 0644 0:0 0",
            "file other 0644 0:0 0",
            &format!("file {short}/star 0644 0:0 0"),
            "file empty 0644 0:0 0",
            &format!("file {prefix}/nostar 0644 0:0 0"),
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_09_numbers_in_base_256() {
    let tar = [
        Raw::gnu("big", b'0')
            .put(108, b"\x80\0\0\0\xff\xff\xff\xff")
            .put(116, b"\xff\xff\xff\xff\xff\xff\xff\xfe")
            .put(136, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf6")
            .bytes(),
        // A size that determines the bytes that follow.
        Raw::gnu("sized", b'0')
            .content(&[b's'; 700])
            .put(124, b"\x80\0\0\0\0\0\0\0\0\0\x02\xbc")
            .bytes(),
        // A time beyond the range of octal digits.
        Raw::gnu("late", b'0')
            .put(136, b"\x80\0\0\0\0\0\0\x03\0\0\0\0")
            .bytes(),
        Raw::gnu("dev", b'3')
            .put(329, b"\x80\0\0\0\0\x10\0\0\xff\xff\xff\xff\xff\xff\xff\xff")
            .bytes(),
        file("next", b"n"),
    ]
    .concat();
    check_warned(
        &tar,
        &[
            // The kernel takes -1 as "unchanged", so the owner stays root.
            "file big 0644 0:4294967294 0 t=-10",
            "file sized 0644 0:0 700",
            "file late 0644 0:0 0 t=12884901888",
            // Negative numbers become what the kernel makes of them.
            "char dev 0644 0:0 0 1048576:4294967295",
            "file next 0644 0:0 1",
        ],
        &["owner-cut"],
    );
    // A negative size is invalid.
    let negative = Raw::gnu("n", b'0').put(124, &[0xff; 12]).bytes();
    check_damaged(
        &negative,
        &[],
        "the tar header at byte 0 has a malformed size",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_09_octal_numbers_in_all_paddings() {
    for (uid, expected) in [
        (b"0001750\0", 1000),
        (b"   1750\0", 1000),
        (b"   1750 ", 1000),
        (b"\0\0\x001750\0", 1000),
        (b"1750\0\0\0\0", 1000),
        (b"1750    ", 1000),
        (b"00001750", 1000),
        (b"77777777", 0o7777_7777),
        (b"\0\0\0\0\0\0\0\0", 0),
        (b"        ", 0),
    ] {
        let tar = [
            Raw::ustar("f", b'0').put(108, uid).put(116, uid).bytes(),
            file("next", b""),
        ]
        .concat();
        let line = format!("file f 0644 {expected}:{expected} 0");
        check(&tar, &[&line, "file next 0644 0:0 0"]);
    }
    // The same for the fields of twelve bytes, and for device numbers.
    for field in [
        b"00000000012\0",
        b"         12 ",
        b"         12\0",
        b"\0\0\0\0\0\0\0\0\x0012\0",
        b"12\0\0\0\0\0\0\0\0\0\0",
        b"000000000012",
    ] {
        let tar = [
            Raw::ustar("f", b'0')
                .content(b"ten bytes.")
                .put(124, field)
                .put(136, field)
                .bytes(),
            Raw::ustar("d", b'4')
                .put(329, &field[4..])
                .put(337, &field[4..])
                .bytes(),
        ]
        .concat();
        let number = if field[0] == b'1' { 0 } else { 10 };
        let device = format!("block d 0644 0:0 0 {number}:{number}");
        check(&tar, &["file f 0644 0:0 10 t=10", &device]);
    }
    for (at, bad, field) in [
        (108, &b"0001x50\0"[..], "owner number"),
        (116, b"-000001\0", "group number"),
        (108, b"0000009\0", "owner number"),
        (100, b"rwxr-xr-", "mode"),
        (136, b"yesterday\0\0\0", "modification time"),
        (124, b"12 bytes\0\0\0\0", "size"),
    ] {
        let tar = [
            file("before", b""),
            Raw::ustar("f", b'0').put(at, bad).bytes(),
        ]
        .concat();
        let message = format!("the tar header at byte 512 has a malformed {field}");
        check_damaged(&tar, &["file before 0644 0:0 0"], &message);
    }
    let device = Raw::ustar("d", b'3').put(329, b"major 1\0").bytes();
    check_damaged(
        &device,
        &[],
        "the tar header at byte 0 has a malformed device number",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_10_absurd_sizes() {
    let negative = Raw::gnu("n", b'0').put(124, &[0xff; 12]).bytes();
    let least = Raw::gnu("n", b'0')
        .put(124, b"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0")
        .bytes();
    let text = Raw::ustar("t", b'0').put(124, b"not a number").bytes();
    let beyond = [pax(&[("size", b"-9223372036854775808")]), file("b", b"")].concat();
    // Go checks it before the size of an extended header replaces it.
    let told_over = [pax(&[("size", b"0")]), negative.clone()].concat();
    for (tar, at) in [
        (negative, 0),
        (least, 0),
        (text, 0),
        (beyond, 1024),
        (told_over, 1024),
    ] {
        let tar = [file("before", b"b"), tar].concat();
        let message = format!("the tar header at byte {} has a malformed size", 1024 + at);
        check_damaged(&tar, &["file before 0644 0:0 1"], &message);
    }
    // More than the archive has: listed with this size and the bytes that exist, and no
    // memory is allocated for the rest.
    for (size, number) in [
        (&b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"[..], i64::MAX),
        (b"\x80\0\0\0\0\0\0\x04\0\0\0\0", 1 << 34),
        (b"77777777777\0", 0o77_777_777_777),
    ] {
        let tar = [
            file("before", b"b"),
            Raw::gnu("h", b'0').put(124, size).bytes(),
            vec![b'h'; 600],
        ]
        .concat();
        let line = format!("file h 0644 0:0 {number} incomplete");
        let reading = check_damaged(
            &tar,
            &["file before 0644 0:0 1", &line],
            "the layer is truncated: the tar ends at byte 2136, within an entry's content",
        );
        assert_eq!(reading.decoded_bytes, 2136);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_11_checksums_signed_and_unsigned() {
    let name = "caf\u{e9}\u{e9}\u{e9}";
    let header = Raw::ustar(name, b'0').bytes();
    let in_field = |at: &usize| (148..156).contains(at);
    let bytes = || header.iter().enumerate().filter(|(at, _)| !in_field(at));
    let unsigned = 8 * 32 + bytes().map(|(_, &b)| i64::from(b)).sum::<i64>();
    let signed = 8 * 32
        + bytes()
            .map(|(_, &b)| i64::from(b.cast_signed()))
            .sum::<i64>();
    assert_eq!(unsigned - signed, 256 * 6);
    let with_field = |field: &[u8]| Raw::ustar(name, b'0').put(148, field).bytes_as_they_are();
    let with_sum = |sum: i64| with_field(format!("{sum:06o}\0 ").as_bytes());
    for sum in [unsigned, signed] {
        check(&with_sum(sum), &[&format!("file {name} 0644 0:0 0")]);
        // The form of other writers.
        let spaces = format!("{sum:>7o} ");
        let reading = read(&with_field(spaces.as_bytes()));
        assert_eq!(reading.damage, None);
    }
    // Go reads the sum as octal digits only, so no engine accepts base-256.
    let number = |sum: i64| [&[0x80][..], &sum.to_be_bytes()[1..]].concat();
    for sum in [unsigned, signed] {
        check_damaged(&with_field(&number(sum)), &[], "has a wrong checksum");
    }
    for sum in [unsigned + 1, unsigned - 1, signed + 1, signed - 1, 0] {
        let tar = [file("ok", b"o"), with_sum(sum), file("lost", b"")].concat();
        let message = format!(
            "the tar header at byte 1024 has a wrong checksum: expected {sum}, actual {unsigned}"
        );
        let reading = check_damaged(&tar, &["file ok 0644 0:0 1"], &message);
        assert_eq!(reading.digest, Digest::sha256_of(&tar));
    }
    // The magic of the very first header shows that it is meant as one.
    let message =
        format!("the tar header at byte 0 has a wrong checksum: expected 0, actual {unsigned}");
    check_damaged(&with_sum(0), &[], &message);
    // A field that is not a number at all.
    let tar = [file("ok", b"o"), with_field(b"checksum")].concat();
    let message = format!("a wrong checksum: expected -1, actual {unsigned}");
    check_damaged(&tar, &["file ok 0644 0:0 1"], &message);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_15_ls_26_only_files_have_content() {
    let sized =
        |name: &str, flag, size: &[u8]| Raw::ustar(name, flag).link("t").put(124, size).bytes();
    let flags = [b'1', b'2', b'3', b'4', b'5', b'6'];
    let lines = [
        "hardlink e 0644 0:0 0 -> t",
        "symlink e 0777 0:0 0 -> t",
        "char e 0644 0:0 0 0:0",
        "block e 0644 0:0 0 0:0",
        "dir e 0644 0:0 0",
        "fifo e 0644 0:0 0",
    ];
    // Headers only, each followed by 1024 bytes by its claim: in its field, and in PAX.
    let (mut tar, mut expected) = (Vec::new(), Vec::new());
    for flag in flags {
        tar.extend(sized("e", flag, b"00000002000\0"));
    }
    expected.extend(lines);
    for flag in flags {
        tar.extend(pax(&[("size", b"1024")]));
        tar.extend(sized("e", flag, b"00000000000\0"));
    }
    expected.extend(lines);
    tar.extend(sized("d/", 0, b"00000002000\0"));
    expected.push("dir d 0644 0:0 0");
    tar.extend(file("f", b""));
    expected.push("file f 0644 0:0 0");
    tar.extend(Raw::ustar("dir/", b'5').bytes());
    expected.push("dir dir 0644 0:0 0");
    tar.extend(file("last", b"l"));
    expected.push("file last 0644 0:0 1");
    assert_eq!(expected.len(), 16);
    check_warned(&tar, &expected, &["device-zero"; 2]);
}

/// Docker, podman and umoci refuse such a layer. These types have no path, so they are
/// skipped by their size, with a warning.
#[wasm_bindgen_test(unsupported = test)]
fn tf_16_unknown_types_are_skipped_with_their_content() {
    for (flag, shown) in [
        (b'D', "D"),
        (b'M', "M"),
        (b'V', "V"),
        (b'N', "N"),
        (b'A', "A"),
        (b'X', "X"),
        (b'Z', "Z"),
        (b'8', "8"),
        (0xff, "\\xff"),
    ] {
        for len in [0, 512, 700] {
            let tar = [
                pax(&[("path", b"p")]),
                Raw::gnu("odd", flag).content(&vec![b'x'; len]).bytes(),
                file("next", b"n"),
            ]
            .concat();
            let codes = ["unknown-type", "left out by type p"];
            let reading = check_warned(&tar, &["file next 0644 0:0 1"], &codes);
            let message = format!(
                "p: container engines refuse this layer: the tar type '{shown}' is not known; the entry is left out"
            );
            assert_eq!(reading.warnings.kept[0].to_string(), message);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_16_contiguous_files_are_files() {
    let tar = [
        Raw::ustar("contiguous", b'7').content(&[b'7'; 700]).bytes(),
        file("next", b"n"),
    ]
    .concat();
    let reading = check_warned(
        &tar,
        &["file contiguous 0644 0:0 700", "file next 0644 0:0 1"],
        &["contiguous-file"],
    );
    let content = super::content::content_of(&reading, &tar, "contiguous");
    assert_eq!(content, [b'7'; 700]);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_22_long_names() {
    let component = "c".repeat(255);
    let path = [component.as_str(); 16].join("/");
    assert_eq!(path.len(), 4095);
    let longest = "d/".repeat(2046) + "last";
    assert_eq!(longest.len(), 4096);
    let tar = [
        file(&component[..100], b""),
        pax(&[("path", component.as_bytes())]),
        file("x", b""),
        pax(&[("path", path.as_bytes())]),
        file("x", b""),
        Raw::gnu("././@LongLink", b'L')
            .content(longest.as_bytes())
            .bytes(),
        Raw::gnu("././@LongLink", b'K')
            .content(path.as_bytes())
            .bytes(),
        Raw::gnu("x", b'2').bytes(),
    ]
    .concat();
    check_warned(
        &tar,
        &[
            &format!("file {} 0644 0:0 0", &component[..100]),
            &format!("file {component} 0644 0:0 0"),
            &format!("file {path} 0644 0:0 0"),
            &format!("symlink {longest} 0777 0:0 0 -> {path}"),
        ],
        // Linux has 4,095 bytes for a path with a leading slash.
        &["path-too-long"; 2],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_23_owners_are_numbers() {
    // Names of owners that contradict the numbers, are not UTF-8 or fill their field change nothing.
    for name in [&b"root"[..], b"\xff\xfe", b"J\xf6rg", &[b'u'; 32], b"1234"] {
        let with = |raw: Raw| {
            raw.put(108, b"0001750\0")
                .put(116, b"0001751\0")
                .put(265, name)
                .put(297, name)
                .bytes()
        };
        let tar = [
            with(Raw::ustar("u", b'0')),
            with(Raw::gnu("g", b'0')),
            pax(&[("uname", name), ("gname", name)]),
            with(Raw::ustar("p", b'0')),
            pax(&[
                ("uname", name),
                ("uid", b"7"),
                ("gname", name),
                ("gid", b"8"),
            ]),
            with(Raw::ustar("n", b'0')),
        ]
        .concat();
        check(
            &tar,
            &[
                "file u 0644 1000:1001 0",
                "file g 0644 1000:1001 0",
                "file p 0644 1000:1001 0",
                "file n 0644 7:8 0",
            ],
        );
    }
    // Bytes beyond ASCII in a number are base-256 in the first position, and not digits in any other.
    let names = Raw::ustar("x", b'0').put(0, b"latin1-\xe9\xff").bytes();
    check(&names, &["file latin1-\\xe9\\xff 0644 0:0 0"]);
    let digits = Raw::ustar("x", b'0').put(108, b"000\xb2000\0").bytes();
    check_damaged(&digits, &[], "malformed owner number");
}
