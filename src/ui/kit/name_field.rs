//! A field for a name that no list contains, and the button that opens it.

use yew::prelude::*;

use super::button::Button;
use super::field::Field;
use crate::ui::shell::use_shell;
use crate::web::dom;

/// Properties of [`NameField`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct NameFieldProps {
    /// Label of the field.
    pub label: AttrValue,
    /// Example of a name.
    pub hint: AttrValue,
    /// Receives the name, trimmed and never empty.
    pub on_name: Callback<String>,
}

/// The field and its button.
#[component]
pub(crate) fn NameField(props: &NameFieldProps) -> Html {
    let shell = use_shell();
    let input = use_node_ref();
    let onsubmit = {
        let (input, on_name) = (input.clone(), props.on_name.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = dom::value(&input);
            let name = name.trim();
            if !name.is_empty() {
                on_name.emit(name.to_owned());
            }
        })
    };
    html! {
        <form class="address" {onsubmit}>
            { Field::code()
                .node(input)
                .name(props.label.clone())
                .hint(props.hint.clone())
                .behind(None, "", Html::default()) }
            { Button::new(shell.text.shell.bar.open).primary().submit().html() }
        </form>
    }
}
