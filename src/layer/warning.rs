//! Oddities of a layer or an image that do not stop its reading.
//!
//! A warning is data: the page words it in the user's language, the command in English.

use super::{Notice, Weight};
use crate::image::{Oddity, escape};

/// One oddity, and the object that it concerns.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Warning {
    /// The oddity.
    pub notice: Notice,
    /// The object: a path, a digest or a member's name. Already escaped; may be empty.
    pub subject: String,
}

/// Maximum number of bytes of a subject that are shown.
const SUBJECT_BYTES: usize = 256;

impl Warning {
    /// Creates a warning about `subject`. Escapes the subject and cuts it to a reasonable length, because there may
    /// be many, and the image's author chooses the length of names.
    pub fn new(notice: Notice, subject: &[u8]) -> Warning {
        Warning {
            notice,
            subject: match subject.get(..SUBJECT_BYTES) {
                Some(start) if start.len() < subject.len() => format!("{}…", escape(start)),
                _ => escape(subject),
            },
        }
    }

    /// Returns a stable word in kebab case, such as `duplicate-path`, for tests and reports.
    pub fn code(&self) -> &'static str {
        self.notice.code()
    }

    /// Returns the English sentence without its subject, with a lower-case start and no full stop.
    pub fn message(&self) -> String {
        self.notice.to_string()
    }

    /// Returns the importance of the warning.
    pub fn weight(&self) -> Weight {
        self.notice.weight()
    }

    /// Creates the warning for an oddity of a document. `subject` replaces the field's name.
    pub fn of_oddity(oddity: &Oddity, subject: &str) -> Warning {
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let notice = match oddity {
            Oddity::SeveralKeys { .. } => Notice::SeveralKeys,
            Oddity::DuplicateKey { .. } => Notice::DuplicateKey,
            Oddity::OtherCase { .. } => Notice::OtherCase,
            Oddity::NotUtf8 => Notice::NotUtf8,
            Oddity::WrongType { expected, .. } => Notice::WrongType {
                expected: *expected,
            },
            Oddity::InvalidDigest { detail, .. } => Notice::InvalidDigest {
                reason: detail.clone(),
            },
            Oddity::MediaTypeMismatch { declared, stated } => Notice::MediaTypeMismatch {
                declared: declared.clone(),
                stated: stated.clone(),
            },
            Oddity::AmbiguousDocument => Notice::AmbiguousDocument,
            Oddity::NoHistory => Notice::NoHistory,
            Oddity::HistoryMismatch {
                n_entries,
                n_layers,
            } => Notice::HistoryMismatch {
                n_entries: number(*n_entries),
                n_layers: number(*n_layers),
            },
            Oddity::HistoryGuessed => Notice::HistoryGuessed,
            Oddity::More => Notice::MoreOddities,
        };
        Warning::new(notice, subject.as_bytes())
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
            write!(f, "{}", self.notice)
        } else {
            write!(f, "{}: {}", self.subject, self.notice)
        }
    }
}

/// Warnings up to a limit per weight, so that many notes do not crowd out important ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Warnings {
    /// The first warnings, in order of occurrence.
    pub kept: Vec<Warning>,
    /// Number of warnings that were dropped.
    pub n_dropped: u64,
    /// Number of warnings in `kept` that weigh more than notes.
    n_weighty: usize,
}

impl Warnings {
    /// No warnings.
    pub const NONE: Warnings = Warnings {
        kept: Vec::new(),
        n_dropped: 0,
        n_weighty: 0,
    };

    /// Keeps `warning` unless `limit` warnings of its weight are kept already.
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

    /// Adds the warnings of another list.
    pub fn append(&mut self, others: Warnings, limit: usize) {
        self.n_dropped = self.n_dropped.saturating_add(others.n_dropped);
        for warning in others.kept {
            self.push(warning, limit);
        }
    }
}
