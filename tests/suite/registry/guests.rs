//! A redirect to a host that demands a token of its own: the token is fetched anonymously, for that host alone.

use lamina::image::Digest;
use lamina::io::HttpRequest;
use lamina::source::registry::{Asker, Credentials};
use wasm_bindgen_test::wasm_bindgen_test;

use super::hosts::{LAYER, Says, asking, says};

const CHALLENGE: &str = r#"Bearer realm="https://login.example/token",service="store",scope="repository:deep/app:pull,push""#;

/// Returns the responses of a registry that demands a password. It redirects blobs to a
/// store, which answers by `store`.
fn world(
    store: impl Fn(&HttpRequest) -> Says + 'static,
    token: impl Fn(&HttpRequest) -> Says + 'static,
) -> impl Fn(&HttpRequest) -> Says {
    move |request: &HttpRequest| {
        let url = request.url.as_str();
        if url.starts_with("https://store.example/") {
            store(request)
        } else if url.starts_with("https://login.example/") {
            token(request)
        } else if url.starts_with("https://cdn.example/") {
            says(200, "layer")
        } else if request.headers.get("authorization").is_none() {
            says(401, "").with("WWW-Authenticate", "Basic realm=x")
        } else if url.ends_with("/v2/") {
            says(200, "")
        } else {
            says(307, "").with("Location", "https://store.example/deep")
        }
    }
}

fn read(answer: impl Fn(&HttpRequest) -> Says + 'static) -> (Result<Vec<u8>, String>, Vec<String>) {
    asking("https://r.example", Asker::Native, answer, async |client| {
        client
            .sign_in(Credentials::password("me", "secret"))
            .await?;
        let blob = client
            .blob("app", &Digest::sha256_of(LAYER), Some(5))
            .await?;
        blob.read_at(0, 2).await?;
        blob.read_at(0, 5).await
    })
}

/// A store that demands the token `guest`.
fn guarded(request: &HttpRequest) -> Says {
    match request.headers.get("authorization") {
        Some("Bearer guest") => says(200, "layer"),
        _ => says(401, "").with("WWW-Authenticate", CHALLENGE),
    }
}

fn gives(_: &HttpRequest) -> Says {
    says(200, r#"{"token":"guest"}"#)
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_13_a_store_with_a_challenge_of_its_own_is_read_without_a_name() {
    let (bytes, asked) = read(world(guarded, gives));
    assert_eq!(bytes.as_deref(), Ok(LAYER));
    let of = |host: &str| -> Vec<&str> {
        let start = format!("https://{host}/");
        asked
            .iter()
            .map(String::as_str)
            .filter(|line| line.starts_with(&start))
            .collect()
    };
    // Scopes in the challenge beyond pulling are not requested, and no password is sent there.
    assert_eq!(
        of("login.example"),
        ["https://login.example/token?service=store&scope=repository:deep/app:pull"]
    );
    assert_eq!(
        of("store.example"),
        [
            "https://store.example/deep",
            "https://store.example/deep Bearer guest",
            "https://store.example/deep Bearer guest",
        ],
        "the token is kept"
    );
    assert!(of("r.example").iter().all(|line| !line.contains("Bearer")));
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_13_the_token_of_a_store_goes_no_further() {
    let onward = |request: &HttpRequest| match guarded(request) {
        refused if request.headers.get("authorization").is_none() => refused,
        _ => says(302, "").with("Location", "https://cdn.example/blob"),
    };
    let (bytes, asked) = read(world(onward, gives));
    assert_eq!(bytes.as_deref(), Ok(LAYER));
    let at_cdn = asked.iter().filter(|line| line.contains("cdn.example"));
    assert!(at_cdn.clone().count() > 0);
    assert!(
        at_cdn.clone().all(|line| !line.contains("Bearer")),
        "{asked:?}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_13_a_store_that_gives_nothing_without_a_name_is_named() {
    let check = |answer: Box<dyn Fn(&HttpRequest) -> Says>| {
        let (bytes, asked) = read(answer);
        let error = bytes.unwrap_err();
        assert!(
            error.contains("store.example") && error.contains("a login of its own"),
            "{error}"
        );
        assert!(!error.contains("secret"), "{error}");
        let elsewhere = asked
            .iter()
            .filter(|line| !line.starts_with("https://r.example/"));
        assert!(
            elsewhere.clone().all(|line| !line.contains("Basic")),
            "{asked:?}"
        );
        assert!(asked.len() < 12, "it ends: {asked:?}");
    };
    let asks = |challenge: &'static str| {
        move |_: &HttpRequest| says(401, "").with("WWW-Authenticate", challenge)
    };
    check(Box::new(world(asks("Basic realm=store"), gives)));
    check(Box::new(world(asks("Negotiate"), gives)));
    check(Box::new(world(|_| says(401, ""), gives)));
    check(Box::new(world(guarded, |_| says(401, ""))));
    check(Box::new(world(guarded, |_| says(403, ""))));
    // A token that is refused, and a token server that must not be contacted.
    check(Box::new(world(asks(CHALLENGE), gives)));
    check(Box::new(world(
        asks(r#"Bearer realm="https://127.0.0.1/token""#),
        gives,
    )));
    check(Box::new(world(
        asks(r#"Bearer realm="http://login.example/token""#),
        gives,
    )));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_error_of_a_store_names_the_store() {
    let (bytes, _) = read(world(|_| says(400, "<Error>no</Error>"), gives));
    let error = bytes.unwrap_err();
    assert!(error.contains(" at store.example: "), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_registry_by_http_that_redirects_to_https_is_asked_there_with_its_password() {
    let answer = |request: &HttpRequest| match request.url.strip_prefix("http://r.example") {
        Some(path) => says(301, "").with("Location", &format!("https://r.example{path}")),
        None if request.headers.get("authorization").is_none() => {
            says(401, "").with("WWW-Authenticate", "Basic realm=x")
        }
        None => says(200, r#"{"tags":["1"]}"#),
    };
    let (tags, asked) = asking("http://r.example", Asker::Native, answer, async |client| {
        client
            .sign_in(Credentials::password("me", "secret"))
            .await?;
        client.tags("app", None).await
    });
    assert_eq!(tags.map(|page| page.items), Ok(vec!["1".to_owned()]));
    let by_http = asked.iter().filter(|line| line.starts_with("http://"));
    assert!(
        by_http.clone().all(|line| !line.contains("Basic")),
        "{asked:?}"
    );
}
