//! A layer's number on one ramp of colour, from a pale base to a strong top. The colour is only an aid: the number
//! identifies the layer.

use yew::prelude::*;

use crate::ui::shell::use_shell;
use crate::ui::text::image::fill;

/// Strongest step of the ramp.
const LAST_STEP: u32 = 11;

/// The attribute with the number of the layer that a chip leads to. The image's page follows it, and says on hover what
/// the layer is.
pub(crate) const LAYER_ATTRIBUTE: &str = "data-layer";

fn class(layer: u32) -> Classes {
    classes!("chip", format!("chip--{}", layer.min(LAST_STEP)))
}

/// Draws the chip of a layer.
pub(crate) fn layer_chip(layer: u32) -> Html {
    html! { <span class={class(layer)}>{ layer }</span> }
}

/// Properties of [`LayerLink`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LayerLinkProps {
    /// Number of the layer.
    pub layer: u32,
}

/// The chip of a layer as a link to the layer's changes.
#[component]
pub(crate) fn LayerLink(props: &LayerLinkProps) -> Html {
    let number = props.layer.to_string();
    let name = fill(use_shell().text.image.go_layer, &[&number]);
    html! {
        <button type="button" class={classes!(class(props.layer), "chip--link")} data-layer={number.clone()} aria-label={name}>
            { number }
        </button>
    }
}
