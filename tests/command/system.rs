//! The system that `lamina inspect` tells of an image, in its document and in its table.

use lamina::image::Digest;
use serde_json::{Value, json};

use super::inspect::documented;
use super::{archive, archive_of, lamina, text};

/// A small Debian whose shell is for another machine than the config says, and whose texts are hostile.
const DEBIAN: [&str; 2] = [
    "etc/os-release = PRETTY_NAME=\"Debian \\x1b[31m12\"\\nID=debian\\nVERSION_ID=12\\n
     etc/passwd = root:x:0:0:root:/root:/bin/sh\\nbad\\n\netc/group = root:x:0:\\n
     usr/bin/dash = \\x7fELF\\x02\\x01\\x01\\x00________\\x03\\x00\\xb7\\x00\nbin/sh -> /usr/bin/dash
     lib64/ld-linux-x86-64.so.2 = x\nusr/bin/apt = x\nusr/bin/env = #!x\nboot/vmlinuz-6.1 = x",
    "etc/passwd = root:x:0:0:root:/root:/bin/sh\\ncaf\\xe9:x:1:2::/:\\n\netc/group/",
];

#[test]
fn inspect_tells_the_system() {
    let bytes = archive(&DEBIAN);
    let (status, out, _) = lamina(&["inspect", "-"], &bytes);
    assert_eq!(status, 0);
    let line = "System    Debian \u{241b}[31m12, amd64 by its config but /usr/bin/dash is arm64, glibc, 2 users, \
                1 gap: /etc/group: no regular file\n";
    assert!(out.contains(line), "{out}");
    let document = documented(&["-"], &bytes, 0);
    let image = &document["images"][0];
    let system = &image["system"];
    assert_eq!(image["system_problem"], Value::Null);
    let place = |path: &str, layer: u32| json!({"asked": path, "path": path, "layer": layer});
    let shell = json!({"asked": "bin/sh", "path": "usr/bin/dash", "layer": 0});
    assert_eq!(system["distribution"]["basis"], "os-release");
    assert_eq!(system["distribution"]["file"], place("etc/os-release", 0));
    assert_eq!(system["distribution"]["pretty_name"], "Debian \u{1b}[31m12");
    assert_eq!(system["distribution"]["name"], Value::Null);
    assert_eq!(
        system["architecture"],
        json!({
            "declared": "amd64",
            "variant": null,
            "agreement": "differs",
            "executables": [
                {"file": shell, "form": "elf", "architecture": "arm64", "machine": 183, "bits": 64,
                 "big_endian": false, "agrees": false},
                {"file": place("usr/bin/env", 0), "form": "script", "architecture": null, "machine": null,
                 "bits": null, "big_endian": null, "agrees": null},
            ],
        })
    );
    assert_eq!(system["shell"], shell);
    assert_eq!(system["init"], Value::Null);
    assert_eq!(
        system["users"],
        json!({
            "file": place("etc/passwd", 1),
            "count": 2,
            "malformed": 0,
            "cut": false,
            "first": [
                {"name": "root", "uid": 0, "gid": 0, "home": "/root", "shell": "/bin/sh"},
                {"name": "caf\\xe9", "uid": 1, "gid": 2, "home": "/", "shell": ""},
            ],
        })
    );
    assert_eq!(
        system["groups"],
        json!({"file": null, "count": 0, "malformed": 0, "cut": false, "first": []})
    );
    let file = place("lib64/ld-linux-x86-64.so.2", 0);
    assert_eq!(system["loaders"], json!([{"libc": "glibc", "file": file}]));
    let apt = json!({"name": "apt", "file": place("usr/bin/apt", 0)});
    assert_eq!(system["package_managers"], json!([apt]));
    assert_eq!(
        system["kernels"]["first"],
        json!([place("boot/vmlinuz-6.1", 0)])
    );
    assert_eq!(system["modules"], json!({"count": 0, "first": []}));
    assert_eq!(
        system["gaps"],
        json!([{"layer": null, "path": "etc/group", "why": "not-a-file",
                "message": "no regular file"}])
    );
}

#[test]
fn inspect_tells_the_system_of_a_damaged_image_as_far_as_it_is_read() {
    let mut tars = DEBIAN.map(text::tar_of);
    let diff_ids = tars.each_ref().map(|tar| Digest::sha256_of(tar));
    tars[1].truncate(514);
    let bytes = archive_of(&tars, &diff_ids);
    let document = documented(&["-"], &bytes, 3);
    let system = &document["images"][0]["system"];
    assert_eq!(system["distribution"]["id"], "debian");
    // The layer ends in the second byte of a file.
    assert_eq!(
        (&system["users"]["count"], &system["users"]["malformed"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        system["groups"]["first"],
        json!([{"name": "root", "gid": 0}])
    );
    let why: Vec<&Value> = system["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| &gap["why"])
        .collect();
    assert_eq!(why, ["layer-incomplete", "cut"], "{system}");
    let (_, out, _) = lamina(&["inspect", "-"], &bytes);
    let gaps =
        ", glibc, 2 gaps, the first: layer 1: not read to its end, or with entries left out\n";
    assert!(out.contains(gaps), "{out}");
}
