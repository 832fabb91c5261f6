//! The rules of `lamina check`: bounds from arguments and files, and what breaks them.

mod budgets;
mod outputs;
#[cfg(unix)]
mod pipelines;
mod structure;

use lamina::image::Digest;

use super::{WASTEFUL, archive, archive_of, folder, lamina, text};

#[test]
fn check_applies_the_usual_rules() {
    let (status, out, err) = lamina(&["check", "-"], &archive(&WASTEFUL));
    let lines = "demo:1
pass  lowestEfficiency              0.9706  at least 0.9000
off   highestWastedBytes              20 B
fail  highestUserWastedPercent      0.2500  at most 0.1000
off   highestDeadBytes               130 B
      20 B in 2 copies of /a
pass  integrity                      whole  nothing damaged, refuted or incomplete
";
    assert_eq!((status, out.as_str(), err.as_str()), (1, lines, ""));
    let (status, out, _) = lamina(&["check", "-"], &archive(&["a = @10", "b = @10"]));
    assert_eq!(status, 0, "{out}");
    assert!(!out.contains("fail"), "{out}");
}

#[test]
fn check_takes_bounds_from_arguments_and_files() {
    let bytes = archive(&WASTEFUL);
    let status = |arguments: &[&str]| {
        let (status, _, err) = lamina(&[&["check", "-"], arguments].concat(), &bytes);
        assert_eq!(err, "", "{arguments:?}");
        status
    };
    let percent = ["--highest-user-wasted-percent", "off"];
    assert_eq!(status(&percent), 0);
    assert_eq!(status(&["--highest-user-wasted-percent", "0.25"]), 0);
    assert_eq!(
        status(&[&percent[..], &["--lowest-efficiency", "0.98"]].concat()),
        1
    );
    assert_eq!(
        status(&[&percent[..], &["--highest-wasted-bytes", "20B"]].concat()),
        0
    );
    assert_eq!(
        status(&[&percent[..], &["--highest-wasted-bytes", "19"]].concat()),
        1
    );
    assert_eq!(
        status(&[&percent[..], &["--highest-dead-bytes", "0.13kB"]].concat()),
        0
    );
    assert_eq!(
        status(&[&percent[..], &["--highest-dead-bytes", "129"]].concat()),
        1
    );
    let file = folder("check").join(".dive-ci");
    let config = ["--config", file.to_str().unwrap()];
    std::fs::write(&file, "rules:\n  highestUserWastedPercent: 0.3\n").unwrap();
    assert_eq!(status(&config), 0);
    // An argument takes precedence over the file. A rule in neither has its default.
    assert_eq!(
        status(&[&config[..], &["--lowest-efficiency", "1"]].concat()),
        1
    );
    std::fs::write(&file, "rules:\n  lowestEfficiency: disabled\n").unwrap();
    assert_eq!(status(&config), 1);
    assert_eq!(status(&[&config[..], &percent].concat()), 0);
}

#[test]
fn check_is_told_in_json() {
    let arguments = ["check", "--json", "--highest-wasted-bytes", "1kB", "-"];
    let (status, out, _) = lamina(&arguments, &archive(&WASTEFUL));
    assert_eq!(status, 1);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&report["pass"], &report["images"][0]["pass"]),
        (&false.into(), &false.into())
    );
    assert_eq!(report["images"][0]["image"], "demo:1");
    assert_eq!(report["images"][0]["whole"], true);
    let rules = serde_json::json!([
        { "rule": "lowestEfficiency", "status": "pass", "value": 330.0 / 340.0, "bound": 0.9 },
        { "rule": "highestWastedBytes", "status": "pass", "value": 20, "bound": 1000 },
        { "rule": "highestUserWastedPercent", "status": "fail", "value": 0.25, "bound": 0.1 },
        { "rule": "highestDeadBytes", "status": "off", "value": 130, "bound": null },
    ]);
    assert_eq!(report["images"][0]["rules"], rules);
    // Infinity is not a number in JSON.
    let (status, out, _) = lamina(&["check", "--json", "-"], &archive(&["a = @10", ".wh.a ="]));
    assert_eq!(status, 1);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        report["images"][0]["rules"][2]["value"],
        serde_json::Value::Null
    );
}

#[test]
fn check_fails_what_is_not_as_claimed() {
    let tars = [text::tar_of("a = @10"), text::tar_of("b = @10")];
    let wrong = [Digest::sha256_of(b"other"), Digest::sha256_of(&tars[1])];
    let (status, out, err) = lamina(&["check", "-"], &archive_of(&tars, &wrong));
    assert_eq!(status, 3);
    assert!(out.contains("pass  lowestEfficiency "), "{out}");
    assert!(out.contains("fail  integrity "), "{out}");
    assert!(err.contains("the diff_id is sha256:"), "{err}");
}

#[test]
fn check_refuses_what_it_cannot_read() {
    let bytes = archive(&WASTEFUL);
    let check = |arguments: &[&str], expected: &str| {
        let (status, out, err) = lamina(&[&["check", "-"], arguments].concat(), &bytes);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains(expected), "{arguments:?}: {err}");
    };
    check(&["--lowest-efficiency", "90%"], "a number from 0 to 1");
    check(
        &["--highest-wasted-bytes", "20 apples"],
        "a size such as 20MB",
    );
    check(&["--config", "missing"], "lamina: missing: ");
    let file = folder("check-refused").join("rules");
    let config = ["--config", file.to_str().unwrap()];
    std::fs::write(&file, "rules:\n  imageSizeLimit: 5MB\n").unwrap();
    check(
        &config,
        "rules: line 2: there is no rule \"imageSizeLimit\"",
    );
    std::fs::write(&file, "lowestEfficiency: 0.9\n").unwrap();
    check(&config, "rules: line 1: only a mapping named rules is read");
    let (status, help, _) = lamina(&["check", "--help"], b"");
    assert_eq!(status, 0);
    assert!(
        help.starts_with("Apply rules about wasted and dead bytes, secrets and safety"),
        "{help}"
    );
    for option in [
        "--lowest-efficiency <PART>",
        "[default: 0.9]",
        "--highest-dead-bytes <SIZE>",
        "--config <FILE>",
        "--format <FORMAT>",
        "--allow <FILE>",
    ] {
        assert!(help.contains(option), "{help}");
    }
}
