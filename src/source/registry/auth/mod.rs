//! Signing in, with or without a name: challenges, credentials, and the tokens obtained for them.
//!
//! A token is sent only to the registry that asked for it. Credentials are sent to that registry and to the token
//! server that it names. `conversation::login` decides which is sent when.

mod challenge;
mod credentials;
mod token;

pub use credentials::Credentials;
pub(super) use token::{Scope, Token, TokenServer};

use std::collections::BTreeMap;

use crate::io::Headers;
use crate::message::Message;

use challenge::{Challenge, challenges};

/// The tokens of one registry, by scope.
#[derive(Clone, Default)]
pub(super) struct Tokens(BTreeMap<Scope, Held>);

/// A token and the data needed to renew it.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) value: String,
    ends_unix_millis: i64,
    pub(super) server: TokenServer,
    /// The scopes requested for it.
    pub(super) scopes: Vec<String>,
}

impl Held {
    /// True if the token has not expired.
    pub(super) fn serves_at(&self, unix_millis: i64) -> bool {
        unix_millis < self.ends_unix_millis
    }
}

impl Tokens {
    pub(super) fn get(&self, scope: &Scope) -> Option<Held> {
        self.0.get(scope).cloned()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn forget(&mut self, scope: &Scope) {
        self.0.remove(scope);
    }

    /// Adds the tokens of `other` that last longer.
    pub(super) fn merge(&mut self, other: &Tokens) {
        for (scope, held) in &other.0 {
            let own = self.0.get(scope);
            if own.is_none_or(|own| own.ends_unix_millis < held.ends_unix_millis) {
                self.0.insert(scope.clone(), held.clone());
            }
        }
    }

    pub(super) fn keep(
        &mut self,
        scope: &Scope,
        token: Token,
        server: TokenServer,
        scopes: Vec<String>,
        now_unix_millis: i64,
    ) -> Held {
        let held = Held {
            value: token.value,
            ends_unix_millis: now_unix_millis.saturating_add(token.lives_millis),
            server,
            scopes,
        };
        self.0.insert(scope.clone(), held.clone());
        held
    }
}

/// The demand of a `401` answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// A token from this server.
    Bearer(TokenServer),
    /// A token from a server that must not be contacted, with the reason.
    UnfitRealm(Message),
    /// A name and a password.
    Basic,
    /// A scheme that Lamina does not support, such as Negotiate.
    Foreign,
    /// Not known: the challenge is hidden.
    Hidden,
}

/// Reads the challenges in an answer from the registry at `base`. Bearer is preferred.
pub(super) fn demand(headers: &Headers, base: &str) -> Demand {
    let all: Vec<Challenge> = headers
        .all("www-authenticate")
        .flat_map(challenges)
        .collect();
    if all.is_empty() {
        return Demand::Hidden;
    }
    let mut unfit = None;
    for challenge in all.iter().filter(|challenge| challenge.scheme == "bearer") {
        match TokenServer::of(challenge, base) {
            Ok(server) => return Demand::Bearer(server),
            Err(reason) => unfit = Some(reason),
        }
    }
    let takes_basic = all.iter().any(|challenge| challenge.scheme == "basic");
    match unfit {
        Some(reason) => Demand::UnfitRealm(reason),
        None if takes_basic => Demand::Basic,
        None => Demand::Foreign,
    }
}
