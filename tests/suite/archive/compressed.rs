//! Archives that are compressed as a whole: decoded once into the spool, under limits, and cancellable.

use std::cell::RefCell;
use std::ops::ControlFlow;

use lamina::bounds::{ArchiveLimits, LayerLimits, Limits};
use lamina::io::ErrorKind;
use lamina::layer::Compression;
use lamina::source::archive::{ArchiveProgress, Input};
use lamina::source::{Error, Origin};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{
    Outer, bzip2, check_opened, config_of, docker_save, file_input, gzip, hex_of, oci_layout,
    open_input, open_with, zstd,
};

fn layers() -> (Vec<u8>, Vec<u8>) {
    (tar_of("etc/hosts = base"), tar_of("app = @9000"))
}

#[wasm_bindgen_test(unsupported = test)]
fn af_01_takes_off_any_compression() {
    let (base, app) = layers();
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    let tar = docker_save(&["a:1"], &[&base, &app]).tar();
    let check = |stored: Vec<u8>, compression: Compression| {
        let opened = open_input(file_input(stored)).unwrap();
        assert_eq!(opened.compression, compression);
        check_opened(&opened, &known, "image a:1 linux/amd64: base app");
    };
    check(gzip(&tar), Compression::Gzip);
    check(zstd(&tar), Compression::Zstd);
    check(bzip2(&tar), Compression::Bzip2);
    check(tar, Compression::None);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_01_xz_01_opens_an_archive_compressed_with_xz() {
    let opened = open_input(file_input(XZ)).unwrap();
    assert_eq!(opened.compression, Compression::Xz);
    check_opened(
        &opened,
        &[("empty", &[0; 1024])],
        "image xz:1 linux/amd64: empty",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_01_a_files_name_decides_nothing() {
    let (base, _) = layers();
    let tar = docker_save(&["a:1"], &[&base]).tar();
    for stored in [gzip(&tar), tar] {
        for name in ["a.tar", "a.tar.gz", "a.tar.zst", "a.zip", "a.json", "a", ""] {
            let name = name.to_owned();
            let bytes = std::rc::Rc::new(lamina::io::Bytes::new(stored.clone()));
            let opened = open_input(Input::File { name, bytes }).unwrap();
            check_opened(&opened, &[("base", &base)], "image a:1 linux/amd64: base");
        }
    }
}

/// An archive with the marks of several formats is of the first of them in order; both lists of a hybrid count.
#[wasm_bindgen_test(unsupported = test)]
fn af_01_formats_are_looked_for_in_order() {
    let (base, _) = layers();
    let id = hex_of("v1");
    let legacy = Outer::new()
        .json("repositories", &json!({"legacy": {"1": id}}))
        .file(&format!("{id}/VERSION"), "1.0")
        .json(&format!("{id}/json"), &json!({"id": id}))
        .file(&format!("{id}/layer.tar"), &base);
    let docker = docker_save(&["docker:1"], &[&base]);
    let oci = oci_layout("oci", &[&base]);
    let origins = |outer: &Outer| {
        let opened = open_input(file_input(outer.tar())).unwrap();
        let origins = opened.images.iter().map(|image| image.origin);
        origins.collect::<Vec<_>>()
    };
    let all = legacy.clone().and(oci.clone()).and(docker.clone());
    assert_eq!(origins(&all), [Origin::Hybrid]);
    assert_eq!(
        origins(&legacy.clone().and(docker)),
        [Origin::DockerArchive]
    );
    assert_eq!(origins(&legacy.clone().and(oci)), [Origin::OciLayout]);
    // Any web site may have an index.json. Without a layout around it, it does not make one.
    let index = legacy.clone().file("index.json", "{}");
    assert_eq!(origins(&index), [Origin::DockerLegacy]);
    assert_eq!(
        origins(&legacy.without("repositories")),
        [Origin::DockerLegacy]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_01_takes_a_compressed_oci_archive() {
    let (base, app) = layers();
    let stored = gzip(&oci_layout("v1", &[&base, &app]).tar());
    let opened = open_input(file_input(stored)).unwrap();
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];
    check_opened(&opened, &known, "image v1 linux/amd64: base* app*");
}

/// Wherever the compressed bytes end or are damaged, the archive opens up to that point or fails with a reason. The
/// result does not depend on the pieces in which the bytes arrived.
#[wasm_bindgen_test(unsupported = test)]
fn af_34_a_compressed_archive_is_cut_or_damaged_anywhere() {
    let (base, app) = layers();
    let list = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["1.tar", "2.tar"]}]);
    let tar = Outer::new()
        .json("manifest.json", &list)
        .file("c.json", config_of(&[&base, &app]).to_string())
        .file("1.tar", &base)
        .file("2.tar", &app)
        .tar();
    let mut n_partly = 0;
    for stored in [gzip(&tar), zstd(&tar), bzip2(&tar), XZ.to_vec()] {
        let step = stored.len() / 9;
        for at in (step..stored.len()).step_by(step) {
            let mut damaged = stored.clone();
            damaged[at] ^= 0xff;
            for stored in [stored[..at].to_vec(), damaged] {
                match open_input(file_input(stored)) {
                    Ok(opened) => {
                        let told = opened
                            .warnings
                            .iter()
                            .any(|w| w.code() == "archive-truncated");
                        // A flipped bit may be in a place without meaning, such as a time in a header.
                        n_partly += usize::from(told && !opened.images.is_empty());
                    }
                    Err(Error::Damaged { reason, .. }) => assert_ne!(reason.to_string(), ""),
                    Err(other) => panic!("damage is told as such: {other}"),
                }
            }
        }
    }
    assert!(n_partly > 10, "{n_partly} archives opened up to the damage");
}

#[wasm_bindgen_test(unsupported = test)]
fn says_how_far_decoding_is() {
    let (base, _) = layers();
    let tar = docker_save(&["a:1"], &[&base]).tar();
    let stored = gzip(&tar);
    let told = RefCell::new(Vec::new());
    let progress = |progress: ArchiveProgress| {
        told.borrow_mut().push(progress);
        ControlFlow::Continue(())
    };
    open_with(file_input(stored.clone()), &Limits::DEFAULT, &progress).unwrap();
    let last = told
        .borrow()
        .iter()
        .rev()
        .find_map(|progress| match *progress {
            ArchiveProgress::Decoding {
                stored_bytes,
                stored_total_bytes,
                decoded_bytes,
            } => Some((stored_bytes, stored_total_bytes, decoded_bytes)),
            _ => None,
        });
    let length = stored.len() as u64;
    assert_eq!(last, Some((length, length, tar.len() as u64)));
    let scanned = |p: &ArchiveProgress| matches!(p, ArchiveProgress::Scanning { .. });
    assert!(told.borrow().iter().any(scanned));
    assert!(
        told.borrow()
            .contains(&ArchiveProgress::Reading { n_documents: 2 })
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ends_when_cancelled_at_any_point() {
    let (base, _) = layers();
    let stored = gzip(&docker_save(&["a:1"], &[&base]).tar());
    for n_allowed in 0.. {
        let left = RefCell::new(n_allowed);
        let progress = |_| {
            let mut left = left.borrow_mut();
            if *left == 0 {
                return ControlFlow::Break(());
            }
            *left -= 1;
            ControlFlow::Continue(())
        };
        match open_with(file_input(stored.clone()), &Limits::DEFAULT, &progress) {
            Ok(_) => {
                assert!(
                    n_allowed >= 4,
                    "decoding, scanning and both documents are asked about"
                );
                return;
            }
            Err(Error::Io { cause, .. }) => assert_eq!(cause.kind, ErrorKind::Cancelled),
            Err(other) => panic!("cancelled after {n_allowed} reports, it says {other}"),
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn stops_decompression_bombs() {
    let bomb = gzip(&vec![0; 3_000_000]);
    let check = |limits: Limits, words: &str| {
        let error = open_with(file_input(bomb.clone()), &limits, &|_| {
            ControlFlow::Continue(())
        });
        let error = error.err().unwrap();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    };
    check(
        Limits {
            archive: ArchiveLimits {
                spool_bytes: 1_000_000,
                ..ArchiveLimits::DEFAULT
            },
            ..Limits::DEFAULT
        },
        "1000000 bytes once decompressed",
    );
    let limits = Limits {
        layer: LayerLimits {
            decoded_floor_bytes: 500_000,
            expansion: 100,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    check(limits, "100 decompressed bytes for each byte");
}

#[wasm_bindgen_test(unsupported = test)]
fn says_when_the_spool_is_full() {
    let stored = gzip(&vec![0; 3_000_000]);
    let limits = Limits {
        archive: ArchiveLimits {
            spool_memory_bytes: 2_000_000,
            ..ArchiveLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let opened = open_with(file_input(stored), &limits, &|_| ControlFlow::Continue(()));
    let Err(Error::Io { cause, .. }) = opened else {
        panic!("the spool took more than its limit");
    };
    assert_eq!(cause.kind, ErrorKind::StorageFull);
}

#[wasm_bindgen_test(unsupported = test)]
fn says_what_a_compressed_file_holds_instead() {
    let check = |stored: Vec<u8>, expected: &str| {
        let Err(Error::NotAnImage { found, .. }) = open_input(file_input(stored)) else {
            panic!("{expected}: this is no image");
        };
        assert_eq!(found.to_string(), expected);
    };
    check(gzip(b"hello\n"), "gzip data that holds plain text");
    check(gzip(b""), "gzip data that holds an empty file");
    check(
        zstd(&gzip(b"x")),
        "zstd data that holds gzip data; it is compressed twice; decompress it once",
    );
}

/// A docker-archive of one empty layer, named `xz:1`, compressed by `xz`.
const XZ: &[u8] = &[
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01,
    0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0xe0, 0x27, 0xff, 0x01, 0x2e, 0x5d, 0x00, 0x36,
    0x0b, 0x8a, 0x86, 0x54, 0x61, 0x62, 0x57, 0x95, 0xb6, 0xd2, 0xd8, 0xf7, 0x98, 0x5b, 0x75, 0xfc,
    0x2e, 0x63, 0x0f, 0x6c, 0x0a, 0xf6, 0x14, 0xb1, 0x10, 0xb0, 0x42, 0xff, 0x0e, 0xbb, 0xaf, 0x66,
    0xeb, 0xfd, 0x69, 0x80, 0xc9, 0xb6, 0xd5, 0xd1, 0x10, 0x39, 0x46, 0x95, 0x9a, 0x02, 0x3c, 0xd1,
    0x68, 0x65, 0x79, 0xd3, 0x26, 0xef, 0xcf, 0x3f, 0x1a, 0x1b, 0x8c, 0xd5, 0xcf, 0x82, 0xef, 0x45,
    0x8b, 0xc1, 0x20, 0x7a, 0x5a, 0x3b, 0x2c, 0x6e, 0xe9, 0xa5, 0xb4, 0xb3, 0x5f, 0xc1, 0x2f, 0x19,
    0xa0, 0x53, 0x64, 0xc7, 0x61, 0x61, 0xad, 0xbb, 0xa8, 0x8d, 0x98, 0x9b, 0xff, 0x5e, 0x2c, 0x88,
    0x7e, 0xc1, 0x59, 0x47, 0x11, 0xa0, 0xa9, 0x79, 0x6b, 0x71, 0xab, 0xbd, 0x87, 0x8b, 0x2a, 0x70,
    0xa3, 0x35, 0x1c, 0xfa, 0x90, 0x7e, 0xd0, 0xe0, 0x38, 0xce, 0x33, 0xd1, 0x69, 0x34, 0xed, 0x52,
    0x59, 0x79, 0xa3, 0xe8, 0x03, 0x81, 0x6a, 0x1d, 0x74, 0xb6, 0x5e, 0x34, 0xff, 0x19, 0xd8, 0xcb,
    0xe8, 0x4c, 0x58, 0x34, 0x5f, 0xdf, 0xce, 0x94, 0x4a, 0xa4, 0xff, 0xe6, 0x9d, 0x3a, 0x03, 0x69,
    0x59, 0xe7, 0xe0, 0xc9, 0xdb, 0x5c, 0xd2, 0xe7, 0x1c, 0x70, 0x2f, 0x78, 0xe8, 0x61, 0xaa, 0xf6,
    0xf0, 0xa7, 0x05, 0xee, 0x04, 0x5b, 0xec, 0x74, 0x6e, 0xbc, 0xf3, 0xfc, 0xdb, 0xb8, 0xf1, 0xc0,
    0x78, 0x56, 0xf0, 0xc8, 0xd1, 0x73, 0x7d, 0x39, 0xad, 0x42, 0xc1, 0x23, 0x09, 0x13, 0x3a, 0x23,
    0x8d, 0xb0, 0x20, 0x02, 0xb6, 0x3e, 0xdc, 0x88, 0x83, 0x03, 0xec, 0xda, 0xf9, 0xbc, 0xe6, 0x80,
    0xbc, 0x01, 0x0c, 0x86, 0x69, 0x11, 0x19, 0x31, 0x02, 0xd4, 0x73, 0xa5, 0x56, 0xae, 0x18, 0xfe,
    0x8e, 0x29, 0xaa, 0x75, 0x34, 0x01, 0x30, 0xdc, 0x4d, 0x2b, 0x10, 0xf3, 0x0c, 0x0d, 0x59, 0x3c,
    0x21, 0xbd, 0xa6, 0x9e, 0x38, 0x41, 0xf2, 0xbe, 0x1b, 0xa3, 0x96, 0xd8, 0xc0, 0x83, 0xb3, 0xd7,
    0xb1, 0xff, 0x0b, 0xaf, 0x38, 0x86, 0xec, 0xb0, 0x74, 0x20, 0x01, 0x79, 0x8d, 0xfd, 0xb5, 0x02,
    0x5a, 0xe7, 0x2d, 0xb8, 0x74, 0xdc, 0x18, 0xa8, 0xdd, 0xb0, 0x49, 0x94, 0x00, 0x00, 0x00, 0x00,
    0xb6, 0xfb, 0x3d, 0xf2, 0xee, 0x16, 0x48, 0xda, 0x00, 0x01, 0xca, 0x02, 0x80, 0x50, 0x00, 0x00,
    0xe4, 0x22, 0x03, 0x88, 0xb1, 0xc4, 0x67, 0xfb, 0x02, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
];
