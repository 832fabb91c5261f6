//! Lines to copy: a configuration or a command.

use yew::prelude::*;

use super::button::Button;
use super::glyph::{Glyph, glyph};
use crate::ui::text::shell::Shell;
use crate::web::{clipboard, task};

/// Properties of [`CodeBlock`].
#[derive(Clone, Properties)]
pub(crate) struct CodeBlockProps {
    /// Words in the user's language.
    pub text: &'static Shell,
    /// Lines to show and copy.
    pub code: AttrValue,
}

impl PartialEq for CodeBlockProps {
    fn eq(&self, other: &CodeBlockProps) -> bool {
        std::ptr::eq(self.text, other.text) && self.code == other.code
    }
}

/// The lines and a copy button.
#[component]
pub(crate) fn CodeBlock(props: &CodeBlockProps) -> Html {
    let words = &props.text.problem;
    let is_copied = use_state_eq(|| false);
    {
        let is_copied = is_copied.setter();
        use_effect_with(props.code.clone(), move |_| is_copied.set(false));
    }
    let onclick = {
        let (is_copied, code) = (is_copied.setter(), props.code.clone());
        Callback::from(move |_: MouseEvent| {
            let (is_copied, code) = (is_copied.clone(), code.clone());
            task::spawn("copy", async move {
                is_copied.set(clipboard::copy(&code).await);
            });
        })
    };
    let name = if *is_copied { words.copied } else { words.copy };
    html! {
        <div class="code">
            <pre tabindex="0"><code>{ &props.code }</code></pre>
            { Button::icon(glyph(if *is_copied { Glyph::Check } else { Glyph::Copy }), name).on_click(onclick).html() }
            <span class="sr-only" role="status">{ if *is_copied { words.copied } else { "" } }</span>
        </div>
    }
}
