//! Structure tests, held to the verdicts of the real container-structure-test on the same archive.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use lamina::image::Digest;
use serde_json::{Value, json};

use super::super::archive_with;
use super::budgets::OFF;
use super::{folder, lamina, text};

/// The image that is tested.
fn image() -> Vec<u8> {
    let tar = text::tar_of(
        "bin/\netc/\ntmp/ | mode=1777\nusr/\nusr/share/\nusr/share/doc/\nusr/share/doc/a/\nusr/share/doc/b/\nusr/share/doc/libgnutls30/
         bin/su = xxxxxxxxxx | mode=4755\nbin/sh -> su\nbin/gone -> nowhere\nusr/bin -> ../bin
         etc/conf = one=1\\ntwo=2\\n\\xff\\xc3\\xa9\\n\nusr/share/doc/a/copyright = License: MIT\\n\nusr/share/doc/b/copyright = License: agpl-3\\n",
    );
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [Digest::sha256_of(&tar)]},
        "config": {
            "User": "me", "Env": ["PATH=/bin", "EMPTY=", "E=a=b"], "Labels": {"l": "v 1"},
            "ExposedPorts": {"80/tcp": {}, "53/udp": {}}, "Entrypoint": ["/bin/su", "-"], "Cmd": ["a"],
            "WorkingDir": "/srv", "Volumes": {"/data": {}},
        },
        "history": [{"created_by": "x"}],
    });
    archive_with(&[tar], &config)
}

/// Tests by name: those that hold begin with `+`, the others with `-`.
const TESTS: &str = r"schemaVersion: 2.0.0
fileExistenceTests:
- {name: +there, path: /bin/su}
- {name: +without a slash, path: bin/su}
- {name: -missing, path: /bin/no}
- {name: +rightly missing, path: /bin/no, shouldExist: false}
- {name: -wrongly there, path: /bin/su, shouldExist: false}
- {name: -mode of a link, path: /bin/sh, permissions: 'urwxr-xr-x'}
- {name: +link itself, path: /bin/sh, permissions: 'Lrwxrwxrwx'}
- {name: +link to nothing, path: /bin/gone}
- {name: -link to nothing is there, path: /bin/gone, shouldExist: false}
- {name: +sticky, path: /tmp, permissions: 'dtrwxrwxrwx'}
- {name: +setuid, path: /bin/su, permissions: 'urwxr-xr-x'}
- {name: +plain, path: /etc/conf, permissions: '-rw-r--r--'}
- {name: +executable, path: /bin/su, isExecutableBy: group}
- {name: -not executable, path: /etc/conf, isExecutableBy: any}
- {name: -odd, path: /etc/conf, isExecutableBy: me}
- {name: +dots, path: /etc/../bin/su}
- {name: +variable, path: '$EMPTY${PATH}/su'}
- {name: +slash at the end, path: /etc/conf/}
- {name: +below a file, path: /etc/conf/x, shouldExist: false}
- {name: +through a linked folder, path: /usr/bin/su}
- {path: /bin/su}
- {name: -without a path}
fileContentTests:
- {name: +in it, path: /etc/conf, expectedContents: ['two=\d', '(?m)^one=1$']}
- {name: -not in it, path: /etc/conf, expectedContents: ['three']}
- {name: +rightly not in it, path: /etc/conf, excludedContents: ['three']}
- {name: -wrongly in it, path: /etc/conf, excludedContents: ['one']}
- {name: -start of a line, path: /etc/conf, expectedContents: ['^two']}
- {name: -end of a line, path: /etc/conf, expectedContents: ['two=2$']}
- {name: -malformed, path: /etc/conf, expectedContents: ['(']}
- {name: -malformed and excluded, path: /etc/conf, excludedContents: ['(']}
- {name: -no file, path: /etc/nope, expectedContents: ['x']}
- {name: -folder, path: /etc, expectedContents: ['x']}
- {name: +link, path: /bin/sh, expectedContents: ['^x{10}$']}
- {name: +not UTF-8, path: /etc/conf, expectedContents: ['\n.é']}
- {name: +words of ASCII, path: /etc/conf, excludedContents: ['\n.\w\n']}
- {name: +nothing asked, path: /etc/conf}
metadataTest:
  envVars: [{key: PATH, value: /bin}, {key: EMPTY, value: ''}, {key: E, value: 'a=.', isRegex: true}]
  unboundEnvVars: [{key: NONE}]
  labels: [{key: l, value: '^v \d$', isRegex: true}]
  exposedPorts: ['80', 53]
  unexposedPorts: ['90']
  entrypoint: ['/bin/su', '-']
  cmd: ['a']
  workdir: /srv
  volumes: ['/data']
  unmountedVolumes: ['/no']
  user: me
";

/// Further tests of licences and of the config, a file each, with the number of those that fail.
const MORE: [(&str, usize); 12] = [
    ("licenseTests: [{debian: true}]", 1),
    (
        "licenseTests: [{debian: false, files: [/usr/share/doc/a/copyright]}]",
        0,
    ),
    (
        "licenseTests: [{files: [/usr/share/doc/b/copyright]}, {files: [/nope]}]",
        2,
    ),
    ("metadataTest: {envVars: [{key: PATH, value: /x}]}", 1),
    ("metadataTest: {envVars: [{key: NONE, value: ''}]}", 1),
    ("metadataTest: {unboundEnvVars: [{key: PATH}]}", 1),
    ("metadataTest: {labels: [{key: l, value: v}]}", 1),
    ("metadataTest: {exposedPorts: [80/tcp]}", 1),
    ("metadataTest: {unexposedPorts: ['80']}", 1),
    ("metadataTest: {cmd: []}", 1),
    ("metadataTest: {entrypoint: [/bin/su]}", 1),
    (
        "metadataTest: {unmountedVolumes: [/data], user: you, workdir: /}",
        1,
    ),
];

fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder("check-structure")
        .join("..")
        .join(format!("structure-{name}"));
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Returns the verdicts of this program, by name, in order.
fn verdicts(tests: &Path) -> Vec<(String, bool)> {
    let arguments = ["--structure", tests.to_str().unwrap(), "--json", "-"];
    let (_, out, err) = lamina(&[&OFF[..], &arguments].concat(), &image());
    assert_eq!(err, "");
    let report: Value = serde_json::from_str(&out).unwrap();
    let rules = report["images"][0]["rules"].as_array().unwrap();
    let tests = rules.iter().filter(|rule| rule["rule"] == "structureTest");
    tests
        .map(|rule| {
            let name = rule["subject"].as_str().unwrap().to_owned();
            (name, rule["status"] == "pass")
        })
        .collect()
}

/// Returns the real program; `None` where it is not installed.
fn real_program() -> Option<PathBuf> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools");
    let program = tools.join("peers/bin/container-structure-test");
    if program.exists() {
        return Some(program);
    }
    println!(
        "skipped: structure tests: container-structure-test is not installed (scripts/setup-peers)"
    );
    None
}

/// Returns the verdicts of the real program.
fn real_verdicts(program: &Path, tests: &Path) -> Vec<(String, bool)> {
    let image = written("image.tar", &image());
    let output = Command::new(program)
        .args(["test", "--driver", "tar", "--output", "json", "--image"])
        .arg(&image)
        .arg("--config")
        .arg(tests)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with('{'))
        .expect("it reports");
    let report: Value = serde_json::from_str(line).unwrap();
    let results = report["Results"].as_array().unwrap();
    let verdict = |one: &Value| {
        (
            one["Name"].as_str().unwrap().to_owned(),
            one["Pass"] == true,
        )
    };
    results.iter().map(verdict).collect()
}

/// Returns verdicts by the name of the test, without its kind.
fn by_name(verdicts: Vec<(String, bool)>) -> BTreeMap<String, bool> {
    let last = |name: &str| name.rsplit(": ").next().unwrap().trim().to_lowercase();
    verdicts
        .iter()
        .map(|(name, passes)| (last(name).replace(" test", ""), *passes))
        .collect()
}

#[test]
fn tests_hold_or_fail_by_their_names() {
    let verdicts = verdicts(&written("named.yaml", TESTS.as_bytes()));
    assert_eq!(verdicts.len(), 37);
    for (name, passes) in verdicts {
        let name = name.rsplit(": ").next().unwrap();
        assert_eq!(
            passes,
            name.starts_with('+') || name == "metadata",
            "{name}"
        );
    }
}

#[test]
fn verdicts_are_those_of_the_real_program() {
    let path = written("real.yaml", TESTS.as_bytes());
    let program = real_program();
    if let Some(program) = &program {
        let real = by_name(real_verdicts(program, &path));
        assert_eq!(real.len(), 37);
        assert_eq!(by_name(verdicts(&path)), real);
    }
    for (at, (tests, n_failed)) in MORE.iter().enumerate() {
        let file = format!("schemaVersion: 2.0.0\n{tests}\n");
        let path = written(&format!("more{at}.yaml"), file.as_bytes());
        let failed = |verdicts: Vec<(String, bool)>| verdicts.iter().filter(|one| !one.1).count();
        assert_eq!(failed(verdicts(&path)), *n_failed, "{tests}");
        if let Some(program) = &program {
            let real = real_verdicts(program, &path);
            assert_eq!(failed(real), *n_failed, "{tests}");
        }
    }
}

/// The real program has no owners with `--driver tar`, so these are by the archive alone.
#[test]
fn owners_are_those_of_the_archive() {
    let file = "schemaVersion: 2.0.0\nfileExistenceTests:\n- {name: +a, path: /bin/su, uid: 0, gid: 0}\n- {name: -b, path: /bin/su, uid: 7}\n";
    let told = verdicts(&written("owners.yaml", file.as_bytes()));
    let told: Vec<bool> = told.into_iter().map(|one| one.1).collect();
    assert_eq!(told, [true, false]);
}

#[test]
fn a_broken_test_breaks_the_check() {
    let file = "schemaVersion: 2.0.0\nglobalEnvVars: [{key: a, value: b}]\ncommandTests: [{name: run it, command: ls, exitCode: 0}]
fileExistenceTests: [{name: no, path: /bin/no}]\n";
    let path = written("broken.yaml", file.as_bytes());
    let arguments = ["--structure", path.to_str().unwrap(), "-"];
    let (status, out, _) = lamina(&[&OFF[..], &arguments].concat(), &image());
    assert_eq!(status, 1, "{out}");
    for line in [
        "fail  structureTest                      1  at most 0 file existence: no\n",
        "      file existence: no: it should exist, and does not\n",
        "      command test \"run it\" was not run: no command is run here\n",
    ] {
        assert!(out.contains(line), "{out}");
    }
    for (file, reason) in [
        ("schemaVersion: 1.0.0", "schemaVersion 2.0.0 is read"),
        ("schemaVersion: 2.0.0", "there are no tests in it"),
        ("schemaVersion: 2.0.0\nfileTests: []", "fileTests"),
        ("fileContentTests: []", "schemaVersion"),
        (
            "schemaVersion: 2.0.0\nfileContentTests: [{name: a, odd: b}]",
            "odd",
        ),
    ] {
        std::fs::write(&path, file).unwrap();
        let (status, _, err) = lamina(&[&OFF[..], &arguments].concat(), &image());
        assert_eq!(status, 2, "{file}");
        assert!(err.contains(reason), "{file}: {err}");
    }
}
