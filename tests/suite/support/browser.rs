//! A browser between a page and a registry in memory. It hides responses without CORS headers and responses behind
//! a refused preflight. Of a failure it reports only that there was one.

use std::cell::Cell;
use std::rc::Rc;

use lamina::io::{
    Cache, Error, ErrorKind, HostProbe, HttpRequest, LocalFuture, Look, Method, Redirects,
    Response, Seen, Transport, diagnose, needs_preflight,
};

use super::registry::RegistryTransport;

/// Behaviour of a host towards pages. By default it sends CORS headers with every
/// response and accepts every request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Host {
    /// Connections fail, or TLS does.
    pub is_down: bool,
    /// Responses have no CORS headers.
    pub no_cors: bool,
    /// Responses have no CORS headers if the URL contains this.
    pub no_cors_at: Option<&'static str>,
    /// Responses to requests that change something have no CORS headers.
    pub no_cors_to_writes: bool,
    /// Connections break if the URL contains this.
    pub breaks_at: Option<&'static str>,
    /// OPTIONS is answered with 401.
    pub no_preflight: bool,
}

/// A browser between a page and a registry in memory.
pub struct Browser {
    inner: Rc<RegistryTransport>,
    /// Hosts by `scheme://host`; all others behave by default.
    pub hosts: Vec<(&'static str, Host)>,
    /// Number of responses that still come through before the registry sends no more CORS headers.
    pub n_seen: Cell<u32>,
}

impl Browser {
    /// Makes a browser with special hosts.
    pub fn new(inner: Rc<RegistryTransport>, hosts: &[(&'static str, Host)]) -> Browser {
        Browser {
            inner,
            hosts: hosts.to_vec(),
            n_seen: Cell::new(u32::MAX),
        }
    }

    fn host(&self, url: &str) -> Host {
        let origin: Vec<&str> = url.splitn(4, '/').take(3).collect();
        let origin = origin.join("/");
        let known = self.hosts.iter().find(|(host, _)| *host == origin);
        known.map(|(_, host)| *host).unwrap_or_default()
    }

    /// Returns the response after any redirects, and true if a page may see it. `None` if the request fails.
    async fn ask(&self, request: &HttpRequest) -> Option<(Response, bool)> {
        let host = self.host(&request.url);
        let breaks = host
            .breaks_at
            .is_some_and(|part| request.url.contains(part));
        if host.is_down || breaks {
            return None;
        }
        if needs_preflight(request) && host.no_preflight {
            return None;
        }
        let response = self.inner.exchange(request.clone()).await.ok()?;
        let is_write = !matches!(request.method, Method::Get | Method::Head);
        let is_bare = host.no_cors
            || host
                .no_cors_at
                .is_some_and(|part| request.url.contains(part))
            || (host.no_cors_to_writes && is_write)
            || self.n_seen.get() == 0;
        Some((response, !is_bare))
    }

    async fn fetch(&self, request: &HttpRequest) -> Option<Response> {
        let (response, is_visible) = self.ask(request).await?;
        let end = self.host(&response.url);
        let is_moved = response.url != request.url;
        if !is_visible || (is_moved && (end.is_down || end.no_cors)) {
            return None;
        }
        if is_moved && request.redirects == Redirects::Refused {
            return None;
        }
        self.n_seen.set(self.n_seen.get().saturating_sub(1));
        Some(response)
    }

    async fn probe(&self, probe: HostProbe) -> Seen {
        let request = HttpRequest {
            method: probe.method,
            headers: probe.headers,
            ..HttpRequest::get(probe.url, Cache::Bypassed)
        };
        let Some((response, is_visible)) = self.ask(&request).await else {
            return Seen::Nothing;
        };
        let is_moved = response.url != request.url;
        let end = self.host(&response.url);
        match (probe.look, is_moved) {
            (Look::First | Look::Last, _) if !is_visible => Seen::Nothing,
            (Look::First, true) => Seen::Redirect,
            (Look::Last, true) if end.no_cors => Seen::Nothing,
            (_, true) if end.is_down => Seen::Nothing,
            _ => Seen::Answer,
        }
    }
}

impl Transport for Browser {
    fn exchange(&self, request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            match self.fetch(&request).await {
                Some(response) => Ok(response),
                None => {
                    let said = "TypeError: Failed to fetch".to_owned();
                    let error = diagnose(&request, said, async |p| self.probe(p).await).await;
                    assert_ne!(error.kind, ErrorKind::Other);
                    Err(error)
                }
            }
        })
    }
}
