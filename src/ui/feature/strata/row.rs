//! One layer: its command, its size and its state.
//!
//! Its height does not change when reading ends, so that nothing jumps under the pointer.

use yew::prelude::*;

use crate::protocol::{Compression, ImageView, LayerProgress, LayerRow};
use crate::ui::components::layer_chip::layer_chip;
use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::waited::Waited;
use crate::ui::state::Shared;
use crate::ui::state::image::{LayerPhase, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::{Image, entries, fill};

use super::details::details;
use super::limit::stopped;
use super::listed::listed;
use super::status::{Trouble, phase_badge};
use super::{Higher, Stratum, layer_id};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct LayerRowProps {
    pub text: &'static Image,
    pub image: Shared<ImageView>,
    /// Position of the layer in the image's list.
    pub at: usize,
    pub phase: LayerPhase,
    /// Its bytes, once they are known.
    pub stratum: Option<Stratum>,
    /// Compressed bytes of the largest layer, the scale while the content is not known.
    pub largest_bytes: u64,
    pub is_picked: bool,
    /// True if the Tab key comes to it.
    pub is_current: bool,
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
        matches!(
            props.phase,
            LayerPhase::Reading(LayerProgress::Reading { .. })
        )
        .then_some("layer--reading"),
    );
    html! {
        <li {class}>
            <div class="layer__row">
                <button
                    type="button"
                    id={layer_id(props.image.key, layer)}
                    class="layer__pick"
                    data-stratum={number.clone()}
                    aria-pressed={props.is_picked.to_string()}
                    tabindex={if props.is_current { "0" } else { "-1" }}
                    onclick={pick}
                >
                    <span class="sr-only">{ fill(text.pick_layer, &[&number, ""]) }</span>
                    <span class="layer__line">
                        <span aria-hidden="true">{ layer_chip(layer) }</span>
                        <bdi class="layer__command mono ellipsis" title={visible_text(&row.command)}>{ command(text, row) }</bdi>
                        { phase_badge(text, &props.phase, props.image.origin) }
                        { amount(props, row) }
                    </span>
                    if props.is_picked {
                        <span class="layer__line layer__line--second">{ second_line(props, row) }</span>
                    }
                    { bar(props, row) }
                </button>
                { Button::icon(glyph(Glyph::Menu), fill(text.layer_details, &[&number]))
                    .quiet()
                    .class("layer__more")
                    .expanded(props.is_open)
                    .controls(details_id.clone())
                    .skipped(!props.is_current)
                    .on_click(toggle)
                    .html() }
            </div>
            if let LayerPhase::Stopped(limit) = &props.phase {
                { stopped(text, row, *limit, &props.on_higher) }
            } else if let LayerPhase::Listed { asked_bytes, by } = &props.phase {
                { listed(text, row, *asked_bytes, *by, &props.on_again) }
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

/// Draws the bytes received while the layer is read, and then those of its content, or those that it hides.
fn amount(props: &LayerRowProps, row: &LayerRow) -> Html {
    let text = props.text;
    if let LayerPhase::Reading(LayerProgress::Reading {
        stored_bytes,
        total_bytes,
        ..
    }) = &props.phase
    {
        let come = format::size(*stored_bytes);
        let amount = match total_bytes {
            Some(total) => format!("{come} / {}", format::size(*total)),
            None => come,
        };
        return html! {
            <>
                <Waited mark={amount.clone()} />
                <span class="layer__size num">{ amount }</span>
            </>
        };
    }
    let (shown, title) = match props.stratum {
        Some(Stratum {
            space, hides_bytes, ..
        }) if space.stored_bytes == 0 && hides_bytes > 0 => {
            let hidden = format::size(hides_bytes);
            (format!("−{hidden}"), fill(text.layer_hides, &[&hidden]))
        }
        Some(Stratum { space, .. }) => {
            let (content, dead) = (
                format::size(space.stored_bytes),
                format::size(space.dead_bytes),
            );
            (content.clone(), fill(text.layer_bytes, &[&content, &dead]))
        }
        None => match row.stored_bytes.map(format::size) {
            Some(bytes) => (bytes.clone(), fill(text.size_download, &[&bytes])),
            None => return Html::default(),
        },
    };
    html! { <span class="layer__size num" {title}>{ shown }</span> }
}

/// Draws the changes of the layer, its other sizes, its date, and who made it.
fn second_line(props: &LayerRowProps, row: &LayerRow) -> Html {
    let text = props.text;
    let mut parts: Vec<String> = Vec::new();
    if let LayerPhase::Reading(LayerProgress::Reading {
        n_entries,
        bytes_per_second,
        ..
    }) = &props.phase
    {
        parts.push(format::rate(*bytes_per_second));
        parts.push(entries(text, *n_entries));
    } else {
        let dead = props.stratum.map(|stratum| stratum.space.dead_bytes);
        let dead = dead.filter(|dead| *dead > 0).map(format::size);
        parts.extend(dead.map(|dead| fill(text.size_dead, &[&dead])));
        let is_plain = row.compression == Some(Compression::None);
        let download = row.stored_bytes.filter(|_| !is_plain).map(format::size);
        parts.extend(download.map(|bytes| fill(text.size_download, &[&bytes])));
        parts.extend(row.created.as_deref().map(format::day));
        parts.push(visible_text(&row.comment));
        parts.push(visible_text(&row.author));
    }
    parts.retain(|part| !part.is_empty());
    html! {
        <>
            { counts(text, row) }
            <bdi class="ellipsis num">{ parts.join(" · ") }</bdi>
        </>
    }
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

/// Draws the bar below: the progress of reading, and afterwards the live and the dead bytes.
fn bar(props: &LayerRowProps, row: &LayerRow) -> Html {
    let none = || format::bar_width(0, 1);
    let whole = || format::bar_width(1, 1);
    let ([live, dead], class) = match (&props.phase, props.stratum) {
        (
            LayerPhase::Reading(LayerProgress::Reading {
                stored_bytes,
                total_bytes,
                ..
            }),
            _,
        ) => match total_bytes {
            Some(total) => {
                let come = format::bar_width(*stored_bytes, *total);
                ([come, none()], "meter--reading")
            }
            None => ([whole(), none()], "meter--unknown"),
        },
        (LayerPhase::Reading(LayerProgress::Verifying) | LayerPhase::Verifying, _) => {
            ([whole(), none()], "meter--reading")
        }
        (LayerPhase::Waiting, _) => ([none(), none()], ""),
        (
            _,
            Some(Stratum {
                space,
                largest_bytes,
                ..
            }),
        ) => {
            let live = space.stored_bytes.saturating_sub(space.dead_bytes);
            let shares =
                [live, space.dead_bytes].map(|bytes| format::bar_width(bytes, largest_bytes));
            (shares, "meter--stratum")
        }
        _ => {
            let stored = row.stored_bytes.unwrap_or(0);
            let share = format::bar_width(stored, props.largest_bytes);
            ([share, none()], "")
        }
    };
    html! {
        <span class={classes!("meter", "layer__bar", class)} aria-hidden="true">
            <span style={live} /><span class="space__dead" style={dead} />
        </span>
    }
}
