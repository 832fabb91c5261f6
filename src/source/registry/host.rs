//! Which registry is meant, and by which schemes it may be asked.
//!
//! Telling a registry from a repository in what a person typed is `image::Reference`'s work.

use crate::io;

use super::super::Error;
use super::url;

/// A registry as a person names it: `host:port`, perhaps with a scheme and a path before `/v2/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegistryHost {
    authority: String,
    /// Empty, or beginning with a slash and not ending with one.
    prefix: String,
    scheme: Option<Scheme>,
}

/// What carries the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Over TLS.
    Https,
    /// In the clear.
    Http,
}

impl Scheme {
    /// The scheme as it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Https => "https",
            Scheme::Http => "http",
        }
    }
}

/// Who asks: it decides what may be sent at all, and what costs a CORS preflight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asker {
    /// A program without a browser around it.
    Native,
    /// A page that came by http or from a file.
    HttpPage,
    /// A page that came by https: it may ask http only of its own machine.
    HttpsPage,
}

/// The host that serves Docker Hub's images.
const DOCKER_HUB: &str = "registry-1.docker.io";

impl RegistryHost {
    /// Reads `[scheme://]host[:port][/prefix]`; an end of `/v2/…` is dropped, as people copy it from elsewhere.
    ///
    /// # Errors
    /// When it is no host, or carries credentials.
    pub fn parse(text: &str) -> Result<RegistryHost, Error> {
        let malformed = |reason: &str| Error::Malformed {
            what: "the registry's address".to_owned(),
            reason: reason.to_owned(),
        };
        let text = text.trim();
        let has_scheme = text.contains("://");
        let with_scheme = if has_scheme {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let before_path = with_scheme.splitn(4, '/').nth(2).unwrap_or_default();
        if before_path.contains('@') {
            return Err(malformed(
                "it holds a user name or password, which browsers refuse; leave them out",
            ));
        }
        let parts = url::parts(&with_scheme)
            .ok_or_else(|| malformed("it must be a host, such as registry.example.com:5000"))?;
        let (host, port) = url::split_port(parts.authority);
        let port_is_valid = port.is_none_or(|p| p.parse::<u16>().is_ok());
        if host.is_empty() || !port_is_valid {
            return Err(malformed("the port must be a number up to 65535"));
        }
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
        let authority = parts.authority.to_ascii_lowercase();
        let authority = match authority.as_str() {
            "docker.io" | "index.docker.io" | "registry.hub.docker.com" | "hub.docker.com" => {
                DOCKER_HUB.to_owned()
            }
            _ => authority,
        };
        Ok(RegistryHost {
            prefix: path.trim_end_matches('/').to_owned(),
            authority,
            scheme,
        })
    }

    /// Host and port to connect to; Docker Hub's names all become its API host.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The path before `/v2/`: empty but for registries below a folder of a web server.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether this is Docker Hub, which sends no CORS headers: a page can say so before it asks anything.
    pub fn is_docker_hub(&self) -> bool {
        self.authority == DOCKER_HUB
    }

    /// The URLs before `/v2/` to try, in order.
    ///
    /// # Errors
    /// When the page may not ask this host at all, because it is on https and the host is not.
    pub fn bases(&self, asker: Asker) -> Result<Vec<String>, Error> {
        let schemes = match self.scheme {
            Some(scheme) => vec![scheme],
            None => vec![Scheme::Https, Scheme::Http],
        };
        let bases: Vec<String> = schemes
            .into_iter()
            .filter(|&scheme| {
                scheme == Scheme::Https
                    || asker != Asker::HttpsPage
                    || url::is_loopback(&self.authority)
            })
            .map(|scheme| self.base(scheme))
            .collect();
        if bases.is_empty() {
            return Err(Error::Io {
                what: self.base(Scheme::Http),
                cause: mixed_content(),
            });
        }
        Ok(bases)
    }

    fn base(&self, scheme: Scheme) -> String {
        format!("{}://{}{}", scheme.as_str(), self.authority, self.prefix)
    }
}

/// Whether a page may ask `url` at all.
pub(super) fn may_ask(asker: Asker, address: &str) -> Result<(), io::Error> {
    let allowed = match url::parts(address) {
        Some(parts) => {
            parts.https || asker != Asker::HttpsPage || url::is_loopback(parts.authority)
        }
        None => false,
    };
    if allowed {
        Ok(())
    } else {
        Err(mixed_content())
    }
}

fn mixed_content() -> io::Error {
    io::Error::new(
        io::ErrorKind::MixedContent,
        "a page on https may not ask an address on http",
    )
}

impl std::fmt::Display for RegistryHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{}://", scheme.as_str())?;
        }
        write!(f, "{}{}", self.authority, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, asker: Asker, bases: &str) {
        let got = RegistryHost::parse(text)
            .and_then(|host| host.bases(asker))
            .map_or_else(|e| format!("error: {e}"), |bases| bases.join(" "));
        assert_eq!(got, bases, "from {text:?}");
    }

    #[test]
    fn reads_addresses() {
        check(
            "r.example",
            Asker::Native,
            "https://r.example http://r.example",
        );
        check(
            "R.example:5000/",
            Asker::HttpPage,
            "https://r.example:5000 http://r.example:5000",
        );
        check("http://r.example/v2/", Asker::HttpPage, "http://r.example");
        check(
            "https://x.github.io/lamina/v2/_catalog?n=1",
            Asker::HttpsPage,
            "https://x.github.io/lamina",
        );
        check("http://[::1]:5000/v2", Asker::Native, "http://[::1]:5000");
        check(
            "docker.io",
            Asker::Native,
            "https://registry-1.docker.io http://registry-1.docker.io",
        );
    }

    #[test]
    fn br_03_a_secure_page_asks_http_of_its_own_machine_only() {
        check("r.example", Asker::HttpsPage, "https://r.example");
        check(
            "localhost:5000",
            Asker::HttpsPage,
            "https://localhost:5000 http://localhost:5000",
        );
        check(
            "http://r.example",
            Asker::HttpsPage,
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
            let error = RegistryHost::parse(text).expect_err(text);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
