//! A layer's number on its own colour; the colour helps the eye, the number says it.

use yew::prelude::*;

/// How many colours there are before they begin again.
const N_HUES: u32 = 12;

/// The chip of a layer.
pub(crate) fn layer_chip(layer: u32) -> Html {
    html! { <span class={classes!("chip", format!("chip--{}", layer % N_HUES))}>{ layer }</span> }
}
