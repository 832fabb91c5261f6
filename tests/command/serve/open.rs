//! `lamina open`: what the page is told to open, its bytes, and how the browser comes to the address.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::orders::{ARCHIVE_BYTES, archive, engine, until};
use super::{Told, page, request, send, session, start};

fn read(served: &super::Served, key: &str, target: &str, range: &str) -> Told {
    let fields = [
        ("Lamina-Key", key),
        ("Lamina-Target", target),
        ("Lamina-H-Range", range),
    ];
    send(&served.host, &request(served, "/relay", &fields, b""))
}

#[test]
fn a_file_is_read_by_ranges() {
    let folder = page("open-file");
    let file = folder.join("image.tar");
    std::fs::write(&file, "0123456789").unwrap();
    let served = start(
        &folder,
        &["open", "--no-browser", file.to_str().unwrap()],
        &[],
    );
    let (key, told) = session(&served);
    assert_eq!(told["name"], "image.tar");
    assert_eq!(told["is_folder"], false);
    assert_eq!(
        told["files"],
        serde_json::json!([{ "path": "image.tar", "size_bytes": 10 }])
    );
    for (target, range, status, body) in [
        ("local:0", "bytes=2-4", "206", "234"),
        ("local:0", "bytes=8-", "206", "89"),
        ("local:0", "none", "200", "0123456789"),
        ("local:0", "bytes=10-", "416", ""),
    ] {
        let told = read(&served, &key, target, range);
        assert_eq!(
            (told.get("lamina-status"), told.body.as_slice()),
            (status, body.as_bytes()),
            "{target} {range}"
        );
    }
    for target in [
        "local:1",
        "local:99999999999999999999",
        "local:-1",
        "local:",
        "local:/etc/passwd",
    ] {
        let told = read(&served, &key, target, "bytes=0-");
        assert_eq!(told.get("lamina-status"), "", "{target}: {told:?}");
    }
    assert_eq!(read(&served, "00", "local:0", "bytes=0-").status, 403);
    std::fs::write(&file, "other").unwrap();
    let told = read(&served, &key, "local:0", "bytes=0-1");
    assert_eq!(
        told.get("lamina-error"),
        "1",
        "a file that has changed is not read on"
    );
}

#[test]
fn a_folder_is_told_by_its_files() {
    let folder = page("open-folder");
    let layout = folder.join("layout");
    std::fs::create_dir_all(layout.join("blobs/sha256")).unwrap();
    std::fs::write(layout.join("index.json"), "{}").unwrap();
    std::fs::write(layout.join("blobs/sha256/aa"), "blob").unwrap();
    let served = start(
        &folder,
        &["open", "--no-browser", layout.to_str().unwrap()],
        &[],
    );
    let (key, told) = session(&served);
    assert_eq!(
        (told["name"].as_str(), told["is_folder"].as_bool()),
        (Some("layout"), Some(true))
    );
    let files = serde_json::json!([
        { "path": "blobs/sha256/aa", "size_bytes": 4 },
        { "path": "index.json", "size_bytes": 2 },
    ]);
    assert_eq!(told["files"], files);
    assert_eq!(read(&served, &key, "local:0", "none").body, b"blob");
}

#[test]
fn an_image_is_told_by_its_full_name() {
    for (place, address) in [
        ("redis:7", "docker.io/library/redis:7"),
        ("localhost:5000/team/app", "localhost:5000/team/app:latest"),
        ("http://r.example:5000/app:1", "http://r.example:5000/app:1"),
    ] {
        let served = start(&page("open-image"), &["open", "--no-browser", place], &[]);
        assert_eq!(session(&served).1["address"], address, "{place}");
    }
}

/// Answers as an engine of one image does.
fn one_image(path: &str, stream: &mut UnixStream) {
    let whole = archive("0123456789");
    let ok = b"HTTP/1.0 200 OK\r\n\r\n".as_slice();
    let answer = match path {
        "/images/team/app:1/get" => [ok, &whole].concat(),
        "/images/cut/get" => [ok, &whole[..700]].concat(),
        "/images/chunks/get" => {
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_vec()
        }
        "/images/broken/get" => b"HTTP/1.0 500 X\r\n\r\nthe disk is full\x1b[31m".to_vec(),
        // Cut within a character after 4 KiB.
        "/images/wordy/get" => {
            let words = format!("words {}", "é".repeat(4_000));
            [b"HTTP/1.0 500 X\r\n\r\n", words.as_bytes()].concat()
        }
        "/images/endless/get" => vec![b'x'; 100_000],
        _ => b"HTTP/1.0 404 Not Found\r\n\r\n{}".to_vec(),
    };
    stream.write_all(&answer).unwrap_or(());
}

/// Runs `lamina open --engine` where it fails; returns what it says.
fn fails(folder: &Path, name: &str, env: &[(&str, &str)]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lamina"))
        .args(["open", "--no-browser", "--engine", name, "--page"])
        .arg(folder.join("page"))
        .env("TMPDIR", folder)
        .env("DOCKER_CONFIG", folder)
        .env("CONTAINERD_ADDRESS", folder.join("containerd.sock"))
        .env_remove("XDG_RUNTIME_DIR")
        .env_remove("DOCKER_HOST")
        .env_remove("DOCKER_CONTEXT")
        .env_remove("CONTAINER_HOST")
        .envs(env.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    // One that opens it does not end by itself.
    while began.elapsed() < Duration::from_secs(20) && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{name}: {told}");
    told
}

#[test]
fn an_image_of_the_engine_is_exported_once() {
    let folder = page("open-engine");
    let socket = folder.join("docker.sock");
    let asked = engine(&socket, one_image);
    let host = format!("unix://{}", socket.display());
    let arguments = ["open", "--no-browser", "--engine", "team/app:1"];
    let served = start(&folder, &arguments, &[("DOCKER_HOST", &host)]);
    let (key, told) = session(&served);
    assert_eq!(
        (told["name"].as_str(), told["is_folder"].as_bool()),
        (Some("team/app:1"), Some(false))
    );
    assert_eq!(
        told["files"],
        serde_json::json!([{ "path": "team-app:1.tar", "size_bytes": ARCHIVE_BYTES }])
    );
    let read = || read(&served, &key, "local:0", "bytes=514-516").body;
    assert_eq!(read(), b"234");
    let asked: Vec<String> = asked.try_iter().collect();
    assert_eq!(
        asked,
        ["/images/team/app:1/get", "end of /images/team/app:1/get"]
    );
    let from = format!("team/app:1: from {host}");
    until("it says from where", || {
        served.said.lock().unwrap().contains(&from)
    });
    // No page can give it back.
    let fields = [
        ("Lamina-Key", key.as_str()),
        ("Lamina-Target", "held:1:1:0"),
    ];
    send(&served.host, &request(&served, "/relay", &fields, b""));
    let fields = [("Lamina-Key", key.as_str()), ("Lamina-Target", "held:1:2:")];
    send(&served.host, &request(&served, "/relay", &fields, b""));
    assert_eq!(read(), b"234");
    for (name, said) in [
        ("gone", "has no such image"),
        ("cut", "the export ended"),
        ("chunks", "comes in chunks"),
        ("broken", "500: the disk is full"),
        ("wordy", "500: words é"),
        ("endless", "no end of its head"),
        ("../containers/x", "is no name or ID of an image"),
        ("a b", "is no name or ID of an image"),
        ("a?b", "is no name or ID of an image"),
    ] {
        let told = fails(&folder, name, &[("DOCKER_HOST", &host)]);
        assert!(
            told.contains(said) && !told.contains('\u{1b}'),
            "{name}: {told}"
        );
    }
}

#[test]
fn where_an_engine_is_chosen_no_other_one_is_asked() {
    let folder = page("open-chosen");
    let [chosen, other] = ["chosen.sock", "other.sock"].map(|name| folder.join(name));
    let asked = engine(&other, one_image);
    engine(&chosen, |_, stream| {
        stream
            .write_all(b"HTTP/1.0 404 Not Found\r\n\r\n{}")
            .unwrap_or(());
    });
    let [chosen, other] = [chosen, other].map(|path| format!("unix://{}", path.display()));
    let none = format!("unix://{}/none", folder.display());
    for (what, name, value, said) in [
        (
            "it has no such image",
            "DOCKER_HOST",
            &*chosen,
            "no such image",
        ),
        ("it does not run", "DOCKER_HOST", &none, "No such file"),
        (
            "it is behind ssh",
            "DOCKER_HOST",
            "ssh://there",
            "unix:// or tcp://",
        ),
        (
            "its context is not there",
            "DOCKER_CONTEXT",
            "gone",
            "the docker context \"gone\" cannot be read",
        ),
    ] {
        let env = [(name, value), ("CONTAINER_HOST", &*other)];
        let told = fails(&folder, "team/app:1", &env);
        assert!(told.contains(said), "{what}: {told}");
        assert_eq!(asked.try_iter().count(), 0, "{what}: {told}");
    }
    let arguments = ["open", "--no-browser", "--engine", "team/app:1"];
    // By the context that docker uses, as by the variable.
    let digest = lamina::image::Digest::sha256_of(b"mine").to_string();
    let meta = folder
        .join("contexts/meta")
        .join(digest.strip_prefix("sha256:").unwrap());
    std::fs::create_dir_all(&meta).unwrap();
    let context = serde_json::json!({ "Endpoints": { "docker": { "Host": other } } });
    std::fs::write(meta.join("meta.json"), context.to_string()).unwrap();
    std::fs::write(folder.join("config.json"), r#"{"currentContext":"mine"}"#).unwrap();
    let served = start(&folder, &arguments, &[("CONTAINER_HOST", &chosen)]);
    assert_eq!(session(&served).1["name"], "team/app:1");
}

#[test]
fn the_browser_is_given_the_address_in_a_file_of_this_user() {
    let folder = page("open-browser");
    let browser = folder.join("xdg-open");
    let script = "#!/bin/sh\necho \"$@\" > \"$HOME/arguments\"\nstat -c %a \"$1\" > \"$HOME/mode\"\ncp \"$1\" \"$HOME/door\"\nsed 's/.*url=\\([^\"]*\\).*/\\1/' \"$1\" > \"$HOME/opened.part\"\nmv \"$HOME/opened.part\" \"$HOME/opened\"\n";
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let served = start(&folder, &["open", "redis:7"], &[("DISPLAY", ":7")]);
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    // Every user of a machine may read the arguments of a program.
    let arguments = text("arguments");
    assert!(!arguments.contains(&served.token), "{arguments}");
    assert_eq!(text("mode").trim(), "600");
    assert!(text("door").contains("no-referrer"));
    let door = std::path::PathBuf::from(arguments.trim());
    assert!(door.exists());
    session(&served);
    assert!(!door.exists(), "it goes when the page has come");
}
