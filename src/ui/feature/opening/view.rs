//! Page for content that is still being opened.

use yew::prelude::*;

use crate::ui::feature::opening::strip::OpeningStrip;
use crate::ui::shell::use_shell;
use crate::ui::state::{Opening, TabId};

/// Properties of [`OpeningPage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct OpeningPageProps {
    /// Tab in which it opens.
    pub tab: TabId,
    /// Source and progress.
    pub opening: Opening,
}

/// Shows the progress in the middle of the page.
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
