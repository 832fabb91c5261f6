//! The state of a person's sign-in to one registry: credentials, tokens, and what a request is sent with.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::io::HttpRequest;

use super::auth::{Credentials, Held, Scope, Tokens};

/// The credentials that a person signed in with.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) credentials: Arc<Credentials>,
    /// The place where the credentials are kept, for [`Error::LoginNeeded`]. Empty if the person gave them directly.
    pub(super) kept_in: String,
}

/// The login state of one registry.
#[derive(Clone, Default)]
pub(super) struct Login {
    pub(super) signed_in: Option<SignedIn>,
    /// True if the registry has asked for the Basic scheme. Credentials are then sent with every request.
    pub(super) takes_basic: bool,
    pub(super) tokens: Tokens,
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

    /// Forgets credentials and tokens.
    pub(super) fn forget(&mut self) {
        *self = Login::default();
    }

    /// Adds what another state of the same login has learnt.
    pub(super) fn merge(&mut self, other: &Login) {
        let same = match (&self.signed_in, &other.signed_in) {
            (Some(own), Some(others)) => Arc::ptr_eq(&own.credentials, &others.credentials),
            _ => false,
        };
        if same {
            self.takes_basic |= other.takes_basic;
            self.tokens.merge(&other.tokens);
        }
    }

    pub(super) fn signed_in(&self) -> Option<SignedIn> {
        self.signed_in.clone()
    }

    pub(super) fn is_signed_in(&self) -> bool {
        self.signed_in.is_some()
    }

    pub(super) fn basic(&self) -> Option<Proof> {
        let basic = self.signed_in.as_ref()?.credentials.basic()?;
        Some(Proof::Basic(basic.reveal().to_owned()))
    }
}

/// The authentication of one request.
pub(super) enum Proof {
    Nothing,
    Basic(String),
    Token(Held),
}

impl Proof {
    pub(super) fn added_to(&self, request: HttpRequest) -> HttpRequest {
        let field = match self {
            Proof::Nothing => return request,
            Proof::Basic(field) => field.clone(),
            Proof::Token(held) => format!("Bearer {}", held.value),
        };
        request.with_header("Authorization", field)
    }

    pub(super) fn is_basic(&self) -> bool {
        matches!(self, Proof::Basic(_))
    }

    /// True if this token was requested with all of `scopes`.
    pub(super) fn covers(&self, scopes: &[String]) -> bool {
        match self {
            Proof::Token(held) => scopes.iter().all(|scope| held.scopes.contains(scope)),
            Proof::Nothing | Proof::Basic(_) => false,
        }
    }
}
