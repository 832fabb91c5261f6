//! Where a page stands: registry, repository; each a link.

use yew::prelude::*;

use crate::ui::state::Route;
use crate::ui::text::visible::visible_text;

/// The way here.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TrailProps {
    /// The name of the way, for assistive technology.
    pub label: AttrValue,
    /// Each step's name and address, from the registry down.
    pub steps: Vec<(String, String)>,
}

/// The way here, as links.
#[component]
pub(crate) fn Trail(props: &TrailProps) -> Html {
    html! {
        <nav class="trail" aria-label={props.label.clone()}>
            <ol class="row row--wrap">
                { for props.steps.iter().map(|(name, address)| html! {
                    <li><a class="mono break" href={Route::address(address.as_str()).to_hash()}><bdi>{ visible_text(name) }</bdi></a></li>
                }) }
            </ol>
        </nav>
    }
}
