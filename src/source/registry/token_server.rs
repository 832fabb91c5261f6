//! Requests to a token server, and what is said where a token is not to be had.

use crate::io::{Cache, ErrorKind, HttpRequest, Method, Redirects, Response};
use crate::message::Message;

use super::super::{Deed, Error};
use super::answer::{self, Body};
use super::auth::{Credentials, Demand, Scope, Token, TokenServer, demand};
use super::conversation::Conversation;
use super::host::Asker;

impl Conversation {
    pub(super) fn login_needed(
        &self,
        what: &Message,
        scope: &Scope,
        challenge_visible: bool,
    ) -> Error {
        let login = self.login.borrow();
        Error::LoginNeeded {
            what: what.clone(),
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

    /// Requests a token from a token server, without a name or with one. For a page, a form of request is chosen
    /// that needs no preflight, if possible.
    pub(super) async fn ask_for_token(
        &self,
        server: &TokenServer,
        scopes: &[String],
        credentials: Option<&Credentials>,
        place: &Message,
    ) -> Result<Response, Error> {
        let request = HttpRequest::get(server.address(scopes), Cache::Bypassed);
        let Some(credentials) = credentials else {
            return self.ask_token_server(request, place).await;
        };
        let prefers_form =
            self.asker != Asker::Native || matches!(credentials, Credentials::IdentityToken(_));
        if let Some(form) = credentials.form().filter(|_| prefers_form) {
            let form = format!("{form}&{}", server.form(scopes));
            let posted = HttpRequest::change(Method::Post, server.realm())
                .with_body("application/x-www-form-urlencoded", form.into_bytes());
            match self.ask_token_server(posted, place).await {
                Ok(answer) if !ignores_forms(&answer) => return Ok(answer),
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
        request: HttpRequest,
        place: &Message,
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
        place: &Message,
        scope: &Scope,
        what: &Message,
    ) -> Result<Token, Error> {
        match response.status {
            200 => {}
            401 | 403 => return Err(self.login_needed(what, scope, true)),
            _ => return Err(self.refusal_of(Deed::SignIn, place, response).await),
        }
        let limit_bytes = self.limits.registry.token_bytes;
        let body = match answer::read_body(&mut response, limit_bytes).await {
            Ok(Body::Whole(body)) => body,
            Ok(Body::Cut) => {
                return Err(Error::TooLarge {
                    what: place.clone(),
                    limit: Message::limit_bytes(limit_bytes),
                });
            }
            Err(cause) => {
                let what = place.clone();
                return Err(Error::TokenServer { what, cause });
            }
        };
        Token::read(&body).map_err(|reason| {
            let page = answer::web_page(place, &body, &response.url);
            page.unwrap_or_else(|| Error::Malformed {
                what: place.clone(),
                reason,
            })
        })
    }
}

/// True for the answer of a token server that does not support forms: a status that says so, or a Basic challenge,
/// which asks for the name and the password in the header. A browser may hide such an answer instead.
fn ignores_forms(answer: &Response) -> bool {
    match answer.status {
        400 | 404 | 405 | 415 | 501 => true,
        401 => demand(&answer.headers, &answer.url) == Demand::Basic,
        _ => false,
    }
}

/// True for a failure in which the host exists, but CORS forbids the request.
pub(super) fn is_refused_by_cors(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Cors | ErrorKind::Preflight | ErrorKind::Withheld | ErrorKind::RedirectCors
    )
}
