//! The secrets that `lamina inspect --secrets` tells of an image, and the rule of `lamina check` about them.

use std::process::Command;

use lamina::image::Digest;
use serde_json::json;

use super::inspect::documented;
use super::{archive, archive_with, lamina, text};

/// A key that is deleted above, one that is live, and one in documentation. `K` stands for their prefix, so that this
/// file holds none.
fn layers() -> [String; 2] {
    let key = format!("{}{}", "AKI", "AQ7RTUVWXYZ2345AB");
    [
        "root/gone = x\\nK\\n\nroot/live = K\nusr/share/doc/a = K\nbin/b = \\x00K",
        "root/.wh.gone =",
    ]
    .map(|layer| layer.replace('K', &key))
}

#[test]
fn inspect_tells_the_secrets_when_asked() {
    let layers = layers();
    let bytes = archive(&[&layers[0], &layers[1]]);
    let (_, out, _) = lamina(&["inspect", "-"], &bytes);
    assert!(!out.contains("Secret"), "{out}");
    let (status, out, _) = lamina(&["inspect", "--secrets", "-"], &bytes);
    assert_eq!(status, 0);
    let line =
        "Secrets   2 secrets, 1 told apart, 4 files of all layers searched, 1 of them no text\n";
    assert!(out.contains(line), "{out}");
    for line in [
        "Secret: aws-access-key-id AKIA••••••••, /root/gone line 2 in layer 0, deleted by layer 1 and still shipped\n",
        "Secret: aws-access-key-id AKIA••••••••, /root/live line 1 in layer 0\n",
        "example: aws-access-key-id AKIA••••••••, /usr/share/doc/a line 1 in layer 0\n",
    ] {
        assert!(out.contains(line), "{out}");
    }
    let image = &documented(&["-"], &bytes, 0)["images"][0];
    assert_eq!(image["secrets"], json!(null));
    let document = documented(&["--secrets", "-"], &bytes, 0);
    let secrets = &document["images"][0]["secrets"];
    assert_eq!(secrets["findings"].as_array().unwrap().len(), 3);
    assert_eq!(secrets["findings"][0]["path"], "root/gone");
    assert_eq!(secrets["findings"][0]["fate"], "deleted");
    assert_eq!(secrets["findings"][0]["hidden_by"], 1);
    assert_eq!(secrets["files_searched"], 4);
    assert_eq!(secrets["files_binary"], 1);
    assert!(
        !document.to_string().contains("AQ7RTUV"),
        "values are masked"
    );
}

#[test]
fn check_breaks_on_secrets_when_asked() {
    let layers = layers();
    let bytes = archive(&[&layers[0], &layers[1]]);
    let off = [
        "check",
        "--lowest-efficiency",
        "off",
        "--highest-user-wasted-percent",
        "off",
    ];
    let (status, out, _) = lamina(&[&off[..], &["-"]].concat(), &bytes);
    assert_eq!(status, 0, "{out}");
    assert!(!out.contains("highestSecrets"), "{out}");
    let (status, out, _) = lamina(
        &[&off[..], &["--highest-secrets", "2", "-"]].concat(),
        &bytes,
    );
    assert_eq!(status, 0, "{out}");
    let (status, out, _) = lamina(
        &[&off[..], &["--highest-secrets", "0", "-"]].concat(),
        &bytes,
    );
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("fail  highestSecrets"), "{out}");
    let line =
        "aws-access-key-id in /root/gone line 2 in layer 0, deleted by layer 1 and still shipped";
    assert!(out.contains(line), "{out}");
}

/// Returns the places that `find` and `grep` tell of layers that `tar` unpacks, a layer in a folder of its own.
fn grepped(layers: &[String]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (at, layer) in layers.iter().enumerate() {
        let tar = folder.path().join(format!("{at}.tar"));
        std::fs::write(&tar, text::tar_of(layer)).unwrap();
        let inside = folder.path().join(at.to_string());
        std::fs::create_dir(&inside).unwrap();
        let mut unpack = Command::new("tar");
        unpack.arg("-xf").arg(&tar).arg("-C").arg(&inside);
        assert!(unpack.status().unwrap().success());
        std::fs::remove_file(&tar).unwrap();
    }
    let form = format!("\\b{}A[A-Z2-7]{{16}}\\b", "AKI");
    let found = Command::new("find")
        .current_dir(folder.path())
        .args([
            ".", "-type", "f", "-links", "1", "-exec", "grep", "-HnIoE", &form,
        ])
        .args(["{}", "+"])
        .output()
        .unwrap();
    let text = String::from_utf8(found.stdout).unwrap();
    let mut places: Vec<String> = text
        .lines()
        .map(|line| line.rsplit_once(':').unwrap().0.replacen("./", "", 1))
        .collect();
    places.sort();
    places
}

#[test]
fn the_list_is_what_find_and_grep_say_of_each_layer() {
    let key = |at: usize| format!("{}AQ7RTUVWXYZ2345{}B", "AKI", char::from(b'A' + at as u8));
    let layers = [
        format!(
            "a = {}\\nx\\n  k: {};\ndir/\ndir/b = \\n\\n{}\ndir/c = \\x00{}\nd = X{}\ne = {}0",
            key(0),
            key(1),
            key(2),
            key(3),
            key(4),
            key(5)
        ),
        format!("dir/.wh.b =\na = {},{}\nhuge = @100000", key(6), key(7)),
        format!(".wh.dir =\nf/g/h = \"{}\"", key(8)),
    ];
    let texts: Vec<&str> = layers.iter().map(String::as_str).collect();
    let document = documented(&["--secrets", "-"], &archive(&texts), 0);
    let findings = &document["images"][0]["secrets"]["findings"];
    let mut told: Vec<String> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{}/{}:{}",
                one["layer"],
                one["path"].as_str().unwrap(),
                one["line"]
            )
        })
        .collect();
    told.sort();
    assert_eq!(told, grepped(&layers));
    assert_eq!(told.len(), 6);
}

#[test]
fn lines_beside_the_findings_tell_no_secret() {
    let tar = text::tar_of("a = x");
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [Digest::sha256_of(&tar)]},
        "history": [{"created_by": "RUN /bin/sh -c NPM_TOKEN=q8Z3kLw0xYab npm ci # buildkit"}],
    });
    let bytes = archive_with(&[tar], &config);
    let (_, out, _) = lamina(&["inspect", "--secrets", "-"], &bytes);
    assert!(
        out.contains("Secret: variable ••••••••, step 0 of the history"),
        "{out}"
    );
    assert!(!out.contains("q8Z3"), "{out}");
    let document = documented(&["--secrets", "-"], &bytes, 0);
    let secrets = &document["images"][0]["secrets"];
    assert!(!secrets.to_string().contains("q8Z3"), "{secrets}");
}
