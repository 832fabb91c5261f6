//! Failures that a browser hides from a page: each kind that can be determined has a problem code of its own.

use std::cell::Cell;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::image::Digest;
use lamina::io::{Cache, ErrorKind, HttpRequest, MemoryClock, Method, Redirects, Seen, diagnose};
use lamina::protocol::{Problem, ProblemCode};
use lamina::source::Error;
use lamina::source::registry::{
    Asker, Client, Credentials, Destination, Endpoint, Parcel, ParcelBlob, Push, RegistryWorld,
    Target,
};
use lamina::source::{Blob, SliceBlob};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{NOW_MILLIS, OCI_MANIFEST, PAGE, put_image};
use crate::support::browser::{Browser, Host};
use crate::support::registry::{Registry, RegistryTransport, log};
use crate::support::run;
use crate::support::uploads::{Cut, Writes};

const R: &str = "https://r.example";
const STORE: &str = "https://store.example";
const AUTH: &str = "https://auth.example";
const BEARER: &str = r#"Bearer realm="https://auth.example/token",service="r.example""#;

/// A page's client of a registry behind a browser.
struct Page {
    client: Rc<Client>,
    registry: Rc<Registry>,
    transport: Rc<RegistryTransport>,
}

fn page_of(
    registry: Registry,
    hosts: &[(&'static str, Host)],
    endpoint: &str,
    asker: Asker,
    n_seen: u32,
) -> Page {
    put_image(&registry, "1", OCI_MANIFEST, "linux/amd64");
    let (registry, transport) = registry.transport();
    let mut browser = Browser::new(Rc::clone(&transport), hosts);
    browser.n_seen = Cell::new(n_seen);
    let world = RegistryWorld {
        transport: Rc::new(browser),
        clock: Rc::new(MemoryClock::at(NOW_MILLIS)),
    };
    let endpoint = Endpoint::parse(endpoint).unwrap();
    Page {
        client: Rc::new(Client::new(world, endpoint, asker, Limits::DEFAULT)),
        registry,
        transport,
    }
}

fn page(registry: Registry, hosts: &[(&'static str, Host)]) -> Page {
    page_of(registry, hosts, "r.example", PAGE, u32::MAX)
}

impl Page {
    fn sign_in(&self) -> Result<(), Error> {
        let credentials = Credentials::password("me", "secret");
        run(self.client.sign_in(credentials)).map(|_| ())
    }

    fn manifest(&self) -> Result<(), Error> {
        let target = Target::Tag("1".to_owned());
        run(self.client.manifest("app", &target)).map(|_| ())
    }

    fn blob(&self) -> Result<(), Error> {
        let digest = Digest::sha256_of(b"layer");
        let blob = run(self.client.blob("app", &digest, Some(5)))?;
        run(blob.read_at(0, 5)).map(|_| ())
    }

    fn push(&self) -> Result<(), Error> {
        let bytes: &[u8] = b"a layer to push";
        let blob: Rc<dyn Blob> = Rc::new(SliceBlob::new(
            Rc::new(lamina::io::Bytes::new(bytes)),
            "layer 0",
        ));
        let parcel = Parcel {
            blobs: vec![ParcelBlob {
                what: lamina::message::Message::verbatim("layer 0"),
                digest: Digest::sha256_of(bytes),
                size_bytes: bytes.len() as u64,
                bytes: blob,
            }],
            below: Vec::new(),
            top: lamina::image::Document::new(
                br#"{"schemaVersion":2}"#.to_vec(),
                lamina::image::MediaType::new(OCI_MANIFEST),
            ),
        };
        let destination = Destination {
            repository: "new".to_owned(),
            tags: vec!["1".to_owned()],
        };
        run(Push::new(Rc::clone(&self.client), parcel, destination).run(&|_| {})).map(|_| ())
    }
}

fn check(what: &str, done: Result<(), Error>, expected: Result<(), ProblemCode>) {
    let told = format!("{done:?}");
    let code = done.map_err(|error| Problem::from(&error).code);
    assert_eq!(code, expected, "{what}: {told}");
}

const NO_CORS: Host = Host {
    is_down: false,
    no_cors: true,
    no_cors_at: None,
    no_cors_to_writes: false,
    no_preflight: false,
    breaks_at: None,
};
const DOWN: Host = Host {
    is_down: true,
    ..NO_CORS
};
const NO_PREFLIGHT: Host = Host {
    no_cors: false,
    no_preflight: true,
    ..NO_CORS
};

fn passwords() -> Registry {
    Registry {
        challenge: Some("Basic realm=x"),
        password: Some("Basic bWU6c2VjcmV0"),
        ..Registry::default()
    }
}

fn tokens() -> Registry {
    Registry {
        challenge: Some(BEARER),
        ping_is_open: true,
        ..Registry::default()
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn br_02_passwords_behind_a_preflight_that_is_refused_are_told_from_missing_headers() {
    let refuses = page(passwords(), &[(R, NO_PREFLIGHT)]);
    check("reads", refuses.manifest(), Err(ProblemCode::LoginNeeded));
    check(
        "signs in",
        refuses.sign_in(),
        Err(ProblemCode::PreflightRefused),
    );
    let bare = page(passwords(), &[(R, NO_CORS)]);
    check("no headers", bare.sign_in(), Err(ProblemCode::CorsRefused));
    check("as it should be", page(passwords(), &[]).sign_in(), Ok(()));
    // A token also has to be sent in a header field.
    let refuses = page(tokens(), &[(R, NO_PREFLIGHT)]);
    check(
        "token",
        refuses.manifest(),
        Err(ProblemCode::PreflightRefused),
    );
    let refuses = page(Registry::default(), &[(R, NO_PREFLIGHT)]);
    check("push", refuses.push(), Err(ProblemCode::PreflightRefused));
}

#[wasm_bindgen_test(unsupported = test)]
fn br_06_a_store_is_told_from_the_registry_and_from_a_connection_that_broke() {
    let redirects = || Registry {
        redirects: true,
        ..Registry::default()
    };
    let told = |host| page(redirects(), &[(STORE, host)]).blob();
    check(
        "no headers",
        told(NO_CORS),
        Err(ProblemCode::RedirectRefused),
    );
    check("down", told(DOWN), Err(ProblemCode::StoreUnreachable));
    check("as it should be", told(Host::default()), Ok(()));
    // With a token the registry redirects; without one it does not.
    let registry = Registry {
        redirects: true,
        ..tokens()
    };
    let told = page(registry, &[(STORE, NO_CORS)]).blob();
    check("token", told, Err(ProblemCode::RedirectRefused));
    for (n_broken, expected) in [(1, Ok(())), (20, Err(ProblemCode::Unreachable))] {
        let set = page(redirects(), &[]);
        run(set.client.connect()).unwrap();
        let breaks = std::iter::repeat_n((0, "", ""), n_broken);
        set.registry.faults.borrow_mut().extend(breaks);
        check("broken", set.blob(), expected);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn br_03_https_that_does_not_answer_and_http_without_headers_may_be_a_certificate() {
    let http = "http://r.example";
    let told = |endpoint, hosts: &[(&'static str, Host)]| {
        let set = page_of(
            Registry::default(),
            hosts,
            endpoint,
            Asker::HttpPage,
            u32::MAX,
        );
        let done = run(set.client.connect());
        let base = done.as_ref().map(|c| c.base.clone()).unwrap_or_default();
        (done.map(|_| ()), base)
    };
    let closed = [(R, DOWN), (http, NO_CORS)];
    for endpoint in ["r.example", http] {
        let (done, _) = told(endpoint, &closed);
        check(endpoint, done, Err(ProblemCode::CorsOrCertificate));
    }
    // If http redirects to https without CORS headers, https is used.
    assert_eq!(told(http, &[(http, NO_CORS)]), (Ok(()), R.to_owned()));
    let (done, _) = told(http, &[(http, NO_CORS), (R, NO_CORS)]);
    check("neither", done, Err(ProblemCode::CorsRefused));
    let (done, _) = told(http, &[(http, DOWN), (R, DOWN)]);
    check("none", done, Err(ProblemCode::Unreachable));
}

#[wasm_bindgen_test(unsupported = test)]
fn br_02_a_token_server_has_a_cure_of_its_own() {
    let told = |host| page(tokens(), &[(AUTH, host)]).manifest();
    check(
        "no headers",
        told(NO_CORS),
        Err(ProblemCode::TokenServerRefused),
    );
    check("down", told(DOWN), Err(ProblemCode::TokenServerUnusable));
    check("as it should be", told(Host::default()), Ok(()));
    let signs_in = |host| {
        let registry = Registry {
            challenge: Some(BEARER),
            token_password: Some("Basic bWU6c2VjcmV0"),
            ..Registry::default()
        };
        page(registry, &[(AUTH, host)]).sign_in()
    };
    check(
        "no headers",
        signs_in(NO_CORS),
        Err(ProblemCode::TokenServerRefused),
    );
    check(
        "OPTIONS",
        signs_in(NO_PREFLIGHT),
        Err(ProblemCode::TokenServerRefused),
    );
    check("as it should be", signs_in(Host::default()), Ok(()));
    let unfit = Registry {
        challenge: Some(r#"Bearer realm="http://auth.example/token""#),
        ping_is_open: true,
        ..Registry::default()
    };
    check(
        "by http",
        page(unfit, &[]).manifest(),
        Err(ProblemCode::TokenServerUnusable),
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn br_06_an_error_of_a_proxy_without_headers_is_told_where_other_answers_came_through() {
    let at = |part| Host {
        no_cors_at: Some(part),
        ..Host::default()
    };
    let withheld = Err(ProblemCode::AnswerWithheld);
    let reads = page(Registry::default(), &[(R, at("/manifests/"))]);
    check("one address", reads.manifest(), withheld);
    // A connection that breaks at one URL is not a withheld answer.
    let breaks = Host {
        breaks_at: Some("/manifests/"),
        ..Host::default()
    };
    let broken = page(Registry::default(), &[(R, breaks)]).manifest();
    check("broken", broken, Err(ProblemCode::Unreachable));
    let reads = page_of(Registry::default(), &[], "r.example", PAGE, 1);
    check("all, after the first", reads.manifest(), withheld);
    let writes = Host {
        no_cors_to_writes: true,
        ..Host::default()
    };
    check(
        "a write",
        page(Registry::default(), &[(R, writes)]).push(),
        withheld,
    );
    let registry = Registry {
        writes: Writes {
            cuts: [Cut::Before]
                .into_iter()
                .collect::<std::collections::VecDeque<_>>()
                .into(),
            ..Writes::default()
        },
        ..Registry::default()
    };
    let set = page(registry, &[]);
    check("a write that broke once", set.push(), Ok(()));
    // The probes for the cause have no body and change nothing.
    let asked = log(&set.transport);
    let probes: Vec<_> = asked
        .iter()
        .filter(|line| line.contains("PUT https://r.example/v2/ "))
        .collect();
    assert_eq!(probes.len(), 1, "{asked:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_carries_something_and_is_redirected_is_told_as_that() {
    for request in [
        HttpRequest::change(Method::Patch, "https://r.example/v2/app/blobs/uploads/1"),
        HttpRequest::change(Method::Post, "https://auth.example/token"),
        HttpRequest {
            redirects: Redirects::Refused,
            ..HttpRequest::get("https://auth.example/token", Cache::Bypassed)
        },
    ] {
        let error = run(diagnose(&request, String::new(), async |_| Seen::Redirect));
        assert_eq!(error.kind, ErrorKind::Forbidden, "{request:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_27_every_refusal_of_a_push_has_a_title_of_its_own() {
    let refused = |status| Registry {
        writes: Writes {
            refused: Some((status, r#"{"errors":[{"code":"UNSUPPORTED"}]}"#)),
            ..Writes::default()
        },
        ..Registry::default()
    };
    for (status, code) in [
        (400, ProblemCode::RequestInvalid),
        (401, ProblemCode::LoginNeeded),
        (403, ProblemCode::WriteRefused),
        (405, ProblemCode::NotAllowed),
        (413, ProblemCode::RequestTooLarge),
        (416, ProblemCode::UploadOutOfStep),
        (429, ProblemCode::RateLimited),
        (500, ProblemCode::RegistryFailed),
        (507, ProblemCode::RegistryFailed),
    ] {
        check(
            &status.to_string(),
            page(refused(status), &[]).push(),
            Err(code),
        );
    }
    let hides = Registry {
        hides_headers: true,
        ..Registry::default()
    };
    check(
        "Location",
        page(hides, &[]).push(),
        Err(ProblemCode::NoLocation),
    );
    let elsewhere = Registry {
        writes: Writes {
            location_base: "https://store.example",
            ..Writes::default()
        },
        ..Registry::default()
    };
    check(
        "elsewhere",
        page(elsewhere, &[]).push(),
        Err(ProblemCode::NotAsked),
    );
}
