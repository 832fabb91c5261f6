//! Registries that no page in a browser can read, read by the relay.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc;
use std::time::Duration;

use super::hosts::{Answer, Host, Seen, plain};
use super::{ask, page, request, serve, served, session};

const BASIC: &str = "Basic bWU6c2VjcmV0";

/// A registry without any CORS header, with one blob, which takes uploads.
fn registry(asked: &Seen) -> Answer {
    let body = b"0123456789";
    match asked.line.as_str() {
        "GET /v2/app/blobs/sha256:0" => match asked.get("range") {
            "" => (200, String::new(), body.to_vec()),
            "bytes=2-4" => (
                206,
                "Content-Range: bytes 2-4/10\r\n".to_owned(),
                body[2..5].to_vec(),
            ),
            other => panic!("{other}"),
        },
        "POST /v2/app/blobs/uploads/" => (
            202,
            "Location: /uploads/1?state=a\r\n".to_owned(),
            Vec::new(),
        ),
        "PATCH /uploads/1?state=a" => (
            202,
            "Location: /uploads/1?state=b\r\n".to_owned(),
            Vec::new(),
        ),
        line if line.starts_with("PUT /uploads/1?state=b") => (201, String::new(), Vec::new()),
        "GET /v2/" => (
            200,
            "Set-Cookie: a=b\r\nClear-Site-Data: *\r\n".to_owned(),
            b"{}".to_vec(),
        ),
        _ => plain(404, "{}"),
    }
}

#[test]
fn a_registry_without_cors_is_read_and_written() {
    let served = serve("serve-relay");
    let (key, _) = session(&served);
    let host = Host::start(registry);
    let base = host.url.as_str();
    let at = |path: &str| format!("{base}{path}");
    let asked = |method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]| {
        ask(&served, &key, (base, method, &at(path)), fields, body)
    };
    let root = asked("GET", "/v2/", &[], b"");
    assert_eq!((root.status, root.line().as_str()), (200, "registry 200"));
    // The browser acts on nothing that the registry says.
    assert_eq!(
        (root.get("set-cookie"), root.get("clear-site-data")),
        ("", "")
    );
    assert_eq!(
        (root.get("cache-control"), root.get("lamina-h-set-cookie")),
        ("no-store", "a=b")
    );
    assert_eq!(root.get("content-type"), "application/octet-stream");
    let blob = "/v2/app/blobs/sha256:0";
    assert_eq!(asked("GET", blob, &[], b"").body, b"0123456789");
    let part = asked("GET", blob, &[("Lamina-H-Range", "bytes=2-4")], b"");
    assert_eq!(
        (part.line().as_str(), part.body.as_slice()),
        ("registry 206", &b"234"[..])
    );
    assert_eq!(part.get("lamina-h-content-range"), "bytes 2-4/10");
    assert_eq!(
        asked("GET", "/v2/app/blobs/sha256:1", &[], b"").line(),
        "registry 404"
    );
    // A push: an upload whose steps lie outside of /v2/, and more bytes than are held.
    let refused = asked(
        "PATCH",
        "/uploads/1?state=a",
        &[("Lamina-Redirects", "refused")],
        b"x",
    );
    assert_eq!(refused.get("lamina-error"), "1", "{refused:?}");
    let step = asked(
        "POST",
        "/v2/app/blobs/uploads/",
        &[("Lamina-Redirects", "refused")],
        b"",
    );
    assert_eq!(step.get("lamina-h-location"), "/uploads/1?state=a");
    let large: Vec<u8> = (0..9_000_000_u32).map(|at| (at % 251) as u8).collect();
    let fields = [
        ("Lamina-Redirects", "refused"),
        ("Lamina-H-Content-Type", "application/octet-stream"),
        ("Lamina-H-Content-Range", "0-8999999"),
    ];
    assert_eq!(
        asked("PATCH", "/uploads/1?state=a", &fields, &large).line(),
        "registry 202"
    );
    assert_eq!(
        asked("PUT", "/uploads/1?state=b&digest=d", &fields[..1], b"").line(),
        "registry 201"
    );
    let seen = host.seen.lock().unwrap();
    let patch = seen
        .iter()
        .find(|seen| seen.line.starts_with("PATCH"))
        .unwrap();
    assert!(patch.body == large, "all bytes came, in order");
    assert_eq!(patch.get("content-range"), "0-8999999");
    assert_eq!(patch.get("transfer-encoding"), "", "their number is told");
    for asked in seen.iter() {
        // Nothing that the browser adds goes out.
        for name in [
            "cookie",
            "origin",
            "sec-fetch-site",
            "lamina-key",
            "lamina-target",
        ] {
            assert_eq!(asked.get(name), "", "{name} at {}", asked.line);
        }
        assert!(
            asked.get("user-agent").starts_with("lamina/"),
            "{}",
            asked.line
        );
    }
}

#[test]
fn a_token_server_and_a_store_on_other_hosts_are_asked_once_they_are_named() {
    let served = serve("serve-token");
    let (key, _) = session(&served);
    let store = Host::start(|asked| match asked.get("authorization") {
        "" => plain(200, "stored"),
        _ => plain(400, "a store gets no token"),
    });
    let tokens = Host::start(|_| plain(200, r#"{"token":"t1"}"#));
    let (realm, to) = (
        format!("{}/token", tokens.url),
        format!("{}/x?sig=1", store.url),
    );
    let (named, location) = (realm.clone(), to.clone());
    let host = Host::start(move |asked| match asked.get("authorization") {
        "Bearer t1" if asked.line.contains("/blobs/") => {
            (307, format!("Location: {location}\r\n"), Vec::new())
        }
        _ => (
            401,
            format!("WWW-Authenticate: Bearer realm=\"{named}\",service=\"s\"\r\n"),
            Vec::new(),
        ),
    });
    let base = host.url.as_str();
    let asked =
        |url: &str, fields: &[(&str, &str)]| ask(&served, &key, (base, "GET", url), fields, b"");
    assert_eq!(asked(&realm, &[]).get("lamina-error"), "1");
    assert_eq!(asked(&to, &[]).get("lamina-error"), "1");
    let root = asked(&format!("{base}/v2/"), &[]);
    assert_eq!(root.line(), "registry 401");
    // A browser would ask the person itself, did it see the challenge.
    assert_eq!(root.get("www-authenticate"), "");
    assert!(root.get("lamina-h-www-authenticate").contains(&realm));
    assert_eq!(
        asked(&format!("{realm}?scope=a"), &[]).body,
        br#"{"token":"t1"}"#
    );
    let blob = asked(
        &format!("{base}/v2/library/app/blobs/sha256:0"),
        &[("Lamina-H-Authorization", "Bearer t1")],
    );
    assert_eq!(
        (blob.line().as_str(), blob.body.as_slice()),
        ("registry 200", &b"stored"[..])
    );
    assert_eq!(blob.get("lamina-url"), to);
    assert_eq!(asked(&to, &[]).body, b"stored");
    // What one registry named is not asked for another.
    let other = Host::start(|_| plain(200, "{}"));
    let answer = ask(&served, &key, (&other.url, "GET", &to), &[], b"");
    assert_eq!(answer.get("lamina-error"), "1");
}

#[test]
fn kept_credentials_are_added_and_seen_by_no_page() {
    let folder = page("serve-kept");
    let tokens = Host::start(|asked| match asked.get("authorization") {
        BASIC => plain(200, r#"{"token":"t1"}"#),
        _ => plain(401, "{}"),
    });
    let realm = format!("{}/token", tokens.url);
    let by_token = Host::start(move |asked| match asked.get("authorization") {
        "Bearer t1" => plain(200, r#"{"tags":["1"]}"#),
        _ => (
            401,
            format!("WWW-Authenticate: Bearer realm=\"{realm}\"\r\n"),
            Vec::new(),
        ),
    });
    let by_name = |asked: &Seen| match asked.get("authorization") {
        BASIC => plain(200, r#"{"tags":["1"]}"#),
        _ => (
            401,
            "WWW-Authenticate: Basic realm=\"x\"\r\n".to_owned(),
            Vec::new(),
        ),
    };
    let (by_file, by_helper, unknown) = (
        Host::start(by_name),
        Host::start(by_name),
        Host::start(by_name),
    );
    let bare = |host: &Host| host.url.replace("http://", "");
    let helper = folder.join("docker-credential-kept");
    let script = "#!/bin/sh\nread key\necho \"$key\" >> \"$HOME/asked\"\necho '{\"Username\":\"me\",\"Secret\":\"secret\"}'\n";
    std::fs::write(&helper, script).unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let config = serde_json::json!({
        "auths": { bare(&by_file): { "auth": "bWU6c2VjcmV0" }, bare(&by_token): { "auth": "bWU6c2VjcmV0" } },
        "credHelpers": { bare(&by_helper): "kept" },
    });
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let (served, key) = served(&folder, &[]);
    let list = |host: &Host, fields: &[(&str, &str)]| {
        let url = format!("{}/v2/team/app/tags/list", host.url);
        ask(&served, &key, (&host.url, "GET", &url), fields, b"")
    };
    for host in [&by_file, &by_helper, &by_token] {
        for _ in 0..2 {
            let told = list(host, &[]);
            assert_eq!(
                (told.line().as_str(), told.body.as_slice()),
                ("registry 200", &br#"{"tags":["1"]}"#[..])
            );
            let all = format!("{told:?}");
            assert!(
                !all.contains("secret") && !all.contains("bWU6") && !all.contains("t1"),
                "{all}"
            );
        }
    }
    // The helper is asked once, and for its registry alone.
    let asked = std::fs::read_to_string(folder.join("asked")).unwrap();
    assert_eq!(asked, format!("{}\n", bare(&by_helper)));
    assert_eq!(tokens.lines().len(), 1, "{:?}", tokens.lines());
    assert_eq!(list(&unknown, &[]).line(), "registry 401");
    // A person who signs in on the page is that person.
    assert_eq!(
        list(&by_file, &[("Lamina-Login", "own")]).line(),
        "registry 401"
    );
    let own = [("Lamina-Login", "own"), ("Lamina-H-Authorization", BASIC)];
    assert_eq!(list(&unknown, &own).line(), "registry 200");
    let said = served.said.lock().unwrap().clone();
    assert!(!said.contains("secret") && !said.contains("bWU6"), "{said}");
}

#[test]
fn a_page_that_cancels_ends_the_transfer() {
    let served = serve("serve-cancel");
    let (key, _) = session(&served);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (tell, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).unwrap(), 0);
        stream
            .write_all(b"HTTP/1.1 200 X\r\nContent-Length: 10000000000\r\n\r\n")
            .unwrap();
        let mut n_bytes = 0_u64;
        // Ends when the relay hangs up.
        while stream.write_all(&[7; 65_536]).is_ok() {
            n_bytes += 65_536;
        }
        tell.send(n_bytes).unwrap();
    });
    let target = format!("{base}/v2/app/blobs/sha256:0");
    let fields = [
        ("Lamina-Key", key.as_str()),
        ("Lamina-Registry", base.as_str()),
        ("Lamina-Target", &target),
    ];
    let mut stream = BufReader::new(TcpStream::connect(&served.host).unwrap());
    stream
        .get_mut()
        .write_all(&request(&served, "/relay", &fields, b""))
        .unwrap();
    stream.read_exact(&mut [0; 100_000]).unwrap();
    drop(stream);
    let n_bytes = ended.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(n_bytes < 100_000_000, "{n_bytes} bytes were sent to nobody");
}

#[test]
fn who_does_not_answer_is_told_to_the_page() {
    let served = serve("serve-silent");
    let (key, _) = session(&served);
    let answer = ask(
        &served,
        &key,
        ("http://127.0.0.1:1", "GET", "http://127.0.0.1:1/v2/"),
        &[],
        b"",
    );
    assert_eq!((answer.status, answer.get("lamina-error")), (200, "1"));
    let told: (lamina::io::ErrorKind, String) = postcard::from_bytes(&answer.body).unwrap();
    assert_eq!(told.0, lamina::io::ErrorKind::Unreachable, "{told:?}");
}

#[test]
fn a_question_that_the_page_cancels_makes_room_at_once() {
    let served = serve("serve-cancelled");
    let (key, _) = session(&served);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    let root = format!("{base}/v2/");
    let fields = [
        ("Lamina-Key", key.as_str()),
        ("Lamina-Registry", &base),
        ("Lamina-Target", &root),
    ];
    let bytes = request(&served, "/relay", &fields, b"");
    // As many as are asked at once.
    let asked: Vec<TcpStream> = (0..48)
        .map(|_| {
            let mut stream = TcpStream::connect(&served.host).unwrap();
            stream.write_all(&bytes).unwrap();
            stream
        })
        .collect();
    let held: Vec<_> = (0..48).map(|_| silent.accept().unwrap()).collect();
    drop(asked);
    let registry = Host::start(|_| plain(200, "{}"));
    let root = format!("{}/v2/", registry.url);
    let begun = std::time::Instant::now();
    let answer = ask(&served, &key, (&registry.url, "GET", &root), &[], b"");
    assert_eq!(answer.line(), "registry 200");
    assert!(begun.elapsed() < Duration::from_secs(15));
    drop(held);
}
