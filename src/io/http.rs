//! One HTTP exchange, as the registry conversation asks for it.
//!
//! Whether a host may be asked at all, retries, tokens and paging are the conversation's.

use std::fmt;
use std::net::IpAddr;
use std::rc::Rc;

use super::{ByteStream, Error, Handle, LocalFuture};

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

/// A request; the body is absent in everything that reads, and one slice of a blob at most in an upload.
///
/// `Debug` tells neither the body, which may be a form with a password, nor what `Authorization` holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// The absolute URL, with scheme.
    pub url: String,
    /// Header fields, set only where needed: each one may cost a browser a CORS preflight.
    pub headers: Headers,
    /// The body; empty for none. Shared, since a request may have to be sent again.
    pub body: Rc<[u8]>,
    /// Bytes that are sent in place of the body, by a transport that can read them by itself.
    pub part: Option<Part>,
    /// Whether the HTTP cache may answer: yes for content by digest, no for what a tag or list says now.
    pub cache: Cache,
    /// Whether it may be sent on to where the answer says.
    pub redirects: Redirects,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers)
            .field("body_bytes", &self.sent_bytes())
            .field("cache", &self.cache)
            .field("redirects", &self.redirects)
            .finish()
    }
}

/// Bytes that a transport reads by itself while it sends them.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// The place to read them from.
    pub handle: Handle,
    /// Their number.
    pub len_bytes: u64,
}

/// Whether a request may be sent on to where an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// What only asks.
    Followed,
    /// What carries something: bytes for one registry, a password for one token server. A redirect fails it.
    Refused,
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
            body: Rc::from([]),
            part: None,
            cache,
            redirects: Redirects::Followed,
        }
    }

    /// A request that changes something at `url`, and therefore goes nowhere else.
    pub fn change(method: Method, url: impl Into<String>) -> Request {
        Request {
            method,
            redirects: Redirects::Refused,
            ..Request::get(url, Cache::Bypassed)
        }
    }

    /// The same request with this body.
    pub fn with_body(mut self, media_type: &str, body: impl Into<Rc<[u8]>>) -> Request {
        self.headers.add("content-type", media_type);
        self.body = body.into();
        self
    }

    /// The same request with these bytes for its body, which never come into this thread's memory.
    pub fn with_part(mut self, media_type: &str, part: Part) -> Request {
        self.headers.add("content-type", media_type);
        self.part = Some(part);
        self
    }

    /// The length of what it sends beside its header.
    pub fn sent_bytes(&self) -> u64 {
        match &self.part {
            Some(part) => part.len_bytes,
            None => self.body.len() as u64,
        }
    }

    /// The same request with one more header field.
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Request {
        self.headers.add(name, value);
        self
    }
}

/// Header fields; names compare without case, and several fields may have one name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(name, value)| match name {
            "authorization" => (name, "…"),
            name => (name, value),
        });
        f.debug_map().entries(shown).finish()
    }
}

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
    /// Performs the exchange. A browser follows redirects by itself, unless the request refuses them, and then
    /// `Response::url` tells where they ended; any other transport gives the redirect as the answer, and leaves it to
    /// the conversation.
    ///
    /// # Errors
    /// When there is no answer at all; an answer such as 404 is no error here.
    fn exchange(&self, request: Request) -> LocalFuture<'_, Result<Response, Error>>;

    /// The addresses at which a host is asked, where the transport knows them before it asks: a public name may lead
    /// into a private network. Empty where it does not, as in a browser.
    fn addresses(&self, _host: &str, _port: u16) -> Vec<IpAddr> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Secret;

    #[test]
    fn debug_output_tells_no_secret() {
        let request = Request::change(Method::Post, "https://auth.example/token")
            .with_header("Authorization", "Basic bWU6aHVudGVyMg==")
            .with_body("application/x-www-form-urlencoded", *b"password=hunter2");
        let told = format!("{request:?} {:?}", Secret::new("hunter2"));
        for secret in ["hunter2", "bWU6aHVudGVyMg"] {
            assert!(!told.contains(secret), "{told}");
        }
        assert!(
            told.contains("auth.example") && told.contains("16"),
            "{told}"
        );
    }
}
