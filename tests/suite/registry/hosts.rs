//! Hosts that a registry can make Lamina contact: every request is recorded, and none goes to a forbidden host.

use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::image::Digest;
use lamina::io::{Error, Headers, HttpRequest, MemoryClock, MemoryTransport, Response, VecStream};
use lamina::source::registry::{Asker, Client, Endpoint, RegistryWorld};
use wasm_bindgen_test::wasm_bindgen_test;

use super::NOW_MILLIS;
use crate::support::run;

pub(super) const LAYER: &[u8] = b"layer";

/// Response of a host: status, header fields, body, and the final URL as a browser reports it.
pub(super) struct Says {
    status: u16,
    fields: Vec<(&'static str, String)>,
    body: Vec<u8>,
    ended_at: Option<String>,
}

pub(super) fn says(status: u16, body: &str) -> Says {
    Says {
        status,
        fields: Vec::new(),
        body: body.as_bytes().to_vec(),
        ended_at: None,
    }
}

impl Says {
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Says {
        self.fields.push((name, value.to_owned()));
        self
    }
}

fn redirect(to: &str) -> Says {
    says(307, "").with("Location", to)
}

/// Runs `ask` with a client of `base` in a world that answers by `answer`. Returns the result, and all requests as
/// `URL [authorization]`.
pub(super) fn asking<T>(
    base: &str,
    asker: Asker,
    answer: impl Fn(&HttpRequest) -> Says + 'static,
    ask: impl AsyncFnOnce(&Client) -> Result<T, lamina::source::Error>,
) -> (Result<T, String>, Vec<String>) {
    let transport = Rc::new(MemoryTransport::new(
        move |request: &HttpRequest| -> Result<Response, Error> {
            let says = answer(request);
            let mut headers = Headers::default();
            for (name, value) in &says.fields {
                headers.add(name, value);
            }
            Ok(Response {
                status: says.status,
                headers,
                url: says.ended_at.unwrap_or_else(|| request.url.clone()),
                body: Box::new(VecStream::new(vec![says.body])),
            })
        },
    ));
    let world = RegistryWorld {
        transport: transport.clone(),
        clock: Rc::new(MemoryClock::at(NOW_MILLIS)),
    };
    let endpoint = Endpoint::parse(base).unwrap();
    let client = Client::new(world, endpoint, asker, Limits::DEFAULT);
    let outcome = run(ask(&client)).map_err(|error| error.to_string());
    let line = |request: &HttpRequest| {
        let field = request.headers.get("authorization");
        let field = field.map_or(String::new(), |field| format!(" {field}"));
        format!("{}{field}", request.url)
    };
    (outcome, transport.asked().iter().map(line).collect())
}

/// Requests tags of the registry at `base`, with a login at `realm`.
fn log_in(base: &str, realm: &str) -> (String, Vec<String>) {
    let challenge = format!("Bearer realm=\"{realm}\"");
    let answer = move |request: &HttpRequest| {
        if request.url.ends_with("/v2/") {
            says(200, "")
        } else if request.url.contains("/v2/") && request.headers.get("authorization").is_none() {
            says(401, "").with("WWW-Authenticate", &challenge)
        } else if request.url.contains("/v2/") {
            says(200, r#"{"tags":["1"]}"#)
        } else {
            says(200, r#"{"token":"secret"}"#)
        }
    };
    let (outcome, asked) = asking(base, Asker::Native, answer, async |client| {
        client.tags("app", None).await
    });
    let outcome = outcome.map_or_else(|error| error, |page| page.items.join(" "));
    (outcome, asked)
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_07_a_token_server_where_a_registry_may_not_point_is_not_asked() {
    let check = |base: &str, realm: &str, reason: &str| {
        let (outcome, asked) = log_in(base, realm);
        assert!(
            outcome.starts_with("the login of ") && outcome.ends_with(reason),
            "{realm}: {outcome}"
        );
        let own = [
            format!("{base}/v2/"),
            format!("{base}/v2/app/tags/list?n=1000"),
        ];
        assert_eq!(asked, own, "{realm}");
    };
    let public = "https://r.example";
    let machine =
        "its token server is not asked: a registry elsewhere names an address of this machine";
    for host in [
        "127.0.0.1:8080",
        "localhost",
        "x.localhost",
        "[::1]:9",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "localhost.",
        "１２７.0.0.1",
    ] {
        check(public, &format!("https://{host}/token"), machine);
        check(
            "http://192.168.1.5:5000",
            &format!("http://{host}/token"),
            machine,
        );
    }
    let network =
        "its token server is not asked: a public registry names an address of a private network";
    for host in [
        "10.0.0.1",
        "172.20.1.1",
        "192.168.1.1",
        "169.254.169.254",
        "router",
        "nas.local",
        "metadata.google.internal",
        "[fd00::1]",
    ] {
        check(public, &format!("https://{host}/token"), network);
    }
    for realm in [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://auth.example/",
        "https://me:secret@auth.example/token",
    ] {
        check(
            public,
            realm,
            "names a token server that is no http address",
        );
    }
    check(
        public,
        "http://auth.example/token",
        "names a token server on http",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_registry_of_a_network_or_of_this_machine_may_point_to_its_neighbours() {
    let check = |base: &str, realm: &str| {
        let (outcome, asked) = log_in(base, realm);
        assert_eq!(outcome, "1", "{realm}");
        let last = asked.last().unwrap();
        assert_eq!(
            *last,
            format!("{base}/v2/app/tags/list?n=1000 Bearer secret")
        );
        // The token server itself gets no token.
        assert!(
            asked[2].starts_with(realm) && !asked[2].contains("Bearer"),
            "{asked:?}"
        );
    };
    check("http://192.168.1.5:5000", "http://192.168.1.6/token");
    check("http://192.168.1.5:5000", "https://auth.example/token");
    check("http://registry:5000", "http://auth:5001/token");
    check("http://localhost:5000", "http://127.0.0.1:5001/token");
    check("http://localhost:5000", "http://10.0.0.1/token");
    check("https://r.example", "https://r.example/token");
}

/// Reads a blob of `base`. The registry answers the blob's URL by `first`, and any other URL by `other`.
fn read_blob(
    base: &str,
    asker: Asker,
    first: impl Fn() -> Says + 'static,
    other: impl Fn(&str) -> Says + 'static,
) -> (Result<Vec<u8>, String>, Vec<String>) {
    let answer = move |request: &HttpRequest| match request.url.split_once("/v2/") {
        Some((_, "")) => says(200, ""),
        Some(_) if request.headers.get("authorization").is_none() => {
            says(401, "").with("WWW-Authenticate", "Bearer realm=\"/token\"")
        }
        Some(_) => first(),
        None if request.url.ends_with("/token?scope=repository:app:pull") => {
            says(200, r#"{"token":"secret"}"#)
        }
        None => other(&request.url),
    };
    asking(base, asker, answer, async |client| {
        let digest = Digest::sha256_of(LAYER);
        let blob = client.blob("app", &digest, Some(5)).await?;
        blob.read_at(0, 5).await
    })
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_13_redirects_are_followed_step_by_step_without_the_token() {
    let (read, asked) = read_blob(
        "https://r.example",
        Asker::Native,
        || redirect("https://store.example/a"),
        |url| match url {
            "https://store.example/a" => redirect("/b?sig=1"),
            "https://store.example/b?sig=1" => redirect("//cdn.example/c"),
            _ => says(200, "layer"),
        },
    );
    assert_eq!(read.as_deref(), Ok(LAYER));
    let digest = Digest::sha256_of(LAYER);
    assert_eq!(
        asked[1..],
        [
            format!("https://r.example/v2/app/blobs/{digest}"),
            "https://r.example/token?scope=repository:app:pull".to_owned(),
            format!("https://r.example/v2/app/blobs/{digest} Bearer secret"),
            "https://store.example/a".to_owned(),
            "https://store.example/b?sig=1".to_owned(),
            "https://cdn.example/c".to_owned(),
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_redirect_to_where_nothing_may_be_asked_is_not_followed() {
    let check = |to: &'static str, reason: &str| {
        let (read, asked) = read_blob(
            "https://r.example",
            Asker::Native,
            move || redirect(to),
            |_| says(200, "layer"),
        );
        let error = read.unwrap_err();
        assert!(
            error.starts_with("blob sha256:") && error.ends_with(reason),
            "{to}: {error}"
        );
        assert!(!error.contains("secret"), "{error}");
        assert!(
            asked
                .iter()
                .all(|line| line.starts_with("https://r.example/")),
            "{asked:?}"
        );
    };
    check(
        "http://store.example/a",
        "the answer redirects from https to http",
    );
    check(
        "https://127.0.0.1/",
        "a registry elsewhere names an address of this machine",
    );
    check(
        "https://169.254.169.254/latest",
        "names an address of a private network",
    );
    check(
        "file:///etc/passwd",
        "the answer redirects to no http or https address",
    );
    check(
        "https://me:secret@store.example/",
        "the answer redirects to no http or https address",
    );
    check(
        "//x:y@r.example/",
        "the answer redirects to no http or https address",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn redirects_in_a_circle_end() {
    let (read, asked) = read_blob(
        "https://r.example",
        Asker::Native,
        || redirect("https://store.example/a"),
        |_| redirect("https://store.example/a"),
    );
    assert!(
        read.unwrap_err()
            .ends_with("the answers redirect more than 10 times")
    );
    let n_stored = asked.iter().filter(|line| line.contains("store.example"));
    assert_eq!(n_stored.count(), 10);
}

#[wasm_bindgen_test(unsupported = test)]
fn where_a_browser_was_led_is_checked_afterwards() {
    let check = |ended_at: &'static str, outcome: Result<&[u8], &str>| {
        let (read, _) = read_blob(
            "https://r.example",
            Asker::HttpsPage,
            move || Says {
                ended_at: Some(ended_at.to_owned()),
                ..says(200, "layer")
            },
            |_| says(404, ""),
        );
        match outcome {
            Ok(bytes) => assert_eq!(read.as_deref(), Ok(bytes), "{ended_at}"),
            Err(reason) => assert!(read.unwrap_err().ends_with(reason), "{ended_at}"),
        }
    };
    check("https://store.example/a", Ok(LAYER));
    check(
        "https://localhost/a",
        Err("names an address of this machine"),
    );
    check(
        "https://10.1.1.1/a",
        Err("names an address of a private network"),
    );
    check(
        "http://store.example/a",
        Err("the answer redirects from https to http"),
    );
}

/// Whatever a challenge lists, a pull requests a token that can pull that repository, and nothing else.
#[wasm_bindgen_test(unsupported = test)]
fn no_scope_is_asked_for_but_what_the_request_needs() {
    let check = |named: &str, expected: &[&str]| {
        let challenge =
            format!(r#"Bearer realm="https://auth.example/token",service="s",scope="{named}""#);
        let answer = move |request: &HttpRequest| {
            if request.url.ends_with("/v2/") {
                says(200, "")
            } else if request.url.contains("/v2/") && request.headers.get("authorization").is_none()
            {
                says(401, "").with("WWW-Authenticate", &challenge)
            } else if request.url.contains("/v2/") {
                says(200, r#"{"tags":["1"]}"#)
            } else {
                says(200, r#"{"token":"secret"}"#)
            }
        };
        let base = "https://r.example";
        let (tags, asked) = asking(base, Asker::Native, answer, async |client| {
            client.tags("app", None).await
        });
        assert!(tags.is_ok(), "{named}: {tags:?}");
        let at_server = asked.iter().find(|line| line.contains("auth.example"));
        let url = at_server.unwrap().split(' ').next().unwrap();
        let scopes: Vec<_> = url
            .split(['?', '&'])
            .filter_map(|part| part.strip_prefix("scope="))
            .map(|scope| {
                scope
                    .replace("%3A", ":")
                    .replace("%2C", ",")
                    .replace("%2F", "/")
            })
            .collect();
        assert_eq!(scopes, expected, "{named}");
    };
    let pull = "repository:app:pull";
    check("", &[pull]);
    check(pull, &[pull]);
    check("repository:app:pull,push,delete", &[pull]);
    check("repository:app:*", &[pull]);
    check("repository:app:push", &[pull]);
    check("registry:catalog:*", &[pull]);
    check("repository:other:pull repository:app:pull", &[pull]);
    // A mirror calls it by its name with a prefix.
    check(
        "repository:mirror/app:pull",
        &["repository:mirror/app:pull", pull],
    );
    check("repository:myapp:pull", &[pull]);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_answer_that_is_all_header_is_refused() {
    let (outcome, _) = asking(
        "https://r.example",
        Asker::Native,
        |_| says(200, "").with("X", &"x".repeat(70_000)),
        async |client| client.connect().await,
    );
    assert_eq!(
        outcome.unwrap_err(),
        "https://r.example: the answer's header fields exceed the limit of 65536 bytes"
    );
}
