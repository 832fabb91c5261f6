//! The tabs of an image's page: one table, in which each is registered once.
//!
//! The view of a tab is drawn by the part of the program that [`PartEntry::drawn_by`] names, see `ui::apart`.

use super::ImageState;
use crate::protocol::AnalysisKind;
use crate::ui::text::Text;

/// A tab of an image's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImagePart {
    /// The summary of the image.
    #[default]
    Overview,
    /// The tree and a path's panel.
    Files,
    /// The configuration: how a container runs.
    Configuration,
    /// The steps that made the image.
    History,
    /// The use of the image's bytes.
    Space,
    /// The system in the image.
    System,
    /// The packages in the image.
    Packages,
    /// The secrets in the image, and what makes it less safe to run.
    Findings,
    /// Names and annotations.
    Tags,
    /// The changes in the container layer.
    Diff,
    /// The form for a new image.
    Commit,
    /// The documents, as they are.
    Raw,
}

/// The part of the program that draws a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawnBy {
    /// The main module: the tab is there from the start.
    Main,
    /// The part with what a first look at an image shows or leads to.
    Details,
    /// The part with what an image says of itself, and with what is found in its files.
    Contents,
    /// The part with what is made of an image.
    Make,
}

/// The registration of a tab.
#[derive(Clone, Copy)]
pub struct PartEntry {
    /// Its name in the address bar and in the ids of its elements.
    pub word: &'static str,
    /// Its label.
    pub label: fn(&'static Text) -> &'static str,
    /// True if the tab is offered for an image as it stands.
    pub is_offered: fn(&ImageState) -> bool,
    /// The part with its view.
    pub drawn_by: DrawnBy,
    /// The analyses that it shows.
    pub analyses: &'static [AnalysisKind],
}

impl ImagePart {
    /// All tabs, in the order of the page.
    pub const ALL: [ImagePart; 12] = [
        ImagePart::Overview,
        ImagePart::Files,
        ImagePart::Configuration,
        ImagePart::History,
        ImagePart::Space,
        ImagePart::System,
        ImagePart::Packages,
        ImagePart::Findings,
        ImagePart::Tags,
        ImagePart::Diff,
        ImagePart::Commit,
        ImagePart::Raw,
    ];

    /// Returns the registration of this tab.
    pub fn entry(self) -> PartEntry {
        let details = |word, label| PartEntry {
            word,
            label,
            is_offered: |_| true,
            drawn_by: DrawnBy::Details,
            analyses: &[],
        };
        let contents = |word, label| PartEntry {
            drawn_by: DrawnBy::Contents,
            ..details(word, label)
        };
        let analysis = |word, label, kinds| PartEntry {
            analyses: kinds,
            ..details(word, label)
        };
        match self {
            ImagePart::Overview => PartEntry {
                is_offered: ImageState::has_tree,
                ..analysis(
                    "overview",
                    |text| text.image.tab_overview,
                    &[AnalysisKind::Overview, AnalysisKind::System],
                )
            },
            ImagePart::Files => PartEntry {
                drawn_by: DrawnBy::Main,
                // Its layers are drawn with their live and dead bytes.
                ..analysis(
                    "files",
                    |text| text.image.tab_files,
                    &[AnalysisKind::Overview],
                )
            },
            ImagePart::Configuration => {
                contents("configuration", |text| text.image.tab_configuration)
            }
            ImagePart::History => PartEntry {
                analyses: &[AnalysisKind::Dockerfile],
                ..contents("history", |text| text.image.tab_history)
            },
            ImagePart::Space => {
                analysis("space", |text| text.image.tab_space, &[AnalysisKind::Space])
            }
            ImagePart::System => analysis(
                "system",
                |text| text.image.tab_system,
                &[AnalysisKind::System],
            ),
            ImagePart::Packages => PartEntry {
                drawn_by: DrawnBy::Contents,
                ..analysis(
                    "packages",
                    |text| text.image.tab_packages,
                    &[AnalysisKind::Packages],
                )
            },
            ImagePart::Findings => PartEntry {
                drawn_by: DrawnBy::Contents,
                ..analysis(
                    "findings",
                    |text| text.image.tab_findings,
                    &[AnalysisKind::Safety, AnalysisKind::Secrets],
                )
            },
            ImagePart::Tags => contents("tags", |text| text.image.tab_tags),
            ImagePart::Diff => PartEntry {
                word: "diff",
                label: |text| text.container.tab_diff,
                // A tab without content is left out of the page.
                is_offered: |state| state.container.is_open() || state.tab == ImagePart::Diff,
                drawn_by: DrawnBy::Make,
                analyses: &[],
            },
            ImagePart::Commit => PartEntry {
                word: "commit",
                label: |text| text.container.tab_commit,
                is_offered: ImageState::has_tree,
                drawn_by: DrawnBy::Make,
                analyses: &[],
            },
            ImagePart::Raw => PartEntry {
                is_offered: ImageState::has_tree,
                analyses: &[AnalysisKind::Documents],
                ..contents("raw", |text| text.image.tab_raw)
            },
        }
    }

    /// Returns the tab with a word.
    pub fn of_word(word: &str) -> Option<ImagePart> {
        ImagePart::ALL
            .into_iter()
            .find(|tab| word == tab.entry().word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tab_has_a_word_of_its_own() {
        for tab in ImagePart::ALL {
            assert_eq!(ImagePart::of_word(tab.entry().word), Some(tab));
        }
        assert_eq!(ImagePart::of_word("kitchen"), None);
    }
}
