//! The tabs of an image's page: one table, in which each is registered once.
//!
//! The view of a tab is drawn by the part of the program that [`Entry::drawn_by`] names, see `ui::apart`.

use super::ImageState;
use crate::ui::text::Text;

/// A tab of an image's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The tree and a path's panel.
    #[default]
    Files,
    /// The configuration: how a container runs.
    Configuration,
    /// The steps that made the image.
    History,
    /// The use of the image's bytes.
    Space,
    /// The system in the image.
    System,
    /// Names and annotations.
    Tags,
    /// The changes in the container layer.
    Diff,
    /// The form for a new image.
    Commit,
}

/// The part of the program that draws a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawnBy {
    /// The main module: the tab is there from the start.
    Main,
    /// The part with what an image says of itself.
    Details,
    /// The part with what is made of an image.
    Make,
}

/// The registration of a tab.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name in the address bar and in the ids of its elements.
    pub word: &'static str,
    /// Its label.
    pub label: fn(&'static Text) -> &'static str,
    /// True if the tab is offered for an image as it stands.
    pub is_offered: fn(&ImageState) -> bool,
    /// The part with its view.
    pub drawn_by: DrawnBy,
}

impl Tab {
    /// All tabs, in the order of the page.
    pub const ALL: [Tab; 8] = [
        Tab::Files,
        Tab::Configuration,
        Tab::History,
        Tab::Space,
        Tab::System,
        Tab::Tags,
        Tab::Diff,
        Tab::Commit,
    ];

    /// Returns the registration of this tab.
    pub fn entry(self) -> Entry {
        let details = |word, label| Entry {
            word,
            label,
            is_offered: |_| true,
            drawn_by: DrawnBy::Details,
        };
        match self {
            Tab::Files => Entry {
                drawn_by: DrawnBy::Main,
                ..details("files", |text| text.image.tab_files)
            },
            Tab::Configuration => details("configuration", |text| text.image.tab_configuration),
            Tab::History => details("history", |text| text.image.tab_history),
            Tab::Space => details("space", |text| text.image.tab_space),
            Tab::System => details("system", |text| text.system.tab),
            Tab::Tags => details("tags", |text| text.image.tab_tags),
            Tab::Diff => Entry {
                word: "diff",
                label: |text| text.container.tab_diff,
                // A tab without content is left out of the page.
                is_offered: |state| state.container.is_open() || state.tab == Tab::Diff,
                drawn_by: DrawnBy::Make,
            },
            Tab::Commit => Entry {
                word: "commit",
                label: |text| text.container.tab_commit,
                is_offered: ImageState::has_tree,
                drawn_by: DrawnBy::Make,
            },
        }
    }

    /// Returns the tab with a word.
    pub fn of_word(word: &str) -> Option<Tab> {
        Tab::ALL.into_iter().find(|tab| word == tab.entry().word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tab_has_a_word_of_its_own() {
        for tab in Tab::ALL {
            assert_eq!(Tab::of_word(tab.entry().word), Some(tab));
        }
        assert_eq!(Tab::of_word("kitchen"), None);
    }
}
