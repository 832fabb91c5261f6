//! References as Docker parses them, and the additional forms that the page's field accepts.

use lamina::image::{Address, Error, Reference};
use wasm_bindgen_test::wasm_bindgen_test;

const D: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Checks a reference. `$D` is replaced by a digest; `parts` is `host path target`.
fn check(text: &str, full: &str, familiar: &str, parts: &str) {
    let fill = |text: &str| text.replace("$D", D);
    let reference = Reference::parse(&fill(text)).unwrap();
    assert_eq!(reference.to_string(), fill(full), "from {text:?}");
    assert_eq!(reference.familiar(), fill(familiar), "from {text:?}");
    let repository = reference.repository();
    let actual = format!(
        "{} {} {}",
        repository.host(),
        repository.path(),
        reference.target()
    );
    assert_eq!(actual, fill(parts), "from {text:?}");
    assert_eq!(
        Reference::parse(&reference.to_string()).as_ref(),
        Ok(&reference)
    );
    assert_eq!(
        Reference::parse(&reference.familiar()).as_ref(),
        Ok(&reference)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_01_names_on_docker_hub() {
    check(
        "alpine",
        "docker.io/library/alpine",
        "alpine",
        "docker.io library/alpine latest",
    );
    check(
        "alpine:3",
        "docker.io/library/alpine:3",
        "alpine:3",
        "docker.io library/alpine 3",
    );
    check("a/b:c", "docker.io/a/b:c", "a/b:c", "docker.io a/b c");
    check(
        "docker.io/alpine",
        "docker.io/library/alpine",
        "alpine",
        "docker.io library/alpine latest",
    );
    check(
        "index.docker.io/a/b",
        "docker.io/a/b",
        "a/b",
        "docker.io a/b latest",
    );
    check(
        "library/alpine",
        "docker.io/library/alpine",
        "alpine",
        "docker.io library/alpine latest",
    );
    check(
        "localhost:5000",
        "docker.io/library/localhost:5000",
        "localhost:5000",
        "docker.io library/localhost 5000",
    );
    check(
        "docker.io/library/a/b",
        "docker.io/library/a/b",
        "library/a/b",
        "docker.io library/a/b latest",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_01_names_on_other_hosts() {
    for (host, text) in [
        ("localhost", "localhost/a:1"),
        ("localhost:5000", "localhost:5000/a:1"),
        ("r.example.com", "r.example.com/a:1"),
        ("[::1]:5000", "[::1]:5000/a:1"),
        ("Upper", "Upper/a:1"),
        ("10.0.0.1", "10.0.0.1/a:1"),
    ] {
        check(text, text, text, &format!("{host} a 1"));
    }
    let deep = "r.io/a/b-c/d__e/f.g/h---i";
    check(deep, deep, deep, "r.io a/b-c/d__e/f.g/h---i latest");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_01_the_digest_wins() {
    check(
        "a@$D",
        "docker.io/library/a@$D",
        "a@$D",
        "docker.io library/a $D",
    );
    let both = "host:5000/repo:tag@$D";
    check(both, both, both, "host:5000 repo $D");
}

fn check_refused(text: &str, word: &str) {
    match Reference::parse(text) {
        Ok(reference) => panic!("{text:?} was read as {reference}"),
        Err(error) => assert!(error.to_string().contains(word), "{text:?} gave {error}"),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_01_what_docker_refuses() {
    check_refused("", "empty");
    check_refused("Alpine", "lower-case");
    check_refused("a//b", "repository name");
    check_refused("/a", "repository name");
    check_refused("a/", "repository name");
    check_refused("a___b", "repository name");
    check_refused("a..b", "repository name");
    check_refused("-a", "repository name");
    check_refused("a b", "repository name");
    check_refused("a:", "tag");
    check_refused("a:.b", "tag");
    check_refused("a:b:c", "tag");
    check_refused("a:é", "tag");
    check_refused(&format!("a:{}", "t".repeat(129)), "tag");
    check_refused("a@sha256:abc", "digest");
    check_refused("a@b", "digest");
    check_refused(&"a".repeat(64), "image ID");
    check_refused(&format!("r.io/{}", "n".repeat(256)), "255");
    check_refused(&"n".repeat(248), "255");
    check_refused("host:99999/a", "port");
    check_refused("ho_st.x/a", "host name");
    check_refused("https://a.b/c", "port");
    assert!(Reference::parse(&format!("a:{}", "t".repeat(128))).is_ok());
    assert!(Reference::parse(&format!("r.io/{}", "n".repeat(255))).is_ok());
    // The length includes the implied `library/`.
    assert!(Reference::parse(&"n".repeat(247)).is_ok());
}

/// Checks an address. `expected` is the kind and the text of the address, and after `|` those of the other reading.
fn check_address(text: &str, expected: &str) {
    let fill = |text: &str| text.replace("$D", D);
    let parsed = Address::parse(&fill(text)).unwrap_or_else(|e| panic!("{text:?}: {e}"));
    let word = |address: &Address| {
        let kind = match address {
            Address::Registry { .. } => "registry",
            Address::Repository { .. } => "repository",
            Address::Image { .. } => "image",
        };
        format!("{kind} {address}")
    };
    let other = parsed.other_reading.as_ref();
    let other = other.map_or(String::new(), |other| format!(" | {}", word(other)));
    assert_eq!(
        word(&parsed.address) + &other,
        fill(expected),
        "from {text:?}"
    );
    for address in [Some(&parsed.address), parsed.other_reading.as_ref()]
        .into_iter()
        .flatten()
    {
        let again = Address::parse(&address.to_string()).map(|p| (p.address, p.other_reading));
        let (again, other) = again.unwrap();
        assert!(
            again == *address || other.as_ref() == Some(address),
            "{address} is read as {again}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn address_of_a_registry() {
    check_address(
        "localhost:5000",
        "registry localhost:5000 | image docker.io/library/localhost:5000",
    );
    check_address(
        "registry.example.com:443",
        "registry registry.example.com:443 | image docker.io/library/registry.example.com:443",
    );
    check_address(
        "ghcr.io",
        "registry ghcr.io | repository docker.io/library/ghcr.io",
    );
    check_address(
        "localhost",
        "registry localhost | repository docker.io/library/localhost",
    );
    check_address(
        "localhost/",
        "registry localhost | repository docker.io/library/localhost",
    );
    check_address("[::1]:5000", "registry [::1]:5000");
    check_address("127.0.0.1:5000/", "registry 127.0.0.1:5000");
    check_address("127.0.0.1:5000", "registry 127.0.0.1:5000");
    check_address(
        "myhost:5000/",
        "registry myhost:5000/ | image docker.io/library/myhost:5000",
    );
    check_address(
        "myhost:5000",
        "image docker.io/library/myhost:5000 | registry myhost:5000/",
    );
    check_address("localhost:5000/v2/", "registry localhost:5000");
    check_address("Host/v2/", "registry Host/");
    check_address("Host/", "registry Host/");
    check_address("localhost:5000/v2/_catalog", "registry localhost:5000");
    check_address("https://host:5000/v2/", "registry https://host:5000");
    check_address("HTTP://localhost:5000//", "registry http://localhost:5000");
    check_address("https://myhost", "registry https://myhost:443");
    check_address(
        "  https://r.example.com/v2/_catalog?n=5#x ",
        "registry https://r.example.com",
    );
    check_address(
        "oci://r.example.com",
        "registry r.example.com | repository docker.io/library/r.example.com",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn address_of_a_repository() {
    check_address("alpine", "repository docker.io/library/alpine");
    check_address("alpine/", "repository docker.io/library/alpine");
    check_address("a/b/", "repository docker.io/a/b");
    check_address("localhost:5000/a/b", "repository localhost:5000/a/b");
    check_address("https://host/a/b/", "repository https://host:443/a/b");
    check_address(
        "http://localhost:5000/v2/a/b/tags/list?n=9",
        "repository http://localhost:5000/a/b",
    );
    check_address(
        &"https://r.io/v2/a/blobs/$D".replace("$D", D),
        "repository https://r.io/a",
    );
    check_address(
        "https://hub.docker.com/_/alpine",
        "repository https://docker.io/library/alpine",
    );
    check_address("hub.docker.com/r/a/b/tags", "repository docker.io/a/b");
    check_address(
        "https://quay.io/repository/a/b?tab=tags",
        "repository https://quay.io/a/b",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn address_of_an_image() {
    check_address("alpine:3", "image docker.io/library/alpine:3");
    check_address("alpine:3@$D", "image docker.io/library/alpine:3@$D");
    check_address("alpine@$D", "image docker.io/library/alpine@$D");
    check_address("localhost:70000", "image docker.io/library/localhost:70000");
    check_address("node.js:latest", "image docker.io/library/node.js:latest");
    check_address("localhost:5000/a:1", "image localhost:5000/a:1");
    check_address("https://r.io/a/b:1", "image https://r.io/a/b:1");
    check_address("docker://r.io/a@$D", "image r.io/a@$D");
    check_address("oci://r.io/charts/a:1.2", "image r.io/charts/a:1.2");
    check_address("docker pull alpine:3", "image docker.io/library/alpine:3");
    check_address("$ sudo docker image pull -q r.io/a:1", "image r.io/a:1");
    check_address(
        "https://r.io/v2/a/b/manifests/1",
        "image https://r.io/a/b:1",
    );
    check_address(
        "https://r.io/v2/a/b/manifests/$D",
        "image https://r.io/a/b@$D",
    );
    check_address("r.io/v2/app:1", "image r.io/v2/app:1");
}

#[wasm_bindgen_test(unsupported = test)]
fn address_on_docker_hub() {
    let is_hub = |text: &str| Address::parse(text).unwrap().address.is_docker_hub();
    for text in [
        "alpine",
        "alpine:3",
        "a/b",
        "docker.io",
        "index.docker.io/a/b",
        "registry-1.docker.io/library/alpine:3",
        "https://hub.docker.com/_/alpine",
        "https://registry-1.docker.io/v2/",
    ] {
        assert!(is_hub(text), "{text:?}");
    }
    for text in ["localhost:5000", "ghcr.io/a/b", "docker.io.example.com/a"] {
        assert!(!is_hub(text), "{text:?}");
    }
    let api = Address::parse("alpine").unwrap().address;
    assert_eq!(api.host().api_host(), "registry-1.docker.io");
}

#[wasm_bindgen_test(unsupported = test)]
fn address_refused() {
    for text in [
        "",
        " ",
        "/",
        "https://",
        "https:///a",
        "ftp://a.b",
        "Alpine",
        "a b",
        "https://a:b:c/",
        "..",
        "<b>x</b>",
    ] {
        assert!(Address::parse(text).is_err(), "{text:?} was accepted");
    }
    for text in [
        "https://ann:secret@r.io/a",
        "ann:secret@r.io",
        "ann:secret@r.io:5000/a",
        "ann@r.io/a",
        "https://secret@r.io",
    ] {
        let error = Address::parse(text).unwrap_err();
        assert_eq!(error, Error::CredentialsInAddress, "{text:?}");
        assert!(!error.to_string().contains("secret"));
    }
    let long = "a/".repeat(100_000);
    assert!(Address::parse(&long).unwrap_err().to_string().len() < 1_000);
}

/// Names that look like API paths or web pages are printed in a form that is parsed as a name again.
#[wasm_bindgen_test(unsupported = test)]
fn address_of_a_mistakable_name() {
    for (text, path) in [
        ("https://r.io/v2/v2/a/blobs/b/tags/list", "v2/a/blobs/b"),
        ("r.io/v2/v2/tags/list", "v2"),
        (
            "https://r.io/v2/v2/a/manifests/b/manifests/1",
            "v2/a/manifests/b",
        ),
        ("https://r.io/v2/v2/a/blobs/b/manifests/$D", "v2/a/blobs/b"),
        (
            "https://r.io/v2/v2/a/blobs/b:1/manifests/$D",
            "v2/a/blobs/b",
        ),
        ("https://hub.docker.com/v2/r/a/b/tags/list", "r/a/b"),
        (
            "https://quay.io/v2/repository/a/b/manifests/1",
            "repository/a/b",
        ),
    ] {
        let text = text.replace("$D", D);
        let address = Address::parse(&text).unwrap().address;
        let repository = match &address {
            Address::Repository { repository, .. } => repository,
            Address::Image { reference, .. } => reference.repository(),
            Address::Registry { .. } => panic!("{text} is a registry"),
        };
        assert_eq!(repository.path(), path, "from {text}");
        assert_eq!(address.to_string(), text);
    }
}
