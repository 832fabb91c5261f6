//! LayerLimits: input beyond them is refused, and all entries before it stay.

use lamina::bounds::{Bound, LayerLimits};
use lamina::layer::{Error, LayerReading, ReadOptions};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, Raw, file, global, long, pax};
use super::{OPTIONS, check_damaged, check_warned, codes, list, read_as};
use crate::support::gzip_of;

fn read_with(stored: &[u8], limits: LayerLimits) -> LayerReading {
    read_as(
        stored,
        &Default::default(),
        ReadOptions { limits, ..OPTIONS },
    )
}

#[wasm_bindgen_test(unsupported = test)]
fn entries() {
    let tar = [file("a", b""), file("b", b""), file("c", b""), END.to_vec()].concat();
    let reading = read_with(
        &tar,
        LayerLimits {
            entries: 2,
            ..LayerLimits::DEFAULT
        },
    );
    assert_eq!(
        reading.damage,
        Some(Error::TooMany {
            what: Bound::Entries,
            limit: 2
        })
    );
    assert_eq!(list(&reading).len(), 2);
    assert_eq!(reading.digest, lamina::image::Digest::sha256_of(&tar));
    assert_eq!(
        read_with(
            &tar,
            LayerLimits {
                entries: 3,
                ..LayerLimits::DEFAULT
            }
        )
        .damage,
        None
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn names() {
    let tar = [
        pax(&[("path", &[b'n'; 300])]),
        file("x", b"skipped"),
        file("a/b/c/d", b""),
        pax(&[("linkpath", &[b'n'; 300])]),
        Raw::ustar("l", b'2').bytes(),
        file("a/b/c", b""),
    ]
    .concat();
    let reading = read_with(
        &tar,
        LayerLimits {
            path_bytes: 256,
            path_depth: 3,
            ..LayerLimits::DEFAULT
        },
    );
    assert_eq!(reading.damage, None);
    assert_eq!(list(&reading), ["file a/b/c 0644 0:0 0"]);
    assert_eq!(
        codes(&reading),
        [
            "left out by path-bytes nnnnnnnn",
            "left out by path-depth a/b/c/d",
            "left out by path-bytes l"
        ]
    );

    // As long and as deep as allowed.
    let exact = [
        pax(&[("path", &[b'n'; 256])]),
        file("x", b""),
        pax(&[("linkpath", &[b'n'; 256])]),
        Raw::ustar("a/b/c", b'2').bytes(),
        pax(&[("path", &[b'n'; 257])]),
        file("x", b""),
        pax(&[("linkpath", &[b'n'; 257])]),
        Raw::ustar("a/b/c", b'2').bytes(),
    ]
    .concat();
    let limits = LayerLimits {
        path_bytes: 256,
        path_depth: 3,
        ..LayerLimits::DEFAULT
    };
    let reading = read_with(&exact, limits);
    assert_eq!(list(&reading).len(), 2);
    assert_eq!(
        codes(&reading),
        [
            "name-too-long",
            "left out by path-bytes nnnnnnnn",
            "left out by path-bytes a/b/c"
        ]
    );

    let reading = read_with(
        &tar,
        LayerLimits {
            text_bytes: 500,
            ..LayerLimits::DEFAULT
        },
    );
    assert!(matches!(
        reading.damage,
        Some(Error::TooMany { limit: 500, .. })
    ));
    assert_eq!(list(&reading).len(), 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_22_extended_headers() {
    let tar = [
        file("a", b""),
        pax(&[("comment", &[b'c'; 2000])]),
        file("b", b""),
    ]
    .concat();
    let reading = read_with(
        &tar,
        LayerLimits {
            extension_bytes: 1000,
            ..LayerLimits::DEFAULT
        },
    );
    let error = Error::ExtensionTooLong {
        offset: lamina::layer::TarOffset(512),
        size_bytes: 2014,
        limit_bytes: 1000,
    };
    assert_eq!(reading.damage, Some(error));
    assert_eq!(list(&reading).len(), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_22_an_extended_header_has_a_mebibyte_at_most() {
    const MIB: usize = 1024 * 1024;
    // "1048576 comment=" and a newline are 17 bytes.
    let most = pax(&[("comment", &vec![b'c'; MIB - 17])]);
    let name = vec![b'n'; MIB];
    let tar = [
        most,
        file("pax", b""),
        long(b'K', &name),
        file("gnu", b""),
        global(&[("comment", &vec![b'c'; MIB - 17])]),
        file("global", b""),
    ]
    .concat();
    let names = ["pax", "gnu", "global"].map(|name| format!("file {name} 0644 0:0 0"));
    let names = names.each_ref().map(String::as_str);
    check_warned(&tar, &names, &["global-header-name"]);
    for flag in [b'x', b'L', b'K'] {
        let more = Raw::ustar("x", flag).put(124, b"00004000001\0").bytes();
        let tar = [file("a", b""), more, file("lost", b"")].concat();
        check_damaged(
            &tar,
            &["file a 0644 0:0 0"],
            "the tar header at byte 512 announces 1048577 bytes of names and attributes, more than the limit of 1048576",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn attributes_and_extents_and_warnings() {
    let tar = [
        pax(&[("SCHILY.xattr.user.a", &[1; 60])]),
        file("a", b""),
        pax(&[("SCHILY.xattr.user.b", &[2; 60])]),
        file("b", b""),
        pax(&[("SCHILY.xattr.user.c", &[3; 10])]),
        file("c", b""),
    ]
    .concat();
    let reading = read_with(
        &tar,
        LayerLimits {
            xattr_bytes: 100,
            ..LayerLimits::DEFAULT
        },
    );
    let n: Vec<_> = reading
        .index
        .entries()
        .map(|e| reading.index.xattrs(e.id).count())
        .collect();
    assert_eq!(n, [1, 0, 1]);
    assert_eq!(codes(&reading), ["left out by attributes b"]);

    let sparse = |map: &[u8]| {
        [
            pax(&[
                ("GNU.sparse.size", b"20"),
                ("GNU.sparse.numblocks", b"2"),
                ("GNU.sparse.map", map),
            ]),
            file("s", b"ab"),
        ]
        .concat()
    };
    let tar = [sparse(b"0,1,5,1"), sparse(b"0,1,5,1"), file("x", b"")].concat();
    let reading = read_with(
        &tar,
        LayerLimits {
            sparse_extents: 3,
            ..LayerLimits::DEFAULT
        },
    );
    assert!(matches!(
        reading.damage,
        Some(Error::TooMany { limit: 3, .. })
    ));
    assert_eq!(list(&reading).len(), 1);
    assert!(
        read_with(
            &tar,
            LayerLimits {
                sparse_extents: 1,
                ..LayerLimits::DEFAULT
            }
        )
        .damage
        .is_some()
    );

    let odd: Vec<u8> = (0..10)
        .flat_map(|_| Raw::gnu("odd", b'Z').bytes())
        .collect();
    let reading = read_with(
        &odd,
        LayerLimits {
            warnings: 4,
            ..LayerLimits::DEFAULT
        },
    );
    assert_eq!(
        (reading.warnings.kept.len(), reading.warnings.n_dropped),
        (4, 6)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn decoded_bytes_and_expansion() {
    let tar = [
        file("a", b"a"),
        file("z", &vec![0; 3_000_000]),
        file("b", b""),
        END.to_vec(),
    ]
    .concat();
    let stored = gzip_of(&tar, 9);
    let reading = read_with(
        &stored,
        LayerLimits {
            decoded_bytes: 1_000_000,
            ..LayerLimits::DEFAULT
        },
    );
    assert_eq!(
        reading.damage,
        Some(Error::TooMany {
            what: Bound::DecodedBytes,
            limit: 1_000_000
        })
    );
    assert_eq!(reading.decoded_bytes, 1_000_000);
    assert_eq!(
        list(&reading),
        ["file a 0644 0:0 1", "file z 0644 0:0 3000000 incomplete"]
    );
    assert_eq!(reading.verdict.diff_id.word(), "absent");
    assert_eq!(reading.digest, lamina::image::Digest::sha256_of(&stored));

    let limits = LayerLimits {
        expansion: 100,
        decoded_floor_bytes: 500_000,
        ..LayerLimits::DEFAULT
    };
    // The point at which it is noticed depends on the pieces. It is always noticed, and
    // after few uncompressed bytes.
    for pieces in super::cuts(&stored, 1) {
        let options = ReadOptions { limits, ..OPTIONS };
        let bomb = super::read_pieces(&pieces, &Default::default(), options);
        let Some(Error::Expansion {
            stored_bytes,
            decoded_bytes,
            limit,
        }) = bomb.damage
        else {
            panic!("{:?}", bomb.damage);
        };
        assert_eq!(limit, 100);
        assert!(decoded_bytes > limit * stored_bytes && decoded_bytes > 500_000);
        assert!(bomb.decoded_bytes < 1_000_000, "{}", bomb.decoded_bytes);
        assert_eq!(
            list(&bomb),
            ["file a 0644 0:0 1", "file z 0644 0:0 3000000 incomplete"]
        );
        assert_eq!(bomb.verdict.diff_id.word(), "absent");
        assert_eq!(bomb.digest, lamina::image::Digest::sha256_of(&stored));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_expansion_counts_the_stored_bytes_before_it_only() {
    let tar = [file("z", &vec![0; 300_000]), END.to_vec()].concat();
    let bomb = gzip_of(&tar, 9);
    assert!(bomb.len() < 512, "the bomb is in the first bytes");
    // If the bytes after it were counted, it would look harmless.
    let stored = [bomb, vec![0; 100_000]].concat();
    let limits = LayerLimits {
        expansion: 100,
        decoded_floor_bytes: 200_000,
        ..LayerLimits::DEFAULT
    };
    for first_len in [stored.len(), 512, 600] {
        let (first, rest) = stored.split_at(first_len);
        let options = ReadOptions { limits, ..OPTIONS };
        let reading = super::read_pieces(&[first, rest], &Default::default(), options);
        let Some(Error::Expansion { stored_bytes, .. }) = reading.damage else {
            panic!("{:?} of {first_len} bytes first", reading.damage);
        };
        assert!(stored_bytes <= 512, "{stored_bytes} of {first_len} first");
    }
}
