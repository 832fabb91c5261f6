//! The only way for a request to leave: enforces that only hosts named by the person are contacted, and hosts
//! named by this registry that pass the origin policy.
//!
//! Nothing else holds the transport, so no request bypasses it. `conversation` and `blob` know which hosts a
//! registry names, and for what. `reach` classifies hosts.
//!
//! Advice for hackers: a browser follows redirects itself and shows only the final URL, so that URL is checked. If
//! a transport returns the redirect as the answer, it is followed here, and each step is checked.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::io::{Error, ErrorKind, HttpRequest, Method, Redirects, Response, Transport};

use super::encoding;
use super::host::{Asker, may_ask};
use super::reach::{Reach, reach_of, reach_of_address};
use super::url;

/// A transport behind the policy of one registry.
pub(super) struct Gate {
    transport: Rc<dyn Transport>,
    asker: Asker,
    /// The address that the person named, `scheme://host[:port][/prefix]`.
    base: String,
    header_bytes: u64,
    redirects: u32,
    /// The origins that may be contacted: the registry, and those that it named.
    admitted: RefCell<BTreeSet<Origin>>,
    /// The reach of the registry itself when it was first looked up.
    own_reach: Cell<Option<Reach>>,
}

/// Scheme, host and port of a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    https: bool,
    host: String,
    port: String,
}

impl Origin {
    fn of(address: &str) -> Option<Origin> {
        let parts = url::parts(address)?;
        let (host, port) = parts.host_and_port();
        Some(Origin {
            https: parts.https,
            host,
            port,
        })
    }
}

impl Gate {
    /// Creates the gate of the registry at `base`, which the person named.
    pub(super) fn new(
        transport: Rc<dyn Transport>,
        asker: Asker,
        base: &str,
        limits: &Limits,
    ) -> Gate {
        Gate {
            transport,
            asker,
            base: base.to_owned(),
            header_bytes: limits.registry.header_bytes,
            redirects: limits.registry.redirects,
            admitted: RefCell::new(Origin::of(base).into_iter().collect()),
            own_reach: Cell::default(),
        }
    }

    /// Admits a host that the registry has named.
    ///
    /// # Errors
    /// When it is not a web address, or is on a network that the registry itself is not on.
    pub(super) fn admit(&self, address: &str) -> Result<(), Error> {
        let origin = Origin::of(address).ok_or_else(|| forbidden(Message::no_web_address()))?;
        if self.admitted.borrow().contains(&origin) {
            return Ok(());
        }
        self.checked(&origin)?;
        self.admitted.borrow_mut().insert(origin);
        Ok(())
    }

    /// Returns the addresses of a host, if none of them is on a network that the registry is not on.
    fn checked(&self, origin: &Origin) -> Result<Vec<IpAddr>, Error> {
        let own = self.own_reach()?;
        let (named, addresses) = self.reach(origin)?;
        if named > own {
            let is_registry = Origin::of(&self.base).as_ref() == Some(origin);
            return Err(forbidden(match named {
                _ if is_registry => Message::relay_network(),
                Reach::ThisMachine => Message::names_local_address(),
                Reach::Private => Message::names_private_address(),
                Reach::Public => Message::names_forbidden_address(),
            }));
        }
        Ok(addresses)
    }

    /// Returns the reach of the registry itself when it was first looked up. Otherwise it could have its own name lead
    /// elsewhere later.
    pub(super) fn own_reach(&self) -> Result<Reach, Error> {
        if let Some(first) = self.own_reach.get() {
            return Ok(first);
        }
        let own = Origin::of(&self.base);
        let (reach, _) = own.map_or(Ok((Reach::Public, Vec::new())), |own| self.reach(&own))?;
        self.own_reach.set(Some(reach));
        Ok(reach)
    }

    /// Holds the registry to a reach that was found before.
    pub(super) fn hold_to(&self, reach: Reach) {
        self.own_reach.set(Some(reach));
    }

    /// Returns the reach of a host, by its name and by the addresses that the name resolves to, and these.
    fn reach(&self, origin: &Origin) -> Result<(Reach, Vec<IpAddr>), Error> {
        let port = origin
            .port
            .parse()
            .unwrap_or(if origin.https { 443 } else { 80 });
        let addresses = self.transport.addresses(&origin.host, port)?;
        let resolved = addresses.iter().copied().map(reach_of_address).max();
        let reach = reach_of(&origin.host).max(resolved.unwrap_or(Reach::Public));
        Ok((reach, addresses))
    }

    /// Sends a request to an admitted host and follows redirects. Credentials are sent to the host of `owner` only.
    ///
    /// # Errors
    /// When the host is not admitted, there is no answer, or a redirect leads to a forbidden host.
    pub(super) async fn exchange(
        &self,
        owner: &str,
        mut request: HttpRequest,
    ) -> Result<Response, Error> {
        request.behalf.registry = Rc::from(self.base.as_str());
        for _ in 0..=self.redirects {
            request.addresses = self.check(&request.url)?.into();
            let is_own = url::same_origin(&request.url, &self.base);
            if matches!(request.method, Method::Put | Method::Patch | Method::Delete) && !is_own {
                return Err(forbidden(Message::written_elsewhere()));
            }
            // A password for a token server is sent nowhere else.
            if request.redirects == Redirects::Followed && !url::same_origin(&request.url, owner) {
                request.headers.remove("authorization");
            }
            let mut response = self.transport.exchange(request.clone()).await?;
            self.check_headers(&response)?;
            if response.url.is_empty() {
                response.url.clone_from(&request.url);
            }
            self.follow(&request.url, &response.url)?;
            let Some(target) = redirect_of(&response) else {
                self.check_encoding(&response)?;
                return Ok(response);
            };
            let target = url::resolve(&response.url, target)
                .ok_or_else(|| forbidden(Message::redirects_to_no_web()))?;
            // 307 and 308 keep method and body. Within the registry the recipient stays the same.
            let stays = matches!(response.status, 307 | 308)
                && is_own
                && url::same_origin(&target, &self.base);
            if request.redirects == Redirects::Refused && !stays {
                let host = super::url::host_of(&target).unwrap_or_default();
                return Err(forbidden(Message::redirects_elsewhere(host.to_string())));
            }
            self.follow(&response.url, &target)?;
            request.url = target;
        }
        Err(forbidden(Message::redirects_too_often(self.redirects)))
    }

    /// Checks that a host may be contacted; returns the addresses at which.
    fn check(&self, address: &str) -> Result<Vec<IpAddr>, Error> {
        may_ask(self.asker, address)?;
        let origin = Origin::of(address);
        let origin = origin.filter(|origin| self.admitted.borrow().contains(origin));
        let origin = origin.ok_or_else(|| forbidden(Message::host_not_named()))?;
        // A name may lead elsewhere than when it was admitted.
        self.checked(&origin)
    }

    /// Checks that a redirect may be followed.
    fn follow(&self, from: &str, to: &str) -> Result<(), Error> {
        let is_https = |address| url::parts(address).is_some_and(|parts| parts.https);
        if is_https(from) && !is_https(to) {
            return Err(forbidden(Message::redirects_to_http()));
        }
        self.admit(to)
    }

    /// Rejects an encoding that was not requested and cannot be decoded here. A browser decodes the encodings that
    /// it requested.
    fn check_encoding(&self, response: &Response) -> Result<(), Error> {
        let encoding = encoding::encoding_of(&response.headers);
        match encoding.filter(|encoding| !encoding::is_gzip(encoding)) {
            Some(encoding) if self.asker == Asker::Native => {
                let detail = Message::encoded_on_the_way(format!("{encoding:?}"));
                Err(Error::new(ErrorKind::Misbehaved, detail))
            }
            _ => Ok(()),
        }
    }

    fn check_headers(&self, response: &Response) -> Result<(), Error> {
        let lengths = response
            .headers
            .iter()
            .map(|(name, value)| name.len().saturating_add(value.len()));
        let bytes = lengths.fold(0, usize::saturating_add);
        if u64::try_from(bytes).unwrap_or(u64::MAX) > self.header_bytes {
            let limit = self.header_bytes;
            return Err(Error::new(
                ErrorKind::Forbidden,
                Message::header_limit(limit),
            ));
        }
        Ok(())
    }
}

/// Returns the target of a redirect.
fn redirect_of(response: &Response) -> Option<&str> {
    let is_redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    response.headers.get("location").filter(|_| is_redirect)
}

fn forbidden(reason: impl Into<Message>) -> Error {
    Error::new(ErrorKind::Forbidden, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{Cache, LocalFuture};

    /// A transport that only resolves names to addresses.
    struct Names(Vec<(&'static str, &'static str)>);

    impl Transport for Names {
        fn exchange(&self, _request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>> {
            Box::pin(std::future::ready(Err(forbidden("nobody is asked"))))
        }

        fn addresses(&self, host: &str, _port: u16) -> Result<Vec<IpAddr>, Error> {
            let of_host = self.0.iter().filter(|(name, _)| *name == host);
            let found: Vec<IpAddr> = of_host
                .map(|(_, address)| address.parse().expect("an address"))
                .collect();
            match found.is_empty() {
                true => Err(Error::new(
                    ErrorKind::Unreachable,
                    Message::no_web_address(),
                )),
                false => Ok(found),
            }
        }
    }

    /// A transport whose names lead elsewhere after the first look-up; it repeats the addresses that it is given.
    #[derive(Default)]
    struct Rebound(Cell<u32>);

    impl Transport for Rebound {
        fn exchange(&self, request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>> {
            let given = format!("{:?}", request.addresses);
            Box::pin(std::future::ready(Err(forbidden(Message::verbatim(given)))))
        }

        fn addresses(&self, _host: &str, _port: u16) -> Result<Vec<IpAddr>, Error> {
            self.0.set(self.0.get() + 1);
            let address = match self.0.get() {
                ..=2 => [93, 184, 216, 34],
                _ => [127, 0, 0, 1],
            };
            Ok(vec![IpAddr::from(address)])
        }
    }

    #[test]
    fn a_registry_whose_name_leads_elsewhere_later_is_not_followed() {
        let gate = Gate::new(
            Rc::new(Rebound::default()),
            Asker::Native,
            "https://r.example",
            &Limits::DEFAULT,
        );
        let ask = || {
            let request = HttpRequest::get("https://r.example/v2/", Cache::Bypassed);
            let outcome = pollster::block_on(gate.exchange("https://r.example", request));
            outcome.err().expect("nobody answers").detail.to_string()
        };
        assert_eq!(ask(), "[93.184.216.34]");
        assert_eq!(ask(), Message::relay_network().to_string());
        assert!(gate.admit("http://127.0.0.1:5000/").is_err());
    }

    #[test]
    fn a_public_name_that_leads_into_a_private_network_is_not_followed() {
        let names = Names(vec![
            ("public.example", "93.184.216.34"),
            ("token.example", "93.184.216.35"),
            ("metadata.example", "169.254.169.254"),
            ("home.example", "::1"),
            ("both.example", "93.184.216.36"),
            ("both.example", "10.0.0.7"),
            ("inside.example", "10.0.0.8"),
        ]);
        let names: Rc<dyn Transport> = Rc::new(names);
        let gate = |base| Gate::new(Rc::clone(&names), Asker::Native, base, &Limits::DEFAULT);
        for (base, target, admitted) in [
            ("https://public.example", "https://token.example/t", true),
            ("https://public.example", "https://metadata.example/", false),
            ("https://public.example", "https://home.example/", false),
            ("https://public.example", "https://both.example/", false),
            // A connection could resolve it to anything.
            ("https://public.example", "https://unknown.example/", false),
            ("https://unknown.example", "https://token.example/t", false),
            // A registry on a private network may lead to other hosts there, but not to this machine.
            ("https://inside.example", "https://metadata.example/", true),
            ("https://inside.example", "https://home.example/", false),
        ] {
            let found = gate(base).admit(target).is_ok();
            assert_eq!(found, admitted, "{base} leads to {target}");
        }
    }
}
