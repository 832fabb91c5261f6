//! The question mark button: what Lamina is, its privacy and its keyboard shortcuts.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::shell::use_shell;
use crate::web::dom;

/// The button and the text that it opens.
#[component]
pub(crate) fn About() -> Html {
    let shell = use_shell();
    let about = &shell.text.shell.about;
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
    let onkeydown = {
        let close = close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                close.emit(());
            }
        })
    };
    let close_by_click = close.reform(|_: MouseEvent| ());
    let keys = [
        (&["/"][..], about.key_address),
        (&["Ctrl", "F"][..], about.key_find),
        (&["Esc"][..], about.key_escape),
        (&["←", "→"][..], about.key_tabs),
        (&["↑", "↓", "←", "→"][..], about.key_tree),
        (&["Space"][..], about.key_about),
    ];
    html! {
        <div class="popover-anchor" {onkeydown}>
            { Button::icon(icon(Icon::About), shell.text.shell.bar.about)
                .quiet()
                .node(button)
                .expanded(*is_open)
                .controls("about")
                .on_click(toggle)
                .html() }
            if *is_open {
                <div class="veil" onclick={close_by_click.clone()} />
            }
            <section id="about" class="popover stack" aria-label={shell.text.shell.bar.about} hidden={!*is_open}>
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
                    { Button::new(about.close).on_click(close_by_click).html() }
                </div>
            </section>
        </div>
    }
}
