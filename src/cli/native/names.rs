//! Resolved names. A check resolves a name; a connection uses the addresses that were checked, and resolves nothing.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::bounds::LastUsed;

/// Time after which a check resolves a name anew.
const NAMES_LAST: Duration = Duration::from_secs(300);
/// Names that are remembered at once.
const MOST_NAMES: usize = 256;
/// Largest number of addresses of one name that are tried.
const MOST_ADDRESSES: usize = 16;

/// The addresses of hosts, for checks and for connections.
#[derive(Clone, Debug)]
pub(super) struct Names(Arc<Mutex<Known>>);

#[derive(Debug)]
struct Known {
    /// Addresses that names resolved to, and when.
    resolved: LastUsed<Place, (Instant, Vec<IpAddr>)>,
    /// Addresses that connections may use.
    checked: LastUsed<Place, Vec<IpAddr>>,
}

/// A host's name and port.
type Place = (String, u16);

fn place(host: &str, port: u16) -> Place {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    (bare.to_ascii_lowercase(), port)
}

impl Default for Names {
    fn default() -> Names {
        Names(Arc::new(Mutex::new(Known {
            resolved: LastUsed::new(MOST_NAMES),
            checked: LastUsed::new(MOST_NAMES),
        })))
    }
}

impl Names {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the addresses of a host, for a check whether it may be contacted.
    ///
    /// # Errors
    /// When the name cannot be resolved.
    pub(super) fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<IpAddr>> {
        let place = place(host, port);
        if let Some((since, addresses)) = self.known().resolved.get(&place)
            && since.elapsed() < NAMES_LAST
        {
            return Ok(addresses.clone());
        }
        let found = (place.0.as_str(), port).to_socket_addrs()?;
        let addresses: Vec<IpAddr> = found
            .take(MOST_ADDRESSES)
            .map(|address| address.ip())
            .collect();
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no address"));
        }
        let resolved = (Instant::now(), addresses.clone());
        self.known().resolved.insert(place, resolved);
        Ok(addresses)
    }

    /// Lets connections to a host use addresses that were checked.
    pub(super) fn allow(&self, uri: &Uri, addresses: &[IpAddr]) {
        if let Some(host) = uri.host().filter(|_| !addresses.is_empty()) {
            let place = place(host, port_of(uri));
            self.known().checked.insert(place, addresses.to_vec());
        }
    }
}

fn port_of(uri: &Uri) -> u16 {
    let usual = match uri.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    uri.port_u16().unwrap_or(usual)
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let place = place(host, port_of(uri));
        let checked = self.known().checked.get(&place).cloned();
        let is_proxy = || config.proxy().is_some_and(|proxy| proxy.uri() == uri);
        let addresses = match (checked, place.0.parse()) {
            (Some(checked), _) => checked,
            (None, Ok(address)) => vec![address],
            // The person has named the proxy.
            (None, Err(_)) if is_proxy() => self.look_up(host, place.1)?,
            (None, Err(_)) => return Err(ureq::Error::HostNotFound),
        };
        let mut resolved = self.empty();
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            resolved.push(SocketAddr::new(address, place.1));
        }
        Ok(resolved)
    }
}
