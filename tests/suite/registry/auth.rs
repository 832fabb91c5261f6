//! Challenges and anonymous tokens.

use lamina::source::registry::{Listed, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{OCI_MANIFEST, Set, native, put_image};
use crate::support::registry::{Registry, log, preflights};
use crate::support::run;

const BEARER: &str = r#"Bearer realm="https://auth.example/token",service="r.example""#;

fn demanding(challenge: &'static str) -> Registry {
    Registry {
        challenge: Some(challenge),
        ..Registry::default()
    }
}

/// Fetches `app:1`. Returns the outcome and the requests except those for `/v2/`.
fn fetch(set: &Set) -> (String, Vec<String>) {
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    let outcome = match run(set.client.manifest("app", &Target::Tag("1".into()))) {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.to_string(),
    };
    let short = |line: String| {
        let words = line
            .split(' ')
            .filter(|w| !w.starts_with("accept=") && !w.starts_with("application/"));
        let words: Vec<_> = words.map(str::to_owned).collect();
        words
            .join(" ")
            .replace("https://", "")
            .replace(" !cache", "")
    };
    let lines = log(&set.transport).into_iter().map(short);
    (
        outcome,
        lines.filter(|line| !line.ends_with("/v2/")).collect(),
    )
}

fn check(registry: Registry, outcome: &str, requests: &[&str]) {
    let set = native(registry);
    let (got, lines) = fetch(&set);
    assert_eq!(got, outcome);
    assert_eq!(lines, requests);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_04_rp_05_an_anonymous_token_is_fetched_for_the_repository() {
    let requests = [
        "GET r.example/v2/app/manifests/1",
        "GET auth.example/token?service=r.example&scope=repository:app:pull",
        "GET r.example/v2/app/manifests/1 authorization=Bearer token1",
    ];
    check(demanding(BEARER), "ok", &requests);
    // The placeholder that GHCR sends, and a challenge among others, in another order and case.
    check(
        demanding(
            r#"Negotiate, Basic realm="a, \"b\"", bearer SERVICE=r.example , scope="repository:user/image:pull",realm="https://auth.example/token""#,
        ),
        "ok",
        &requests,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_02_an_open_ping_and_a_closed_repository() {
    let registry = Registry {
        ping_is_open: true,
        ..demanding(BEARER)
    };
    let set = native(registry);
    assert_eq!(fetch(&set).0, "ok");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_05_the_scope_that_the_registry_names_goes_first() {
    check(
        Registry {
            needed_scope: Some("repository:mirror/app:pull"),
            ..demanding(
                r#"Bearer realm="https://auth.example/token?a=b",scope="repository:mirror/app:pull""#,
            )
        },
        "ok",
        &[
            "GET r.example/v2/app/manifests/1",
            "GET auth.example/token?a=b&scope=repository:mirror/app:pull&scope=repository:app:pull",
            "GET r.example/v2/app/manifests/1 authorization=Bearer token1",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_06_a_token_serves_until_it_is_refused_and_is_renewed_once() {
    let set = native(demanding(BEARER));
    assert_eq!(fetch(&set).0, "ok");
    let (outcome, lines) = fetch(&set);
    assert_eq!(
        (outcome.as_str(), lines.len()),
        ("ok", 4),
        "the token is kept"
    );
    // The registry forgets the token early.
    let set = native(Registry {
        tokens_expire: true,
        ..demanding(BEARER)
    });
    assert_eq!(fetch(&set).0, "ok");
    let (outcome, lines) = fetch(&set);
    assert_eq!(outcome, "ok");
    assert_eq!(
        lines[3..],
        [
            "GET r.example/v2/app/manifests/1 authorization=Bearer token1",
            "GET auth.example/token?service=r.example&scope=repository:app:pull",
            "GET r.example/v2/app/manifests/1 authorization=Bearer token2",
        ]
    );
    // It has expired by the clock, so it is not even sent.
    let set = native(demanding(BEARER));
    assert_eq!(fetch(&set).0, "ok");
    set.clock.advance(300_000);
    let (outcome, lines) = fetch(&set);
    assert_eq!(outcome, "ok");
    assert_eq!(
        lines[3..],
        [
            "GET auth.example/token?service=r.example&scope=repository:app:pull",
            "GET r.example/v2/app/manifests/1 authorization=Bearer token2",
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_06_a_token_that_is_never_good_enough_ends_in_a_login() {
    check(
        Registry {
            needed_scope: Some("repository:private:pull"),
            ..demanding(BEARER)
        },
        "r.example/app:1 needs a login, or does not exist",
        &[
            "GET r.example/v2/app/manifests/1",
            "GET auth.example/token?service=r.example&scope=repository:app:pull",
            "GET r.example/v2/app/manifests/1 authorization=Bearer token1",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_04_a_token_server_that_gives_none() {
    let check_answer = |status, body, outcome: &str| {
        let registry = Registry {
            token_answer: Some((status, body)),
            ..demanding(BEARER)
        };
        assert_eq!(fetch(&native(registry)).0, outcome, "{status} {body}");
    };
    check_answer(401, "", "r.example/app:1 needs a login, or does not exist");
    check_answer(
        404,
        "",
        "the token server https://auth.example/token: it answered 404: no logins are given there",
    );
    check_answer(
        200,
        "{}",
        "the token server https://auth.example/token is malformed: its answer holds no token",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_07_no_token_leaves_the_registry() {
    let check_refused = |challenge, outcome: &str| {
        let (got, lines) = fetch(&native(demanding(challenge)));
        assert_eq!(got, outcome, "{challenge}");
        assert_eq!(lines, ["GET r.example/v2/app/manifests/1"], "{challenge}");
    };
    check_refused(
        r#"Bearer realm="http://auth.example/token""#,
        "the login of https://r.example is not supported: it is on https, but its login challenge names a token server on http",
    );
    check_refused(
        "Basic realm=x",
        "r.example/app:1 needs a login, or does not exist",
    );
    // A blob store gets no token, although the registry does.
    let set = native(Registry {
        redirects: true,
        ..demanding(BEARER)
    });
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    let digest = set.registry.put_blob("app", b"0123456789");
    let blob = run(set.client.blob("app", &digest, Some(10))).unwrap();
    assert_eq!(run(blob.read_at(2, 3)).unwrap(), b"234");
    assert_eq!(run(blob.read_at(4, 2)).unwrap(), b"45");
    let asked = set.transport.asked();
    let foreign: Vec<_> = asked
        .iter()
        .filter(|r| !r.url.starts_with("https://r.example/"))
        .collect();
    assert_eq!(foreign.len(), 2, "the token server and the store");
    assert!(
        foreign
            .iter()
            .all(|r| r.headers.get("authorization").is_none())
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn br_02_a_hidden_challenge_is_a_login_and_no_loop() {
    let registry = Registry {
        hides_headers: true,
        ..demanding(BEARER)
    };
    let (outcome, lines) = fetch(&native(registry));
    assert_eq!(
        outcome,
        "r.example/app:1 needs a login, or does not exist (the registry hides its challenge)"
    );
    assert_eq!(lines.len(), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn br_01_only_a_token_costs_a_preflight() {
    let set = native(demanding(BEARER));
    let listed = run(set.client.catalog(None)).unwrap();
    assert!(matches!(listed, Listed::Offered(_)));
    assert_eq!(
        preflights(&set.transport),
        ["https://r.example/v2/_catalog?n=1000"]
    );
    let last = log(&set.transport).pop().unwrap();
    assert!(last.contains("authorization=Bearer token1"), "{last}");
    assert!(
        log(&set.transport)
            .iter()
            .any(|line| line.contains("scope=registry:catalog:*"))
    );
}
