//! Access to the relay: for the page that a one-time token came to, by the key that it got for it.
//!
//! The token stands in the address's fragment, which no browser sends. The page exchanges it for a key, keeps the key
//! in its tab, and sends it as a header field. So another page does not have it, nor another port or person of this
//! machine, and no cache, cookie or log keeps it. Host and Origin are checked beside: a page of another site can send
//! requests here, also under a name of its own that leads here.

use std::collections::VecDeque;
use std::net::{IpAddr, TcpListener};
use std::sync::{Mutex, PoisonError};

use hyper::HeaderMap;

use crate::image::{Digest, hex};
use crate::io::relay;

use super::super::error::Error;

/// Keys that are valid at once; the oldest is dropped first.
const MOST_KEYS: usize = 32;
/// Random bytes of a token or key.
const SECRET_BYTES: usize = 32;

/// The reason of a refusal, as it is told and logged. It repeats nothing of the request.
pub(super) type Refusal = &'static str;

/// The token that waits for a page, and the keys of the pages that came.
pub(super) struct Access {
    host: IpAddr,
    port: u16,
    secrets: Mutex<Secrets>,
}

struct Secrets {
    token: String,
    /// The hashes of keys: how long a comparison takes tells nothing of a key.
    keys: VecDeque<Digest>,
}

impl Access {
    /// Creates the access of pages served on this socket.
    pub(super) fn new(listener: &TcpListener) -> Result<Access, Error> {
        let address = listener.local_addr()?;
        Ok(Access {
            host: address.ip(),
            port: address.port(),
            secrets: Mutex::new(Secrets {
                token: secret()?,
                keys: VecDeque::new(),
            }),
        })
    }

    /// Returns the address of the page, with the token.
    pub(super) fn address(&self) -> String {
        let host = match self.host {
            host if host.is_unspecified() => "127.0.0.1".to_owned(),
            IpAddr::V4(host) => host.to_string(),
            IpAddr::V6(host) => format!("[{host}]"),
        };
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        format!(
            "http://{host}:{}/#{}={}",
            self.port,
            relay::TOKEN,
            secrets.token
        )
    }

    /// Exchanges the token for a key. The token is used up then, and another takes its place.
    pub(super) fn exchange(&self, token: &str) -> Result<String, Refusal> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let known = Digest::sha256_of(secrets.token.as_bytes());
        if Digest::sha256_of(token.as_bytes()) != known {
            return Err("a token that is unknown, or was used before");
        }
        let failed = |_| "this machine gives no random bytes";
        let (key, next) = (secret().map_err(failed)?, secret().map_err(failed)?);
        secrets.token = next;
        secrets.keys.push_back(Digest::sha256_of(key.as_bytes()));
        if secrets.keys.len() > MOST_KEYS {
            secrets.keys.pop_front();
        }
        Ok(key)
    }

    /// Checks that the header carries a key.
    pub(super) fn check_key(&self, key: &str) -> Result<(), Refusal> {
        let hash = Digest::sha256_of(key.as_bytes());
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        match secrets.keys.contains(&hash) {
            true => Ok(()),
            false => Err("a key that is unknown"),
        }
    }

    /// Checks that a request names this server by its address. Under any other name the answer would belong to
    /// another site, which its owner can make lead here.
    pub(super) fn check_host(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let host = only(headers, "host")?.ok_or("no Host")?;
        match self.is_own(host) {
            true => Ok(()),
            false => Err("a Host that is none of this server"),
        }
    }

    fn is_own(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port),
            _ => (host, "80"),
        };
        if port != self.port.to_string() {
            return false;
        }
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        let bare = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        match bare.unwrap_or(name).parse::<IpAddr>() {
            // An address cannot be made to lead elsewhere, as a name can.
            Ok(address) if self.host.is_loopback() => address.is_loopback(),
            Ok(_) => true,
            Err(_) => false,
        }
    }

    /// Checks that a page of this very address sends a request.
    pub(super) fn check_origin(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let host = only(headers, "host")?.ok_or("no Host")?;
        let origin = only(headers, "origin")?.ok_or("no Origin")?;
        if origin != format!("http://{host}") {
            return Err("the Origin of another page");
        }
        match only(headers, "sec-fetch-site")? {
            None | Some("same-origin") => Ok(()),
            Some(_) => Err("a request of another site"),
        }
    }
}

/// Returns the one value of a field. Two of the same name may be read in two ways.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err("a header field that is there twice");
    }
    let Some(value) = first else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err("a header field that is no text"),
    }
}

/// Makes a new secret.
fn secret() -> Result<String, Error> {
    let mut bytes = [0; SECRET_BYTES];
    let made = getrandom::fill(&mut bytes);
    made.map_err(|cause| Error::Choice(format!("this machine gives no random bytes: {cause}")))?;
    Ok(hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(listens_on: &str) -> Access {
        Access {
            host: listens_on.parse().expect("an address"),
            port: 8080,
            secrets: Mutex::new(Secrets {
                token: "t".to_owned(),
                keys: VecDeque::new(),
            }),
        }
    }

    #[test]
    fn a_host_is_an_address_of_this_server() {
        for (listens_on, host, is_own) in [
            ("127.0.0.1", "127.0.0.1:8080", true),
            ("127.0.0.1", "localhost:8080", true),
            ("127.0.0.1", "LOCALHOST:8080", true),
            ("127.0.0.1", "[::1]:8080", true),
            ("127.0.0.1", "127.0.0.1:8081", false),
            ("127.0.0.1", "127.0.0.1", false),
            ("127.0.0.1", "rebound.example:8080", false),
            ("127.0.0.1", "127.0.0.1.example:8080", false),
            ("127.0.0.1", "localhost.example:8080", false),
            ("127.0.0.1", "192.168.1.5:8080", false),
            ("127.0.0.1", "", false),
            ("0.0.0.0", "192.168.1.5:8080", true),
            ("0.0.0.0", "rebound.example:8080", false),
        ] {
            assert_eq!(
                access(listens_on).is_own(host),
                is_own,
                "{host} at {listens_on}"
            );
        }
    }

    #[test]
    fn a_token_gives_one_key() {
        let access = access("127.0.0.1");
        let key = access.exchange("t").expect("it is the token");
        assert!(access.exchange("t").is_err(), "it is used up");
        assert!(access.check_key(&key).is_ok());
        assert!(access.check_key("t").is_err() && access.check_key("").is_err());
        assert!(!access.address().contains(&key));
    }
}
