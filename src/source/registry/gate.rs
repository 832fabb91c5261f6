//! The only way for a request to leave: enforces that only hosts named by the person are contacted, and hosts
//! named by this registry that pass the origin policy.
//!
//! Nothing else holds the transport, so no request bypasses it. `conversation` and `blob` know which hosts a
//! registry names, and for what. `reach` classifies hosts.
//!
//! Advice for hackers: a browser follows redirects itself and shows only the final URL, so that URL is checked. If
//! a transport returns the redirect as the answer, it is followed here, and each step is checked.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::io::{Error, ErrorKind, Method, Redirects, Request, Response, Transport};
use crate::layer::Limits;

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
            header_bytes: limits.header_bytes,
            redirects: limits.redirects,
            admitted: RefCell::new(Origin::of(base).into_iter().collect()),
        }
    }

    /// Admits a host that the registry has named.
    ///
    /// # Errors
    /// When it is not a web address, or is on a network that the registry itself is not on.
    pub(super) fn admit(&self, address: &str) -> Result<(), Error> {
        let origin =
            Origin::of(address).ok_or_else(|| forbidden("this is no http or https address"))?;
        if self.admitted.borrow().contains(&origin) {
            return Ok(());
        }
        let own = Origin::of(&self.base).map_or(Reach::Public, |own| self.reach(&own));
        let named = self.reach(&origin);
        if named > own {
            return Err(forbidden(match named {
                Reach::ThisMachine => "a registry elsewhere names an address of this machine",
                Reach::Private => "a public registry names an address of a private network",
                Reach::Public => "the registry names an address that it may not name",
            }));
        }
        self.admitted.borrow_mut().insert(origin);
        Ok(())
    }

    /// Returns the reach of a host, by its name and by the addresses that the name resolves to.
    fn reach(&self, origin: &Origin) -> Reach {
        let port = origin
            .port
            .parse()
            .unwrap_or(if origin.https { 443 } else { 80 });
        let addresses = self.transport.addresses(&origin.host, port).into_iter();
        let resolved = addresses.map(reach_of_address).max();
        reach_of(&origin.host).max(resolved.unwrap_or(Reach::Public))
    }

    /// Sends a request to an admitted host and follows redirects. Credentials are sent to the host of `owner` only.
    ///
    /// # Errors
    /// When the host is not admitted, there is no answer, or a redirect leads to a forbidden host.
    pub(super) async fn exchange(
        &self,
        owner: &str,
        mut request: Request,
    ) -> Result<Response, Error> {
        for _ in 0..=self.redirects {
            self.check(&request.url)?;
            let is_own = url::same_origin(&request.url, &self.base);
            if matches!(request.method, Method::Put | Method::Patch | Method::Delete) && !is_own {
                return Err(forbidden(
                    "only the registry that you named is written to, and this is another host",
                ));
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
                .ok_or_else(|| forbidden("the answer redirects to no http or https address"))?;
            // 307 and 308 keep method and body. Within the registry the recipient stays the same.
            let stays = matches!(response.status, 307 | 308)
                && is_own
                && url::same_origin(&target, &self.base);
            if request.redirects == Redirects::Refused && !stays {
                let host = super::url::host_of(&target).unwrap_or_default();
                return Err(forbidden(&format!(
                    "the answer redirects to {host}, and what was sent goes to no other address; name that host as the registry, if it is one"
                )));
            }
            self.follow(&response.url, &target)?;
            request.url = target;
        }
        Err(forbidden(&format!(
            "the answers redirect more than {} times",
            self.redirects
        )))
    }

    /// Checks that a host may be contacted.
    fn check(&self, address: &str) -> Result<(), Error> {
        may_ask(self.asker, address)?;
        let origin = Origin::of(address);
        if origin.is_some_and(|origin| self.admitted.borrow().contains(&origin)) {
            Ok(())
        } else {
            Err(forbidden(
                "neither you nor the registry has named this host",
            ))
        }
    }

    /// Checks that a redirect may be followed.
    fn follow(&self, from: &str, to: &str) -> Result<(), Error> {
        let is_https = |address| url::parts(address).is_some_and(|parts| parts.https);
        if is_https(from) && !is_https(to) {
            return Err(forbidden("the answer redirects from https to http"));
        }
        self.admit(to)
    }

    /// Rejects an encoding that was not requested and cannot be decoded here. A browser decodes the encodings that
    /// it requested.
    fn check_encoding(&self, response: &Response) -> Result<(), Error> {
        let encoding = encoding::encoding_of(&response.headers);
        match encoding.filter(|encoding| !encoding::is_gzip(encoding)) {
            Some(encoding) if self.asker == Asker::Native => {
                let detail = format!(
                    "the answer is encoded as {encoding:?} for the way, which was not asked for; a proxy on the way may do that"
                );
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
                format!("the answer's header fields exceed the limit of {limit} bytes"),
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

fn forbidden(reason: &str) -> Error {
    Error::new(ErrorKind::Forbidden, reason)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::io::LocalFuture;

    /// A transport that only resolves names to addresses.
    struct Names(Vec<(&'static str, &'static str)>);

    impl Transport for Names {
        fn exchange(&self, _request: Request) -> LocalFuture<'_, Result<Response, Error>> {
            Box::pin(std::future::ready(Err(forbidden("nobody is asked"))))
        }

        fn addresses(&self, host: &str, _port: u16) -> Vec<IpAddr> {
            let of_host = self.0.iter().filter(|(name, _)| *name == host);
            of_host
                .map(|(_, address)| address.parse().expect("an address"))
                .collect()
        }
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
            ("https://public.example", "https://unknown.example/", true),
            // A registry on a private network may lead to other hosts there, but not to this machine.
            ("https://inside.example", "https://metadata.example/", true),
            ("https://inside.example", "https://home.example/", false),
        ] {
            let found = gate(base).admit(target).is_ok();
            assert_eq!(found, admitted, "{base} leads to {target}");
        }
    }
}
