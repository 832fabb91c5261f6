//! Limits for the bytes, requests and pauses that a registry can cause: each with its message.

use std::cell::Cell;
use std::rc::Rc;

use lamina::bounds::{DocumentLimits, ImageLimits, Limits, RegistryLimits};
use lamina::image::Digest;
use lamina::io::{
    self, ByteStream, Headers, HttpRequest, LocalFuture, MemoryClock, MemoryTransport, Response,
};
use lamina::source::registry::{Asker, Client, Endpoint, PlatformChoice, RegistryWorld, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{OCI_INDEX, OCI_MANIFEST, Set, put_image};
use crate::support::registry::{Registry, log};
use crate::support::run;

fn set_within(registry: Registry, limits: Limits) -> Set {
    let (registry, transport) = registry.transport();
    let clock = Rc::new(MemoryClock::default());
    let world = RegistryWorld {
        transport: transport.clone(),
        clock: clock.clone(),
    };
    let endpoint = Endpoint::parse("https://r.example").unwrap();
    Set {
        client: Client::new(world, endpoint, Asker::Native, limits),
        registry,
        transport,
        clock,
    }
}

fn tag() -> Target {
    Target::Tag("1".to_owned())
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_16_pages_and_names_of_a_list() {
    let listed = |limits: Limits| {
        let registry = Registry {
            link: Some("<%>; rel=next"),
            page_names: Some(2),
            ..Registry::default()
        };
        for n in 0..9 {
            registry.put_manifest("app", &format!("t{n}"), "x", "{}");
        }
        let set = set_within(registry, limits);
        let page = run(set.client.all_tags("app")).unwrap();
        let n_requests = log(&set.transport).len() - 1;
        format!(
            "{} in {n_requests}, more: {}",
            page.items.len(),
            page.next.is_some()
        )
    };
    assert_eq!(listed(Limits::DEFAULT), "9 in 5, more: false");
    let limits = Limits {
        registry: RegistryLimits {
            pages: 3,
            ..RegistryLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    assert_eq!(listed(limits), "6 in 3, more: true");
    let limits = Limits {
        registry: RegistryLimits {
            listed_names: 4,
            ..RegistryLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    assert_eq!(listed(limits), "4 in 2, more: true");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_body_of_a_list() {
    let tags = |body: &'static str, limits: Limits| {
        let registry = Registry {
            tags_body: Some(body),
            ..Registry::default()
        };
        let set = set_within(registry, limits);
        let page = run(set.client.tags("app", None));
        page.map_or_else(|error| error.to_string(), |page| page.items.join(" "))
    };
    let what = "the list of tags of r.example/app";
    let limits = Limits {
        registry: RegistryLimits {
            answer_bytes: 20,
            ..RegistryLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let body = r#"{"tags":["a","bbbbbbbbbb"]}"#;
    assert_eq!(
        tags(body, limits),
        format!("{what} exceeds the limit of 20 bytes")
    );
    let limits = Limits {
        image: ImageLimits {
            name_bytes: 5,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    assert_eq!(tags(body, limits), "a");
    let deep: &'static str = Box::leak("[".repeat(100_000).into_boxed_str());
    assert_eq!(
        tags(deep, Limits::DEFAULT),
        format!(
            "{what} is malformed: the document holds lists and objects within each other, more than 100 levels of them"
        )
    );
    let wide: &'static str = Box::leak(format!("[{}0]", "0,".repeat(300_000)).into_boxed_str());
    assert_eq!(
        tags(wide, Limits::DEFAULT),
        format!("{what} is malformed: the document holds more than 250000 values")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_blob_whose_length_nobody_states() {
    let limits = Limits {
        registry: RegistryLimits {
            blob_bytes: 10,
            ..RegistryLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let read = |size_bytes: Option<u64>| {
        let set = set_within(Registry::default(), limits);
        let digest = set.registry.put_blob("app", b"abcdefghijklmnopqrstuvwxyz");
        run(async {
            let blob = set.client.blob("app", &digest, size_bytes).await.unwrap();
            let mut stream = blob.stream().await.unwrap();
            let mut n_bytes = 0;
            while let Some(piece) = stream.next().await.map_err(|error| error.to_string())? {
                n_bytes += piece.len();
            }
            Ok::<_, String>(n_bytes)
        })
    };
    assert_eq!(read(Some(26)), Ok(26));
    assert_eq!(
        read(None).unwrap_err(),
        "the blob exceeds the limit of 10 bytes"
    );
}

/// One byte at a time, each after a pause.
struct Trickle {
    clock: Rc<MemoryClock>,
    gap_millis: u64,
    n_left: usize,
}

impl ByteStream for Trickle {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, io::Error>> {
        self.clock.advance(self.gap_millis);
        let piece = self.n_left.checked_sub(1);
        self.n_left = piece.unwrap_or_default();
        Box::pin(std::future::ready(Ok(piece.map(|_| vec![b'a']))))
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_blob_that_trickles_is_given_up_and_one_that_sleeps_is_not() {
    let read = |gap_millis: u64, n_bytes: usize, limits: Limits| {
        let clock = Rc::new(MemoryClock::default());
        let of_body = Rc::clone(&clock);
        let transport = MemoryTransport::new(move |request: &HttpRequest| {
            let body: Box<dyn ByteStream> = match request.url.contains("/blobs/") {
                true => Box::new(Trickle {
                    clock: Rc::clone(&of_body),
                    gap_millis,
                    n_left: n_bytes,
                }),
                false => Box::new(io::VecStream::new(Vec::new())),
            };
            Ok(Response {
                status: 200,
                url: request.url.clone(),
                headers: Headers::default(),
                body,
            })
        });
        let world = RegistryWorld {
            transport: Rc::new(transport),
            clock,
        };
        let endpoint = Endpoint::parse("https://r.example").unwrap();
        let client = Client::new(world, endpoint, Asker::Native, limits);
        let digest = Digest::sha256_of(b"whatever");
        run(async {
            let size_bytes = Some(n_bytes as u64);
            let blob = client.blob("app", &digest, size_bytes).await.unwrap();
            let mut stream = blob.stream().await.unwrap();
            let mut read = 0;
            while let Some(piece) = stream.next().await.map_err(|error| error.to_string())? {
                read += piece.len();
            }
            Ok::<_, String>(read)
        })
    };
    let error = read(1_000, 10_000, Limits::DEFAULT).unwrap_err();
    assert!(
        error.contains("at less than 1024 bytes a second"),
        "{error}"
    );
    // The user can lower the rate, and a blob that is fast enough is read in full.
    let limits = Limits {
        registry: RegistryLimits {
            least_rate: 1,
            ..RegistryLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    assert_eq!(read(900, 10_000, limits), Ok(10_000));
    assert_eq!(read(0, 10_000, Limits::DEFAULT), Ok(10_000));
    // A tab that slept for an hour did not have a slow download.
    assert_eq!(read(3_600_000, 1, Limits::DEFAULT), Ok(1));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_answer_of_a_token_server() {
    let check = |body: &'static str, message: &str| {
        let registry = Registry {
            challenge: Some(r#"Bearer realm="https://auth.example/token""#),
            token_answer: Some((200, body)),
            ..Registry::default()
        };
        let set = set_within(registry, Limits::DEFAULT);
        let error = run(set.client.tags("app", None)).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("the token server https://auth.example/token {message}")
        );
    };
    let long = format!(r#"{{"token":"{}"}}"#, "a".repeat(300_000));
    check(
        Box::leak(long.into_boxed_str()),
        "exceeds the limit of 262144 bytes",
    );
    let deep = format!(r#"{{"token":"a","x":{}"#, "[".repeat(100_000));
    check(
        Box::leak(deep.into_boxed_str()),
        "is malformed: its answer is not JSON",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_28_attempts_and_pauses() {
    let asked = |faults: &[(u16, &'static str, &'static str)], limits: Limits| {
        let registry = Registry::default();
        put_image(&registry, "1", OCI_MANIFEST, "linux/amd64");
        let set = set_within(registry, limits);
        run(set.client.connect()).unwrap();
        *set.registry.faults.borrow_mut() = faults.iter().copied().collect();
        let fetched = run(set.client.manifest("app", &tag())).map(|_| "ok".to_owned());
        let outcome = fetched.unwrap_or_else(|error| error.to_string());
        (
            outcome,
            log(&set.transport).len() - 1,
            set.clock.pauses().iter().sum::<u64>(),
        )
    };
    let many = [(503, "", ""); 50];
    let (outcome, n_asked, paused) = asked(&many, Limits::DEFAULT);
    assert_eq!(outcome, "r.example/app:1: the registry answered 503");
    assert_eq!((n_asked, paused), (5, 7_500));
    let limits = Limits {
        registry: RegistryLimits {
            retries: 1,
            ..RegistryLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    assert_eq!(asked(&many, limits).1, 2);
    // A registry may demand a pause, but not of a day.
    let (outcome, n_asked, paused) = asked(&[(429, "Retry-After", "86400")], Limits::DEFAULT);
    assert!(outcome.contains("the registry answered 429"), "{outcome}");
    assert_eq!((n_asked, paused), (1, 0));
    let (outcome, _, paused) = asked(&[(429, "Retry-After", "30")], Limits::DEFAULT);
    assert_eq!((outcome.as_str(), paused), ("ok", 30_000));
}

/// Stores an index, under its digest, that names the entry `n` times.
fn put_index(set: &Set, tag: &str, entry: &str, n: usize) -> String {
    let entries = vec![entry; n].join(",");
    let index =
        format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}","manifests":[{entries}]}}"#);
    let digest = set.registry.put_manifest("app", tag, OCI_INDEX, &index);
    format!(
        r#"{{"mediaType":"{OCI_INDEX}","digest":"{digest}","size":{}}}"#,
        index.len()
    )
}

fn image_entry(set: &Set) -> String {
    let manifest = put_image(&set.registry, "image", OCI_MANIFEST, "linux/amd64");
    let digest = Digest::sha256_of(manifest.as_bytes());
    format!(
        r#"{{"mediaType":"{OCI_MANIFEST}","digest":"{digest}","size":{}}}"#,
        manifest.len()
    )
}

/// Opens the tag `top`. Returns the codes of its warnings, the number of platforms and the number of requests.
fn open(set: &Set) -> (String, usize, usize) {
    let opened = run(set.client.open("app", &tag(), &PlatformChoice::Usual)).unwrap();
    let mut codes: Vec<_> = opened
        .image
        .warnings
        .iter()
        .map(|w| w.code().to_owned())
        .collect();
    codes.dedup();
    (
        codes.join(" "),
        opened.platforms.len(),
        log(&set.transport).len(),
    )
}

#[wasm_bindgen_test(unsupported = test)]
fn af_27_an_index_that_fans_out_to_a_billion() {
    let set = set_within(Registry::default(), Limits::DEFAULT);
    // An image in the first position, so that there is something to open.
    let image = image_entry(&set);
    let mut below = image.clone();
    for level in 0..16 {
        below = put_index(&set, &format!("level{level}"), &below, 4);
    }
    put_index(&set, "1", &format!("{image},{below}"), 1);
    let (codes, n_platforms, n_requests) = open(&set);
    assert_eq!(codes, "too-many-documents");
    assert!(
        n_platforms <= 2_000 && n_requests < 2_100,
        "{n_platforms} {n_requests}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn af_27_levels_entries_and_bytes_below_an_index() {
    let within = |limits: Limits, n_levels: usize, n_entries: usize| {
        let set = set_within(Registry::default(), limits);
        let image = image_entry(&set);
        let mut below = put_index(&set, "below", &image, n_entries);
        for level in 0..n_levels {
            below = put_index(&set, &format!("level{level}"), &below, 1);
        }
        put_index(&set, "1", &format!("{image},{below}"), 1);
        let (codes, n_platforms, _) = open(&set);
        (codes, n_platforms)
    };
    assert_eq!(within(Limits::DEFAULT, 15, 1), (String::new(), 2));
    let deep = (String::from("too-many-indexes"), 1);
    assert_eq!(within(Limits::DEFAULT, 16, 1), deep);
    let (codes, n_platforms) = within(Limits::DEFAULT, 0, 5_000);
    assert_eq!((codes.as_str(), n_platforms), ("too-many-documents", 1_999));
    let limits = Limits {
        documents: DocumentLimits {
            documents_bytes: 1_000,
            ..DocumentLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    assert_eq!(within(limits, 10, 1), deep);
}

#[wasm_bindgen_test(unsupported = test)]
fn layers_of_a_manifest() {
    let set = set_within(Registry::default(), Limits::DEFAULT);
    let layer = format!(r#"{{"digest":"{}"}}"#, Digest::sha256_of(b""));
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{layer},"layers":[{layer}{}]}}"#,
        format!(",{layer}").repeat(99_999)
    );
    set.registry
        .put_manifest("app", "1", OCI_MANIFEST, &manifest);
    let error = run(set.client.open("app", &tag(), &PlatformChoice::Usual)).err();
    assert_eq!(
        error.map(|error| error.to_string()).as_deref(),
        Some("r.example/app:1 exceeds the limit of 1000 layers")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn warnings_that_a_registry_sends_along() {
    let n = Rc::new(Cell::new(0));
    let counted = Rc::clone(&n);
    let transport = lamina::io::MemoryTransport::new(move |request: &lamina::io::HttpRequest| {
        counted.set(counted.get() + 1);
        let mut headers = lamina::io::Headers::default();
        for at in 0..100 {
            let text = "w".repeat(300);
            headers.add(
                "Warning",
                format!("299 - \"{} {at} {text}\"", counted.get()),
            );
        }
        Ok(lamina::io::Response {
            status: 200,
            headers,
            url: request.url.clone(),
            body: Box::new(lamina::io::VecStream::new(vec![br#"{"tags":[]}"#.to_vec()])),
        })
    });
    let world = RegistryWorld {
        transport: Rc::new(transport),
        clock: Rc::new(MemoryClock::default()),
    };
    let endpoint = Endpoint::parse("https://r.example").unwrap();
    let client = Client::new(world, endpoint, Asker::Native, Limits::DEFAULT);
    for _ in 0..10 {
        run(client.tags("app", None)).unwrap();
    }
    let warnings = client.warnings();
    assert_eq!((n.get(), warnings.len()), (11, 200));
    assert!(
        warnings
            .iter()
            .all(|warning| warning.message().len() <= 300)
    );
}
