//! `lamina commit` as a script uses it: edits as arguments, and the resulting archive.

use super::{archive, folder, lamina};

/// Local files, deletions, modes and settings. The archive opens as the intended image.
#[test]
fn commit_makes_a_new_image_of_edits() {
    let folder = folder("commit");
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(folder.join("added/sub")).unwrap();
    std::fs::write(folder.join("added/one"), "one").unwrap();
    std::fs::write(folder.join("added/sub/two"), "two").unwrap();
    std::fs::write(
        folder.join("base.tar"),
        archive(&["etc/\netc/old = 1\netc/hosts = 2"]),
    )
    .unwrap();
    let (base, new, added) = (
        at("base.tar"),
        at("new.tar"),
        format!("{}:/opt", at("added")),
    );
    let into = format!("{}:/etc/", at("added/one"));
    let edits = [
        "commit",
        "--delete",
        "etc/old",
        "--add",
        &added,
        "--add",
        &into,
        "--chmod",
        "600:etc/hosts",
        "--chown",
        "1:2:etc/hosts",
        "--symlink",
        "one:/opt/link",
        "--rename",
        "etc/hosts:etc/moved",
    ];
    let refused = [&edits[..], &["--diff", &base]].concat();
    let (status, _, said) = lamina(&refused, b"");
    assert_eq!(status, 2, "the file has another name by then: {said}");
    let mut edits = edits.to_vec();
    edits[8] = "600:etc/moved";
    edits[10] = "1:2:etc/moved";
    let (status, diff, said) = lamina(&[&edits[..], &["--diff", &base]].concat(), b"");
    assert_eq!((status, &*said), (0, ""));
    let expected = "C /etc\nD /etc/hosts\nA /etc/moved\nD /etc/old\nA /etc/one\nA /opt\nA /opt/link\nA /opt/one\nA /opt/sub\nA /opt/sub/two\n";
    assert_eq!(diff, expected);
    let rest = [
        "--change",
        "CMD [\"sh\"]",
        "-c",
        "ENV A=1",
        "--author",
        "Ada",
        "--message",
        "why",
        "--tag",
        "app:2",
        "--time",
        "0",
        "-o",
        &new,
        &base,
    ];
    let (status, id, said) = lamina(&[&edits[..], &rest].concat(), b"");
    assert_eq!((status, &*said), (0, ""));
    let (status, told, _) = lamina(&["inspect", "--json", &new], b"");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let image = &told["images"][0];
    assert_eq!(status, 0);
    assert_eq!(image["image_id"], id.trim());
    assert_eq!(
        image["config"]["config"],
        serde_json::json!({"Cmd": ["sh"], "Env": ["A=1"]})
    );
    assert_eq!(image["config"]["created"], "1970-01-01T00:00:00Z");
    // The image has no history of its layers. Each gets a step, as engines demand.
    let history = image["config"]["history"].as_array().unwrap();
    assert_eq!(history.len(), image["layers"].as_array().unwrap().len());
    let step = history.last().unwrap();
    assert_eq!(
        (&step["author"], &step["comment"]),
        (&"Ada".into(), &"why".into())
    );
    let (_, listed, _) = lamina(&["ls", &new], b"");
    let names: Vec<String> = listed
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["path"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected = [
        "etc",
        "etc/moved",
        "etc/one",
        "opt",
        "opt/link",
        "opt/one",
        "opt/sub",
        "opt/sub/two",
    ];
    assert_eq!(names, expected);
}

#[test]
fn commit_refuses_what_cannot_be() {
    let base = archive(&["a = 1"]);
    for arguments in [
        &["--delete", "none"][..],
        &["--add", "nowhere-at-all:/x"],
        &["--add", "x"],
        &["--chmod", "9:a"],
        &["--chmod", "10000:a"],
        &["--chown", "1:a"],
        &["--mkdir", ".wh.x"],
        &["--rename", "a:"],
        &["--change", "RUN make"],
        &["--change", "STOPSIGNAL none"],
        &["--tag", "Not:Good"],
        &["--time", "yesterday"],
        &["--format", "rootfs"],
    ] {
        let arguments = [&["commit"], arguments, &["-"]].concat();
        let (status, out, said) = lamina(&arguments, &base);
        assert_eq!((status, &*out), (2, ""), "{arguments:?}: {said}");
        assert!(
            said.starts_with("lamina: ") && said.lines().count() == 1,
            "{said}"
        );
    }
}
