//! One HTTP exchange, as the registry conversation asks for it.
//!
//! Whether a host may be asked at all, retries, tokens and paging are the conversation's.

use super::{ByteStream, Error, LocalFuture};

/// HTTP methods that registries use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are HTTP's own")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// A request; the body is small or absent in everything that reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// The absolute URL, with scheme.
    pub url: String,
    /// Header fields, set only where needed: each one may cost a browser a CORS preflight.
    pub headers: Headers,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// Whether the HTTP cache may answer: yes for content by digest, no for what a tag or list says now.
    pub cache: Cache,
}

/// Whether a stored answer will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// Content that never changes, such as a blob by its digest.
    Allowed,
    /// What may change between two requests, such as a tag.
    Bypassed,
}

impl Request {
    /// A GET of `url` without header fields.
    pub fn get(url: impl Into<String>, cache: Cache) -> Request {
        Request {
            method: Method::Get,
            url: url.into(),
            headers: Headers::default(),
            body: Vec::new(),
            cache,
        }
    }

    /// The same request with one more header field.
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Request {
        self.headers.add(name, value);
        self
    }
}

/// Header fields; names compare without case, and several fields may have one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Adds a field.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_ascii_lowercase(), value.into()));
    }

    /// Takes away all fields of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The first field of that name. In a browser also `None` for a field that CORS does not expose.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All fields of that name, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All fields, names in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

/// An answer whose body has not been read yet.
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header fields that can be seen.
    pub headers: Headers,
    /// Where the answer came from after redirects.
    pub url: String,
    /// The body, to be read in pieces; dropping it ends the transfer.
    pub body: Box<dyn ByteStream>,
}

/// Sends one request and gives the answer, whatever its status.
pub trait Transport {
    /// Performs the exchange. A browser follows redirects by itself, and then `Response::url` tells where they ended;
    /// any other transport gives the redirect as the answer, and leaves it to the conversation.
    ///
    /// # Errors
    /// When there is no answer at all; an answer such as 404 is no error here.
    fn exchange(&self, request: Request) -> LocalFuture<'_, Result<Response, Error>>;
}
