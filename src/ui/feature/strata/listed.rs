//! A layer known only from its table of contents or its headers: an explanation, and a button to read and verify the layer.

use yew::prelude::*;

use crate::protocol::{LayerRow, ListedBy};
use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::notice::Notice;
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};

/// Draws what is unverified, how much was not downloaded, and a button that changes both.
pub(super) fn listed(
    text: &'static Image,
    row: &LayerRow,
    asked_bytes: u64,
    by: ListedBy,
    on_again: &Callback<u32>,
) -> Html {
    let layer = row.layer;
    let stored_bytes = row.stored_bytes.unwrap_or(0);
    let left = format::size(stored_bytes.saturating_sub(asked_bytes));
    let amount = fill(text.listed_amount, &[&left, &format::size(stored_bytes)]);
    let (why, claim) = match by {
        ListedBy::Table {
            is_claimed: true, ..
        } => (text.listed_why, text.listed_claimed),
        ListedBy::Table { .. } => (text.listed_why, text.listed_unclaimed),
        ListedBy::Headers => (text.listed_headers, ""),
    };
    let on_again = on_again.clone();
    let onclick = Callback::from(move |_: MouseEvent| on_again.emit(layer));
    let label = fill(text.read_and_verify_layer, &[&layer.to_string()]);
    Notice::warn().class("layer__trouble").html(html! {
        <div class="stack">
            <strong>{ why }</strong>
            <p class="small">{ amount }{ " " }{ claim }</p>
            <div>{ Button::new(text.read_and_verify).glyph(Glyph::Check).name(label).on_click(onclick).html() }</div>
        </div>
    })
}
