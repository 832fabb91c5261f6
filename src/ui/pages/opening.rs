//! Something on its way into a tab.

use yew::prelude::*;

use crate::ui::components::opening_strip::OpeningStrip;
use crate::ui::shell::use_shell;
use crate::ui::state::{Opening, TabId};

/// What is on its way.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct OpeningPageProps {
    /// In which tab.
    pub tab: TabId,
    /// What.
    pub opening: Opening,
}

/// How far it is, in the middle of the page.
#[component]
pub(crate) fn OpeningPage(props: &OpeningPageProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.opening;
    html! {
        <div class="page page--narrow page--middle stack">
            <h1 class="break">{ (words.title)(&props.opening.source.title()) }</h1>
            <OpeningStrip tab={props.tab} opening={props.opening.clone()} />
        </div>
    }
}
