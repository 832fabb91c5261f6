//! Page for a link to a registry that this browser has not contacted before. Shows the address and the registry.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, TabId, short_address};
use crate::ui::text::visible::visible_text;

/// Properties of [`LinkedPage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LinkedPageProps {
    /// Tab in which the address opens.
    pub tab: TabId,
    /// Address that the link leads to.
    pub address: String,
}

/// Asks for consent before the registry is contacted.
#[component]
pub(crate) fn LinkedPage(props: &LinkedPageProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.linked;
    let tab = props.tab;
    let address = visible_text(&props.address);
    let host = short_address(&props.address)
        .split('/')
        .next()
        .unwrap_or_default();
    let onclick = shell
        .act
        .reform(move |_: MouseEvent| Action::OpenLinked(tab));
    html! {
        <div class="page page--narrow page--middle stack">
            <h1>{ words.title }</h1>
            <p class="break"><bdi class="mono">{ address }</bdi></p>
            <p>{ (words.asks)(&visible_text(host)) }</p>
            <p class="muted">{ words.why }</p>
            <div>
                { Button::new(words.open).primary().on_click(onclick).html() }
            </div>
        </div>
    }
}
