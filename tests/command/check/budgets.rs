//! Bounds on bytes, packages and safety, the allow-list, and the baseline.

use serde_json::{Value, json};

use super::super::schema;
use super::{archive, folder, lamina};

/// The usual rules off, so that only what is asked for counts.
pub(super) const OFF: [&str; 5] = [
    "check",
    "--lowest-efficiency",
    "off",
    "--highest-user-wasted-percent",
    "off",
];

/// An image with a setuid file, a directory that everyone may write, an account with a password, and two packages.
pub(super) const UNSAFE: [&str; 2] = [
    "usr/bin/su = @1000 | mode=4755\nusr/bin/wall = @10 | mode=2755\nsrv/open/ | mode=0777
     etc/shadow = root:$6$a$b:1:0:9:7:::\\n
     var/lib/dpkg/status = Package: a\\nStatus: install ok installed\\nVersion: 1\\n\\nPackage: b\\nStatus: install ok installed\\nVersion: 2\\n",
    "usr/share/doc/a = @300\nusr/share/doc/b => usr/share/doc/a\nopt/big.pyc = @5000",
];

/// Checks the status of arguments, and the line about the rule.
fn check(arguments: &[&str], status: i32, line: &str) {
    let (ended, out, err) = lamina(&[&OFF, arguments, &["-"]].concat(), &archive(&UNSAFE));
    assert_eq!(ended, status, "{arguments:?}: {out}{err}");
    assert!(out.contains(line), "{arguments:?}: {out}");
}

#[test]
fn bytes_and_packages_have_budgets() {
    check(
        &["--highest-visible-bytes", "7kB"],
        0,
        "pass  highestVisibleBytes           6.4 kB  at most 7.0 kB\n",
    );
    check(
        &["--highest-visible-bytes", "6kB"],
        1,
        "fail  highestVisibleBytes ",
    );
    check(
        &["--highest-layer-content", "5299"],
        1,
        "fail  highestLayerContent           5.3 kB  at most 5.3 kB\n",
    );
    check(
        &["--highest-layer-content", "5299"],
        1,
        "      layer 1 has 5.3 kB\n",
    );
    check(
        &["--highest-layer-content", "5300"],
        0,
        "pass  highestLayerContent ",
    );
    check(
        &["--highest-layer-download", "1kB"],
        1,
        "      layer 0 has ",
    );
    check(
        &["--highest-layer-download", "1MB"],
        0,
        "pass  highestLayerDownload ",
    );
    check(
        &["--highest-packages", "2"],
        0,
        "pass  highestPackages                    2  at most 2\n",
    );
    check(&["--highest-packages", "1"], 1, "fail  highestPackages ");
    check(
        &[
            "--highest-path-bytes",
            "/usr/share/doc=300",
            "--highest-path-bytes",
            "**/*.pyc=0",
        ],
        1,
        "pass  highestPathBytes               300 B  at most 300 B /usr/share/doc
fail  highestPathBytes              5.0 kB  at most 0 B **/*.pyc\n",
    );
    check(
        &["--highest-path-bytes", "/opt=1"],
        1,
        "      5.0 kB in /opt/big.pyc in layer 1\n",
    );
}

#[test]
fn safety_has_bounds() {
    check(
        &["--highest-setuid", "2"],
        0,
        "pass  highestSetuid                      2  at most 2\n",
    );
    check(
        &["--highest-setuid", "1"],
        1,
        "      setuid /usr/bin/su in layer 0\n      setgid /usr/bin/wall in layer 0\n",
    );
    check(
        &["--highest-world-writable", "0"],
        1,
        "      world-writable-dir /srv/open in layer 0\n",
    );
    check(
        &["--highest-passwords", "0"],
        1,
        "      password-hash of root in /etc/shadow in layer 0\n",
    );
    check(
        &["--not-root"],
        1,
        "      root-user: the config names no user\n",
    );
    let file = folder("check-safety").join(".dive-ci");
    std::fs::write(&file, "rules:\n  highestSetuid: 0\n").unwrap();
    check(
        &["--config", file.to_str().unwrap()],
        1,
        "fail  highestSetuid ",
    );
}

/// Writes an allow-list and checks with it.
fn allowing(list: &str, arguments: &[&str]) -> (i32, String, String) {
    let file = folder("check-allow").join("allow.yaml");
    std::fs::write(&file, list).unwrap();
    let allow = ["--allow", file.to_str().unwrap()];
    lamina(
        &[&OFF, arguments, &allow, &["-"]].concat(),
        &archive(&UNSAFE),
    )
}

#[test]
fn the_allow_list_allows_until_its_last_day() {
    let list = "allow:
  - path: /usr/bin/su
    rule: setuid
    reason: cron needs it
    until: 9999-12-31
  - path: /usr/bin/wall
    reason: it was needed
    until: 2020-01-01
";
    let setuid = ["--highest-setuid", "1"];
    let (status, out, _) = allowing(list, &setuid);
    assert_eq!(status, 0, "{out}");
    let told = "pass  highestSetuid                      1  at most 1
      allowed until 9999-12-31 (cron needs it): setuid /usr/bin/su in layer 0
      setgid /usr/bin/wall in layer 0
      /usr/bin/wall was allowed until 2020-01-01 and is no more (it was needed)
";
    let told_in = |out: &str| told.lines().all(|line| out.contains(line));
    assert!(told_in(&out), "{out}");
    let (_, out, _) = allowing(list, &[&setuid[..], &["--json"]].concat());
    let report: Value = serde_json::from_str(&out).unwrap();
    let findings = &report["images"][0]["findings"];
    assert_eq!(
        findings[0]["allowed"],
        json!({"reason": "cron needs it", "until": "9999-12-31"})
    );
    assert_eq!(findings[1]["allowed"], json!(null));
    // The fingerprint is the same in another layer.
    let print = findings[1]["fingerprint"].as_str().unwrap();
    let list = format!("allow: [{{fingerprint: '{print}', reason: x, until: '9999-12-31'}}]");
    let (status, out, _) = allowing(&list, &["--highest-setuid", "1"]);
    assert_eq!(status, 0, "{out}");
    let (status, _, err) = allowing("allow: [{path: /a, reason: x}]", &setuid);
    assert_eq!(status, 2);
    assert!(
        err.contains("allow.yaml: ") && err.contains("until"),
        "{err}"
    );
}

#[test]
fn growth_is_held_to_a_baseline() {
    let folder = folder("check-baseline");
    let place = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let before = archive(&["a = @1000"]);
    let after = archive(&["a = @1000", "b = @500"]);
    let (_, inspected, _) = lamina(&["inspect", "--json", "-"], &before);
    let (_, checked, _) = lamina(&[&OFF[..], &["--json", "-"]].concat(), &before);
    let places = [
        place("before.tar", &before),
        place("inspected.json", inspected.as_bytes()),
        place("checked.json", checked.as_bytes()),
    ];
    for baseline in &places {
        let grown = |most: &str| {
            let arguments = ["--baseline", baseline, "--most-growth", most, "-"];
            lamina(&[&OFF[..], &arguments].concat(), &after)
        };
        let (status, out, err) = grown("500");
        assert_eq!(status, 0, "{out}{err}");
        let line =
            format!("pass  mostGrowth                     500 B  at most 500 B over {baseline}\n");
        assert!(out.contains(&line), "{out}");
        assert_eq!(grown("499").0, 1);
    }
    // Less is no growth.
    let arguments = [
        "--baseline",
        &place("after.tar", &after),
        "--most-growth",
        "0",
        "-",
    ];
    let (status, out, _) = lamina(&[&OFF[..], &arguments].concat(), &before);
    assert_eq!(status, 0, "{out}");
    for (baseline, reason) in [
        (place("other.json", b"{}"), "no report of this program"),
        (place("none.json", br#"{"images": [{}]}"#), "are not known"),
        (
            place("two.json", br#"{"images": [{}, {}]}"#),
            "has not exactly one image for linux/amd64",
        ),
        (
            folder.join("missing.tar").to_str().unwrap().to_owned(),
            "missing.tar",
        ),
    ] {
        let arguments = ["--baseline", &baseline, "--most-growth", "1", "-"];
        let (status, _, err) = lamina(&[&OFF[..], &arguments].concat(), &after);
        assert_eq!(status, 2, "{baseline}");
        assert!(err.contains(reason), "{baseline}: {err}");
    }
    let (status, _, err) = lamina(&[&OFF[..], &["--most-growth", "1", "-"]].concat(), &after);
    assert_eq!(status, 2);
    assert!(err.contains("--baseline"), "{err}");
}

#[test]
fn the_document_is_as_the_schema_says() {
    let arguments = [
        "--json",
        "--highest-setuid",
        "1",
        "--highest-secrets",
        "0",
        "--highest-path-bytes",
        "/opt=1",
        "--highest-dead-bytes",
        "0",
        "-",
    ];
    let image = [
        UNSAFE[0],
        UNSAFE[1],
        "opt/.wh.big.pyc =\ncaf\\xe9 = @5 | mode=4755",
    ];
    let (status, out, _) = lamina(&[&OFF[..], &arguments].concat(), &archive(&image));
    assert_eq!(status, 1);
    let document: Value = serde_json::from_str(&out).unwrap();
    schema::hold(&schema::read("docs/check.schema.json"), &document);
    let findings = document["images"][0]["findings"].as_array().unwrap();
    assert!(
        findings.iter().any(|one| one["path_bytes"] == "636166e9"),
        "{out}"
    );
}
