//! The addresses outside of `/v2/` that a registry has named.

use super::super::auth::Scope;
use super::super::url;

/// Addresses that one registry may name at most.
pub(super) const MOST_PLACES: usize = 4_096;

/// The part of a request's address that decides what it is.
#[derive(Clone, PartialEq)]
pub(super) struct Target {
    pub(super) repository: String,
    pub(super) scope: Scope,
    pub(super) is_manifest: bool,
}

/// The purpose for which an answer named an address.
#[derive(Clone, PartialEq)]
pub(super) enum Use {
    /// Tokens.
    Tokens,
    /// Content that is read.
    Content,
    /// The next step of a request.
    Step(Option<Target>),
}

/// Returns an address without its query, which differs from request to request.
pub(super) fn place_of(address: &str) -> String {
    url::parts(address).map_or(String::new(), |parts| {
        let (host, port) = parts.host_and_port();
        let scheme = if parts.https { "https" } else { "http" };
        format!("{scheme}://{host}:{port}{}", parts.path)
    })
}
