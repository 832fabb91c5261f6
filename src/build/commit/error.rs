//! Why a change of a config cannot be made.

/// A change that is not as `docker commit --change` takes it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The instruction is none of those that change a config.
    #[error("{word} changes no config; {} do", super::instruction::WORDS.join(", "))]
    Unknown {
        /// The word as written, cut to a reasonable length.
        word: String,
    },
    /// The instruction is there and its arguments are wrong.
    #[error("{instruction}: {reason}")]
    Arguments {
        /// The instruction or the field, in capitals.
        instruction: &'static str,
        /// What is wrong, and what is right.
        reason: String,
    },
    /// The text is longer than any that is meant.
    #[error("the changes are longer than {limit} bytes")]
    TooLong {
        /// Bytes.
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

/// Why no config can be made on another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It is not JSON, or no object.
    #[error("the config of the image is malformed: {0}")]
    Malformed(String),
    /// It does not name one diff_id for each layer.
    #[error("the config names {n_diff_ids} diff_ids, and the image has {n_layers} layers")]
    DiffIds {
        /// Diff_ids in the config.
        n_diff_ids: usize,
        /// Layers of the image.
        n_layers: usize,
    },
}
