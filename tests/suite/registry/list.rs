//! Catalog and tags, page by page.

use lamina::source::registry::{Asker, Cursor, Listed, Page};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{PAGE, page, set_of};
use crate::support::registry::{Registry, log};
use crate::support::run;

/// Returns a registry with `n` tags `t000`, `t001`, … in `app`.
fn tagged(registry: Registry, n: usize) -> Registry {
    for i in 0..n {
        registry.put_manifest("app", &format!("t{i:03}"), "x", "{}");
    }
    registry
}

/// Lists all tags. The outcome is their number, the first and last, and the number of requests for them.
fn check_all(registry: Registry, asker: Asker, expected: &str) {
    let set = set_of(registry, "r.example", asker);
    let got = match run(set.client.all_tags("app")) {
        Ok(Page {
            items,
            next: None,
            is_cut_off,
        }) => {
            let first = items.first().map_or("-", String::as_str);
            let last = items.last().map_or("-", String::as_str);
            let n_requests = log(&set.transport).len() - 1;
            let end = if is_cut_off { ", cut off" } else { "" };
            format!("{} {first} {last} in {n_requests}{end}", items.len())
        }
        Ok(_) => "endless".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_16_follows_links_of_every_form() {
    for link in [
        "<%>; rel=\"next\"",
        "<https://r.example%>; rel=next",
        // A registry behind a proxy, unaware of TLS.
        "<http://r.example:80%>; title=\"a, b\"; rel=\"next\"",
        "</elsewhere>; rel=\"prev\", <%>; rel=\"next\"",
    ] {
        let registry = Registry {
            link: Some(link),
            page_names: Some(2),
            ..Registry::default()
        };
        check_all(tagged(registry, 5), Asker::Native, "5 t000 t004 in 3");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_16_never_follows_a_link_to_another_host() {
    let registry = Registry {
        link: Some("<https://evil.example%>; rel=\"next\""),
        page_names: Some(2),
        ..Registry::default()
    };
    check_all(tagged(registry, 5), Asker::Native, "2 t000 t001 in 1");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_16_br_01_goes_on_without_links() {
    // A page of the requested size is followed by another.
    check_all(
        tagged(Registry::default(), 2_000),
        Asker::Native,
        "2000 t000 t999 in 3",
    );
    // A limit of the registry's own, with the link hidden.
    let hidden = |page_names| Registry {
        link: Some("<%>; rel=\"next\""),
        page_names: Some(page_names),
        hides_headers: true,
        ..Registry::default()
    };
    check_all(tagged(hidden(10), 35), PAGE, "35 t000 t034 in 4");
    check_all(tagged(hidden(100), 145), PAGE, "145 t000 t144 in 2");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_16_a_repeated_page_ends_the_list() {
    // A page of the requested size may be the registry's limit; a smaller or larger one is complete.
    for (n, expected) in [
        (20, "20 t000 t019 in 1"),
        (1_000, "1000 t000 t999 in 2, cut off"),
        (1_500, "1500 t000 t999 in 2"),
    ] {
        let registry = Registry {
            ignores_paging: true,
            ..Registry::default()
        };
        check_all(tagged(registry, n), Asker::Native, expected);
    }
    let registry = Registry {
        ignores_paging: true,
        ..Registry::default()
    };
    check_all(tagged(registry, 20), PAGE, "20 t000 t019 in 2");
    // A link to its own page.
    let registry = Registry {
        link: Some("</v2/app/tags/list?n=1000>; rel=next"),
        page_names: Some(3),
        ..Registry::default()
    };
    check_all(
        tagged(registry, 7),
        Asker::Native,
        "3 t000 t002 in 1, cut off",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_16_a_smaller_number_is_asked_for_when_the_large_one_is_refused() {
    let registry = Registry {
        refuses_large_pages: true,
        page_names: Some(100),
        ..Registry::default()
    };
    check_all(tagged(registry, 101), Asker::Native, "101 t000 t100 in 3");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_16_no_tags_and_no_repository() {
    for tags_body in [
        r#"{"name":"app","tags":null}"#,
        r#"{"name":"app"}"#,
        r#"{"tags":[]}"#,
    ] {
        let registry = Registry {
            tags_body: Some(tags_body),
            ..Registry::default()
        };
        check_all(registry, Asker::Native, "0 - - in 1");
    }
    for (tags_body, reason) in [
        (r#"{"tags":7}"#, "the answer has no list of tags"),
        (
            "not JSON",
            "the answer is not JSON; the address may not be a registry's",
        ),
        ("[]", "the answer has no list of tags"),
    ] {
        let registry = Registry {
            tags_body: Some(tags_body),
            ..Registry::default()
        };
        let error = format!("the list of tags of r.example/app is malformed: {reason}");
        check_all(registry, Asker::Native, &error);
    }
    let registry = Registry {
        tags_body: Some("<html><title>Welcome</title>"),
        ..Registry::default()
    };
    check_all(
        registry,
        Asker::Native,
        "the list of tags of r.example/app: a web page answered from r.example, and no registry: \"Welcome\"",
    );
    check_all(
        Registry::default(),
        Asker::Native,
        "the list of tags of r.example/app: the registry answered 404: it does not exist there, or it is private and needs a login (MANIFEST_UNKNOWN: manifest unknown)",
    );
}

/// Opens a repository whose tag list is refused with this status and body.
fn check_tags(tags_status: u16, refusal: &'static str, expected: &str) {
    let set = page(Registry {
        tags_status,
        refusal: Some(refusal),
        ..Registry::default()
    });
    let got = match run(set.client.first_tags("app")) {
        Ok(Listed::Offered(page)) => page.items.join(" "),
        Ok(Listed::NotOffered(error)) => format!("not offered: {error}"),
        Err(error) => format!("error: {error}"),
    };
    assert!(got.starts_with(expected), "{tags_status}: {got}");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_16_a_registry_without_lists_of_tags_is_told_from_one_without_the_repository() {
    for tags_status in [403, 404, 405, 501] {
        check_tags(
            tags_status,
            "404 page not found",
            "not offered: the list of tags",
        );
    }
    let unknown = r#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#;
    check_tags(404, unknown, "error: the list of tags");
    check_tags(401, "", "error: ");
    check_tags(418, "", "error: ");
}

fn check_catalog(registry: Registry, expected: &str) {
    let set = page(registry);
    let got = match run(set.client.all_repositories()) {
        Ok(Listed::Offered(page)) => page.items.join(" "),
        Ok(Listed::NotOffered(error)) => format!("not offered: {error}"),
        Err(error) => format!("error: {error}"),
    };
    assert!(got.starts_with(expected), "{got}");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_17_a_catalog_and_none() {
    let registry = Registry {
        page_names: Some(1),
        link: Some("<%>;rel=next"),
        ..Registry::default()
    };
    for repository in ["b", "a/c", "a"] {
        registry.put_manifest(repository, "1", "x", "{}");
    }
    check_catalog(registry, "a a/c b");
    for catalog_status in [401, 403, 404, 405] {
        let registry = Registry {
            catalog_status,
            ..Registry::default()
        };
        check_catalog(
            registry,
            "not offered: the list of repositories of r.example",
        );
    }
    let registry = Registry {
        catalog_status: 418,
        ..Registry::default()
    };
    check_catalog(
        registry,
        "error: the list of repositories of r.example: the registry answered 418",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_cursor_lives_in_an_address_bar_and_leads_nowhere_else() {
    let registry = Registry {
        page_names: Some(2),
        link: Some("<%>;rel=next"),
        ..Registry::default()
    };
    let set = page(tagged(registry, 3));
    let first = run(set.client.tags("app", None)).unwrap();
    let cursor = Cursor::parse(&first.next.unwrap().to_text()).unwrap();
    let second = run(set.client.tags("app", Some(&cursor))).unwrap();
    assert_eq!(second.items, ["t002"]);
    let evil = Cursor::parse(r#"["https://evil.example/v2/app/tags/list","a","b"]"#).unwrap();
    assert!(run(set.client.tags("app", Some(&evil))).is_err());
    assert_eq!(Cursor::parse("nonsense"), None);
    for repository in ["", "a//b", "../x", "a/./b"] {
        assert!(
            run(set.client.tags(repository, None)).is_err(),
            "{repository:?}"
        );
    }
}
