//! Fields: a line of text, several lines, a list to choose from, each alone, below its label or behind a drawing.
//!
//! A field is a value and a function, not a component, for the same reason as the button.

use std::mem::take;

use yew::html::IntoPropValue;
use yew::prelude::*;

use super::glyph::{Glyph, glyph};

/// A line of text in the making. [`Field::html`] draws it.
#[derive(Default)]
pub(crate) struct Field {
    kind: Option<&'static str>,
    is_code: bool,
    id: Option<AttrValue>,
    value: Option<AttrValue>,
    hint: Option<AttrValue>,
    name: Option<AttrValue>,
    form_name: Option<&'static str>,
    fills_in: Option<&'static str>,
    input_mode: Option<&'static str>,
    shortcut: Option<&'static str>,
    is_invalid: Option<bool>,
    described_by: Option<AttrValue>,
    is_disabled: bool,
    is_required: bool,
    list: Option<FieldList>,
    node: NodeRef,
    oninput: Option<Callback<InputEvent>>,
    onkeydown: Option<Callback<KeyboardEvent>>,
}

/// The list of results below a field, which makes the field a combobox.
pub(crate) struct FieldList {
    /// DOM id of the list.
    pub id: String,
    /// True while the list is open.
    pub is_open: bool,
    /// DOM id of the result that Enter takes.
    pub active: Option<String>,
}

impl Field {
    /// Returns a field for words.
    pub(crate) fn text() -> Field {
        Field::default()
    }

    /// Returns a field for names and addresses: in the font of code, without the browser's help.
    pub(crate) fn code() -> Field {
        Field {
            is_code: true,
            ..Field::default()
        }
    }

    /// Returns a field that filters or finds.
    pub(crate) fn search() -> Field {
        Field {
            kind: Some("search"),
            ..Field::default()
        }
    }

    /// Returns a field of a form that signs in, which the browser's memory of passwords may fill in.
    pub(crate) fn credential(form_name: &'static str, fills_in: &'static str) -> Field {
        Field {
            kind: (form_name == "password").then_some("password"),
            form_name: Some(form_name),
            fills_in: Some(fills_in),
            is_required: true,
            ..Field::default()
        }
    }

    /// Sets its DOM id.
    pub(crate) fn id(&mut self, id: impl IntoPropValue<Option<AttrValue>>) -> &mut Field {
        self.id = id.into_prop_value();
        self
    }

    /// Sets its text. Without one, the field keeps what is typed.
    pub(crate) fn value(&mut self, value: impl IntoPropValue<AttrValue>) -> &mut Field {
        self.value = Some(value.into_prop_value());
        self
    }

    /// Sets the example that stands in the empty field.
    pub(crate) fn hint(&mut self, hint: impl IntoPropValue<Option<AttrValue>>) -> &mut Field {
        self.hint = hint.into_prop_value();
        self
    }

    /// Sets its accessible name, if it has no label.
    pub(crate) fn name(&mut self, name: impl IntoPropValue<AttrValue>) -> &mut Field {
        self.name = Some(name.into_prop_value());
        self
    }

    /// Sets the keyboard of a touch screen: `url`, `numeric`.
    pub(crate) fn input_mode(&mut self, mode: Option<&'static str>) -> &mut Field {
        self.input_mode = mode;
        self
    }

    /// Sets the key that moves the focus to it.
    pub(crate) fn shortcut(&mut self, key: &'static str) -> &mut Field {
        self.shortcut = Some(key);
        self
    }

    /// Reports if its text is wrong, and the DOM id of the reason.
    pub(crate) fn invalid(&mut self, is_invalid: bool, why: Option<String>) -> &mut Field {
        self.is_invalid = Some(is_invalid);
        self.described_by = why.map(AttrValue::from);
        self
    }

    /// Turns it off if `is_disabled`.
    pub(crate) fn disabled(&mut self, is_disabled: bool) -> &mut Field {
        self.is_disabled = is_disabled;
        self
    }

    /// Makes it a combobox with a list of results.
    pub(crate) fn list(&mut self, list: FieldList) -> &mut Field {
        self.list = Some(list);
        self
    }

    /// Sets the reference to its element.
    pub(crate) fn node(&mut self, node: NodeRef) -> &mut Field {
        self.node = node;
        self
    }

    /// Sets the receiver of typing.
    pub(crate) fn on_input(&mut self, oninput: Callback<InputEvent>) -> &mut Field {
        self.oninput = Some(oninput);
        self
    }

    /// Sets the receiver of keys.
    pub(crate) fn on_key(&mut self, onkeydown: Callback<KeyboardEvent>) -> &mut Field {
        self.onkeydown = Some(onkeydown);
        self
    }

    /// Draws the field. It takes what was set: a second call draws an empty one.
    pub(crate) fn html(&mut self) -> Html {
        let field = take(self);
        let is_plain = field.is_code || field.kind == Some("search") || field.form_name.is_some();
        let list = field.list.as_ref();
        html! {
            <input
                ref={field.node}
                id={field.id}
                class={classes!("input", field.is_code.then_some("mono"))}
                type={field.kind.unwrap_or("text")}
                name={field.form_name}
                dir={field.is_code.then_some("ltr")}
                inputmode={field.input_mode}
                autocomplete={field.fills_in.unwrap_or("off")}
                autocapitalize={is_plain.then_some("none")}
                autocorrect={is_plain.then_some("off")}
                spellcheck={is_plain.then_some("false")}
                role={list.map(|_| "combobox")}
                aria-autocomplete={list.map(|_| "list")}
                aria-expanded={list.map(|list| list.is_open.to_string())}
                aria-controls={list.and_then(|list| list.is_open.then(|| list.id.clone()))}
                aria-activedescendant={list.and_then(|list| list.active.clone())}
                aria-keyshortcuts={field.shortcut}
                aria-label={field.name}
                aria-invalid={field.is_invalid.map(|is_invalid| is_invalid.to_string())}
                aria-describedby={field.described_by}
                placeholder={field.hint}
                value={field.value}
                disabled={field.is_disabled}
                required={field.is_required}
                oninput={field.oninput}
                onkeydown={field.onkeydown}
            />
        }
    }

    /// Draws the field behind a drawing, on which a click focuses it. `class` is for its place on the page, `after` stands
    /// at its end.
    pub(crate) fn behind(
        &mut self,
        which: Option<Glyph>,
        class: &'static str,
        after: Html,
    ) -> Html {
        html! {
            <label class={classes!("field", class)}>
                { for which.map(glyph) }
                { self.html() }
                { after }
            </label>
        }
    }
}

/// Draws any field below its label. `class` is for its place on the page.
pub(crate) fn labelled(class: &'static str, label: Html, field: Html) -> Html {
    html! {
        <label class={classes!("labelled", class)}>
            <span>{ label }</span>
            { field }
        </label>
    }
}

/// Draws a box to check before its label.
pub(crate) fn checkbox(
    label: &'static str,
    checked: bool,
    disabled: bool,
    onchange: Callback<Event>,
) -> Html {
    html! {
        <label>
            <input type="checkbox" {checked} {disabled} {onchange} />
            { " " }{ label }
        </label>
    }
}

/// Draws a field of several lines, in the font of code.
pub(crate) fn lines(
    n_rows: usize,
    hint: Option<&'static str>,
    value: String,
    oninput: Callback<InputEvent>,
) -> Html {
    html! {
        <textarea class="input input--lines mono" rows={n_rows.to_string()} spellcheck="false" placeholder={hint} {value} {oninput} />
    }
}

/// An entry of a list to choose from: its value, its text, and true if it is chosen.
pub(crate) type SelectOption = (String, String, bool);

/// Draws a list to choose from. `name` is its accessible name, if it has no label.
pub(crate) fn select(
    id: Option<String>,
    class: &'static str,
    name: Option<&'static str>,
    onchange: Callback<Event>,
    options: Vec<SelectOption>,
) -> Html {
    let option = |(value, text, selected): SelectOption| {
        html! { <option {value} {selected}>{ text }</option> }
    };
    html! {
        <select {id} class={classes!("input", class)} aria-label={name} {onchange}>
            { for options.into_iter().map(option) }
        </select>
    }
}
