//! Where a page stands: registry, repository; each a link.

use yew::prelude::*;

use crate::ui::state::Route;
use crate::ui::text::visible::visible_text;

/// The way here, as links: each step's name and address, from the registry down.
pub(crate) fn trail(label: &'static str, steps: &[(String, String)]) -> Html {
    html! {
        <nav class="trail" aria-label={label}>
            <ol class="row row--wrap">
                { for steps.iter().map(|(name, address)| html! {
                    <li><a class="mono break" href={Route::address(address.as_str()).to_hash()}><bdi>{ visible_text(name) }</bdi></a></li>
                }) }
            </ol>
        </nav>
    }
}
