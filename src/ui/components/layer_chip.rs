//! A layer's number on a colour of its own. The colour is only an aid: the number identifies the layer.

use yew::prelude::*;

/// Number of colours before they repeat.
const N_HUES: u32 = 12;

/// Draws the chip of a layer.
pub(crate) fn layer_chip(layer: u32) -> Html {
    html! { <span class={classes!("chip", format!("chip--{}", layer % N_HUES))}>{ layer }</span> }
}
