//! The rules that decide most cases, tested end to end: an archive goes in; layers,
//! verdicts and the union come out.
//!
//! The other suites test the details: every cut, every order, every dialect.

use lamina::image::ImagePath;
use lamina::layer::Compression;
use lamina::source::archive::OtherKind;
use lamina::workspace::OpenImage;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_MANIFEST, Outer, bzip2, config_of, descriptor, digest_of, docker_save, gzip, image_blobs,
    index_of, layout_of, manifest_of, named, open_tar, zstd,
};
use crate::archive::reading::{check_read, file_lines, layer_lines, read_image};
use crate::support::{gzip_with, tar_of};

/// Opens an archive of one image and reads its layers.
fn read(outer: &Outer) -> OpenImage {
    read_image(&open_tar(outer).unwrap().images[0])
}

/// Makes a docker-archive of one image with these compressed layers and their uncompressed bytes.
fn save(stored: &[&[u8]], decoded: &[&[u8]]) -> Outer {
    let paths: Vec<_> = (0..stored.len()).map(|at| format!("{at}.tar")).collect();
    let list = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": paths}]);
    let members = stored.iter().zip(&paths);
    members
        .fold(Outer::new(), |outer, (layer, path)| outer.file(path, layer))
        .file("c.json", config_of(decoded).to_string())
        .json("manifest.json", &list)
}

/// Checks the files in the union of layers written as text.
fn check_files(texts: &[&str], files: &str) {
    let layers: Vec<_> = texts.iter().map(|text| tar_of(text)).collect();
    let layers: Vec<_> = layers.iter().map(Vec::as_slice).collect();
    let opened = open_tar(&docker_save(&["a:1"], &layers)).unwrap();
    let image = read_image(&opened.images[0]);
    let expected: Vec<_> = files.lines().map(str::trim).collect();
    assert_eq!(file_lines(&image), expected, "{texts:?}");
}

/// eStargz stores every part of a layer as its own gzip member. The table of contents follows the tar's end marker,
/// where a tar reader stops.
#[wasm_bindgen_test(unsupported = test)]
fn r_01_the_diff_id_is_that_of_all_decoded_bytes() {
    let tar = tar_of("only = one entry");
    let (entry, end) = tar.split_at(tar.len() - 1024);
    let mut contents = tar_of("stargz.index.json = {\"version\": 1}");
    contents.resize(14_848 - tar.len(), 0);
    let footer = gzip_with(
        b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\x000000000000000600STARGZ",
        b"",
        0,
    );
    let stored = [gzip(entry), gzip(end), gzip(&contents), footer].concat();
    let decoded = [&tar[..], &contents].concat();
    assert_eq!(decoded.len(), 14_848);
    let opened = open_tar(&save(&[&stored], &[&decoded])).unwrap();
    let image = check_read(&opened.images[0], "0 gzip absent absent ok ok", "only 9 @0");
    let layer = image.read_layer(0).unwrap();
    assert_eq!((layer.decoded_bytes, layer.index.n_entries()), (14_848, 1));
    assert_eq!(layer.diff_id.0, digest_of(&decoded));
    // The digest of the tar alone is a different one, and must not be used.
    let opened = open_tar(&save(&[&stored], &[&tar])).unwrap();
    let image = read_image(&opened.images[0]);
    assert_eq!(layer_lines(&image), ["0 gzip absent absent mismatch ok"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn r_02_the_digest_is_that_of_the_bytes_as_stored() {
    let tar = tar_of("a = 1");
    let skippable = b"\x50\x2a\x4d\x18\x04\0\0\0skip";
    let padded = [&tar[..], &[0; 3000]].concat();
    let cases: [(&str, Vec<u8>, &[u8]); 6] = [
        ("gzip", gzip(&tar), &tar),
        ("gzip", [gzip(&tar), vec![0; 700]].concat(), &tar),
        ("gzip", [gzip(&tar), b"garbage".to_vec()].concat(), &tar),
        ("zstd", [&skippable[..], &zstd(&tar)].concat(), &tar),
        ("zstd", [&zstd(&tar)[..], skippable].concat(), &tar),
        ("none", padded.clone(), &padded),
    ];
    for (compression, stored, decoded) in cases {
        let config = config_of(&[decoded]).to_string();
        let manifest = manifest_of(&config, &[&stored]).to_string();
        let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "v1")]);
        let outer = layout_of(&top).blob(&stored).blob(&config).blob(&manifest);
        let image = read(&outer);
        let layer = image.read_layer(0).unwrap();
        assert_eq!(layer.digest, digest_of(&stored), "{compression}");
        assert_eq!(layer.stored_bytes, stored.len() as u64);
        let line = &layer_lines(&image)[0];
        let expected = format!("0 {compression} ok ok ok ");
        assert!(
            line.starts_with(&expected) && !line.ends_with("damaged"),
            "{line}"
        );
        assert_eq!(file_lines(&image), ["a 1 @0"]);
    }
}

/// Odd but valid JSON: whitespace, escapes, numbers and the order of keys would all
/// change if it were serialised again.
#[wasm_bindgen_test(unsupported = test)]
fn r_03_documents_stay_byte_for_byte() {
    let layer = tar_of("a = 1");
    let config = format!(
        " {{ \"rootfs\" : {{\"diff_ids\":[\"{}\"],\"type\":\"layers\"}},\n\t\"os\":\"linu\\u0078\", \"x\":1.50, \"architecture\":\"amd64\"}}\r\n",
        digest_of(&layer)
    );
    let manifest = manifest_of(&config, &[&layer])
        .to_string()
        .replace("\":", "\" :\n");
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "v1")]);
    let outer = layout_of(&top).blob(&layer).blob(&config).blob(&manifest);
    let opened = open_tar(&outer).unwrap();
    let image = &opened.images[0];
    let kept = image.manifest.as_ref().unwrap();
    assert_eq!(&*kept.bytes, manifest.as_bytes());
    assert_eq!(kept.digest, digest_of(&manifest));
    let kept = image.config.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(&*kept.bytes, config.as_bytes());
    assert_eq!(image.image_id, Some(digest_of(&config)));
    assert_eq!(kept.config.platform.to_string(), "linux/amd64");
}

/// By the wording of the specification, as in umoci. Docker, and podman on vfs, delete the file or fail, and
/// overlay mounts refuse the layer.
#[wasm_bindgen_test(unsupported = test)]
fn r_04_a_whiteout_hides_only_what_lies_lower() {
    let base = "d/\nd/a = 1\nb = 1";
    let expected = "d/ @0\nd/a 2 @1";
    check_files(&[base, "d/a = 22\nd/.wh.a\n.wh.b"], expected);
    check_files(&[base, "d/.wh.a\nd/a = 22\n.wh.b"], expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn r_05_an_opaque_marker_works_wherever_it_stands() {
    let base = "d/\nd/old = 1\nd/e/\nd/e/f = 1\nkept = 1";
    let expected = "d/ @1\nd/new 2 @1\nd/z 3 @1\nkept 1 @0";
    check_files(
        &[base, "d/\nd/.wh..wh..opq\nd/new = 22\nd/z = 333"],
        expected,
    );
    check_files(
        &[base, "d/\nd/new = 22\nd/.wh..wh..opq\nd/z = 333"],
        expected,
    );
    check_files(
        &[base, "d/\nd/new = 22\nd/z = 333\nd/.wh..wh..opq"],
        expected,
    );
}

/// The name and the media type of each layer claim another compression than it has.
#[wasm_bindgen_test(unsupported = test)]
fn r_06_magic_decides_and_no_name_or_type() {
    let tar = tar_of("a = 1");
    let forms: [(Compression, Vec<u8>); 4] = [
        (Compression::None, tar.clone()),
        (Compression::Gzip, gzip(&tar)),
        (Compression::Zstd, zstd(&tar)),
        (Compression::Bzip2, bzip2(&tar)),
    ];
    for (compression, stored) in &forms {
        for name in ["l.tar", "l.tar.gz", "l.tar.zst", "l.zip", "l"] {
            let list = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": [name]}]);
            let outer = Outer::new()
                .file(name, stored)
                .file("c.json", config_of(&[&tar]).to_string())
                .json("manifest.json", &list);
            let image = read(&outer);
            assert_eq!(image.read_layer(0).unwrap().compression, *compression);
            assert_eq!(file_lines(&image), ["a 1 @0"], "{compression} as {name}");
        }
        for suffix in ["", "+gzip", "+zstd"] {
            let config = config_of(&[&tar]).to_string();
            let mut manifest = manifest_of(&config, &[stored]);
            let media_type = format!("application/vnd.oci.image.layer.v1.tar{suffix}");
            manifest["layers"][0]["mediaType"] = json!(media_type);
            let manifest = manifest.to_string();
            let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "v1")]);
            let outer = layout_of(&top).blob(stored).blob(&config).blob(&manifest);
            let image = read(&outer);
            assert_eq!(image.read_layer(0).unwrap().compression, *compression);
            assert_eq!(
                file_lines(&image),
                ["a 1 @0"],
                "{compression} as {media_type}"
            );
        }
    }
}

/// `caf\xe9` is Latin-1. `café` appears composed and decomposed. An upper case letter sorts before all others.
#[wasm_bindgen_test(unsupported = test)]
fn r_07_names_are_bytes() {
    let base = "A = 1\na = 22\ncaf\\xe9 = 333\ncaf\\xc3\\xa9 = 4444\ncafe\\xcc\\x81 = 55555\n\\xff = 1\n\\xfe = 1";
    check_files(
        &[base, "a = 666666\n.wh.caf\\xe9\n.wh.\\xfe"],
        "A 1 @0
         a 6 @1
         cafe\u{301} 5 @0
         caf\u{e9} 4 @0
         \\xff 1 @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn r_08_nothing_leads_out_of_the_root() {
    check_files(
        &[
            "./a = 1\n/b = 1\n//c//d = 1\n./././e/./f = 1\ng/h/../i = 1\n../../../j = 1\n/../k/../../l = 1",
            "../.wh.a\n/./e//.wh.f",
        ],
        "b 1 @0
         c/ @0
         c/d 1 @0
         e/ @0
         g/ @0
         g/i 1 @0
         j 1 @0
         l 1 @0",
    );
    for (name, path) in [
        ("..", ""),
        ("/", ""),
        ("./", ""),
        ("a/../..", ""),
        ("../a/..//b", "b"),
    ] {
        let normal = ImagePath::normalise(name.as_bytes()).unwrap();
        assert_eq!(normal.as_bytes(), path.as_bytes(), "{name}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn r_09_a_bad_layer_leaves_the_image_and_a_bad_image_the_archive() {
    let (base, top) = (tar_of("a = 1\nb = 1"), tar_of("c = 1\n.wh.a"));
    let broken = b"neither tar nor compressed".to_vec();
    let layers: [&[u8]; 4] = [&base, &broken, &broken, &top];
    let whole = save(&layers, &layers).without("2.tar");
    let opened = open_tar(&whole).unwrap();
    let image = read_image(&opened.images[0]);
    let lines = layer_lines(&image);
    assert_eq!(lines[0], "0 none absent absent ok absent");
    assert!(lines[1].ends_with("damaged"), "{lines:?}");
    assert_eq!(lines[2], "2 failed: 2.tar is missing");
    assert_eq!(lines[3], "3 none absent absent ok absent");
    assert_eq!(file_lines(&image), ["b 1 @0", "c 1 @3"]);

    let (blobs, good) = image_blobs(&[&base]);
    let entries = [
        named(descriptor(OCI_MANIFEST, "no JSON"), "broken"),
        named(descriptor(OCI_MANIFEST, "not there"), "missing"),
        json!({"mediaType": OCI_MANIFEST, "digest": 7}),
        named(descriptor(OCI_MANIFEST, &good), "good"),
    ];
    let outer = layout_of(&index_of(&entries)).and(blobs).blob("no JSON");
    let opened = open_tar(&outer).unwrap();
    assert_eq!(opened.images.len(), 1);
    assert_eq!(opened.images[0].names, ["good"]);
    let unavailable = |other: &lamina::source::archive::OtherContent| {
        matches!(other.kind, OtherKind::Unavailable(_))
    };
    assert_eq!(opened.others.len(), 3);
    assert!(opened.others.iter().all(unavailable));
}
