//! One HTTP exchange of a session with a registry.
//!
//! The origin policy, retries, tokens and paging are left to the session.

use std::fmt;
use std::net::IpAddr;
use std::rc::Rc;

use super::{ByteStream, Error, Handle, LocalFuture};

/// The HTTP methods that registries use.
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
    /// Returns the method as sent on the wire.
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

/// A request. The body is absent in every request that reads, and at most one slice of a blob in an upload.
///
/// `Debug` hides the body, which may be a form with a password, and the value of `Authorization`.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// HTTP method to use.
    pub method: Method,
    /// Absolute URL, with scheme.
    pub url: String,
    /// Header fields, set only if needed: each one may cost a browser a CORS preflight.
    pub headers: Headers,
    /// Body; empty for none. Shared, because a request may have to be sent again.
    pub body: Rc<[u8]>,
    /// Bytes to send in place of the body, for a transport that can read them by itself.
    pub part: Option<BodyPart>,
    /// Use of the HTTP cache: allowed for content by digest, bypassed for the current state of a tag or list.
    pub cache: Cache,
    /// Policy for redirects.
    pub redirects: Redirects,
    /// The registry that it is for.
    pub behalf: Behalf,
    /// The addresses of the host that were checked, for a transport that resolves names: it connects to no others.
    pub addresses: Rc<[IpAddr]>,
}

/// The registry that a request is for, whichever host it goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behalf {
    /// The registry's base URL, `scheme://host[:port][/prefix]`.
    pub registry: Rc<str>,
    /// True if a person has signed in there.
    pub is_signed_in: bool,
    /// True if a person named it with its scheme, and so chose `http` where it is that.
    pub is_scheme_named: bool,
}

impl fmt::Debug for HttpRequest {
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
pub struct BodyPart {
    /// Source of the bytes.
    pub handle: Handle,
    /// Length in bytes.
    pub len_bytes: u64,
}

/// Policy for a response that redirects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// Follows redirects, for requests that only read.
    Followed,
    /// Fails on a redirect, for requests that carry something: bytes for one registry, or a password for one token
    /// server.
    Refused,
}

/// Use of the HTTP cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// For content that never changes, such as a blob by its digest.
    Allowed,
    /// For content that may change between two requests, such as a tag.
    Bypassed,
}

impl HttpRequest {
    /// Creates a GET of `url` without header fields.
    pub fn get(url: impl Into<String>, cache: Cache) -> HttpRequest {
        HttpRequest {
            method: Method::Get,
            url: url.into(),
            headers: Headers::default(),
            body: Rc::from([]),
            part: None,
            cache,
            redirects: Redirects::Followed,
            behalf: Behalf::default(),
            addresses: Rc::from([]),
        }
    }

    /// Creates a request that changes something at `url`, and therefore follows no redirects.
    pub fn change(method: Method, url: impl Into<String>) -> HttpRequest {
        HttpRequest {
            method,
            redirects: Redirects::Refused,
            ..HttpRequest::get(url, Cache::Bypassed)
        }
    }

    /// Adds a body.
    pub fn with_body(mut self, media_type: &str, body: impl Into<Rc<[u8]>>) -> HttpRequest {
        self.headers.add("content-type", media_type);
        self.body = body.into();
        self
    }

    /// Uses these bytes as the body. They never enter this thread's memory.
    pub fn with_part(mut self, media_type: &str, part: BodyPart) -> HttpRequest {
        self.headers.add("content-type", media_type);
        self.part = Some(part);
        self
    }

    /// Returns the length of the body or the part in bytes.
    pub fn sent_bytes(&self) -> u64 {
        match &self.part {
            Some(part) => part.len_bytes,
            None => self.body.len() as u64,
        }
    }

    /// Adds a header field.
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> HttpRequest {
        self.headers.add(name, value);
        self
    }
}

/// Header fields. Names compare without case, and several fields may share a name.
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

    /// Removes all fields with this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Returns the first field with this name. In a browser also `None` for a field that CORS does not expose.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Iterates over all fields with this name, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Iterates over all fields, with names in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

/// A response whose body has not been read yet.
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Header fields that are visible.
    pub headers: Headers,
    /// URL of the response after redirects.
    pub url: String,
    /// Body, to be read in pieces. Dropping it aborts the transfer.
    pub body: Box<dyn ByteStream>,
}

/// Sends one request and returns the response, whatever its status.
pub trait Transport {
    /// Performs the exchange. A browser follows redirects by itself unless the request refuses them;
    /// `Response::url` is then the final address. Any other transport returns the redirect as the response, and
    /// leaves it to the session.
    ///
    /// # Errors
    /// If there is no response at all. A response such as 404 is not an error here.
    fn exchange(&self, request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>>;

    /// Returns the IP addresses of a host, if the transport knows them before it connects: a public name may lead
    /// into a private network. Empty where another resolves names: a browser or a proxy.
    ///
    /// # Errors
    /// When the name cannot be resolved.
    fn addresses(&self, _host: &str, _port: u16) -> Result<Vec<IpAddr>, Error> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Secret;

    #[test]
    fn debug_output_tells_no_secret() {
        let request = HttpRequest::change(Method::Post, "https://auth.example/token")
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
