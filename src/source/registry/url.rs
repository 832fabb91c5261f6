//! The part of URLs that a registry conversation needs: splitting, resolving, comparing, encoding.
//!
//! Internationalised names are left unchanged; the transport handles them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A URL over http or https, split into its parts. A fragment is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) https: bool,
    /// Host and port as written, without user information.
    pub(super) authority: &'a str,
    /// The path; empty, or with a leading slash.
    pub(super) path: &'a str,
    /// The query after the question mark.
    pub(super) query: Option<&'a str>,
}

/// Splits `url`; `None` if it is not an absolute http or https URL, or contains credentials.
pub(super) fn parts(url: &str) -> Option<Parts<'_>> {
    if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    let https = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (rest, query) = match rest.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (rest, None),
    };
    let at = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    let plain = !authority.is_empty() && !authority.contains(['@', '\\', '<', '>', '"', '%']);
    plain.then_some(Parts {
        https,
        authority,
        path,
        query,
    })
}

impl Parts<'_> {
    /// Returns the host in lower case and the port, with the scheme's default filled in.
    pub(super) fn host_and_port(&self) -> (String, String) {
        let (host, port) = split_port(self.authority);
        let own = if self.https { "443" } else { "80" };
        (
            host.to_ascii_lowercase(),
            port.filter(|p| !p.is_empty()).unwrap_or(own).to_owned(),
        )
    }

    /// Returns `scheme://authority`.
    pub(super) fn origin(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }
}

/// Splits `host:port`. The brackets of an IPv6 address stay on the host.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let after_brackets = authority.rfind(']').map_or(0, |at| at + 1);
    match authority
        .get(after_brackets..)
        .and_then(|rest| rest.rfind(':'))
    {
        Some(at) => {
            let at = after_brackets + at;
            (
                authority.get(..at).unwrap_or_default(),
                authority.get(at + 1..),
            )
        }
        None => (authority, None),
    }
}

/// True if both have the same scheme, host and port. Only then may a credential for one be sent to the other.
pub(super) fn same_origin(one: &str, other: &str) -> bool {
    match (parts(one), parts(other)) {
        (Some(one), Some(other)) => {
            one.https == other.https && one.host_and_port() == other.host_and_port()
        }
        _ => false,
    }
}

/// Resolves a reference from a `Location`, `Link` or realm against the URL that it came from (RFC 3986, 5.2).
pub(super) fn resolve(base: &str, reference: &str) -> Option<String> {
    let reference = reference.trim();
    let reference = reference
        .split_once('#')
        .map_or(reference, |(before, _)| before);
    let base = parts(base)?;
    let scheme_end = reference.find(':').filter(|&at| {
        reference
            .get(..at)
            .is_some_and(|s| !s.is_empty() && !s.contains(['/', '?']))
    });
    let url = if scheme_end.is_some() {
        reference.to_owned()
    } else if reference.starts_with("//") {
        let scheme = if base.https { "https:" } else { "http:" };
        format!("{scheme}{reference}")
    } else if reference.starts_with('/') {
        format!("{}{}", base.origin(), without_dots(reference))
    } else if reference.starts_with('?') || reference.is_empty() {
        format!("{}{}{reference}", base.origin(), base.path)
    } else {
        let folder = base.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!(
            "{}{}",
            base.origin(),
            without_dots(&format!("{folder}/{reference}"))
        )
    };
    parts(&url).is_some().then_some(url)
}

fn without_dots(path_and_query: &str) -> String {
    let (path, query) = match path_and_query.find('?') {
        Some(at) => path_and_query.split_at(at),
        None => (path_and_query, ""),
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut components = path.split('/').skip(1).peekable();
    while let Some(component) = components.next() {
        let is_last = components.peek().is_none();
        match component {
            "." | ".." => {
                if component == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            component => kept.push(component),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

/// Returns a URL for messages, without its query, which may be signed.
pub(super) fn redacted(url: &str) -> String {
    match parts(url) {
        Some(parts) => format!("{}{}", parts.origin(), parts.path),
        None => "an address that is no URL".to_owned(),
    }
}

/// Percent-encodes `text` as one value of a query.
pub(super) fn encode_value(text: &str) -> String {
    encode(text, b"-._~:/*,")
}

/// Percent-encodes `text` as one or more components of a path.
pub(super) fn encode_path(text: &str) -> String {
    encode(text, b"-._~:/@+=")
}

fn encode(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Returns the hosts of the addresses, for a message.
pub(super) fn hosts_of(addresses: &[String]) -> String {
    let hosts = addresses.iter().filter_map(|address| host_of(address));
    let hosts: BTreeSet<&str> = hosts.collect();
    hosts.into_iter().collect::<Vec<_>>().join(", ")
}

/// Returns the host of an address, with its port.
pub(super) fn host_of(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base: &str, reference: &str, resolved: Option<&str>) {
        assert_eq!(
            resolve(base, reference).as_deref(),
            resolved,
            "{reference:?} at {base}"
        );
    }

    #[test]
    fn resolves_what_registries_write() {
        let base = "https://r.example:5000/v2/app/tags/list?n=2";
        check(
            base,
            "/v2/app/tags/list?last=b",
            Some("https://r.example:5000/v2/app/tags/list?last=b"),
        );
        check(
            base,
            "list?last=b",
            Some("https://r.example:5000/v2/app/tags/list?last=b"),
        );
        check(
            base,
            "?last=b",
            Some("https://r.example:5000/v2/app/tags/list?last=b"),
        );
        check(base, "../x#part", Some("https://r.example:5000/v2/app/x"));
        check(base, "//cdn.example/x", Some("https://cdn.example/x"));
        check(base, "http://r.example/x", Some("http://r.example/x"));
        check(base, "javascript:alert(1)", None);
        check(base, "https://user:pw@r.example/", None);
        check(base, "https:///x", None);
        check("r.example", "/x", None);
    }

    #[test]
    fn tells_origins_apart() {
        assert!(same_origin(
            "https://R.example/v2/",
            "https://r.example:443/x"
        ));
        assert!(!same_origin("https://r.example/", "http://r.example/"));
        assert!(!same_origin("http://r.example/", "http://r.example:5000/"));
        assert!(!same_origin(
            "https://r.example/",
            "https://r.example.evil/"
        ));
    }

    #[test]
    fn encodes_what_would_break_out() {
        assert_eq!(encode_path("a/b?c#d e"), "a/b%3Fc%23d%20e");
        assert_eq!(encode_value("a&b=c+é"), "a%26b%3Dc%2B%C3%A9");
        assert_eq!(redacted("https://s3/x?sig=secret"), "https://s3/x");
    }
}
