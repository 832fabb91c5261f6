//! The login form, shown if a registry demands credentials.
//!
//! Typed text stays in the fields until it is sent, and goes nowhere else, unless the person has the browser keep it.

use yew::prelude::*;

use crate::protocol::Secret;
use crate::ui::kit::button::Button;
use crate::ui::kit::field::{Field, checkbox, labelled};
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::shell::use_shell;
use crate::ui::state::KeptLogin;
use crate::ui::text::image::fill;
use crate::ui::text::keeping::KeepingWords;
use crate::ui::text::visible::visible_text;
use crate::web::{credentials, dom, task};

/// Properties of [`SignInForm`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SignInProps {
    /// Base URL of the registry.
    pub registry: AttrValue,
    /// True if the registry rejected the last password.
    pub is_refused: bool,
    /// Receives name and password.
    pub on_submit: Callback<(Secret, Secret)>,
    /// Closes the form; `None` for no button.
    #[prop_or_default]
    pub on_close: Option<Callback<()>>,
}

/// The form for one registry.
#[component]
pub(crate) fn SignInForm(props: &SignInProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.push.sign_in;
    let keeping = KeepingWords::of(shell.language);
    let keeps = use_state_eq(|| false);
    let refusal = use_state_eq(|| None::<String>);
    let registry = props.registry.clone();
    // The login is sent on only if it is this registry's: a name may be one that another is kept under.
    let send = {
        let (registry, on_submit) = (registry.clone(), props.on_submit.clone());
        let refusal = refusal.setter();
        Callback::from(move |(id, password, keeps): (String, Secret, bool)| {
            let name = match KeptLogin::parse(&id) {
                None => id,
                Some(kept) => match kept.name_at(&registry) {
                    Some(name) => name.to_owned(),
                    None => {
                        let other = visible_text(kept.registry());
                        refusal.set(Some(fill(keeping.other_registry, &[&other])));
                        return;
                    }
                },
            };
            refusal.set(None);
            if keeps {
                let id = KeptLogin::new(&registry, &name).to_string();
                let (password, refusal) = (password.clone(), refusal.clone());
                task::spawn("keep a login", async move {
                    if let Err(reason) = credentials::keep(&id, &password).await {
                        refusal.set(Some(reason));
                    }
                });
            }
            on_submit.emit((Secret::new(name), password));
        })
    };
    let onsubmit = {
        let (send, keeps) = (send.clone(), *keeps);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let [name, password, ..] = dom::fields(&event).as_slice() {
                send.emit((name.trim().to_owned(), Secret::new(password), keeps));
            }
        })
    };
    let on_keeps = {
        let keeps = keeps.setter();
        Callback::from(move |event: Event| keeps.set(dom::checked_of(&event)))
    };
    let use_kept = {
        let refusal = refusal.setter();
        Callback::from(move |_: MouseEvent| {
            let (send, refusal) = (send.clone(), refusal.clone());
            task::spawn("use a kept login", async move {
                match credentials::chosen().await {
                    Ok(Some((id, password))) if KeptLogin::parse(&id).is_some() => {
                        send.emit((id, password, false));
                    }
                    // A password without a registry in its name may be any registry's.
                    Ok(_) => refusal.set(Some(keeping.none_kept.to_owned())),
                    Err(reason) => refusal.set(Some(reason)),
                }
            });
        })
    };
    let is_plain = registry.starts_with("http://");
    let error_id = props
        .is_refused
        .then(|| format!("sign-in-refused-{registry}"));
    let password = Field::credential("password", "off")
        .invalid(props.is_refused, error_id.clone())
        .html();
    let can_keep = credentials::can_keep();
    html! {
        <form class="card notice-card stack" aria-label={words.title} {onsubmit}>
            <h2>{ words.title }</h2>
            <p class="mono break"><bdi>{ visible_text(&registry) }</bdi></p>
            { labelled("", html! { { words.name } }, Field::credential("name", "off").html()) }
            { labelled("", html! { { words.password } }, password) }
            if let Some(id) = error_id {
                <p {id} class="row">{ glyph(Glyph::Alert) }<strong>{ words.refused }</strong></p>
            }
            if let Some(refusal) = &*refusal {
                <p class="break" role="alert">{ visible_text(refusal) }</p>
            }
            if is_plain {
                <p class="small">{ words.plain }</p>
            }
            if can_keep {
                { checkbox(keeping.keep, *keeps, false, on_keeps) }
            }
            <p class="muted small">{ if *keeps { keeping.note } else { words.note } }</p>
            <div class="row">
                { Button::new(words.button).primary().submit().html() }
                if can_keep {
                    { Button::new(keeping.use_kept).on_click(use_kept).html() }
                }
                if let Some(on_close) = &props.on_close {
                    { Button::new(keeping.cancel).on_click(on_close.reform(|_| ())).html() }
                }
            </div>
        </form>
    }
}
