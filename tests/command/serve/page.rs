//! The page itself: files with the header fields of a static host.

use super::{send, serve};
use crate::{folder, lamina};

fn get(host: &str, line: &str, fields: &str) -> super::Told {
    send(
        host,
        format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n").as_bytes(),
    )
}

#[test]
fn files_have_the_fields_of_a_static_host() {
    let served = serve("serve-page");
    let host = served.host.as_str();
    for (line, status, kind, caching, body) in [
        (
            "GET /",
            200,
            "text/html; charset=utf-8",
            "no-cache",
            "<!doctype html><p>page</p>",
        ),
        (
            "GET /index.html?x",
            200,
            "text/html; charset=utf-8",
            "no-cache",
            "<!doctype html><p>page</p>",
        ),
        (
            "GET /app-0123456789abcdef.js",
            200,
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
            "0123456789",
        ),
        (
            "HEAD /app-0123456789abcdef.js",
            200,
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
            "",
        ),
        (
            "GET /v2/_catalog",
            200,
            "application/octet-stream",
            "no-cache",
            "{}",
        ),
        (
            "GET /v2/",
            404,
            "text/plain; charset=utf-8",
            "no-store",
            "there is no such file\n",
        ),
        (
            "GET /nothing",
            404,
            "text/plain; charset=utf-8",
            "no-store",
            "there is no such file\n",
        ),
        (
            "GET /../outside",
            404,
            "text/plain; charset=utf-8",
            "no-store",
            "there is no such file\n",
        ),
        (
            "GET /%2e%2e/outside",
            404,
            "text/plain; charset=utf-8",
            "no-store",
            "there is no such file\n",
        ),
        (
            "GET //etc/passwd",
            404,
            "text/plain; charset=utf-8",
            "no-store",
            "there is no such file\n",
        ),
    ] {
        let told = get(host, line, "");
        let body = if line.starts_with("HEAD") {
            b""
        } else {
            body.as_bytes()
        };
        if !line.starts_with("HEAD") {
            assert_eq!(
                String::from_utf8_lossy(&told.body),
                String::from_utf8_lossy(body),
                "{line}"
            );
        }
        assert_eq!(
            (
                told.status,
                told.get("content-type"),
                told.get("cache-control")
            ),
            (status, kind, caching),
            "{line}"
        );
        let policy = told.get("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{line}"
        );
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(told.get(name), value, "{line}: {name}");
        }
    }
    let etag = get(host, "GET /", "").get("etag").to_owned();
    assert_eq!(
        get(host, "GET /", &format!("If-None-Match: {etag}\r\n")).status,
        304
    );
    let part = get(host, "GET /app-0123456789abcdef.js", "Range: bytes=2-4\r\n");
    assert_eq!(
        (part.status, part.body.as_slice(), part.get("content-range")),
        (206, &b"234"[..], "bytes 2-4/10")
    );
    let none = get(host, "GET /app-0123456789abcdef.js", "Range: bytes=99-\r\n");
    assert_eq!(
        (none.status, none.get("content-range")),
        (416, "bytes */10")
    );
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_page_is_not_followed() {
    let served = serve("serve-link");
    let link = served.folder.join("page/link");
    std::os::unix::fs::symlink(served.folder.join("outside"), link).unwrap();
    assert_eq!(get(&served.host, "GET /link", "").status, 404);
}

#[test]
fn what_is_missing_is_told_before_anything_is_served() {
    let empty = folder("serve-empty");
    let empty = empty.to_str().unwrap();
    for (arguments, told) in [
        (
            &["serve", "--port", "0", "--page", empty][..],
            "no page is built there",
        ),
        (
            &["open", "--page", "no-such-folder", "redis:7"],
            "no-such-folder",
        ),
    ] {
        let (status, out, said) = lamina(arguments, b"");
        assert_eq!((status, out.as_str()), (2, ""), "{said}");
        assert!(said.contains(told), "{said}");
    }
    let served = serve("serve-missing");
    let page = served.folder.join("page");
    let page = page.to_str().unwrap();
    let port = served.host.split(':').nth(1).unwrap();
    for (arguments, told) in [
        (
            &["serve", "--port", port, "--page", page][..],
            "is in use; choose another by --port",
        ),
        (
            &["open", "--no-browser", "--page", page, "./nothing.tar"],
            "nothing.tar",
        ),
        (
            &["open", "--no-browser", "--page", page, "localhost:5000"],
            "is a registry",
        ),
        (
            &["open", "--no-browser", "--page", page, "UPPER CASE"],
            "as a reference",
        ),
    ] {
        let (status, out, said) = lamina(arguments, b"");
        assert_eq!((status, out.as_str()), (2, ""), "{said}");
        assert!(said.contains(told), "{said}");
    }
}

#[test]
fn another_address_is_listened_on_only_when_it_is_named_and_with_a_warning() {
    let served = serve("serve-loopback");
    assert!(served.host.starts_with("127.0.0.1:"), "{}", served.host);
    assert_eq!(get(&served.host, "GET /", "").status, 200);
    let said = served.said.lock().unwrap().clone();
    assert!(!said.contains("warning"), "{said}");
    let folder = super::page("serve-listen");
    let arguments = ["serve", "--port", "0", "--listen", "0.0.0.0"];
    let served = super::start(&folder, &arguments, &[]);
    assert_eq!(get(&served.host, "GET /", "").status, 200);
    super::orders::until("it warns", || {
        let said = served.said.lock().unwrap();
        said.contains("warning: the page is served on 0.0.0.0")
    });
}
