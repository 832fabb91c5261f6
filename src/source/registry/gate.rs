//! The one way by which a request leaves: only hosts that the person named are asked, and hosts that this registry
//! named and that are fit to be asked by it.
//!
//! Nothing else holds the transport, so nothing goes past it; which host a registry names, and what for, is known to
//! `conversation` and `blob`. How far a host is from the world is `reach`'s to say.
//!
//! Advice for hackers: a browser follows redirects by itself and shows only where they ended, so there the end is
//! checked. A transport that gives the redirect as the answer is followed here, each step by the rules.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::io::{Error, ErrorKind, Method, Redirects, Request, Response, Transport};
use crate::layer::Limits;

use super::host::{Asker, may_ask};
use super::reach::{Reach, reach_of};
use super::url;

/// A transport behind the rules of one registry.
pub(super) struct Gate {
    transport: Rc<dyn Transport>,
    asker: Asker,
    /// The address that the person named, `scheme://host[:port][/prefix]`.
    base: String,
    header_bytes: u64,
    redirects: u32,
    /// Who may be asked: the registry, and whom it named.
    admitted: RefCell<BTreeSet<Origin>>,
}

/// Scheme, host and port: whom a request goes to.
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
    /// A gate to the registry at `base`, which the person named.
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

    /// Lets a host be asked that the registry has named.
    ///
    /// # Errors
    /// When it is none to be asked: no web address, or on a network that the registry itself is not on.
    pub(super) fn admit(&self, address: &str) -> Result<(), Error> {
        let origin =
            Origin::of(address).ok_or_else(|| forbidden("this is no http or https address"))?;
        let own = Origin::of(&self.base).map_or(Reach::Public, |own| reach_of(&own.host));
        let named = reach_of(&origin.host);
        if self.admitted.borrow().contains(&origin) {
            return Ok(());
        }
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

    /// Sends a request to a host that may be asked, and follows where the answer redirects to.
    ///
    /// # Errors
    /// When the host may not be asked, there is no answer, or it leads where nothing may be asked.
    pub(super) async fn exchange(&self, mut request: Request) -> Result<Response, Error> {
        for _ in 0..=self.redirects {
            self.check(&request.url)?;
            let is_own = url::same_origin(&request.url, &self.base);
            if matches!(request.method, Method::Put | Method::Patch | Method::Delete) && !is_own {
                return Err(forbidden(
                    "only the registry that you named is written to, and this is another host",
                ));
            }
            // A password for a token server goes there and nowhere else.
            if request.redirects == Redirects::Followed && !is_own {
                request.headers.remove("authorization");
            }
            let mut response = self.transport.exchange(request.clone()).await?;
            self.check_headers(&response)?;
            if response.url.is_empty() {
                response.url.clone_from(&request.url);
            }
            self.follow(&request.url, &response.url)?;
            let Some(target) = redirect_of(&response) else {
                return Ok(response);
            };
            if request.redirects == Redirects::Refused {
                return Err(forbidden(
                    "the answer redirects, and what was sent goes to no other address",
                ));
            }
            let target = url::resolve(&response.url, target)
                .ok_or_else(|| forbidden("the answer redirects to no http or https address"))?;
            self.follow(&response.url, &target)?;
            request.url = target;
        }
        Err(forbidden(&format!(
            "the answers redirect more than {} times",
            self.redirects
        )))
    }

    /// Whether the host may be asked.
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

    /// Whether an answer may lead from one address to another.
    fn follow(&self, from: &str, to: &str) -> Result<(), Error> {
        let is_https = |address| url::parts(address).is_some_and(|parts| parts.https);
        if is_https(from) && !is_https(to) {
            return Err(forbidden("the answer redirects from https to http"));
        }
        self.admit(to)
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

/// Where an answer says that the thing is.
fn redirect_of(response: &Response) -> Option<&str> {
    let is_redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    response.headers.get("location").filter(|_| is_redirect)
}

fn forbidden(reason: &str) -> Error {
    Error::new(ErrorKind::Forbidden, reason)
}
