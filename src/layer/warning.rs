//! What is odd in a layer or an image but does not stop its reading.
//!
//! A warning is data: the page words it in the reader's language, the command in English.

use super::{Notice, Weight};
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
    /// Its type with arguments, for those that have one.
    pub notice: Option<Notice>,
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
            notice: None,
        }
    }

    /// A warning that has a type.
    pub fn of(notice: Notice, subject: &[u8]) -> Warning {
        let message = notice.to_string();
        Warning {
            notice: Some(notice.clone()),
            ..Warning::new(notice.code(), subject, message)
        }
    }

    /// How much it matters.
    pub fn weight(&self) -> Weight {
        self.notice.as_ref().map_or(Weight::Note, Notice::weight)
    }

    /// The warning about an oddity of a document, with another subject than the field that it names.
    pub fn of_oddity(oddity: &Oddity, subject: &str) -> Warning {
        let notice = match oddity {
            Oddity::SeveralKeys { .. } => Notice::SeveralKeys,
            Oddity::DuplicateKey { .. } => Notice::DuplicateKey,
            Oddity::OtherCase { .. } => Notice::OtherCase,
            _ => return Warning::new(oddity.code(), subject.as_bytes(), oddity.to_string()),
        };
        Warning::of(notice, subject.as_bytes())
    }
}

impl From<&Oddity> for Warning {
    fn from(oddity: &Oddity) -> Warning {
        Warning::of_oddity(oddity, oddity.subject())
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

/// Warnings up to a limit of each weight, so that many notes crowd out nothing that matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Warnings {
    /// The first ones, in the order they came up.
    pub kept: Vec<Warning>,
    /// How many more there were.
    pub n_dropped: u64,
    /// How many of `kept` are more than notes.
    n_weighty: usize,
}

impl Warnings {
    /// No warnings.
    pub const NONE: Warnings = Warnings {
        kept: Vec::new(),
        n_dropped: 0,
        n_weighty: 0,
    };

    /// Keeps `warning` unless `limit` of its weight are kept already.
    pub fn push(&mut self, warning: Warning, limit: usize) {
        let is_note = warning.weight() == Weight::Note;
        let n_alike = match is_note {
            true => self.kept.len().saturating_sub(self.n_weighty),
            false => self.n_weighty,
        };
        if n_alike < limit {
            self.n_weighty += usize::from(!is_note);
            self.kept.push(warning);
        } else {
            self.n_dropped += 1;
        }
    }

    /// Takes over others.
    pub fn append(&mut self, others: Warnings, limit: usize) {
        self.n_dropped = self.n_dropped.saturating_add(others.n_dropped);
        for warning in others.kept {
            self.push(warning, limit);
        }
    }
}
