//! What a person signs in with, for one registry and as long as the page or the command runs.
//!
//! To whom it may be sent is decided by `conversation`: the registry itself, and the token server that it names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::io::Secret;

use super::super::url;

/// What proves who asks. Its `Debug` tells nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A name and its password, or an access token in the password's place.
    Password {
        /// The name, which holds no colon.
        name: Secret,
        /// The password.
        password: Secret,
    },
    /// A refresh token that a token server has given out, as `docker login` keeps it (`identitytoken`).
    IdentityToken(Secret),
    /// A token that goes to the registry as it is (`registrytoken`).
    RegistryToken(Secret),
}

impl Credentials {
    /// A name and its password.
    pub fn password(name: impl Into<String>, password: impl Into<String>) -> Credentials {
        Credentials::Password {
            name: Secret::new(name),
            password: Secret::new(password),
        }
    }

    /// The `Authorization` field of the Basic scheme; `None` for what has no place in it.
    pub(in super::super) fn basic(&self) -> Option<Secret> {
        let pair = match self {
            Credentials::Password { name, password } => {
                format!("{}:{}", name.reveal(), password.reveal())
            }
            // Token servers that know no forms take it in the password's place.
            Credentials::IdentityToken(token) => format!(":{}", token.reveal()),
            Credentials::RegistryToken(_) => return None,
        };
        Some(Secret::new(format!("Basic {}", STANDARD.encode(pair))))
    }

    /// The form by which a token server is asked in OAuth 2's way, but for service and scopes.
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
