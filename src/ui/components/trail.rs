//! The breadcrumbs of a page: registry and repository, each a link.

use yew::prelude::*;

use crate::ui::state::Route;
use crate::ui::text::visible::visible_text;

/// Draws the breadcrumbs. `steps` has the name and address of each, from the registry down.
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
