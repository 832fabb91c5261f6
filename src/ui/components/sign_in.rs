//! The login form, shown if a registry demands credentials.
//!
//! Typed text stays in the fields until it is sent, and goes nowhere else.

use yew::prelude::*;

use crate::protocol::Secret;
use crate::ui::kit::button::Button;
use crate::ui::kit::field::{Field, labelled};
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::text::push::SignIn;
use crate::ui::text::visible::visible_text;
use crate::web::dom;

/// Draws the form for the registry with this base URL. `is_refused` says that the
/// registry rejected the last password.
pub(crate) fn sign_in(
    words: &'static SignIn,
    registry: &str,
    is_refused: bool,
    on_submit: Callback<(Secret, Secret)>,
) -> Html {
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        if let [name, password] = dom::fields(&event).as_slice() {
            on_submit.emit((Secret::new(name.trim()), Secret::new(password)));
        }
    });
    let is_plain = registry.starts_with("http://");
    let error_id = is_refused.then(|| format!("sign-in-refused-{registry}"));
    let password = Field::credential("password", "current-password")
        .invalid(is_refused, error_id.clone())
        .html();
    html! {
        <form class="card notice-card stack" aria-label={words.title} {onsubmit}>
            <h2>{ words.title }</h2>
            <p class="mono break"><bdi>{ visible_text(registry) }</bdi></p>
            { labelled("", html! { { words.name } }, Field::credential("name", "username").html()) }
            { labelled("", html! { { words.password } }, password) }
            if let Some(id) = error_id {
                <p {id} class="row">{ glyph(Glyph::Alert) }<strong>{ words.refused }</strong></p>
            }
            if is_plain {
                <p class="small">{ words.plain }</p>
            }
            <p class="muted small">{ words.note }</p>
            <div>{ Button::new(words.button).primary().submit().html() }</div>
        </form>
    }
}
