//! A text that is used and never shown: a password, a token.

use serde::{Deserialize, Serialize};

/// A text that `Debug` does not tell; there is no `Display`, so that no message repeats it by mistake.
///
/// It crosses from the page to its worker, hence serde; nothing writes it anywhere else.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text, for the one place that it is sent to.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
