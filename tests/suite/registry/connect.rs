//! Finding a registry; retries and errors.

use std::collections::VecDeque;

use lamina::io::ErrorKind;
use lamina::protocol::Problem;
use lamina::source::registry::{Access, Asker, Endpoint, Target};
use lamina::source::{Deed, Error};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{PAGE, native, page, put_image, set_of};
use crate::support::registry::{Registry, log};
use crate::support::run;

fn check_connect(registry: Registry, endpoint: &str, asker: Asker, expected: &str) {
    let set = set_of(registry, endpoint, asker);
    let got = match run(set.client.connect()) {
        Ok(connection) => format!("{} {:?}", connection.base, connection.access),
        Err(error) => format!("error: {error}"),
    };
    assert_eq!(got, expected, "{endpoint} {asker:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_02_every_answer_to_the_first_request() {
    let with = |ping_status, challenge| Registry {
        ping_status,
        challenge,
        ..Registry::default()
    };
    let check = |registry, access: &str| {
        let expected = format!("https://r.example {access}");
        check_connect(registry, "r.example", PAGE, &expected);
    };
    check(with(200, None), "Open");
    check(with(404, None), "Unknown(404)");
    check(with(405, None), "Unknown(405)");
    check(
        with(0, Some(r#"Bearer realm="https://auth.example/token""#)),
        "Token",
    );
    check(with(0, Some("Basic realm=x")), "Login");
    check(with(0, Some("Negotiate")), "Login");
    check(
        Registry {
            hides_headers: true,
            ..with(0, Some("Bearer realm=x"))
        },
        "Hidden",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn https_is_tried_before_http() {
    let silent = |scheme| Registry {
        silent_scheme: Some(scheme),
        ..Registry::default()
    };
    check_connect(
        silent("http"),
        "r.example",
        Asker::Native,
        "https://r.example Open",
    );
    check_connect(
        silent("https"),
        "r.example",
        Asker::Native,
        "http://r.example Open",
    );
    check_connect(
        silent("https"),
        "r.example",
        PAGE,
        "error: https://r.example: no answer",
    );
    check_connect(
        silent("http"),
        "http://r.example",
        Asker::Native,
        "error: http://r.example: no answer",
    );
    check_connect(
        Registry::default(),
        "other.example",
        Asker::Native,
        "error: https://other.example, http://other.example: other.example does not resolve",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn br_03_mixed_content_is_refused_before_it_is_asked() {
    let set = set_of(Registry::default(), "http://r.example", PAGE);
    let error = run(set.client.connect()).unwrap_err();
    assert!(matches!(error, Error::Io { cause, .. } if cause.kind == ErrorKind::MixedContent));
    assert_eq!(log(&set.transport), Vec::<String>::new());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_33_docker_hub_is_known_before_it_is_asked() {
    let endpoint = Endpoint::parse("docker.io").unwrap();
    assert!(endpoint.host().is_docker_hub());
    assert_eq!(
        endpoint.bases(PAGE).unwrap(),
        ["https://registry-1.docker.io"]
    );
}

/// Requests a tag's manifest after `faults`, given as `status field value` and joined by semicolons.
fn check_patience(faults: &str, pauses: &[u64], expected: &str) {
    let set = native(Registry::default());
    put_image(&set.registry, "1", super::OCI_MANIFEST, "linux/amd64");
    run(set.client.connect()).unwrap();
    let fault = |text: &'static str| {
        let mut words = text.splitn(3, ' ');
        let status = words.next().unwrap().parse().unwrap();
        (
            status,
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        )
    };
    let faults: &'static str = String::leak(faults.to_owned());
    *set.registry.faults.borrow_mut() = faults.split(';').map(fault).collect::<VecDeque<_>>();
    let got = match run(set.client.manifest("app", &Target::Tag("1".into()))) {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected, "after {faults}");
    assert_eq!(set.clock.pauses(), pauses, "after {faults}");
}

/// The pause that a page counts down, derived from the pause that the registry asks for.
#[wasm_bindgen_test(unsupported = test)]
fn rp_28_a_long_pause_is_known_to_the_page() {
    for (asked, expected) in [
        (None, None),
        (Some(0), None),
        (Some(240), Some(240)),
        (Some(u64::MAX), Some(365 * 86_400)),
    ] {
        let error = Error::Refused {
            what: lamina::message::Message::verbatim("r.example/app:1"),
            status: 429,
            deed: Deed::Read,
            messages: Vec::new(),
            retry_after_seconds: asked,
        };
        let problem = Problem::from(&error);
        assert_eq!(problem.pause_seconds.map(|seconds| seconds.get()), expected);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_28_waits_as_it_is_told_and_not_for_ever() {
    check_patience("503", &[500], "ok");
    check_patience("502;500", &[500, 1_000], "ok");
    check_patience("429 Retry-After 7", &[7_000], "ok");
    check_patience("429 Retry-After 0;429", &[500, 1_000], "ok");
    check_patience(
        "503 Retry-After Wed, 01 Jan 2020 00:00:10 GMT",
        &[10_000],
        "ok",
    );
    check_patience(
        "503 Retry-After Tue, 31 Dec 2019 00:00:00 GMT",
        &[500],
        "ok",
    );
    check_patience(
        "429 Retry-After 3600",
        &[],
        "r.example/app:1: the registry answered 429: too many requests, and wants to be asked again in 3600 s",
    );
    check_patience(
        "503;503;503;503;503",
        &[500, 1_000, 2_000, 4_000],
        "r.example/app:1: the registry answered 503",
    );
    check_patience("0", &[500], "ok");
    check_patience("0;0", &[500, 1_000], "ok");
    check_patience(
        "0;0;0;0;0",
        &[500, 1_000, 2_000, 4_000],
        "r.example/app:1: no answer",
    );
    check_patience("501", &[], "r.example/app:1: the registry answered 501");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_27_rp_29_errors_say_what_may_be_meant() {
    let check = |refusal, expected: &str| {
        let set = page(Registry {
            refusal,
            ..Registry::default()
        });
        let error = run(set.client.manifest("app", &Target::Tag("1".into()))).unwrap_err();
        assert_eq!(error.to_string(), expected, "{refusal:?}");
    };
    let both = "r.example/app:1: the registry answered 404: it does not exist there, or it is private and needs a login";
    check(
        None,
        &format!("{both} (MANIFEST_UNKNOWN: manifest unknown)"),
    );
    check(Some("<html>not found</html>"), both);
    check(Some(""), both);
    check(Some(r#"{"errors":[{"code":"#), both);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_30_a_warning_is_kept_once() {
    let set = page(Registry {
        warning: Some(r#"299 - "this host goes away""#),
        ..Registry::default()
    });
    put_image(&set.registry, "1", super::DOCKER_MANIFEST, "linux/amd64");
    run(set.client.manifest("app", &Target::Tag("1".into()))).unwrap();
    let warnings: Vec<_> = set
        .client
        .warnings()
        .into_iter()
        .map(|w| w.message())
        .collect();
    assert_eq!(warnings, ["this host goes away"]);
    assert_eq!(access_of(&set), Access::Open);
}

fn access_of(set: &super::Set) -> Access {
    run(set.client.connect()).unwrap().access
}
