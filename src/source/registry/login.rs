//! Authenticates requests to one registry: sends a token or password, and obtains a new token on a `401` challenge.
//!
//! `auth` defines the form of challenges and tokens. Credentials are sent in two ways only: in the Basic scheme to
//! the registry itself, and to the token server that it names if that is on https or on the registry's own host.

use crate::io::{self, ErrorKind, HttpRequest, Response};
use crate::message::Message;

use super::super::Error;
use super::auth::{Credentials, Demand, Held, Scope, Token, TokenServer, demand};
use super::conversation::Conversation;
use super::sign_in::Proof;
use super::url;

impl Conversation {
    /// Sends a request to the registry, with a token or password if one is cached or demanded.
    ///
    /// # Errors
    /// When there is no answer, or a login is required. Any other status is an answer.
    pub(super) async fn ask(
        &self,
        request: HttpRequest,
        scope: &Scope,
        what: &Message,
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

    fn admitted(&self, server: TokenServer) -> Result<TokenServer, Error> {
        match self.gate.admit(server.realm()) {
            Ok(()) => Ok(server),
            Err(refused) => Err(self.unfit_realm(Message::token_server_not_asked(&refused))),
        }
    }

    fn unfit_realm(&self, reason: Message) -> Error {
        Error::TokenServer {
            what: Message::login_of(self.base.to_string()),
            cause: io::Error::new(ErrorKind::Forbidden, reason),
        }
    }

    /// Returns the authentication for `scope`: a cached token, renewed if it has expired, or a password if the
    /// registry takes one.
    async fn proof_for(&self, scope: &Scope, what: &Message) -> Result<Proof, Error> {
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
        what: &Message,
    ) -> Result<Held, Error> {
        let signed_in = self.login.borrow().signed_in();
        let token = match signed_in.as_ref().map(|who| &*who.credentials) {
            Some(Credentials::RegistryToken(token)) => Token::given(token),
            Some(_) if !server.may_have_a_password(&self.base) => {
                return Err(self.unfit_realm(Message::token_server_http()));
            }
            credentials => {
                let place = Message::token_server(url::redacted(server.realm()).to_string());
                let answer = self.ask_for_token(&server, &scopes, credentials, &place);
                self.read_token(answer.await?, &place, scope, what).await?
            }
        };
        let now = self.clock.unix_millis();
        let mut login = self.login.borrow_mut();
        Ok(login.tokens.keep(scope, token, server, scopes, now))
    }
}
