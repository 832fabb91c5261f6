//! The write API of the registry in memory: uploads and their faults, mounts, and
//! manifests, whose blobs must exist.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

use lamina::image::Digest;
use lamina::io::{Error, ErrorKind, HttpRequest, Method, Response};

use super::registry::Registry;

/// Behaviour of the registry for requests that write.
#[derive(Default)]
pub struct Writes {
    /// Status and body for every request that changes something.
    pub refused: Option<(u16, &'static str)>,
    /// Status and body for every manifest.
    pub manifests_refused: Option<(u16, &'static str)>,
    /// Tag whose manifest is refused, and the status.
    pub tag_refused: Option<(&'static str, u16)>,
    /// Status for blobs and manifests that are accepted; 0 for 201.
    pub stored_status: u16,
    /// Bytes kept of an accepted blob or manifest: all, none or others.
    pub keeps: Keeps,
    /// Maximum size of a body in bytes. A larger one is answered with 413.
    pub most_bytes: Option<usize>,
    /// Status for every slice, for a registry that only takes whole blobs.
    pub slice_status: u16,
    /// Status for a mount. 0 for 201 if the other repository has the blob.
    pub mount_status: u16,
    /// `OCI-Chunk-Min-Length`.
    pub least_bytes: Option<&'static str>,
    /// Prefix of the path in `Location`.
    pub location_base: &'static str,
    /// Fate of the next requests that send slices or end an upload.
    pub cuts: RefCell<VecDeque<Cut>>,
    /// True if an upload's URL is valid only while the upload has as many bytes as when the URL was issued. Any
    /// other URL ends the upload, like in distribution.
    pub ties_addresses: bool,
    /// `Range` in the responses to slices; `None` for the right one, empty for no field.
    pub tells_range: Option<&'static str>,
    /// Digest stated in every response; `None` for the right one.
    pub states: Option<&'static str>,
    /// Number of the next requests that change something to answer with 429 and this `Retry-After`.
    pub busy: Cell<u32>,
    pub retry_after: &'static str,
    /// Uploads in progress: repository and bytes by number.
    pub open: RefCell<BTreeMap<u32, (String, Vec<u8>)>>,
    /// Number of uploads that were cancelled.
    pub n_deleted: Cell<u32>,
    /// Number of uploads that were started.
    pub next: Cell<u32>,
}

/// Bytes of an upload that a registry keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeps {
    #[default]
    All,
    /// Drops blobs.
    NoBlobs,
    /// Drops manifests.
    NoManifests,
    /// Keeps other bytes for manifests under a tag.
    OtherManifests,
}

/// Fate of a request with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The request arrives.
    None,
    /// The request does not arrive.
    Before,
    /// This many bytes of the body arrive, and no response is sent.
    Half(usize),
    /// The request arrives, and its response is lost.
    After,
    /// The request arrives twice, as after an automatic retry by a browser.
    Twice,
    /// The server fails with this status.
    Status(u16),
}

const GONE: &str = r#"{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"upload unknown"}]}"#;

fn lost() -> Error {
    Error::new(
        ErrorKind::Unreachable,
        lamina::message::Message::verbatim("the connection was reset"),
    )
}

/// Returns a parameter of a query.
fn value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(n, _)| *n == name).map(|(_, value)| value)
}

impl Registry {
    pub(super) fn is_write(request: &HttpRequest, path: &str) -> bool {
        let changes = !matches!(request.method, Method::Get | Method::Head);
        path.contains("/blobs/uploads/") || (changes && !path.is_empty())
    }

    pub(super) fn write(
        &self,
        request: &HttpRequest,
        path: &str,
        query: &str,
    ) -> Result<Response, Error> {
        let writes = &self.writes;
        let changes = request.method != Method::Get;
        if let Some((status, body)) = writes.refused.filter(|_| changes) {
            return Ok(self.reply(request, status, &[], body.as_bytes()));
        }
        if changes && writes.busy.get() > 0 {
            writes.busy.set(writes.busy.get() - 1);
            let fields = [("Retry-After", writes.retry_after)];
            return Ok(self.reply(request, 429, &fields, b""));
        }
        if writes
            .most_bytes
            .is_some_and(|most| request.body.len() > most)
        {
            let page = "<html><head><title>413 Request Entity Too Large</title></head></html>";
            return Ok(self.reply(request, 413, &[], page.as_bytes()));
        }
        if request.method == Method::Patch && writes.slice_status != 0 {
            return Ok(self.reply(request, writes.slice_status, &[], b""));
        }
        if let Some((repository, name)) = path.split_once("/manifests/") {
            return Ok(self.put(request, repository, name));
        }
        let (repository, upload) = path.split_once("/blobs/uploads/").expect("it is an upload");
        if request.method == Method::Post {
            return Ok(self.begin(request, repository, query));
        }
        if upload.is_empty() {
            return Ok(self.reply(request, 405, &[], b""));
        }
        let id: u32 = upload.parse().expect("an address that was given out");
        let Some((_, bytes)) = writes.open.borrow().get(&id).cloned() else {
            return Ok(self.reply(request, 404, &[], GONE.as_bytes()));
        };
        let state = value(query, "state").expect("the query that was given out");
        let may_go_on = request.method == Method::Delete || state == bytes.len().to_string();
        if writes.ties_addresses && !may_go_on {
            writes.open.borrow_mut().remove(&id);
            return Ok(self.reply(request, 416, &[], b""));
        }
        self.go_on(request, repository, id, bytes, query)
    }

    fn begin(&self, request: &HttpRequest, repository: &str, query: &str) -> Response {
        let writes = &self.writes;
        if let Some(digest) = value(query, "mount") {
            let from = value(query, "from").expect("a mount says from where");
            let key = format!("{from}/blobs/{digest}");
            let found = self.content.borrow().get(&key).cloned();
            match (writes.mount_status, found) {
                (0, Some(found)) => {
                    let key = format!("{repository}/blobs/{digest}");
                    self.content.borrow_mut().insert(key, found);
                    return self.reply(request, 201, &[], b"");
                }
                (0 | 202, _) => {}
                (status, _) => return self.reply(request, status, &[], b""),
            }
        }
        let id = writes.next.get() + 1;
        writes.next.set(id);
        let upload = (repository.to_owned(), Vec::new());
        writes.open.borrow_mut().insert(id, upload);
        self.accepted(request, repository, id, 0)
    }

    /// Responds with 202 and the next URL.
    fn accepted(
        &self,
        request: &HttpRequest,
        repository: &str,
        id: u32,
        n_bytes: usize,
    ) -> Response {
        let base = self.writes.location_base;
        let location = format!("{base}/v2/{repository}/blobs/uploads/{id}?state={n_bytes}");
        let range = format!("0-{}", n_bytes.saturating_sub(1));
        let mut fields = vec![("Location", location.as_str())];
        match self.writes.tells_range {
            Some("") => {}
            told => fields.push(("Range", told.unwrap_or(&range))),
        }
        if let Some(least) = self.writes.least_bytes {
            fields.push(("OCI-Chunk-Min-Length", least));
        }
        let status = if request.method == Method::Get {
            204
        } else {
            202
        };
        self.reply(request, status, &fields, b"")
    }

    fn go_on(
        &self,
        request: &HttpRequest,
        repository: &str,
        id: u32,
        mut bytes: Vec<u8>,
        query: &str,
    ) -> Result<Response, Error> {
        let writes = &self.writes;
        let cut = match changes_bytes(request) {
            true => writes.cuts.borrow_mut().pop_front().unwrap_or(Cut::None),
            false => Cut::None,
        };
        let arrives = match cut {
            Cut::Before => return Err(lost()),
            Cut::Status(status) => return Ok(self.reply(request, status, &[], b"")),
            Cut::Half(n) => n.min(request.body.len()),
            Cut::None | Cut::After | Cut::Twice => request.body.len(),
        };
        let keep = |bytes: &[u8]| {
            let upload = (repository.to_owned(), bytes.to_vec());
            writes.open.borrow_mut().insert(id, upload);
        };
        match request.method {
            Method::Get => Ok(self.accepted(request, repository, id, bytes.len())),
            Method::Delete => {
                writes.open.borrow_mut().remove(&id);
                writes.n_deleted.set(writes.n_deleted.get() + 1);
                Ok(self.reply(request, 204, &[], b""))
            }
            Method::Patch => {
                let range = format!("{}-{}", bytes.len(), bytes.len() + request.body.len() - 1);
                if request.headers.get("content-range") != Some(&range) {
                    return Ok(self.reply(request, 416, &[], b""));
                }
                bytes.extend_from_slice(&request.body[..arrives]);
                if cut == Cut::Twice {
                    bytes.extend_from_slice(&request.body);
                }
                keep(&bytes);
                match cut {
                    Cut::None | Cut::Twice => {
                        Ok(self.accepted(request, repository, id, bytes.len()))
                    }
                    _ => Err(lost()),
                }
            }
            Method::Put => {
                bytes.extend_from_slice(&request.body[..arrives]);
                if let Cut::Half(_) = cut {
                    keep(&bytes);
                    return Err(lost());
                }
                let digest = value(query, "digest").expect("the last word has the digest");
                writes.open.borrow_mut().remove(&id);
                let actual = Digest::sha256_of(&bytes);
                if actual.as_str() != digest {
                    let body = br#"{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}"#;
                    return Ok(self.reply(request, 400, &[], body));
                }
                if writes.keeps != Keeps::NoBlobs
                    && !self.has(&format!("{repository}/blobs/{digest}"))
                {
                    self.put_blob(repository, &bytes);
                }
                let status = self.stored_status();
                let stated = writes.states.unwrap_or(digest);
                match cut {
                    Cut::After => Err(lost()),
                    _ => Ok(self.reply(request, status, &[("Docker-Content-Digest", stated)], b"")),
                }
            }
            method => panic!("{method:?} of an upload"),
        }
    }

    /// Accepts a manifest if its blobs and children exist.
    fn put(&self, request: &HttpRequest, repository: &str, name: &str) -> Response {
        if let Some((status, body)) = self.writes.manifests_refused {
            return self.reply(request, status, &[], body.as_bytes());
        }
        if let Some((_, status)) = self.writes.tag_refused.filter(|(tag, _)| *tag == name) {
            return self.reply(request, status, &[], b"");
        }
        let text = String::from_utf8(request.body.to_vec()).expect("a manifest is text");
        let tree: serde_json::Value = serde_json::from_str(&text).expect("a manifest is JSON");
        let named = ["config", "layers", "manifests"].map(|field| match &tree[field] {
            serde_json::Value::Array(all) => all.clone(),
            serde_json::Value::Null => Vec::new(),
            one => vec![one.clone()],
        });
        for descriptor in named.iter().flatten() {
            let digest = descriptor["digest"].as_str().expect("it has a digest");
            let kind = if tree["manifests"].is_null() {
                "blobs"
            } else {
                "manifests"
            };
            let is_foreign = descriptor["mediaType"]
                .as_str()
                .is_some_and(|t| t.contains("foreign"));
            if !self.has(&format!("{repository}/{kind}/{digest}")) && !is_foreign {
                let body = format!(
                    r#"{{"errors":[{{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown to registry","detail":{{"digest":"{digest}"}}}}]}}"#
                );
                return self.reply(request, 400, &[], body.as_bytes());
            }
        }
        let media_type = request.headers.get("content-type").expect("it has a type");
        let digest = Digest::sha256_of(text.as_bytes());
        let tag = if name.contains(':') {
            digest.as_str()
        } else {
            name
        };
        match self.writes.keeps {
            Keeps::NoManifests => {}
            Keeps::OtherManifests if tag == name => {
                self.put_manifest(repository, digest.as_str(), media_type, &text);
                let other = text.replacen('{', "{ ", 1);
                self.put_manifest(repository, tag, media_type, &other);
            }
            _ => {
                self.put_manifest(repository, tag, media_type, &text);
            }
        }
        let stated = self.writes.states.unwrap_or(digest.as_str());
        let status = self.stored_status();
        self.reply(request, status, &[("Docker-Content-Digest", stated)], b"")
    }

    fn stored_status(&self) -> u16 {
        match self.writes.stored_status {
            0 => 201,
            status => status,
        }
    }

    /// True if the registry has content under this key.
    pub fn has(&self, key: &str) -> bool {
        self.content.borrow().contains_key(key)
    }
}

/// True if a request sends bytes of a blob, or ends an upload.
fn changes_bytes(request: &HttpRequest) -> bool {
    matches!(request.method, Method::Patch | Method::Put)
}
