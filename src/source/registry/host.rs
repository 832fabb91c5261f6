//! The address of a registry, and the kind of program that contacts it. Together they determine the URLs to try.

use crate::image::{PageOrigin, RegistryHost, Scheme, schemes_to_try};
use crate::io;
use crate::message::Message;

use super::super::Error;
use super::url;

/// A registry as a person names it: a host, with an optional scheme and an optional path before `/v2/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    host: RegistryHost,
    scheme: Option<Scheme>,
    /// The path; either empty, or with a leading and no trailing slash.
    prefix: String,
}

/// The kind of program that sends requests. It determines what may be sent at all, and what costs a CORS preflight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A program outside a browser.
    Native,
    /// A page loaded over http.
    HttpPage,
    /// A page loaded over https.
    HttpsPage,
}

impl Asker {
    fn origin(self) -> PageOrigin {
        match self {
            Asker::Native | Asker::HttpPage => PageOrigin::Plain,
            Asker::HttpsPage => PageOrigin::Secure,
        }
    }
}

impl Endpoint {
    /// Creates the endpoint of a host whose API is at `/v2/`.
    pub fn new(scheme: Option<Scheme>, host: RegistryHost) -> Endpoint {
        Endpoint {
            host,
            scheme,
            prefix: String::new(),
        }
    }

    /// Parses `[scheme://]host[:port][/prefix]`: a registry may be below a folder of a web server. A trailing
    /// `/v2/…` is dropped.
    ///
    /// # Errors
    /// When it is not a host, or contains credentials.
    pub fn parse(text: &str) -> Result<Endpoint, Error> {
        let malformed = |reason: Message| Error::Malformed {
            what: Message::address_of_registry(),
            reason,
        };
        let text = text.trim();
        let has_scheme = text.contains("://");
        let with_scheme = match has_scheme {
            true => text.to_owned(),
            false => format!("https://{text}"),
        };
        if with_scheme
            .split('/')
            .nth(2)
            .unwrap_or_default()
            .contains('@')
        {
            return Err(malformed(Message::address_credentials()));
        }
        let parts = url::parts(&with_scheme).ok_or_else(|| malformed(Message::address_host()))?;
        let host = RegistryHost::parse(&parts.authority.to_ascii_lowercase())
            .map_err(|error| malformed((&error).into()))?;
        let path = parts.path.trim_end_matches('/');
        let path = match path.find("/v2/") {
            Some(at) => path.get(..at).unwrap_or_default(),
            None => path.strip_suffix("/v2").unwrap_or(path),
        };
        let scheme = match (has_scheme, parts.https) {
            (false, _) => None,
            (true, true) => Some(Scheme::Https),
            (true, false) => Some(Scheme::Http),
        };
        Ok(Endpoint {
            host,
            scheme,
            prefix: path.trim_end_matches('/').to_owned(),
        })
    }

    /// True if it was named with its scheme.
    pub(super) fn is_scheme_named(&self) -> bool {
        self.scheme.is_some()
    }

    /// Returns the host as it was named.
    pub fn host(&self) -> &RegistryHost {
        &self.host
    }

    /// Returns the host and port to connect to. All names of Docker Hub become its API host.
    pub fn authority(&self) -> &str {
        self.host.api_host()
    }

    /// True if a page on https tries https only, since no scheme was given.
    pub fn asks_https_alone(&self) -> bool {
        let bases = self.bases(Asker::HttpsPage);
        self.scheme.is_none() && bases.is_ok_and(|bases| bases.len() == 1)
    }

    /// True for Docker Hub, which sends no CORS headers: a page can say so before the first request.
    pub fn is_docker_hub(&self) -> bool {
        self.host.is_docker_hub()
    }

    /// Returns the path before `/v2/`; empty unless the registry is below a folder of a web server.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns the base URLs to try, in order.
    ///
    /// # Errors
    /// When the page must not contact this host at all, because the page uses https and the host uses http.
    pub fn bases(&self, asker: Asker) -> Result<Vec<String>, Error> {
        let base = |scheme: &Scheme| {
            let (scheme, authority) = (scheme.as_str(), self.authority());
            format!("{scheme}://{authority}{}", self.prefix)
        };
        let schemes = schemes_to_try(self.scheme, &self.host, asker.origin());
        let bases: Vec<String> = schemes.iter().map(base).collect();
        for base in &bases {
            may_ask(asker, base).map_err(|cause| Error::Io {
                what: Message::verbatim(base),
                cause,
            })?;
        }
        Ok(bases)
    }

    /// Returns `host/repository`, as people write it.
    pub(super) fn name_of(&self, repository: &str) -> String {
        let host = match self.is_docker_hub() {
            true => RegistryHost::DOCKER_HUB,
            false => self.host.as_str(),
        };
        format!("{host}{}/{repository}", self.prefix)
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{}://", scheme.as_str())?;
        }
        write!(f, "{}{}", self.host, self.prefix)
    }
}

/// Checks that a page may contact `address` at all: browsers let a page on https use http only for its own machine.
pub(super) fn may_ask(asker: Asker, address: &str) -> Result<(), io::Error> {
    let Some(parts) = url::parts(address) else {
        return Err(io::Error::new(
            io::ErrorKind::Unreachable,
            Message::no_web_address(),
        ));
    };
    let host = RegistryHost::parse(parts.authority);
    let is_loopback = host.is_ok_and(|host| host.is_loopback());
    if asker.origin() == PageOrigin::Secure && !parts.https && !is_loopback {
        return Err(io::Error::new(
            io::ErrorKind::MixedContent,
            Message::mixed_content(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECURE: Asker = Asker::HttpsPage;

    fn check(text: &str, asker: Asker, bases: &str) {
        let got = Endpoint::parse(text)
            .and_then(|endpoint| endpoint.bases(asker))
            .map_or_else(|e| format!("error: {e}"), |bases| bases.join(" "));
        assert_eq!(got, bases, "from {text:?}");
    }

    #[test]
    fn reads_addresses() {
        let native = Asker::Native;
        check("r.example", native, "https://r.example http://r.example");
        check("http://R.example:5000/v2/", native, "http://r.example:5000");
        check(
            "https://x.github.io/lamina/v2/_catalog?n=1",
            SECURE,
            "https://x.github.io/lamina",
        );
        check("http://[::1]:5000/v2", native, "http://[::1]:5000");
        check("docker.io", native, "https://registry-1.docker.io");
    }

    #[test]
    fn br_03_a_secure_page_asks_http_of_its_own_machine_only() {
        check("r.example", SECURE, "https://r.example");
        check(
            "localhost:5000",
            SECURE,
            "https://localhost:5000 http://localhost:5000",
        );
        check(
            "http://r.example",
            SECURE,
            "error: http://r.example: a page on https may not ask an address on http",
        );
    }

    #[test]
    fn refuses_what_is_no_host() {
        for text in [
            "",
            "ftp://r.example",
            "https://",
            "r.example:99999",
            "a b",
            "https://me:secret@r.example",
        ] {
            let error = Endpoint::parse(text).expect_err(text);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
