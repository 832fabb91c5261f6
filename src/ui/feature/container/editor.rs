//! The text editor, which replaces the panel of a path: its toolbar, and the element that edits.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::loader::waiting;
use crate::ui::kit::notice::Notice;
use crate::ui::kit::side_sheet::SideSheet;
use crate::ui::shell::use_shell;
use crate::ui::state::image::container::{Editing, EditorAction, language_of};
use crate::ui::state::image::{Loadable, visible_text};
use crate::ui::text::container::why;
use crate::ui::text::image::fill;
use crate::web::editor::{self, Editor, Start, Told};
use crate::web::task;

/// Properties of [`TextEditor`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TextEditorProps {
    /// File that is edited.
    pub editing: Editing,
    /// Receives the user's actions.
    pub act: Callback<EditorAction>,
}

/// Loads the editor, and edits the text of the file in it.
#[component]
pub(crate) fn TextEditor(props: &TextEditorProps) -> Html {
    let shell = use_shell();
    let text = shell.text.container;
    let editing = &props.editing;
    let node = use_node_ref();
    let editor = use_mut_ref(|| None::<Editor>);
    let loaded = use_state_eq(|| None::<Result<(), String>>);
    {
        let loaded = loaded.setter();
        use_effect_with((), move |()| {
            task::spawn("editor", async move {
                loaded.set(Some(editor::load().await));
            });
        });
    }
    // Each key press reports a change of the text. Only the first one is passed on to the page.
    let is_changed = use_mut_ref(|| false);
    *is_changed.borrow_mut() = editing.is_changed;
    let start = match (&*loaded, &editing.text) {
        (Some(Ok(())), Loadable::Ready(start)) => Some(start.clone()),
        _ => None,
    };
    let save = {
        let (act, editor) = (props.act.clone(), editor.clone());
        Callback::from(move |()| {
            let now = editor.borrow().as_ref().map(Editor::text);
            if let Some(now) = now {
                act.emit(EditorAction::Save(now));
            }
        })
    };
    let failed = use_state_eq(|| None::<String>);
    {
        let (act, save) = (props.act.clone(), save.clone());
        let (node, editor, failed) = (node.clone(), editor.clone(), failed.setter());
        let label = fill(text.editor, &[&visible_text(&editing.path)]);
        let path = editing.path.clone();
        let phrases = text.editor_phrases;
        use_effect_with(start, move |start| {
            if let Some(start) = start {
                let start = Start {
                    text: start,
                    label: &label,
                    language: language_of(&path, start),
                    phrases,
                };
                let tell = move |told: Told| match told {
                    Told::Changed if is_changed.replace(true) => {}
                    Told::Changed => act.emit(EditorAction::Changed),
                    Told::Save => save.emit(()),
                    Told::Leave => act.emit(EditorAction::Leave),
                };
                match Editor::open(&node, &start, tell) {
                    Ok(opened) => drop(editor.borrow_mut().replace(opened)),
                    Err(why) => failed.set(Some(why)),
                }
            }
            move || drop(editor.borrow_mut().take())
        });
    }
    let trouble = match (&*loaded, &editing.text, &*failed, &editing.problem) {
        (_, _, _, Some(problem)) | (_, Loadable::Failed(problem), _, _) => Some(why(text, problem)),
        (Some(Err(why)), ..) | (_, _, Some(why), _) => Some(why.clone()),
        _ => None,
    };
    let is_waiting =
        trouble.is_none() && (loaded.is_none() || !matches!(editing.text, Loadable::Ready(_)));
    let status = match (editing.is_saving, editing.is_changed) {
        (true, _) => text.editor_saving,
        (false, true) => text.editor_changed,
        (false, false) => text.editor_saved,
    };
    let head = html! {
        <div class="editor__bar">
            <bdi class="mono break editor__path">{ visible_text(&editing.path) }</bdi>
            <span class="badge" role="status">{ status }</span>
            <span class="spacer" />
            { Button::new(text.editor_save)
                .glyph(Glyph::Check)
                .primary()
                .disabled(is_waiting || editing.is_saving)
                .on_click(save.reform(|_| ()))
                .html() }
            { Button::new(text.editor_leave).glyph(Glyph::Cross).on_click(props.act.reform(|_| EditorAction::Leave)).html() }
        </div>
    };
    let body = html! {
        <>
            if let Some(trouble) = trouble {
                { Notice::bad().alert().html(html! { <p class="break">{ fill(text.not_done, &[&trouble]) }</p> }) }
            }
            if editing.asks_leave {
                { Notice::warn().class("editor__ask").role("alertdialog").name(text.leave_ask).html(html! {
                    <>
                        <p class="notice__text">{ text.leave_ask }</p>
                        { Button::new(text.editor_save).on_click(save.reform(|_| ())).html() }
                        { Button::new(text.leave_discard).on_click(props.act.reform(|_| EditorAction::Discard)).html() }
                        { Button::new(text.leave_stay).on_click(props.act.reform(|_| EditorAction::Stay)).html() }
                    </>
                }) }
            }
            if is_waiting {
                { waiting(text.editor_loading.into()) }
            }
            <lamina-editor ref={node} class="editor__text" />
            <p class="editor__keys faint small">{ text.editor_keys }</p>
        </>
    };
    SideSheet {
        id: None,
        class: "editor",
        label: fill(text.editor, &[&visible_text(&editing.path)]).into(),
        onkeydown: None,
    }
    .html(head, body)
}
