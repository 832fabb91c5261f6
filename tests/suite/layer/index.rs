//! The table of entries returns the entries that were added, including values that do
//! not fit into a row of 32 bytes.

use lamina::image::Timestamp;
use lamina::layer::{
    DataPlace, Device, Entry, EntryId, EntryKind, EntryPath, Extent, IndexBuilder, LayerIndex,
    TarOffset, XattrRef, pack, unpack,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{OPTIONS, read};

fn file(path: &str) -> Entry<'_> {
    Entry {
        id: EntryId(0),
        path: EntryPath::of(path.as_bytes()),
        kind: EntryKind::File,
        mode: 0o644,
        uid: 0,
        gid: 0,
        size_bytes: 0,
        mtime: Timestamp::default(),
        link: b"",
        device: None,
        data: DataPlace::None,
        fingerprint: 7,
        sha256: None,
        incomplete: false,
    }
}

/// Returns all facts of an entry.
fn told(entry: &Entry<'_>) -> String {
    format!("{entry:?}")
}

/// Checks that entries come out as they went in, in order, and also through a record.
fn check(entries: &[Entry<'_>]) -> LayerIndex {
    let mut builder = IndexBuilder::new();
    let mut expected = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let id = builder.push(entry, &[]);
        assert_eq!(id, EntryId(at as u32));
        expected.push(told(&Entry {
            id,
            ..entry.clone()
        }));
    }
    let index = builder.finish();
    let found: Vec<_> = index.entries().map(|entry| told(&entry)).collect();
    assert_eq!(found, expected);
    let mut reading = read(b"");
    reading.index = index.clone();
    reading.decoded_bytes = u64::MAX;
    reading.access.decoded_bytes = u64::MAX;
    let back = unpack(&pack(&reading), &OPTIONS.limits).unwrap();
    assert!(back == reading);
    index
}

#[wasm_bindgen_test(unsupported = test)]
fn numbers_of_every_size() {
    let mut entries = Vec::new();
    let most = u64::from(u32::MAX);
    for size_bytes in [1, 0, most - 1, most, most + 1, u64::MAX] {
        entries.push(Entry {
            size_bytes,
            ..file("size")
        });
    }
    for seconds in [i64::MIN, -1, 0, 1, most as i64 - 1, most as i64, i64::MAX] {
        for nanos in [0, 1, 999_999_999] {
            entries.push(Entry {
                mtime: Timestamp { seconds, nanos },
                ..file("time")
            });
        }
    }
    for offset in [
        0,
        1,
        511,
        512,
        513,
        512 * (most - 2),
        512 * (most - 1),
        512 * most,
        u64::MAX,
    ] {
        entries.push(Entry {
            data: DataPlace::At(TarOffset(offset)),
            fingerprint: u64::MAX - offset,
            ..file("place")
        });
    }
    let extents = [(0, 1), (5, 6)].map(|(logical_offset, len)| Extent {
        logical_offset,
        len,
    });
    for (offset, extents) in [(512, &extents[..]), (3, &extents[1..]), (1024, &[])] {
        entries.push(Entry {
            size_bytes: 20,
            data: DataPlace::Sparse {
                start: TarOffset(offset),
                extents,
            },
            ..file("sparse")
        });
    }
    for number in [0, 1, 65_535, u32::MAX] {
        entries.push(Entry {
            mode: 0o7777,
            uid: number,
            gid: u32::MAX - number,
            sha256: Some([number as u8; 32]),
            incomplete: number == 1,
            ..file("owner")
        });
    }
    check(&entries);
}

#[wasm_bindgen_test(unsupported = test)]
fn every_kind_has_what_is_its_own() {
    let of_kind = |kind, path| Entry {
        kind,
        fingerprint: 0,
        ..file(path)
    };
    let device = |major, minor| Some(Device { major, minor });
    check(&[
        of_kind(EntryKind::Dir, ""),
        of_kind(EntryKind::Dir, "a"),
        of_kind(EntryKind::Fifo, "a/p"),
        Entry {
            link: b"../\xff",
            ..of_kind(EntryKind::Symlink, "a/l")
        },
        Entry {
            link: b"a/p",
            ..of_kind(EntryKind::Hardlink, "h")
        },
        of_kind(EntryKind::Symlink, "empty"),
        Entry {
            device: device(0, u32::MAX),
            ..of_kind(EntryKind::Char, "c")
        },
        Entry {
            device: device(u32::MAX, 0),
            ..of_kind(EntryKind::Block, "b")
        },
        of_kind(EntryKind::Char, "without numbers"),
    ]);
    // Values that a kind does not have are dropped.
    let mut builder = IndexBuilder::new();
    let id = builder.push(
        &Entry {
            link: b"x",
            device: device(1, 2),
            ..file("f")
        },
        &[],
    );
    let dir = builder.push(&of_kind(EntryKind::Dir, "d"), &[]);
    builder.set_fingerprint(dir, 9);
    builder.set_fingerprint(id, 8);
    let index = builder.finish();
    let file = index.entry(id).unwrap();
    assert_eq!(
        (file.link, file.device, file.fingerprint),
        (&b""[..], None, 8)
    );
    assert_eq!(index.entry(dir).unwrap().fingerprint, 0);
}

#[wasm_bindgen_test(unsupported = test)]
fn directories_in_any_order() {
    let orders = [
        "a/b/c/x a/b/y a/z a/b/c/w top a/b/v",
        "usr/lib usr/lib/x usr/lib64/y usr/li/z usr/lib/x/y",
        "b a b/a a/b b/a/c a/b/c b/a/d",
    ];
    for order in orders {
        let entries: Vec<_> = order.split(' ').map(file).collect();
        let index = check(&entries);
        assert_eq!(index.name(EntryId(1)), Some(entries[1].path.name));
        assert_eq!(index.name(EntryId(99)), None);
    }
    // In the order of a tar, each directory's path is stored only once.
    let walk = |n: usize| {
        let paths: Vec<_> = (0..n)
            .map(|n| format!("usr/share/part{}/file{n}", n / 100))
            .collect();
        let entries: Vec<_> = paths.iter().map(|path| file(path)).collect();
        check(&entries).heap_bytes()
    };
    let each = (walk(20_000) - walk(10_000)) / 10_000;
    assert!(each <= 32 + "file19999".len() + 1, "{each} bytes");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_known_later_is_set_in_any_order() {
    let mut builder = IndexBuilder::new();
    let ids: Vec<_> = (0..4).map(|_| builder.push(&file("f"), &[])).collect();
    for at in [2, 0, 3, 0] {
        builder.set_sha256(ids[at], [at as u8 + 1; 32]);
        builder.set_incomplete(ids[at]);
    }
    builder.set_fingerprint(EntryId(9), 1);
    let index = builder.finish();
    let told = |entry: Entry<'_>| (entry.sha256.map(|hash| hash[0]), entry.incomplete);
    let found: Vec<_> = index.entries().map(told).collect();
    let expected = [
        (Some(1), true),
        (None, false),
        (Some(3), true),
        (Some(4), true),
    ];
    assert_eq!(found, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn attributes_stay_with_their_entries() {
    let mut builder = IndexBuilder::new();
    let xattr = |name, value| XattrRef { name, value };
    let all = [
        vec![],
        vec![xattr(&b"user.a"[..], &b"\0\xff"[..]), xattr(b"user.b", b"")],
        vec![],
        vec![xattr(b"security.capability", b"x")],
    ];
    for xattrs in &all {
        builder.push(&file("f"), xattrs);
    }
    let index = builder.finish();
    for (at, xattrs) in (0..).zip(&all) {
        assert!(index.xattrs(EntryId(at)).eq(xattrs.iter().copied()));
    }
    assert_eq!(index.xattrs(EntryId(4)).count(), 0);
}
