//! Authenticates requests to one registry: sends a token or password, and obtains a new token on a `401` challenge.
//!
//! `auth` defines the form of challenges and tokens. Credentials are sent in two ways only: in the Basic scheme to
//! the registry itself, and to the token server that it names if that is on https or on the registry's own host.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::io::{self, Cache, ErrorKind, Method, Redirects, Request, Response};

use super::super::{Deed, Error};
use super::answer::{self, Body};
use super::auth::{Credentials, Demand, Held, Scope, Token, TokenServer, Tokens, demand};
use super::conversation::Conversation;
use super::guest::is_refused_by_cors;
use super::host::Asker;
use super::url;

/// The credentials that a person signed in with.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) credentials: Rc<Credentials>,
    /// The place where the credentials are kept, for [`Error::LoginNeeded`]. Empty if the person gave them directly.
    pub(super) kept_in: String,
}

/// The login state of one registry.
#[derive(Default)]
pub(super) struct Login {
    signed_in: Option<SignedIn>,
    /// True if the registry has asked for the Basic scheme. Credentials are then sent with every request.
    takes_basic: bool,
    tokens: Tokens,
    /// Tokens of other hosts, obtained without a name, by the host's origin.
    guests: BTreeMap<String, Tokens>,
}

impl Login {
    /// Returns the cached token for another host.
    pub(super) fn guest(&self, origin: &str, scope: &Scope) -> Option<Held> {
        self.guests.get(origin)?.get(scope)
    }

    /// Returns the tokens of another host.
    pub(super) fn guests(&mut self, origin: String) -> &mut Tokens {
        self.guests.entry(origin).or_default()
    }

    /// Replaces the credentials, or removes them. Tokens obtained with the old ones are dropped.
    pub(super) fn change(&mut self, signed_in: Option<SignedIn>) {
        self.signed_in = signed_in;
        self.tokens.clear();
    }

    pub(super) fn signed_in(&self) -> Option<SignedIn> {
        self.signed_in.clone()
    }

    fn basic(&self) -> Option<Proof> {
        let basic = self.signed_in.as_ref()?.credentials.basic()?;
        Some(Proof::Basic(basic.reveal().to_owned()))
    }
}

/// The authentication of one request.
enum Proof {
    Nothing,
    Basic(String),
    Token(Held),
}

impl Proof {
    fn added_to(&self, request: Request) -> Request {
        let field = match self {
            Proof::Nothing => return request,
            Proof::Basic(field) => field.clone(),
            Proof::Token(held) => format!("Bearer {}", held.value),
        };
        request.with_header("Authorization", field)
    }

    fn is_basic(&self) -> bool {
        matches!(self, Proof::Basic(_))
    }

    /// True if this token was requested with all of `scopes`.
    fn covers(&self, scopes: &[String]) -> bool {
        match self {
            Proof::Token(held) => scopes.iter().all(|scope| held.scopes.contains(scope)),
            Proof::Nothing | Proof::Basic(_) => false,
        }
    }
}

impl Conversation {
    /// Sends a request to the registry, with a token or password if one is cached or demanded.
    ///
    /// # Errors
    /// When there is no answer, or a login is required. Any other status is an answer.
    pub(super) async fn ask(
        &self,
        request: Request,
        scope: &Scope,
        what: &str,
    ) -> Result<Response, Error> {
        if !url::same_origin(&request.url, &self.base) {
            return self.ask_elsewhere(request, scope, what).await;
        }
        let mut proof = self.proof_for(scope, what).await?;
        let mut n_fetched = 0;
        loop {
            let sent = proof.added_to(request.clone());
            let response = self.exchange(sent, what).await?;
            if response.status != 401 {
                return Ok(response);
            }
            if !self.is_own(&response) {
                return self.as_guest(&request, response, scope, what).await;
            }
            self.login.borrow_mut().tokens.forget(scope);
            let demanded = self.demand_of(&response);
            let server = match demanded {
                Demand::Bearer(server) => self.admitted(server)?,
                Demand::UnfitRealm(reason) => return Err(self.unfit_realm(reason)),
                // Of the two schemes without a token, a hidden challenge is most often Basic.
                Demand::Basic | Demand::Hidden if !proof.is_basic() => {
                    let is_visible = demanded == Demand::Basic;
                    let basic = self.login.borrow().basic();
                    proof = basic.ok_or_else(|| self.login_needed(what, scope, is_visible))?;
                    self.login.borrow_mut().takes_basic = true;
                    continue;
                }
                Demand::Basic | Demand::Foreign => return Err(self.login_needed(what, scope, true)),
                Demand::Hidden => return Err(self.login_needed(what, scope, false)),
            };
            // Some servers grant only the first scope, so the scope that the registry names goes first. Other
            // scopes that it lists are not requested: a token with more rights is worth more to an attacker.
            let named = server
                .scopes
                .iter()
                .filter_map(|named| scope.narrowed(named));
            let mut scopes: Vec<String> = named.collect();
            for scope in scope.texts() {
                if !scopes.contains(&scope) {
                    scopes.push(scope);
                }
            }
            // A new token that is refused is not requested again, unless the registry names a further scope.
            if n_fetched == 2 || (n_fetched == 1 && proof.covers(&scopes)) {
                return Err(self.login_needed(what, scope, true));
            }
            n_fetched += 1;
            proof = Proof::Token(self.fetch_token(scope, server, scopes, what).await?);
        }
    }

    /// Returns the demand of a 401 from the registry at `base`.
    pub(super) fn demand_of(&self, response: &Response) -> Demand {
        demand(&response.headers, &self.base)
    }

    pub(super) fn login_needed(&self, what: &str, scope: &Scope, challenge_visible: bool) -> Error {
        let login = self.login.borrow();
        Error::LoginNeeded {
            what: what.to_owned(),
            registry: self.base.clone(),
            deed: match scope {
                Scope::Push(_) | Scope::Mount { .. } => Deed::Write,
                Scope::SignIn => Deed::SignIn,
                Scope::Catalog | Scope::Pull(_) => Deed::Read,
            },
            signed_in: login.signed_in.is_some(),
            kept_in: login
                .signed_in
                .as_ref()
                .map(|who| who.kept_in.clone())
                .unwrap_or_default(),
            challenge_visible,
        }
    }

    fn admitted(&self, server: TokenServer) -> Result<TokenServer, Error> {
        match self.gate.admit(server.realm()) {
            Ok(()) => Ok(server),
            Err(refused) => {
                Err(self.unfit_realm(format!("its token server is not asked: {refused}")))
            }
        }
    }

    fn unfit_realm(&self, reason: String) -> Error {
        Error::TokenServer {
            what: format!("the login of {}", self.base),
            cause: io::Error::new(ErrorKind::Forbidden, reason),
        }
    }

    /// Returns the authentication for `scope`: a cached token, renewed if it has expired, or a password if the
    /// registry takes one.
    async fn proof_for(&self, scope: &Scope, what: &str) -> Result<Proof, Error> {
        let held = self.login.borrow().tokens.get(scope);
        let Some(held) = held else {
            let login = self.login.borrow();
            let basic = login.basic().filter(|_| login.takes_basic);
            return Ok(basic.unwrap_or(Proof::Nothing));
        };
        if held.serves_at(self.clock.unix_millis()) {
            return Ok(Proof::Token(held));
        }
        self.login.borrow_mut().tokens.forget(scope);
        let renewed = self.fetch_token(scope, held.server, held.scopes, what);
        renewed.await.map(Proof::Token)
    }

    async fn fetch_token(
        &self,
        scope: &Scope,
        server: TokenServer,
        scopes: Vec<String>,
        what: &str,
    ) -> Result<Held, Error> {
        let signed_in = self.login.borrow().signed_in();
        let token = match signed_in.as_ref().map(|who| &*who.credentials) {
            Some(Credentials::RegistryToken(token)) => Token::given(token),
            Some(_) if !server.may_have_a_password(&self.base) => {
                let reason =
                    "its token server is on http at another host, where a password may not be sent";
                return Err(self.unfit_realm(reason.to_owned()));
            }
            credentials => {
                let place = format!("the token server {}", url::redacted(server.realm()));
                let answer = self.ask_for_token(&server, &scopes, credentials, &place);
                self.read_token(answer.await?, &place, scope, what).await?
            }
        };
        let now = self.clock.unix_millis();
        let mut login = self.login.borrow_mut();
        Ok(login.tokens.keep(scope, token, server, scopes, now))
    }

    /// Requests a token from a token server, without a name or with one. For a page, a form of request is chosen
    /// that needs no preflight, if possible.
    async fn ask_for_token(
        &self,
        server: &TokenServer,
        scopes: &[String],
        credentials: Option<&Credentials>,
        place: &str,
    ) -> Result<Response, Error> {
        let request = Request::get(server.address(scopes), Cache::Bypassed);
        let Some(credentials) = credentials else {
            return self.ask_token_server(request, place).await;
        };
        let prefers_form =
            self.asker != Asker::Native || matches!(credentials, Credentials::IdentityToken(_));
        if let Some(form) = credentials.form().filter(|_| prefers_form) {
            let form = format!("{form}&{}", server.form(scopes));
            let posted = Request::change(Method::Post, server.realm())
                .with_body("application/x-www-form-urlencoded", form.into_bytes());
            match self.ask_token_server(posted, place).await {
                // Servers that do not support forms answer with one of these, or with a page that CORS hides.
                Ok(answer) if !matches!(answer.status, 400 | 404 | 405 | 415 | 501) => {
                    return Ok(answer);
                }
                Ok(_) => {}
                Err(Error::TokenServer { cause, .. })
                    if cause.kind == ErrorKind::Unreachable || is_refused_by_cors(cause.kind) => {}
                Err(error) => return Err(error),
            }
        }
        let mut request = request;
        request.redirects = Redirects::Refused;
        let request = match credentials.basic() {
            Some(field) => request.with_header("Authorization", field.reveal()),
            None => request,
        };
        self.ask_token_server(request, place).await
    }

    /// Makes one exchange with a token server. Its failure is reported as such, not as a failure of the registry.
    pub(super) async fn ask_token_server(
        &self,
        request: Request,
        place: &str,
    ) -> Result<Response, Error> {
        self.exchange(request, place)
            .await
            .map_err(|error| match error {
                Error::Io { what, cause } => Error::TokenServer { what, cause },
                error => error,
            })
    }

    pub(super) async fn read_token(
        &self,
        mut response: Response,
        place: &str,
        scope: &Scope,
        what: &str,
    ) -> Result<Token, Error> {
        match response.status {
            200 => {}
            401 | 403 => return Err(self.login_needed(what, scope, true)),
            _ => return Err(self.refusal_of(Deed::SignIn, place, response).await),
        }
        let limit_bytes = self.limits.token_bytes;
        let body = match answer::read_body(&mut response, limit_bytes).await {
            Ok(Body::Whole(body)) => body,
            Ok(Body::Cut) => {
                return Err(Error::TooLarge {
                    what: place.to_owned(),
                    limit: format!("{limit_bytes} bytes"),
                });
            }
            Err(cause) => {
                let what = place.to_owned();
                return Err(Error::TokenServer { what, cause });
            }
        };
        Token::read(&body).map_err(|reason| {
            let page = answer::web_page(place, &body, &response.url);
            page.unwrap_or_else(|| Error::Malformed {
                what: place.to_owned(),
                reason: reason.to_owned(),
            })
        })
    }
}
