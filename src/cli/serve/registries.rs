//! The registries that the page has asked: a transport for each, and what was learnt of it.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use crate::bounds::{LastUsed, Limits};
use crate::io::{Error, HttpRequest, LocalFuture, Response, Transport};
use crate::source::registry::{RegistryWorld, Relay, RelayMemory};

use super::super::connection::TrustArguments;
use super::super::credentials;
use super::super::native::{SocketTransport, SystemClock, Trust};
use super::protocol::Relayed;

/// Registries that are remembered at once.
const MOST_REGISTRIES: usize = 64;

/// The registries of all pages.
pub(super) struct Registries {
    trust: Trust,
    known: Mutex<LastUsed<String, Arc<Registry>>>,
}

/// One registry, shared by the threads that ask it.
struct Registry {
    transport: SocketTransport,
    memory: RelayMemory,
}

/// A registry's transport, for one thread.
struct Shared(Arc<Registry>);

impl Transport for Shared {
    fn exchange(&self, request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>> {
        self.0.transport.exchange(request)
    }

    fn addresses(&self, host: &str, port: u16) -> Result<Vec<IpAddr>, Error> {
        self.0.transport.addresses(host, port)
    }
}

impl Registries {
    /// Creates an empty list. Certificates are trusted as the arguments say.
    pub(super) fn new(trust: &TrustArguments) -> Registries {
        Registries {
            trust: trust.trust(),
            known: Mutex::new(LastUsed::new(MOST_REGISTRIES)),
        }
    }

    /// Makes a request to a registry. It waits, and so runs in a thread of its own.
    pub(super) fn ask(&self, asked: &Relayed, request: HttpRequest) -> Result<Response, Error> {
        let registry = self.registry(&asked.base);
        let relay = Relay {
            world: RegistryWorld {
                transport: Rc::new(Shared(Arc::clone(&registry))),
                clock: Rc::new(SystemClock),
            },
            base: &asked.base,
            is_scheme_named: asked.is_scheme_named,
            limits: Limits::DEFAULT,
            memory: &registry.memory,
            kept: &credentials::kept,
        };
        pollster::block_on(relay.exchange(request, asked.login))
    }

    fn registry(&self, base: &str) -> Arc<Registry> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(registry) = known.get(base) {
            return Arc::clone(registry);
        }
        let registry = Arc::new(Registry {
            transport: SocketTransport::new(self.trust.clone(), &Limits::DEFAULT).shared(),
            memory: RelayMemory::default(),
        });
        known.insert(base.to_owned(), Arc::clone(&registry));
        registry
    }
}
