//! The result of a check for one image, which each form of output writes in its way.

use crate::cli::console::plain;
use crate::workspace::NoAnalysis;

use super::judged::Judged;

/// The result for one image.
pub(super) struct Checked {
    pub(super) title: String,
    pub(super) image_id: Option<String>,
    pub(super) platform: Option<String>,
    /// False claims and missing parts.
    pub(super) damage: Vec<String>,
    pub(super) judged: Result<Vec<Judged>, NoAnalysis>,
    /// Remarks: texts that were not searched to their end, and entries of the allow-list that have expired.
    pub(super) notes: Vec<String>,
    /// The figures to compare with; `None` if the image could not be analysed.
    pub(super) figures: Option<Figures>,
}

/// The bytes of an image.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct Figures {
    pub(super) visible_bytes: u64,
    pub(super) content_bytes: u64,
    pub(super) dead_bytes: u64,
    pub(super) download_bytes: Option<u64>,
}

/// The results for all images, with the damage of the place itself.
pub(super) struct Results<'a> {
    pub(super) place: &'a str,
    pub(super) checked: &'a [Checked],
    pub(super) damage: &'a [String],
}

impl Checked {
    /// True if everything is present and matches its claims.
    pub(super) fn is_whole(&self) -> bool {
        self.damage.is_empty() && self.judged.is_ok()
    }

    /// True if no rule is broken.
    pub(super) fn keeps_rules(&self) -> bool {
        !self.all_judged().iter().any(Judged::fails)
    }

    /// Returns the rulings; none if they could not be made.
    pub(super) fn all_judged(&self) -> &[Judged] {
        self.judged.as_deref().unwrap_or_default()
    }

    /// Returns the reason why there are no rulings.
    pub(super) fn problem(&self) -> Option<String> {
        self.judged.as_ref().err().map(ToString::to_string)
    }
}

impl Results<'_> {
    /// True if everything is whole and no rule is broken.
    pub(super) fn pass(&self) -> bool {
        let passes = |checked: &Checked| checked.is_whole() && checked.keeps_rules();
        self.damage.is_empty() && self.checked.iter().all(passes)
    }
}

/// Characters of the first damage that is shown. Standard error has all of it.
const DAMAGE_CHARS: usize = 200;

/// Returns the first damage, short, and the number of further ones.
pub(super) fn first_damage(damage: &[String]) -> Option<String> {
    let first = plain(damage.first()?);
    let mut told: String = first.chars().take(DAMAGE_CHARS).collect();
    if told.len() < first.len() {
        told.push('…');
    }
    match damage.len().saturating_sub(1) {
        0 => {}
        n => told.push_str(&format!("; and {n} more")),
    }
    Some(told)
}
