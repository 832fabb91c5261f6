//! Registries used by the command: hosts that do not have images, logins kept by other tools, and waits.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use super::{archive, folder, lamina};

/// Returns the status and body for a request line followed by the `Authorization` field; `None` to stay silent.
type Answering = fn(&str) -> Option<(u16, &'static str)>;

/// Starts a local server for the duration of the test. Returns its `host:port`. A request without a response waits.
fn server(answering: Answering) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || while answer(&stream, answering) {});
        }
    });
    host
}

/// Answers one request. False if the connection is finished.
fn answer(mut stream: &TcpStream, answering: Answering) -> bool {
    let mut lines = BufReader::new(stream).lines();
    let Some(Ok(mut asked)) = lines.next() else {
        return false;
    };
    for line in lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
    {
        if let Some(field) = line.to_ascii_lowercase().strip_prefix("authorization: ") {
            asked = format!("{asked} {}", &line[line.len() - field.len()..]);
        }
    }
    let Some((status, body)) = answering(&asked) else {
        std::thread::sleep(Duration::from_secs(60));
        return false;
    };
    let challenge = if status == 401 {
        "WWW-Authenticate: Basic realm=\"here\"\r\n"
    } else {
        ""
    };
    let n_bytes = body.len();
    let text = format!("HTTP/1.1 {status} X\r\n{challenge}Content-Length: {n_bytes}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).is_ok()
}

fn catalog(asked: &str) -> Option<(u16, &'static str)> {
    Some(if asked.contains("/v2/_catalog") {
        (200, r#"{"repositories":["team/app","tools"]}"#)
    } else if asked.contains("/tags/list") {
        (200, r#"{"tags":["1","latest"]}"#)
    } else {
        (200, "{}")
    })
}

#[test]
fn a_registry_is_no_image_of_docker_hub() {
    for host in [
        "registry.example.com:5000",
        "registry.example.com",
        "10.1.2.3:5000",
        "localhost",
    ] {
        let (status, out, said) = lamina(&["inspect", host], b"");
        assert_eq!((status, out.as_str()), (2, ""), "{host}");
        let told = format!("{host} is a registry");
        assert!(
            said.contains(&told) && said.contains(&format!("lamina list {host}")),
            "{said}"
        );
    }
    let folder = folder("registry-target");
    let file = folder.join("image.tar");
    std::fs::write(&file, archive(&["a = 1"])).unwrap();
    let (status, _, said) = lamina(
        &["push", file.to_str().unwrap(), "registry.example.com:5000"],
        b"",
    );
    assert_eq!(status, 2);
    assert!(
        said.contains("it names a registry, and no repository in it"),
        "{said}"
    );
}

#[test]
fn repositories_and_tags_are_listed() {
    let host = server(catalog);
    for (place, expected) in [
        (format!("http://{host}"), "team/app\ntools\n"),
        (host.clone(), "team/app\ntools\n"),
        (format!("http://{host}/team/app"), "1\nlatest\n"),
    ] {
        let (status, out, said) = lamina(&["list", &place], b"");
        assert_eq!((status, out.as_str()), (0, expected), "{place}: {said}");
    }
    let (status, _, said) = lamina(&["list", &format!("http://{host}/team/app:1")], b"");
    assert!(status == 2 && said.contains("is an image"), "{said}");
}

/// Returns the first thousand tags for any request.
fn the_first_thousand(asked: &str) -> Option<(u16, &'static str)> {
    static TAGS: LazyLock<String> = LazyLock::new(|| {
        let tags: Vec<String> = (0..1_000).map(|n| format!("\"t{n:03}\"")).collect();
        format!("{{\"tags\":[{}]}}", tags.join(","))
    });
    match asked.contains("/tags/list") {
        true => Some((200, TAGS.as_str())),
        false => Some((200, "{}")),
    }
}

#[test]
fn a_list_that_may_be_cut_off_is_said_to_be() {
    let host = server(the_first_thousand);
    let (status, out, said) = lamina(&["list", &format!("http://{host}/app")], b"");
    assert_eq!((status, out.lines().count()), (3, 1_000), "{said}");
    assert!(said.contains("may be cut off"), "{said}");
}

/// Runs `lamina list` with a configuration, and with the programs in its folder.
fn list(folder: &Path, host: &str, arguments: &[&str]) -> (i32, String, String) {
    let path = std::env::var("PATH").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_lamina"))
        .args([&["list"], arguments, &[&format!("http://{host}")]].concat())
        .env("PATH", format!("{}:{path}", folder.display()))
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env_remove("XDG_RUNTIME_DIR")
        .env_remove("REGISTRY_AUTH_FILE")
        .env("DOCKER_CONFIG", folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// Accepts only "me" with the password "secret".
fn behind_a_login(asked: &str) -> Option<(u16, &'static str)> {
    match asked.ends_with("Basic bWU6c2VjcmV0") {
        true => catalog(asked),
        false => Some((401, "")),
    }
}

#[test]
fn a_login_comes_from_where_others_keep_it() {
    let host = server(behind_a_login);
    let (folder, listed) = (folder("logins"), "team/app\ntools\n");
    let config = folder.join("config.json");
    std::fs::write(&config, "{}").unwrap();
    let (status, _, said) = list(&folder, &host, &[]);
    assert!(
        status == 2 && said.contains(&format!("docker login {host}")) && said.contains("--user"),
        "{said}"
    );
    // A credential helper, called as docker calls it.
    let helper = folder.join("docker-credential-kept");
    let script = format!(
        "#!/bin/sh\nread key\n[ \"$1 $key\" = \"get {host}\" ] || {{ echo 'credentials not found in native keychain'; exit 1; }}\necho '{{\"Username\":\"me\",\"Secret\":\"secret\"}}'\n"
    );
    std::fs::write(&helper, script).unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    for text in [
        r#"{"credsStore":"kept"}"#.to_owned(),
        format!(r#"{{"credsStore":"absent","credHelpers":{{"{host}":"kept"}}}}"#),
        // An empty entry, which docker leaves next to a helper, has no meaning.
        format!(r#"{{"auths":{{"{host}":{{}}}},"credsStore":"kept"}}"#),
    ] {
        std::fs::write(&config, &text).unwrap();
        let (status, out, said) = list(&folder, &host, &[]);
        assert_eq!((status, out.as_str()), (0, listed), "{text}: {said}");
    }
    std::fs::write(&config, r#"{"credsStore":"absent"}"#).unwrap();
    let (status, _, said) = list(&folder, &host, &[]);
    assert!(
        status == 2 && said.contains("docker-credential-absent"),
        "{said}"
    );
    // As in docker, public content is requested anyway.
    let (status, out, said) = list(&folder, &server(catalog), &[]);
    assert_eq!((status, out.as_str()), (0, listed), "{said}");
    assert!(said.contains("docker-credential-absent"), "{said}");
    // The file of podman.
    std::fs::write(&config, "{}").unwrap();
    std::fs::create_dir_all(folder.join("config/containers")).unwrap();
    let auth = format!(r#"{{"auths":{{"{host}":{{"auth":"bWU6c2VjcmV0"}}}}}}"#);
    std::fs::write(folder.join("config/containers/auth.json"), auth).unwrap();
    assert_eq!(list(&folder, &host, &[]).1, listed);
    // An expired password is reported with its file and its entry, since it was not typed.
    let stale =
        format!(r#"{{"auths":{{"http://{host}/v1/":{{"username":"me","password":"old"}}}}}}"#);
    std::fs::write(&config, stale).unwrap();
    let (status, _, said) = list(&folder, &host, &[]);
    let keeper = format!("{} keeps for \"http://{host}/v1/\"", config.display());
    assert!(status == 2 && said.contains(&keeper), "{said}");
    assert!(!said.contains("the password is wrong"), "{said}");
}

/// An image whose layer nobody may read any more: no login is asked for before.
fn ends_its_login(asked: &str) -> Option<(u16, &'static str)> {
    const CONFIG: &str = r#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]}}"#;
    static MANIFEST: LazyLock<String> = LazyLock::new(|| {
        let oci = "application/vnd.oci.image";
        let config = lamina::image::Digest::sha256_of(CONFIG.as_bytes());
        let layer = lamina::image::Digest::sha256_of(b"layer");
        format!(
            r#"{{"schemaVersion":2,"mediaType":"{oci}.manifest.v1+json","config":{{"mediaType":"{oci}.config.v1+json","digest":"{config}","size":{}}},"layers":[{{"mediaType":"{oci}.layer.v1.tar+gzip","digest":"{layer}","size":5}}]}}"#,
            CONFIG.len()
        )
    });
    let layer = lamina::image::Digest::sha256_of(b"layer").to_string();
    Some(match asked {
        asked if asked.contains("/manifests/1 ") => (200, &MANIFEST),
        asked if asked.contains(&layer) => (401, ""),
        asked if asked.contains("/blobs/") => (200, CONFIG),
        _ => (200, "{}"),
    })
}

#[test]
fn a_login_that_ends_in_the_middle_of_work_is_said_with_the_way_out() {
    let host = server(ends_its_login);
    let image = format!("http://{host}/app:1");
    let (status, _, said) = lamina(&["inspect", &image], b"");
    assert_eq!(status, 3, "{said}");
    let hint = format!("sign in by docker login {host}, or give --user NAME --password-stdin");
    assert_eq!(said.matches(&hint).count(), 1, "{said}");
}

#[test]
fn a_name_and_a_password_serve_for_reading() {
    let host = server(behind_a_login);
    let arguments = [
        "list",
        "--user",
        "me",
        "--password-stdin",
        &format!("http://{host}"),
    ];
    let (status, out, said) = lamina(&arguments, b"secret\n");
    assert_eq!((status, out.as_str()), (0, "team/app\ntools\n"), "{said}");
    let (status, _, said) = lamina(&arguments, b"wrong\n");
    assert!(
        status == 2 && said.contains("the name or the password is wrong"),
        "{said}"
    );
}

#[test]
fn who_waits_is_told_for_whom_and_not_for_ever() {
    let host = server(|_| None);
    let place = format!("http://{host}/app:1");
    let (status, _, said) = lamina(&["inspect", "--limit", "silence_seconds=7", &place], b"");
    assert_eq!(status, 2);
    assert!(
        said.contains(&format!("lamina: waiting for {host} for 5 seconds")),
        "{said}"
    );
}

#[test]
fn a_web_page_is_no_registry() {
    let host = server(|asked| match asked.contains("/v2/ ") {
        true => Some((200, "{}")),
        false => Some((200, "<!doctype html><html><title>Sign in</title></html>")),
    });
    let (status, _, said) = lamina(&["inspect", &format!("http://{host}/app:1")], b"");
    assert_eq!(status, 2);
    assert!(
        said.contains("a web page answered") && said.contains("\"Sign in\""),
        "{said}"
    );
    // A server that accepts everything, and keeps nothing.
    let folder = folder("web-page");
    let file = folder.join("image.tar");
    std::fs::write(&file, archive(&["a = 1"])).unwrap();
    let (status, out, said) = lamina(
        &[
            "push",
            file.to_str().unwrap(),
            &format!("http://{host}/app:1"),
        ],
        b"",
    );
    assert_eq!((status, out.as_str()), (2, ""), "{said}");
}

#[test]
fn a_password_in_an_address_is_repeated_nowhere() {
    let file = folder("password").join("image.tar");
    std::fs::write(&file, archive(&["a = 1"])).unwrap();
    let file = file.to_str().unwrap();
    for address in [
        "https://me:hunter2@r.example/app:1",
        "me:hunter2@r.example/app:1",
        "https://me:hunter2@r.example/app.tar",
        "https://me:hunter2@r.example",
        "me:hunter2@r.example:5000",
        "https://me:hun/hunter2@r.example/app",
        "https://me:hunter2#@r.example/app",
        "ftp://me:hunter2@r.example/app",
    ] {
        for arguments in [
            &["ls", address][..],
            &["inspect", address],
            &["list", address],
            &["push", file, address],
            &["copy", address, "r.example/app:2"],
            &["export", address, "etc/hosts"],
            &["check", address],
            &["inspect", "-", address],
            &["inspect", "--insecure", address, "-"],
            &["inspect", "--platform", address, "-"],
            &["inspect", "--no-such-option", address],
            &[address],
        ] {
            let (status, out, said) = lamina(arguments, b"");
            assert_eq!(status, 2, "{arguments:?}: {said}");
            assert!(
                !format!("{out}{said}").contains("hunter2"),
                "{arguments:?}: {said}"
            );
        }
    }
}
