//! Requests of a page to one registry, made on its behalf by a program outside of the browser.
//!
//! The page is believed when it says which registry a person named, and nothing else: requests go below `/v2/` of
//! that registry, to the token servers that its challenges name, and to the addresses that its answers lead to. The
//! rules of `gate` hold for each. Credentials that this machine keeps for the registry are added here, so that no
//! page sees them.

mod foreign;
mod places;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bounds::{LastUsed, Limits};
use crate::io::{self, ErrorKind, HttpRequest, Method, Response};
use crate::message::Message;

use super::super::Error;
use super::answer::{Body, read_body};
use super::auth::{Credentials, Demand, Scope, demand};
use super::client::{RegistryWorld, is_of_this_machine};
use super::conversation::{Conversation, as_io};
use super::host::{Asker, Endpoint};
use super::reach::Reach;
use super::sign_in::{Login as LoginState, SignedIn};
use super::url;
use places::{MOST_PLACES, Target, Use, place_of};

/// Repositories whose tokens are kept for one registry at most.
const MOST_LOGINS: usize = 256;
/// Time for which it is known that this machine keeps no credentials, or none that are accepted.
const ABSENCE_MILLIS: i64 = 5_000;

/// The side that proves to the registry who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// The page: a person has signed in there.
    OfPage,
    /// This machine, if it keeps credentials for the registry.
    Kept,
}

/// Knowledge of one registry from one request to the next. It may be shared by threads.
#[derive(Default)]
pub struct Memory {
    known: Mutex<Known>,
    /// Held while kept credentials are looked for: a credential helper may ask the person, once at a time.
    looking: Mutex<()>,
}

struct Known {
    /// The addresses that answers have named, without query, and what for. The first one that was named is forgotten
    /// first.
    places: LastUsed<String, Use>,
    /// The login state of each repository. podman keeps credentials for repositories.
    logins: LastUsed<String, Found>,
    /// The reach of the registry when it was first contacted.
    reach: Option<Reach>,
    /// True if a page asked over `http` without a person having chosen that.
    fell_back: bool,
}

impl Default for Known {
    fn default() -> Known {
        Known {
            places: LastUsed::new(MOST_PLACES),
            logins: LastUsed::new(MOST_LOGINS),
            reach: None,
            fell_back: false,
        }
    }
}

/// The outcome of a look for kept credentials.
struct Found {
    login: LoginState,
    at_unix_millis: i64,
}

/// Finds the kept credentials of a repository, with the place where they are kept.
pub type FindKept = dyn Fn(&Endpoint, &str) -> Option<(Credentials, String)>;

/// The way to one registry, for one request.
pub struct Relay<'a> {
    /// The transport and the clock.
    pub world: RegistryWorld,
    /// The base URL of the registry, `scheme://host[:port][/prefix]`.
    pub base: &'a str,
    /// True if the person named the scheme. Kept credentials go over `http` to another machine only then.
    pub is_scheme_named: bool,
    /// The bounds of an exchange.
    pub limits: Limits,
    /// The knowledge of the registry.
    pub memory: &'a Memory,
    /// Finds the credentials that this machine keeps for a repository, with the place where they are kept.
    pub kept: &'a FindKept,
}

impl Relay<'_> {
    /// Makes one exchange.
    ///
    /// # Errors
    /// When the address may not be asked, or there is no answer.
    pub async fn exchange(
        &self,
        request: HttpRequest,
        login: Login,
    ) -> Result<Response, io::Error> {
        let endpoint = Endpoint::parse(self.base)
            .map_err(|error| forbidden(Message::relay_no_registry(&error)))?;
        let base = match endpoint.bases(Asker::Native).map_err(as_io)?.as_slice() {
            [base] => base.clone(),
            _ => return Err(forbidden(Message::relay_scheme())),
        };
        let target = self.target_of(&base, &request)?;
        let mut limits = self.limits;
        // The page repeats what may be repeated.
        limits.registry.retries = 0;
        let conversation = Conversation::new(
            std::rc::Rc::clone(&self.world.transport),
            std::rc::Rc::clone(&self.world.clock),
            limits,
            Asker::Native,
            base,
        );
        self.check_reach(&conversation)?;
        conversation.gate.admit(&request.url)?;
        let is_signed = login == Login::OfPage || request.headers.get("authorization").is_some();
        let asked = match &target {
            Some(target) if !is_signed && self.may_have_kept(&conversation.base) => {
                let login = self.login_of(&endpoint, &target.repository);
                login.map(|login| (login, &target.repository, &target.scope))
            }
            _ => None,
        };
        let url = request.url.clone();
        let is_get = request.method == Method::Get;
        let response = match asked {
            Some((login, repository, scope)) => {
                conversation.login.replace(login);
                let what = Message::the_registry();
                let answer = conversation.ask(request.clone(), scope, &what).await;
                if matches!(answer, Err(Error::LoginNeeded { .. })) {
                    // It counts as none, so that it is read again soon.
                    self.keep_login(repository, LoginState::default());
                } else {
                    self.merge_login(repository, conversation.login.borrow().clone());
                }
                match answer {
                    // The page is told what the registry says to who has no name, and may sign in.
                    Err(Error::LoginNeeded { .. }) if request.part.is_none() => {
                        conversation.gate.exchange(&url, request).await?
                    }
                    answer => answer.map_err(as_io)?,
                }
            }
            None => conversation.gate.exchange(&url, request).await?,
        };
        let is_manifest = target.as_ref().is_some_and(|target| target.is_manifest);
        self.note_places(&conversation, &url, &response, target);
        if response.status == 200 && is_manifest && is_get {
            return self.manifest(response).await;
        }
        Ok(response)
    }

    /// Reads a manifest on its way to the page, for the addresses that it gives of layers which the registry itself
    /// does not have.
    async fn manifest(&self, mut response: Response) -> Result<Response, io::Error> {
        let Body::Whole(body) = read_body(&mut response, self.limits.documents.json_bytes).await?
        else {
            let limit = self.limits.documents.json_bytes;
            let detail = Message::relay_manifest(limit);
            return Err(io::Error::new(ErrorKind::Misbehaved, detail));
        };
        for address in foreign::addresses(&body) {
            self.note(address, Use::Content);
        }
        response.body = Box::new(io::VecStream::new(vec![body]));
        Ok(response)
    }

    /// Returns the repository and scope of a request that may be made; `None` for the registry's root and for hosts
    /// that it named.
    fn target_of(&self, base: &str, request: &HttpRequest) -> Result<Option<Target>, io::Error> {
        let parts = url::parts(&request.url).ok_or_else(|| forbidden(Message::no_web_address()))?;
        let own = url::parts(base).map_or("", |own| own.path);
        let is_own = url::same_origin(&request.url, base);
        let below = parts
            .path
            .strip_prefix(own)
            .and_then(|rest| rest.strip_prefix("/v2/"));
        match below {
            Some(below) if is_own && !leaves(below) => {
                return Ok(target_below(request.method, below, parts.query));
            }
            _ => {}
        }
        let known = self.known();
        let address = place_of(&request.url);
        match known.places.peek(&address) {
            Some(use_for) => match use_for {
                Use::Step(target) if is_own => Ok(target.clone()),
                Use::Tokens => Ok(None),
                _ if matches!(request.method, Method::Get | Method::Head) => Ok(None),
                _ => Err(forbidden(Message::relay_writes())),
            },
            None if is_own => Err(forbidden(Message::relay_below())),
            None => Err(forbidden(Message::relay_not_named())),
        }
    }

    /// Checks that the registry's name leads where it led at first. Otherwise a public registry could have its name
    /// lead to this machine later.
    fn check_reach(&self, conversation: &Conversation) -> Result<(), io::Error> {
        let known = self.known().reach;
        let first = match known {
            Some(first) => first,
            // What cannot be resolved now may be resolved later.
            None => {
                let now = conversation.gate.own_reach()?;
                *self.known().reach.get_or_insert(now)
            }
        };
        conversation.gate.hold_to(first);
        Ok(())
    }

    /// True if a registry at this base may have credentials that this machine keeps. The page tries `http` where
    /// `https` does not answer, which an attacker on the way can bring about.
    fn may_have_kept(&self, base: &str) -> bool {
        if base.starts_with("https://") || is_of_this_machine(base) {
            return true;
        }
        // After a fallback the page opens the address again with its scheme, as if a person had named it.
        let mut known = self.known();
        known.fell_back |= !self.is_scheme_named;
        !known.fell_back
    }

    /// Returns the login state of a repository for which this machine keeps credentials.
    fn login_of(&self, endpoint: &Endpoint, repository: &str) -> Option<LoginState> {
        if let Some(known) = self.known_login(repository) {
            return known.is_signed_in().then_some(known);
        }
        let _looking = self.memory.looking.lock();
        // Another thread may have found it meanwhile.
        if let Some(known) = self.known_login(repository) {
            return known.is_signed_in().then_some(known);
        }
        // Not under the lock of what is known: a credential helper may ask the person.
        let found = (self.kept)(endpoint, repository);
        let mut state = LoginState::default();
        state.change(found.map(|(credentials, kept_in)| SignedIn {
            credentials: std::sync::Arc::new(credentials),
            kept_in,
        }));
        self.keep_login(repository, state.clone());
        state.is_signed_in().then_some(state)
    }

    /// Returns what is known of a repository's login. That there is none is known for a while only.
    fn known_login(&self, repository: &str) -> Option<LoginState> {
        let now = self.world.clock.unix_millis();
        let known = self.known();
        let found = known.logins.peek(repository)?;
        let age = now.saturating_sub(found.at_unix_millis);
        let is_fresh = (0..ABSENCE_MILLIS).contains(&age);
        (found.login.is_signed_in() || is_fresh).then(|| found.login.clone())
    }

    fn keep_login(&self, repository: &str, login: LoginState) {
        let at_unix_millis = self.world.clock.unix_millis();
        let mut known = self.known();
        let found = Found {
            login,
            at_unix_millis,
        };
        known.logins.insert(repository.to_owned(), found);
    }

    /// Keeps what a request has learnt, beside what others have meanwhile.
    fn merge_login(&self, repository: &str, mut login: LoginState) {
        if let Some(found) = self.known().logins.get(repository) {
            login.merge(&found.login);
        }
        self.keep_login(repository, login);
    }

    /// Records the addresses that an answer names.
    fn note_places(
        &self,
        conversation: &Conversation,
        asked: &str,
        response: &Response,
        target: Option<Target>,
    ) {
        let mut found = Vec::new();
        if response.url != asked {
            found.push((response.url.clone(), Use::Content));
        }
        let location = response.headers.get("location");
        if let Some(location) = location.and_then(|to| url::resolve(&response.url, to)) {
            found.push((location, Use::Step(target)));
        }
        if response.status == 401 {
            let from = match conversation.is_own(response) {
                true => &conversation.base,
                false => &response.url,
            };
            if let Demand::Bearer(server) = demand(&response.headers, from) {
                found.push((server.realm().to_owned(), Use::Tokens));
            }
        }
        for (address, use_for) in found {
            self.note(place_of(&address), use_for);
        }
    }

    fn note(&self, address: String, use_for: Use) {
        self.known().places.insert(address, use_for);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.memory
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// True if a path has a part that a server may read as the way up.
fn leaves(path: &str) -> bool {
    path.contains('\\')
        || path.split('/').any(|part| {
            let part = part.to_ascii_lowercase().replace("%2e", ".");
            matches!(part.as_str(), "." | "..") || part.contains("%2f") || part.contains("%5c")
        })
}

/// Returns the target of a path below `/v2/`; `None` for the root and for what is in no repository.
fn target_below(method: Method, path: &str, query: Option<&str>) -> Option<Target> {
    if path.is_empty() {
        return None;
    }
    if path == "_catalog" {
        return Some(Target {
            repository: String::new(),
            scope: Scope::Catalog,
            is_manifest: false,
        });
    }
    let kinds = ["/manifests/", "/blobs/", "/tags/", "/referrers/"];
    let (at, kind) = kinds
        .into_iter()
        .filter_map(|kind| Some((path.rfind(kind)?, kind)))
        .max()?;
    let repository = path.get(..at)?.to_owned();
    let rest = path.get(at + kind.len()..)?;
    let reads = matches!(method, Method::Get | Method::Head);
    let uploads = kind == "/blobs/" && (rest == "uploads" || rest.starts_with("uploads/"));
    let from = query.into_iter().flat_map(|query| query.split('&'));
    let from = from.filter_map(|pair| pair.strip_prefix("from=")).next();
    let scope = match from {
        _ if reads && !uploads => Scope::Pull(repository.clone()),
        Some(from) if uploads && !from.contains('%') => Scope::Mount {
            to: repository.clone(),
            from: from.to_owned(),
        },
        _ => Scope::Push(repository.clone()),
    };
    Some(Target {
        repository,
        scope,
        is_manifest: kind == "/manifests/",
    })
}

fn forbidden(reason: Message) -> io::Error {
    io::Error::new(ErrorKind::Forbidden, reason)
}

#[cfg(test)]
mod tests;
