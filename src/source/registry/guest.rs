//! Hosts that a registry redirects to, or that a manifest names, and that require a token of their own.
//!
//! Such a token is requested without a name and sent to that host only. The person's credentials are never sent there.

use crate::io::{Cache, HttpRequest, Response};
use crate::message::Message;

use super::super::Error;
use super::auth::{Demand, Scope, TokenServer, demand};
use super::conversation::Conversation;
use super::token_server::is_refused_by_cors;
use super::url;

/// Hosts in one chain of redirects that may each require a token.
const MOST_HOSTS: usize = 3;

impl Conversation {
    /// Sends a request to a host other than the registry, with the cached token for it.
    pub(super) async fn ask_elsewhere(
        &self,
        request: HttpRequest,
        scope: &Scope,
        what: &Message,
    ) -> Result<Response, Error> {
        let now = self.clock.unix_millis();
        let held = self.login.borrow().guest(&origin_of(&request.url), scope);
        let sent = match held.filter(|held| held.serves_at(now)) {
            Some(held) => {
                let field = format!("Bearer {}", held.value);
                request.clone().with_header("Authorization", field)
            }
            None => request.clone(),
        };
        let response = self.exchange_for(&request.url, sent, what).await?;
        match response.status {
            401 if !self.is_own(&response) => self.as_guest(&request, response, scope, what).await,
            _ => Ok(response),
        }
    }

    /// Repeats a request after a 401 from a host other than the registry, with a token for that host.
    ///
    /// # Errors
    /// [`Error::LoginElsewhere`] if no token is given without a name.
    pub(super) async fn as_guest(
        &self,
        request: &HttpRequest,
        mut refused: Response,
        scope: &Scope,
        what: &Message,
    ) -> Result<Response, Error> {
        for _ in 0..MOST_HOSTS {
            let error = Error::LoginElsewhere {
                what: what.clone(),
                host: url::host_of(&refused.url).unwrap_or_default().to_owned(),
            };
            let server = match demand(&refused.headers, &refused.url) {
                Demand::Bearer(server) if self.gate.admit(server.realm()).is_ok() => server,
                _ => return Err(error),
            };
            let Some(token) = self.guest_token(&refused.url, server, scope, what).await? else {
                return Err(error);
            };
            let mut again = request
                .clone()
                .with_header("Authorization", format!("Bearer {token}"));
            again.url.clone_from(&refused.url);
            let response = match self.exchange_for(&refused.url, again, what).await {
                Ok(response) => response,
                // CORS forbids a page to send the token there.
                Err(Error::Io { cause, .. }) if is_refused_by_cors(cause.kind) => {
                    return Err(error);
                }
                Err(error) => return Err(error),
            };
            if response.status != 401 || self.is_own(&response) {
                return Ok(response);
            }
            if url::same_origin(&response.url, &refused.url) {
                return Err(error);
            }
            refused = response;
        }
        Ok(refused)
    }

    /// Requests a token for the host of `address`; `None` if its server gives none without a name.
    async fn guest_token(
        &self,
        address: &str,
        server: TokenServer,
        scope: &Scope,
        what: &Message,
    ) -> Result<Option<String>, Error> {
        let scopes: Vec<String> = server.scopes.iter().filter_map(|s| only_pull(s)).collect();
        let place = Message::token_server(url::redacted(server.realm()).to_string());
        let request = HttpRequest::get(server.address(&scopes), Cache::Bypassed);
        let response = self.ask_token_server(request, &place).await?;
        if response.status != 200 {
            return Ok(None);
        }
        let token = self.read_token(response, &place, scope, what).await?;
        let value = token.value.clone();
        let now = self.clock.unix_millis();
        let mut login = self.login.borrow_mut();
        login
            .guests(origin_of(address))
            .keep(scope, token, server, scopes, now);
        Ok(Some(value))
    }
}

/// Returns the part of a scope that may be requested without a name: reading.
fn only_pull(named: &str) -> Option<String> {
    let (name, actions) = named.strip_prefix("repository:")?.rsplit_once(':')?;
    let pulls = actions
        .split(',')
        .any(|action| matches!(action, "pull" | "*"));
    pulls.then(|| format!("repository:{name}:pull"))
}

fn origin_of(address: &str) -> String {
    url::parts(address).map_or(String::new(), |parts| parts.origin())
}
