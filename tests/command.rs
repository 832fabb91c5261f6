//! The headless command as a script uses it: arguments in, lines and an exit status out.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop at once"
)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use lamina::build::GzipWriter;
use lamina::image::Digest;

#[path = "command/artifacts.rs"]
mod artifacts;

#[path = "command/check/mod.rs"]
mod check;

#[path = "command/commit.rs"]
mod commit;

#[path = "command/damage.rs"]
mod damage;

#[path = "command/inspect.rs"]
mod inspect;

#[path = "suite/archive/outer.rs"]
#[allow(dead_code, unreachable_pub, reason = "the suites use the rest of it")]
mod outer;

#[path = "command/packages.rs"]
mod packages;

#[path = "command/registries.rs"]
#[cfg(unix)]
mod registries;

#[path = "command/safety.rs"]
mod safety;

#[path = "command/sbom.rs"]
mod sbom;

#[path = "command/schema.rs"]
mod schema;

#[path = "command/secrets.rs"]
mod secrets;

#[path = "command/serve/mod.rs"]
#[cfg(unix)]
mod serve;

#[path = "command/system.rs"]
mod system;

#[path = "command/unverified.rs"]
mod unverified;

#[path = "../xtask/src/sample/mod.rs"]
mod sample;

#[path = "suite/support/text.rs"]
#[allow(dead_code, unreachable_pub, reason = "the suites use the rest of it")]
mod text;

/// Returns a folder for the files of one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("command-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Makes a docker-archive of one image, `demo:1`, with layers written as text.
fn archive(layers: &[&str]) -> Vec<u8> {
    let tars: Vec<_> = layers.iter().map(|layer| text::tar_of(layer)).collect();
    let diff_ids: Vec<_> = tars.iter().map(|tar| Digest::sha256_of(tar)).collect();
    archive_of(&tars, &diff_ids)
}

fn archive_of(tars: &[Vec<u8>], diff_ids: &[Digest]) -> Vec<u8> {
    let config = serde_json::json!({
        "os": "linux", "architecture": "amd64", "author": "Ada \u{1b}[31m",
        "rootfs": { "type": "layers", "diff_ids": diff_ids },
    });
    archive_with(tars, &config)
}

fn archive_with(tars: &[Vec<u8>], config: &serde_json::Value) -> Vec<u8> {
    let names: Vec<_> = (0..tars.len()).map(|at| format!("{at}.tar")).collect();
    let manifest =
        serde_json::json!([{ "Config": "c.json", "RepoTags": ["demo:1"], "Layers": names }]);
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes).unwrap();
    };
    add("manifest.json", manifest.to_string().as_bytes());
    add("c.json", config.to_string().as_bytes());
    for (name, tar) in names.iter().zip(tars) {
        add(name, tar);
    }
    builder.into_inner().unwrap()
}

/// Runs `lamina`. Returns its exit status, standard output and standard error.
fn lamina(arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lamina"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

const LAYERS: [&str; 2] = [
    "etc/\netc/hosts = 127.0.0.1\nbin/sh -> dash",
    "etc/hosts = ::1 | mode=0600\netc/caf\\xe9 = x\nbin/.wh.sh =",
];

const UNION: &str = r#"{"path":"bin","type":"dir","mode":"0755","uid":0,"gid":0,"size":0,"linkname":"","layer":0}
{"path":"etc","type":"dir","mode":"0755","uid":0,"gid":0,"size":0,"linkname":"","layer":0}
{"path":"etc/caf\\xe9","path_bytes":"6574632f636166e9","type":"file","mode":"0644","uid":0,"gid":0,"size":1,"linkname":"","layer":1}
{"path":"etc/hosts","type":"file","mode":"0600","uid":0,"gid":0,"size":3,"linkname":"","layer":1}
"#;

#[test]
fn a_limit_is_raised_by_its_name() {
    let archive = archive(&["a = 1\nb = 2\nc = 3"]);
    let (status, out, err) = lamina(&["ls", "--limit", "entries=2", "-"], &archive);
    assert_eq!((status, out.lines().count()), (3, 2), "{err}");
    assert!(
        err.contains("more entries than the limit of 2; read on with --limit entries=VALUE"),
        "{err}"
    );
    let (status, out, err) = lamina(&["ls", "--limit", "entries=3", "-"], &archive);
    assert_eq!((status, out.lines().count()), (0, 3), "{err}");
    let (status, _, err) = lamina(&["inspect", "--limit", "retries=9", "-"], &archive);
    assert_eq!(status, 2);
    assert!(
        err.contains("there is no such limit") && err.contains("decoded_bytes"),
        "{err}"
    );
}

#[test]
fn ls_lists_the_union_from_every_place() {
    let folder = folder("places");
    let bytes = archive(&LAYERS);
    let mut packed = Vec::new();
    let mut gzip = GzipWriter::new(&mut packed);
    gzip.push(&bytes, &mut packed);
    gzip.finish(&mut packed);
    let file = folder.join("image.tar");
    std::fs::write(&file, &bytes).unwrap();
    let file = file.to_str().unwrap();
    let whole = (0, UNION.to_owned(), String::new());
    assert_eq!(lamina(&["ls", file], b""), whole);
    assert_eq!(lamina(&["ls", "-"], &bytes), whole);
    assert_eq!(lamina(&["ls", "-"], &packed), whole);
    assert_eq!(lamina(&["ls", "--image", "0", "-"], &bytes), whole);
    assert_eq!(lamina(&["ls", "--ref", "demo:1", "-"], &bytes), whole);
    assert_eq!(
        lamina(&["ls", "--ref", "docker.io/library/demo:1", "-"], &bytes),
        whole
    );
    assert_eq!(
        lamina(&["ls", "--platform", "linux/amd64", "-"], &bytes),
        whole
    );
    // The files of the archive in a folder.
    let unpacked = folder.join("unpacked");
    tar::Archive::new(&bytes[..]).unpack(&unpacked).unwrap();
    assert_eq!(lamina(&["ls", unpacked.to_str().unwrap()], b""), whole);
}

#[test]
fn ls_lists_a_prefix_and_one_layer() {
    let bytes = archive(&LAYERS);
    let paths = |arguments: &[&str]| {
        let (status, out, _) = lamina(arguments, &bytes);
        assert_eq!(status, 0);
        let line = |line: &str| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let change = value["change"].as_str().unwrap_or("-").to_owned();
            format!("{} {change}", value["path"].as_str().unwrap())
        };
        out.lines().map(line).collect::<Vec<_>>()
    };
    let base = ["bin -", "bin/sh -", "etc -", "etc/hosts -"];
    assert_eq!(paths(&["ls", "--upto", "0", "-"]), base);
    let changes = ["etc/caf\\xe9 added", "etc/hosts changed"];
    let layer = paths(&["ls", "--layer", "1", "-"]);
    assert!(
        changes
            .iter()
            .all(|change| layer.contains(&(*change).to_owned())),
        "{layer:?}"
    );
    assert!(layer.contains(&"bin/sh deleted".to_owned()), "{layer:?}");
}

#[test]
fn ls_full_tells_hashes_and_times() {
    let bytes = archive(&["a = abc | mtime=100 xattr.user.k=v\nb => a | mtime=100"]);
    let (status, out, _) = lamina(&["ls", "--full", "-"], &bytes);
    assert_eq!(status, 0);
    let first: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    let sha256 = Digest::sha256_of(b"abc");
    assert_eq!(first["sha256"], sha256.encoded());
    assert_eq!(first["links"], serde_json::json!(["b"]));
    assert_eq!(first["mtime"], 100);
}

#[test]
fn what_cannot_be_shown_ends_in_two() {
    let bytes = archive(&LAYERS);
    let check = |arguments: &[&str], input: &[u8], expected: &str| {
        let (status, out, err) = lamina(arguments, input);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(err.lines().count(), 1, "{err}");
        assert!(err.starts_with(expected), "{arguments:?}: {err}");
    };
    check(&["ls", "missing.tar"], b"", "lamina: missing.tar: ");
    check(
        &["ls", "-"],
        b"",
        "lamina: standard input is no container image: ",
    );
    check(
        &["ls", "-"],
        b"plain text",
        "lamina: standard input is no container image: ",
    );
    check(
        &["inspect", "http://127.0.0.1:1"],
        b"",
        "lamina: http://127.0.0.1:1 is a registry: ",
    );
    check(
        &["ls", "http://127.0.0.1:1/a"],
        b"",
        "lamina: http://127.0.0.1:1: ",
    );
    check(
        &["ls", "--image", "1", "-"],
        &bytes,
        "lamina: there is no image 1: standard input holds 1, counted from 0",
    );
    check(
        &["ls", "--ref", "other", "-"],
        &bytes,
        "lamina: standard input holds no image \"other\": there are demo:1",
    );
    check(
        &["ls", "--platform", "linux/arm64", "-"],
        &bytes,
        "lamina: standard input holds no image for linux/arm64: there are linux/amd64",
    );
    check(
        &["ls", "--layer", "2", "-"],
        &bytes,
        "lamina: there is no layer 2: demo:1 has 2, counted from 0",
    );
}

#[test]
fn what_is_damaged_ends_in_three() {
    let tars = [text::tar_of(LAYERS[0]), text::tar_of(LAYERS[1])];
    let wrong = [Digest::sha256_of(b"other"), Digest::sha256_of(&tars[1])];
    let bytes = archive_of(&tars, &wrong);
    let (status, out, err) = lamina(&["ls", "-"], &bytes);
    assert_eq!((status, out.as_str()), (3, UNION), "the rest is listed");
    assert!(
        err.starts_with("lamina: demo:1: layer 0: the diff_id is sha256:"),
        "{err}"
    );
    let (status, out, _) = lamina(&["inspect", "--json", "-"], &bytes);
    assert_eq!(status, 3);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let layers = &report["images"][0]["layers"];
    assert_eq!(layers[0]["verdict"]["diff_id"], "mismatch");
    assert_eq!(layers[1]["verdict"]["diff_id"], "ok");
}

#[test]
fn inspect_prints_tables_that_no_terminal_obeys() {
    let (status, out, _) = lamina(&["inspect", "-"], &archive(&LAYERS));
    assert_eq!(status, 0);
    assert!(out.starts_with("Image     demo:1\n"), "{out}");
    assert!(out.contains("Author    Ada \u{241b}[31m\n"), "{out}");
    assert_eq!(
        out.lines()
            .filter(|line| line.contains("  verified  "))
            .count(),
        2,
        "{out}"
    );
}

/// One file is written twice and one is removed: score 0.75, 20 bytes wasted, a
/// quarter of the bytes above the base.
const WASTEFUL: [&str; 3] = [
    "a = @10\nb = @10\ncache/x = @70\ncache/y = @50",
    "a = @10\nc = @30\n.wh.cache",
    "d = @40",
];
