//! Buttons to choose a file or a folder.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::Glyph;
use crate::ui::shell::use_shell;
use crate::web::dom;
use crate::web::files::{self, Dropped};

/// Properties of [`FileButtons`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FileButtonsProps {
    /// Receives the chosen files.
    pub on_files: Callback<Vec<Dropped>>,
}

/// The two buttons, each with a file input behind it.
#[component]
pub(crate) fn FileButtons(props: &FileButtonsProps) -> Html {
    let shell = use_shell();
    let home = &shell.text.shell.home;
    let (file, folder) = (use_node_ref(), use_node_ref());
    let onchange = {
        let on_files = props.on_files.clone();
        Callback::from(move |event: Event| {
            let chosen = files::from_input(&event);
            if !chosen.is_empty() {
                on_files.emit(chosen);
            }
        })
    };
    let click = |input: &NodeRef| {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| dom::click(&input))
    };
    html! {
        <div class="row row--wrap">
            { Button::new(home.choose_file).glyph(Glyph::File).on_click(click(&file)).html() }
            { Button::new(home.choose_folder).glyph(Glyph::Folder).on_click(click(&folder)).html() }
            <input ref={file} type="file" multiple=true hidden=true aria-label={home.choose_file} onchange={onchange.clone()} />
            <input ref={folder} type="file" webkitdirectory=true hidden=true aria-label={home.choose_folder} {onchange} />
        </div>
    }
}
