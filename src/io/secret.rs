//! Texts that are used but never shown: a password, a token.

use serde::{Deserialize, Serialize};

/// A text that `Debug` hides. It has no `Display`, so that no message repeats it by mistake.
///
/// It has serde because it crosses from the page to its worker. Nothing else serialises it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// Returns the text, for the one place that it is sent to.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
