//! A few choices beside each other, of which one or several are on.

use yew::html::IntoPropValue;
use yew::prelude::*;

/// One of the choices.
pub(crate) struct Choice {
    /// Text or drawing.
    pub content: Html,
    /// Accessible name and tooltip, if the content does not say it all.
    pub name: Option<String>,
    /// Tag of the language of its content, if it is another than the page's.
    pub language: Option<&'static str>,
    /// True if it is on.
    pub is_on: bool,
    /// True if it cannot be chosen now.
    pub is_disabled: bool,
    /// Receives clicks.
    pub onclick: Callback<MouseEvent>,
}

impl Choice {
    /// Returns a choice with a text.
    pub(crate) fn new(
        label: impl IntoPropValue<AttrValue>,
        is_on: bool,
        onclick: Callback<MouseEvent>,
    ) -> Choice {
        let label = label.into_prop_value();
        Choice::with(html! { { label } }, is_on, onclick)
    }

    /// Returns a choice with any content.
    pub(crate) fn with(content: Html, is_on: bool, onclick: Callback<MouseEvent>) -> Choice {
        Choice {
            content,
            name: None,
            language: None,
            is_on,
            is_disabled: false,
            onclick,
        }
    }
}

/// Draws the choices. `class` is for their look; `label` names the group, if no label does.
pub(crate) fn segmented(
    class: &'static str,
    label: Option<&'static str>,
    choices: impl IntoIterator<Item = Choice>,
) -> Html {
    let choices: Html = choices.into_iter().map(choice).collect();
    html! {
        <div class={classes!("segmented", class)} role={label.map(|_| "group")} aria-label={label}>{ choices }</div>
    }
}

fn choice(choice: Choice) -> Html {
    html! {
        <button
            type="button"
            lang={choice.language}
            title={choice.name.clone()}
            aria-label={choice.name}
            aria-pressed={choice.is_on.to_string()}
            disabled={choice.is_disabled}
            onclick={choice.onclick}
        >
            { choice.content }
        </button>
    }
}
