//! The side sheet: a column beside the main one, which comes up from below on a phone.

use yew::prelude::*;

/// A side sheet. [`SideSheet::html`] draws it.
pub(crate) struct SideSheet {
    /// DOM id, if something names it.
    pub id: Option<AttrValue>,
    /// Class of its content, for its place on the page.
    pub class: &'static str,
    /// Accessible name.
    pub label: AttrValue,
    /// Receives keys.
    pub onkeydown: Option<Callback<KeyboardEvent>>,
}

impl SideSheet {
    /// Draws the sheet with its head, which stays, and its body, which scrolls.
    pub(crate) fn html(self, head: Html, body: Html) -> Html {
        html! {
            <aside
                class={classes!("side-sheet", self.class)}
                id={self.id}
                aria-label={self.label}
                onkeydown={self.onkeydown}
            >
                { head }
                { body }
            </aside>
        }
    }
}
