//! The client of one registry: finds the scheme it answers on, then lists and fetches.

use crate::message::Message;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::bounds::Limits;
use crate::image::{Digest, MediaType};
use crate::io::{self, Cache, Clock, ErrorKind, HttpRequest, Method, Transport};
use crate::layer::Warning;

use super::super::{Blob, Deed, Error};
use super::auth::{Credentials, Demand, Scope};
use super::blob::RegistryBlob;
use super::conversation::{Conversation, io_error};
use super::host::{Asker, Endpoint};
use super::list::{Cursor, List, Listed, Page};
use super::manifest::{self, FetchedManifest, Target};
use super::reach::{Reach, reach_of};
use super::sign_in::SignedIn;
use super::url;

/// The capabilities that the client needs from its environment.
#[derive(Clone)]
pub struct RegistryWorld {
    /// Sends requests.
    pub transport: Rc<dyn Transport>,
    /// Waits between attempts, and tells when a token has expired.
    pub clock: Rc<dyn Clock>,
}

/// A client of one registry. Every method connects first if necessary.
pub struct Client {
    world: RegistryWorld,
    endpoint: Endpoint,
    asker: Asker,
    limits: Limits,
    connected: RefCell<Option<(Rc<Conversation>, Connection)>>,
    signed_in: RefCell<Option<SignedIn>>,
}

/// A registry's answer to `GET /v2/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The URL it answers at, `scheme://host[:port][/prefix]`.
    pub base: String,
    /// The authentication that it requires for reading.
    pub access: Access,
}

/// The authentication that a registry requires for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// No authentication.
    Open,
    /// A token. For a public repository no name is needed to get one.
    Token,
    /// A name and a password.
    Login,
    /// Some authentication, but the challenge is hidden: CORS does not expose `WWW-Authenticate`.
    Hidden,
    /// Not known from its status, as on static hosts. The next requests will tell.
    Unknown(u16),
}

impl Client {
    /// Creates a client of the registry at `endpoint`. Sends nothing yet.
    pub fn new(world: RegistryWorld, endpoint: Endpoint, asker: Asker, limits: Limits) -> Client {
        Client {
            world,
            endpoint,
            asker,
            limits,
            connected: RefCell::default(),
            signed_in: RefCell::default(),
        }
    }

    /// Returns the client with credentials that are used from the first request on. It then contacts only a
    /// registry on https, on this machine, or one whose address was given with `http://`, so that a password is
    /// not sent in the clear by mistake.
    pub fn with_credentials(self, credentials: Credentials) -> Client {
        self.with_kept_credentials(credentials, String::new())
    }

    /// Like [`Client::with_credentials`], for stored credentials. `kept_in` is named if they are refused.
    pub fn with_kept_credentials(self, credentials: Credentials, kept_in: String) -> Client {
        self.signed_in.replace(Some(SignedIn {
            credentials: Arc::new(credentials),
            kept_in,
        }));
        self
    }

    /// Signs in, and checks at once that the registry accepts the credentials, as far as that is possible without
    /// a request for particular content.
    ///
    /// # Errors
    /// [`Error::LoginNeeded`] if name or password are not accepted. The previous credentials then stay in use.
    pub async fn sign_in(&self, credentials: Credentials) -> Result<Connection, Error> {
        let (registry, connection) = self.registry_and_connection().await?;
        let signed_in = Some(SignedIn {
            credentials: Arc::new(credentials),
            kept_in: String::new(),
        });
        let before = registry.login.borrow().signed_in();
        registry.login.borrow_mut().change(signed_in.clone());
        let what = Message::sign_in_at(connection.base.to_string());
        let request = HttpRequest::get(registry.address(""), Cache::Bypassed);
        let answer = match registry.ask(request, &Scope::SignIn, &what).await {
            Ok(response) if matches!(response.status, 401 | 403 | 429 | 500..) => {
                Err(registry.refusal_of(Deed::SignIn, &what, response).await)
            }
            answer => answer.map(|_| connection),
        };
        match &answer {
            Ok(_) => *self.signed_in.borrow_mut() = signed_in,
            Err(Error::Io { cause, .. } | Error::TokenServer { cause, .. })
                if cause.kind == ErrorKind::RelayLost =>
            {
                self.signed_in.take();
            }
            Err(_) => registry.login.borrow_mut().change(before),
        }
        answer
    }

    /// Returns the registry's address as the person named it.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Requests `GET /v2/`, by https and then by http unless the host has a scheme, and keeps the base that answers.
    ///
    /// # Errors
    /// When nothing answers, the page must not contact the host, or the server is in trouble.
    pub async fn connect(&self) -> Result<Connection, Error> {
        self.registry_and_connection()
            .await
            .map(|(_, connection)| connection)
    }

    pub(super) async fn registry(&self) -> Result<Rc<Conversation>, Error> {
        self.registry_and_connection()
            .await
            .map(|(registry, _)| registry)
    }

    async fn registry_and_connection(&self) -> Result<(Rc<Conversation>, Connection), Error> {
        if let Some(connected) = self.connected.borrow().clone() {
            return Ok(connected);
        }
        let mut bases = self.endpoint.bases(self.asker)?;
        if self.signed_in.borrow().is_some() && bases.len() > 1 {
            bases.retain(|base| base.starts_with("https://") || is_of_this_machine(base));
        }
        let mut unanswered: Option<Error> = None;
        for base in &bases {
            let error = match self.try_base(base).await {
                Ok(connected) => return Ok(self.connected_by(connected)),
                Err(error) => error,
            };
            match error {
                // Silence may mean that the registry speaks the other scheme. An answer, or a browser that knows
                // of one, is not overridden by a request in the clear.
                Error::Io { cause, .. }
                    if matches!(cause.kind, ErrorKind::Unreachable | ErrorKind::Other) =>
                {
                    unanswered.get_or_insert(io_error(&Message::verbatim(bases.join(", ")), cause));
                }
                // A server on https answers http with an error or a redirect, which no page may see.
                Error::Io { cause, .. }
                    if cause.kind == ErrorKind::Cors && base.starts_with("http://") =>
                {
                    return self.by_https(base, cause, unanswered).await;
                }
                error => return Err(error),
            }
        }
        Err(unanswered.unwrap_or_else(|| Error::Missing {
            what: Message::address_at(self.endpoint.to_string()),
        }))
    }

    fn connected_by(
        &self,
        connected: (Rc<Conversation>, Connection),
    ) -> (Rc<Conversation>, Connection) {
        *self.connected.borrow_mut() = Some(connected.clone());
        connected
    }

    /// Connects by https to a host whose answer by http is hidden from a page. `unanswered` is the error of https
    /// if it was tried before.
    async fn by_https(
        &self,
        base: &str,
        mut cause: io::Error,
        unanswered: Option<Error>,
    ) -> Result<(Rc<Conversation>, Connection), Error> {
        if unanswered.is_none() {
            match self.try_base(&base.replacen("http", "https", 1)).await {
                Ok(connected) => return Ok(self.connected_by(connected)),
                Err(Error::Io { cause, .. }) if cause.kind == ErrorKind::Unreachable => {}
                Err(error) => return Err(error),
            }
        }
        cause.kind = ErrorKind::CorsByHttp;
        Err(io_error(&Message::verbatim(base), cause))
    }

    async fn try_base(&self, base: &str) -> Result<(Rc<Conversation>, Connection), Error> {
        let registry = Rc::new(Conversation::new(
            Rc::clone(&self.world.transport),
            Rc::clone(&self.world.clock),
            self.limits,
            self.asker,
            base.to_owned(),
        ));
        let is_scheme_named = self.endpoint.is_scheme_named();
        registry.is_scheme_named.set(is_scheme_named);
        let signed_in = self.signed_in.borrow().clone();
        registry.login.borrow_mut().change(signed_in);
        let request = HttpRequest::get(registry.address(""), Cache::Bypassed);
        let response = registry.exchange(request, &Message::verbatim(base)).await?;
        if let Some(moved) = moved_to_https(base, &response.url) {
            return Box::pin(self.try_base(&moved)).await;
        }
        let access = match response.status {
            200 => Access::Open,
            401 if registry.is_own(&response) => match registry.demand_of(&response) {
                Demand::Bearer(_) | Demand::UnfitRealm(_) => Access::Token,
                Demand::Basic | Demand::Foreign => Access::Login,
                Demand::Hidden => Access::Hidden,
            },
            429 | 500.. => return Err(registry.refusal(&Message::verbatim(base), response).await),
            status => Access::Unknown(status),
        };
        let connection = Connection {
            base: base.to_owned(),
            access,
        };
        Ok((registry, connection))
    }

    /// Returns a page of the repositories: the first, or the one at `cursor`. A registry that offers no list is
    /// not an error, but [`Listed::NotOffered`].
    ///
    /// # Errors
    /// When the registry does not answer, or its answer is not a list.
    pub async fn catalog(&self, cursor: Option<&Cursor>) -> Result<Listed, Error> {
        let registry = self.registry().await?;
        let what = Message::repositories_of(self.endpoint.to_string());
        let page = List::catalog(&what).page(&registry, cursor).await;
        offered(page)
    }

    /// Returns all repositories, up to `RegistryLimits::pages` pages. `next` is set if that limit was reached.
    ///
    /// # Errors
    /// As [`Client::catalog`].
    pub async fn all_repositories(&self) -> Result<Listed, Error> {
        let registry = self.registry().await?;
        let what = Message::repositories_of(self.endpoint.to_string());
        let page = List::catalog(&what).all(&registry).await;
        offered(page)
    }

    /// Returns a page of a repository's tags: the first, or the one at `cursor`.
    ///
    /// # Errors
    /// When the registry does not answer, refuses, or requires a login.
    pub async fn tags(&self, repository: &str, cursor: Option<&Cursor>) -> Result<Page, Error> {
        let registry = self.repository(repository).await?;
        let what = Message::tags_of(self.endpoint.name_of(repository).to_string());
        List::tags(repository, &what).page(&registry, cursor).await
    }

    /// Returns the first page of a repository's tags. A registry that lists none, such as one made of static
    /// files, is not an error: its images open by tag.
    ///
    /// # Errors
    /// When the registry does not answer, requires a login, or does not know the repository.
    pub async fn first_tags(&self, repository: &str) -> Result<Listed, Error> {
        match self.tags(repository, None).await {
            Err(error @ Error::LoginNeeded { .. }) => Err(error),
            Err(error) if error.has_code("NAME_UNKNOWN") => Err(error),
            page => offered(page),
        }
    }

    /// Returns all tags of a repository, up to `RegistryLimits::pages` pages. `next` is set if that limit was reached.
    ///
    /// # Errors
    /// As [`Client::tags`].
    pub async fn all_tags(&self, repository: &str) -> Result<Page, Error> {
        let registry = self.repository(repository).await?;
        let what = Message::tags_of(self.endpoint.name_of(repository).to_string());
        List::tags(repository, &what).all(&registry).await
    }

    /// Fetches a manifest or index, verified by its digest.
    ///
    /// # Errors
    /// When it cannot be fetched, is too large, or does not match its digest.
    pub async fn manifest(
        &self,
        repository: &str,
        target: &Target,
    ) -> Result<FetchedManifest, Error> {
        let registry = self.repository(repository).await?;
        let what = Message::verbatim(self.full_name(repository, target));
        manifest::fetch(&registry, repository, target, &MediaType::default(), &what).await
    }

    /// Returns the digest that a tag points to now: from the answer to HEAD, or else from the manifest itself.
    ///
    /// # Errors
    /// As [`Client::manifest`].
    pub async fn digest_of(&self, repository: &str, tag: &str) -> Result<Digest, Error> {
        let registry = self.repository(repository).await?;
        let target = Target::Tag(tag.to_owned());
        let what = Message::verbatim(self.full_name(repository, &target));
        for accept in manifest::accepts(self.asker, &MediaType::default()) {
            let address = manifest::address(&registry, repository, &target);
            let mut request =
                HttpRequest::get(address, Cache::Bypassed).with_header("Accept", accept);
            request.method = Method::Head;
            let scope = Scope::Pull(repository.to_owned());
            let response = registry.ask(request, &scope, &what).await?;
            let stated = response.headers.get("docker-content-digest");
            if let (200, Some(Ok(digest))) = (response.status, stated.map(Digest::parse)) {
                return Ok(digest);
            }
        }
        let fetched = self.manifest(repository, &target).await?;
        Ok(fetched.document.digest)
    }

    /// Returns a blob of a repository. The blob itself is not requested before it is read.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn blob(
        &self,
        repository: &str,
        digest: &Digest,
        size_bytes: Option<u64>,
    ) -> Result<Rc<dyn Blob>, Error> {
        let registry = self.repository(repository).await?;
        let blob = RegistryBlob::new(registry, repository, digest.clone(), size_bytes, Vec::new());
        Ok(Rc::new(blob))
    }

    /// Returns the registry's warnings so far, without duplicates.
    pub fn warnings(&self) -> Vec<Warning> {
        let connected = self.connected.borrow();
        connected
            .as_ref()
            .map(|(registry, _)| registry.warnings())
            .unwrap_or_default()
    }

    /// Returns the conversation for a repository, after checking that its name can be part of a path.
    pub(super) async fn repository(&self, repository: &str) -> Result<Rc<Conversation>, Error> {
        if repository
            .split('/')
            .any(|part| matches!(part, "" | "." | ".."))
        {
            return Err(Error::Malformed {
                what: Message::repository_name(),
                reason: Message::repository_parts(format!("{repository:?}")),
            });
        }
        self.registry().await
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns `host/repository:tag` or `host/repository@digest`.
    pub(super) fn full_name(&self, repository: &str, target: &Target) -> String {
        match target {
            Target::Tag(tag) => format!("{}:{tag}", self.endpoint.name_of(repository)),
            Target::Digest(digest) => format!("{}@{digest}", self.endpoint.name_of(repository)),
        }
    }
}

/// Returns the https base of a registry that was contacted by http and redirects there, on the same host.
fn moved_to_https(base: &str, url: &str) -> Option<String> {
    let (from, to) = (url::parts(base)?, url::parts(url)?);
    let ((host, port), (to_host, to_port)) = (from.host_and_port(), to.host_and_port());
    let is_same = host == to_host && (port == to_port || (port == "80" && to_port == "443"));
    let is_moved = !from.https && to.https && is_same && to.path == format!("{}/v2/", from.path);
    is_moved.then(|| format!("{}{}", to.origin(), from.path))
}

/// True if the host is this machine, so that nobody else can read the traffic.
pub(super) fn is_of_this_machine(base: &str) -> bool {
    url::parts(base).is_some_and(|parts| {
        let (host, _) = parts.host_and_port();
        reach_of(&host) == Reach::ThisMachine
    })
}

fn offered(page: Result<Page, Error>) -> Result<Listed, Error> {
    match page {
        Ok(page) => Ok(Listed::Offered(page)),
        Err(
            error @ (Error::LoginNeeded { .. }
            | Error::Refused {
                status: 401 | 403 | 404 | 405 | 501,
                ..
            }),
        ) => Ok(Listed::NotOffered(error)),
        Err(error) => Err(error),
    }
}
