//! The engines on this machine, as the page lists and opens them: by a socket that answers as Docker's does.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use lamina::io::{EngineCause, EngineNews, EngineOrder, NewsFrames};

use super::orders::{
    ARCHIVE_BYTES, archive, cause, engine, engines, last, listed, open, order_bytes, until,
};
use super::{Served, Told, page, request, send, serve, served, session};

/// Answers as an engine with a few images does: an export comes without its length, and ends with the connection.
fn images(path: &str, stream: &mut UnixStream) {
    let images = r#"[
        {"Id":"sha256:aa","RepoTags":["old:1"],"Size":10,"Created":5},
        {"Id":"sha256:bb","RepoTags":["team/app:2","team/app:1"],"Size":2048,"Created":9},
        {"Id":"sha256:cc","RepoTags":null,"Size":1,"Created":1},
        {"Id":"../evil","RepoTags":["evil:1"],"Size":1,"Created":1}]"#;
    let version = r#"{"Components":[{"Name":"Podman Engine"}]}"#;
    let whole = archive("0123456789");
    let body = match path {
        "/images/json" => images.as_bytes(),
        "/version" => version.as_bytes(),
        "/images/team/app:1/get" => &whole,
        "/images/cut/get" => &whole[..700],
        // Its last member is whole, and the zeros at its end are content.
        "/images/cut-between/get" => &whole[..1536],
        "/images/empty/get" => b"",
        "/images/hung-up/get" => return,
        "/images/endless/get" => {
            stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").unwrap();
            while stream.write_all(&[0; 1024]).is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
            return;
        }
        _ => {
            let answer: &[u8] = match path {
                "/images/short/get" => b"HTTP/1.0 200 OK\r\nContent-Length: 20\r\n\r\n0123",
                "/images/broken/get" => b"HTTP/1.0 500 X\r\n\r\n{\"message\":\"the disk is full\"}",
                _ => b"HTTP/1.0 404 Not Found\r\n\r\n{}",
            };
            return stream.write_all(answer).unwrap_or(());
        }
    };
    let answer = [b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), body].concat();
    stream.write_all(&answer).unwrap_or(());
}

/// Takes a question, and never answers.
fn silent(_path: &str, stream: &mut UnixStream) {
    // Until the other side hangs up.
    stream.read_to_end(&mut Vec::new()).unwrap_or(0);
}

/// Starts `lamina serve` with these engines.
fn with_engines(folder: &std::path::Path, docker: &str, podman: &str) -> (Served, String) {
    let env = [("DOCKER_HOST", docker), ("CONTAINER_HOST", podman)];
    served(folder, &env)
}

/// Says a word that has no body.
fn say(served: &Served, key: &str, target: &str) -> Told {
    let fields = [("Lamina-Key", key), ("Lamina-Target", target)];
    send(&served.host, &request(served, "/relay", &fields, b""))
}

#[test]
fn images_are_listed_and_one_is_exported_and_read_by_ranges() {
    let folder = page("engines-list");
    let socket = folder.join("docker.sock");
    let asked = engine(&socket, images);
    let host = format!("unix://{}", socket.display());
    let (served, key) = with_engines(&folder, &host, "");
    let found = listed(&served, &key, &host).unwrap();
    let list = found.listed.unwrap();
    let lines: Vec<String> = list
        .images
        .iter()
        .map(|image| {
            let (size, created) = (image.size_bytes.unwrap(), image.created_seconds);
            format!("{} [{}] {size} {created}", image.id, image.names.join(" "))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "sha256:bb [team/app:1 team/app:2] 2048 9",
            "sha256:aa [old:1] 10 5",
            "sha256:cc [] 1 1",
        ]
    );
    assert_eq!(list.n_left_out, 1, "an ID that is a path");
    assert_eq!(format!("{:?}", found.kind), "Podman");
    for number in [0, 1] {
        assert_eq!(
            last(&served, &key, &open(&host, "team/app:1")),
            EngineNews::Ready(number, ARCHIVE_BYTES)
        );
    }
    let fields = [
        ("Lamina-Key", key.as_str()),
        ("Lamina-Target", "local:1"),
        ("Lamina-H-Range", "bytes=514-516"),
    ];
    let told = send(&served.host, &request(&served, "/relay", &fields, b""));
    assert_eq!(told.body, b"234");
    for (image, expected) in [
        ("gone", EngineCause::NoSuchImage),
        ("cut", EngineCause::CutOff),
        ("cut-between", EngineCause::CutOff),
        ("empty", EngineCause::CutOff),
        ("hung-up", EngineCause::CutOff),
        ("short", EngineCause::CutOff),
        ("broken", EngineCause::Other),
        ("../containers/x", EngineCause::NoSuchImage),
        ("a b HTTP/1.0\r\nX: y", EngineCause::NoSuchImage),
        ("", EngineCause::NoSuchImage),
    ] {
        let news = last(&served, &key, &open(&host, image));
        assert_eq!(cause(&news), expected, "{image}");
    }
    let asked: Vec<String> = asked.try_iter().collect();
    let odd = asked
        .iter()
        .find(|path| path.contains("..") || path.contains("X:"));
    assert_eq!(odd, None, "no other path of the engine is asked");
}

#[test]
fn an_engine_that_hangs_hides_no_other_and_is_let_go_of_with_the_page() {
    let folder = page("engines-hang");
    let (hangs, answers) = (folder.join("hangs.sock"), folder.join("answers.sock"));
    let asked = engine(&hangs, silent);
    engine(&answers, images);
    let [docker, podman] = [&hangs, &answers].map(|path| format!("unix://{}", path.display()));
    let (served, key) = with_engines(&folder, &docker, &podman);
    let mut stream = TcpStream::connect(&served.host).unwrap();
    let list = order_bytes(&served, &key, &EngineOrder::List, b"");
    stream.write_all(&list).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let began = Instant::now();
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains("team/app:1") {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).unwrap();
        assert!(n > 0, "it ends without the engine that answers");
        heard.extend_from_slice(&piece[..n]);
    }
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(
        asked.recv_timeout(Duration::from_secs(10)).unwrap(),
        "/images/json"
    );
    drop(stream);
    let ended = asked.recv_timeout(Duration::from_secs(10));
    assert_eq!(
        ended.unwrap(),
        "end of /images/json",
        "long before its time is up"
    );
}

#[test]
fn two_names_of_one_engine_are_one() {
    let folder = page("engines-twice");
    let socket = folder.join("docker.sock");
    engine(&socket, images);
    let link = folder.join("link.sock");
    std::os::unix::fs::symlink(&socket, &link).unwrap();
    let [own, linked] = [&socket, &link].map(|path| format!("unix://{}", path.display()));
    let none = format!("unix://{}/none", folder.display());
    let tcp = "tcp://127.0.0.1:1".to_owned();
    for (docker, podman) in [(&own, &linked), (&none, &none), (&tcp, &tcp)] {
        let (served, key) = with_engines(&folder, docker, podman);
        let addresses = [docker, podman];
        let engines = engines(&served, &key).into_iter();
        let own = engines.filter(|engine| addresses.contains(&&engine.address));
        let own: Vec<String> = own.map(|engine| engine.address).collect();
        assert_eq!(own, std::slice::from_ref(docker));
    }
}

#[test]
fn a_file_goes_when_the_page_lets_go_of_it() {
    let folder = page("engines-held");
    let socket = folder.join("docker.sock");
    engine(&socket, images);
    let host = format!("unix://{}", socket.display());
    let temporary = folder.join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let env = [
        ("DOCKER_HOST", host.as_str()),
        ("TMPDIR", temporary.to_str().unwrap()),
    ];
    let (served, key) = served(&folder, &env);
    let n_files = || std::fs::read_dir(&temporary).unwrap().count();
    let app = open(&host, "team/app:1");
    for number in [0, 1] {
        let ready = EngineNews::Ready(number, ARCHIVE_BYTES);
        assert_eq!(last(&served, &key, &app), ready);
    }
    assert_eq!(n_files(), 2);
    for word in ["held:7:1:0,1", "held:8:1:1", "left:9:1", "held:7:2:"] {
        assert_eq!(
            say(&served, &key, word).get("lamina-status"),
            "200",
            "{word}"
        );
    }
    until("the first goes, which no page holds", || n_files() == 1);
    let is_served = |target| say(&served, &key, target).get("lamina-status") == "200";
    assert!(!is_served("local:0") && is_served("local:1"));
    for odd in [
        "held:",
        "held:7:1",
        "held:x:1:1",
        "held:7:1:x",
        "left:",
        "left:7",
        "left:../x",
    ] {
        assert_eq!(say(&served, &key, odd).status, 400, "{odd}");
    }
    assert_eq!(say(&served, "00", "held:8:2:").status, 403);
    assert!(is_served("local:1"));
    // As many as a page may open, whatever it holds.
    for _ in 1..16 {
        assert!(matches!(last(&served, &key, &app), EngineNews::Ready(..)));
    }
    assert_eq!(cause(&last(&served, &key, &app)), EngineCause::Full);
    assert_eq!(n_files(), 16);
    assert!(is_served("local:1"), "a file that is held makes no room");
    say(&served, &key, "held:8:2:");
    assert!(matches!(last(&served, &key, &app), EngineNews::Ready(..)));
}

#[test]
fn a_password_in_an_address_does_not_reach_the_page() {
    let folder = page("engines-password");
    let (served, key) = with_engines(
        &folder,
        "ssh://me:secret@there",
        "tcp://me:secret@127.0.0.1:1",
    );
    let told = send(
        &served.host,
        &order_bytes(&served, &key, &EngineOrder::List, b""),
    );
    assert!(!String::from_utf8_lossy(&told.body).contains("secret"));
    for (address, expected) in [
        ("ssh://there", EngineCause::Scheme),
        ("tcp://127.0.0.1:1", EngineCause::NotRunning),
    ] {
        let engine = listed(&served, &key, address).unwrap();
        assert_eq!(engine.listed.unwrap_err().cause, expected);
    }
}

#[test]
fn an_engine_that_does_not_answer_says_why() {
    let folder = page("engines-trouble");
    let dead = folder.join("dead.sock");
    drop(UnixListener::bind(&dead).unwrap());
    let web = folder.join("web.sock");
    engine(&web, |_, stream| {
        stream
            .write_all(b"HTTP/1.0 403 Forbidden\r\n\r\n{\"message\":\"authorization denied\"}")
            .unwrap_or(());
    });
    let mut expected = vec![
        (
            format!("unix://{}", dead.display()),
            EngineCause::NotRunning,
        ),
        (
            format!("unix://{}/none", folder.display()),
            EngineCause::NotRunning,
        ),
        (format!("unix://{}", web.display()), EngineCause::Other),
        ("ssh://there".to_owned(), EngineCause::Scheme),
    ];
    // A superuser may use each socket.
    let closed = folder.join("closed.sock");
    let _listener = UnixListener::bind(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if UnixStream::connect(&closed).is_err() {
        expected.push((
            format!("unix://{}", closed.display()),
            EngineCause::NotPermitted,
        ));
    }
    for (host, expected) in expected {
        let (served, key) = served(&folder, &[("DOCKER_HOST", &host)]);
        let trouble = listed(&served, &key, &host).unwrap().listed.unwrap_err();
        assert_eq!(trouble.cause, expected, "{host}: {trouble:?}");
        assert!(
            served.said.lock().unwrap().lines().count() <= 1,
            "no noise about an engine that nobody may want"
        );
    }
}

#[test]
fn an_export_ends_when_the_page_cancels() {
    let folder = page("engines-cancel");
    let socket = folder.join("docker.sock");
    let asked = engine(&socket, images);
    let host = format!("unix://{}", socket.display());
    let temporary = folder.join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let env = [
        ("DOCKER_HOST", host.as_str()),
        ("TMPDIR", temporary.to_str().unwrap()),
    ];
    let (served, key) = served(&folder, &env);
    let mut stream = TcpStream::connect(&served.host).unwrap();
    stream
        .write_all(&order_bytes(&served, &key, &open(&host, "endless"), b""))
        .unwrap();
    let n_files = || std::fs::read_dir(&temporary).unwrap().count();
    until("the export begins", || n_files() == 1);
    drop(stream);
    until("its file goes", || n_files() == 0);
    let heard = asked.iter().filter(|path| path.ends_with("/get"));
    let heard: Vec<String> = heard.take(2).collect();
    assert_eq!(
        heard,
        ["/images/endless/get", "end of /images/endless/get"],
        "the engine is hung up on"
    );
}

#[test]
fn only_the_page_with_the_key_reaches_the_engines_of_this_machine() {
    let folder = page("engines-attacks");
    let socket = folder.join("docker.sock");
    let asked = engine(&socket, images);
    let host = format!("unix://{}", socket.display());
    let (served, key) = served(&folder, &[("DOCKER_HOST", &host)]);
    let body = postcard::to_allocvec(&open(&host, "team/app:1")).unwrap();
    let fields = [("Lamina-Key", key.as_str()), ("Lamina-Target", "engines:")];
    let good = request(&served, "/relay", &fields, &body);
    let end = good.len() - body.len();
    let head = String::from_utf8(good[..end].to_vec()).unwrap();
    let own = served.host.clone();
    for (what, from, to) in [
        ("no key", format!("Lamina-Key: {key}"), "X: y".to_owned()),
        ("a key of nobody", key.clone(), "00".to_owned()),
        ("the token as a key", key.clone(), served.token.clone()),
        (
            "the key in a cookie",
            format!("Lamina-Key: {key}"),
            format!("Cookie: lamina-key={key}"),
        ),
        (
            "a page of another origin",
            format!("Origin: http://{own}"),
            "Origin: https://evil.example".to_owned(),
        ),
        (
            "a server on another port",
            format!("Origin: http://{own}"),
            "Origin: http://127.0.0.1:1".to_owned(),
        ),
        (
            "no origin",
            format!("Origin: http://{own}"),
            "X: y".to_owned(),
        ),
        (
            "a request of another site",
            "same-origin".to_owned(),
            "cross-site".to_owned(),
        ),
        (
            "a rebound name",
            format!("Host: {own}"),
            "Host: rebound.example:8080".to_owned(),
        ),
        ("a link", "POST /relay".to_owned(), "GET /relay".to_owned()),
        (
            "a preflight",
            "POST /relay".to_owned(),
            "OPTIONS /relay".to_owned(),
        ),
    ] {
        assert!(head.contains(&from), "{from}");
        let spoilt = head.replacen(&from, &to, 1).into_bytes();
        let told = send(&own, &[spoilt, body.clone()].concat());
        assert!(
            matches!(told.status, 400 | 403 | 404 | 405),
            "{what}: {told:?}"
        );
        assert_eq!(told.get("access-control-allow-origin"), "", "{what}");
    }
    // A page with a key has no other place asked: no host, no socket that this machine does not name.
    for place in [
        "tcp://169.254.169.254:80",
        "tcp://127.0.0.1:1",
        "unix:///etc/passwd",
        "",
    ] {
        let news = last(&served, &key, &open(place, "team/app:1"));
        assert_eq!(cause(&news), EngineCause::Unknown, "{place}");
    }
    // Bytes that are no order, and more of them than any has.
    let told = send(&own, &request(&served, "/relay", &fields, b"\xff\xff"));
    let steps = NewsFrames::default().push(&told.body).unwrap();
    assert_eq!(cause(&steps[0]), EngineCause::Lost);
    let told = send(
        &own,
        &request(&served, "/relay", &fields, &vec![0; 5_000_000]),
    );
    assert_eq!(told.status, 400, "{told:?}");
    assert_eq!(asked.try_iter().count(), 0, "the engine was asked nothing");
    // The page goes on.
    assert_eq!(
        last(&served, &key, &open(&host, "team/app:1")),
        EngineNews::Ready(0, ARCHIVE_BYTES)
    );
}

#[test]
fn no_engine_is_no_trouble() {
    let served = serve("engines-none");
    let (key, _) = session(&served);
    // What this machine itself runs may be found.
    let own = served.folder.display().to_string();
    let engines = engines(&served, &key);
    assert!(
        engines.iter().all(|engine| !engine.address.contains(&own)),
        "{engines:?}"
    );
}
