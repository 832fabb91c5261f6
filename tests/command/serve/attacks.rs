//! Requests of everybody else: pages of other origins, names that lead here, other programs and users, and slow ones.

use std::collections::VecDeque;
use std::io::{BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::hosts::{Host, plain};
use super::{Served, ask, read, request, send, serve, session};

/// Returns a good request to the relay, with one text replaced.
fn spoilt(served: &Served, key: &str, registry: &str, (from, to): (&str, &str)) -> Vec<u8> {
    let fields = [
        ("Lamina-Key", key),
        ("Lamina-Registry", registry),
        ("Lamina-Target", &format!("{registry}/v2/")),
    ];
    let good = String::from_utf8(request(served, "/relay", &fields, b"")).unwrap();
    assert!(good.contains(from), "{from}");
    good.replacen(from, to, 1).into_bytes()
}

#[test]
fn only_the_page_with_the_key_is_heard() {
    let served = serve("serve-attacks");
    let host = served.host.clone();
    let port = host.split(':').nth(1).unwrap();
    let registry = Host::start(|_| plain(200, "{}"));
    let (key, _) = session(&served);
    let own = format!("Host: {host}");
    let origin = format!("Origin: http://{host}");
    let with_key = format!("Lamina-Key: {key}");
    for (what, from, to, told) in [
        ("no key", with_key.as_str(), "X: y".to_owned(), "no key"),
        (
            "a key of nobody",
            &with_key,
            "Lamina-Key: 00".to_owned(),
            "a key that is unknown",
        ),
        (
            "the token as a key",
            &with_key,
            format!("Lamina-Key: {}", served.token),
            "a key that is unknown",
        ),
        (
            "two keys",
            &with_key,
            format!("{with_key}\r\n{with_key}"),
            "there twice",
        ),
        (
            "the key in a cookie",
            &with_key,
            format!("Cookie: lamina-key={key}"),
            "no key",
        ),
        (
            "a page of another origin",
            &origin,
            "Origin: https://evil.example".to_owned(),
            "the Origin of another page",
        ),
        (
            "a server on another port",
            &origin,
            "Origin: http://127.0.0.1:1".to_owned(),
            "the Origin of another page",
        ),
        (
            "another name of this machine",
            &origin,
            format!("Origin: http://localhost:{port}"),
            "the Origin of another page",
        ),
        (
            "a page without an origin",
            &origin,
            "Origin: null".to_owned(),
            "the Origin of another page",
        ),
        ("no browser", &origin, "X: y".to_owned(), "no Origin"),
        (
            "two origins",
            &origin,
            format!("{origin}\r\n{origin}"),
            "there twice",
        ),
        (
            "a request of another site",
            "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-Site: cross-site".to_owned(),
            "a request of another site",
        ),
        (
            "a rebound name",
            &own,
            format!("Host: rebound.example:{port}"),
            "a Host that is none of this server",
        ),
        (
            "a name that only begins so",
            &own,
            format!("Host: 127.0.0.1.evil.example:{port}"),
            "a Host that is none of this server",
        ),
        (
            "another port",
            &own,
            "Host: 127.0.0.1:80".to_owned(),
            "a Host that is none of this server",
        ),
        ("two hosts", &own, format!("{own}\r\n{own}"), "there twice"),
        ("no host", &own, "X: y".to_owned(), "no Host"),
        (
            "a proxy's request",
            "POST /relay",
            format!("POST http://{host}/relay"),
            "a request to a proxy",
        ),
        (
            "chunks beside a length",
            "Content-Length: 0",
            "Content-Length: 0\r\nTransfer-Encoding: chunked".to_owned(),
            "",
        ),
        (
            "chunks",
            "Content-Length: 0",
            "Transfer-Encoding: chunked".to_owned(),
            "a body without a length",
        ),
        (
            "two lengths",
            "Content-Length: 0",
            "Content-Length: 0\r\nContent-Length: 1".to_owned(),
            "",
        ),
        (
            "a preflight",
            "POST /relay",
            "OPTIONS /relay".to_owned(),
            "a method that is not answered",
        ),
        (
            "a key in the address",
            "POST /relay",
            format!("POST /relay?key={key}"),
            "",
        ),
        (
            "the session again",
            "POST /relay",
            "POST /session".to_owned(),
            "no key",
        ),
        (
            "a folded field",
            "Cookie: a=b",
            "Cookie: a=b\r\n more".to_owned(),
            "",
        ),
        (
            "a bare return",
            "Cookie: a=b",
            "Cookie: a=b\rLamina-Login: own".to_owned(),
            "",
        ),
    ] {
        // What is let through may be answered, but asks nobody with the registry's own rules broken.
        let bytes = spoilt(&served, &key, &registry.url, (from, &to));
        let answer = send(&host, &bytes);
        if what == "a key in the address" {
            assert_eq!(
                answer.status, 200,
                "the header still counts, the query never does"
            );
            continue;
        }
        assert!(
            matches!(answer.status, 400 | 403 | 404 | 405 | 0),
            "{what}: {answer:?}"
        );
        assert!(answer.line().contains(told), "{what}: {answer:?}");
        assert_eq!(answer.get("access-control-allow-origin"), "", "{what}");
    }
    assert_eq!(registry.lines().len(), 1, "{:?}", registry.lines());
    // A token is good once.
    let again = request(&served, "/session", &[("Lamina-Token", &served.token)], b"");
    let again = send(&host, &again);
    assert!(
        again.status == 403 && again.line().contains("was used before"),
        "{again:?}"
    );
    // The page goes on, and nothing secret was said.
    let root = format!("{}/v2/", registry.url);
    let answer = ask(&served, &key, (&registry.url, "GET", &root), &[], b"");
    assert_eq!(answer.line(), "registry 200");
    let said = served.said.lock().unwrap().clone();
    assert!(
        said.contains("lamina: refused: the Origin of another page"),
        "{said}"
    );
    for secret in [&key, &served.token, "evil", "rebound"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn only_the_registry_and_what_it_names_are_asked() {
    let served = serve("serve-proxy");
    let (key, _) = session(&served);
    let other = Host::start(|_| plain(200, "private"));
    let registry = Host::start(|_| plain(404, "{}"));
    let base = registry.url.as_str();
    let own_relay = format!("http://{}/relay", served.host);
    for (url, told) in [
        (format!("{base}/admin"), "only what lies below /v2/"),
        (format!("{base}/v2/../admin"), "only what lies below /v2/"),
        (
            format!("{base}/v2/%2e%2e/admin"),
            "only what lies below /v2/",
        ),
        (
            format!("{}/v2/", other.url),
            "neither you nor the registry has named",
        ),
        (own_relay, "neither you nor the registry has named"),
        (
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "neither you nor the registry has named",
        ),
        ("file:///etc/passwd".to_owned(), "this is no http"),
        (
            format!("{base}@{}/v2/", other.url.replace("http://", "")),
            "",
        ),
    ] {
        let answer = ask(&served, &key, (base, "GET", &url), &[], b"");
        assert_eq!(answer.get("lamina-error"), "1", "{url}: {answer:?}");
        assert!(answer.problem().contains(told), "{url}: {answer:?}");
    }
    for (fields, told) in [
        (
            &[("Lamina-H-Cookie", "a")][..],
            "a header field that is not passed on",
        ),
        (
            &[("Lamina-H-Host", "evil.example")],
            "a header field that is not passed on",
        ),
        (
            &[("Lamina-H-Content-Length", "9")],
            "a header field that is not passed on",
        ),
        (
            &[("Lamina-H-Accept", "a"), ("Lamina-H-Accept", "b")],
            "there twice",
        ),
    ] {
        let root = format!("{base}/v2/");
        let answer = ask(&served, &key, (base, "GET", &root), fields, b"");
        assert!(
            answer.status == 400 && answer.line().contains(told),
            "{fields:?}: {answer:?}"
        );
    }
    for method in ["CONNECT", "TRACE", "OPTIONS", "get", "GET /x HTTP/1.1"] {
        let root = format!("{base}/v2/");
        let answer = ask(&served, &key, (base, method, &root), &[], b"");
        assert_eq!(answer.status, 400, "{method}: {answer:?}");
    }
    assert!(other.lines().is_empty() && registry.lines().is_empty());
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let served = serve("serve-long");
    let (key, _) = session(&served);
    let long = "x".repeat(100_000);
    for fields in [vec![("X-Long", long.as_str())], vec![("X-Many", "1"); 100]] {
        let bytes = request(&served, "/relay", &fields, b"");
        let answer = send(&served.host, &bytes);
        assert!(matches!(answer.status, 0 | 400 | 431), "{answer:?}");
    }
    let registry = Host::start(|_| plain(200, "{}"));
    let root = format!("{}/v2/", registry.url);
    assert_eq!(
        ask(&served, &key, (&registry.url, "GET", &root), &[], b"").line(),
        "registry 200"
    );
}

#[test]
fn slow_connections_keep_nobody_out() {
    let served = serve("serve-slow");
    let (key, _) = session(&served);
    let registry = Host::start(|_| plain(200, "{}"));
    let root = format!("{}/v2/", registry.url);
    let fields = [
        ("Lamina-Key", key.as_str()),
        ("Lamina-Registry", &registry.url),
        ("Lamina-Target", &root),
    ];
    let bytes = request(&served, "/relay", &fields, b"");
    // The page's own connection, which it keeps.
    let mut kept = BufReader::new(TcpStream::connect(&served.host).unwrap());
    kept.get_mut().write_all(&bytes).unwrap();
    assert_eq!(read(&mut kept).line(), "registry 200");
    let mut slow = VecDeque::new();
    let mut n_over = 0;
    for _ in 0..1_000 {
        let mut stream = TcpStream::connect(&served.host).unwrap();
        let begun = format!("POST /relay HTTP/1.1\r\nHost: {}\r\nX: ", served.host);
        // The oldest are hung up on, perhaps before they say anything.
        let _ = stream.write_all(begun.as_bytes());
        slow.push_back(stream);
        // This process may have few files open, so those that are over are let go.
        if slow.len() > 150 {
            n_over += usize::from(slow.pop_front().is_some_and(|stream| is_over(&stream)));
        }
    }
    assert_eq!(n_over, 850, "the oldest make room");
    let begun = Instant::now();
    kept.get_mut().write_all(&bytes).unwrap();
    assert_eq!(read(&mut kept).line(), "registry 200");
    assert_eq!(send(&served.host, &bytes).line(), "registry 200");
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
}

/// True if the other end hangs up, within some seconds.
fn is_over(stream: &TcpStream) -> bool {
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let peeked = stream.peek(&mut [0]);
    !matches!(peeked, Err(cause) if matches!(cause.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut))
}
