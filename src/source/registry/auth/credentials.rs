//! Credentials for one registry, kept as long as the page or the command runs.
//!
//! `conversation` decides who receives them: the registry itself, and the token server that it names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::io::Secret;

use super::super::url;

/// Credentials for a registry. `Debug` does not reveal them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A name and its password, or an access token in place of the password.
    Password {
        /// The user name, without a colon.
        name: Secret,
        /// The password or access token.
        password: Secret,
    },
    /// A refresh token from a token server, as stored by `docker login` (`identitytoken`).
    IdentityToken(Secret),
    /// A token that is sent to the registry unchanged (`registrytoken`).
    RegistryToken(Secret),
}

impl Credentials {
    /// Creates credentials from a name and its password.
    pub fn password(name: impl Into<String>, password: impl Into<String>) -> Credentials {
        Credentials::Password {
            name: Secret::new(name),
            password: Secret::new(password),
        }
    }

    /// Returns the `Authorization` field of the Basic scheme; `None` for a registry token, which has no place in it.
    pub(in super::super) fn basic(&self) -> Option<Secret> {
        let pair = match self {
            Credentials::Password { name, password } => {
                format!("{}:{}", name.reveal(), password.reveal())
            }
            // Token servers that do not accept forms take it in place of the password.
            Credentials::IdentityToken(token) => format!(":{}", token.reveal()),
            Credentials::RegistryToken(_) => return None,
        };
        Some(Secret::new(format!("Basic {}", STANDARD.encode(pair))))
    }

    /// Returns the form of an OAuth 2 token request, without service and scopes.
    pub(in super::super) fn form(&self) -> Option<String> {
        let pairs: &[(&str, &str)] = match self {
            Credentials::Password { name, password } => &[
                ("grant_type", "password"),
                ("username", name.reveal()),
                ("password", password.reveal()),
            ],
            Credentials::IdentityToken(token) => &[
                ("grant_type", "refresh_token"),
                ("refresh_token", token.reveal()),
            ],
            Credentials::RegistryToken(_) => return None,
        };
        let pairs = pairs.iter().chain(&[("client_id", "lamina")]);
        let encoded: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={}", url::encode_value(value)))
            .collect();
        Some(encoded.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rp_07_rp_08_credentials_as_they_are_sent() {
        let credentials = Credentials::password("me", "p:w&é");
        let basic = credentials.basic().expect("it is a password");
        assert_eq!(basic.reveal(), "Basic bWU6cDp3JsOp");
        assert_eq!(
            credentials.form().as_deref(),
            Some("grant_type=password&username=me&password=p:w%26%C3%A9&client_id=lamina")
        );
        let identity = Credentials::IdentityToken(Secret::new("t+1"));
        assert_eq!(
            identity.form().as_deref(),
            Some("grant_type=refresh_token&refresh_token=t%2B1&client_id=lamina")
        );
        let told = format!("{credentials:?} {identity:?}");
        assert!(!told.contains("me\"") && !told.contains("p:w") && !told.contains("t+1"));
    }
}
