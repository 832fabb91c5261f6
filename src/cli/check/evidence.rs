//! A finding behind a ruling: what it is, where it is, and a fingerprint by which it is known again.

use crate::cli::{safety_table, secrets_table};
use crate::image::{Digest, escape};
use crate::insight::safety::{SafetyFinding, SafetyList, SafetyPlace, SafetyRule};
use crate::insight::secrets::{SecretFinding, SecretPlace};

/// Hex digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 16;

/// The entry of the allow-list that allows a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) reason: String,
    /// The last day, as `2027-06-30`.
    pub(super) until: String,
}

/// A finding. Secrets in it are masked.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// The rule that found it, such as `setuid` or `aws-access-key-id`.
    pub(super) kind: &'static str,
    /// The finding and its place, as a sentence.
    pub(super) told: String,
    /// The path in the image, byte for byte, without a slash before it.
    pub(super) path: Option<Vec<u8>>,
    pub(super) layer: Option<u32>,
    /// The line of the file, counted from 1.
    pub(super) line: Option<u32>,
    /// The line of the history that made the layer.
    pub(super) made_by: String,
    /// The same for the same finding in another build of the image. Neither its layer nor its line counts.
    pub(super) fingerprint: String,
    /// The entry of the allow-list that allows it.
    pub(super) allowed: Option<Allowed>,
}

impl Evidence {
    /// Describes a secret. `made_by` is the line that made its layer.
    pub(super) fn of_secret(finding: &SecretFinding, made_by: String) -> Evidence {
        let kind = finding.rule.word();
        let (path, layer, line, key) = match &finding.place {
            SecretPlace::File { path, layer, line } => {
                let key = escape(path);
                (Some(path.clone()), Some(layer.0), Some(*line), key)
            }
            SecretPlace::Env { name } | SecretPlace::Label { name } => {
                (None, None, None, name.clone())
            }
            SecretPlace::History { .. } => (None, None, None, String::new()),
        };
        let masked = finding.value.masked();
        Evidence {
            kind,
            told: format!("{kind} in {}", secrets_table::place(finding)),
            path,
            layer,
            line,
            made_by,
            fingerprint: fingerprint(&[kind, finding.place.word(), &key, &masked]),
            allowed: None,
        }
    }

    /// Describes a finding about safety.
    pub(super) fn of_safety(finding: &SafetyFinding, list: &SafetyList) -> Evidence {
        let kind = finding.rule.word();
        let place = &finding.place;
        let path = place.path().map(<[u8]>::to_vec);
        let key = path.as_deref().map(escape).unwrap_or_default();
        let account = match place {
            SafetyPlace::Account { name, .. } => name.as_str(),
            _ => "",
        };
        Evidence {
            kind,
            told: told(finding),
            path,
            layer: place.layer().map(|layer| layer.0),
            line: None,
            made_by: list.line_of(finding).to_owned(),
            fingerprint: fingerprint(&[kind, place.word(), &key, account]),
            allowed: None,
        }
    }

    /// Describes bytes at a path, which no allow-list allows.
    pub(super) fn of_bytes(
        kind: &'static str,
        told: String,
        path: Option<Vec<u8>>,
        layer: Option<u32>,
        made_by: String,
    ) -> Evidence {
        let key = path.as_deref().map(escape).unwrap_or_default();
        Evidence {
            kind,
            told,
            path,
            layer,
            line: None,
            made_by,
            fingerprint: fingerprint(&[kind, "bytes", &key]),
            allowed: None,
        }
    }
}

fn told(finding: &SafetyFinding) -> String {
    let place = safety_table::place(&finding.place);
    let detail = safety_table::detail(&finding.place);
    let layer = finding.place.layer();
    let layer = layer.map_or_else(String::new, |layer| format!(" in layer {}", layer.0));
    let word = finding.rule.word();
    match (finding.rule, &finding.place) {
        (SafetyRule::RootUser, _) if detail.is_empty() => {
            format!("{word}: the config names no user")
        }
        (SafetyRule::RootUser, _) => format!("{word}: the config's user is {detail}"),
        (_, SafetyPlace::Account { .. }) => format!("{word} of {detail} in {place}{layer}"),
        (_, _) if detail.is_empty() => format!("{word} {place}{layer}"),
        (_, _) => format!("{word} {place} ({detail}){layer}"),
    }
}

/// Returns the beginning of the SHA-256 of some words.
fn fingerprint(words: &[&str]) -> String {
    let digest = Digest::sha256_of(words.join("\0").as_bytes());
    digest.encoded().chars().take(FINGERPRINT_DIGITS).collect()
}
