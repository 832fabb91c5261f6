//! Tar in all dialects: the checklist's lines TF-01 to TF-23, and the lines of LS that concern single entries.
//! Sparse files are in `tar_sparse`, ends and truncation in `tar_end`.

use lamina::layer::tar::{Event, TarParser};
use lamina::layer::{Limits, TarOffset};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, Raw, file, pax, pax_text};
use super::{check, check_damaged, check_warned};
use crate::support::tar_of;

#[wasm_bindgen_test(unsupported = test)]
fn reads_what_the_shared_writer_writes() {
    let long = "d/".repeat(80) + "file";
    let text = format!(
        "etc/\netc/hosts = 127.0.0.1\\n\nbin/sh -> dash\nbin/dash2 => bin/dash\ndev/null c 1:3\ndev/sda b 8:0\nrun/p p\n\
         shadow = x | mode=0640 uid=1 gid=42 mtime=100 xattr.user.k=v\n{long} = y\nl -> {long}"
    );
    let reading = check(
        &tar_of(&text),
        &[
            "dir etc 0755 0:0 0",
            "file etc/hosts 0644 0:0 10",
            "symlink bin/sh 0777 0:0 0 -> dash",
            "hardlink bin/dash2 0644 0:0 0 -> bin/dash",
            "char dev/null 0644 0:0 0 1:3",
            "block dev/sda 0644 0:0 0 8:0",
            "fifo run/p 0644 0:0 0",
            "file shadow 0640 1:42 1 t=100 user.k=v",
            &format!("file {long} 0644 0:0 1"),
            &format!("symlink l 0777 0:0 0 -> {long}"),
        ],
    );
    let hosts = reading.index.entries().nth(1).unwrap();
    assert_eq!(
        hosts.fingerprint,
        xxhash_rust::xxh3::xxh3_64(b"127.0.0.1\n")
    );
    let digest = lamina::image::Digest::sha256_of(b"127.0.0.1\n");
    let hex: String = hosts
        .sha256
        .unwrap()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(digest.encoded(), hex);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_01_all_dialects_and_flags() {
    let tar = [
        Raw::v7("old", 0).content(b"v7").bytes(),
        Raw::v7("olddir/", 0).bytes(),
        Raw::ustar("new", b'0').content(b"u").bytes(),
        Raw::ustar("slash/", b'0').content(b"a file").bytes(),
        Raw::gnu("gnu", b'0').bytes(),
        Raw::ustar("star", b'0')
            .put(345, b"pre")
            .put(476, b"00000000001\x0000000000002\0")
            .put(508, b"tar\0")
            .bytes(),
        Raw::ustar("contiguous", b'7').content(b"7").bytes(),
        END.to_vec(),
    ]
    .concat();
    check(
        &tar,
        &[
            "file old 0644 0:0 2",
            "dir olddir 0644 0:0 0",
            "file new 0644 0:0 1",
            "file slash 0644 0:0 6",
            "file gnu 0644 0:0 0",
            "file pre/star 0644 0:0 0",
            "file contiguous 0644 0:0 1",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_02_prefix_only_in_ustar() {
    let name = "n".repeat(100);
    let prefix = "p".repeat(155);
    let tar = [
        Raw::ustar(&name, b'0').put(345, prefix.as_bytes()).bytes(),
        Raw::gnu("gnu", b'0').put(345, b"00000000001").bytes(),
        Raw::v7("v7", b'0').put(345, b"rubbish").bytes(),
    ]
    .concat();
    check(
        &tar,
        &[
            &format!("file {prefix}/{name} 0644 0:0 0"),
            "file gnu 0644 0:0 0",
            "file v7 0644 0:0 0",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_03_long_names_and_links() {
    let long = |flag, text: &[u8]| Raw::gnu("././@LongLink", flag).content(text).bytes();
    let tar = [
        long(b'L', b"first\0"),
        long(b'L', b"second\0rubbish"),
        long(b'K', b"target\0"),
        pax(&[("path", b"pax"), ("linkpath", b"paxlink")]),
        Raw::gnu("short", b'2').link("link").bytes(),
        Raw::gnu("next", b'2').link("link").bytes(),
    ]
    .concat();
    check(
        &tar,
        &[
            "symlink second 0777 0:0 0 -> target",
            "symlink next 0777 0:0 0 -> link",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_04_pax_records() {
    let tar = [
        pax(&[("path", b"lost"), ("uid", b"9")]),
        pax(&[
            ("path", "caf\u{e9}\nnew=line".as_bytes()),
            ("uid", b"3000000000"),
            ("gid", b"000000000000000000000999"),
            ("mtime", b"-1.5"),
            ("atime", b"1"),
            ("uname", b"root"),
            ("comment", b"x"),
        ]),
        file("header", b"content"),
        pax(&[("path", b""), ("size", b""), ("mtime", b"")]),
        file("kept", b"k"),
    ]
    .concat();
    check(
        &tar,
        &[
            "file caf\u{e9}\nnew=line 0644 3000000000:999 7 t=-2.500000000",
            "file kept 0644 0:0 1",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_05_a_pax_size_never_reaches_an_extended_header() {
    // The content of `outer` is itself a tar. A reader that lets the size count for the long-name header in
    // between, or that ignores it for skipping, sees `hidden`.
    let hidden = [file("hidden", b"boo"), END.to_vec()].concat();
    let size = hidden.len().to_string();
    let tar = [
        pax(&[("size", size.as_bytes())]),
        Raw::gnu("././@LongLink", b'L').content(b"outer\0").bytes(),
        Raw::ustar("header", b'0').bytes(),
        hidden.clone(),
        file("after", b"seen"),
        END.to_vec(),
    ]
    .concat();
    check(
        &tar,
        &[
            &format!("file outer 0644 0:0 {size}"),
            "file after 0644 0:0 4",
        ],
    );

    // The other way round: the header claims content, PAX says there is none.
    let tar = [
        pax(&[("size", b"0")]),
        Raw::ustar("empty", b'0').put(124, b"00000000512\0").bytes(),
        file("seen", b"s"),
    ]
    .concat();
    check(&tar, &["file empty 0644 0:0 0", "file seen 0644 0:0 1"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_06_malformed_pax_ends_the_reading_there() {
    for text in [
        &b"11 size=-1\n"[..],
        b"12 uid=root\n",
        b"12 mtime=ab\n",
        b"9 path=ab\n",
        b"10 path=ab",
        b"12 path=a\0b\n",
        b"12 a\0bc=def\n",
        b"99999999999999999999999 path=a\n",
    ] {
        let tar = [
            file("before", b"b"),
            pax_text(text),
            file("x", b""),
            END.to_vec(),
        ]
        .concat();
        let reading = check_damaged(
            &tar,
            &["file before 0644 0:0 1"],
            "the PAX header at byte 1024 is malformed",
        );
        // The bytes after the damage are hashed all the same.
        assert_eq!(reading.digest, lamina::image::Digest::sha256_of(&tar));
        assert_eq!(reading.diff_id.0, reading.digest);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_08_global_headers_are_no_entries() {
    let text = b"52 comment=0123456789012345678901234567890123456789\n";
    let tar = [
        Raw::ustar("pax_global_header", b'g').content(text).bytes(),
        pax(&[("path", b"named")]),
        Raw::ustar("pax_global_header", b'g')
            .content(b"9 path=no\n")
            .bytes(),
        file("header", b""),
    ]
    .concat();
    check(&tar, &["file named 0644 0:0 0"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_09_numbers_in_base_256() {
    let tar = [
        Raw::gnu("big", b'0')
            .put(108, b"\x80\0\0\0\xff\xff\xff\xff")
            .put(116, b"\xff\xff\xff\xff\xff\xff\xff\xfe")
            .put(136, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf6")
            .bytes(),
        Raw::gnu("dev", b'3')
            .put(329, b"\x80\0\0\0\0\x10\0\0  12345 ")
            .bytes(),
    ]
    .concat();
    check(
        &tar,
        &[
            "file big 0644 4294967295:4294967294 0 t=-10",
            "char dev 0644 0:0 0 1048576:5349",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_10_absurd_sizes() {
    let negative = Raw::gnu("n", b'0').put(124, &[0xff; 12]).bytes();
    check_damaged(&negative, &[], "malformed size");
    let text = Raw::ustar("t", b'0').put(124, b"not a number").bytes();
    check_damaged(&text, &[], "malformed size");
    let huge = Raw::gnu("h", b'0')
        .put(124, b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff")
        .bytes();
    let reading = check_damaged(
        &huge,
        &["file h 0644 0:0 9223372036854775807 incomplete"],
        "truncated",
    );
    assert_eq!(reading.decoded_bytes, 512);
    let beyond = [pax(&[("size", b"18446744073709551615")]), file("b", b"")].concat();
    check_damaged(&beyond, &[], "malformed size");
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_11_checksums_signed_and_unsigned() {
    let name = "caf\u{e9}\u{e9}\u{e9}";
    let header = Raw::ustar(name, b'0').bytes();
    let unsigned: i64 = header
        .iter()
        .enumerate()
        .map(|(at, &b)| {
            if (148..156).contains(&at) {
                32
            } else {
                i64::from(b)
            }
        })
        .sum();
    let signed = unsigned - 256 * 6;
    let with_sum = |sum: i64| {
        Raw::ustar(name, b'0')
            .put(148, format!("{sum:06o}\0 ").as_bytes())
            .bytes_as_they_are()
    };
    check(&with_sum(unsigned), &[&format!("file {name} 0644 0:0 0")]);
    check(&with_sum(signed), &[&format!("file {name} 0644 0:0 0")]);
    let tar = [file("ok", b"o"), with_sum(unsigned + 1), file("lost", b"")].concat();
    check_damaged(
        &tar,
        &["file ok 0644 0:0 1"],
        "the tar header at byte 1024 has a wrong checksum",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_15_ls_26_only_files_have_content() {
    let sized = |name, flag| {
        Raw::ustar(name, flag)
            .link("t")
            .put(124, b"00000002000\0")
            .bytes()
    };
    let flags = [b'1', b'2', b'3', b'4', b'5', b'6'];
    let mut tar: Vec<u8> = flags.iter().flat_map(|&flag| sized("e", flag)).collect();
    tar.extend(pax(&[("size", b"1024")]));
    tar.extend(sized("link", b'1'));
    tar.extend(file("last", b"l"));
    check(
        &tar,
        &[
            "hardlink e 0644 0:0 0 -> t",
            "symlink e 0777 0:0 0 -> t",
            "char e 0644 0:0 0 0:0",
            "block e 0644 0:0 0 0:0",
            "dir e 0644 0:0 0",
            "fifo e 0644 0:0 0",
            "hardlink link 0644 0:0 0 -> t",
            "file last 0644 0:0 1",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_16_unknown_types_are_skipped_with_their_content() {
    for flag in [b'D', b'M', b'V', b'N', b'A', b'X', b'Z', 0xff] {
        let tar = [
            pax(&[("path", b"p")]),
            Raw::gnu("odd", flag).content(&[b'x'; 700]).bytes(),
            file("next", b"n"),
        ]
        .concat();
        check_warned(&tar, &["file next 0644 0:0 1"], &["unknown-type"]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_22_tf_23_long_and_foreign_names() {
    let component = "c".repeat(255);
    let path = [component.as_str(); 16].join("/");
    let tar = [
        pax(&[("path", path.as_bytes())]),
        file("x", b""),
        Raw::ustar("x", b'0')
            .put(0, b"latin1-\xe9\xff")
            .put(265, b"\xff\xfe")
            .bytes(),
    ]
    .concat();
    check(
        &tar,
        &[
            &format!("file {path} 0644 0:0 0"),
            "file latin1-\\xe9\\xff 0644 0:0 0",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_37_the_root_is_a_directory_or_nothing() {
    let tar = [
        Raw::ustar("./", b'5').bytes(),
        Raw::ustar("/", b'5').bytes(),
        Raw::ustar("..", b'0').content(b"x").bytes(),
        Raw::ustar("", b'2').link("t").bytes(),
        Raw::ustar("../../up/./here", b'0').bytes(),
    ]
    .concat();
    check_warned(
        &tar,
        &[
            "dir / 0644 0:0 0",
            "dir / 0644 0:0 0",
            "file up/here 0644 0:0 0",
        ],
        &["root-not-directory", "root-not-directory"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_39_ls_41_modes_and_overlay_marks() {
    let tar = [
        Raw::ustar("typed", b'0').put(100, b"0104755\0").bytes(),
        Raw::ustar("wo", b'3')
            .put(329, b"0000000\x000000000\0")
            .bytes(),
        pax(&[("SCHILY.xattr.trusted.overlay.opaque", b"y")]),
        Raw::ustar("d/", b'5').put(100, b"0001777\0").bytes(),
        Raw::ustar("l", b'2')
            .link("/a/../b")
            .put(100, b"0000600\0")
            .bytes(),
    ]
    .concat();
    check(
        &tar,
        &[
            "file typed 4755 0:0 0",
            "char wo 0644 0:0 0 0:0",
            "dir d 1777 0:0 0 trusted.overlay.opaque=y",
            "symlink l 0777 0:0 0 -> /a/../b",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_45_attributes_are_binary() {
    let tar = [
        pax(&[
            ("SCHILY.xattr.user.a", b"old"),
            ("SCHILY.xattr.security.capability", b"\x01\0\0\x02=\n\xff"),
            ("SCHILY.xattr.user.a", b"new"),
            ("SCHILY.xattr.user.empty", b""),
            ("LIBARCHIVE.xattr.user.b", b"AA=="),
        ]),
        file("f", b""),
    ]
    .concat();
    let reading = check(
        &tar,
        &["file f 0644 0:0 0 security.capability=\u{1}\0\0\u{2}=\n\\xff user.a=new"],
    );
    assert_eq!(reading.index.xattrs(lamina::layer::EntryId(0)).count(), 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_caller_with_random_access_skips_content() {
    let tar = [
        file("a", &[b'a'; 5000]),
        pax(&[("path", b"b")]),
        file("x", b"bb"),
        Raw::gnu("odd", b'Z').content(&[1; 900]).bytes(),
        file("c", b""),
        END.to_vec(),
    ]
    .concat();
    let mut parser = TarParser::new(&Limits::DEFAULT);
    let (mut names, mut seen) = (Vec::new(), 0);
    loop {
        let at = parser.position().0 as usize;
        let block = &tar[at..(at + 512).min(tar.len())];
        let step = parser.step(block).unwrap();
        seen += step.read;
        match step.event {
            Event::Entry(entry) => {
                names.push((entry.path.to_string(), entry.data_offset, entry.size_bytes))
            }
            Event::NeedsInput if parser.position().0 as usize >= tar.len() => break,
            Event::NeedsInput | Event::EntryEnd => {}
            Event::Data(_) => panic!("content is skipped"),
        }
        parser.skip(parser.skippable());
    }
    parser.finish().unwrap();
    let expected = [("a", 512, 5000), ("b", 7168, 2), ("c", 9728, 0)];
    assert_eq!(
        names,
        expected.map(|(name, at, size)| (name.to_owned(), TarOffset(at), size))
    );
    assert_eq!(seen, 8 * 512, "only headers are read");
}
