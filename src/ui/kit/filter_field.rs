//! A field that filters a list while the user types.

use yew::prelude::*;

use super::field::Field;
use super::glyph::Glyph;
use crate::web::dom;

/// Properties of [`FilterField`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FilterFieldProps {
    /// Accessible name of the field.
    pub label: AttrValue,
    /// Current text.
    pub value: AttrValue,
    /// Receives the new text.
    pub on_change: Callback<String>,
}

/// The field. Escape clears it.
#[component]
pub(crate) fn FilterField(props: &FilterFieldProps) -> Html {
    let oninput = props
        .on_change
        .reform(|event: InputEvent| dom::value_of(&event));
    let onkeydown = {
        let (value, on_change) = (props.value.clone(), props.on_change.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && !value.is_empty() {
                event.stop_propagation();
                on_change.emit(String::new());
            }
        })
    };
    Field::search()
        .hint(props.label.clone())
        .name(props.label.clone())
        .value(props.value.clone())
        .on_input(oninput)
        .on_key(onkeydown)
        .behind(Some(Glyph::Filter), "filter", Html::default())
}
