//! The human-readable output of `lamina inspect`. Control characters in texts from images are removed here, since
//! a terminal obeys some of them.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use crate::image::{shown_command, visible_lines};
use crate::insight::secrets::SecretList;
use crate::layer::{Compression, Verdict, Weight};
use crate::source::{Artifact, Error};
use crate::workspace::{LayerStatus, NoAnalysis, OpenImage, analysis_of, comment_of};

use super::console::plain;
use super::load::layer_lines;

/// Formats a size in decimal units, such as `1.5 MB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    let unit_name = UNITS.get(unit).copied().unwrap_or_default();
    match unit {
        0 => format!("{bytes} B"),
        _ => format!("{value:.1} {unit_name}"),
    }
}

/// Formats a count with its noun.
pub(super) fn of(n: u64, one: &str, many: &str) -> String {
    let noun = if n == 1 { one } else { many };
    format!("{n} {noun}")
}

/// The findings of analyses, a line each.
pub(super) struct FoundLines<'a> {
    pub(super) system: String,
    pub(super) packages: String,
    pub(super) secrets: String,
    pub(super) safety: String,
    /// The secrets, if they were searched for: they are masked in the lines that made the layers.
    pub(super) masked: Option<&'a SecretList>,
}

/// Returns facts about an image, its layers in a table, its damage and its warnings.
pub(super) fn about(image: &OpenImage, found: FoundLines<'_>, damage: &[String]) -> String {
    let mut text = String::new();
    let masked = found.masked;
    for (name, value) in facts(image, found) {
        if !value.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:<10}{}", plain(&value));
        }
    }
    text.push('\n');
    let mut rows: Vec<[String; 8]> = vec![
        [
            "LAYER", "STORED", "UNPACKED", "ENTRIES", "FORM", "VERDICT", "DIGEST", "MADE BY",
        ]
        .map(str::to_owned),
    ];
    rows.extend((0..image.layers().len()).map(|layer| row(image, layer, masked)));
    text.push_str(&aligned(&rows, 0..=3));
    let mut line = |name: &str, line: &str| {
        let _ = writeln!(text, "{name}: {}", plain(line));
    };
    damage.iter().for_each(|damage| line("Damage", damage));
    // Warnings that count as damage are listed there.
    let odd = image.warnings().iter();
    let odd = odd.filter(|warning| warning.weight() != Weight::Damaged);
    odd.for_each(|warning| line("Warning", &warning.to_string()));
    let of_layers = (0..image.layers().len()).flat_map(|layer| layer_lines(image, layer));
    of_layers.for_each(|warning| line("Warning", &warning));
    if let Some(document) = image
        .found
        .artifact()
        .and_then(|artifact| artifact.document)
    {
        let json = String::from_utf8_lossy(&document.bytes);
        let _ = writeln!(text, "\nDocument:\n{}", visible_lines(&json));
    }
    text
}

/// Returns the kind of an artifact, and the manifest that it belongs to.
pub(super) fn kind(artifact: &Artifact) -> String {
    match &artifact.of {
        Some(digest) => format!("{} of {digest}", artifact.kind),
        None => artifact.kind.to_string(),
    }
}

fn facts(image: &OpenImage, found_lines: FoundLines<'_>) -> Vec<(&'static str, String)> {
    let found = &image.found;
    let shown = |value: Option<String>| value.unwrap_or_default();
    let config = image.config().map(|document| &document.config);
    let stored = stored(image);
    let decoded = size(image.decoded_bytes());
    let (space, dive) = space(image);
    vec![
        (
            "Image",
            match found.names.is_empty() {
                true => "without a name".to_owned(),
                false => found.names.join(", "),
            },
        ),
        ("Artifact", shown(found.artifact_type.clone())),
        (
            "Kind",
            shown(found.artifact().map(|artifact| kind(&artifact))),
        ),
        (
            "ID",
            shown(found.image_id.as_ref().map(ToString::to_string)),
        ),
        (
            "Manifest",
            shown(found.manifest.as_ref().map(|m| m.digest.to_string())),
        ),
        (
            "Index",
            shown(found.index_digest.as_ref().map(ToString::to_string)),
        ),
        (
            "Platform",
            shown(found.platform.as_ref().map(ToString::to_string)),
        ),
        (
            "Created",
            shown(
                config
                    .and_then(|c| c.created.as_ref())
                    .map(|c| c.raw.clone()),
            ),
        ),
        ("Author", shown(config.map(|c| c.author.clone()))),
        ("Message", comment_of(image)),
        (
            "Size",
            format!(
                "{stored}, {decoded} unpacked, {}",
                of(image.n_entries(), "entry", "entries")
            ),
        ),
        ("System", found_lines.system),
        ("Packages", found_lines.packages),
        ("Secrets", found_lines.secrets),
        ("Safety", found_lines.safety),
        ("Space", space),
        ("dive", dive),
    ]
}

/// Describes what a download of the layers takes.
fn stored(image: &OpenImage) -> String {
    let is_plain = |status: &LayerStatus| matches!(status, LayerStatus::Read(read, _) if read.compression == Compression::None);
    let layers = image.layers();
    let kind = match !layers.is_empty() && layers.iter().all(is_plain) {
        true => "not compressed",
        false => "download",
    };
    match image.stored_bytes() {
        Some(bytes) => format!("{} {kind}", size(bytes)),
        None => "download unknown".to_owned(),
    }
}

/// Describes the use of the files' bytes: in the final file system, and by dive's measure.
fn space(image: &OpenImage) -> (String, String) {
    let analysis = match analysis_of(image) {
        Ok(analysis) => analysis,
        Err(NoAnalysis::Artifact) => return (String::new(), String::new()),
        Err(reason) => return (format!("not known: {reason}"), String::new()),
    };
    let dive = &analysis.dive;
    (
        format!(
            "{} of content, {} visible, {} dead",
            size(analysis.stored_bytes),
            size(analysis.live_bytes()),
            size(analysis.dead_bytes)
        ),
        format!(
            "score {}, {} wasted, {} of what is above the base",
            part(dive.score),
            size(dive.wasted_bytes),
            part(dive.user_wasted_percent)
        ),
    )
}

/// Formats a ratio with enough digits for one byte in ten thousand to show.
pub(super) fn part(part: f64) -> String {
    match part.is_finite() {
        true => format!("{part:.4}"),
        false => "infinite".to_owned(),
    }
}

fn row(image: &OpenImage, layer: usize, masked: Option<&SecretList>) -> [String; 8] {
    let found = image.found.layers.get(layer);
    let digest = found.and_then(|l| l.digest.as_ref());
    let made_by = image
        .history_of(layer)
        .map(|entry| shown_command(&entry.created_by).text)
        .unwrap_or_default();
    let made_by = match masked {
        Some(secrets) => plain(&secrets.masked(&made_by)),
        None => plain(&made_by),
    };
    let made_by: String = made_by.chars().take(80).collect();
    let claimed = found
        .and_then(|l| l.size_bytes)
        .map(size)
        .unwrap_or_default();
    match image.layers().get(layer) {
        Some(LayerStatus::Read(read, verdict)) => [
            layer.to_string(),
            size(read.stored_bytes),
            size(read.decoded_bytes),
            read.index.n_entries().to_string(),
            read.compression.word().to_owned(),
            match (&read.damage, verdict) {
                (Some(_), _) => "damaged".to_owned(),
                (None, verdict) if verdict.holds() && !image.left_out(layer).is_empty() => {
                    "incomplete".to_owned()
                }
                (None, verdict) => word(verdict).to_owned(),
            },
            digest.unwrap_or(&read.digest).short().to_owned(),
            made_by,
        ],
        status => [
            layer.to_string(),
            claimed,
            String::new(),
            String::new(),
            String::new(),
            unread(status).to_owned(),
            digest.map(|d| d.short().to_owned()).unwrap_or_default(),
            made_by,
        ],
    }
}

/// Returns the reason why a layer was not read.
fn unread(status: Option<&LayerStatus>) -> &'static str {
    match status {
        Some(LayerStatus::Failed(Error::Missing { .. })) => "missing",
        Some(LayerStatus::Failed(_)) => "failed",
        Some(LayerStatus::Listed(_)) => "listed",
        Some(LayerStatus::LeftOut) => "left out",
        Some(LayerStatus::Waiting | LayerStatus::Read(..)) | None => "not read",
    }
}

/// Summarizes the checks in the page's words.
fn word(verdict: &Verdict) -> &'static str {
    use crate::layer::Check;
    if !verdict.holds() {
        "mismatch"
    } else if verdict.proves() {
        "verified"
    } else if verdict.has_digest(&Check::Known) {
        "known, not read"
    } else {
        "read"
    }
}

/// Aligns columns to equal width: those of numbers to the right, the last column unpadded.
pub(super) fn aligned(rows: &[[String; 8]], numbers: RangeInclusive<usize>) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = width(column);
            let _ = match column {
                7 => write!(line, "{cell}"),
                column if numbers.contains(&column) => write!(line, "{cell:>width$}  "),
                _ => write!(line, "{cell:<width$}  "),
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_nothing() {
        assert_eq!(
            plain("a\x1b[31m\nb\u{202e}c\u{200b}\u{e0041}"),
            "a␛[31m b⟨U+202E⟩c⟨U+200B⟩⟨U+E0041⟩"
        );
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (999_960, "1.0 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
