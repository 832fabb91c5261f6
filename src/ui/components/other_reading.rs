//! Another interpretation of the typed address, offered as a link.

use yew::prelude::*;

use crate::protocol::AddressHint;
use crate::ui::shell::use_shell;
use crate::ui::state::Route;
use crate::ui::text::visible::visible_text;

/// Properties of [`OtherReading`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct OtherReadingProps {
    /// `None` if there is only one interpretation.
    pub hint: Option<AddressHint>,
}

/// One line, or nothing.
#[component]
pub(crate) fn OtherReading(props: &OtherReadingProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.list;
    html! {
        if let Some(hint) = &props.hint {
            <p class="muted">
                { (words.other_reading)(hint.kind) }
                { " " }
                <a class="mono" href={Route::address(hint.text.as_str()).to_hash()}><bdi>{ visible_text(&hint.text) }</bdi></a>
                { words.question_mark }
            </p>
        }
    }
}
