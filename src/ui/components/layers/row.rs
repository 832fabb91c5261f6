//! One layer: its command, its size and its state.
//!
//! Its height does not change when reading ends, so that nothing jumps under the pointer.

use yew::prelude::*;

use crate::protocol::{ImageView, LayerProgress, LayerRow};
use crate::ui::components::layer_chip::layer_chip;
use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::waited::Waited;
use crate::ui::state::Shared;
use crate::ui::state::image::{LayerPhase, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::{Image, entries, fill};

use super::Higher;
use super::details::details;
use super::limit::stopped;
use super::listed::listed;
use super::status::{Trouble, phase_badge};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct LayerRowProps {
    pub text: &'static Image,
    pub image: Shared<ImageView>,
    /// Position of the layer in the image's list.
    pub at: usize,
    pub phase: LayerPhase,
    pub largest_bytes: u64,
    pub is_picked: bool,
    pub is_shown: bool,
    pub is_open: bool,
    pub on_open: Callback<u32>,
    pub on_pick: Callback<u32>,
    pub on_again: Callback<u32>,
    pub on_higher: Callback<Higher>,
}

/// One layer.
#[component]
pub(super) fn LayerRowView(props: &LayerRowProps) -> Html {
    let text = props.text;
    let Some(row) = props.image.layers.get(props.at) else {
        return Html::default();
    };
    let layer = row.layer;
    let pick = {
        let on_pick = props.on_pick.clone();
        Callback::from(move |_: MouseEvent| on_pick.emit(layer))
    };
    let toggle = {
        let on_open = props.on_open.clone();
        Callback::from(move |_: MouseEvent| on_open.emit(layer))
    };
    let number = layer.to_string();
    let details_id = format!("layer-{}-{layer}", props.image.key.0);
    let class = classes!(
        "layer",
        props.is_picked.then_some("layer--picked"),
        (!props.is_shown).then_some("layer--below"),
        props.phase.is_trouble().then_some("layer--trouble"),
    );
    html! {
        <li {class}>
            <div class="layer__row">
                <button
                    type="button"
                    class="layer__pick"
                    aria-pressed={props.is_picked.to_string()}
                    aria-label={fill(text.pick_layer, &[&number, &command(text, row)])}
                    onclick={pick}
                >
                    <span class="layer__line">
                        { layer_chip(layer) }
                        <bdi class="layer__command mono ellipsis" title={visible_text(&row.command)}>{ command(text, row) }</bdi>
                        <span class="layer__size num">{ size(row) }</span>
                    </span>
                    <span class="layer__line layer__line--second">{ second_line(props, row) }</span>
                    <span class="layer__line layer__line--third">{ third_line(text, props, row) }</span>
                    { bar(props, row) }
                </button>
                { Button::icon(glyph(Glyph::Menu), fill(text.layer_details, &[&number]))
                    .quiet()
                    .class("layer__more")
                    .expanded(props.is_open)
                    .controls(details_id.clone())
                    .on_click(toggle)
                    .html() }
            </div>
            if let LayerPhase::Stopped(limit) = &props.phase {
                { stopped(text, row, *limit, &props.on_higher) }
            } else if let LayerPhase::Listed { asked_bytes, is_claimed } = &props.phase {
                { listed(text, row, *asked_bytes, *is_claimed, &props.on_again) }
            } else {
                <Trouble {text} {layer} phase={props.phase.clone()} on_again={props.on_again.clone()} />
            }
            <div id={details_id} hidden={!props.is_open}>
                if props.is_open {
                    { details(text, row, &props.phase, &props.on_again) }
                }
            </div>
        </li>
    }
}

fn command(text: &Image, row: &LayerRow) -> String {
    if row.command.is_empty() {
        text.no_command.to_owned()
    } else {
        visible_text(&row.command)
    }
}

fn size(row: &LayerRow) -> String {
    row.stored_bytes.map(format::size).unwrap_or_default()
}

/// Draws the state of the layer, and the bytes received or the counts of changes.
fn second_line(props: &LayerRowProps, row: &LayerRow) -> Html {
    let text = props.text;
    let amount = match &props.phase {
        LayerPhase::Reading(LayerProgress::Reading {
            stored_bytes,
            total_bytes,
            ..
        }) => {
            let come = format::size(*stored_bytes);
            let amount = match total_bytes {
                Some(total) => format!("{come} / {}", format::size(*total)),
                None => come,
            };
            html! { <span class="num"><Waited mark={amount.clone()} />{ " " }{ amount }</span> }
        }
        _ => counts(text, row),
    };
    html! {
        <>
            { phase_badge(text, &props.phase, props.image.origin) }
            <span class="spacer" />
            { amount }
        </>
    }
}

/// Draws the rate while the layer is read; afterwards its creation date, comment and author. The number of entries
/// is in both, once it is known.
fn third_line(text: &Image, props: &LayerRowProps, row: &LayerRow) -> Html {
    let mut parts: Vec<String> = Vec::new();
    let mut n_entries = row.n_entries;
    if let LayerPhase::Reading(LayerProgress::Reading {
        n_entries: n,
        bytes_per_second,
        ..
    }) = &props.phase
    {
        n_entries = Some(*n);
        parts.push(format::rate(*bytes_per_second));
    }
    if let Some(n) = n_entries {
        parts.push(entries(text, n));
    }
    if !matches!(props.phase, LayerPhase::Reading(_)) {
        parts.extend(row.created.as_deref().map(format::day));
        parts.push(visible_text(&row.comment));
        parts.push(visible_text(&row.author));
    }
    parts.retain(|part| !part.is_empty());
    html! { <bdi class="ellipsis num">{ parts.join(" · ") }</bdi> }
}

fn counts(text: &Image, row: &LayerRow) -> Html {
    let (Some(added), Some(changed), Some(deleted)) = (row.n_added, row.n_changed, row.n_deleted)
    else {
        return Html::default();
    };
    let label = fill(
        text.change_counts,
        &[
            &format::count(added),
            &format::count(changed),
            &format::count(deleted),
        ],
    );
    html! {
        <span class="counts num" title={label.clone()}>
            <span class="sr-only">{ label }</span>
            <span aria-hidden="true" class={classes!((added > 0).then_some("counts__added"))}>{ format!("+{}", format::count(added)) }</span>
            <span aria-hidden="true" class={classes!((changed > 0).then_some("counts__changed"))}>{ format!("~{}", format::count(changed)) }</span>
            <span aria-hidden="true" class={classes!((deleted > 0).then_some("counts__deleted"))}>{ format!("−{}", format::count(deleted)) }</span>
        </span>
    }
}

/// Draws the bar below: the progress of reading, and afterwards the layer's share of the largest one.
fn bar(props: &LayerRowProps, row: &LayerRow) -> Html {
    let (percent, class) = match &props.phase {
        LayerPhase::Reading(LayerProgress::Reading {
            stored_bytes,
            total_bytes,
            ..
        }) => match total_bytes {
            Some(total) => (format::percent(*stored_bytes, *total), "meter--reading"),
            None => (100, "meter--unknown"),
        },
        LayerPhase::Reading(LayerProgress::Verifying) | LayerPhase::Verifying => {
            (100, "meter--reading")
        }
        LayerPhase::Waiting => (0, "meter--waiting"),
        _ => {
            let share = format::percent(row.stored_bytes.unwrap_or(0), props.largest_bytes);
            (share.max(1), "meter--share")
        }
    };
    html! {
        <span class={classes!("meter", class)} aria-hidden="true">
            <span style={format!("width:{percent}%")} />
        </span>
    }
}
