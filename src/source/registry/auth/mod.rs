//! Logging in without a name: challenges, and the anonymous tokens that public repositories ask for.
//!
//! A token goes to the registry that asked for it and to nobody else. Renewal on 401 is decided by `conversation`,
//! which sends the requests.

mod challenge;
mod token;

pub(super) use token::{Scope, Token, TokenServer};

use std::collections::BTreeMap;

use crate::io::Headers;

use challenge::{Challenge, challenges};

/// The tokens of one registry, by what they are for.
#[derive(Default)]
pub(super) struct Tokens(BTreeMap<Scope, Held>);

/// A token with what is needed to renew it.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) value: String,
    ends_unix_millis: i64,
    pub(super) server: TokenServer,
    /// The scopes that it was asked for.
    pub(super) scopes: Vec<String>,
}

impl Held {
    /// Whether it still serves.
    pub(super) fn serves_at(&self, unix_millis: i64) -> bool {
        unix_millis < self.ends_unix_millis
    }
}

impl Tokens {
    pub(super) fn get(&self, scope: &Scope) -> Option<Held> {
        self.0.get(scope).cloned()
    }

    pub(super) fn forget(&mut self, scope: &Scope) {
        self.0.remove(scope);
    }

    pub(super) fn keep(
        &mut self,
        scope: &Scope,
        token: Token,
        server: TokenServer,
        scopes: Vec<String>,
        now_unix_millis: i64,
    ) {
        let held = Held {
            value: token.value,
            ends_unix_millis: now_unix_millis.saturating_add(token.lives_millis),
            server,
            scopes,
        };
        self.0.insert(scope.clone(), held);
    }
}

/// What a 401 asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// A token from this server.
    Bearer(TokenServer),
    /// A token from a server that must not be asked, and why.
    UnfitRealm(String),
    /// A name and a password, or something that Lamina does not speak.
    Login,
    /// The challenge cannot be seen.
    Hidden,
}

/// Reads the challenges of an answer from the registry at `base`; Bearer is preferred.
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
    match unfit {
        Some(reason) => Demand::UnfitRealm(reason),
        None => Demand::Login,
    }
}
