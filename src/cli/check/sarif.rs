//! The result in the Static Analysis Results Interchange Format (SARIF) 2.1.0 of OASIS.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::cli::console::plain;
use crate::cli::output::write_json;
use crate::image::visible_text;
use crate::insight::Rule;

use super::checked::{Checked, Results};
use super::evidence::Evidence;
use super::judged::Judged;

/// The name of the base of all paths: the root of the image's file system.
const ROOT: &str = "IMAGE";
/// The rule about documents and layers.
const INTEGRITY: &str = "integrity";
/// The name of the fingerprints.
const FINGERPRINT: &str = "lamina/v1";

/// Writes the document.
pub(super) fn write(out: &mut dyn Write, results: &Results<'_>) -> io::Result<()> {
    let mut run = Run::default();
    run.rule(INTEGRITY, about_integrity());
    for checked in results.checked {
        run.image(checked);
    }
    for damage in results.damage {
        run.damage(results.place, damage);
    }
    let rules = run.rules.iter().map(|(id, about)| {
        json!({
            "id": id,
            "name": id,
            "shortDescription": {"text": about},
            "defaultConfiguration": {"level": "error"},
        })
    });
    let rules: Vec<Value> = rules.collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "lamina",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "originalUriBaseIds": {
                ROOT: {"description": {"text": "The root of the image's file system."}},
            },
            "columnKind": "unicodeCodePoints",
            "results": run.results,
        }],
    });
    write_json(out, &document)
}

/// A run of the program, which is filled in image by image.
#[derive(Default)]
struct Run {
    /// The rules with what each asks.
    rules: Vec<(&'static str, &'static str)>,
    results: Vec<Value>,
}

impl Run {
    /// Returns the position of a rule.
    fn rule(&mut self, id: &'static str, about: &'static str) -> usize {
        match self.rules.iter().position(|(known, _)| *known == id) {
            Some(at) => at,
            None => {
                self.rules.push((id, about));
                self.rules.len() - 1
            }
        }
    }

    fn image(&mut self, checked: &Checked) {
        for damage in checked.damage.iter().chain(&checked.problem()) {
            self.damage(&checked.title, damage);
        }
        for judged in checked.all_judged() {
            let rule = judged.ruling.rule;
            let at = self.rule(rule.name(), about(rule));
            if is_counted(rule) {
                self.counted(&checked.title, judged, at);
            } else if judged.fails() {
                let mut locations = judged.evidence.iter();
                let first = locations.next();
                let mut result = result(rule.name(), at, "error", &summary(judged));
                result.insert(
                    "locations".to_owned(),
                    json!([location(&checked.title, first)]),
                );
                let related: Vec<Value> = locations
                    .map(|one| located(&checked.title, one, &one.told))
                    .collect();
                if !related.is_empty() {
                    result.insert("relatedLocations".to_owned(), json!(related));
                }
                self.results.push(Value::Object(result));
            }
        }
    }

    /// Adds a result for each finding of a rule. Those within the bound are notes.
    fn counted(&mut self, image: &str, judged: &Judged, at: usize) {
        let id = judged.ruling.rule.name();
        let level = if judged.fails() { "error" } else { "note" };
        for evidence in &judged.evidence {
            let mut result = result(id, at, level, &evidence.told);
            result.insert(
                "locations".to_owned(),
                json!([location(image, Some(evidence))]),
            );
            let fingerprint = json!({FINGERPRINT: evidence.fingerprint});
            result.insert("partialFingerprints".to_owned(), fingerprint);
            if !evidence.made_by.is_empty() {
                let made_by = json!({"madeBy": plain(&evidence.made_by)});
                result.insert("properties".to_owned(), made_by);
            }
            if let Some(allowed) = &evidence.allowed {
                let why = format!("{} (until {})", allowed.reason, allowed.until);
                let suppression =
                    json!([{"kind": "external", "status": "accepted", "justification": why}]);
                result.insert("suppressions".to_owned(), suppression);
            }
            self.results.push(Value::Object(result));
        }
        if judged.n_more > 0 {
            let told = format!("{} more findings, which are not listed", judged.n_more);
            let mut result = result(id, at, level, &told);
            result.insert("locations".to_owned(), json!([location(image, None)]));
            self.results.push(Value::Object(result));
        }
    }

    fn damage(&mut self, image: &str, damage: &str) {
        let at = self.rule(INTEGRITY, about_integrity());
        let mut result = result(INTEGRITY, at, "error", damage);
        result.insert("locations".to_owned(), json!([location(image, None)]));
        self.results.push(Value::Object(result));
    }
}

fn result(id: &str, at: usize, level: &str, told: &str) -> Map<String, Value> {
    let members = [
        ("ruleId", json!(id)),
        ("ruleIndex", json!(at)),
        ("level", json!(level)),
        ("message", json!({"text": visible_text(told)})),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Returns the place of a finding: its path, and the image and layer. What has no path is at the root.
fn location(image: &str, evidence: Option<&Evidence>) -> Map<String, Value> {
    let path = evidence.and_then(|one| one.path.as_deref());
    let path = path.map_or_else(|| ".".to_owned(), uri);
    let mut physical = Map::new();
    let artifact = json!({"uri": path, "uriBaseId": ROOT});
    physical.insert("artifactLocation".to_owned(), artifact);
    if let Some(line) = evidence.and_then(|one| one.line) {
        physical.insert("region".to_owned(), json!({"startLine": line}));
    }
    let image = plain(image);
    let logical = match evidence.and_then(|one| one.layer) {
        Some(layer) => json!({
            "name": format!("layer {layer}"),
            "fullyQualifiedName": format!("{image}/layer {layer}"),
            "kind": "layer",
        }),
        None => json!({"name": image, "fullyQualifiedName": image, "kind": "image"}),
    };
    let members = [
        ("physicalLocation", Value::Object(physical)),
        ("logicalLocations", json!([logical])),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Returns the same with a message of its own.
fn located(image: &str, evidence: &Evidence, told: &str) -> Value {
    let mut location = location(image, Some(evidence));
    let message = json!({"text": visible_text(told)});
    location.insert("message".to_owned(), message);
    Value::Object(location)
}

/// Returns a path as a relative URI. A colon in its first part would end a scheme.
fn uri(path: &[u8]) -> String {
    let mut uri = String::new();
    for &byte in path {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    match uri.is_empty() {
        true => ".".to_owned(),
        false => uri,
    }
}

fn summary(judged: &Judged) -> String {
    let asked = format!("{}, {} asked for", judged.value(), judged.bound());
    match (&judged.subject, judged.evidence.first()) {
        (Some(subject), _) => format!("{subject}: {asked}"),
        (None, Some(first)) => format!("{asked}: {}", first.told),
        (None, None) => asked,
    }
}

/// True for a rule that counts findings, each of which is a result.
fn is_counted(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::HighestSecrets
            | Rule::HighestSetuid
            | Rule::HighestWorldWritable
            | Rule::HighestPasswords
            | Rule::NotRoot
            | Rule::StructureTest
    )
}

fn about_integrity() -> &'static str {
    "Documents and layers are whole, and match their digests."
}

/// Returns what a rule asks.
fn about(rule: Rule) -> &'static str {
    match rule {
        Rule::LowestEfficiency => "dive's score is not lower than a bound.",
        Rule::HighestWastedBytes => "dive's wasted bytes are bounded.",
        Rule::HighestUserWastedPercent => {
            "Wasted bytes are a bounded part of those above the base layer."
        }
        Rule::HighestDeadBytes => {
            "Bytes that no path of the final file system reaches are bounded."
        }
        Rule::HighestSecrets => "No more secrets than a bound ship with the image.",
        Rule::HighestVisibleBytes => "The bytes that a container sees are bounded.",
        Rule::HighestLayerDownload => "The bytes that a layer takes to download are bounded.",
        Rule::HighestLayerContent => "The bytes of content in a layer are bounded.",
        Rule::HighestPathBytes => "The visible bytes of some paths are bounded.",
        Rule::HighestPackages => "The number of installed packages is bounded.",
        Rule::HighestSetuid => "Files with setuid, setgid or capabilities are bounded.",
        Rule::HighestWorldWritable => "Files and directories that everyone may write are bounded.",
        Rule::HighestPasswords => "Accounts that a password opens, or none protects, are bounded.",
        Rule::NotRoot => "Containers do not run as root unless told otherwise.",
        Rule::StructureTest => "A structure test holds.",
        Rule::MostGrowth => "The visible bytes are not much more than those of a baseline.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_addresses() {
        for (path, expected) in [
            (&b"usr/bin/a b"[..], "usr/bin/a%20b"),
            (b"a:b%c", "a%3Ab%25c"),
            (b"caf\xe9", "caf%E9"),
            (b"", "."),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
