//! Tests of the written tar with the tar crate's own reader.

use super::*;
use std::io::Read;

const FILE: NewEntry<'static> = NewEntry {
    path: b"etc/hosts",
    kind: EntryKind::File,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size_bytes: 0,
    mtime: Timestamp::from_seconds(1_700_000_000),
    link: b"",
    device: None,
    xattrs: &[],
};

fn tar_of(entries: &[(NewEntry<'_>, &[u8])]) -> Vec<u8> {
    let mut tar = LayerTar::new();
    for (entry, content) in entries {
        tar.entry(&NewEntry {
            size_bytes: content.len() as u64,
            ..*entry
        })
        .expect("the file before is whole");
        tar.content(content).expect("the length is right");
    }
    tar.finish().expect("the last file is whole")
}

/// Writes one entry, and checks what the reader finds: name, link, owner, time records, content.
fn check(entry: NewEntry<'_>, content: &[u8], expected: &str) {
    let bytes = tar_of(&[(entry, content)]);
    assert_eq!(bytes.len() % 512, 0);
    let mut archive = tar::Archive::new(bytes.as_slice());
    let mut entries = archive.entries().expect("is a tar");
    let mut found = entries
        .next()
        .expect("has an entry")
        .expect("its header is whole");
    let mut text = String::from_utf8_lossy(&found.path_bytes()).into_owned();
    if let Some(link) = found.link_name_bytes() {
        text += &format!(" -> {}", String::from_utf8_lossy(&link));
    }
    for extension in found
        .pax_extensions()
        .expect("is readable")
        .into_iter()
        .flatten()
    {
        let extension = extension.expect("is a record");
        if !matches!(extension.key_bytes(), b"path" | b"linkpath") {
            text += &format!(
                " {}={}",
                extension.key().expect("is text"),
                String::from_utf8_lossy(extension.value_bytes())
            );
        }
    }
    let header = found.header();
    text += &format!(
        " {:?} {:o}",
        header.entry_type(),
        header.mode().expect("is octal")
    );
    if let (Ok(Some(major)), Ok(Some(minor))) = (header.device_major(), header.device_minor())
        && (major, minor) != (0, 0)
    {
        text += &format!(" {major}:{minor}");
    }
    let mut read = Vec::new();
    found.read_to_end(&mut read).expect("the content is whole");
    assert_eq!(read, content);
    assert_eq!(text.replace(&"n".repeat(120), "NAME"), expected);
}

#[test]
fn plain_entries_need_no_pax() {
    check(FILE, b"127.0.0.1 localhost\n", "etc/hosts Regular 644");
    check(FILE, &[7; 512], "etc/hosts Regular 644");
    check(
        NewEntry {
            path: b"etc",
            kind: EntryKind::Dir,
            mode: 0o1777,
            ..FILE
        },
        b"",
        "etc/ Directory 1777",
    );
    check(
        NewEntry {
            path: b"",
            kind: EntryKind::Dir,
            mode: 0o755,
            ..FILE
        },
        b"",
        "./ Directory 755",
    );
    check(
        NewEntry {
            path: b"lib",
            kind: EntryKind::Symlink,
            mode: 0o777,
            link: b"usr/lib",
            ..FILE
        },
        b"",
        "lib -> usr/lib Symlink 777",
    );
    check(
        NewEntry {
            path: b"dev/null",
            kind: EntryKind::Char,
            device: Some(Device { major: 1, minor: 3 }),
            ..FILE
        },
        b"",
        "dev/null Char 644 1:3",
    );
}

#[test]
fn what_ustar_cannot_hold_is_in_pax() {
    let long = "n".repeat(120);
    check(
        NewEntry {
            path: long.as_bytes(),
            ..FILE
        },
        b"x",
        "NAME Regular 644",
    );
    check(
        NewEntry {
            kind: EntryKind::Hardlink,
            link: long.as_bytes(),
            ..FILE
        },
        b"",
        "etc/hosts -> NAME Link 644",
    );
    check(
        NewEntry {
            uid: 3_000_000,
            gid: 4_294_967_294,
            ..FILE
        },
        b"",
        "etc/hosts uid=3000000 gid=4294967294 Regular 644",
    );
    let before = Timestamp {
        seconds: -2,
        nanos: 500_000_000,
    };
    check(
        NewEntry {
            mtime: before,
            ..FILE
        },
        b"",
        "etc/hosts mtime=-1.5 Regular 644",
    );
    let after = Timestamp {
        seconds: 1_700_000_000,
        nanos: 120_000_000,
    };
    check(
        NewEntry {
            mtime: after,
            ..FILE
        },
        b"",
        "etc/hosts mtime=1700000000.12 Regular 644",
    );
    let xattrs = [XattrRef {
        name: b"user.k",
        value: b"v=w",
    }];
    check(
        NewEntry {
            xattrs: &xattrs,
            ..FILE
        },
        b"",
        "etc/hosts SCHILY.xattr.user.k=v=w Regular 644",
    );
}

#[test]
fn the_length_of_a_record_counts_itself() {
    for (value_bytes, start) in [
        (1, "6 k="),
        (3, "8 k="),
        (4, "9 k="),
        (5, "11 k="),
        (93, "99 k="),
        (94, "101 k="),
    ] {
        let mut out = Vec::new();
        append_record(&mut out, b"k", &vec![b'v'; value_bytes]);
        let text = String::from_utf8(out).expect("is text");
        assert!(text.starts_with(start), "{value_bytes}: {text}");
        assert_eq!(
            text.split(' ').next(),
            Some(text.len().to_string().as_str())
        );
    }
}

#[test]
fn content_of_another_length_is_refused() {
    let mut tar = LayerTar::new();
    tar.entry(&NewEntry {
        size_bytes: 3,
        ..FILE
    })
    .expect("nothing is open");
    tar.content(b"ab").expect("two of three");
    assert!(tar.content(b"cd").is_err(), "four of three");
    let mut tar = LayerTar::new();
    tar.entry(&NewEntry {
        size_bytes: 3,
        ..FILE
    })
    .expect("nothing is open");
    assert!(tar.entry(&FILE).is_err(), "none of three");
    assert!(LayerTar::new().content(b"x").is_err(), "no file is open");
}
