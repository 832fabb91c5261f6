//! Errors of config changes.

/// A change that `docker commit --change` would not accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The instruction does not change a config.
    #[error("{word} changes no config; {} do", super::instruction::WORDS.join(", "))]
    Unknown {
        /// The word as written, truncated.
        word: String,
    },
    /// The instruction is known, but its arguments are wrong.
    #[error("{instruction}: {reason}")]
    Arguments {
        /// The instruction or the field, in capitals.
        instruction: &'static str,
        /// The problem, and the right form.
        reason: String,
    },
    /// The text is longer than any reasonable change.
    #[error("the changes are longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
}

impl ChangeError {
    pub(super) fn of(instruction: &'static str, reason: impl Into<String>) -> ChangeError {
        ChangeError::Arguments {
            instruction,
            reason: reason.into(),
        }
    }
}

/// The reason why a config cannot serve as the base of a new one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It is not JSON, or not an object.
    #[error("the config of the image is malformed: {0}")]
    Malformed(String),
    /// It does not name one diff_id for each layer.
    #[error("the config names {n_diff_ids} diff_ids, and the image has {n_layers} layers")]
    DiffIds {
        /// Number of diff_ids in the config.
        n_diff_ids: usize,
        /// Number of layers of the image.
        n_layers: usize,
    },
}
