//! A layer whose reading ended at a limit: the limit, the cost of reading on, and a button to do so.

use yew::prelude::*;

use crate::protocol::{Bound, LayerRow, LimitRow};
use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::notice::Notice;
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};

use super::Higher;

/// Draws the reason why reading ended, and the offer to read on.
pub(super) fn stopped(
    text: &'static Image,
    row: &LayerRow,
    limit: LimitRow,
    on_higher: &Callback<Higher>,
) -> Html {
    let layer = row.layer;
    let go_on = match limit.next {
        Some(value) => {
            let on_higher = on_higher.clone();
            let onclick =
                Callback::from(move |_: MouseEvent| on_higher.emit((layer, limit.bound, value)));
            let shown = amount(limit.bound, value);
            let label = fill(text.read_layer_higher, &[&layer.to_string(), &shown]);
            html! {
                <>
                    <p>{ cost(text, limit.bound) }</p>
                    <div>{ Button::new(fill(text.read_higher, &[&shown])).glyph(Glyph::Again).name(label).on_click(onclick).html() }</div>
                </>
            }
        }
        None => html! { <p>{ fill(text.no_higher, &[limit.bound.name()]) }</p> },
    };
    Notice::warn().class("layer__trouble").html(html! {
        <div class="stack">
            <strong>{ why(text, row, &limit) }</strong>
            <p class="small">{ limit_line(text, row, &limit) }</p>
            { go_on }
        </div>
    })
}

/// Returns the words for the quantity that exceeded the limit.
fn why(text: &Image, row: &LayerRow, limit: &LimitRow) -> String {
    let bound = amount(limit.bound, limit.limit);
    let seen = amount(limit.bound, limit.seen);
    match limit.bound {
        Bound::Expansion => {
            let decoded = row.decoded_bytes.map(format::size).unwrap_or_default();
            let stored = row.stored_bytes.map(format::size).unwrap_or_default();
            fill(text.stopped_expansion, &[&decoded, &stored])
        }
        Bound::DecodedBytes => fill(text.stopped_decoded, &[&bound]),
        Bound::Entries => fill(text.stopped_entries, &[&bound]),
        Bound::TextBytes => fill(text.stopped_text, &[&bound]),
        Bound::SparseExtents => fill(text.stopped_extents, &[&bound]),
        Bound::ZstdWindowBytes => fill(text.stopped_window, &[&seen, &bound]),
        Bound::ExtensionBytes => fill(text.stopped_extension, &[&seen, &bound]),
        other => fill(text.stopped_other, &[&bound, other.name()]),
    }
}

/// Returns the limit's name, its value, the value met, and the amount read before.
pub(super) fn limit_line(text: &Image, row: &LayerRow, limit: &LimitRow) -> String {
    let values = [
        limit.bound.name(),
        &amount(limit.bound, limit.limit),
        &amount(limit.bound, limit.seen),
        &format::count(row.n_entries.unwrap_or(0)),
        &format::size(row.decoded_bytes.unwrap_or(0)),
    ];
    fill(text.limit_line, &values)
}

/// Returns the cost of reading on: memory, or only time.
fn cost(text: &Image, bound: Bound) -> &'static str {
    match bound {
        Bound::Expansion | Bound::DecodedBytes | Bound::HoleBytes => text.cost_time,
        _ => text.cost_memory,
    }
}

fn amount(bound: Bound, value: u64) -> String {
    match bound {
        Bound::Expansion => format!("{} : 1", format::count(value)),
        bound if bound.name().ends_with("_bytes") => format::size(value),
        _ => format::count(value),
    }
}
