//! The safety of an image: layers as text in, findings as text out, a line each.

use lamina::bounds::{Limits, SafetyLimits};
use lamina::image::escape;
use lamina::insight::safety::{SafetyList, SafetyPlace, SafetyRule};
use lamina::insight::system::Gap;
use lamina::workspace::safety_task;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use super::system::{found_within, read};
use crate::support::run;

/// A config about which nothing is found.
fn quiet() -> serde_json::Value {
    json!({"User": "1000", "Healthcheck": {"Test": ["CMD", "true"]}})
}

fn safety_of(layers: &str, config: &serde_json::Value, limits: Limits) -> SafetyList {
    let mut image = found_within(layers, config, limits);
    while let Some(layer) = image.next_waiting() {
        read(&mut image, layer);
    }
    run(safety_task(&image).unwrap().read(&|_| None)).finish(&image)
}

fn told(list: &SafetyList) -> Vec<String> {
    let mut lines: Vec<String> = list
        .findings
        .iter()
        .map(|finding| {
            let place = match &finding.place {
                SafetyPlace::Path {
                    path,
                    layer,
                    mode,
                    uid,
                    gid,
                    size_bytes,
                    capabilities,
                } => {
                    let (path, layer) = (escape(path), layer.0);
                    format!("{path}@{layer} {mode:04o} {uid}:{gid} {size_bytes} {capabilities}")
                }
                SafetyPlace::Account { path, layer, name } => {
                    format!("{}@{} {name}", escape(path), layer.0)
                }
                SafetyPlace::Config { value } => value.clone(),
                SafetyPlace::History {
                    step,
                    layer,
                    address,
                } => {
                    let layer = layer.map_or_else(|| "?".to_owned(), |layer| layer.0.to_string());
                    format!("step {step}@{layer} {address}")
                }
            };
            format!("{} {place}", finding.rule.word())
                .trim_end()
                .to_owned()
        })
        .collect();
    let left_out = list.left_out.iter();
    lines.extend(left_out.map(|(rule, n)| format!("{n} more of {}", rule.word())));
    lines.extend(list.gaps.iter().map(|gap| match gap {
        Gap::Layer { layer, why } => format!("gap layer {} {why}", layer.0),
        Gap::File { path, why } => format!("gap {} {why}", escape(path)),
    }));
    lines
}

/// Checks the findings of layers whose config has none.
fn check(layers: &str, expected: &[&str]) {
    let list = safety_of(layers, &json!({"config": quiet()}), Limits::DEFAULT);
    assert_eq!(told(&list), expected, "{layers}");
}

#[wasm_bindgen_test(unsupported = test)]
fn rights_are_those_of_the_final_file_system() {
    check(
        "bin/su = @9 | mode=4755\nbin/wall = x | mode=2755 gid=5\nbin/gone = x | mode=4755
         bin/plain = x | mode=4755\nbin/both => bin/su | mode=4755\nbin/ln -> su\nsrv/share/ | mode=2775
         ---
         bin/.wh.gone =\nbin/plain = x | mode=0755\nbin/late = x | mode=6755 uid=7",
        &[
            "setuid bin/both@0 4755 0:0 9",
            "setuid bin/late@1 6755 7:0 1",
            "setuid bin/su@0 4755 0:0 9",
            "setgid bin/late@1 6755 7:0 1",
            "setgid bin/wall@0 2755 0:5 1",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn capabilities_are_decoded() {
    let ping = "\\x01\\x00\\x00\\x02\\x00\\x20\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00";
    check(
        &format!(
            "bin/ping = x | mode=0755 xattr.security.capability={ping}
             bin/odd = x | xattr.security.capability=no xattr.user.a=b"
        ),
        &["capabilities bin/ping@0 0755 0:0 1 cap_net_raw=ep"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_everyone_may_write_is_found() {
    check(
        "tmp/ | mode=1777\nvar/open/ | mode=0777\nvar/open/a = x | mode=0666\nvar/b = x | mode=0664
         dev/null c 1:3 | mode=0666\nrun/p p | mode=0666\nvar/l -> b\nvar/late/ | mode=0755
         ---
         var/late/ | mode=0757\nvar/open/a = x | mode=0644",
        &[
            "world-writable-dir var/late@1 0757 0:0 0",
            "world-writable-dir var/open@0 0777 0:0 0",
        ],
    );
    check(
        "a = xy | mode=0602",
        &["world-writable-file a@0 0602 0:0 2"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn programs_that_give_access_are_found_by_their_paths() {
    check(
        "usr/bin/\nbin -> usr/bin\nusr/bin/sudo -> /etc/alternatives/sudo\netc/alternatives/sudo -> /usr/bin/sudo-rs
         usr/bin/sudo-rs = @5 | mode=4755\nusr/sbin/sshd = @3 | mode=0755\nopt/bin/sshd = x\nusr/local/bin/sudo/",
        &[
            "setuid usr/bin/sudo-rs@0 4755 0:0 5",
            "sudo usr/bin/sudo-rs@0 4755 0:0 5",
            "ssh-server usr/sbin/sshd@0 0755 0:0 3",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn accounts_that_a_password_opens_are_found() {
    check(
        "etc/shadow = root:$6$salt$hash:1:0:9:7:::\\nopen::1:0:9:7:::\\nlocked:!:1:0:9:7:::\\n
         etc/passwd = root:x:0:0::/root:/bin/sh\\nold::1:1:::\\n
         ---
         etc/passwd = root:x:0:0::/root:/bin/sh\\nnew::1:1:::\\n",
        &[
            "empty-password etc/passwd@1 new",
            "empty-password etc/shadow@0 open",
            "password-hash etc/shadow@0 root",
        ],
    );
    check(
        "etc/shadow -> nowhere",
        &["gap etc/shadow a symbolic link that leads nowhere"],
    );
    check(
        "etc/shadow/\netc/passwd -> /etc/shadow",
        &["gap etc/shadow no regular file"],
    );
    check(
        "etc/shadow -> ../run/s\nrun/s = open::1:0:9:7:::\\n",
        &["empty-password run/s@0 open"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_config_tells_user_ports_and_health_check() {
    let check = |layers: &str, config: serde_json::Value, expected: &[&str]| {
        let list = safety_of(layers, &config, Limits::DEFAULT);
        assert_eq!(told(&list), expected, "{config}");
    };
    check("a = x", json!({}), &["root-user", "no-healthcheck"]);
    let runtime = json!({"config": {"User": "root:root", "ExposedPorts": {"80": {}, "53/udp": {}},
        "Healthcheck": {"Test": ["NONE"]}}});
    check(
        "a = x",
        runtime,
        &[
            "root-user root:root",
            "exposed-port 53/udp",
            "exposed-port 80/tcp",
            "no-healthcheck",
        ],
    );
    let passwd = "etc/passwd = toor:x:0:0:::\\napp:x:5:5:::\\n";
    for (user, expected) in [
        ("", &["root-user"][..]),
        ("0", &["root-user 0"]),
        ("00:5", &["root-user 00:5"]),
        ("toor:app", &["root-user toor"]),
        ("app", &[]),
        ("nobody", &[]),
        ("65532:0", &[]),
    ] {
        let mut runtime = quiet();
        runtime["User"] = json!(user);
        check(passwd, json!({"config": runtime}), expected);
    }
    let windows = json!({"os": "windows", "config": {"Healthcheck": {"Test": ["CMD", "a"]}}});
    check("Files/a = x", windows, &[]);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_history_tells_what_was_fetched_and_which_line_made_a_layer() {
    let config = json!({"config": quiet(), "history": [
        {"created_by": "ENV A=b", "empty_layer": true},
        {"created_by": "ADD https://me:pass@example.org/a.tgz /opt # buildkit"},
        {"created_by": "RUN /bin/sh -c A_TOKEN=q8Z3kLw0xYab chmod u+s /bin/su # buildkit"},
    ]});
    let list = safety_of(
        "opt/a = x\n---\nbin/su = x | mode=4755",
        &config,
        Limits::DEFAULT,
    );
    assert_eq!(
        told(&list),
        [
            "setuid bin/su@1 4755 0:0 1",
            "remote-add step 1@0 https://example.org/a.tgz"
        ]
    );
    let lines: Vec<&str> = list.findings.iter().map(|one| list.line_of(one)).collect();
    assert_eq!(lines[0], "RUN A_TOKEN=•••••••• chmod u+s /bin/su");
    assert!(lines[1].starts_with("ADD https://me:"), "{}", lines[1]);
}

#[wasm_bindgen_test(unsupported = test)]
fn findings_beyond_the_bounds_are_counted() {
    let mut limits = Limits::DEFAULT;
    limits.safety = SafetyLimits {
        accounts_bytes: 30,
        findings: 2,
    };
    let config = json!({"config": quiet()});
    let layers = "a = x | mode=4755\nb = x | mode=4755\nc = x | mode=4755
        etc/shadow = open::1:0:9:7:::\\nwide::1:0:9:7:::\\n";
    let list = safety_of(layers, &config, limits);
    assert_eq!(
        told(&list),
        [
            "empty-password etc/shadow@0 open",
            "setuid a@0 4755 0:0 1",
            "setuid b@0 4755 0:0 1",
            "1 more of setuid",
            "gap etc/shadow 30 of 34 bytes read",
        ]
    );
    assert_eq!(
        list.n_of(&[SafetyRule::Setuid, SafetyRule::EmptyPassword]),
        4
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_is_not_read_is_a_gap() {
    let config = json!({"config": quiet()});
    let mut image = found_within("a = x | mode=4755\n---\n.wh.a =", &config, Limits::DEFAULT);
    assert!(safety_task(&image).is_err());
    read(&mut image, 0);
    let list = run(safety_task(&image).unwrap().read(&|_| None)).finish(&image);
    assert_eq!(
        told(&list),
        ["setuid a@0 4755 0:0 1", "gap layer 1 not read"]
    );
}
