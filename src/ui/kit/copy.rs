//! A value with a button that copies it. Digests are shown short and copied in full.

use yew::prelude::*;

use crate::ui::text::image::{Image, fill};
use crate::ui::text::visible::visible_text;
use crate::web::{clipboard, task};

use super::glyph::{Glyph, glyph};

/// Properties of [`CopyButton`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CopyButtonProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// Text to copy.
    pub value: AttrValue,
    /// Kind of the value, for the button's accessible name.
    pub what: AttrValue,
}

#[derive(Clone, Copy, PartialEq)]
enum Copied {
    No,
    Yes,
    Refused,
}

/// A button that copies a value and reports whether that worked.
#[component]
pub(crate) fn CopyButton(props: &CopyButtonProps) -> Html {
    let text = props.text;
    let copied = use_state_eq(|| Copied::No);
    let onclick = {
        let copied = copied.setter();
        let value = props.value.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            let copied = copied.clone();
            let value = value.clone();
            task::spawn("copy", async move {
                let done = clipboard::copy(&value).await;
                copied.set(if done { Copied::Yes } else { Copied::Refused });
            });
        })
    };
    let reset = {
        let copied = copied.setter();
        Callback::from(move |_: FocusEvent| copied.set(Copied::No))
    };
    let left = {
        let copied = copied.setter();
        Callback::from(move |_: MouseEvent| copied.set(Copied::No))
    };
    let said = match *copied {
        Copied::No => "",
        Copied::Yes => text.copied,
        Copied::Refused => text.copy_refused,
    };
    html! {
        <span class="copy">
            <button
                type="button"
                class="copy__button"
                aria-label={fill(text.copy_what, &[&visible_text(&props.what)])}
                title={if said.is_empty() { text.copy } else { said }}
                {onclick}
                onblur={reset}
                onmouseleave={left}
            >
                { glyph(if *copied == Copied::Yes { Glyph::Check } else { Glyph::Copy }) }
            </button>
            <span class="copy__said" role="status">{ said }</span>
        </span>
    }
}

/// Properties of [`DigestText`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct DigestProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// `algorithm:hex`.
    pub digest: AttrValue,
    /// Owner of the digest, for the button's accessible name.
    pub what: AttrValue,
}

/// A short digest with the full one as its tooltip, and a button that copies the full one.
#[component]
pub(crate) fn DigestText(props: &DigestProps) -> Html {
    let short = match props.digest.split_once(':') {
        Some((algorithm, hex)) => {
            let start: String = hex.chars().take(12).collect();
            format!("{algorithm}:{start}")
        }
        None => props.digest.to_string(),
    };
    html! {
        <span class="digest">
            <span class="mono" title={visible_text(&props.digest)}>{ visible_text(&short) }</span>
            <CopyButton text={props.text} value={props.digest.clone()} what={props.what.clone()} />
        </span>
    }
}
