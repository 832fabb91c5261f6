//! Progress of opening: words, a bar and a cancel button.

use yew::prelude::*;

use crate::protocol::OpenProgress;
use crate::ui::kit::button::Button;
use crate::ui::kit::progress::progress_bar;
use crate::ui::kit::waited::Waited;
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, Opening, TabId};
use crate::ui::text::format::{percent, size};
use crate::ui::text::shell;
use crate::ui::text::visible::visible_text;

/// Properties of [`OpeningStrip`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct OpeningStripProps {
    /// Tab in which it opens.
    pub tab: TabId,
    /// Source and progress.
    pub opening: Opening,
}

/// One strip. Assistive technology announces a new step, but not its numbers.
#[component]
pub(crate) fn OpeningStrip(props: &OpeningStripProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.opening;
    let tab = props.tab;
    let label = (words.title)(&props.opening.source.title());
    let (step, line, part) = told(words, props.opening.progress.as_ref());
    html! {
        <div class="opening stack">
            { progress_bar(&label, part) }
            <div class="row">
                <p class="opening__line muted num break">{ &line }{ " " }<Waited mark={line.clone()} /></p>
                <span class="spacer" />
                { Button::new(words.cancel).on_click(shell.act.reform(move |_| Action::CancelOpening(tab))).html() }
            </div>
            <p class="sr-only" role="status">{ step }</p>
        </div>
    }
}

/// Returns the step, the step with its numbers, and its progress in percent.
fn told(
    words: &shell::OpeningWords,
    progress: Option<&OpenProgress>,
) -> (&'static str, String, Option<u8>) {
    match progress {
        None => (words.starting, words.starting.to_owned(), None),
        Some(OpenProgress::Connecting { url }) => {
            (words.asking, (words.connecting)(&visible_text(url)), None)
        }
        Some(OpenProgress::Unpacking {
            read_bytes,
            total_bytes,
            decoded_bytes,
        }) => (
            words.decompressing,
            (words.unpacking)(
                &size(*read_bytes),
                &size(*total_bytes),
                &size(*decoded_bytes),
            ),
            Some(percent(*read_bytes, *total_bytes)),
        ),
        Some(OpenProgress::Scanning {
            read_bytes,
            total_bytes,
            n_members,
        }) => (
            words.looking_through,
            (words.scanning)(&size(*read_bytes), &size(*total_bytes), *n_members),
            Some(percent(*read_bytes, *total_bytes)),
        ),
        Some(OpenProgress::Documents) => (words.documents, words.documents.to_owned(), None),
    }
}
