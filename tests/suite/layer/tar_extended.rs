//! Extended headers before an entry's own header, PAX records and GNU's long names: lines TF-03 to TF-08.

use lamina::image::Digest;
use lamina::layer::Error;
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, Raw, file, global, long, pax, pax_text};
use super::{check, check_damaged, check_warned};

fn link(name: &str) -> Vec<u8> {
    Raw::gnu(name, b'2').link("link").bytes()
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_03_long_names_and_links() {
    let cases: [(&[Vec<u8>], &str); 9] = [
        // Ends at the first NUL, or at the end of the content.
        (&[long(b'L', b"name\0rubbish")], "name 0777 0:0 0 -> link"),
        (&[long(b'L', b"name")], "name 0777 0:0 0 -> link"),
        (&[long(b'K', b"to\0\0more")], "short 0777 0:0 0 -> to"),
        // The last of several in a row counts, even if they alternate.
        (
            &[long(b'L', b"first\0"), long(b'L', b"second\0")],
            "second 0777 0:0 0 -> link",
        ),
        (
            &[
                long(b'K', b"one\0"),
                long(b'L', b"a\0"),
                long(b'K', b"two\0"),
                long(b'L', b"b\0"),
            ],
            "b 0777 0:0 0 -> two",
        ),
        // Before or after PAX, it loses.
        (
            &[
                long(b'L', b"gnu\0"),
                long(b'K', b"gnulink\0"),
                pax(&[("path", b"pax"), ("linkpath", b"paxlink")]),
            ],
            "gnu 0777 0:0 0 -> gnulink",
        ),
        (
            &[
                pax(&[("path", b"pax"), ("linkpath", b"paxlink")]),
                long(b'K', b"gnulink\0"),
                long(b'L', b"gnu\0"),
            ],
            "gnu 0777 0:0 0 -> gnulink",
        ),
        // An empty one leaves the field to PAX, and that to the header.
        (
            &[long(b'L', b"\0x"), pax(&[("path", b"pax")])],
            "pax 0777 0:0 0 -> link",
        ),
        (
            &[long(b'L', b""), long(b'K', b"")],
            "short 0777 0:0 0 -> link",
        ),
    ];
    for (before, line) in cases {
        let tar = [before.concat(), link("short"), link("next")].concat();
        let line = format!("symlink {line}");
        // They apply to the next entry only.
        check(&tar, &[&line, "symlink next 0777 0:0 0 -> link"]);
    }
    // A long link does not apply to an entry that is not a link.
    let tar = [long(b'K', b"target\0"), file("f", b"x"), link("next")].concat();
    check(
        &tar,
        &["file f 0644 0:0 1", "symlink next 0777 0:0 0 -> link"],
    );
    // An entry of an unknown type is a real entry, so it uses up the headers before it.
    let tar = [
        long(b'L', b"odd\0"),
        Raw::gnu("x", b'Z').bytes(),
        link("next"),
    ]
    .concat();
    check_warned(
        &tar,
        &["symlink next 0777 0:0 0 -> link"],
        &["unknown-type", "left out by type odd"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_04_every_pax_record() {
    let tar = [
        pax(&[
            ("path", "caf\u{e9}\nnew=line".as_bytes()),
            ("uid", b"3000000000"),
            ("gid", b"000000000000000000000999"),
            ("size", b"00009"),
            ("mtime", b"-1.5"),
            ("atime", b"1.5"),
            ("ctime", b"2.25"),
            ("uname", b"root"),
            ("gname", "stra\u{df}e".as_bytes()),
            ("SCHILY.xattr.user.a", b"x=1\ny=2\n"),
            ("comment", b"x"),
            ("VENDOR.anything", b"\0\xff"),
        ]),
        file("header", b"123456789"),
        pax(&[("linkpath", b"to\nthe=target")]),
        link("l"),
        pax(&[("path", b"far"), ("linkpath", b"away")]),
        Raw::ustar("h", b'1').link("near").bytes(),
    ]
    .concat();
    check(
        &tar,
        &[
            "file caf\u{e9}\nnew=line 0644 3000000000:999 9 t=-2.500000000 user.a=x=1\ny=2\n",
            "symlink l 0777 0:0 0 -> to\nthe=target",
            "hardlink far 0644 0:0 0 -> away",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_04_empty_values_leave_the_header_its_word() {
    let owned = |raw: Raw| {
        raw.put(108, b"0000007\0")
            .put(116, b"0000010\0")
            .put(136, b"00000000012\0")
            .bytes()
    };
    let empty = pax(&[
        ("path", b""),
        ("linkpath", b""),
        ("size", b""),
        ("uid", b""),
        ("gid", b""),
        ("mtime", b""),
        ("SCHILY.xattr.user.none", b""),
    ]);
    // Even if an earlier record had a value.
    let taken_back = pax(&[
        ("path", b"lost"),
        ("path", b""),
        ("uid", b"9"),
        ("uid", b""),
        ("SCHILY.xattr.user.a", b"1"),
        ("SCHILY.xattr.user.a", b""),
    ]);
    for before in [empty, taken_back] {
        let tar = [
            before.clone(),
            owned(Raw::ustar("kept", b'0').content(b"k")),
            before,
            owned(Raw::ustar("l", b'2').link("t")),
        ]
        .concat();
        check(
            &tar,
            &[
                "file kept 0644 7:8 1 t=10",
                "symlink l 0777 7:8 0 -> t t=10",
            ],
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_04_the_last_of_several_headers_replaces_the_earlier() {
    let tar = [
        pax(&[
            ("path", b"lost"),
            ("uid", b"9"),
            ("SCHILY.xattr.user.a", b"1"),
        ]),
        pax(&[("gid", b"8")]),
        file("header", b"x"),
        file("next", b""),
    ]
    .concat();
    check(&tar, &["file header 0644 0:8 1", "file next 0644 0:0 0"]);
    // The last of several records of one key counts.
    let tar = [pax(&[("path", b"a"), ("path", b"b")]), file("x", b"")].concat();
    check(&tar, &["file b 0644 0:0 0"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_05_a_pax_size_never_reaches_an_extended_header() {
    // The content of `outer` is itself a tar. A reader that applies the size to the extended header in between, or
    // that ignores it for skipping, sees `hidden`.
    let hidden = [file("hidden", b"boo"), END.to_vec()].concat();
    let size = hidden.len().to_string();
    let between: [Vec<u8>; 4] = [
        Vec::new(),
        long(b'L', b"outer\0"),
        long(b'K', b"of no use\0"),
        [
            long(b'K', b"a\0"),
            long(b'L', b"outer\0"),
            long(b'L', b"outer\0"),
        ]
        .concat(),
    ];
    for between in between {
        let tar = [
            pax(&[("size", size.as_bytes())]),
            between,
            Raw::ustar("outer", b'0').bytes(),
            hidden.clone(),
            file("after", b"seen"),
            END.to_vec(),
        ]
        .concat();
        let reading = check(
            &tar,
            &[
                &format!("file outer 0644 0:0 {size}"),
                "file after 0644 0:0 4",
            ],
        );
        let content = super::content::content_of(&reading, &tar, "outer");
        assert_eq!(content, hidden);
    }
    // A second PAX header is read by its own size, and the values of the first are dropped.
    let tar = [
        pax(&[("size", size.as_bytes())]),
        pax(&[("path", b"outer")]),
        Raw::ustar("x", b'0').bytes(),
        file("after", b"seen"),
    ]
    .concat();
    check(&tar, &["file outer 0644 0:0 0", "file after 0644 0:0 4"]);
    // The same with a global one.
    let tar = [
        pax(&[("size", size.as_bytes())]),
        global(&[("comment", b"c")]),
        Raw::ustar("outer", b'0').bytes(),
        file("after", b"seen"),
    ]
    .concat();
    check_warned(
        &tar,
        &["file outer 0644 0:0 0", "file after 0644 0:0 4"],
        &["global-header-between", "global-header-name"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_05_a_pax_size_is_how_much_is_skipped() {
    // The header claims content, PAX claims none; and the reverse.
    let tar = [
        pax(&[("size", b"0")]),
        Raw::ustar("empty", b'0').put(124, b"00000001000\0").bytes(),
        pax(&[("size", b"600")]),
        Raw::ustar("full", b'0').bytes(),
        vec![b'f'; 1024],
        file("seen", b"s"),
    ]
    .concat();
    check(
        &tar,
        &[
            "file empty 0644 0:0 0",
            "file full 0644 0:0 600",
            "file seen 0644 0:0 1",
        ],
    );
    // An entry that is left out is also skipped by this size.
    let tar = [
        pax(&[("size", b"600")]),
        Raw::gnu("odd", b'Z').bytes(),
        vec![0; 1024],
        file("seen", b"s"),
    ]
    .concat();
    check_warned(
        &tar,
        &["file seen 0644 0:0 1"],
        &["unknown-type", "left out by type odd"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_06_pax_numbers_are_decimal() {
    let number = b"000000000000000000000999";
    let tar = [
        pax(&[
            ("size", number),
            ("uid", number),
            ("gid", number),
            ("mtime", number),
        ]),
        Raw::ustar("f", b'0').bytes(),
        vec![b'f'; 1024],
        file("next", b""),
    ]
    .concat();
    check(
        &tar,
        &["file f 0644 999:999 999 t=999", "file next 0644 0:0 0"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_06_malformed_pax_ends_the_reading_there() {
    let record = |key: &str, value: &[u8]| pax(&[(key, value)]);
    let mut headers = Vec::new();
    for key in ["size", "uid", "gid"] {
        for bad in [
            &b"1x"[..],
            b"-",
            b"+",
            b"0x10",
            b" 1",
            b"1.0",
            b"18446744073709551616",
        ] {
            headers.push((record(key, bad), "is no number"));
        }
    }
    for bad in [
        &b"ab"[..],
        b"1,5",
        b"1.5.",
        b"1.x",
        b"--1",
        b"-",
        b".5",
        b"1e3",
    ] {
        headers.push((record("mtime", bad), "the time is no number"));
    }
    for key in ["path", "linkpath", "uname", "gname"] {
        headers.push((record(key, b"a\0b"), "a name holds a NUL byte"));
    }
    headers.push((
        record("a\0bc", b"def"),
        "a record's key is empty or holds a NUL byte",
    ));
    headers.push((
        record("SCHILY.xattr.user.\0", b"d"),
        "a record's key is empty or holds a NUL byte",
    ));
    headers.push((
        record("", b"d"),
        "a record's key is empty or holds a NUL byte",
    ));
    for (text, reason) in [
        // The newline is missing, at the end and before another record.
        (&b"10 path=ab"[..], "a record does not end with a newline"),
        (b"9 path=ab\n", "a record does not end with a newline"),
        (
            b"10 path=ab12 mtime=1\n",
            "a record does not end with a newline",
        ),
        (b"12 path=ab\n", "a record's length is wrong"),
        (b"0 path=ab\n", "a record's length is wrong"),
        (b"2 path=ab\n", "a record does not end with a newline"),
        (b"path=ab\n", "a record's length is wrong"),
        (b"-11 path=ab\n", "a record's length is wrong"),
        (
            b"99999999999999999999999 path=a\n",
            "a record's length is wrong",
        ),
        (b"8 path\n\n", "a record has no ="),
        (b"\n", "a record's length is wrong"),
    ] {
        headers.push((pax_text(text), reason));
    }
    for (header, reason) in headers {
        let tar = [
            file("before", b"b"),
            header.clone(),
            file("x", b""),
            END.to_vec(),
        ]
        .concat();
        let shown = String::from_utf8_lossy(&header[512..]).into_owned();
        let reading = check_damaged(
            &tar,
            &["file before 0644 0:0 1"],
            "the PAX header at byte 1024 is malformed: ",
        );
        let Some(Error::BadPax { reason: actual, .. }) = reading.damage else {
            panic!("{shown:?} is damage");
        };
        assert!(actual.english().contains(reason), "{shown:?}: {actual}");
        // The bytes after the damage are still hashed.
        assert_eq!(reading.digest, Digest::sha256_of(&tar));
        assert_eq!(reading.diff_id.0, reading.digest);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_07_times_to_the_nanosecond() {
    for (time, shown) in [
        (&b"1350244992.023960108"[..], " t=1350244992.023960108"),
        (b"1.000000001", " t=1.000000001"),
        (b"1.5", " t=1.500000000"),
        (b"5.", " t=5"),
        (b"0.1", " t=0.100000000"),
        // Digits beyond nanoseconds are cut off.
        (b"1.9999999999", " t=1.999999999"),
        // Half a second before the start of the last second of 1969.
        (b"-1.5", " t=-2.500000000"),
        (b"-0.5", " t=-1.500000000"),
        (b"-1", " t=-1"),
        (b"-1350244992", " t=-1350244992"),
        (b"+7.25", " t=7.250000000"),
        (b"0", ""),
    ] {
        let tar = [pax(&[("mtime", time)]), file("f", b"")].concat();
        check(&tar, &[&format!("file f 0644 0:0 0{shown}")]);
    }
    // The time in a header may also be negative.
    let old = Raw::gnu("old", b'0')
        .put(136, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf6")
        .bytes();
    check(&old, &["file old 0644 0:0 0 t=-10"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_08_global_headers_are_ignored_and_no_entries() {
    let commit = b"0123456789012345678901234567890123456789";
    let says = [
        ("comment", &commit[..]),
        ("path", b"no"),
        ("size", b"9"),
        ("uid", b"9"),
        ("mtime", b"9"),
        ("SCHILY.xattr.user.a", b"9"),
    ];
    let tar = [
        global(&says),
        file("first", b"1"),
        global(&says),
        global(&says),
        pax(&[("path", b"named")]),
        file("header", b""),
        global(&says),
        END.to_vec(),
    ]
    .concat();
    // Engines that clear the path of an entry before writing it also clear the path that a global header names.
    check_warned(
        &tar,
        &["file first 0644 0:0 1", "file named 0644 0:0 0"],
        &["global-header-name"; 4],
    );
    // For engines, a global header without records ends the layer.
    let rubbish = Raw::ustar("pax_global_header", b'g')
        .content(&[b'x'; 700])
        .bytes();
    let tar = [rubbish, file("f", b"")].concat();
    check_damaged(&tar, &[], "the PAX header at byte 0 is malformed");
}

/// POSIX does not define which entry an extended header belongs to if a global one follows it. Go, and therefore
/// every engine that unpacks layers with it, returns the global header as an entry and drops the headers before it.
#[wasm_bindgen_test(unsupported = test)]
fn tf_08_a_global_header_ends_what_stands_before_it() {
    for before in [pax(&[("path", b"pax")]), long(b'L', b"gnu\0")] {
        let tar = [before, global(&[("comment", b"c")]), file("own", b"")].concat();
        let reading = check_warned(
            &tar,
            &["file own 0644 0:0 0"],
            &["global-header-between", "global-header-name"],
        );
        let message = "a global header follows an extended one; container engines forget that one, and so it is not used";
        assert_eq!(reading.warnings.kept[0].to_string(), message);
    }
}
