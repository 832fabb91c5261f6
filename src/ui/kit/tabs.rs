//! A list of tabs, by the ARIA practices: one of them is in the order of the Tab key, arrows lead to the others.

use yew::prelude::*;

pub(crate) use crate::ui::state::tab_at_key;

/// A tab of a list.
pub(crate) struct TabButton {
    /// DOM id.
    pub id: String,
    /// DOM id of the panel, while there is one.
    pub controls: Option<String>,
    /// Further classes, for its look.
    pub class: Classes,
    /// Tooltip.
    pub title: Option<String>,
    /// Keys that do something with it.
    pub shortcut: Option<&'static str>,
    /// True if its panel is shown.
    pub is_selected: bool,
    /// Text and drawings.
    pub content: Html,
    /// Receives clicks.
    pub onclick: Callback<MouseEvent>,
    /// Receives clicks of other buttons of the mouse.
    pub onauxclick: Option<Callback<MouseEvent>>,
}

/// Draws a list of tabs. `class` is its look; `onkeydown` gets the keys, which [`tab_at_key`] reads.
pub(crate) fn tab_list(
    class: &'static str,
    label: &'static str,
    tabs: impl IntoIterator<Item = TabButton>,
    onkeydown: Callback<KeyboardEvent>,
) -> Html {
    let tabs: Html = tabs.into_iter().map(tab).collect();
    html! { <div {class} role="tablist" aria-label={label} {onkeydown}>{ tabs }</div> }
}

fn tab(tab: TabButton) -> Html {
    html! {
        <button
            key={tab.id.clone()}
            type="button"
            role="tab"
            id={tab.id}
            class={tab.class}
            title={tab.title}
            aria-selected={tab.is_selected.to_string()}
            aria-controls={tab.controls}
            aria-keyshortcuts={tab.shortcut}
            tabindex={if tab.is_selected { "0" } else { "-1" }}
            onclick={tab.onclick}
            onauxclick={tab.onauxclick}
        >
            { tab.content }
        </button>
    }
}
