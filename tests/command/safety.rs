//! The findings of `lamina inspect --safety`, held to what `find` says of the unpacked layers.

use std::path::Path;
use std::process::Command;

use lamina::image::Digest;
use serde_json::json;

use super::inspect::documented;
use super::{archive, archive_with, folder, lamina, text};

const PING: &str = "\\x01\\x00\\x00\\x02\\x00\\x20\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00";

#[test]
fn inspect_tells_what_makes_an_image_less_safe() {
    let layer = format!(
        "bin/su = @1500 | mode=4755\nbin/ping = x | mode=0755 xattr.security.capability={PING}
         srv/ | mode=0777\netc/shadow = root:$6$a$b:1:0:9:7:::\\n\nbin/\\x1b = x | mode=2755 uid=3 gid=4"
    );
    let tar = text::tar_of(&layer);
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [Digest::sha256_of(&tar)]},
        "config": {"ExposedPorts": {"22/tcp": {}}},
        "history": [{"created_by": "ADD https://me:hunter22@example.org/a.tar / # buildkit"}],
    });
    let bytes = archive_with(&[tar], &config);
    let (status, out, _) = lamina(&["inspect", "-"], &bytes);
    assert_eq!(status, 0);
    let line = "Safety    1 account with a password, runs as root, 1 setuid file, 1 setgid file, \
        1 file with capabilities, 1 world-writable directory, 1 file added from an address, 1 port, no health check\n";
    assert!(out.contains(line), "{out}");
    assert!(!out.contains("SAFETY"), "{out}");
    let (_, out, _) = lamina(&["inspect", "--safety", "-"], &bytes);
    let rows: Vec<Vec<&str>> = out
        .lines()
        .skip_while(|line| !line.starts_with("SAFETY"))
        .map(|line| line.split_whitespace().collect())
        .collect();
    let begins = |row: &[&str]| {
        assert!(
            rows.iter().any(|told| told.starts_with(row)),
            "{row:?}: {out}"
        );
    };
    begins(&["password-hash", "0", "/etc/shadow", "root", "ADD"]);
    begins(&["setuid", "4755", "0:0", "1.5", "kB", "0", "/bin/su", "ADD"]);
    begins(&["setgid", "2755", "3:4", "1", "B", "0", "/bin/␛"]);
    begins(&[
        "capabilities",
        "0755",
        "0:0",
        "1",
        "B",
        "0",
        "/bin/ping",
        "cap_net_raw=ep",
    ]);
    begins(&["world-writable-dir", "0777", "0:0", "0", "B", "0", "/srv"]);
    begins(&["root-user", "config"]);
    begins(&["exposed-port", "config", "22/tcp"]);
    let remote = ["remote-add", "0", "step", "0", "of", "the", "history"];
    begins(&[&remote[..], &["https://example.org/a.tar"]].concat());
    let document = documented(&["-"], &bytes, 0);
    let safety = &document["images"][0]["safety"];
    assert_eq!(document["images"][0]["safety_problem"], json!(null));
    assert_eq!(safety["findings"].as_array().unwrap().len(), 9);
    assert_eq!(
        safety["findings"][2],
        json!({
            "rule": "setuid", "place": "path", "path": "bin/su", "layer": 0,
            "made_by": safety["findings"][0]["made_by"], "bytes": 1500, "mode": "4755", "uid": 0, "gid": 0,
            "capabilities": null, "account": null, "value": null, "step": null,
        })
    );
    assert!(!safety.to_string().contains("hunter22"), "{safety}");
}

#[test]
fn inspect_says_that_nothing_was_found() {
    let tar = text::tar_of("a = x");
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [Digest::sha256_of(&tar)]},
        "config": {"User": "5", "Healthcheck": {"Test": ["CMD", "a"]}},
    });
    let (_, out, _) = lamina(
        &["inspect", "--safety", "-"],
        &archive_with(&[tar], &config),
    );
    assert!(out.contains("Safety    nothing found\n"), "{out}");
}

/// Returns the paths that `find` tells of a folder, sorted.
fn find(folder: &Path, what: &[&str]) -> Vec<String> {
    let found = Command::new("find")
        .current_dir(folder)
        .args([&[".", "-mindepth", "1"], what, &["-printf", "%P\\n"]].concat())
        .output()
        .unwrap();
    assert!(found.status.success(), "{found:?}");
    let text = String::from_utf8(found.stdout).unwrap();
    let mut paths: Vec<String> = text.lines().map(str::to_owned).collect();
    paths.sort();
    paths
}

/// Layers without whiteouts, which `tar` unpacks over each other as an engine does.
#[test]
#[cfg(target_os = "linux")]
fn the_lists_are_what_find_says_of_the_unpacked_layers() {
    let layers = [
        "usr/\nusr/bin/\nusr/bin/su = @9 | mode=4755\nusr/bin/both => usr/bin/su | mode=4755\nusr/bin/wall = x | mode=2755
         usr/bin/was = x | mode=4755\nusr/bin/all = x | mode=6711\nusr/bin/ln -> su\nusr/share/ | mode=2775
         tmp/ | mode=1777\nsrv/ | mode=0777\nsrv/open = x | mode=0666\nsrv/was = x | mode=0666\nsrv/a b = x | mode=0602
         deep/ | mode=0757\ndeep/er/ | mode=1757\nrun/p p | mode=0666",
        "usr/\nusr/bin/\nusr/bin/was = x | mode=0755\nusr/bin/late = x | mode=4500\nsrv/was = y | mode=0644
         opt/ | mode=0733\nusr/bin/also => usr/bin/late | mode=4500",
    ];
    let folder = folder("safety-find");
    for layer in &layers {
        let tar = folder.join("../safety-layer.tar");
        std::fs::write(&tar, text::tar_of(layer)).unwrap();
        let mut unpack = Command::new("tar");
        unpack.arg("-xpf").arg(&tar).arg("-C").arg(&folder);
        assert!(unpack.status().unwrap().success());
        std::fs::remove_file(&tar).unwrap();
    }
    let document = documented(&["-"], &archive(&layers), 0);
    let findings = document["images"][0]["safety"]["findings"]
        .as_array()
        .unwrap();
    for (rule, what) in [
        ("setuid", &["-type", "f", "-perm", "-4000"][..]),
        ("setgid", &["-type", "f", "-perm", "-2000"]),
        ("world-writable-file", &["-type", "f", "-perm", "-0002"]),
        (
            "world-writable-dir",
            &["-type", "d", "-perm", "-0002", "!", "-perm", "-1000"],
        ),
    ] {
        let of_rule = findings.iter().filter(|one| one["rule"] == rule);
        let mut told: Vec<&str> = of_rule.map(|one| one["path"].as_str().unwrap()).collect();
        told.sort_unstable();
        let found = find(&folder, what);
        assert_eq!(told, found, "{rule}");
        assert!(found.len() > 1, "{rule}");
    }
}
