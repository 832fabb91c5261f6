//! The theme: light, dark, or as the system has it. The button in the bar that chooses it.

use yew::prelude::*;

use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::menu::{MenuButton, MenuItem};
use crate::ui::text::shell::Bar;
use crate::web::{storage, theme};

/// Key of the choice in storage, which `www/theme.js` reads before the page starts.
const KEY: &str = "lamina.theme";

/// A theme of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Light or dark, as the system asks for.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    /// Returns the word for it, in storage and in `www/theme.js`.
    fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Returns the theme that was chosen before.
    pub(crate) fn chosen() -> Theme {
        let word: Option<String> = storage::get(KEY);
        let of_word = |theme: &Theme| word.as_deref() == Some(theme.word());
        Theme::ALL
            .into_iter()
            .find(of_word)
            .unwrap_or(Theme::System)
    }

    /// Shows the theme, and keeps it for the next visit.
    pub(crate) fn choose(self) {
        storage::set(KEY, &self.word());
        theme::show(self.word());
    }
}

/// Draws the button that chooses a theme.
pub(crate) fn theme_menu(bar: &'static Bar, chosen: Theme, choose: Callback<Theme>) -> Html {
    let label = |theme: Theme| match theme {
        Theme::System => bar.theme_system,
        Theme::Light => bar.theme_light,
        Theme::Dark => bar.theme_dark,
    };
    let items: Vec<MenuItem> = Theme::ALL
        .into_iter()
        .map(|theme| MenuItem {
            label: label(theme).into(),
            note: AttrValue::default(),
        })
        .collect();
    let on_choose = Callback::from(move |position: usize| {
        if let Some(theme) = Theme::ALL.get(position) {
            choose.emit(*theme);
        }
    });
    html! {
        <MenuButton
            id="theme"
            label={bar.theme}
            icon={Glyph::Theme}
            is_small=true
            checked={Theme::ALL.iter().position(|theme| *theme == chosen)}
            {items}
            {on_choose}
        />
    }
}
