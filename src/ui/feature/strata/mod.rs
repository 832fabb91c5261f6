//! The layers of an image as strata: one above the other, the newest on top, each with its live and dead bytes.
//!
//! Arrow keys walk from layer to layer, and what is shown beside them follows.

mod details;
mod limit;
mod listed;
mod row;
mod status;

use std::collections::BTreeSet;

use yew::prelude::*;

use crate::protocol::{Bound, ImageKey, ImageView, LayerSpace, Strata, TreeView};
use crate::ui::state::Shared;
use crate::ui::state::image::LayerPhase;
use crate::ui::text::image::Image;
use crate::web::dom;

use row::LayerRowView;

/// A request to read on with a higher limit: the layer, the limit and its new value.
pub(crate) type Higher = (u32, Bound, u64);

/// The wish of a key in the list of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LayerKey {
    /// Shows this layer.
    Walk(u32),
    /// Goes into the files of this layer.
    Enter(u32),
    /// Goes back to all layers.
    Leave,
}

/// The bytes of one layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Stratum {
    space: LayerSpace,
    hides_bytes: u64,
    /// Bytes of content of the largest layer, which is the scale of all bars.
    largest_bytes: u64,
}

/// Properties of [`LayerList`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LayerListProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// The image with its layers.
    pub image: Shared<ImageView>,
    /// State of each layer, base first.
    pub phases: Vec<LayerPhase>,
    /// Bytes of the layers, once they are known.
    pub strata: Option<Strata>,
    /// Layer that the view of the tree names, or would name.
    pub picked: Option<u32>,
    /// View of the tree.
    pub view: TreeView,
    /// Picks a layer.
    pub on_pick: Callback<u32>,
    /// Receives what keys ask for.
    pub on_key: Callback<LayerKey>,
    /// Reads a layer again.
    pub on_again: Callback<u32>,
    /// Reads on in a layer with a higher limit.
    pub on_higher: Callback<Higher>,
}

/// Returns the DOM id of a layer's button.
pub(crate) fn layer_id(image: ImageKey, layer: u32) -> String {
    format!("stratum-{}-{layer}", image.0)
}

/// The image's layers.
#[component]
pub(crate) fn LayerList(props: &LayerListProps) -> Html {
    let text = props.text;
    let open = use_state_eq(BTreeSet::<u32>::new);
    // The layer that had the focus last: the keys go on from there, whatever is picked.
    let focused = use_state_eq(|| None::<u32>);
    let image = &props.image;
    let Some(top) = image.layers.last().map(|row| row.layer) else {
        return html! { <p class="empty">{ text.no_layers }</p> };
    };
    let is_its = |layer: &u32| *layer <= top;
    let last = *focused;
    let current = props.picked.or(last).filter(is_its).unwrap_or(top);
    let largest = image.layers.iter().filter_map(|row| row.stored_bytes).max();
    let waiting = LayerPhase::Waiting;
    let on_open = {
        let open = open.clone();
        Callback::from(move |layer: u32| {
            let mut next = (*open).clone();
            if !next.remove(&layer) {
                next.insert(layer);
            }
            open.set(next);
        })
    };
    let lines = image.layers.iter().enumerate().rev().map(|(at, row)| {
        let layer = row.layer;
        html! {
            <LayerRowView
                key={format!("layer-{layer}")}
                {text}
                image={image.clone()}
                {at}
                phase={props.phases.get(at).unwrap_or(&waiting).clone()}
                stratum={stratum(props.strata.as_ref(), at)}
                largest_bytes={largest.unwrap_or(0)}
                is_picked={props.picked == Some(layer)}
                is_current={layer == current}
                is_shown={in_view(props.view, layer)}
                is_open={open.contains(&layer)}
                on_open={on_open.clone()}
                on_pick={props.on_pick.clone()}
                on_again={props.on_again.clone()}
                on_higher={props.on_higher.clone()}
            />
        }
    });
    let onkeydown = {
        let (key, on_key) = (image.key, props.on_key.clone());
        Callback::from(move |event: KeyboardEvent| {
            if !dom::target_is(&event, ".layer__pick") {
                return;
            }
            let at = layer_of(&event).filter(|layer| *layer <= top);
            if let Some(wanted) = wanted(&event, at.unwrap_or(current), top) {
                event.prevent_default();
                on_key.emit(wanted);
                if let LayerKey::Walk(layer) = wanted {
                    dom::focus_id(&layer_id(key, layer));
                }
            }
        })
    };
    let onfocusin = {
        let focused = focused.setter();
        Callback::from(move |event: FocusEvent| {
            if let Some(layer) = layer_of(&event) {
                focused.set(Some(layer));
            }
        })
    };
    html! {
        <ol class="layers" aria-label={text.layers} {onkeydown} {onfocusin}>{ for lines }</ol>
    }
}

/// Returns the layer whose button an event is about.
fn layer_of(event: &impl TargetCast) -> Option<u32> {
    dom::attribute_above(event, "data-stratum")?.parse().ok()
}

/// Returns what a key asks for. The newest layer is on top, so up is the next one.
fn wanted(event: &KeyboardEvent, current: u32, top: u32) -> Option<LayerKey> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key() {
        return None;
    }
    Some(match event.key().as_str() {
        "ArrowUp" => LayerKey::Walk(current.saturating_add(1).min(top)),
        "ArrowDown" => LayerKey::Walk(current.saturating_sub(1)),
        "Home" => LayerKey::Walk(top),
        "End" => LayerKey::Walk(0),
        "ArrowRight" | "Enter" => LayerKey::Enter(current),
        "Escape" => LayerKey::Leave,
        _ => return None,
    })
}

fn stratum(strata: Option<&Strata>, at: usize) -> Option<Stratum> {
    let strata = strata?;
    let largest = strata.layers.iter().map(|layer| layer.stored_bytes).max();
    Some(Stratum {
        space: *strata.layers.get(at)?,
        hides_bytes: strata.hides_bytes.get(at).copied().unwrap_or(0),
        largest_bytes: largest.unwrap_or(0),
    })
}

/// True if a layer's files are part of the view.
fn in_view(view: TreeView, layer: u32) -> bool {
    match view {
        TreeView::Union => true,
        TreeView::UpTo(top) => layer <= top,
        TreeView::Layer(only) => layer == only,
    }
}
