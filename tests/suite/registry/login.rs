//! Signing in: the credentials that each host gets, and those that are never sent.

use std::rc::Rc;

use lamina::io::{Method, Secret};
use lamina::source::Error;
use lamina::source::registry::{Asker, Credentials, Destination, Parcel, Push, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{OCI_MANIFEST, PAGE, Set, native, put_image, set_of};
use crate::support::registry::{Registry, log};
use crate::support::run;

const BEARER: &str = r#"Bearer realm="https://auth.example/token",service="r.example""#;
/// `me:secret`.
const BASIC: &str = "Basic bWU6c2VjcmV0";

fn me() -> Credentials {
    Credentials::password("me", "secret")
}

fn takes_basic() -> Registry {
    Registry {
        challenge: Some("Basic realm=x"),
        password: Some(BASIC),
        ..Registry::default()
    }
}

fn takes_tokens() -> Registry {
    Registry {
        challenge: Some(BEARER),
        token_password: Some(BASIC),
        token_form: Some("grant_type=password&username=me&password=secret&"),
        ..Registry::default()
    }
}

fn fetch(set: &Set) -> Result<(), Error> {
    put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    run(set.client.manifest("app", &Target::Tag("1".to_owned()))).map(|_| ())
}

/// Returns every request to `host`, with its credentials.
fn asked(set: &Set, host: &str) -> Vec<String> {
    let lines = log(&set.transport).into_iter();
    let to_host = lines.filter(|line| line.contains(&format!("https://{host}/")));
    let shown = to_host.map(|line| {
        let words = line.split(' ').collect::<Vec<_>>();
        let proof = line
            .split_once("authorization=")
            .map_or("", |(_, proof)| proof);
        let proof = proof.split(" !").next().unwrap_or_default();
        let proof = proof.split(" content-type").next().unwrap_or_default();
        format!("{} {} {proof}", words[0], words[1])
            .trim()
            .to_owned()
    });
    shown.collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_07_a_private_repository_is_read_with_a_name_and_a_password() {
    let set = native(takes_basic());
    let error = fetch(&set).unwrap_err();
    assert!(
        matches!(&error, Error::LoginNeeded { signed_in: false, registry, .. } if registry == "https://r.example"),
        "{error}"
    );
    run(set.client.sign_in(me())).unwrap();
    fetch(&set).unwrap();
    let last = asked(&set, "r.example").pop().unwrap();
    assert_eq!(
        last,
        format!("GET https://r.example/v2/app/manifests/1 {BASIC}")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_07_a_wrong_password_is_said_and_forgotten() {
    for registry in [takes_basic(), takes_tokens()] {
        let set = set_of(registry, "r.example", PAGE);
        let wrong = Credentials::password("me", "hunter2");
        let error = run(set.client.sign_in(wrong)).unwrap_err();
        assert!(
            matches!(
                error,
                Error::LoginNeeded {
                    signed_in: true,
                    ..
                }
            ),
            "{error}"
        );
        let told = format!("{error} {error:?}");
        assert!(
            !told.contains("hunter2") && told.contains("the password is wrong"),
            "{told}"
        );
        // It is not tried again without the user's knowledge.
        assert!(matches!(
            fetch(&set).unwrap_err(),
            Error::LoginNeeded {
                signed_in: false,
                ..
            }
        ));
        run(set.client.sign_in(me())).unwrap();
        fetch(&set).unwrap();
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_07_a_password_that_nobody_typed_is_named_by_its_keeper() {
    let mut set = native(takes_basic());
    let stale = Credentials::password("me", "stale");
    let keeper = "/home/me/auth.json keeps for \"r.example\"".to_owned();
    set.client = set.client.with_kept_credentials(stale, keeper);
    let error = fetch(&set).unwrap_err().to_string();
    assert_eq!(
        error,
        "r.example/app:1 is refused: the login that /home/me/auth.json keeps for \"r.example\" is wrong or out of date, or it does not suffice for it"
    );
    // Typed credentials replace it.
    let typed = run(set.client.sign_in(Credentials::password("me", "typo"))).unwrap_err();
    assert!(
        typed.to_string().contains("the password is wrong"),
        "{typed}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn br_02_a_password_goes_even_where_the_challenge_is_hidden() {
    let registry = Registry {
        hides_headers: true,
        ..takes_basic()
    };
    let set = set_of(registry, "r.example", PAGE);
    run(set.client.sign_in(me())).unwrap();
    fetch(&set).unwrap();
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_04_rp_07_a_token_is_got_for_the_password() {
    let set = native(takes_tokens());
    run(set.client.sign_in(me())).unwrap();
    fetch(&set).unwrap();
    assert_eq!(
        asked(&set, "auth.example"),
        [
            format!("GET https://auth.example/token?service=r.example {BASIC}"),
            format!(
                "GET https://auth.example/token?service=r.example&scope=repository:app:pull {BASIC}"
            ),
        ],
        "least scope"
    );
    assert!(
        asked(&set, "r.example")
            .iter()
            .all(|line| !line.contains("Basic")),
        "the registry sees tokens alone"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_08_a_page_sends_a_form_which_costs_no_preflight_and_falls_back() {
    let set = set_of(takes_tokens(), "r.example", PAGE);
    run(set.client.sign_in(me())).unwrap();
    assert_eq!(
        asked(&set, "auth.example"),
        ["POST https://auth.example/token"]
    );
    let refuses = Registry {
        token_form: None,
        ..takes_tokens()
    };
    let ignores = Registry {
        ignores_forms: true,
        ..takes_tokens()
    };
    for registry in [refuses, ignores] {
        let set = set_of(registry, "r.example", PAGE);
        run(set.client.sign_in(me())).unwrap();
        assert_eq!(
            asked(&set, "auth.example"),
            [
                "POST https://auth.example/token".to_owned(),
                format!("GET https://auth.example/token?service=r.example {BASIC}"),
            ]
        );
        for request in set.transport.asked() {
            assert!(!request.url.contains("secret") && !format!("{request:?}").contains("secret"));
            let carries_form = request.method == Method::Post;
            assert_eq!(!request.body.is_empty(), carries_form, "{request:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_08_an_identity_token_is_sent_as_a_form_and_a_registry_token_as_it_is() {
    let registry = Registry {
        token_form: Some("grant_type=refresh_token&refresh_token=t1"),
        ..takes_tokens()
    };
    let set = native(registry);
    run(set
        .client
        .sign_in(Credentials::IdentityToken(Secret::new("t1"))))
    .unwrap();
    fetch(&set).unwrap();
    let set = native(takes_tokens());
    let given = Credentials::RegistryToken(Secret::new("given"));
    let error = run(set.client.sign_in(given)).unwrap_err();
    assert!(
        matches!(error, Error::LoginNeeded { .. }),
        "nobody knows it: {error}"
    );
    assert!(
        asked(&set, "r.example")
            .iter()
            .any(|line| line.ends_with("Bearer given"))
    );
    assert!(
        asked(&set, "auth.example").is_empty(),
        "it goes to the registry alone"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_07_a_password_goes_to_no_other_host() {
    // A realm on http, of a registry on http: a password is sent only to the same host.
    let registry = Registry {
        challenge: Some(r#"Bearer realm="http://auth.example/token""#),
        token_password: Some(BASIC),
        ..Registry::default()
    };
    let set = set_of(registry, "http://r.example", Asker::Native);
    let error = run(set.client.sign_in(me())).unwrap_err().to_string();
    assert!(error.contains("a password may not be sent"), "{error}");
    assert!(
        set.transport
            .asked()
            .iter()
            .all(|r| !r.url.contains("auth.example"))
    );

    // A realm on http, of a registry on https.
    let registry = Registry {
        challenge: Some(r#"Bearer realm="http://auth.example/token""#),
        ..takes_tokens()
    };
    let set = native(registry);
    let error = run(set.client.sign_in(me())).unwrap_err().to_string();
    assert!(error.contains("names a token server on http"), "{error}");
    assert!(
        set.transport
            .asked()
            .iter()
            .all(|r| !r.url.contains("auth.example"))
    );

    // A blob store that the registry redirects to.
    let registry = Registry {
        redirects: true,
        ..takes_basic()
    };
    let set = native(registry);
    run(set.client.sign_in(me())).unwrap();
    let digest = set.registry.put_blob("app", b"0123456789");
    let blob = run(set.client.blob("app", &digest, Some(10))).unwrap();
    run(blob.read_at(0, 10)).unwrap();
    run(blob.read_at(3, 2)).unwrap();
    for line in asked(&set, "store.example") {
        assert!(!line.contains("Basic"), "{line}");
    }
    assert!(!asked(&set, "store.example").is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_07_a_password_follows_no_redirect() {
    let set = native(takes_tokens());
    run(set.client.connect()).unwrap();
    let challenge = (401, "WWW-Authenticate", BEARER);
    let elsewhere = (307, "Location", "https://evil.example/token");
    set.registry
        .faults
        .borrow_mut()
        .extend([challenge, elsewhere]);
    let error = run(set.client.sign_in(me())).unwrap_err().to_string();
    assert!(error.contains("goes to no other address"), "{error}");
    assert!(asked(&set, "evil.example").is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_07_a_password_is_not_sent_in_the_clear_by_mistake() {
    let silent = || Registry {
        silent_scheme: Some("https"),
        ..takes_basic()
    };
    let with = |endpoint| {
        let set = set_of(silent(), endpoint, Asker::Native);
        let client = set.client.with_credentials(me());
        (run(client.connect()), set.transport)
    };
    // An attacker who blocks https does not get the password over http.
    let (outcome, transport) = with("r.example");
    assert!(outcome.is_err());
    assert!(
        transport
            .asked()
            .iter()
            .all(|r| r.url.starts_with("https://"))
    );
    // If the user types http, it is meant.
    assert!(with("http://r.example").0.is_ok());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_05_a_push_asks_for_the_scope_that_it_needs_and_mounts_with_one_more() {
    let set = native(takes_tokens());
    run(set.client.sign_in(me())).unwrap();
    let digest = set.registry.put_blob("base", b"layer");
    let bytes = run(set.client.blob("base", &digest, Some(5))).unwrap();
    let mut parcel = Parcel {
        blobs: Vec::new(),
        below: Vec::new(),
        top: lamina::image::Document::new(
            br#"{"schemaVersion":2}"#.to_vec(),
            lamina::image::MediaType::new(OCI_MANIFEST),
        ),
    };
    parcel.blobs.push(lamina::source::registry::ParcelBlob {
        what: lamina::message::Message::verbatim("layer 0"),
        digest,
        size_bytes: 5,
        bytes,
    });
    let destination = Destination {
        repository: "app".to_owned(),
        tags: vec!["1".to_owned()],
    };
    let Set {
        client, transport, ..
    } = set;
    let done = run(Push::new(Rc::new(client), parcel, destination).run(&|_| {})).unwrap();
    assert_eq!(done.n_mounted, 1);
    let tokens: Vec<String> = log(&transport)
        .into_iter()
        .filter_map(|line| {
            let (_, scopes) = line.split_once("service=r.example")?;
            Some(scopes.split(' ').next()?.to_owned())
        })
        .collect();
    assert_eq!(
        tokens,
        [
            "",
            "&scope=repository:app:pull,push",
            "&scope=repository:app:pull,push&scope=repository:base:pull",
        ],
        "one token for each scope, the destination's first"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_whose_login_ends_in_its_middle_says_so_and_is_read_after_signing_in_again() {
    let set = native(takes_basic());
    let digest = set.registry.put_blob("app", b"0123456789");
    run(set.client.sign_in(me())).unwrap();
    let blob = run(set.client.blob("app", &digest, Some(10))).unwrap();
    let read = || {
        run(async {
            let mut stream = blob.stream().await?;
            let mut bytes = Vec::new();
            loop {
                match stream.next().await {
                    Ok(Some(piece)) => bytes.extend(piece),
                    Ok(None) => return Ok(bytes),
                    Err(cause) => {
                        let what = lamina::message::Message::the_layer();
                        return Err(Error::Io { what, cause });
                    }
                }
            }
        })
    };
    assert_eq!(read().unwrap(), b"0123456789");
    // The connection breaks, and the rest is refused.
    set.registry.breaks.borrow_mut().push_back(4);
    let mut stream = run(blob.stream()).unwrap();
    assert_eq!(run(stream.next()).unwrap().unwrap(), b"0123");
    let refusal = (401, "WWW-Authenticate", "Basic realm=x");
    set.registry.faults.borrow_mut().push_back(refusal);
    let cause = run(stream.next()).unwrap_err();
    let what = lamina::message::Message::the_layer();
    let error = Error::Io { what, cause };
    assert_eq!(error.registry_to_sign_in(), Some("https://r.example"));
    let problem = lamina::protocol::Problem::from(&error);
    assert_eq!(problem.sign_in.as_deref(), Some("https://r.example"));
    assert_eq!(problem.code, lamina::protocol::ProblemCode::LoginNeeded);
    assert!(error.to_string().contains("https://r.example"), "{error}");
    run(set.client.sign_in(me())).unwrap();
    assert_eq!(read().unwrap(), b"0123456789");
}
