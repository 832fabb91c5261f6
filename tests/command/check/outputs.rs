//! The forms in which `lamina check` writes its result for other programs.
//!
//! `sarif-schema-2.1.0.json` is OASIS's schema of SARIF 2.1.0, byte for byte as the crate `serde-sarif` 0.8.0 has it.

use std::process::Command;

use lamina::image::Digest;
use serde_json::{Value, json};

use super::super::{archive_with, schema};
use super::budgets::{OFF, UNSAFE};
use super::{WASTEFUL, archive, archive_of, folder, lamina, text};

/// An image of a hostile name, with a secret in a file whose name is hostile, too, and one in the line that made it.
fn hostile() -> Vec<u8> {
    let key = format!("{}{}", "AKI", "AQ7RTUVWXYZ2345AB");
    let tar = text::tar_of(&format!(
        "a%0A::error::b\\x1b|`<c>\\xe9 = x\\n{key}\nbin/su = x | mode=4755"
    ));
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [Digest::sha256_of(&tar)]},
        "config": {"Env": [format!("A_KEY={key}")]},
        "history": [{"created_by": "RUN /bin/sh -c A_TOKEN=q8Z3kLw0xYab a\n::error::c | `d` <e>"}],
    });
    archive_with(&[tar], &config)
}

const ASKED: [&str; 4] = ["--highest-secrets", "0", "--highest-setuid", "0"];

/// Writes a form. Checks that no secret is in it.
fn written(form: &str, arguments: &[&str], bytes: &[u8], status: i32) -> String {
    let all = [&OFF[..], arguments, &["--format", form, "-"]].concat();
    let (ended, out, err) = lamina(&all, bytes);
    assert_eq!(ended, status, "{form}: {out}{err}");
    assert!(!out.contains("AQ7RTUV") && !out.contains("q8Z3"), "{out}");
    assert!(!out.contains('\u{1b}'), "{out}");
    out
}

fn damaged() -> Vec<u8> {
    let tars = [text::tar_of("a = @10"), text::tar_of("b = @10")];
    let wrong = [Digest::sha256_of(b"other"), Digest::sha256_of(&tars[1])];
    archive_of(&tars, &wrong)
}

#[test]
fn sarif_is_as_its_schema_says() {
    let schema = schema::read("tests/command/sarif-schema-2.1.0.json");
    let dead = ["--highest-dead-bytes", "0", "--highest-layer-content", "1"];
    for (arguments, bytes, status) in [
        (&ASKED[..], hostile(), 1),
        (&ASKED, archive(&UNSAFE), 1),
        (&dead, archive(&WASTEFUL), 1),
        (&[], archive(&["a = x"]), 0),
        (&[], damaged(), 3),
    ] {
        let out = written("sarif", arguments, &bytes, status);
        let document: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            schema::ways_out(&schema, &document),
            Vec::<String>::new(),
            "{out}"
        );
        let run = &document["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let rule =
                &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(
                result["locations"][0]["physicalLocation"].is_object(),
                "{result}"
            );
        }
        assert_eq!(
            run["results"].as_array().unwrap().is_empty(),
            status == 0,
            "{out}"
        );
    }
    // The schema is read: it refuses what it does not know.
    assert_ne!(
        schema::ways_out(&schema, &json!({"version": "2.1.0"})),
        Vec::<String>::new()
    );
    let odd = json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a"}}, "results": [{"kind": "odd", "message": {"text": "a"}}]}]});
    assert_ne!(schema::ways_out(&schema, &odd), Vec::<String>::new());
}

#[test]
fn sarif_names_path_layer_and_line() {
    let out = written("sarif", &ASKED, &hostile(), 1);
    let document: Value = serde_json::from_str(&out).unwrap();
    let results = document["runs"][0]["results"].as_array().unwrap();
    let of = |rule: &str| {
        results
            .iter()
            .filter(|one| one["ruleId"] == rule)
            .collect::<Vec<_>>()
    };
    let secrets = of("highestSecrets");
    assert_eq!(secrets.len(), 3, "{out}");
    assert_eq!(
        secrets[0]["locations"][0],
        json!({
            "physicalLocation": {
                "artifactLocation": {"uri": "a%250A%3A%3Aerror%3A%3Ab%1B%7C%60%3Cc%3E%E9", "uriBaseId": "IMAGE"},
                "region": {"startLine": 2},
            },
            "logicalLocations": [{"name": "layer 0", "fullyQualifiedName": "demo:1/layer 0", "kind": "layer"}],
        })
    );
    assert_eq!(secrets[0]["level"], "error");
    let su = of("highestSetuid")[0];
    assert_eq!(su["message"]["text"], "setuid /bin/su in layer 0");
    assert!(su["partialFingerprints"]["lamina/v1"].is_string());
    let made_by = su["properties"]["madeBy"].as_str().unwrap();
    assert!(made_by.starts_with("RUN A_TOKEN=••••••••"), "{made_by}");
    // What the bound admits is a note, and what the list allows is suppressed.
    let list = folder("check-sarif").join("allow.yaml");
    std::fs::write(
        &list,
        "allow: [{path: /bin/su, reason: why, until: '9999-12-31'}]",
    )
    .unwrap();
    let arguments = ["--highest-setuid", "0", "--allow", list.to_str().unwrap()];
    let out = written("sarif", &arguments, &hostile(), 0);
    let document: Value = serde_json::from_str(&out).unwrap();
    let result = &document["runs"][0]["results"][0];
    assert_eq!(result["level"], "note");
    assert_eq!(
        result["suppressions"][0]["justification"],
        "why (until 9999-12-31)"
    );
}

/// Reads XML as Python's standard library does. Returns a line for each element; `None` where Python is not installed.
fn elements(xml: &str) -> Option<Vec<String>> {
    let script = "import sys, xml.etree.ElementTree as t\n\
        for e in t.fromstring(sys.stdin.buffer.read()).iter():\n\
        \x20   print(e.tag, *sorted(f'{k}={v}' for k, v in e.attrib.items() if k not in ('message', 'classname')))";
    let path = folder("check-junit").join("report.xml");
    std::fs::write(&path, xml).unwrap();
    let mut python = Command::new("python3");
    python
        .args(["-c", script])
        .stdin(std::fs::File::open(&path).unwrap());
    let Ok(output) = python.output() else {
        println!("skipped: JUnit's XML: python3, by which it is read, is not installed");
        return None;
    };
    assert!(output.status.success(), "{output:?}\n{xml}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn junit_has_a_suite_for_an_image_and_a_test_for_a_rule() {
    let out = written("junit", &ASKED, &hostile(), 1);
    if let Some(elements) = elements(&out) {
        assert_eq!(
            elements,
            [
                "testsuites errors=0 failures=2 name=lamina check tests=7",
                "testsuite errors=0 failures=2 name=demo:1 skipped=4 tests=7",
                "testcase name=lowestEfficiency",
                "skipped",
                "testcase name=highestWastedBytes",
                "skipped",
                "testcase name=highestUserWastedPercent",
                "skipped",
                "testcase name=highestDeadBytes",
                "skipped",
                "testcase name=highestSecrets",
                "failure type=highestSecrets",
                "testcase name=highestSetuid",
                "failure type=highestSetuid",
                "testcase name=integrity",
            ]
        );
    }
    assert!(
        out.contains(r#"message="1, at most 0 asked for">setuid /bin/su in layer 0</failure>"#),
        "{out}"
    );
    let out = written("junit", &[], &damaged(), 3);
    if let Some(elements) = elements(&out) {
        assert!(
            elements.contains(&"error type=integrity".to_owned()),
            "{out}"
        );
        assert!(elements[0].contains("errors=1"), "{out}");
    }
}

#[test]
fn annotations_are_a_command_a_line() {
    let out = written("github", &ASKED, &hostile(), 1);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 2, "{out}");
    assert!(lines[0].starts_with("::error title=demo%3A1%3A highestSecrets::3, at most 0 asked for%0Aaws-access-key-id in /a%250A::error::b"), "{out}");
    assert_eq!(
        lines[1],
        "::error title=demo%3A1%3A highestSetuid::1, at most 0 asked for%0Asetuid /bin/su in layer 0"
    );
    let out = written("github", &["--highest-setuid", "9"], &archive(&UNSAFE), 0);
    assert_eq!(
        out,
        "::notice title=demo%3A1%3A lamina check::1 rules kept, nothing damaged\n"
    );
    let out = written("github", &[], &damaged(), 3);
    assert!(
        out.starts_with("::error title=demo%3A1%3A integrity::layer 0"),
        "{out}"
    );
}

#[test]
fn the_summary_is_markdown() {
    let out = written("markdown", &ASKED, &hostile(), 1);
    let start = "## lamina check failed

### `demo:1`

| | rule | value | asked for |
|---|---|---:|---|
| ❌ | highestSecrets | 3 | at most 0 |
| ❌ | highestSetuid | 1 | at most 0 |
| ✅ | integrity | whole | |

<details open><summary>highestSecrets: 3</summary>
";
    assert!(out.starts_with(start), "{out}");
    assert!(
        out.contains(
            "- `setuid /bin/su in layer 0` by `` RUN A_TOKEN=•••••••• a ::error::c | `d` <e> ``\n"
        ),
        "{out}"
    );
    let out = written("markdown", &[], &archive(&["a = x"]), 0);
    assert!(out.starts_with("## lamina check passed\n"), "{out}");
    let out = written("markdown", &[], &damaged(), 3);
    assert!(
        out.contains("| ❌ | integrity | damaged | `layer 0"),
        "{out}"
    );
}

#[test]
fn json_has_a_format_too() {
    let out = written("json", &ASKED, &hostile(), 1);
    let (_, same, _) = lamina(&[&OFF[..], &ASKED, &["--json", "-"]].concat(), &hostile());
    assert_eq!(out, same);
    let (status, _, err) = lamina(
        &[&OFF[..], &["--json", "--format", "sarif", "-"]].concat(),
        b"",
    );
    assert_eq!(status, 2);
    assert!(err.contains("cannot be used with"), "{err}");
}
