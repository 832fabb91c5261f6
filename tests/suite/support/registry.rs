//! A registry in memory. Switches give it the habits and faults of real registries.
//!
//! It answers at `https://r.example`, its token server at `https://auth.example`, its blob store at
//! `https://store.example`, and foreign layers are at `https://foreign.example`.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use lamina::image::Digest;
use lamina::io::{
    ByteStream, Cache, Error, ErrorKind, Headers, HttpRequest, LocalFuture, MemoryTransport,
    Method, Response, VecStream,
};

use super::gzip::gzip_of;
use super::uploads::Writes;

/// Transport to a registry in memory.
pub type RegistryTransport = MemoryTransport<Box<dyn Fn(&HttpRequest) -> Result<Response, Error>>>;

/// Content and behaviour of a registry.
#[derive(Default)]
pub struct Registry {
    /// Media type and bytes by `repository/manifests/tag-or-digest` and `repository/blobs/digest`. The bytes are
    /// not checked against the digest.
    pub content: RefCell<BTreeMap<String, (String, Vec<u8>)>>,
    /// Content of foreign layers, by URL.
    pub foreign: RefCell<BTreeMap<String, Vec<u8>>>,
    /// Scheme on which it does not answer at all.
    pub silent_scheme: Option<&'static str>,
    /// Status of `/v2/`; 0 for 200.
    pub ping_status: u16,
    /// `WWW-Authenticate` field for requests without a valid token; `None` for an open registry.
    pub challenge: Option<&'static str>,
    /// True if `/v2/` needs no token.
    pub ping_is_open: bool,
    /// True if each token is valid for one request only.
    pub tokens_expire: bool,
    /// Scope that every token needs, whatever the request.
    pub needed_scope: Option<&'static str>,
    /// Status and body of the token server's responses, instead of a token.
    pub token_answer: Option<(u16, &'static str)>,
    /// True if CORS hides all header fields but the simple ones.
    pub hides_headers: bool,
    /// Maximum number of names per page.
    pub page_names: Option<usize>,
    /// True if a larger number is refused instead of reduced.
    pub refuses_large_pages: bool,
    /// True if `n` and `last` are ignored.
    pub ignores_paging: bool,
    /// Form of the `Link` field, in which `%` is replaced by path and query; `None` for no field.
    pub link: Option<&'static str>,
    /// Body of every tag list, instead of a list.
    pub tags_body: Option<&'static str>,
    /// Status with which tag lists are refused; 0 to allow them.
    pub tags_status: u16,
    /// Status with which the catalog is refused; 0 to allow it.
    pub catalog_status: u16,
    /// True if a manifest is sent only to a client that accepts its type, like distribution 2.8.
    pub minds_accept: bool,
    /// Content-Type of every response, as on a static host.
    pub static_type: Option<&'static str>,
    /// `Docker-Content-Digest` of every response; `None` for the right one.
    pub stated_digest: Option<&'static str>,
    /// True if ranges are ignored.
    pub ignores_ranges: bool,
    /// Content-Length of whole blobs if it differs from the length of the body, as after decompression by a proxy.
    pub stated_length: Option<usize>,
    /// True if requests for blobs are redirected to the blob store.
    pub redirects: bool,
    /// Number of times that a URL of the blob store is valid; 0 for no limit.
    pub store_serves: u32,
    /// Responses to the next requests, before anything else: status and one header field. Status 0 is no response.
    pub faults: RefCell<VecDeque<(u16, &'static str, &'static str)>>,
    /// Number of bytes after which each of the next blob bodies breaks.
    pub breaks: RefCell<VecDeque<usize>>,
    /// True if a broken body just ends, without an error.
    pub breaks_quietly: bool,
    /// Body of refusals.
    pub refusal: Option<&'static str>,
    /// `Warning` field of every response.
    pub warning: Option<&'static str>,
    /// `Authorization` field that is accepted, for a registry that takes passwords itself.
    pub password: Option<&'static str>,
    /// `Authorization` field that the token server demands.
    pub token_password: Option<&'static str>,
    /// Text that a form for the token server must contain; `None` if the server does not accept forms.
    pub token_form: Option<&'static str>,
    /// True if the token server does not look into forms: it asks for the Authorization header.
    pub ignores_forms: bool,
    /// Web page that answers every request, with status 200.
    pub web_page: Option<&'static str>,
    /// Status of HEAD of a blob, whether the blob exists or not.
    pub head_status: u16,
    /// True if the length of a blob is not stated.
    pub hides_length: bool,
    /// Status of every request with a range.
    pub range_status: u16,
    /// Bytes by which the ranges sent begin after the requested ones; negative if before.
    pub range_shift: i64,
    /// Content-Encoding of every response. `gzip` is applied; any other is only stated.
    pub encoding: Option<&'static str>,
    /// Behaviour for requests that write.
    pub writes: Writes,
    /// State between requests.
    pub memory: Memory,
}

/// State of the registry between requests.
#[derive(Default)]
pub struct Memory {
    /// Scopes of each token.
    pub(super) tokens: RefCell<BTreeMap<String, String>>,
    pub(super) n_tokens: Cell<u32>,
    /// Number of requests to the blob store since the last redirect.
    n_stored: Cell<u32>,
}

impl Registry {
    /// Stores a manifest under a tag and its digest.
    pub fn put_manifest(
        &self,
        repository: &str,
        tag: &str,
        media_type: &str,
        bytes: &str,
    ) -> Digest {
        let digest = Digest::sha256_of(bytes.as_bytes());
        let mut content = self.content.borrow_mut();
        for name in [tag, digest.as_str()] {
            let entry = (media_type.to_owned(), bytes.as_bytes().to_vec());
            content.insert(format!("{repository}/manifests/{name}"), entry);
        }
        digest
    }

    /// Stores a blob under its digest.
    pub fn put_blob(&self, repository: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256_of(bytes);
        let entry = ("application/octet-stream".to_owned(), bytes.to_vec());
        let key = format!("{repository}/blobs/{digest}");
        self.content.borrow_mut().insert(key, entry);
        digest
    }

    /// Returns the registry, and a transport to it.
    pub fn transport(self) -> (Rc<Registry>, Rc<RegistryTransport>) {
        let registry = Rc::new(self);
        let answering = Rc::clone(&registry);
        let transport =
            MemoryTransport::new(
                Box::new(move |request: &HttpRequest| answering.answer(request))
                    as Box<dyn Fn(&HttpRequest) -> Result<Response, Error>>,
            );
        (registry, Rc::new(transport))
    }

    fn answer(&self, request: &HttpRequest) -> Result<Response, Error> {
        if let Some((status, name, value)) = self.faults.borrow_mut().pop_front() {
            return match status {
                0 => Err(Error::new(
                    ErrorKind::Unreachable,
                    lamina::message::Message::verbatim("no answer"),
                )),
                status => Ok(self.reply(request, status, &[(name, value)], b"")),
            };
        }
        let (scheme, rest) = request.url.split_once("://").expect("the URL is absolute");
        let (host, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        match host {
            "r.example" if self.silent_scheme == Some(scheme) => Err(Error::new(
                ErrorKind::Unreachable,
                lamina::message::Message::verbatim("no answer"),
            )),
            "r.example" => self.registry(request, path, query),
            "auth.example" => Ok(self.token(request, query)),
            "store.example" => Ok(self.store(request, path)),
            "foreign.example" => Ok(match self.foreign.borrow().get(&request.url) {
                Some(bytes) => self.body(request, "application/octet-stream", bytes, &request.url),
                None => self.reply(request, 404, &[], b""),
            }),
            host => Err(Error::new(
                ErrorKind::Unreachable,
                lamina::message::Message::verbatim(format!("{host} does not resolve")),
            )),
        }
    }

    fn registry(&self, request: &HttpRequest, path: &str, query: &str) -> Result<Response, Error> {
        let path = path.strip_prefix("v2/").unwrap_or("not-the-api");
        if let Some(challenge) = self.challenge
            && !(path.is_empty() && self.ping_is_open)
            && !self.is_let_in(request, path)
        {
            return Ok(self.refuse(request, 401, &[("WWW-Authenticate", challenge)]));
        }
        if let Some(page) = self.web_page {
            let fields = [("Content-Type", "text/html")];
            return Ok(self.reply(request, 200, &fields, page.as_bytes()));
        }
        match Registry::is_write(request, path) {
            true => self.write(request, path, query),
            false => Ok(self.read(request, path, query)),
        }
    }

    fn read(&self, request: &HttpRequest, path: &str, query: &str) -> Response {
        match path {
            "" if self.ping_status == 0 => self.reply(request, 200, &[], b"{}"),
            "" => self.reply(request, self.ping_status, &[], b""),
            "_catalog" if self.catalog_status != 0 => {
                self.refuse(request, self.catalog_status, &[])
            }
            "_catalog" => {
                let content = self.content.borrow();
                let names = content
                    .keys()
                    .filter_map(|key| Some(key.split_once("/manifests/")?.0));
                self.list(
                    request,
                    "repositories",
                    names.map(str::to_owned).collect(),
                    path,
                    query,
                )
            }
            path if path.ends_with("/tags/list") => {
                if self.tags_status != 0 {
                    return self.refuse(request, self.tags_status, &[]);
                }
                if let Some(body) = self.tags_body {
                    return self.reply(request, 200, &[], body.as_bytes());
                }
                let repository = path.trim_end_matches("/tags/list");
                let prefix = format!("{repository}/manifests/");
                let content = self.content.borrow();
                let tags: Vec<_> = content
                    .keys()
                    .filter_map(|key| key.strip_prefix(&prefix))
                    .collect();
                if tags.is_empty() {
                    return self.refuse(request, 404, &[]);
                }
                let tags = tags
                    .into_iter()
                    .filter(|tag| !tag.contains(':'))
                    .map(str::to_owned);
                self.list(request, "tags", tags.collect(), path, query)
            }
            path => self.item(request, path),
        }
    }

    fn item(&self, request: &HttpRequest, path: &str) -> Response {
        let Some((media_type, bytes)) = self.content.borrow().get(path).cloned() else {
            return self.refuse(request, 404, &[]);
        };
        if path.contains("/blobs/") {
            if request.method == Method::Head && self.head_status != 0 {
                return self.reply(request, self.head_status, &[], b"");
            }
            if request.headers.get("range").is_some() && self.range_status != 0 {
                return self.reply(request, self.range_status, &[], b"");
            }
            let digest = path.rsplit('/').next().expect("there is a slash");
            let url = match self.redirects {
                true => format!(
                    "https://store.example/{digest}?sig={}",
                    self.memory.n_stored.replace(0)
                ),
                false => request.url.clone(),
            };
            return self.body(request, &media_type, &bytes, &url);
        }
        let accepts = request.headers.get("accept").unwrap_or_default();
        if self.minds_accept && !accepts.contains(&media_type) {
            return match media_type.contains("docker") && !path.contains("sha256:") {
                true => self.refuse(request, 400, &[]),
                false => self.refuse(request, 404, &[]),
            };
        }
        let digest = Digest::sha256_of(&bytes).to_string();
        let stated = self.stated_digest.unwrap_or(&digest);
        let media_type = self.static_type.unwrap_or(&media_type);
        let fields = [
            ("Docker-Content-Digest", stated),
            ("Content-Type", media_type),
        ];
        let bytes = if request.method == Method::Head {
            Vec::new()
        } else {
            bytes
        };
        self.reply(request, 200, &fields, &bytes)
    }

    /// Responds with a blob's bytes, in whole or a range of them, perhaps from another URL.
    fn body(&self, request: &HttpRequest, media_type: &str, bytes: &[u8], url: &str) -> Response {
        let range = request
            .headers
            .get("range")
            .filter(|_| !self.ignores_ranges);
        let range = range.and_then(|range| range.strip_prefix("bytes="));
        let mut fields = vec![("Content-Type".to_owned(), media_type.to_owned())];
        let (status, part) = match range.and_then(|range| range.split_once('-')) {
            None => (200, bytes),
            Some((start, end)) => {
                let start: i64 = start.parse().expect("a suffix range costs a preflight");
                let start =
                    usize::try_from((start + self.range_shift).max(0)).expect("it is small");
                let end = end
                    .parse()
                    .map_or(bytes.len(), |end: usize| bytes.len().min(end + 1));
                if start >= bytes.len() {
                    (416, &[][..])
                } else {
                    let field = format!("bytes {start}-{}/{}", end - 1, bytes.len());
                    fields.push(("Content-Range".to_owned(), field));
                    (206, &bytes[start..end])
                }
            }
        };
        let length = self.stated_length.filter(|_| status == 200);
        let length = length.unwrap_or(part.len());
        if !self.hides_length {
            fields.push(("Content-Length".to_owned(), length.to_string()));
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let mut response = self.reply(request, status, &fields, part);
        response.url = url.to_owned();
        if let Some(n_bytes) = self.breaks.borrow_mut().pop_front() {
            let kept = part[..n_bytes.min(part.len())].to_vec();
            response.body = match self.breaks_quietly {
                true => Box::new(VecStream::new(vec![kept])),
                false => Box::new(Breaking(vec![kept])),
            };
        }
        response
    }

    fn store(&self, request: &HttpRequest, path: &str) -> Response {
        self.memory.n_stored.set(self.memory.n_stored.get() + 1);
        if self.store_serves != 0 && self.memory.n_stored.get() > self.store_serves {
            return self.reply(request, 403, &[], b"<Error>expired</Error>");
        }
        let content = self.content.borrow();
        let blob = content
            .iter()
            .find(|(key, _)| key.ends_with(&format!("/blobs/{path}")));
        let (_, (media_type, bytes)) = blob.expect("the store was asked for what it has");
        self.body(request, media_type, bytes, &request.url)
    }

    fn list(
        &self,
        request: &HttpRequest,
        field: &str,
        mut names: Vec<String>,
        path: &str,
        query: &str,
    ) -> Response {
        names.sort();
        names.dedup();
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(n, _)| *n == name)
                .map(|(_, value)| value.to_owned())
        };
        let asked: usize = value("n").and_then(|n| n.parse().ok()).unwrap_or(100);
        let most = self.page_names.unwrap_or(usize::MAX);
        if self.refuses_large_pages && asked > most {
            return self.reply(request, 400, &[], br#"{"errors":[{"code":"PAGINATION_NUMBER_INVALID","message":"invalid number of results requested"}]}"#);
        }
        let mut link = None;
        if !self.ignores_paging {
            if let Some(last) = value("last") {
                names.retain(|name| *name > last);
            }
            let n = asked.min(most);
            if names.len() > n {
                names.truncate(n);
                let target = format!("/v2/{path}?n={n}&last={}", names[n - 1]);
                link = self.link.map(|form| form.replace('%', &target));
            }
        }
        let body = serde_json::json!({ "name": "x", field: names }).to_string();
        let fields: Vec<_> = link.iter().map(|link| ("Link", link.as_str())).collect();
        self.reply(request, 200, &fields, body.as_bytes())
    }

    fn refuse(&self, request: &HttpRequest, status: u16, fields: &[(&str, &str)]) -> Response {
        let body = self
            .refusal
            .unwrap_or(r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#);
        self.reply(request, status, fields, body.as_bytes())
    }

    pub(super) fn reply(
        &self,
        request: &HttpRequest,
        status: u16,
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        let mut headers = Headers::default();
        let warning = self.warning.map(|text| ("Warning", text));
        for (name, value) in fields.iter().copied().chain(warning) {
            let simple = ["Content-Type", "Content-Length"].contains(&name);
            if !name.is_empty() && (simple || !self.hides_headers) {
                headers.add(name, value);
            }
        }
        let mut sent = body.to_vec();
        if let Some(encoding) = self.encoding.filter(|_| !body.is_empty()) {
            headers.add("Content-Encoding", encoding);
            if encoding == "gzip" {
                sent = gzip_of(body, 6);
                let has_length = headers.get("content-length").is_some();
                headers.remove("content-length");
                if has_length {
                    headers.add("Content-Length", sent.len().to_string());
                }
            }
        }
        let body = VecStream::new(sent.chunks(7).map(<[u8]>::to_vec).collect());
        Response {
            status,
            headers,
            url: request.url.clone(),
            body: Box::new(body),
        }
    }
}

/// A body that breaks at its end.
struct Breaking(Vec<Vec<u8>>);

impl ByteStream for Breaking {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        let next = match self.0.pop() {
            Some(piece) if !piece.is_empty() => Ok(Some(piece)),
            _ => Err(Error::new(
                ErrorKind::Unreachable,
                lamina::message::Message::verbatim("the connection was reset"),
            )),
        };
        Box::pin(std::future::ready(next))
    }
}

/// Returns the requests as lines: `GET address`, then `accept`, `range` or `authorization` if they are set.
pub fn log(transport: &RegistryTransport) -> Vec<String> {
    let line = |request: &HttpRequest| {
        let mut line = format!("{} {}", request.method.as_str(), request.url);
        for (name, value) in request.headers.iter() {
            line.push_str(&format!(" {name}={value}"));
        }
        if request.cache == Cache::Bypassed {
            line.push_str(" !cache");
        }
        line
    };
    transport.asked().iter().map(line).collect()
}

/// Returns the requests for which a browser would send a preflight.
pub fn preflights(transport: &RegistryTransport) -> Vec<String> {
    let is_simple = |(name, value): (&str, &str)| match name {
        "accept" => value.len() <= 128,
        "range" => value.starts_with("bytes=") && !value.starts_with("bytes=-"),
        _ => false,
    };
    let asked = transport.asked();
    let costly = asked
        .iter()
        .filter(|request| !request.headers.iter().all(is_simple));
    costly.map(|request| request.url.clone()).collect()
}
