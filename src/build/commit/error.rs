//! Errors of config changes.

use std::fmt;

use crate::message::Message;

/// A change that `docker commit --change` would not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeError {
    /// The instruction does not change a config.
    Unknown {
        /// The word as written, truncated.
        word: String,
    },
    /// The instruction is known, but its arguments are wrong.
    Arguments {
        /// The instruction or the field, in capitals.
        instruction: &'static str,
        /// The problem, and the right form.
        reason: Message,
    },
    /// The text is longer than any reasonable change.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
}

impl ChangeError {
    pub(super) fn of(instruction: &'static str, reason: impl Into<Message>) -> ChangeError {
        ChangeError::Arguments {
            instruction,
            reason: reason.into(),
        }
    }
}

/// The reason why a config cannot serve as the base of a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// It is not JSON, or not an object.
    Malformed(String),
    /// It does not name one diff_id for each layer.
    DiffIds {
        /// Number of diff_ids in the config.
        n_diff_ids: usize,
        /// Number of layers of the image.
        n_layers: usize,
    },
}

impl From<&ChangeError> for Message {
    fn from(error: &ChangeError) -> Message {
        match error {
            ChangeError::Unknown { word } => {
                Message::not_an_instruction(word, super::known_words::WORDS.join(", "))
            }
            ChangeError::Arguments {
                instruction,
                reason,
            } => Message::instruction(*instruction, reason.clone()),
            ChangeError::TooLong { limit } => Message::changes_too_long(*limit),
        }
    }
}

impl From<&ConfigError> for Message {
    fn from(error: &ConfigError) -> Message {
        match error {
            ConfigError::Malformed(reason) => Message::config_malformed(reason),
            ConfigError::DiffIds {
                n_diff_ids,
                n_layers,
            } => Message::config_diff_ids(*n_diff_ids, *n_layers),
        }
    }
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for ChangeError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for ConfigError {}
