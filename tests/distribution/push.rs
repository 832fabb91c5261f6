//! Pushing to CNCF distribution: blobs that are sent, skipped and mounted, lost connections, a
//! password, and a read-only registry.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use lamina::bounds::RegistryLimits;
use lamina::image::{Digest, Document, MediaType};
use lamina::io::{
    Bytes, Error, ErrorKind, HttpRequest, LocalFuture, MemoryClock, Method, Response, Transport,
};
use lamina::source::registry::{Credentials, Destination, Parcel, ParcelBlob, Push, Pushed};
use lamina::source::{self, SliceBlob};

use super::*;

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &[u8] = br#"{"architecture":"amd64","os":"linux","author":"me"}"#;

/// Slices of a megabyte: three of them, and a part.
fn limits() -> Limits {
    Limits {
        registry: RegistryLimits {
            upload_slice_bytes: 1_000_000,
            ..RegistryLimits::DEFAULT
        },
        ..Limits::DEFAULT
    }
}

fn layer() -> Vec<u8> {
    (0..3_500_000_u32).map(|at| (at % 253) as u8).collect()
}

/// Fate of a slice.
#[derive(Clone, Copy, PartialEq)]
enum Cut {
    None,
    /// The request is not sent.
    Before,
    /// The response is lost.
    After,
}

/// A transport that loses connections on demand, and that counts the bytes sent.
struct Cutting {
    inner: SocketTransport,
    cuts: RefCell<VecDeque<Cut>>,
    sent_bytes: Cell<usize>,
}

impl Transport for Cutting {
    fn exchange(&self, request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let lost = || {
                Error::new(
                    ErrorKind::Unreachable,
                    lamina::message::Message::verbatim("the connection was reset"),
                )
            };
            let cut = match request.method {
                Method::Patch => self.cuts.borrow_mut().pop_front().unwrap_or(Cut::None),
                _ => Cut::None,
            };
            if cut == Cut::Before {
                return Err(lost());
            }
            self.sent_bytes
                .set(self.sent_bytes.get() + request.body.len());
            let response = self.inner.exchange(request).await?;
            match cut {
                Cut::After => Err(lost()),
                _ => Ok(response),
            }
        })
    }
}

fn blob(what: &str, bytes: &[u8]) -> ParcelBlob {
    ParcelBlob {
        what: lamina::message::Message::verbatim(what),
        digest: Digest::sha256_of(bytes),
        size_bytes: bytes.len() as u64,
        bytes: Rc::new(SliceBlob::new(Rc::new(Bytes::new(bytes)), what)),
    }
}

fn parcel() -> Parcel {
    let layer = layer();
    let (config_digest, layer_digest) = (Digest::sha256_of(CONFIG), Digest::sha256_of(&layer));
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{OCI_MANIFEST}","config":{{"mediaType":"application/vnd.oci.image.config.v1+json","size":{},"digest":"{config_digest}"}},"layers":[{{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":{},"digest":"{layer_digest}"}}]}}"#,
        CONFIG.len(),
        layer.len()
    );
    Parcel {
        blobs: vec![blob("layer 0", &layer), blob("the config", CONFIG)],
        below: Vec::new(),
        top: Document::new(manifest.into_bytes(), MediaType::new(OCI_MANIFEST)),
    }
}

fn client_cut(server: &Server, cuts: &[Cut]) -> (Rc<Client>, Rc<Cutting>) {
    let transport = Rc::new(Cutting {
        inner: SocketTransport::default(),
        cuts: RefCell::new(cuts.iter().copied().collect()),
        sent_bytes: Cell::new(0),
    });
    let world = RegistryWorld {
        transport: transport.clone(),
        // The clock stands still, so that all slices have the same size, however fast the machine is.
        clock: Rc::new(MemoryClock::default()),
    };
    let endpoint = Endpoint::parse(&server.base).unwrap();
    let client = Client::new(world, endpoint, Asker::Native, limits());
    (Rc::new(client), transport)
}

fn push(client: &Rc<Client>, parcel: Parcel, repository: &str) -> Result<Pushed, source::Error> {
    let destination = Destination {
        repository: repository.to_owned(),
        tags: vec!["1".to_owned(), "latest".to_owned()],
    };
    pollster::block_on(Push::new(Rc::clone(client), parcel, destination).run(&|_| {}))
}

#[test]
fn rp_20_rp_21_rp_24_an_image_is_pushed_skipped_and_mounted() {
    let Some(server) = serve("push") else {
        return;
    };
    let (client, transport) = client_cut(&server, &[]);
    let parcel = parcel();
    let all_bytes = (layer().len() + CONFIG.len()) as u64;
    let done = push(&client, parcel.clone(), "team/app").unwrap();
    assert_eq!(
        (done.n_sent, done.n_existing, done.sent_bytes),
        (2, 0, all_bytes)
    );
    assert_eq!(done.digest, parcel.top.digest);
    let before = transport.sent_bytes.get();
    let done = push(&client, parcel.clone(), "team/app").unwrap();
    assert_eq!(
        (done.n_sent, done.n_existing),
        (0, 2),
        "nothing is sent again"
    );
    let manifests = 2 * parcel.top.bytes.len();
    assert_eq!(transport.sent_bytes.get() - before, manifests);
    // A blob in another repository of the registry is mounted.
    let mut mounted = parcel;
    for blob in &mut mounted.blobs {
        let there = client.blob("team/app", &blob.digest, Some(blob.size_bytes));
        blob.bytes = pollster::block_on(there).unwrap();
    }
    let done = push(&client, mounted, "elsewhere/app").unwrap();
    assert_eq!((done.n_mounted, done.sent_bytes), (2, 0));
    for repository in ["team/app", "elsewhere/app"] {
        let target = Target::Tag("latest".to_owned());
        let opened = client.open(repository, &target, &PlatformChoice::Usual);
        let image = pollster::block_on(opened).unwrap().image;
        assert_eq!(image.config.unwrap().unwrap().config.author, "me");
        let blob = image.layers[0].blob.as_ref().unwrap();
        let read = pollster::block_on(blob.read_at(3_000_000, 500_000)).unwrap();
        assert_eq!(read, layer()[3_000_000..]);
    }
}

#[test]
fn rp_22_a_push_goes_on_after_a_lost_connection() {
    let Some(server) = serve("push_resumes") else {
        return;
    };
    let all_bytes = layer().len() + CONFIG.len() + 2 * parcel().top.bytes.len();
    for (repository, cuts, resent_bytes) in [
        ("before", [Cut::None, Cut::Before], 0),
        // Distribution does not accept a URL that one of its responses has replaced.
        ("after", [Cut::None, Cut::After], 2_000_000),
    ] {
        let (client, transport) = client_cut(&server, &cuts);
        let done = push(&client, parcel(), repository).unwrap();
        assert_eq!(done.n_sent, 2, "{repository}");
        let sent_bytes = transport.sent_bytes.get();
        assert_eq!(sent_bytes, all_bytes + resent_bytes, "{repository}");
    }
}

/// `me:secret`, as `htpasswd -B` writes it.
const PASSWORDS: &str = "me:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

#[test]
fn rp_07_a_registry_with_passwords_takes_the_right_one_only() {
    let setting = "auth: {htpasswd: {realm: x, path: 'HERE/passwords'}}\n";
    let Some(server) = serve_with("push_with_a_password", setting, &[("passwords", PASSWORDS)])
    else {
        return;
    };
    let (client, _) = client_cut(&server, &[]);
    let refused = |outcome: Result<Pushed, source::Error>, has_signed_in| {
        let error = outcome.unwrap_err();
        assert!(
            matches!(&error, source::Error::LoginNeeded { signed_in, .. } if *signed_in == has_signed_in),
            "{error}"
        );
    };
    refused(push(&client, parcel(), "app"), false);
    let wrong = Credentials::password("me", "hunter2");
    let error = pollster::block_on(client.sign_in(wrong)).unwrap_err();
    assert!(
        error.to_string().contains("the password is wrong"),
        "{error}"
    );
    pollster::block_on(client.sign_in(Credentials::password("me", "secret"))).unwrap();
    assert_eq!(push(&client, parcel(), "app").unwrap().n_sent, 2);
    let listed = pollster::block_on(client.catalog(None)).unwrap();
    assert!(matches!(listed, Listed::Offered(page) if page.items == ["app"]));
}

#[test]
fn rp_27_a_registry_that_may_not_be_written_says_so() {
    // The same storage, first writable and then read-only.
    let Some(server) = serve("push_refused") else {
        return;
    };
    let (client, _) = client_cut(&server, &[]);
    push(&client, parcel(), "app").unwrap();
    let closed = serve_with(
        "push_refused_closed",
        &format!(
            "storage: {{filesystem: {{rootdirectory: '{}'}}, maintenance: {{readonly: {{enabled: true}}}}}}\n",
            server.folder.join("data").display()
        ),
        &[],
    )
    .unwrap();
    let (client, transport) = client_cut(&closed, &[]);
    let error = push(&client, parcel(), "other").unwrap_err().to_string();
    assert!(
        error.contains("405") && error.contains("read-only"),
        "{error}"
    );
    assert_eq!(transport.sent_bytes.get(), 0);
    let Listed::Offered(page) = pollster::block_on(client.catalog(None)).unwrap() else {
        panic!("distribution offers a catalog");
    };
    assert_eq!(page.items, ["app"], "it stays as it was");
}
