//! A link that leads to a registry which this browser was never asked to ask: what would be asked, and of whom.

use yew::prelude::*;

use crate::ui::shell::use_shell;
use crate::ui::state::{Action, TabId, short_address};
use crate::ui::text::visible::visible_text;

/// What the link leads to.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LinkedPageProps {
    /// The tab that it is to open in.
    pub tab: TabId,
    /// What opens it.
    pub address: String,
}

/// Asks whether the registry may be asked.
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
                <button type="button" class="button button--primary" {onclick}>{ words.open }</button>
            </div>
        </div>
    }
}
