//! The popover: a part of the page that opens below a button, over what is there.

use yew::prelude::*;

/// A popover. [`Popover::html`] draws it with the button that opens it.
pub(crate) struct Popover {
    /// Accessible name.
    pub name: AttrValue,
    /// DOM id, if the button names the part that it opens. Such a part is in the document while it is closed, too.
    pub id: Option<&'static str>,
    /// Further class, for its measures.
    pub class: &'static str,
    /// True while it is open.
    pub is_open: bool,
    /// Closes it: Escape, or a click beside it.
    pub close: Callback<()>,
}

impl Popover {
    /// Makes it a dialog for assistive technology if it is drawn only while it is open.
    fn role(&self) -> Option<&'static str> {
        self.id.is_none().then_some("dialog")
    }

    /// Draws the button and, while it is open, the popover.
    pub(crate) fn html(&self, button: Html, content: Html) -> Html {
        let is_open = self.is_open;
        let beside = self.close.reform(|_: MouseEvent| ());
        let onkeydown = {
            let close = self.close.clone();
            Callback::from(move |event: KeyboardEvent| {
                if is_open && event.key() == "Escape" {
                    close.emit(());
                }
            })
        };
        html! {
            <div class="popover-anchor" {onkeydown}>
                { button }
                if is_open {
                    <div class="veil" onclick={beside} />
                }
                if is_open || self.id.is_some() {
                    <section
                        id={self.id}
                        class={classes!("popover", "stack", self.class)}
                        role={self.role()}
                        aria-label={self.name.clone()}
                        hidden={!is_open}
                    >
                        { content }
                    </section>
                }
            </div>
        }
    }
}
