//! Where a registry is reached, and who asks it: which addresses may be tried, and in which order.

use crate::image::{PageOrigin, RegistryHost, Scheme, schemes_to_try};
use crate::io;

use super::super::Error;
use super::url;

/// A registry as a person names it: a host, perhaps with a scheme, and with a path before `/v2/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    host: RegistryHost,
    scheme: Option<Scheme>,
    /// Empty, or beginning with a slash and not ending with one.
    prefix: String,
}

/// Who asks: it decides what may be sent at all, and what costs a CORS preflight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A program without a browser around it.
    Native,
    /// A page that came by http.
    HttpPage,
    /// A page that came by https.
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
    /// The registry of a host, whose API lies at `/v2/`.
    pub fn new(scheme: Option<Scheme>, host: RegistryHost) -> Endpoint {
        Endpoint {
            host,
            scheme,
            prefix: String::new(),
        }
    }

    /// Reads `[scheme://]host[:port][/prefix]`: the base URL of a registry below a folder of a web server. An end
    /// of `/v2/…` is dropped.
    ///
    /// # Errors
    /// When it is no host, or carries credentials.
    pub fn parse(text: &str) -> Result<Endpoint, Error> {
        let malformed = |reason: &str| Error::Malformed {
            what: "the registry's address".to_owned(),
            reason: reason.to_owned(),
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
            return Err(malformed(
                "it holds a user name or password, which browsers refuse; leave them out",
            ));
        }
        let parts = url::parts(&with_scheme)
            .ok_or_else(|| malformed("it must be a host, such as registry.example.com:5000"))?;
        let host = RegistryHost::parse(&parts.authority.to_ascii_lowercase())
            .map_err(|error| malformed(&error.to_string()))?;
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

    /// The host as it was named.
    pub fn host(&self) -> &RegistryHost {
        &self.host
    }

    /// Host and port to connect to; Docker Hub's names all become its API host.
    pub fn authority(&self) -> &str {
        self.host.api_host()
    }

    /// True where a page on https tries https and nothing else, since no scheme was given.
    pub fn asks_https_alone(&self) -> bool {
        let bases = self.bases(Asker::HttpsPage);
        self.scheme.is_none() && bases.is_ok_and(|bases| bases.len() == 1)
    }

    /// Whether this is Docker Hub, which sends no CORS headers: a page can say so before it asks anything.
    pub fn is_docker_hub(&self) -> bool {
        self.host.is_docker_hub()
    }

    /// The path before `/v2/`: empty but for registries below a folder of a web server.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The base URLs to try, in order.
    ///
    /// # Errors
    /// When the page may not ask this host at all, because it came by https and the host is to be asked by http.
    pub fn bases(&self, asker: Asker) -> Result<Vec<String>, Error> {
        let base = |scheme: &Scheme| {
            let (scheme, authority) = (scheme.as_str(), self.authority());
            format!("{scheme}://{authority}{}", self.prefix)
        };
        let schemes = schemes_to_try(self.scheme, &self.host, asker.origin());
        let bases: Vec<String> = schemes.iter().map(base).collect();
        for base in &bases {
            may_ask(asker, base).map_err(|cause| Error::Io {
                what: base.clone(),
                cause,
            })?;
        }
        Ok(bases)
    }

    /// `host/repository`, as people write it.
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

/// Whether a page may ask `address` at all: browsers let a page on https ask http of its own machine only.
pub(super) fn may_ask(asker: Asker, address: &str) -> Result<(), io::Error> {
    let Some(parts) = url::parts(address) else {
        return Err(io::Error::new(
            io::ErrorKind::Unreachable,
            "this is no http or https address",
        ));
    };
    let host = RegistryHost::parse(parts.authority);
    let is_loopback = host.is_ok_and(|host| host.is_loopback());
    if asker.origin() == PageOrigin::Secure && !parts.https && !is_loopback {
        return Err(io::Error::new(
            io::ErrorKind::MixedContent,
            "a page on https may not ask an address on http",
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
