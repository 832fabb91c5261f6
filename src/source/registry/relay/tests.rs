//! The rules of a relay, over a transport that answers out of a table.

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;

use super::*;
use crate::io::{Cache, Clock, Headers, LocalFuture, Transport, VecStream};

/// A status with one header field.
type Told = (u16, &'static str, &'static str);

/// A transport that answers by the beginning of "METHOD URL", and keeps what it was sent.
#[derive(Default)]
struct Table {
    names: Vec<(&'static str, &'static str)>,
    answers: Vec<(&'static str, Told)>,
    sent: RefCell<Vec<String>>,
}

impl Transport for Table {
    fn exchange(&self, request: HttpRequest) -> LocalFuture<'_, Result<Response, io::Error>> {
        let line = format!("{} {}", request.method.as_str(), request.url);
        let proof = request.headers.get("authorization").unwrap_or_default();
        self.sent
            .borrow_mut()
            .push(format!("{line} {proof}").trim().to_owned());
        let known = |(begin, (status, ..)): &&(&str, Told)| {
            line.starts_with(begin) && (*status != 401 || proof.is_empty())
        };
        let (status, name, value) = self
            .answers
            .iter()
            .find(known)
            .map_or((404, "", ""), |a| a.1);
        let mut headers = Headers::default();
        if !name.is_empty() {
            headers.add(name, value);
        }
        let body = match line.contains("/token") {
            true => vec![br#"{"token":"t1"}"#.to_vec()],
            false if line.contains("/manifests/") => vec![
                br#"{"layers":[{"urls":["https://foreign.example/x","http://10.0.0.1/x"]}]}"#
                    .to_vec(),
            ],
            false => Vec::new(),
        };
        let response = Response {
            status,
            headers,
            url: request.url,
            body: Box::new(VecStream::new(body)),
        };
        Box::pin(std::future::ready(Ok(response)))
    }

    fn addresses(&self, host: &str, _port: u16) -> Result<Vec<IpAddr>, io::Error> {
        let of_host = self.names.iter().filter(|(name, _)| *name == host);
        Ok(of_host
            .map(|(_, address)| address.parse().expect("an address"))
            .collect())
    }
}

struct Hands(i64);

impl Clock for Hands {
    fn unix_millis(&self) -> i64 {
        self.0
    }

    fn pause(&self, _millis: u64) -> LocalFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

const BASE: &str = "https://r.example";

/// Asks in turn; each line says what came of it: a status, or the reason of a refusal.
fn ask(table: &Rc<Table>, memory: &Memory, signed: bool, lines: &[(Method, &str)]) -> Vec<String> {
    ask_as(table, memory, (signed, false, 0), BASE, lines)
}

/// Asks like [`ask`] at a base; the three tell whether credentials are kept, whether the scheme was named, and the
/// time.
fn ask_as(
    table: &Rc<Table>,
    memory: &Memory,
    (signed, is_scheme_named, now): (bool, bool, i64),
    base: &str,
    lines: &[(Method, &str)],
) -> Vec<String> {
    let kept = move |_: &Endpoint, _: &str| {
        signed.then(|| (Credentials::password("me", "secret"), "a file".to_owned()))
    };
    let transport: Rc<dyn Transport> = Rc::<Table>::clone(table);
    let relay = Relay {
        world: RegistryWorld {
            transport,
            clock: Rc::new(Hands(now)),
        },
        base,
        is_scheme_named,
        limits: Limits::DEFAULT,
        memory,
        kept: &kept,
    };
    let told = lines.iter().map(|(method, url)| {
        let request = match method {
            Method::Get => HttpRequest::get(*url, Cache::Bypassed),
            method => HttpRequest::change(*method, *url),
        };
        match pollster::block_on(relay.exchange(request, Login::Kept)) {
            Ok(response) => response.status.to_string(),
            Err(error) => error.detail.to_string(),
        }
    });
    told.collect()
}

fn table(answers: &[(&'static str, Told)]) -> Rc<Table> {
    Rc::new(Table {
        names: vec![
            ("r.example", "93.184.216.34"),
            ("inside.example", "10.0.0.8"),
        ],
        answers: answers.to_vec(),
        sent: RefCell::default(),
    })
}

#[test]
fn only_what_the_registry_names_is_asked() {
    let table = table(&[
        (
            "GET https://r.example/v2/app/blobs/x",
            (307, "location", "https://cdn.example/x?sig=1"),
        ),
        ("GET https://cdn.example/x", (200, "", "")),
        ("GET https://r.example/v2/app/manifests/1", (200, "", "")),
        (
            "GET https://r.example/v2/to-metadata",
            (307, "location", "http://169.254.169.254/x"),
        ),
        (
            "GET https://r.example/v2/to-link-local",
            (307, "location", "https://169.254.169.254/x"),
        ),
        (
            "GET https://r.example/v2/to-here",
            (307, "location", "https://localhost:5000/x"),
        ),
        (
            "GET https://r.example/v2/to-inside",
            (307, "location", "https://inside.example/x"),
        ),
        (
            "GET https://r.example/v2/",
            (
                401,
                "www-authenticate",
                "Bearer realm=\"https://auth.example/token\"",
            ),
        ),
        (
            "POST https://r.example/v2/app/blobs/uploads/",
            (202, "location", "/step/1?state=a"),
        ),
        (
            "PATCH https://r.example/step/1",
            (202, "location", "/step/2"),
        ),
    ]);
    let memory = Memory::default();
    for (method, url, expected) in [
        (
            Method::Get,
            "https://cdn.example/x",
            "neither you nor the registry",
        ),
        (
            Method::Get,
            "https://auth.example/token",
            "neither you nor the registry",
        ),
        (Method::Get, "https://r.example/v2/", "401"),
        (Method::Get, "https://auth.example/token?scope=a", "404"),
        (
            Method::Get,
            "https://auth.example/other",
            "neither you nor the registry",
        ),
        (Method::Get, "https://r.example/v2/app/blobs/x", "200"),
        // Now it is known where the blob lies.
        (Method::Get, "https://cdn.example/x?sig=2", "200"),
        (
            Method::Post,
            "https://cdn.example/x",
            "only the registry itself is written to",
        ),
        (
            Method::Put,
            "https://auth.example/token",
            "only the registry that you named",
        ),
        (
            Method::Get,
            "https://r.example/admin",
            "only what lies below /v2/",
        ),
        (
            Method::Get,
            "https://r.example/v2/../admin",
            "only what lies below /v2/",
        ),
        (
            Method::Get,
            "https://r.example/v2/%2e%2E/admin",
            "only what lies below /v2/",
        ),
        (
            Method::Get,
            "https://r.example/v2/a%2f..%2fadmin",
            "only what lies below /v2/",
        ),
        (
            Method::Get,
            "https://r.example:8443/v2/",
            "neither you nor the registry",
        ),
        (
            Method::Get,
            "http://r.example/v2/",
            "neither you nor the registry",
        ),
        (
            Method::Get,
            "https://r.example@evil.example/v2/",
            "this is no http",
        ),
        (
            Method::Get,
            "https://evil.example/v2/",
            "neither you nor the registry",
        ),
        (Method::Get, "file:///etc/passwd", "this is no http"),
        (
            Method::Get,
            "https://r.example/v2/to-metadata",
            "the answer redirects from https to http",
        ),
        (
            Method::Get,
            "https://r.example/v2/to-link-local",
            "a public registry names an address of a private",
        ),
        (
            Method::Get,
            "https://r.example/v2/to-here",
            "a registry elsewhere names an address of this machine",
        ),
        (
            Method::Get,
            "https://r.example/v2/to-inside",
            "a public registry names an address of a private",
        ),
        // A layer lies where the manifest says, outside of private networks.
        (
            Method::Get,
            "https://foreign.example/x",
            "neither you nor the registry",
        ),
        (Method::Get, "https://r.example/v2/app/manifests/1", "200"),
        (Method::Get, "https://foreign.example/x", "404"),
        (
            Method::Get,
            "http://10.0.0.1/x",
            "a public registry names an address of a private",
        ),
        // An upload goes where the registry says, within the registry.
        (
            Method::Patch,
            "https://r.example/step/1",
            "only what lies below /v2/",
        ),
        (
            Method::Post,
            "https://r.example/v2/app/blobs/uploads/",
            "202",
        ),
        (Method::Patch, "https://r.example/step/1?state=b", "202"),
        (Method::Put, "https://r.example/step/2?digest=c", "404"),
    ] {
        let told = ask(&table, &memory, false, &[(method, url)]).concat();
        assert!(told.starts_with(expected), "{url}: {told}");
    }
    let named = [
        "r.example",
        "auth.example",
        "cdn.example",
        "foreign.example",
    ];
    for sent in table.sent.borrow().iter() {
        let host = sent.split('/').nth(2).unwrap_or_default();
        assert!(named.contains(&host) && !sent.contains("/admin"), "{sent}");
    }
}

#[test]
fn a_name_that_leads_into_another_network_later_is_not_followed() {
    let memory = Memory::default();
    let root = [(Method::Get, "https://r.example/v2/")];
    assert_eq!(ask(&table(&[]), &memory, false, &root), ["404"]);
    let moved = Rc::new(Table {
        names: vec![("r.example", "127.0.0.1")],
        ..Table::default()
    });
    let told = ask(&moved, &memory, false, &root).concat();
    assert!(
        told.contains("leads into another network than before"),
        "{told}"
    );
    assert!(moved.sent.borrow().is_empty());
}

#[test]
fn kept_credentials_are_added_where_the_registry_asks_for_them() {
    let basic = [(
        "GET https://r.example/v2/",
        (401, "www-authenticate", "Basic realm=x"),
    )];
    let bearer = [
        (
            "GET https://r.example/v2/",
            (
                401,
                "www-authenticate",
                "Bearer realm=\"https://auth.example/token\",service=s",
            ),
        ),
        ("GET https://auth.example/token", (200, "", "")),
    ];
    for (answers, expected) in [
        (
            &basic[..],
            "GET https://r.example/v2/app/tags/list
             GET https://r.example/v2/app/tags/list Basic bWU6c2VjcmV0
             GET https://r.example/v2/app/tags/list Basic bWU6c2VjcmV0",
        ),
        (
            &bearer[..],
            "GET https://r.example/v2/app/tags/list
             GET https://auth.example/token?service=s&scope=repository:app:pull Basic bWU6c2VjcmV0
             GET https://r.example/v2/app/tags/list Bearer t1
             GET https://r.example/v2/app/tags/list Bearer t1",
        ),
    ] {
        let table = table(answers);
        let twice = [(Method::Get, "https://r.example/v2/app/tags/list"); 2];
        let told = ask(&table, &Memory::default(), true, &twice);
        assert_eq!(told, ["404", "404"]);
        let sent = table.sent.borrow().join("\n             ");
        assert_eq!(sent, expected);
    }
    // Without kept credentials the page hears what the registry demands.
    let told = ask(
        &table(&basic),
        &Memory::default(),
        false,
        &[(Method::Get, "https://r.example/v2/app/tags/list")],
    );
    assert_eq!(told, ["401"]);
}

#[test]
fn kept_credentials_go_over_http_only_where_that_was_chosen() {
    let basic = (401, "www-authenticate", "Basic realm=x");
    for (base, is_scheme_named, expected) in [
        ("http://r.example", false, "401"),
        ("http://r.example", true, "404"),
        ("http://localhost:5000", false, "404"),
        ("http://127.0.0.1:5000", false, "404"),
        ("https://r.example", false, "404"),
    ] {
        let url = format!("{base}/v2/app/tags/list");
        let table = table(&[("GET http", basic)]);
        let lines = [(Method::Get, url.as_str())];
        let login = (true, is_scheme_named, 0);
        let told = ask_as(&table, &Memory::default(), login, base, &lines);
        assert_eq!(told, [expected], "{base}");
        let is_sent = table.sent.borrow().concat().contains("Basic");
        assert_eq!(is_sent, expected == "404", "{base}");
    }
    // The page shows the base that answered, and a reload opens that.
    let table = table(&[("GET http", basic)]);
    let memory = Memory::default();
    for is_scheme_named in [false, true] {
        let lines = [(Method::Get, "http://r.example/v2/app/tags/list")];
        let login = (true, is_scheme_named, 0);
        let told = ask_as(&table, &memory, login, "http://r.example", &lines);
        assert_eq!(told, ["401"]);
    }
}

#[test]
fn credentials_that_come_later_are_found() {
    let basic = (401, "www-authenticate", "Basic realm=x");
    let table = table(&[("GET https://r.example/v2/", basic)]);
    let memory = Memory::default();
    let lines = [(Method::Get, "https://r.example/v2/app/tags/list")];
    for (signed, now, expected) in [
        (false, 0, "401"),
        (true, ABSENCE_MILLIS - 1, "401"),
        (true, ABSENCE_MILLIS, "404"),
        // What is there is not looked for again.
        (false, ABSENCE_MILLIS * 100, "404"),
    ] {
        let told = ask_as(&table, &memory, (signed, false, now), BASE, &lines);
        assert_eq!(told, [expected], "at {now}");
    }
}

#[test]
fn a_blob_is_no_manifest_whatever_its_repository_is_called() {
    // It is passed on in pieces, and none of it is read for addresses.
    let url = "https://r.example/v2/team/manifests/blobs/sha256:0";
    let table = table(&[(
        "GET https://r.example/v2/team/manifests/blobs/",
        (200, "", ""),
    )]);
    let memory = Memory::default();
    assert_eq!(ask(&table, &memory, false, &[(Method::Get, url)]), ["200"]);
    let foreign = [(Method::Get, "https://foreign.example/x")];
    let told = ask(&table, &memory, false, &foreign).concat();
    assert!(told.starts_with("neither you nor the registry"), "{told}");
}

fn check(method: Method, path: &str, query: Option<&str>, expected: &str) {
    let told = target_below(method, path, query);
    let told = told.map_or(String::new(), |target| {
        let is_manifest = path.ends_with("manifests/1");
        assert_eq!(target.is_manifest, is_manifest, "{path}");
        format!("{}: {}", target.repository, target.scope.texts().join(" "))
    });
    assert_eq!(told, expected, "{path}");
}

#[test]
fn paths_tell_scopes() {
    check(Method::Get, "", None, "");
    check(Method::Get, "_catalog", Some("n=1"), ": registry:catalog:*");
    check(
        Method::Get,
        "a/b/manifests/1",
        None,
        "a/b: repository:a/b:pull",
    );
    check(
        Method::Get,
        "manifests/blobs/sha256:0",
        None,
        "manifests: repository:manifests:pull",
    );
    check(
        Method::Put,
        "a/manifests/1",
        None,
        "a: repository:a:pull,push",
    );
    check(
        Method::Get,
        "a/blobs/uploads/7",
        None,
        "a: repository:a:pull,push",
    );
    check(
        Method::Post,
        "a/blobs/uploads/",
        Some("mount=sha256:0&from=b/c"),
        "a: repository:a:pull,push repository:b/c:pull",
    );
    check(Method::Get, "nothing/known", None, "");
}
