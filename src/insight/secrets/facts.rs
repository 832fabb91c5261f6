//! The secrets of an image: plain data, which the other files fill in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::rules::SecretRule;
use crate::insight::system::Gap;
use crate::overlay::LayerIdx;

/// Characters that are kept of a secret.
pub(super) const MOST_VALUE_CHARS: usize = 200;

/// Characters that are shown of a line of the history.
const MOST_LINE_CHARS: usize = 4_096;

/// Characters that a masked secret shows at its beginning.
const SHOWN_CHARS: usize = 4;

/// All secrets of an image that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretList {
    /// The findings: secrets first, then what is told apart; by place.
    pub findings: Vec<SecretFinding>,
    /// Number of secrets beyond the bounds.
    pub n_left_out: u64,
    /// Number of findings beyond the bounds that are told apart.
    pub n_apart_left_out: u64,
    /// Number of files that were searched, in all layers.
    pub n_searched: u64,
    /// Number of those that are no text, of which only key stores are looked into.
    pub n_binary: u64,
    /// Number of texts of which only the first bytes were searched.
    pub n_cut: u64,
    /// Number of those first bytes.
    pub file_bytes: u64,
    /// Parts of the image that were not read, sorted.
    pub gaps: Vec<Gap>,
}

impl SecretList {
    /// Returns the number of findings that are secrets, and are not told apart.
    pub fn n_secrets(&self) -> u64 {
        let secrets = self.findings.iter().filter(|one| one.standing.is_secret());
        (secrets.count() as u64).saturating_add(self.n_left_out)
    }

    /// Returns the number of findings that are told apart.
    pub fn n_apart(&self) -> u64 {
        let apart = self.findings.iter().filter(|one| !one.standing.is_secret());
        (apart.count() as u64).saturating_add(self.n_apart_left_out)
    }

    /// Returns the beginning of a line of the history, in which the secrets that were found in the history are masked.
    pub fn masked(&self, line: &str) -> String {
        let most = MOST_LINE_CHARS + MOST_VALUE_CHARS;
        let mut masked: String = line.chars().take(most).collect();
        let in_history = |one: &&SecretFinding| matches!(one.place, SecretPlace::History { .. });
        for finding in self.findings.iter().filter(in_history) {
            let (secret, dots) = (finding.value.reveal(), finding.value.masked());
            // The end of a long secret is not known.
            let is_cut = secret.chars().count() >= MOST_VALUE_CHARS;
            match masked.find(secret).filter(|_| is_cut) {
                Some(start) => masked = masked.get(..start).unwrap_or_default().to_owned() + &dots,
                None if masked.contains(secret) => masked = masked.replace(secret, &dots),
                None => {}
            }
        }
        if line.chars().nth(most).is_some() {
            // What stands at the end may be the beginning of a secret.
            let n_chars = masked.chars().count().saturating_sub(MOST_VALUE_CHARS);
            masked = masked.chars().take(n_chars).chain(['…']).collect();
        }
        masked
    }
}

/// A secret that ships with the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretFinding {
    /// The rule that found it.
    pub rule: SecretRule,
    /// The place of it.
    pub place: SecretPlace,
    /// The secret itself.
    pub value: SecretValue,
    /// The effect of the layers above on it.
    pub fate: SecretFate,
    /// True for a secret, and otherwise why it is told apart.
    pub standing: SecretStanding,
}

/// The place of a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretPlace {
    /// A file of a layer.
    File {
        /// The path.
        path: Vec<u8>,
        /// The layer that stores it.
        layer: LayerIdx,
        /// The line, counted from 1.
        line: u32,
    },
    /// A variable of the config.
    Env {
        /// The variable's name.
        name: String,
    },
    /// A label of the config.
    Label {
        /// The label's name.
        name: String,
    },
    /// A step of the history.
    History {
        /// The step's position, counted from 0.
        step: u32,
    },
}

impl SecretPlace {
    /// Returns the word for reports.
    pub fn word(&self) -> &'static str {
        match self {
            SecretPlace::File { .. } => "file",
            SecretPlace::Env { .. } => "env",
            SecretPlace::Label { .. } => "label",
            SecretPlace::History { .. } => "history",
        }
    }
}

/// The effect of the layers above on a secret. It ships in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretFate {
    /// The final file system, or the config, has it.
    Live,
    /// A layer wrote other content over it.
    Overwritten {
        /// That layer.
        by: LayerIdx,
    },
    /// A layer deleted its file.
    Deleted {
        /// That layer.
        by: LayerIdx,
    },
}

impl SecretFate {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            SecretFate::Live => "live",
            SecretFate::Overwritten { .. } => "overwritten",
            SecretFate::Deleted { .. } => "deleted",
        }
    }

    /// Returns the layer that hides it.
    pub fn by(self) -> Option<LayerIdx> {
        match self {
            SecretFate::Live => None,
            SecretFate::Overwritten { by } | SecretFate::Deleted { by } => Some(by),
        }
    }
}

/// The standing of a finding: a secret, or one that is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStanding {
    /// It has the form of a secret, and nothing speaks against it.
    Secret,
    /// A private key that a passphrase protects.
    Encrypted,
    /// It stands in tests, examples or documentation.
    Example,
}

impl SecretStanding {
    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            SecretStanding::Secret => "secret",
            SecretStanding::Encrypted => "encrypted",
            SecretStanding::Example => "example",
        }
    }

    /// True unless it is told apart.
    pub fn is_secret(self) -> bool {
        self == SecretStanding::Secret
    }
}

/// The text of a secret, which never appears in debug output.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretValue(String);

impl SecretValue {
    /// Keeps the beginning of a secret.
    pub(super) fn of(bytes: &[u8]) -> SecretValue {
        let start = bytes.get(..4 * MOST_VALUE_CHARS).unwrap_or(bytes);
        let text = String::from_utf8_lossy(start);
        SecretValue(text.chars().take(MOST_VALUE_CHARS).collect())
    }

    /// Returns the text, of which at most 200 characters are kept.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns the first characters, and dots for the others. Of a short text, dots alone.
    pub fn masked(&self) -> String {
        let n = self.0.chars().count();
        let shown = if n >= 4 * SHOWN_CHARS { SHOWN_CHARS } else { 0 };
        let start: String = self.0.chars().take(shown).collect();
        format!("{start}{}", "•".repeat(8))
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_masked() {
        for (text, masked) in [
            ("AKIA1234567890123456", "AKIA••••••••"),
            ("short", "••••••••"),
            ("", "••••••••"),
        ] {
            let value = SecretValue::of(text.as_bytes());
            assert_eq!(value.masked(), masked);
            assert_eq!(format!("{value:?}"), masked);
            assert_eq!(value.reveal(), text);
        }
        assert_eq!(SecretValue::of(&[b'x'; 900]).reveal().len(), 200);
    }

    #[test]
    fn lines_of_the_history_are_masked() {
        let finding = |value: &str| SecretFinding {
            rule: SecretRule::Variable,
            place: SecretPlace::History { step: 0 },
            value: SecretValue::of(value.as_bytes()),
            fate: SecretFate::Live,
            standing: SecretStanding::Secret,
        };
        let long = "x".repeat(300);
        let list = SecretList {
            findings: vec![finding("hunter22"), finding(&long)],
            ..SecretList::default()
        };
        let line = "RUN A=hunter22 B=hunter22 make";
        assert_eq!(list.masked(line), "RUN A=•••••••• B=•••••••• make");
        assert_eq!(list.masked(&format!("RUN {long} b")), "RUN xxxx••••••••");
        let cut = list.masked(&"a".repeat(5_000));
        assert_eq!(cut.chars().count(), 4_097);
        // A secret that the cut parts.
        let parted = format!("{}hunter22", "a".repeat(4_290));
        assert!(!list.masked(&parted).contains("hunte"));
    }
}
