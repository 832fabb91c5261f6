//! The modal dialog: a question that has to be answered before the page goes on.

use yew::prelude::*;

use crate::web::dom;

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

/// Draws a dialog with any content, which a click beside it and Escape close. `class` is for its measures.
pub(crate) fn sheet(
    id: &'static str,
    class: &'static str,
    name: AttrValue,
    content: Html,
    close: Callback<()>,
) -> Html {
    let on_escape = close.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            // The page behind it must not take the key for its own, once the dialog is gone.
            event.stop_propagation();
            on_escape.emit(());
        }
    });
    let beside = close.clone();
    let onmousedown = Callback::from(move |event: MouseEvent| {
        // What is in it stands in an element of its own: the dialog itself is hit beside that.
        if dom::is_target(&event, id) {
            event.prevent_default();
            beside.emit(());
        }
    });
    let oncancel = Callback::from(move |event: Event| {
        event.prevent_default();
        close.emit(());
    });
    html! {
        <dialog {id} class={classes!("dialog", class)} aria-label={name} {onkeydown} {onmousedown} {oncancel}>
            { content }
        </dialog>
    }
}
