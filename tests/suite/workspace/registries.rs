//! Opening registries, repositories and images by address.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use lamina::io::{self, ByteStream, LocalFuture, Response, Transport};
use lamina::protocol::{
    Answer, ImageView, LayerState, OpenedAddress, PlatformChoice, ProblemCode, Request, RequestId,
    ask,
};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::registry::Registry;
use crate::support::tar_of;

use super::world::Asked;

/// Returns the transport to a registry with one image of one layer.
fn transport() -> Rc<dyn Transport> {
    let registry = Registry::default();
    let layer = tar_of("etc/\netc/hosts = here");
    let layer_digest = registry.put_blob("demo/app", &layer);
    let config = json!({
        "architecture": "amd64", "os": "linux", "author": "Ada",
        "rootfs": {"type": "layers", "diff_ids": [layer_digest.to_string()]},
        "history": [{"created_by": "/bin/sh -c #(nop) ADD file:1 in / ", "comment": "the base"}],
    })
    .to_string();
    let config_digest = registry.put_blob("demo/app", config.as_bytes());
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "digest": config_digest.to_string(), "size": config.len(),
        },
        "layers": [{
            "mediaType": "application/vnd.docker.image.rootfs.diff.tar",
            "digest": layer_digest.to_string(), "size": layer.len(),
        }],
    });
    registry.put_manifest(
        "demo/app",
        "1.0",
        "application/vnd.docker.distribution.manifest.v2+json",
        &manifest.to_string(),
    );
    registry.transport().1
}

fn asked() -> Asked {
    Asked::new(Some(transport()))
}

fn open(asked: &Asked, text: &str) -> Result<OpenedAddress, ProblemCode> {
    let request = Request::OpenAddress(ask::OpenAddress {
        text: text.to_owned(),
        platform: PlatformChoice::Usual,
        by_link: false,
    });
    match asked.ask(request) {
        Ok(served) => match served.answer {
            Answer::Address(opened) => Ok(opened),
            other => panic!("an address was asked for: {other:?}"),
        },
        Err(problem) => Err(problem.code),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_registry_opens_from_the_catalog_down() {
    let asked = asked();
    let Ok(OpenedAddress::Registry(registry)) = open(&asked, "https://r.example") else {
        panic!("no registry");
    };
    assert_eq!(registry.catalog.repositories, ["demo/app"]);
    let tags = Request::Tags(ask::Tags {
        registry: registry.url.clone(),
        repository: "demo/app".to_owned(),
        cursor: None,
    });
    let Answer::Tags(tags) = asked.ask(tags).unwrap().answer else {
        panic!("no tags");
    };
    assert_eq!(tags.tags, ["1.0"]);
    let Ok(OpenedAddress::Image(image)) = open(&asked, &format!("{}/demo/app:1.0", registry.url))
    else {
        panic!("no image");
    };
    assert_eq!(image.author, "Ada");
    assert_eq!(image.comment, "the base");
    assert_eq!(image.layers[0].command, "ADD file:1 in /");
    let read = asked.read(image.key);
    assert_eq!((read.n_layers_ready, read.n_entries), (1, 2));
    let address = read.address.unwrap();
    let Ok(OpenedAddress::Image(again)) = open(&asked, &address) else {
        panic!("{address} does not open again");
    };
    assert_eq!(again.image_id, read.image_id);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_opened_says_why() {
    let asked = asked();
    assert_eq!(open(&asked, "alpine:3").err(), Some(ProblemCode::DockerHub));
    assert_eq!(
        open(&asked, "https://user:pw@r.example").err(),
        Some(ProblemCode::BadAddress)
    );
    assert_eq!(
        open(&asked, "https://r.example/demo/app:2").err(),
        Some(ProblemCode::NotFound)
    );
}

/// For a registry without a scheme, an https page tries https only. It then says that
/// the registry may only speak http.
#[wasm_bindgen_test(unsupported = test)]
fn br_03_a_secure_page_says_that_it_could_not_try_http() {
    let registry = Registry {
        silent_scheme: Some("https"),
        ..Registry::default()
    };
    let transport: Rc<dyn Transport> = registry.transport().1;
    let asked = Asked::new(Some(transport));
    asked.page_is_https.set(true);
    for (text, code) in [
        ("r.example/demo/app:1", ProblemCode::HttpsUnreachable),
        ("https://r.example/demo/app:1", ProblemCode::Unreachable),
        ("http://r.example/demo/app:1", ProblemCode::MixedContent),
    ] {
        assert_eq!(open(&asked, text).err(), Some(code), "{text}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_list_goes_on_in_a_worker_that_was_started_anew() {
    let tags = |asked: &Asked, cursor: Option<String>| {
        let request = Request::Tags(ask::Tags {
            registry: "https://r.example".to_owned(),
            repository: "demo/app".to_owned(),
            cursor,
        });
        match asked.ask(request).map(|served| served.answer) {
            Ok(Answer::Tags(page)) => Ok((page.tags, page.cursor)),
            Ok(other) => panic!("tags were asked for: {other:?}"),
            Err(problem) => Err(problem.code),
        }
    };
    let registry = || {
        let registry = Registry {
            page_names: Some(2),
            link: Some("<%>;rel=next"),
            ..Registry::default()
        };
        for tag in ["a", "b", "c"] {
            registry.put_manifest("demo/app", tag, "application/json", "{}");
        }
        let transport: Rc<dyn Transport> = registry.transport().1;
        Asked::new(Some(transport))
    };
    let (first, cursor) = tags(&registry(), None).unwrap();
    assert_eq!(first, ["a", "b"]);
    let (second, _) = tags(&registry(), cursor).unwrap();
    assert_eq!(second, ["c"]);
    let made_up = tags(&registry(), Some("7".to_owned()));
    assert_eq!(made_up.unwrap_err(), ProblemCode::BadAddress);
}

/// A registry whose response bodies stall while `is_silent`, and that does not respond while `is_gone`.
struct Stalling {
    inner: Rc<dyn Transport>,
    is_silent: Cell<bool>,
    is_gone: Cell<bool>,
}

impl Stalling {
    fn new() -> Rc<Stalling> {
        Rc::new(Stalling {
            inner: transport(),
            is_silent: Cell::new(false),
            is_gone: Cell::new(false),
        })
    }

    /// Opens the image, and reads no layer.
    fn open(self: &Rc<Self>) -> (Asked, ImageView) {
        let transport: Rc<dyn Transport> = Rc::clone(self) as _;
        let asked = Asked::new(Some(transport));
        match open(&asked, "https://r.example/demo/app:1.0") {
            Ok(OpenedAddress::Image(image)) => (asked, image),
            other => panic!("no image: {other:?}"),
        }
    }
}

impl Transport for Stalling {
    fn exchange(&self, request: io::HttpRequest) -> LocalFuture<'_, Result<Response, io::Error>> {
        Box::pin(async move {
            if self.is_gone.get() {
                return Err(io::Error::new(
                    io::ErrorKind::Unreachable,
                    lamina::message::Message::verbatim("no answer"),
                ));
            }
            let mut response = self.inner.exchange(request).await?;
            if self.is_silent.get() {
                response.body = Box::new(Silence);
            }
            Ok(response)
        })
    }
}

struct Silence;

impl ByteStream for Silence {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, io::Error>> {
        Box::pin(std::future::pending())
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn reading_from_a_host_that_fell_silent_can_be_cancelled() {
    let stalling = Stalling::new();
    let (asked, image) = stalling.open();
    stalling.is_silent.set(true);
    let request = Request::ReadLayers(ask::ReadLayers { image: image.key });
    let mut reading = pin!(asked.session.serve(RequestId(7), request, Vec::new()));
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    assert!(reading.as_mut().poll(&mut context).is_pending());
    let request = RequestId(7);
    asked.ask(Request::Cancel(ask::Cancel { request })).unwrap();
    assert!(woken.0.load(Ordering::Relaxed));
    let Poll::Ready(Err(problem)) = reading.as_mut().poll(&mut context) else {
        panic!("it goes on");
    };
    assert_eq!(problem.code, ProblemCode::Cancelled);
    stalling.is_silent.set(false);
    let image = asked.read(image.key);
    assert_eq!(image.n_layers_ready, 1, "it can be begun again");
}

#[wasm_bindgen_test(unsupported = test)]
fn closing_an_image_ends_its_reading_from_a_silent_host() {
    let stalling = Stalling::new();
    let (asked, image) = stalling.open();
    stalling.is_silent.set(true);
    let request = Request::ReadLayers(ask::ReadLayers { image: image.key });
    let mut reading = pin!(asked.session.serve(RequestId(7), request, Vec::new()));
    let mut context = Context::from_waker(Waker::noop());
    assert!(reading.as_mut().poll(&mut context).is_pending());
    asked
        .ask(Request::Close(ask::Close { image: image.key }))
        .unwrap();
    assert!(reading.as_mut().poll(&mut context).is_ready());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_cannot_be_read_again_stays_as_it_was_read() {
    let stalling = Stalling::new();
    let (asked, image) = stalling.open();
    asked.read(image.key);
    stalling.is_gone.set(true);
    let again = Request::ReadLayerAgain(ask::ReadLayerAgain {
        image: image.key,
        layer: 0,
    });
    let problem = asked.ask(again).err().expect("nobody answers");
    assert_eq!(problem.code, ProblemCode::Unreachable);
    let image = asked.read(image.key);
    assert!(matches!(image.layers[0].state, LayerState::Read { .. }));
    assert_eq!(asked.tree(image.key, None).n_rows, 1);
}
