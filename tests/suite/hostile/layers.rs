//! Layers with too much of something: entries, depth, sizes, maps, duplicates, colliding names.

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{ImageLimits, LayerLimits, Limits};
use lamina::layer::{Error, FileHashes, ReadOptions};
use lamina::overlay::{LayerIdx, NodeId, Query, TreeRows, Union, View};
use lamina::workspace::{LayerStatus, OpenImage, read_layer};
use wasm_bindgen_test::wasm_bindgen_test;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::archive::fixture::{docker_save, open_tar};
use crate::support::run;

use super::{codes, damage_of, entry, header, named, pax, read, union_of};

#[wasm_bindgen_test(unsupported = test)]
fn entries_beyond_the_limit_end_the_layer_and_what_came_before_stays() {
    let limits = Limits {
        layer: LayerLimits {
            entries: 20_000,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let files: Vec<u8> = (0..250)
        .flat_map(|n| entry(b'0', format!("f{n}").as_bytes(), b"", b""))
        .collect();
    let reading = read(std::iter::repeat_n(files.as_slice(), 120), limits);
    assert_eq!(
        damage_of(&reading),
        "the layer has more entries than the limit of 20000"
    );
    assert_eq!(reading.index.n_entries(), 20_000);
    let mut union = Union::new(limits);
    union.apply(Rc::new(reading.index));
    assert_eq!(union.n_nodes(), 251);
    // Each path occurs eighty times. That is reported, but not twenty thousand times.
    let warnings = union.warnings(LayerIdx(0));
    assert_eq!(
        (warnings.kept.len(), warnings.n_dropped),
        (200, 20_000 - 250 - 200)
    );
    assert_eq!(codes(&union), ["duplicate-path"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn paths_beyond_the_limit_are_left_out() {
    let limits = Limits {
        image: ImageLimits {
            paths: 1_000,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    // Two bytes of text make a directory.
    let deep: Vec<u8> = (0..10)
        .flat_map(|n| named(b'0', format!("{n}/{}", "d/".repeat(199)).as_bytes(), b""))
        .collect();
    let union = union_of(&[deep], limits);
    assert_eq!(union.n_nodes(), 1_000);
    assert_eq!(codes(&union), ["left out by paths"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn writing_and_deleting_again_and_again_ends() {
    let limits = Limits {
        image: ImageLimits {
            paths: 200,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let write: Vec<u8> = (0..100)
        .flat_map(|n| entry(b'0', format!("d/{n}").as_bytes(), b"", b""))
        .collect();
    let delete = entry(b'0', b".wh.d", b"", b"");
    let layers: Vec<_> = (0..20)
        .map(|n| {
            if n % 2 == 0 {
                write.clone()
            } else {
                delete.clone()
            }
        })
        .collect();
    let union = union_of(&layers, limits);
    assert_eq!(codes(&union), ["left out by paths"]);
    assert_eq!(union.n_nodes(), 102);
    assert!(union.heap_bytes() < 100_000);
}

#[wasm_bindgen_test(unsupported = test)]
fn entries_of_all_layers_together_are_bounded() {
    let layer = |n: usize| -> Vec<u8> {
        let names = (0..n).map(|at| format!("f{at}"));
        names
            .flat_map(|name| entry(b'0', name.as_bytes(), b"", b""))
            .collect()
    };
    let limits = Limits {
        image: ImageLimits {
            image_entries: 10,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let archive = docker_save(&["a:1"], &[&layer(4), &layer(5), &layer(2), &layer(1)]);
    let found = open_tar(&archive).unwrap().images.remove(0);
    let mut image = OpenImage::new(found, limits);
    while let Some(layer) = image.next_waiting() {
        let task = image.task(layer).unwrap();
        let (read, verdict) = run(read_layer(task, super::options(limits), &|_| {
            ControlFlow::Continue(())
        }))
        .unwrap();
        image.accept(layer, LayerStatus::Read(Rc::new(read), verdict));
    }
    let failed = |layer: usize| match &image.layers()[layer] {
        LayerStatus::Failed(error) => error.to_string(),
        _ => String::new(),
    };
    assert_eq!(
        failed(2),
        "layer 2, with those read before, exceeds the limit of 10 entries"
    );
    // Further layers that fit are read. The image is browsed without the failed layer.
    assert_eq!([failed(0), failed(1), failed(3)], ["", "", ""]);
    assert_eq!((image.n_entries(), image.union().n_layers()), (10, 4));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_directory_of_300_levels_is_browsed_like_any_other() {
    let path = "level/".repeat(300) + "file";
    let layer = [
        named(b'0', path.as_bytes(), b""),
        entry(b'0', b".wh.other", b"", b""),
    ]
    .concat();
    let union = union_of(
        &[layer, entry(b'0', b"level/.wh.level", b"", b"")],
        Limits::DEFAULT,
    );
    let below = View::UpTo(LayerIdx(0));
    let file = union.lookup(path.as_bytes()).unwrap();
    assert_eq!(union.resolve(path.as_bytes(), below), Ok(file));
    assert_eq!(union.path(file), path.as_bytes());
    assert_eq!(union.listing(below).count(), 301);
    assert_eq!(union.totals(NodeId::ROOT, below).n_dirs, 300);
    let mut tree = TreeRows::new(below);
    assert_eq!(tree.expand_to(&union, file), Some(300));
    assert_eq!(tree.n_rows(&union), 301);
    let found = union.find(&Query::literal(b"/file"), below, 10);
    assert_eq!(
        found.iter().map(|found| found.id).collect::<Vec<_>>(),
        [file]
    );
    // The layer above removes all of it.
    let above = View::UpTo(LayerIdx(1));
    assert_eq!(union.listing(above).count(), 1);
    assert_eq!(union.counts(LayerIdx(1)).n_deleted, 300);
}

#[wasm_bindgen_test(unsupported = test)]
fn links_that_lead_ever_deeper_reach_the_limit_of_depth() {
    let limits = Limits {
        layer: LayerLimits {
            path_depth: 50,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    // Each link leads twenty levels below the one before. No name is long, but the paths would be.
    let twenty = "d/".repeat(20);
    let mut layer = Vec::new();
    for n in 0..10 {
        let below = if n == 0 {
            String::new()
        } else {
            format!("l{}/", n - 1)
        };
        layer.extend(named(b'0', format!("{below}{twenty}f").as_bytes(), b""));
        layer.extend(named(
            b'2',
            format!("l{n}").as_bytes(),
            format!("{below}{twenty}").as_bytes(),
        ));
    }
    let union = union_of(&[layer.clone()], limits);
    assert!(
        codes(&union).contains(&"left out by path-depth".to_owned()),
        "{:?}",
        codes(&union)
    );
    let deepest = union.listing(View::UpTo(LayerIdx(0)));
    let levels = deepest.map(|listed| listed.path.split(|&b| b == b'/').count());
    assert_eq!(levels.max(), Some(50).min(Some(41)));
    // The same by bytes.
    let limits = Limits {
        layer: LayerLimits {
            path_bytes: 60,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let union = union_of(&[layer], limits);
    let longest = union
        .listing(View::UpTo(LayerIdx(0)))
        .map(|listed| listed.path.len());
    assert!(longest.max() <= Some(60));
}

#[wasm_bindgen_test(unsupported = test)]
fn numbers_that_no_disk_holds() {
    let check = |size: &[u8; 12], message: &str| {
        let tar = [
            entry(b'0', b"a", b"", b""),
            header(b'0', b"f", b"", size, b""),
        ]
        .concat();
        let reading = read([tar.as_slice()], Limits::DEFAULT);
        assert!(
            damage_of(&reading).contains(message),
            "{size:?}: {}",
            damage_of(&reading)
        );
        assert!(reading.index.n_entries() >= 1);
    };
    // 2^63, 2^63 - 1, -1, 2^62, and the largest number in octal digits.
    check(b"\x80\0\0\0\x80\0\0\0\0\0\0\0", "a malformed size");
    check(
        b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
        "is truncated",
    );
    check(
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        "a malformed size",
    );
    check(b"\x80\0\0\0\x40\0\0\0\0\0\0\0", "is truncated");
    check(b"77777777777\0", "is truncated");
    check(b"-0000000001\0", "a malformed size");
    // In PAX: sizes near the end of the range, and owners and times beyond theirs.
    let by_pax = |key: &str, value: &str| {
        let tar = [pax(key, value.as_bytes()), entry(b'0', b"f", b"", b"")].concat();
        damage_of(&read([tar.as_slice()], Limits::DEFAULT))
    };
    assert!(by_pax("size", "18446744073709551615").contains("the size is no number"));
    assert!(by_pax("size", "-1").contains("a malformed size"));
    assert!(by_pax("size", "18446744073709551616").contains("the size is no number"));
    assert!(by_pax("size", "9223372036854775807").contains("is truncated"));
    assert!(by_pax("uid", "18446744073709551616").contains("the owner is no number"));
    assert_eq!(by_pax("uid", "4294967296"), "");
    assert_eq!(by_pax("mtime", "9223372036854775807.999999999"), "");
    assert_eq!(by_pax("mtime", "-9223372036854775807.5"), "");
    assert!(by_pax("mtime", "9223372036854775808").contains("the time is no number"));
    // Two such sizes in one directory do not overflow its sum.
    let tar = header(
        b'0',
        b"d/f",
        b"",
        b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"",
    );
    let index = Rc::new(read([tar.as_slice()], Limits::DEFAULT).index);
    let mut union = Union::new(Limits::DEFAULT);
    let layer = union.apply(index);
    assert_eq!(
        union.totals(NodeId::ROOT, View::UpTo(layer)).size_bytes,
        i64::MAX as u64
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn sparse_maps_claim_and_take_nothing() {
    let sparse = |map: String, size: &str, content: &[u8]| {
        let records = [
            super::record("GNU.sparse.size", size.as_bytes()),
            super::record(
                "GNU.sparse.numblocks",
                map.split(',').count().div_ceil(2).to_string().as_bytes(),
            ),
            super::record("GNU.sparse.map", map.as_bytes()),
        ];
        [
            entry(b'x', b"pax", b"", &records.concat()),
            entry(b'0', b"s", b"", content),
        ]
        .concat()
    };
    let check = |tar: Vec<u8>, message: &str| {
        let options = ReadOptions {
            limits: LayerLimits::DEFAULT,
            file_hashes: FileHashes::Sha256,
        };
        let mut reader = lamina::layer::LayerReader::new(Default::default(), options);
        reader.push(&tar);
        let reading = reader.finish();
        assert!(
            damage_of(&reading).contains(message),
            "{}",
            damage_of(&reading)
        );
        reading
    };
    let huge = i64::MAX.to_string();
    // A file of 8 EiB with one byte of data. Its holes are not hashed, and no memory is allocated for them.
    let reading = check(sparse("0,1".to_owned(), &huge, b"x"), "");
    let codes: Vec<_> = reading.warnings.kept.iter().map(|w| w.code()).collect();
    assert_eq!(codes, ["sha256-left-out"]);
    check(
        sparse(format!("{huge},{huge}"), &huge, b"x"),
        "inconsistent map",
    );
    check(
        sparse("18446744073709551615,1".to_owned(), &huge, b"x"),
        "inconsistent map",
    );
    check(sparse("5,1,0,1".to_owned(), "9", b"xx"), "inconsistent map");
    check(sparse("0,9".to_owned(), "9", b"x"), "inconsistent map");
    // More extents than the limit, in one header.
    let limits = Limits {
        layer: LayerLimits {
            sparse_extents: 1_000,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let map: Vec<String> = (0..2_000).map(|n| format!("{n},0")).collect();
    let reading = read([sparse(map.join(","), "9000", b"").as_slice()], limits);
    assert!(damage_of(&reading).contains("more extents than the limit"));
    // The same in blocks before the content. The count is only trusted up to the limit.
    let records = [
        super::record("GNU.sparse.major", b"1"),
        super::record("GNU.sparse.minor", b"0"),
        super::record("GNU.sparse.realsize", huge.as_bytes()),
    ];
    for map in [
        "1001\n",
        "18446744073709551616\n",
        "99999999999999999999999999",
    ] {
        let tar = [
            entry(b'x', b"pax", b"", &records.concat()),
            entry(b'0', b"s", b"", map.as_bytes()),
        ]
        .concat();
        let reading = read([tar.as_slice()], limits);
        assert!(
            matches!(reading.damage, Some(Error::BadSparseMap { .. })),
            "{map}"
        );
    }
}

/// Returns `n` names that all hash to the same place in a table of 4,096.
fn colliding(n: usize) -> Vec<String> {
    let home = |name: &str| xxh3_64_with_seed(name.as_bytes(), 0) & 4_095;
    let names = (0_u32..).map(|n| format!("{n:x}"));
    names.filter(|name| home(name) == 7).take(n).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn names_made_to_collide_cost_a_bounded_detour_each() {
    let steps = |names: &[String]| {
        let layer: Vec<u8> = names
            .iter()
            .flat_map(|name| entry(b'0', name.as_bytes(), b"", b""))
            .collect();
        let union = union_of(&[layer], Limits::DEFAULT);
        assert_eq!(union.n_nodes(), names.len() + 1);
        assert!(
            names
                .iter()
                .all(|name| union.lookup(name.as_bytes()).is_some())
        );
        union.n_steps() / names.len() as u64
    };
    let honest: Vec<String> = (0..1_500).map(|n| format!("file{n}")).collect();
    assert!(steps(&honest) < 12, "{}", steps(&honest));
    // Linear probing would cost half of their number for each: 750, and more without bound as the number grows.
    let hostile = steps(&colliding(1_500));
    assert!(hostile < 200, "{hostile}");
}
