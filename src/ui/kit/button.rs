//! The button: all buttons of the page with the class `button` are made here.
//!
//! It is a value and a function, not a component: each type of component adds 2 kB to the page before its own code.

use std::mem::take;

use yew::html::IntoPropValue;
use yew::prelude::*;

use super::glyph::{Glyph, glyph};

/// A button in the making. [`Button::html`] draws it.
#[derive(Default)]
pub(crate) struct Button {
    drawing: Option<Html>,
    content: Option<Html>,
    looks: [Option<&'static str>; 4],
    id: Option<AttrValue>,
    name: Option<AttrValue>,
    title: Option<AttrValue>,
    controls: Option<AttrValue>,
    popup: Option<&'static str>,
    is_pressed: Option<bool>,
    is_expanded: Option<bool>,
    is_waiting: bool,
    is_disabled: bool,
    is_submit: bool,
    has_focus: bool,
    is_skipped: bool,
    node: NodeRef,
    onclick: Option<Callback<MouseEvent>>,
    onkeydown: Option<Callback<KeyboardEvent>>,
}

impl Button {
    /// Returns a button with a text.
    pub(crate) fn new(label: impl IntoPropValue<AttrValue>) -> Button {
        Button::with(text(label.into_prop_value()))
    }

    /// Returns a button with any content.
    pub(crate) fn with(content: Html) -> Button {
        Button {
            content: Some(content),
            ..Button::default()
        }
    }

    /// Returns a button with a drawing instead of a text. The name is also its tooltip.
    pub(crate) fn icon(drawing: Html, name: impl IntoPropValue<AttrValue>) -> Button {
        Button::named(drawing, name.into_prop_value())
    }

    /// Returns a quiet button with a cross, which closes or dismisses something.
    pub(crate) fn cross(name: impl IntoPropValue<AttrValue>) -> Button {
        let mut button = Button::named(glyph(Glyph::Cross), name.into_prop_value());
        button.quiet();
        button
    }

    fn named(drawing: Html, name: AttrValue) -> Button {
        Button {
            drawing: Some(drawing),
            looks: [None, None, Some("button--icon"), None],
            name: Some(name.clone()),
            title: Some(name),
            ..Button::default()
        }
    }

    /// Sets a drawing before the text.
    pub(crate) fn glyph(&mut self, which: Glyph) -> &mut Button {
        self.drawing = Some(glyph(which));
        self
    }

    /// Makes it the main button of its form or page.
    pub(crate) fn primary(&mut self) -> &mut Button {
        self.looks[0] = Some("button--primary");
        self
    }

    /// Leaves out its border and ground.
    pub(crate) fn quiet(&mut self) -> &mut Button {
        self.looks[1] = Some("button--quiet");
        self
    }

    /// Adds a class, for its place on the page.
    pub(crate) fn class(&mut self, class: &'static str) -> &mut Button {
        self.looks[3] = Some(class);
        self
    }

    /// Sets its DOM id.
    pub(crate) fn id(&mut self, id: impl IntoPropValue<AttrValue>) -> &mut Button {
        self.id = Some(id.into_prop_value());
        self
    }

    /// Sets its accessible name, if that is not its text.
    pub(crate) fn name(&mut self, name: impl IntoPropValue<AttrValue>) -> &mut Button {
        self.name = Some(name.into_prop_value());
        self
    }

    /// Sets its tooltip.
    pub(crate) fn title(&mut self, title: impl IntoPropValue<AttrValue>) -> &mut Button {
        self.title = Some(title.into_prop_value());
        self
    }

    /// Makes it a switch that is on or off.
    pub(crate) fn pressed(&mut self, is_pressed: bool) -> &mut Button {
        self.is_pressed = Some(is_pressed);
        self
    }

    /// Reports if the part that it opens is open.
    pub(crate) fn expanded(&mut self, is_expanded: bool) -> &mut Button {
        self.is_expanded = Some(is_expanded);
        self
    }

    /// Sets the DOM id of the part that it opens.
    pub(crate) fn controls(&mut self, id: impl IntoPropValue<AttrValue>) -> &mut Button {
        self.controls = Some(id.into_prop_value());
        self
    }

    /// Sets the kind of the part that it opens: a menu or a dialog.
    pub(crate) fn popup(&mut self, kind: &'static str) -> &mut Button {
        self.popup = Some(kind);
        self
    }

    /// Turns it off if `is_disabled`.
    pub(crate) fn disabled(&mut self, is_disabled: bool) -> &mut Button {
        self.is_disabled = is_disabled;
        self
    }

    /// Shows it as turned off, but leaves it the focus.
    pub(crate) fn waiting(&mut self) -> &mut Button {
        self.is_waiting = true;
        self
    }

    /// Gives it the focus when its dialog opens, if `has_focus`.
    pub(crate) fn focused(&mut self, has_focus: bool) -> &mut Button {
        self.has_focus = has_focus;
        self
    }

    /// Leaves it out of the order of the Tab key, if `is_skipped`.
    pub(crate) fn skipped(&mut self, is_skipped: bool) -> &mut Button {
        self.is_skipped = is_skipped;
        self
    }

    /// Makes it submit its form.
    pub(crate) fn submit(&mut self) -> &mut Button {
        self.is_submit = true;
        self
    }

    /// Sets the reference to its element.
    pub(crate) fn node(&mut self, node: NodeRef) -> &mut Button {
        self.node = node;
        self
    }

    /// Sets the receiver of clicks.
    pub(crate) fn on_click(&mut self, onclick: Callback<MouseEvent>) -> &mut Button {
        self.onclick = Some(onclick);
        self
    }

    /// Sets the receiver of keys.
    pub(crate) fn on_key(&mut self, onkeydown: Callback<KeyboardEvent>) -> &mut Button {
        self.onkeydown = Some(onkeydown);
        self
    }

    fn classes(&self) -> Classes {
        classes!("button", self.looks)
    }

    /// Draws the button. It takes what was set: a second call draws an empty one.
    pub(crate) fn html(&mut self) -> Html {
        let class = self.classes();
        let button = take(self);
        html! {
            <button
                ref={button.node}
                type={if button.is_submit { "submit" } else { "button" }}
                {class}
                id={button.id}
                title={button.title}
                aria-label={button.name}
                aria-controls={button.controls}
                aria-haspopup={button.popup}
                aria-pressed={button.is_pressed.map(word)}
                aria-expanded={button.is_expanded.map(word)}
                aria-disabled={button.is_waiting.then_some("true")}
                disabled={button.is_disabled}
                autofocus={button.has_focus}
                tabindex={button.is_skipped.then_some("-1")}
                onclick={button.onclick}
                onkeydown={button.onkeydown}
            >
                { for button.drawing }
                { for button.content }
            </button>
        }
    }

    /// Draws a link that looks like the button. It takes what was set, as [`Button::html`] does.
    pub(crate) fn link(&mut self, href: impl IntoPropValue<AttrValue>) -> Html {
        let class = self.classes();
        let button = take(self);
        let href = href.into_prop_value();
        html! {
            <a {class} {href} title={button.title} aria-label={button.name}>
                { for button.drawing }
                { for button.content }
            </a>
        }
    }
}

fn text(label: AttrValue) -> Html {
    html! { { label } }
}

fn word(is_so: bool) -> &'static str {
    if is_so { "true" } else { "false" }
}
