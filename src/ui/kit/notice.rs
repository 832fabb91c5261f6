//! The notice: a box with a drawing and some text that the user should not miss.
//!
//! It is a value and a function, not a component, for the same reason as the button.

use yew::html::IntoPropValue;
use yew::prelude::*;

use super::glyph::{Glyph, glyph};

/// A notice. [`Notice::html`] draws it.
pub(crate) struct Notice {
    drawing: Option<Glyph>,
    looks: [Option<&'static str>; 2],
    role: Option<&'static str>,
    name: Option<AttrValue>,
}

impl Notice {
    /// Returns a notice of something that went wrong.
    pub(crate) fn bad() -> Notice {
        Notice::of(Some("notice--bad"))
    }

    /// Returns a notice of something to beware of.
    pub(crate) fn warn() -> Notice {
        Notice::of(Some("notice--warn"))
    }

    /// Returns a notice of something to know.
    pub(crate) fn plain() -> Notice {
        Notice::of(None)
    }

    fn of(look: Option<&'static str>) -> Notice {
        Notice {
            drawing: Some(Glyph::Alert),
            looks: [look, None],
            role: None,
            name: None,
        }
    }

    /// Sets another drawing than the sign of danger.
    pub(crate) fn glyph(&mut self, which: Glyph) -> &mut Notice {
        self.drawing = Some(which);
        self
    }

    /// Leaves out the drawing.
    pub(crate) fn bare(&mut self) -> &mut Notice {
        self.drawing = None;
        self
    }

    /// Adds classes, for its place on the page.
    pub(crate) fn class(&mut self, class: &'static str) -> &mut Notice {
        self.looks[1] = Some(class);
        self
    }

    /// Sets its ARIA role.
    pub(crate) fn role(&mut self, role: &'static str) -> &mut Notice {
        self.role = Some(role);
        self
    }

    /// Has it read out when it appears.
    pub(crate) fn alert(&mut self) -> &mut Notice {
        self.role("alert")
    }

    /// Sets its accessible name.
    pub(crate) fn name(&mut self, name: impl IntoPropValue<AttrValue>) -> &mut Notice {
        self.name = Some(name.into_prop_value());
        self
    }

    fn classes(&self) -> Classes {
        classes!("notice", self.looks)
    }

    /// Draws the notice around its content.
    pub(crate) fn html(&self, content: Html) -> Html {
        html! {
            <div class={self.classes()} role={self.role} aria-label={self.name.clone()}>
                { for self.drawing.map(glyph) }
                { content }
            </div>
        }
    }

    /// Draws the notice as one paragraph.
    pub(crate) fn line(&self, content: Html) -> Html {
        html! {
            <p class={self.classes()} role={self.role}>
                { for self.drawing.map(glyph) }
                { content }
            </p>
        }
    }
}
