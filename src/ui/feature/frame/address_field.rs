//! The address field, which takes a registry, a repository or an image.

use yew::prelude::*;

use crate::protocol::without_login;
use crate::ui::kit::button::Button;
use crate::ui::kit::field::Field;
use crate::ui::kit::glyph::Glyph;
use crate::ui::shell::use_shell;
use crate::ui::state::Action;
use crate::web::dom;

/// Properties of [`AddressField`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct AddressFieldProps {
    /// DOM id of the input.
    pub id: AttrValue,
    /// Address of the current page. Typed text stays until this changes.
    #[prop_or_default]
    pub value: AttrValue,
    /// True for the large field of the start page.
    #[prop_or_default]
    pub large: bool,
}

/// The field and its button.
#[component]
pub(crate) fn AddressField(props: &AddressFieldProps) -> Html {
    let shell = use_shell();
    let bar = &shell.text.shell.bar;
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with(props.value.clone(), move |value| {
            dom::set_value(&input, value)
        });
    }
    let onsubmit = {
        let (act, input) = (shell.act.clone(), input.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = dom::value(&input);
            // A typed password does not stay visible.
            dom::set_value(&input, &without_login(&text).0);
            act.emit(Action::Typed(text));
        })
    };
    let onkeydown = {
        let (input, value) = (input.clone(), props.value.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                dom::set_value(&input, &value);
                dom::focus_id("page");
            }
        })
    };
    let slash = html! { <kbd class="key" aria-hidden="true">{ "/" }</kbd> };
    let mut open = Button::new(bar.open);
    if props.large {
        open.primary();
    }
    html! {
        <form class={classes!("address", props.large.then_some("address--large"))} role="search" {onsubmit}>
            { Field::code()
                .node(input)
                .id(props.id.clone())
                .input_mode(Some("url"))
                .name(bar.address)
                .shortcut("/")
                .hint(bar.address_hint)
                .on_key(onkeydown)
                .behind(Some(Glyph::Search), "", slash) }
            { open.submit().html() }
        </form>
    }
}
