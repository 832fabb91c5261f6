//! What is odd in a layer or an image but does not stop its reading.
//!
//! A warning is data: the page words it in the reader's language, the command in English.

use crate::image::{Oddity, escape};

/// One oddity: what kind, and the object that it concerns.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Warning {
    /// A stable word in kebab case, such as `duplicate-path`, by which tests and the page know it.
    pub code: String,
    /// The object: a path, a digest, a member's name; already escaped, may be empty.
    pub subject: String,
    /// The English sentence without the subject, lower-case start, no full stop.
    pub message: String,
}

/// Bytes of a subject that are shown.
const SUBJECT_BYTES: usize = 256;

impl Warning {
    /// A warning about `subject`, which is escaped here, and cut to a reasonable length: there may be many, and
    /// names are as long as whoever made the image likes.
    pub fn new(code: &'static str, subject: &[u8], message: impl Into<String>) -> Warning {
        Warning {
            code: code.to_owned(),
            subject: match subject.get(..SUBJECT_BYTES) {
                Some(start) if start.len() < subject.len() => format!("{}…", escape(start)),
                _ => escape(subject),
            },
            message: message.into(),
        }
    }
}

impl From<&Oddity> for Warning {
    fn from(oddity: &Oddity) -> Warning {
        Warning::new(
            oddity.code(),
            oddity.subject().as_bytes(),
            oddity.to_string(),
        )
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.subject.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.subject, self.message)
        }
    }
}

/// Warnings up to a limit, and a count of those beyond it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Warnings {
    /// The first ones, in the order they came up.
    pub kept: Vec<Warning>,
    /// How many more there were.
    pub n_dropped: u64,
}

impl Warnings {
    /// Keeps `warning` unless `limit` are kept already.
    pub fn push(&mut self, warning: Warning, limit: usize) {
        if self.kept.len() < limit {
            self.kept.push(warning);
        } else {
            self.n_dropped += 1;
        }
    }
}
