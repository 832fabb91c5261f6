//! Page for a file that was open before a reload and must be chosen again.

use yew::prelude::*;

use crate::ui::components::file_buttons::FileButtons;
use crate::ui::kit::button::Button;
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, FileSource};
use crate::ui::text::visible::visible_text;
use crate::web::files::Dropped;

/// Properties of [`WantedPage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WantedPageProps {
    /// File to ask for.
    pub file: FileSource,
    /// Key of a stored file handle that may open it.
    pub handle: Option<String>,
    /// Receives the files that the user chooses.
    pub on_files: Callback<Vec<Dropped>>,
}

/// Asks the user for the file.
#[component]
pub(crate) fn WantedPage(props: &WantedPageProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.wanted;
    let file = &props.file;
    let by_handle = props.handle.as_ref().map(|handle| {
        let (handle, image_id) = (handle.clone(), file.image_id.clone());
        let onclick = shell.act.reform(move |_: MouseEvent| Action::Reopen {
            handle: handle.clone(),
            image_id: image_id.clone(),
        });
        html! {
            <>
                <p>{ words.by_handle }</p>
                <div>
                    { Button::new(words.open_again).primary().on_click(onclick).html() }
                </div>
            </>
        }
    });
    if file.is_made_here() && by_handle.is_none() {
        let words = &shell.text.shell.unsaved;
        return html! {
            <div class="page page--narrow page--middle stack">
                <h1 class="break">{ (words.gone)(&visible_text(&file.name)) }</h1>
                <p>{ words.gone_hint }</p>
            </div>
        };
    }
    html! {
        <div class="page page--narrow page--middle stack">
            <h1 class="break">{ (words.title)(&visible_text(&file.name)) }</h1>
            { for by_handle }
            <p>{ words.by_drop }</p>
            <FileButtons on_files={props.on_files.clone()} />
            if let Some(id) = &file.image_id {
                <p class="muted num" title={id.to_string()}>{ (words.known_by)(id.short()) }</p>
            }
        </div>
    }
}
