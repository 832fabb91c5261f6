//! The question mark button: what Lamina is, its privacy and its keyboard shortcuts.

use yew::prelude::*;

use crate::ui::apart::{Apart, Piece};
use crate::ui::kit::button::Button;
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::kit::popover::Popover;
use crate::ui::shell::use_shell;
use crate::ui::text::shell::Shell;
use crate::web::dom;

const PART_ID: &str = "about";
/// DOM id of the button.
pub(crate) const BUTTON_ID: &str = "about-button";

/// The button and the text that it opens.
#[component]
pub(crate) fn About() -> Html {
    let shell = use_shell();
    let is_open = use_state_eq(|| false);
    let button = use_node_ref();
    let close = {
        let (is_open, button) = (is_open.setter(), button.clone());
        Callback::from(move |()| {
            is_open.set(false);
            dom::focus(&button);
        })
    };
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    {
        let is_open = is_open.clone();
        use_effect_with(*is_open, move |_| {
            let listening = dom::on_key(move |event| {
                let is_command = event.ctrl_key() || event.meta_key() || event.alt_key();
                match event.key().as_str() {
                    "?" if !is_command && !dom::typing() => is_open.set(!*is_open),
                    "Escape" => is_open.set(false),
                    _ => {}
                }
            });
            move || drop(listening)
        });
    }
    let close_by_click = close.reform(|_: MouseEvent| ());
    let mut opener = Button::icon(icon(Icon::About), shell.text.shell.bar.about);
    opener
        .quiet()
        .id(BUTTON_ID)
        .node(button)
        .expanded(*is_open)
        .controls(PART_ID)
        .on_click(toggle);
    let content = match *is_open {
        true => html! { <Apart piece={Piece::About(close_by_click)} /> },
        false => Html::default(),
    };
    Popover {
        name: shell.text.shell.bar.about.into(),
        id: Some(PART_ID),
        class: "",
        is_open: *is_open,
        close,
    }
    .html(opener.html(), content)
}

/// Draws the text about Lamina; `close` closes it.
pub(crate) fn about_lamina(text: &'static Shell, close: &Callback<MouseEvent>) -> Html {
    let about = &text.about;
    let keys = [
        (&["↑", "↓"][..], about.key_layers),
        (&["→", "Enter"], about.key_into),
        (&["Esc"], about.key_escape),
        (&["[", "]"], about.key_brackets),
        (&["F6"], about.key_panes),
        (&["↑", "↓", "←", "→"], about.key_tree),
        (&["a … z"], about.key_letters),
        (&["*"], about.key_siblings),
        (&["Space"], about.key_about),
        (&["Ctrl", "F"], about.key_find),
        (&["Ctrl", "K"], about.key_box),
        (&["/"], about.key_address),
        (&["←", "→"], about.key_tabs),
        (&["F4"], about.key_edit),
        (&["F2"], about.key_rename),
        (&["Del"], about.key_delete),
        (&["Ctrl", "Z"], about.key_undo),
        (&["?"], about.key_help),
    ];
    html! {
        <>
            <h2>{ about.title }</h2>
            <p>{ about.what }</p>
            <p>{ about.privacy }</p>
            <h3>{ about.keys }</h3>
            <dl class="keys">
                { for keys.iter().map(|(keys, what)| html! {
                    <>
                        <dt>{ for keys.iter().map(|key| html! { <kbd class="key">{ *key }</kbd> }) }</dt>
                        <dd>{ *what }</dd>
                    </>
                }) }
            </dl>
            <div class="row">
                <span class="faint small num">{ (about.version)(env!("CARGO_PKG_VERSION")) }</span>
                <span class="spacer" />
                { Button::new(about.close).on_click(close.clone()).html() }
            </div>
        </>
    }
}
