//! The scripts of the ready jobs in `deploy/ci`, run as the services run them: on an archive, by bash.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::budgets::UNSAFE;
use super::{archive, folder};

/// Returns the script of a job: the lines below the one that ends so, without their indentation.
fn script(file: &str, step: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy/ci")
        .join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().skip_while(|line| !line.ends_with(step));
    let mut lines = lines
        .by_ref()
        .skip_while(|line| !line.ends_with("- |") && !line.ends_with("run: |"));
    let head = lines.next().expect("there is such a step");
    let indent = head.len() - head.trim_start().len();
    let lines =
        lines.take_while(|line| line.is_empty() || line.starts_with(&" ".repeat(indent + 1)));
    lines
        .map(|line| format!("{}\n", line.trim_start()))
        .collect()
}

/// Returns the rules of a job.
fn rules(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy/ci")
        .join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().skip_while(|line| !line.ends_with("RULES: >-"));
    let head = lines.next().expect("there are rules");
    let indent = head.len() - head.trim_start().len();
    let lines = lines.take_while(|line| line.starts_with(&" ".repeat(indent + 1)));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Runs a script with the command in its path, as both services do: it ends with the first line that fails.
fn run(folder: &Path, file: &str, step: &str, variables: &[(&str, &str)]) -> Output {
    let command = PathBuf::from(env!("CARGO_BIN_EXE_lamina"));
    let path = std::env::var("PATH").unwrap();
    Command::new("bash")
        .args(["-e", "-c", &script(file, step)])
        .current_dir(folder)
        .env(
            "PATH",
            format!("{}:{path}", command.parent().unwrap().display()),
        )
        .env("RULES", rules(file))
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn the_job_for_github_tells_what_is_broken() {
    let folder = folder("ci-github");
    std::fs::write(folder.join("app.tar"), archive(&UNSAFE)).unwrap();
    let variables = [
        ("RUNNER_TEMP", folder.to_str().unwrap()),
        ("GITHUB_STEP_SUMMARY", "summary.md"),
    ];
    let output = run(&folder, "github.yml", "name: Check it", &variables);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.starts_with("::error title=demo%3A1%3A highest"),
        "{out}"
    );
    assert!(out.contains("demo%3A1%3A notRoot::1, at most 0"), "{out}");
    assert!(text(&folder, "lamina.sarif").contains("\"ruleId\": \"notRoot\""));
    assert!(text(&folder, "summary.md").contains("| ❌ | notRoot |"));
    // What the project has is used.
    let allowed = "allow: [{path: /, reason: x, until: '9999-12-31'}]";
    std::fs::write(folder.join(".lamina-allow.yaml"), allowed).unwrap();
    let output = run(&folder, "github.yml", "name: Check it", &variables);
    assert_eq!(
        output.status.code(),
        Some(2),
        "the list is refused: {output:?}"
    );
}

#[test]
fn the_job_for_gitlab_compares_with_the_default_branch() {
    let folder = folder("ci-gitlab");
    // A file stands for a tag.
    std::fs::write(folder.join("app:abc"), archive(&UNSAFE)).unwrap();
    std::fs::write(folder.join("app:main"), archive(&["a = x"])).unwrap();
    let variables = [
        ("CI_REGISTRY_IMAGE", "./app"),
        ("CI_COMMIT_SHA", "abc"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_REGISTRY_USER", "me"),
        ("CI_REGISTRY_PASSWORD", "secret"),
    ];
    let output = run(&folder, "gitlab.yml", "script:", &variables);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("pass  mostGrowth "), "{out}");
    assert!(out.contains("fail  notRoot "), "{out}");
    assert!(text(&folder, "lamina.xml").contains("name=\"notRoot\""));
    // Before the first image of the default branch there is nothing to compare with.
    std::fs::remove_file(folder.join("app:main")).unwrap();
    let output = run(&folder, "gitlab.yml", "script:", &variables);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(!out.contains("mostGrowth"), "{out}");
}
