//! `lamina inspect` as a script uses it: its document, which docs/inspect.schema.json describes, and its tables.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use lamina::image::Digest;
use serde_json::{Value, json};

use super::outer::{
    OCI_INDEX, OCI_MANIFEST, Outer, descriptor, docker_save, gzip, image_blobs, index_of,
    layout_of, named, with,
};
use super::sample::sample;
use super::schema::{hold, read};
use super::{LAYERS, WASTEFUL, archive, archive_of, folder, lamina, text};

#[test]
fn inspect_tells_what_is_dead() {
    let bytes = archive(&WASTEFUL);
    let (status, out, _) = lamina(&["inspect", "-"], &bytes);
    assert_eq!(status, 0);
    let space = "Space     220 B of content, 90 B visible, 130 B dead\n";
    assert!(out.contains(space), "{out}");
    let dive = "dive      score 0.9706, 20 B wasted, 0.2500 of what is above the base\n";
    assert!(out.contains(dive), "{out}");
    let (status, out, _) = lamina(&["inspect", "--json", "-"], &bytes);
    assert_eq!(status, 0);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let image = &report["images"][0];
    let expected = serde_json::json!({
        "score": 330.0 / 340.0,
        "wasted_bytes": 20,
        "user_wasted_percent": 0.25,
        "stored_bytes": 220,
        "live_bytes": 90,
        "dead_bytes": 130,
        "layers": [
            { "stored_bytes": 140, "dead_bytes": 130 },
            { "stored_bytes": 40, "dead_bytes": 0 },
            { "stored_bytes": 40, "dead_bytes": 0 },
        ],
        "wasted": [{ "path": "a", "copies": 2, "bytes": 20 }],
        "wasted_left_out": { "rows": 0, "bytes": 0 },
        "dead": [
            { "path": "cache/", "files": 2, "bytes": 120, "stored_by": 0, "hidden_by": 1, "how": "whiteout" },
            { "path": "a", "files": 1, "bytes": 10, "stored_by": 0, "hidden_by": 1, "how": "same-content" },
        ],
        "dead_left_out": { "rows": 0, "bytes": 0 },
    });
    assert_eq!(image["analysis"], expected);
    assert_eq!(image["analysis_problem"], serde_json::Value::Null);
}

#[test]
fn inspect_says_why_nothing_is_known_of_dead_bytes() {
    let mut tars = [text::tar_of(LAYERS[0]), text::tar_of(LAYERS[1])];
    let diff_ids = tars.each_ref().map(|tar| Digest::sha256_of(tar));
    tars[1].truncate(514);
    let bytes = archive_of(&tars, &diff_ids);
    let (status, out, _) = lamina(&["inspect", "--json", "-"], &bytes);
    assert_eq!(status, 3);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let image = &report["images"][0];
    assert_eq!(image["analysis"], serde_json::Value::Null);
    let problem = image["analysis_problem"].as_str().unwrap();
    assert!(
        problem.starts_with("layer 1 is not read to its end: "),
        "{problem}"
    );
    let (_, out, _) = lamina(&["inspect", "-"], &bytes);
    assert!(
        out.contains("Space     not known: layer 1 is not read to its end: "),
        "{out}"
    );
    // No rule holds for unknown figures.
    let (status, out, err) = lamina(&["check", "-"], &bytes);
    assert_eq!(status, 3, "{out}");
    assert!(out.starts_with("demo:1\nfail  analysis "), "{out}");
    assert!(out.contains("\nfail  integrity "), "{out}");
    assert!(err.starts_with("lamina: demo:1: layer 1"), "{err}");
}

/// Returns the document of a place, checked against the schema. Checks that the schema
/// notices a change of any name in it.
pub(super) fn documented(arguments: &[&str], input: &[u8], status: i32) -> Value {
    let all = [&["inspect", "--json"], arguments].concat();
    let (ended, out, err) = lamina(&all, input);
    assert_eq!(ended, status, "{arguments:?}: {err}");
    let document: Value = serde_json::from_str(&out).unwrap();
    hold(&read("docs/inspect.schema.json"), &document);
    document
}

/// Returns a tar of one entry of an unknown type.
fn unknown_type() -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path("odd").unwrap();
    header.set_entry_type(tar::EntryType::new(b'9'));
    header.set_size(0);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, &[][..]).unwrap();
    builder.into_inner().unwrap()
}

#[test]
fn the_document_is_as_the_schema_says() {
    let plain = documented(&["-"], &archive(&WASTEFUL), 0);
    assert_eq!(
        (&plain["version"], &plain["damage"]),
        (&json!(1), &json!([]))
    );
    let image = &plain["images"][0];
    assert_eq!(
        (&image["damage"], &image["config_problem"]),
        (&json!([]), &Value::Null)
    );
    assert!(image["analysis"].is_object());
    documented(&["-"], &archive(&[]), 0);
    let of_no_text = archive(&["caf\\xe9/a = @10", ".wh.caf\\xe9 ="]);
    let dead = documented(&["-"], &of_no_text, 0)["images"][0]["analysis"]["dead"].clone();
    assert_eq!(dead[0]["path_bytes"], "636166e92f61", "{dead}");

    // Damaged: a truncated layer, one of an unknown type, one with a false claim, and one with a path twice.
    let mut tars = [
        text::tar_of("a = @10\na = @9\n.wh..wh.x = y"),
        unknown_type(),
        text::tar_of("b = @10"),
        text::tar_of("c = @2000"),
    ];
    let mut diff_ids = tars.each_ref().map(|tar| Digest::sha256_of(tar));
    diff_ids[2] = Digest::sha256_of(b"other");
    tars[3].truncate(900);
    let damaged = documented(&["-"], &archive_of(&tars, &diff_ids), 3);
    let image = &damaged["images"][0];
    assert_eq!(image["layers"][1]["left_out"]["count"], 1);
    assert_eq!(image["layers"][0]["engines"][0]["code"], "duplicate-path");
    assert!(image["damage"].as_array().unwrap().len() >= 3, "{image}");

    // An index of two platforms, and its parts that are unavailable.
    let (amd64, first) = image_blobs(&[&gzip(&text::tar_of("a = 1"))]);
    let (arm64, second) = image_blobs(&[&text::tar_of("b = 1")]);
    let of = |manifest: &str, architecture: &str| {
        let platform = json!({"os": "linux", "architecture": architecture});
        with(descriptor(OCI_MANIFEST, manifest), "platform", platform)
    };
    let platforms = [
        of(&first, "amd64"),
        of(&second, "arm64"),
        of("no JSON", "s390x"),
    ];
    let inner = index_of(&platforms).to_string();
    let index = layout_of(&index_of(&[named(
        descriptor(OCI_INDEX, &inner),
        "multi:1",
    )]))
    .and(amd64)
    .and(arm64)
    .blob(&inner)
    .blob("no JSON");
    let index = documented(&["-"], &index.tar(), 3);
    assert_eq!(index["images"].as_array().unwrap().len(), 2);
    assert_eq!(index["damage"].as_array().unwrap().len(), 1, "{index}");
    documented(
        &["-"],
        &docker_save(&["a:1", "b:2"], &[&text::tar_of("a = 1")]).tar(),
        0,
    );
    documented(
        &["-"],
        &text::tar_of("bin/sh = 1\netc/passwd = 2\nusr/bin/a = 1"),
        0,
    );
}

/// Serves the files of a folder for the duration of the test. Returns its `host:port`.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            std::thread::spawn(move || while answer(&stream, &folder).is_some() {});
        }
    });
    host
}

fn answer(mut stream: &TcpStream, folder: &Path) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let asked = lines.next()?.ok()?;
    let rest = lines.map_while(Result::ok);
    rest.take_while(|line| !line.is_empty()).for_each(drop);
    let path = asked.split(' ').nth(1)?.trim_start_matches('/');
    let file = match path.ends_with('/') {
        true => folder.join(path).join("index.html"),
        false => folder.join(path),
    };
    let (status, body) = match std::fs::read(file) {
        Ok(body) => (200, body),
        Err(_) => (404, Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).ok()
}

#[test]
fn an_image_of_a_registry_is_documented_alike() {
    let folder = folder("inspect-registry");
    let out = folder.join("out");
    for (name, bytes) in sample(include_str!("../../www/sample.recipe")).unwrap() {
        let path = out.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let place = format!("http://{}/demo/app:latest", serve(out));
    let document = documented(&[&place], b"", 0);
    let image = &document["images"][0];
    assert!(
        image["index_digest"].is_string() && image["history"][0]["layer"].is_u64(),
        "{image}"
    );
    assert_eq!(image["layers"][0]["verdict"]["digest"], "ok");
}

/// Oddities of layers without damage: a media type that claims another compression, a path twice.
#[test]
fn what_is_odd_about_layers_stands_in_the_table_and_on_standard_error() {
    let layer = text::tar_of("a = 1\na = 2");
    let odd = |layer: &[u8], media_type: &str| -> Outer {
        let config = super::outer::config_of(&[layer]).to_string();
        let mut manifest = super::outer::manifest_of(&config, &[layer]);
        manifest["layers"][0]["mediaType"] = json!(media_type);
        let manifest = manifest.to_string();
        layout_of(&index_of(&[named(
            descriptor(OCI_MANIFEST, &manifest),
            "demo:1",
        )]))
        .blob(layer)
        .blob(config)
        .blob(manifest)
    };
    let odd = odd(&layer, "application/vnd.oci.image.layer.v1.tar+zstd").tar();
    let (status, out, err) = lamina(&["inspect", "-"], &odd);
    assert_eq!(status, 0, "{err}");
    let expected = [
        "layer 0: a: the layer has this path more than once",
        "layer 0: application/vnd.oci.image.layer.v1.tar+zstd: the media type claims zstd, and the bytes",
    ];
    for line in expected {
        assert!(out.contains(&format!("\nWarning: {line}")), "{line}: {out}");
        assert!(
            err.contains(&format!("lamina: demo:1: {line}")),
            "{line}: {err}"
        );
    }
    // An entry that is left out is damage, and is reported in both places.
    let tar = unknown_type();
    let (status, out, err) = lamina(
        &["inspect", "-"],
        &archive_of(std::slice::from_ref(&tar), &[Digest::sha256_of(&tar)]),
    );
    let line = "layer 0: incomplete, 1 left out: /odd (an unknown type)";
    assert_eq!(status, 3);
    assert!(out.contains(&format!("\nDamage: {line}\n")), "{out}");
    assert!(
        out.contains("\nWarning: layer 0: odd: container engines refuse"),
        "{out}"
    );
    assert!(err.contains(&format!("lamina: demo:1: {line}\n")), "{err}");
    // Many of them are counted.
    let many: String = (0..30).map(|n| format!("f{n} = 1\nf{n} = 2\n")).collect();
    let (_, out, err) = lamina(&["inspect", "-"], &super::archive(&[many.trim_end()]));
    for said in [out, err] {
        assert_eq!(said.matches("more than once").count(), 10, "{said}");
        assert!(said.contains("layer 0: 20 more warnings\n"), "{said}");
    }
}
