//! Tar as ordinary writers write it, and the LS lines of the checklist about single entries. Dialects and fields
//! are in `tar_headers`, PAX and long names in `tar_extended`, sparse files in `tar_sparse`, ends in `tar_end`.

use lamina::bounds::LayerLimits;
use lamina::layer::tar::{TarEvent, TarParser};
use lamina::layer::{DataPlace, TarOffset};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, Raw, file, pax};
use super::{check, check_warned};
use crate::support::tar_of;

#[wasm_bindgen_test(unsupported = test)]
fn reads_what_the_shared_writer_writes() {
    let long = "d/".repeat(80) + "file";
    let text = format!(
        "etc/\netc/hosts = 127.0.0.1\\n\nempty\nbin/sh -> dash\nbin/dash2 => bin/dash\ndev/null c 1:3\ndev/sda b 8:0\nrun/p p\n\
         shadow = x | mode=0640 uid=1 gid=42 mtime=100 xattr.user.k=v\n{long} = y\nl -> {long}"
    );
    let reading = check(
        &tar_of(&text),
        &[
            "dir etc 0755 0:0 0",
            "file etc/hosts 0644 0:0 10",
            "file empty 0644 0:0 0",
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
    // Only an entry with content has a place for it.
    let with_content: Vec<_> = reading
        .index
        .entries()
        .filter(|entry| entry.data != DataPlace::None)
        .map(|entry| entry.size_bytes)
        .collect();
    assert_eq!(with_content, [10, 1, 1]);
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
        &[
            "root-not-directory",
            "root-not-directory",
            "above-root",
            "left out by root ",
            "left out by root ",
        ],
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
    check_warned(
        &tar,
        &[
            "file typed 4755 0:0 0",
            "char wo 0644 0:0 0 0:0",
            "dir d 1777 0:0 0 trusted.overlay.opaque=y",
            "symlink l 0777 0:0 0 -> /a/../b",
        ],
        &["device-zero", "overlay-attribute"],
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
    let mut parser = TarParser::new(&LayerLimits::DEFAULT);
    let (mut names, mut seen) = (Vec::new(), 0);
    loop {
        let at = parser.position().0 as usize;
        assert!(!parser.is_ended(), "at {at}");
        let block = &tar[at..(at + 512).min(tar.len())];
        let step = parser.step(block).unwrap();
        seen += step.read;
        match step.event {
            TarEvent::Entry(entry) => {
                names.push((entry.path.to_string(), entry.data_offset, entry.size_bytes))
            }
            TarEvent::NeedsInput if parser.position().0 as usize >= tar.len() => break,
            TarEvent::NeedsInput | TarEvent::EntryEnd => {}
            TarEvent::Data(_) => panic!("content is skipped"),
        }
        parser.skip(parser.skippable());
    }
    assert!(parser.is_ended());
    parser.finish().unwrap();
    let expected = [("a", 512, 5000), ("b", 7168, 2), ("c", 9728, 0)];
    assert_eq!(
        names,
        expected.map(|(name, at, size)| (name.to_owned(), TarOffset(at), size))
    );
    assert_eq!(seen, 8 * 512, "only headers are read");
}
