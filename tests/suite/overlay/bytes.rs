//! Facts in the bytes of a tar that the short text cannot express - sizes, type bits,
//! roots, records: LS-26, LS-37 to LS-46.

use lamina::image::escape;
use lamina::overlay::{NodeId, Union};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{check_lines, lines_of, node, own, read_union, tars_of, whole};
use crate::support::tar_of;

/// A tar under construction, header by header, each exactly as given.
#[derive(Default)]
struct Tar(Vec<u8>);

impl Tar {
    /// Appends a header, its content if the header has a size, and the padding.
    fn entry(
        mut self,
        flag: u8,
        name: &str,
        change: impl Fn(&mut tar::Header),
        content: &[u8],
    ) -> Tar {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkflag = [flag];
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(content.len() as u64);
        change(&mut header);
        header.set_cksum();
        self.0.extend(header.as_bytes());
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn plain(self, flag: u8, name: &str) -> Tar {
        self.entry(flag, name, |_| (), b"")
    }

    fn file(self, name: &str, content: &[u8]) -> Tar {
        self.entry(b'0', name, |_| (), content)
    }

    fn link(self, flag: u8, name: &str, target: &str, size: u64) -> Tar {
        let change = |header: &mut tar::Header| {
            header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
            header.set_size(size);
        };
        self.entry(flag, name, change, b"")
    }

    fn moded(self, flag: u8, name: &str, mode: u32) -> Tar {
        self.entry(flag, name, |header| header.set_mode(mode), b"")
    }

    /// Adds records for the next entry.
    fn pax(self, records: &[(&str, &[u8])]) -> Tar {
        let mut text = Vec::new();
        for (key, value) in records {
            let rest = key.len() + value.len() + 3;
            let mut len = rest + 1;
            while len != rest + len.to_string().len() {
                len = rest + len.to_string().len();
            }
            text.extend(format!("{len} {key}=").as_bytes());
            text.extend(*value);
            text.push(b'\n');
        }
        self.entry(b'x', "PaxHeaders/x", |_| (), &text)
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }
}

/// Checks the union of these tars, and the warnings from reading and applying them, as `code subject`.
fn check_tars(tars: &[Vec<u8>], expected: &str, warnings: &str) -> Union {
    let (union, mut codes) = read_union(tars);
    codes.extend(super::all_codes(&union));
    check_lines(&lines_of(&union, whole(&union)), expected, "tars");
    assert_eq!(codes.join(" "), warnings);
    union
}

fn attributes(union: &Union, path: &str) -> Vec<String> {
    let xattrs = union.xattrs(node(union, path), whole(union));
    let lines = xattrs.iter();
    lines
        .map(|xattr| format!("{}={}", escape(xattr.name), escape(xattr.value)))
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_26_a_hard_links_own_size_is_no_content() {
    // The headers state 7 and 8 GiB - 1. Neither has data after it.
    let tar = Tar::default()
        .file("a", b"content")
        .link(b'1', "same", "a", 7)
        .link(b'1', "huge", "a", 0o77_777_777_777)
        .file("after", b"x")
        .end();
    let union = check_tars(
        &[tar],
        "a file 0644 0:0 7 =huge,same
         after file 1
         huge file 0644 0:0 7 =a,same
         same file 0644 0:0 7 =a,huge",
        "",
    );
    let content = |path: &str| {
        union
            .node(node(&union, path), whole(&union))
            .unwrap()
            .content
    };
    assert_eq!(content("same"), content("a"));
    assert_eq!(content("huge"), content("a"));
    assert_eq!(union.totals(NodeId::ROOT, whole(&union)).size_bytes, 8);
    // The same for a link without its target.
    let tar = Tar::default()
        .link(b'1', "lost", "nothing", 512)
        .file("after", b"x")
        .end();
    check_tars(
        &[tar],
        "after file 1\nlost hardlink -> nothing",
        "unresolved-hardlink",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_37_every_spelling_of_the_root_is_the_root() {
    for name in ["./", ".", "/", "..", "./.", "//", "../", "a/.."] {
        let change = |header: &mut tar::Header| {
            header.set_mode(0o1711);
            header.set_uid(7);
            header.set_gid(8);
            header.set_mtime(9);
        };
        let tar = Tar::default()
            .entry(b'5', name, change, b"")
            .file("a", b"1");
        let above = if name.starts_with("..") {
            "above-root"
        } else {
            ""
        };
        let union = check_tars(&[tar.end()], "a file 0644 0:0 1 @0", above);
        let root = union.node(NodeId::ROOT, whole(&union)).unwrap();
        let mtime = root.mtime.map(|mtime| mtime.seconds);
        assert_eq!(
            (root.mode, root.uid, root.gid, mtime, root.implied),
            (0o1711, 7, 8, Some(9), false),
            "{name}"
        );
        assert_eq!(union.n_nodes(), 2, "{name}");
        // The bits of any other type are ignored.
        for flag in [b'0', b'1', b'2', b'3', b'4', b'6'] {
            let tar = Tar::default().link(flag, name, "a", 0).file("a", b"1");
            let union = check_tars(&[tar.end()], "a file @0", "root-not-directory");
            let root = union.node(NodeId::ROOT, whole(&union)).unwrap();
            assert_eq!((root.mode, root.implied), (0o755, true), "{name}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_38_what_tar_cannot_hold_is_nothing() {
    // Sockets have no type. An entry with an invented type is skipped, with its data.
    let tar = Tar::default()
        .file("before", b"1")
        .entry(b's', "run/socket", |_| (), b"content")
        .entry(
            b'3',
            "null",
            |header| {
                header.set_device_major(1).unwrap();
                header.set_device_minor(3).unwrap();
            },
            b"",
        )
        .entry(
            b'4',
            "disk",
            |header| {
                header.set_device_major(259).unwrap();
                header.set_device_minor(65_537).unwrap();
            },
            b"",
        )
        .plain(b'6', "pipe")
        .file("after", b"2")
        .end();
    check_tars(
        &[tar],
        "after file 1
         before file 1
         disk block dev=259:65537
         null char dev=1:3
         pipe fifo",
        "unknown-type",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_39_type_bits_in_the_mode_count_for_nothing() {
    let tar = Tar::default()
        .moded(b'0', "typed", 0o100_644)
        .moded(b'0', "dir-bits", 0o040_755)
        .moded(b'0', "set-user", 0o104_755)
        .moded(b'0', "set-group", 0o102_750)
        .moded(b'5', "sticky/", 0o041_777)
        .moded(b'5', "all/", 0o7777)
        .moded(b'0', "none", 0)
        .moded(b'2', "link", 0o120_600)
        .end();
    // Engines refuse a link without a target; only its mode is checked here.
    check_tars(
        &[tar],
        "all dir 7777
         dir-bits file 0755
         link symlink 0777
         none file 0000
         set-group file 2750
         set-user file 4755
         sticky dir 1777
         typed file 0644",
        "empty-link",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_41_marks_of_overlay_mounts_stay_what_they_are() {
    let base = tar_of("a = 1\nd/\nd/x = 1\nd/y = 1");
    let tar = Tar::default()
        .plain(b'3', "a")
        .pax(&[("SCHILY.xattr.trusted.overlay.opaque", b"y")])
        .moded(b'5', "d/", 0o755)
        .plain(b'3', "d/y")
        .end();
    let union = check_tars(
        &[base, tar],
        "a char @1 dev=0:0\nd dir @1\nd/x file @0\nd/y char @1 dev=0:0",
        "device-zero overlay-attribute device-zero",
    );
    assert_eq!(attributes(&union, "d"), ["trusted.overlay.opaque=y"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_45_attributes_are_those_of_schilys_records_byte_for_byte() {
    let tar = Tar::default()
        .pax(&[
            ("SCHILY.xattr.user.binary", b"\0=\n\xff=\0"),
            ("SCHILY.xattr.user.a=b", b"equals"),
            (
                "SCHILY.xattr.security.capability",
                b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ),
            ("LIBARCHIVE.xattr.user.other", b"YmFzZTY0"),
        ])
        .file("f", b"1")
        .file("g", b"1")
        .end();
    let union = check_tars(&[tar], "f file\ng file", "");
    let xattrs = union.xattrs(node(&union, "f"), whole(&union));
    let values: Vec<_> = xattrs
        .iter()
        .map(|xattr| (xattr.name, xattr.value))
        .collect();
    // The key ends at the first `=`, by the format.
    let expected: [(&[u8], &[u8]); 3] = [
        (
            b"security.capability",
            b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        ),
        (b"user.a", b"b=equals"),
        (b"user.binary", b"\0=\n\xff=\0"),
    ];
    assert_eq!(values, expected);
    assert_eq!(attributes(&union, "g"), [""; 0]);
}

/// A tar without fractions of seconds and one with them may contain the same file.
#[wasm_bindgen_test(unsupported = test)]
fn times_are_compared_as_far_as_both_sides_tell() {
    let layer = |time: &str| {
        Tar::default()
            .pax(&[("mtime", time.as_bytes())])
            .file("f", b"1")
            .end()
    };
    for (one, other, same) in [
        ("5", "5", true),
        ("5.5", "5.5", true),
        ("5.5", "5", true),
        ("5", "5.5", true),
        ("5.5", "5.25", false),
        ("5", "6", false),
        ("5.5", "6.5", false),
        ("5.5", "6", false),
        ("5", "6.5", false),
    ] {
        let (union, _) = read_union(&[layer(one), layer(other)]);
        let touch = union.history(node(&union, "f"))[1];
        assert_eq!(touch.differs.mtime, !same, "{one} {other}");
        let listed = union.listing(own(1)).count();
        assert_eq!(listed, usize::from(!same), "{one} {other}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_hash_of_a_file_is_that_of_its_content() {
    let (union, _) = read_union(&tars_of("a = abc\nb = abc\nc => a\nd = x\ne/\nl -> a"));
    let hash = |path: &str| union.sha256(node(&union, path), whole(&union));
    let abc = hash("a").unwrap();
    assert_eq!(abc[..4], [0xba, 0x78, 0x16, 0xbf]);
    assert_eq!((hash("b"), hash("c")), (Some(abc), Some(abc)));
    assert!(hash("d").is_some_and(|other| other != abc));
    assert_eq!((hash("e"), hash("l")), (None, None));
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_46_layers_of_windows_are_shown_as_they_are() {
    let security = "AQAUhBQAAAAgAAAAAAAAACwAAAA=";
    let base = Tar::default()
        .plain(b'5', "Files/")
        .pax(&[
            ("MSWINDOWS.fileattr", b"16"),
            ("MSWINDOWS.rawsd", security.as_bytes()),
            ("LIBARCHIVE.creationtime", b"1600000000.1"),
        ])
        .plain(b'5', "Files/Windows/")
        .pax(&[
            ("MSWINDOWS.fileattr", b"32"),
            ("MSWINDOWS.rawsd", security.as_bytes()),
        ])
        .file("Files/Windows/notepad.exe", b"MZ")
        .plain(b'5', "Hives/")
        .file("Hives/System_Base", b"regf")
        .plain(b'5', "UtilityVM/")
        .end();
    let upper = tars_of(
        "Files/\nFiles/Windows/\nFiles/Windows/.wh.notepad.exe\nHives/\nHives/System_Delta = regf2",
    )
    .remove(0);
    let (union, codes) = read_union(&[base, upper]);
    assert_eq!(codes, [""; 0]);
    assert_eq!(super::all_codes(&union), [""; 0]);
    check_lines(
        &lines_of(&union, super::upto(0)),
        "Files dir
         Files/Windows dir
         Files/Windows/notepad.exe file 2
         Hives dir
         Hives/System_Base file 4
         UtilityVM dir",
        "Windows",
    );
    check_lines(
        &lines_of(&union, own(1)),
        "changed Files dir
         changed Files/Windows dir
         deleted Files/Windows/notepad.exe file
         changed Hives dir
         added Hives/System_Delta file",
        "Windows",
    );
    // Their own records are reported by their full names, like attributes.
    let xattrs = union.xattrs(node(&union, "Files/Windows/notepad.exe"), super::upto(0));
    let told: Vec<_> = xattrs.iter().map(|xattr| escape(xattr.name)).collect();
    assert_eq!(told, ["MSWINDOWS.fileattr", "MSWINDOWS.rawsd"]);
    assert_eq!(xattrs[0].value, b"32");
    assert_eq!(xattrs[1].value, security.as_bytes());
}
