//! Directories and whole root file systems as tar: the files that a container sees, without loss.

use lamina::build::{LayerTar, NewEntry};
use lamina::image::{ImagePath, Timestamp};
use lamina::layer::{Device, EntryKind, XattrRef};
use lamina::overlay::LayerIdx;
use lamina::source::Error;
use lamina::workspace::{OpenImage, tree_as_tar};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{docker_save, gzip, zstd};
use crate::support::tar_of;

use super::{
    Store, archive_of, bytes_of, image, images, listing, members, names, to_docker, to_oci,
};

fn tree(image: &OpenImage, path: &str) -> Result<Vec<u8>, Error> {
    let top = LayerIdx::at(image.layers().len() - 1);
    let path = ImagePath::normalise(path.as_bytes()).unwrap();
    bytes_of(tree_as_tar(image, top, &path), image)
}

/// Checks an image of these layers in each compression.
fn each_way(layers: &[&[u8]], check: impl Fn(&OpenImage)) {
    for store in [<[u8]>::to_vec, gzip, zstd] as [Store; 3] {
        check(&image(&archive_of(layers, store)));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_root_is_what_a_container_sees() {
    let base = tar_of(
        "bin/\nbin/a = @70000 | mode=4755 uid=3 gid=4 mtime=9\nbin/b => bin/a\nbin/c => bin/a\netc/\n\
         etc/hosts = 1\nold/\nold/x = 1\nusr/lib/deep/er = 5\nempty =\nrun/pipe p\ndev/\ndev/null c 1:3\n\
         dev/sda b 8:0\nlib -> usr/lib",
    );
    let top = tar_of(
        ".wh.old =\netc/hosts = 2222 | mode=0600\nbin/.wh.b =\netc/caf\\xe9 = x\nlib/new = 1",
    );
    each_way(&[&base, &top], |image| {
        let tar = tree(image, "").unwrap();
        let again = super::image(&tar);
        assert_eq!(listing(&again), listing(image));
        let kind = |name: &str| {
            let mut archive = tar::Archive::new(tar.as_slice());
            let mut entries = archive.entries().unwrap().map(Result::unwrap);
            let entry = entries.find(|entry| entry.path_bytes() == name.as_bytes());
            entry.unwrap().header().entry_type()
        };
        assert_eq!(kind("bin/a"), tar::EntryType::Regular);
        assert_eq!(kind("bin/c"), tar::EntryType::Link);
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn a_directory_stands_below_its_own_name() {
    let layer = tar_of(
        "etc/\netc/ssl/\netc/ssl/a = 1\netc/ssl/b => etc/ssl/a\netc/other = 2\nlink -> etc/ssl",
    );
    let image = image(&docker_save(&[], &[&layer]).tar());
    let names = |path: &str| -> Vec<String> {
        let members = members(&tree(&image, path).unwrap()).into_iter();
        members.map(|(name, _)| name).collect()
    };
    assert_eq!(names("etc/ssl"), ["ssl/", "ssl/a", "ssl/b"]);
    assert_eq!(names("/etc/ssl/a"), ["a"]);
    assert_eq!(names("link"), ["link/", "link/a", "link/b"]);
    let error = tree(&image, "nothing").unwrap_err();
    assert!(error.to_string().contains("/nothing"), "{error}");
    // The error for a deleted path does not say that it never existed.
    let layers = ["etc/\netc/old = 1", ".wh.etc"].map(tar_of);
    let image = self::image(&docker_save(&[], &[&layers[0], &layers[1]]).tar());
    for path in ["etc", "/etc/old"] {
        let error = tree(&image, path).unwrap_err().to_string();
        assert!(error.contains("layer 1 deleted it"), "{error}");
    }
}

/// Returns a layer with everything that ustar cannot express.
fn extremes() -> Vec<u8> {
    let mut tar = LayerTar::new();
    let time = |seconds, nanos| Timestamp { seconds, nanos };
    let long = [b"d/".as_slice(), &[b'n'; 250]].concat();
    let far = [b"x".as_slice(), &[b'y'; 300]].concat();
    let xattrs = [
        XattrRef {
            name: b"security.capability",
            value: b"\x01\0\0\x02\0 = \n",
        },
        XattrRef {
            name: b"user.empty",
            value: b"",
        },
    ];
    let plain = NewEntry {
        path: b"d",
        kind: EntryKind::Dir,
        mode: 0o1777,
        uid: 0,
        gid: 0,
        size_bytes: 0,
        mtime: time(0, 0),
        link: b"",
        device: None,
        xattrs: &[],
    };
    let file = NewEntry {
        kind: EntryKind::File,
        mode: 0o6711,
        size_bytes: 1,
        ..plain
    };
    let entries = [
        plain,
        NewEntry {
            path: &long,
            ..file
        },
        NewEntry {
            path: b"d/caf\xe9\xff",
            ..file
        },
        NewEntry {
            path: b"d/owner",
            uid: 2_097_152,
            gid: 4_000_000_000,
            ..file
        },
        NewEntry {
            path: b"d/before",
            mtime: time(-2, 500_000_000),
            ..file
        },
        NewEntry {
            path: b"d/fraction",
            mtime: time(1_700_000_000, 1),
            ..file
        },
        NewEntry {
            path: b"d/late",
            mtime: time(1 << 34, 0),
            ..file
        },
        NewEntry {
            path: b"d/xattrs",
            xattrs: &xattrs,
            ..file
        },
        NewEntry {
            path: b"d/dir",
            xattrs: &xattrs,
            ..plain
        },
        NewEntry {
            path: b"d/link",
            kind: EntryKind::Symlink,
            mode: 0o777,
            link: &far,
            ..plain
        },
        NewEntry {
            path: b"d/char",
            kind: EntryKind::Char,
            device: Some(Device {
                major: 4095,
                minor: 1_048_575,
            }),
            ..plain
        },
        NewEntry {
            path: b"d/pipe",
            kind: EntryKind::Fifo,
            ..plain
        },
    ];
    for entry in entries {
        tar.entry(&entry).unwrap();
        let size = entry.size_bytes as usize;
        tar.content(&b"x"[..size]).unwrap();
    }
    let hard = NewEntry {
        path: b"d/hard",
        kind: EntryKind::Hardlink,
        link: &long,
        ..file
    };
    tar.entry(&NewEntry {
        size_bytes: 0,
        ..hard
    })
    .unwrap();
    tar.finish().unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_12_nothing_that_pax_says_is_lost() {
    each_way(&[&extremes()], |image| {
        assert_eq!(image.union().warnings(LayerIdx(0)).kept, []);
        let expected = listing(image);
        for words in [
            "\"mtime\":-1.5",
            "4000000000",
            "security.capability",
            "4095:1048575",
        ] {
            assert!(expected.contains(words), "{words} is in {expected}");
        }
        let archives = [
            to_docker(image, &names(&["a:1"])),
            to_oci(image, &names(&["a:1"])),
            tree(image, ""),
        ];
        for archive in archives {
            assert_eq!(listing(&super::image(&archive.unwrap())), expected);
        }
    });
}

/// Returns a file in the old GNU sparse form: 4 bytes at 1 MiB, of 3 MiB.
fn sparse() -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNUSparse);
    header.set_size(4);
    header.set_mode(0o644);
    let octal = |field: &mut [u8], n: u64| {
        let text = format!("{n:0width$o}", width = field.len() - 1);
        field[..text.len()].copy_from_slice(text.as_bytes());
    };
    let gnu = header.as_gnu_mut().unwrap();
    gnu.name[..6].copy_from_slice(b"sparse");
    octal(&mut gnu.sparse[0].offset, 1 << 20);
    octal(&mut gnu.sparse[0].numbytes, 4);
    octal(&mut gnu.realsize, 3 << 20);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(b"data");
    bytes.resize(1024, 0);
    bytes.extend(tar_of("after = x\nusr/\netc/\nbin/"));
    bytes
}

#[wasm_bindgen_test(unsupported = test)]
fn holes_of_a_sparse_file_become_zeros() {
    let image = image(&docker_save(&[], &[&sparse()]).tar());
    let members = members(&tree(&image, "").unwrap());
    let (_, content) = members.iter().find(|(name, _)| name == "sparse").unwrap();
    assert_eq!(content.len(), 3 << 20);
    assert_eq!(&content[1 << 20..(1 << 20) + 4], b"data");
    assert_eq!(content.iter().filter(|&&byte| byte != 0).count(), 4);
}

#[wasm_bindgen_test(unsupported = test)]
fn files_far_apart_are_found_in_their_layer() {
    let mut text = String::from("bin/\netc/\nusr/\n");
    for at in 0..40 {
        text.push_str(&format!("bin/{at} = @1000000\n"));
    }
    let base = tar_of(&text);
    let mut hides = String::new();
    for at in 1..39 {
        hides.push_str(&format!("bin/.wh.{at} =\n"));
    }
    each_way(&[&base, &tar_of(&hides)], |image| {
        let again = super::image(&tree(image, "").unwrap());
        assert_eq!(listing(&again), listing(image));
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_was_not_read_is_named() {
    let image = images(&docker_save(&[], &[&tar_of("a = 1")]).tar()).remove(0);
    let error = tree(&image, "").unwrap_err();
    assert!(error.to_string().contains("layer 0"), "{error}");
}
