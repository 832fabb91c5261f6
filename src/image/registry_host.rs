//! Registry hosts, the part of a name before its first slash, and the schemes to reach them.
//!
//! No requests are made here.

use crate::message::Code;
use std::fmt;

use super::Error;
use super::error::refused;

/// `name[:port]` of a registry in Docker's grammar: a domain, an IPv4 address, or an IPv6 address in brackets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryHost {
    text: Box<str>,
    port: Option<u16>,
}

/// The scheme of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `https://`.
    Https,
    /// `http://`.
    Http,
}

/// The origin from which Lamina sends requests, as far as browsers restrict them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageOrigin {
    /// A page on https, which may use http only for this machine.
    Secure,
    /// A page on http, or the headless command.
    Plain,
}

impl RegistryHost {
    /// The name of Docker Hub in references.
    pub const DOCKER_HUB: &'static str = "docker.io";

    /// Parses `name[:port]`.
    ///
    /// # Errors
    /// If the name is not a domain or an address, or the port is not between 1 and 65535.
    pub fn parse(text: &str) -> Result<RegistryHost, Error> {
        let (name, port) = match text.rsplit_once(':') {
            // The last colon of a bare IPv6 address is inside the brackets.
            Some((_, after)) if after.ends_with(']') => (text, None),
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        };
        let v6 = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
        let name_fits = match v6 {
            Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
            None => name.len() <= 253 && name.split('.').all(is_label),
        };
        if !name_fits {
            return Err(refused(Code::HostForm, text));
        }
        let port = match port {
            None => None,
            Some(port) => match parse_port(port) {
                Some(port) => Some(port),
                None => return Err(refused(Code::PortForm, text)),
            },
        };
        Ok(RegistryHost {
            text: text.into(),
            port,
        })
    }

    /// Returns Docker Hub.
    pub fn docker_hub() -> RegistryHost {
        RegistryHost {
            text: RegistryHost::DOCKER_HUB.into(),
            port: None,
        }
    }

    /// Returns the host as written, with its port.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the host without its port; an IPv6 address keeps its brackets.
    pub fn name(&self) -> &str {
        match self.port {
            Some(_) => self.text.rsplit_once(':').map_or("", |(name, _)| name),
            None => &self.text,
        }
    }

    /// Returns the port, if one is written.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// True for Docker Hub by any of its names. It sends no CORS headers, so no page can read it.
    pub fn is_docker_hub(&self) -> bool {
        const NAMES: [&str; 5] = [
            RegistryHost::DOCKER_HUB,
            "index.docker.io",
            "registry-1.docker.io",
            "registry.hub.docker.com",
            "hub.docker.com",
        ];
        NAMES.iter().any(|n| n.eq_ignore_ascii_case(self.name()))
    }

    /// Returns the host of the registry's API, with its port. It differs from the written one only for Docker Hub.
    pub fn api_host(&self) -> &str {
        if self.is_docker_hub() {
            "registry-1.docker.io"
        } else {
            &self.text
        }
    }

    /// True for this machine, with which browsers let a secure page use http.
    pub fn is_loopback(&self) -> bool {
        let name = self.name().to_ascii_lowercase();
        let v6 = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
        let v6 = v6.and_then(|n| n.parse::<std::net::Ipv6Addr>().ok());
        let v4 = name.parse::<std::net::Ipv4Addr>().ok();
        name == "localhost"
            || name.ends_with(".localhost")
            || v4.is_some_and(|ip| ip.is_loopback())
            || v6.is_some_and(|ip| ip.is_loopback())
    }

    /// True if Docker reads the beginning of a name as a host, and not as a part of a path on Docker Hub.
    pub(super) fn is_evident(text: &str) -> bool {
        text.contains(['.', ':'])
            || text == "localhost"
            || text.bytes().any(|b| b.is_ascii_uppercase())
    }

    /// Adds the default port of `scheme` if the host would not be evident without one.
    pub(super) fn made_evident(self, scheme: Scheme) -> RegistryHost {
        if RegistryHost::is_evident(&self.text) {
            return self;
        }
        let port = match scheme {
            Scheme::Https => 443,
            Scheme::Http => 80,
        };
        RegistryHost {
            text: format!("{}:{port}", self.text).into(),
            port: Some(port),
        }
    }
}

impl Scheme {
    /// Returns `https` or `http`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Https => "https",
            Scheme::Http => "http",
        }
    }
}

/// Returns the schemes to try for a host, in order.
///
/// A written scheme is the only one. Otherwise https comes before http. A secure page tries http only for this
/// machine, because browsers refuse the rest. Docker Hub is never contacted by http.
pub fn schemes_to_try(
    written: Option<Scheme>,
    host: &RegistryHost,
    page: PageOrigin,
) -> &'static [Scheme] {
    match (written, page) {
        (Some(Scheme::Https), _) => &[Scheme::Https],
        (Some(Scheme::Http), _) => &[Scheme::Http],
        (None, _) if host.is_docker_hub() => &[Scheme::Https],
        (None, PageOrigin::Secure) if !host.is_loopback() => &[Scheme::Https],
        (None, _) => &[Scheme::Https, Scheme::Http],
    }
}

/// Parses a port: digits only, from 1 to 65535.
pub(super) fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let port = text.parse::<u16>().ok().filter(|&port| port > 0);
    port.filter(|_| digits)
}

fn is_label(label: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = label.as_bytes();
    edge(bytes.first())
        && edge(bytes.last())
        && bytes
            .iter()
            .all(|&b| b.is_ascii_alphanumeric() || b == b'-')
}

impl fmt::Display for RegistryHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for RegistryHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_schemes(written: Option<Scheme>, host: &str, page: PageOrigin, schemes: &str) {
        let host = RegistryHost::parse(host).expect("is a host");
        let actual: Vec<_> = schemes_to_try(written, &host, page)
            .iter()
            .map(|s| s.as_str())
            .collect();
        assert_eq!(actual.join(" "), schemes, "for {written:?} {host} {page:?}");
    }

    #[test]
    fn br_03_schemes_in_order() {
        use PageOrigin::{Plain, Secure};
        check_schemes(None, "registry.example.com", Plain, "https http");
        check_schemes(None, "registry.example.com", Secure, "https");
        check_schemes(None, "192.168.1.5:5000", Secure, "https");
        check_schemes(None, "localhost:5000", Secure, "https http");
        check_schemes(None, "registry.localhost", Secure, "https http");
        check_schemes(None, "127.0.0.1:5000", Secure, "https http");
        check_schemes(None, "[::1]:5000", Secure, "https http");
        check_schemes(None, "127.0.0.1.evil.example", Secure, "https");
        check_schemes(None, "docker.io", Plain, "https");
        check_schemes(Some(Scheme::Http), "example.com", Secure, "http");
        check_schemes(Some(Scheme::Https), "localhost", Plain, "https");
    }

    #[test]
    fn reads_hosts() {
        for text in [
            "a",
            "a.b-c.d:1",
            "10.0.0.1",
            "[::1]",
            "[2001:db8::1]:65535",
            "X:80",
        ] {
            let host = RegistryHost::parse(text).expect("is a host");
            assert_eq!(host.as_str(), text);
        }
        for text in [
            "", ":", "a:", "a:0", "a:65536", "a:+1", "a..b", "-a", "a_b", "[::1", "[x]", "a b",
            "a:1:2",
        ] {
            assert!(RegistryHost::parse(text).is_err(), "{text:?} was accepted");
        }
    }
}
