//! Configs of images: section 7 of the checklist.

use lamina::image::{
    ConfigDocument, Digest, Error, ImageConfig, Oddity, Platform, RuntimeConfig, default_platform,
    duration_text, env_pair, pick_platform,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{LIMIT, codes};

fn parse(text: &str) -> ConfigDocument {
    ConfigDocument::parse(text.as_bytes(), LIMIT).unwrap()
}

fn runtime(text: &str) -> RuntimeConfig {
    let document = parse(&format!(r#"{{"config": {text}}}"#));
    document.config.config.unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_01_null_is_absent_and_unknown_is_fine() {
    let document = parse(
        r#"{"created": null, "author": null, "architecture": null, "os": null, "config": null, "rootfs": null,
            "history": null, "moby.buildkit.buildinfo.v1": "x", "unknown": {"deep": [1]}}"#,
    );
    assert_eq!(document.config, ImageConfig::default());
    assert_eq!(document.oddities, []);
    let items = parse(
        r#"{"history": [null, {"created": null, "created_by": null, "empty_layer": null}], "rootfs": {"type": null, "diff_ids": null}}"#,
    );
    assert_eq!(items.config.history, vec![Default::default(); 2]);
    assert_eq!(
        (items.config.rootfs_type, items.config.diff_ids.len()),
        (None, 0)
    );
    assert_eq!(codes(&items.oddities), "wrong-type", "an entry is no field");
    let check = runtime(
        r#"{"Healthcheck": {"Test": null, "Interval": null, "Timeout": null, "StartPeriod": null, "StartInterval": null, "Retries": null}}"#,
    );
    assert_eq!(check.healthcheck, Some(Default::default()));
    let inner = parse(
        r#"{"config": {"User": null, "ExposedPorts": null, "Env": null, "Entrypoint": null, "Cmd": null, "Volumes": null,
            "WorkingDir": null, "Labels": null, "StopSignal": null, "StopTimeout": null, "Healthcheck": null,
            "OnBuild": null, "Shell": null, "Hostname": null, "Domainname": null, "Image": null, "MacAddress": null,
            "AttachStdin": null, "AttachStdout": null, "AttachStderr": null, "Tty": null, "OpenStdin": null,
            "StdinOnce": null, "ArgsEscaped": null, "NetworkDisabled": null, "Memory": null, "Unknown": {}}}"#,
    );
    assert_eq!(inner.config.config, Some(RuntimeConfig::default()));
    assert_eq!(inner.oddities, []);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_06_what_docker_adds() {
    let document = parse(
        r#"{"architecture": "arm", "variant": "v7", "os": "windows", "os.version": "10.0.1", "os.features": ["win32k"],
            "author": "Ann", "comment": "why", "docker_version": "20.10", "container": "cafe",
            "container_config": {"Hostname": "h", "Cmd": ["a"]},
            "config": {"Hostname": "h", "Domainname": "d", "User": "1:2", "AttachStdin": true, "AttachStdout": true,
              "AttachStderr": true, "Tty": true, "OpenStdin": true, "StdinOnce": true, "Image": "i", "OnBuild": ["RUN x"],
              "Shell": ["/bin/bash", "-c"], "StopSignal": "9", "StopTimeout": 7, "ArgsEscaped": true, "MacAddress": "m",
              "NetworkDisabled": true, "WorkingDir": "/w", "Labels": {"b": "2", "a": ""}}}"#,
    );
    assert_eq!(document.oddities, []);
    let config = &document.config;
    assert_eq!(config.platform.to_string(), "windows(10.0.1)/arm/v7");
    assert_eq!(config.platform.os_version, "10.0.1");
    assert_eq!(config.platform.os_features, ["win32k"]);
    assert_eq!(
        (config.author.as_str(), config.comment.as_str()),
        ("Ann", "why")
    );
    assert_eq!(
        (config.docker_version.as_str(), config.container.as_str()),
        ("20.10", "cafe")
    );
    assert_eq!(config.container_config.as_ref().unwrap().cmd, ["a"]);
    let run = config.config.as_ref().unwrap();
    assert!(run.attach_stdin && run.attach_stdout && run.attach_stderr && run.tty);
    assert!(run.open_stdin && run.stdin_once && run.args_escaped && run.network_disabled);
    assert_eq!((run.hostname.as_str(), run.domainname.as_str()), ("h", "d"));
    assert_eq!((run.mac_address.as_str(), run.image.as_str()), ("m", "i"));
    assert_eq!(
        (run.on_build.len(), run.shell.len(), run.stop_timeout),
        (1, 2, Some(7))
    );
    assert_eq!((run.user.as_str(), run.working_dir.as_str()), ("1:2", "/w"));
    let labels: Vec<_> = config.labels().unwrap().keys().collect();
    assert_eq!(labels, ["a", "b"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_07_health_in_nanoseconds() {
    let run = runtime(
        r#"{"Healthcheck": {"Test": ["CMD-SHELL", "true"], "Interval": 5000000000, "Timeout": 1, "StartPeriod": 2,
            "StartInterval": 3, "Retries": 4}}"#,
    );
    let check = run.healthcheck.unwrap();
    assert_eq!(check.test, ["CMD-SHELL", "true"]);
    assert_eq!(check.interval_nanos, Some(5_000_000_000));
    assert_eq!(check.start_interval_nanos, Some(3));
    assert_eq!(
        (check.timeout_nanos, check.start_period_nanos, check.retries),
        (Some(1), Some(2), Some(4))
    );
    assert_eq!(duration_text(5_000_000_000), "5s");
    for words in [
        vec!["NONE"],
        vec!["CMD", "/healthy", "-q"],
        vec!["CMD-SHELL", "a || b"],
        vec![],
    ] {
        let run = runtime(&serde_json::json!({"Healthcheck": {"Test": words}}).to_string());
        let check = run.healthcheck.unwrap();
        assert_eq!(
            (check.test, check.interval_nanos),
            (words.iter().map(ToString::to_string).collect(), None)
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_08_ports_and_volumes_are_sets() {
    let run = runtime(
        r#"{"ExposedPorts": {"443/tcp": {}, "53/udp": {}, "80": {}, "8000-8010/tcp": null, "80/tcp": {}},
            "Volumes": {"/z": {}, "/a": {}}}"#,
    );
    assert_eq!(
        run.exposed_ports,
        ["80/tcp", "443/tcp", "8000-8010/tcp", "53/udp"]
    );
    assert_eq!(run.volumes, ["/a", "/z"]);
    let lists = runtime(r#"{"ExposedPorts": ["9/udp", "8000-8010"], "Volumes": ["/b"]}"#);
    assert_eq!(lists.exposed_ports, ["8000-8010/tcp", "9/udp"]);
    assert_eq!(lists.volumes, ["/b"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_09_environment() {
    let run = runtime(r#"{"Env": ["A=b=c", "E=", "LONELY", "=x", ""]}"#);
    let pairs: Vec<_> = run.env.iter().map(|entry| env_pair(entry)).collect();
    assert_eq!(
        pairs,
        [
            ("A", Some("b=c")),
            ("E", Some("")),
            ("LONELY", None),
            ("", Some("x")),
            ("", None)
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_10_commands_of_any_form() {
    let run = runtime(r#"{"Entrypoint": ["/init", "-x"], "Cmd": "serve me"}"#);
    assert_eq!(run.argv(), ["/init", "-x", "serve me"]);
    let odd = parse(
        r#"{"config": {"Cmd": {"a": 1}, "Entrypoint": ["a", 1], "StopTimeout": "9", "Tty": "yes", "User": 5}, "author": []}"#,
    );
    assert_eq!(odd.config.config.as_ref().unwrap().argv(), ["a"]);
    assert_eq!(odd.oddities.len(), 6, "{:?}", odd.oddities);
    assert_eq!(odd.oddities[0].subject(), "author");
    assert!(
        odd.oddities
            .iter()
            .any(|o| o.subject() == "config.Entrypoint[1]")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_05_the_type_of_rootfs() {
    let check = |text: &str| parse(text).config.check_rootfs();
    assert_eq!(
        check(r#"{"rootfs": {"type": "layers", "diff_ids": []}}"#),
        Ok(())
    );
    assert_eq!(check("{}"), Ok(()));
    let error = check(r#"{"rootfs": {"type": "layers+base", "diff_ids": []}}"#).unwrap_err();
    assert_eq!(
        error,
        Error::RootfsType {
            actual: "layers+base".into()
        }
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_14_empty_platforms_open() {
    let document = parse(r#"{"os": "", "architecture": ""}"#);
    assert!(document.config.platform.is_empty());
    assert!(!parse(r#"{"os": "windows"}"#).config.platform.is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_04_created_stays_raw() {
    assert_eq!(parse("{}").config.created, None);
    let check = |raw: &str, at: Option<(i64, u32)>| {
        let document = parse(&format!(r#"{{"created": "{raw}"}}"#));
        assert_eq!(document.oddities, [], "{raw}");
        let created = document.config.created.unwrap();
        assert_eq!(created.raw, raw);
        assert_eq!(created.at.map(|at| (at.seconds, at.nanos)), at, "{raw}");
    };
    check("0001-01-01T00:00:00Z", None);
    check("1970-01-01T00:00:00Z", Some((0, 0)));
    check("1970-01-01T01:00:00.000000001+01:00", Some((0, 1)));
    check("1969-12-31T18:30:00-05:30", Some((0, 0)));
    for digits in 1..=9 {
        let nanos = 123_456_789 / 10_u32.pow(9 - digits) * 10_u32.pow(9 - digits);
        let fraction = &"123456789"[..digits as usize];
        let raw = format!("2024-02-29T13:00:00.{fraction}+01:00");
        check(&raw, Some((1_709_208_000, nanos)));
    }
    for raw in [
        "last week",
        "",
        "2024-02-30T12:00:00Z",
        "2024-02-29",
        "2024-02-29T12:00:00",
        "2024-02-29T12:00:00.Z",
        "99999-01-01T00:00:00Z",
        "1709208000",
    ] {
        check(raw, None);
    }
}

fn check_pick(candidates: &[&str], wanted: &str, picked: Option<usize>) {
    let list: Vec<_> = candidates
        .iter()
        .map(|text| text.parse::<Platform>().ok())
        .collect();
    let actual = match wanted {
        "" => default_platform(&list),
        wanted => pick_platform(&list, &wanted.parse().unwrap()),
    };
    assert_eq!(actual, picked, "{wanted:?} of {candidates:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_12_platforms_as_text_and_which_one_is_opened() {
    for text in [
        "linux/amd64",
        "linux/arm/v7",
        "windows/amd64",
        "linux/arm64/v8",
    ] {
        assert_eq!(text.parse::<Platform>().unwrap().to_string(), text);
        let (os, rest) = text.split_once('/').unwrap();
        let (architecture, variant) = rest.split_once('/').unwrap_or((rest, ""));
        let json =
            format!(r#"{{"os":"{os}","architecture":"{architecture}","variant":"{variant}"}}"#);
        assert_eq!(parse(&json).config.platform.to_string(), text);
    }
    // linux/amd64 by default, or else the requested platform. An exact match comes first.
    check_pick(&["linux/arm64", "linux/amd64"], "", Some(1));
    check_pick(&["linux/arm64", "linux/amd64"], "linux/arm64", Some(0));
    check_pick(
        &["linux/amd64/v2", "linux/amd64/v3", "linux/amd64"],
        "",
        Some(2),
    );
    check_pick(&["linux/arm64", "linux/s390x"], "", Some(0));
    check_pick(&["windows/amd64"], "", Some(0));
    check_pick(&["linux/amd64"], "windows/amd64", None);
    // arm64 means v8, and v8 means arm64.
    check_pick(&["linux/arm/v8", "linux/arm64"], "linux/arm64/v8", Some(1));
    check_pick(
        &["linux/arm64/v9", "linux/arm64/v8"],
        "linux/arm64",
        Some(1),
    );
    // For 32-bit ARM, the newest variant that runs there: v7, then v6, then v5.
    let arm = ["linux/arm/v5", "linux/arm/v6", "linux/arm/v7"];
    check_pick(&arm, "linux/arm/v7", Some(2));
    check_pick(&arm, "linux/arm", Some(2));
    check_pick(&arm[..2], "linux/arm/v7", Some(1));
    check_pick(&arm[..1], "linux/arm/v7", Some(0));
    check_pick(&arm, "linux/arm/v6", Some(1));
    check_pick(&arm, "linux/arm/v5", Some(0));
    check_pick(&arm[1..], "linux/arm/v5", None);
    // The first of several equal ones.
    check_pick(&["linux/arm64", "linux/amd64", "linux/amd64"], "", Some(1));
    check_pick(&["linux/arm/v6", "linux/arm/v6"], "linux/arm/v7", Some(0));
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_16_marks_blanks_duplicates_and_long_numbers() {
    let body = r#"{"os": "plan9", "config": {"StopTimeout": 9007199254740993, "User": "a", "User": "b"}, "os": "linux"}"#;
    for before in ["", "\u{feff}", "\u{feff} \n", " \t\r\n", "\n\u{feff}"] {
        let document = parse(&format!("{before}{body} \n"));
        let subjects: Vec<_> = document.oddities.iter().map(Oddity::subject).collect();
        assert_eq!(codes(&document.oddities), "several-keys several-keys");
        assert_eq!(subjects, ["config.User", "os"]);
        assert_eq!(document.config.platform.os, "linux");
        let run = document.config.config.unwrap();
        assert_eq!(
            (run.user.as_str(), run.stop_timeout),
            ("b", Some(9_007_199_254_740_993))
        );
    }
    // Two marks are one too many, and a mark inside the text is not whitespace.
    for text in ["\u{feff}\u{feff}{}", "{\u{feff}}"] {
        assert!(ConfigDocument::parse(text.as_bytes(), LIMIT).is_err());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_09_diff_ids_by_any_algorithm_keep_their_place() {
    let long = "f".repeat(128);
    let short = "a".repeat(64);
    let text = format!(
        r#"{{"rootfs": {{"type": "layers", "diff_ids": ["sha512:{long}", "nonsense", 5, "sha256:{short}"]}}}}"#
    );
    let document = parse(&text);
    let known: Vec<bool> = document
        .config
        .diff_ids
        .iter()
        .map(Option::is_some)
        .collect();
    assert_eq!(known, [true, false, false, true]);
    assert_eq!(
        codes(&document.oddities),
        "wrong-type invalid-digest invalid-digest"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_16_the_image_id_is_the_digest_of_the_bytes() {
    let bytes = b"\n{ \"os\":\"linux\" , \"os\":\"plan9\" }";
    let document = ConfigDocument::parse(&bytes[..], LIMIT).unwrap();
    assert_eq!(&document.bytes[..], bytes);
    assert_eq!(document.digest, Digest::sha256_of(bytes));
    assert_eq!(document.matches(&document.digest), Some(true));
    assert_eq!(document.matches(&Digest::sha256_of(b"")), Some(false));
    assert_eq!(document.config.platform.os, "plan9");
    assert_eq!(codes(&document.oddities), "several-keys");
    assert!(matches!(
        ConfigDocument::parse(&b"[]"[..], LIMIT),
        Err(Error::Shape { .. })
    ));
    assert!(matches!(
        ConfigDocument::parse(&b"{}"[..], 1),
        Err(Error::TooLarge { .. })
    ));
}
