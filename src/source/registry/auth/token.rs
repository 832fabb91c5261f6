//! Tokens of the registry protocol: the scope to request, the server to ask, and its answer.
//!
//! `auth` makes the exchange and decides when a new token is due.

use crate::image::without_mark;
use std::time::Duration;

use crate::io::Secret;
use crate::message::Message;

use super::super::url;
use super::challenge::Challenge;

/// The target of a request, which determines the token's scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Scope {
    /// The list of repositories.
    Catalog,
    /// Nothing in particular: checks whether a name and its password are right.
    SignIn,
    /// Reading one repository.
    Pull(String),
    /// Reading and writing one repository.
    Push(String),
    /// Writing one repository and mounting a blob from another one.
    Mount {
        /// The repository that is written.
        to: String,
        /// The repository that has the blob.
        from: String,
    },
}

impl Scope {
    /// Returns the part of a challenge's scope that may be requested: only the actions that the request needs, and
    /// only for its repository, which a mirror may prefix with more path components. `None` for any other scope.
    pub(in super::super) fn narrowed(&self, named: &str) -> Option<String> {
        let (wanted, allowed): (Vec<&String>, &[&str]) = match self {
            Scope::Catalog => return self.texts().into_iter().find(|own| own == named),
            Scope::SignIn => return None,
            Scope::Pull(repository) => (vec![repository], &["pull"]),
            Scope::Push(repository) => (vec![repository], &["pull", "push"]),
            Scope::Mount { to, from } => (vec![to, from], &["pull", "push"]),
        };
        let (name, actions) = named.strip_prefix("repository:")?.rsplit_once(':')?;
        let is_of = |repository: &&String| {
            let before = name.strip_suffix(repository.as_str());
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        wanted.into_iter().find(is_of)?;
        let actions = actions.split(',').filter(|action| allowed.contains(action));
        let actions: Vec<&str> = actions.collect();
        (!actions.is_empty()).then(|| format!("repository:{name}:{}", actions.join(",")))
    }

    /// Returns the scopes in the form of token servers, the most important first, since some read only the first.
    pub(in super::super) fn texts(&self) -> Vec<String> {
        let pull = |repository: &str| format!("repository:{repository}:pull");
        let push = |repository: &str| format!("repository:{repository}:pull,push");
        match self {
            Scope::Catalog => vec!["registry:catalog:*".to_owned()],
            Scope::SignIn => Vec::new(),
            Scope::Pull(repository) => vec![pull(repository)],
            Scope::Push(repository) => vec![push(repository)],
            Scope::Mount { to, from } => vec![push(to), pull(from)],
        }
    }
}

/// A Bearer challenge whose realm may be contacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct TokenServer {
    realm: String,
    service: Option<String>,
    /// The scopes named by the challenge.
    pub(in super::super) scopes: Vec<String>,
}

/// The scope that GHCR's challenge names for every request.
const PLACEHOLDER_SCOPE: &str = "repository:user/image:pull";

impl TokenServer {
    /// Reads a Bearer challenge from `base`. The realm of a registry on https must be on https.
    ///
    /// # Errors
    /// The reason if the realm cannot be contacted.
    pub(in super::super) fn of(challenge: &Challenge, base: &str) -> Result<TokenServer, Message> {
        let realm = challenge.get("realm").ok_or_else(Message::realm_missing)?;
        let realm = url::resolve(base, realm).ok_or_else(Message::realm_address)?;
        let is_https = |address: &str| url::parts(address).is_some_and(|parts| parts.https);
        if is_https(base) && !is_https(&realm) {
            return Err(Message::realm_http());
        }
        Ok(TokenServer {
            realm,
            service: challenge.get("service").map(str::to_owned),
            scopes: challenge
                .get("scope")
                .into_iter()
                .flat_map(str::split_whitespace)
                .filter(|&scope| scope != PLACEHOLDER_SCOPE)
                .map(str::to_owned)
                .collect(),
        })
    }

    /// Returns the URL that gives out tokens.
    pub(in super::super) fn realm(&self) -> &str {
        &self.realm
    }

    /// Returns the URL of a token request. Query parameters of the realm are kept; each scope adds one `scope`.
    pub(in super::super) fn address(&self, scopes: &[String]) -> String {
        let scopes = scopes.iter().map(|scope| ("scope", scope.as_str()));
        let pairs: Vec<String> = self.service().chain(scopes).map(pair).collect();
        let separator = if self.realm.contains('?') { '&' } else { '?' };
        match pairs.is_empty() {
            true => self.realm.clone(),
            false => format!("{}{separator}{}", self.realm, pairs.join("&")),
        }
    }

    /// Returns the part of a form that names the requested token, with all scopes in one value.
    pub(in super::super) fn form(&self, scopes: &[String]) -> String {
        let scopes = scopes.join(" ");
        let scope = (!scopes.is_empty()).then_some(("scope", scopes.as_str()));
        let pairs: Vec<String> = self.service().chain(scope).map(pair).collect();
        pairs.join("&")
    }

    fn service(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.service
            .iter()
            .map(|service| ("service", service.as_str()))
    }

    /// True if a password may be sent there: over TLS, or to the registry's own host, which receives it anyway.
    pub(in super::super) fn may_have_a_password(&self, base: &str) -> bool {
        match (url::parts(&self.realm), url::parts(base)) {
            (Some(realm), Some(base)) => {
                realm.https || realm.host_and_port().0 == base.host_and_port().0
            }
            _ => false,
        }
    }
}

fn pair((name, value): (&str, &str)) -> String {
    format!("{name}={}", url::encode_value(value))
}

/// A token and its lifetime.
#[derive(Clone, PartialEq, Eq)]
pub(in super::super) struct Token {
    pub(in super::super) value: String,
    pub(in super::super) lives_millis: i64,
}

/// Lifetime of a token whose server does not state one.
const DEFAULT_LIFE: Duration = Duration::from_secs(60);
/// Longest lifetime of a token, whatever its server states.
const LONGEST_LIFE: Duration = Duration::from_secs(3_600);
/// Time before its end at which a token is renewed, to cover the time in transit.
const MARGIN: Duration = Duration::from_secs(5);

/// The answer of a token server. Members of an unexpected type count as absent: each server adds its own.
#[derive(serde::Deserialize)]
struct Answer {
    token: Option<serde_json::Value>,
    access_token: Option<serde_json::Value>,
    expires_in: Option<serde_json::Value>,
}

impl Token {
    /// Creates a token that the person gave. It is valid until it is refused.
    pub(in super::super) fn given(token: &Secret) -> Token {
        Token {
            value: token.reveal().to_owned(),
            lives_millis: i64::MAX,
        }
    }

    /// Reads a token server's answer.
    ///
    /// # Errors
    /// The reason if it contains no token.
    pub(in super::super) fn read(body: &[u8]) -> Result<Token, Message> {
        let answer: Answer =
            serde_json::from_slice(without_mark(body)).map_err(|_| Message::token_not_json())?;
        let value = [&answer.token, &answer.access_token]
            .into_iter()
            .filter_map(|token| token.as_ref()?.as_str())
            .find(|token| !token.is_empty())
            .ok_or_else(Message::token_missing)?
            .to_owned();
        if !value.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Message::token_characters());
        }
        let stated = answer.expires_in.and_then(|seconds| match seconds {
            // Whole seconds: reading any other number takes 13 kB of the page.
            serde_json::Value::String(text) => text
                .trim()
                .split('.')
                .next()?
                .parse::<u32>()
                .ok()
                .map(f64::from),
            seconds => seconds.as_f64(),
        });
        let life = stated
            .filter(|&seconds| seconds >= 1.0)
            .map_or(DEFAULT_LIFE, |seconds| {
                Duration::from_secs_f64(seconds.min(LONGEST_LIFE.as_secs_f64()))
            });
        let life = life.saturating_sub(MARGIN).max(Duration::from_secs(1));
        Ok(Token {
            value,
            lives_millis: i64::try_from(life.as_millis()).unwrap_or(i64::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::challenge::challenges;
    use super::*;

    fn check(base: &str, field: &str, expected: &str) {
        let got = challenges(field)
            .first()
            .map(|challenge| TokenServer::of(challenge, base))
            .expect("there is a challenge")
            .map_or_else(
                |reason| format!("error: {reason}"),
                |server| server.address(&["repository:a/b:pull".to_owned(), "x y".to_owned()]),
            );
        assert_eq!(got, expected, "from {field:?}");
    }

    #[test]
    fn rp_04_rp_05_token_addresses() {
        check(
            "https://r.example",
            r#"Bearer realm="https://t/token?a=1",service="my registry""#,
            "https://t/token?a=1&service=my%20registry&scope=repository:a/b:pull&scope=x%20y",
        );
        check(
            "http://r.example:5000/x",
            "bearer realm=/token",
            "http://r.example:5000/token?scope=repository:a/b:pull&scope=x%20y",
        );
    }

    #[test]
    fn rp_07_an_http_realm_of_an_https_registry_is_refused() {
        check(
            "https://r.example",
            r#"Bearer realm="http://t/token""#,
            "error: it is on https, but its login challenge names a token server on http",
        );
        check(
            "https://r",
            "Bearer service=x",
            "error: its login challenge names no token server",
        );
        check(
            "https://r",
            "Bearer realm=file:///etc/passwd",
            "error: its login challenge names a token server that is no http address",
        );
    }

    fn check_token(body: &str, expected: Result<(&str, i64), Message>) {
        let got = Token::read(body.as_bytes());
        let got = got
            .as_ref()
            .map(|t| (t.value.as_str(), t.lives_millis))
            .map_err(Message::clone);
        assert_eq!(got, expected, "from {body}");
    }

    #[test]
    fn rp_04_token_answers() {
        check_token(r#"{"token":"abc"}"#, Ok(("abc", 55_000)));
        check_token(
            r#"{"token":"","access_token":"x","expires_in":300}"#,
            Ok(("x", 295_000)),
        );
        check_token(r#"{"token":"x","expires_in":1e300}"#, Ok(("x", 3_595_000)));
        check_token(
            r#"{"token":"x","expires_in":-1,"issued_at":"now"}"#,
            Ok(("x", 55_000)),
        );
        check_token(r#"{"token":null}"#, Err(Message::token_missing()));
        // A leading byte order mark, and members of unexpected types.
        check_token("\u{feff} {\"token\":\"x\"}", Ok(("x", 55_000)));
        check_token(
            r#"{"token":7,"access_token":"x","expires_in":"300","scope":{}}"#,
            Ok(("x", 295_000)),
        );
        check_token("<html>", Err(Message::token_not_json()));
        check_token(
            r#"{"token":"a\r\nHost: evil"}"#,
            Err(Message::token_characters()),
        );
    }
}
