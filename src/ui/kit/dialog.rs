//! The modal dialog: a question that has to be answered before the page goes on.

use yew::prelude::*;

/// Draws a dialog with a title, a text and the buttons that answer it. The page opens it by its DOM id
/// (`web::dom::show_modal`), so that the rest of the page is inert. Escape must be taken as an answer.
pub(crate) fn dialog(
    id: &'static str,
    title: String,
    text: &'static str,
    buttons: Html,
    on_escape: Callback<KeyboardEvent>,
) -> Html {
    let (title_id, text_id) = (format!("{id}-title"), format!("{id}-text"));
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            on_escape.emit(event);
        }
    });
    html! {
        <dialog {id} class="dialog" aria-labelledby={title_id.clone()} aria-describedby={text_id.clone()} {onkeydown}>
            <div class="stack">
                <h2 id={title_id} class="break"><bdi>{ title }</bdi></h2>
                <p id={text_id}>{ text }</p>
                <div class="row row--wrap">{ buttons }</div>
            </div>
        </dialog>
    }
}
