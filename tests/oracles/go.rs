//! Runs the Go program in `golang/` as a process.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A running oracle.
pub(crate) struct Oracle {
    /// Version of Go that built it.
    pub(crate) version: String,
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    folder: PathBuf,
    asked: Vec<u8>,
}

/// Builds and starts the oracle; `None` if Go is unavailable.
pub(crate) fn start(name: &str) -> Option<Oracle> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = project.join(".tools/go/bin/go");
    let go = if own.exists() { own } else { "go".into() };
    Command::new(&go).arg("version").output().ok()?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("oracle-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let program = folder.join("oracle");
    let built = Command::new(&go)
        .current_dir(project.join("tests/oracles/golang"))
        .env("GOFLAGS", "-mod=mod")
        .env("GOTOOLCHAIN", "local")
        .args(["build", "-o"])
        .arg(&program)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&built.stderr);
    assert!(
        built.status.success(),
        "the oracle does not build: {errors}"
    );
    let mut process = Command::new(&program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut oracle = Oracle {
        version: String::new(),
        input: process.stdin.take(),
        output: BufReader::new(process.stdout.take().unwrap()),
        process,
        folder,
        asked: Vec::new(),
    };
    oracle.version = oracle.line().as_str().unwrap().to_owned();
    Some(oracle)
}

impl Oracle {
    /// Returns the result of Go's reader of this kind for an input.
    pub(crate) fn ask(&mut self, kind: u8, input: &[u8]) -> Value {
        self.asked = input.to_vec();
        let pipe = self.input.as_mut().unwrap();
        let len = u32::try_from(input.len()).unwrap();
        pipe.write_all(&[&[kind][..], &len.to_le_bytes()].concat())
            .unwrap();
        pipe.write_all(input).unwrap();
        pipe.flush().unwrap();
        self.line()
    }

    /// Returns the last input.
    pub(crate) fn asked(&self) -> &[u8] {
        &self.asked
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).expect("the oracle answers in JSON")
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
