//! A version of a path that was found, with the matching letters marked.

use yew::prelude::*;

use super::layer_chip::layer_chip;
use crate::protocol::{EntryKind, MatchRow};
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::state::image::visible_text;
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};

/// Draws a hit: its kind, its path, what became of it, its size and its layer.
pub(crate) fn hit_line(text: &'static Image, hit: &MatchRow) -> Html {
    let deleted = hit.deleted_by.map(|layer| (text.find_deleted, layer));
    let overwritten = hit
        .overwritten_by
        .map(|layer| (text.find_overwritten, layer));
    html! {
        <>
            { glyph(Glyph::of_kind(hit.kind, false)) }
            { marked_path(hit) }
            if let Some((words, layer)) = deleted.or(overwritten) {
                <span class="badge badge--warn">{ fill(words, &[&layer.to_string()]) }</span>
            }
            if hit.kind == EntryKind::File {
                <span class="num faint">{ format::size(hit.size_bytes) }</span>
            }
            { layer_chip(hit.layer) }
        </>
    }
}

/// Draws the path of a hit, its directory pale.
fn marked_path(hit: &MatchRow) -> Html {
    let text = hit.path.text.as_str();
    let name_start = text.rfind('/').map_or(0, |at| at + 1);
    // Marks count the bytes of the path, which are those of the text only if nothing in it is escaped.
    let is_exact = hit.path.hex.is_none() && visible_text(text) == text;
    let marks: &[(u32, u32)] = if is_exact { &hit.marks } else { &[] };
    html! {
        <bdi class="find__path">
            <span class="faint">{ "/" }{ for pieces(text, 0, name_start, marks) }</span>
            { for pieces(text, name_start, text.len(), marks) }
        </bdi>
    }
}

/// Draws the bytes of a text from `start` to `end`.
fn pieces(text: &str, start: usize, end: usize, marks: &[(u32, u32)]) -> Vec<Html> {
    let mut drawn = Vec::new();
    let mut at = start;
    let piece = |from: usize, to: usize| visible_text(text.get(from..to).unwrap_or_default());
    for &(from, to) in marks {
        let (from, to) = (from as usize, to as usize);
        let (from, to) = (from.clamp(at, end), to.clamp(at, end));
        if from < to && text.is_char_boundary(from) && text.is_char_boundary(to) {
            drawn.push(html! { <>{ piece(at, from) }<mark>{ piece(from, to) }</mark></> });
            at = to;
        }
    }
    drawn.push(html! { <>{ piece(at, end) }</> });
    drawn
}
