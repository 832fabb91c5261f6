//! Details of a layer, on request: digests, checks, sizes, the raw command and warnings.

use yew::prelude::*;

use crate::protocol::{Check, Compression, Digest, LayerRow, LayerState};
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::{CopyButton, DigestText};
use crate::ui::state::image::LayerPhase;
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill, warning};
use crate::ui::text::visible::{visible_lines, visible_text};

use super::limit::limit_line;
use super::status::claim_word;

/// Draws the details of a layer.
pub(super) fn details(
    text: &'static Image,
    row: &LayerRow,
    phase: &LayerPhase,
    on_again: &Callback<u32>,
) -> Html {
    let again = {
        let on_again = on_again.clone();
        let layer = row.layer;
        Callback::from(move |_: MouseEvent| on_again.emit(layer))
    };
    // A layer that is being read needs no other reading. For a layer in trouble, the notice has the button.
    let offers_again = phase.is_done() && !phase.is_trouble();
    html! {
        <div class="layer__details">
            { raw_command(text, row) }
            <dl class="facts">
                { for facts(text, row, phase).into_iter().map(|(label, value)| html! { <><dt>{ label }</dt><dd>{ value }</dd></> }) }
            </dl>
            { warnings(text, row) }
            if offers_again {
                { Button::new(text.verify_again).on_click(again).html() }
            }
        </div>
    }
}

fn raw_command(text: &'static Image, row: &LayerRow) -> Html {
    if row.raw_command.is_empty() {
        return Html::default();
    }
    html! {
        <div class="code layer__raw">
            <pre tabindex="0">{ visible_lines(&row.raw_command) }</pre>
            <CopyButton {text} value={row.raw_command.clone()} what={text.command} />
        </div>
    }
}

fn facts(text: &'static Image, row: &LayerRow, phase: &LayerPhase) -> Vec<(&'static str, Html)> {
    let mut facts = Vec::new();
    if let LayerPhase::Stopped(limit) = phase {
        facts.push((text.limit, html! { limit_line(text, row, limit) }));
    }
    let mut digest = |label: &'static str, value: Option<&Digest>| {
        if let Some(value) = value {
            facts.push((
                label,
                html! { <DigestText {text} digest={value.to_string()} what={label} /> },
            ));
        }
    };
    digest(text.digest, row.digest.as_ref());
    digest(text.diff_id, row.diff_id.as_ref().map(|id| &id.0));
    digest(text.chain_id, row.chain_id.as_ref().map(|id| &id.0));
    if let Some(bytes) = row.decoded_bytes {
        facts.push((
            text.decoded_size,
            html! { <span class="num">{ format::size(bytes) }</span> },
        ));
    }
    if let Some(compression) = &row.compression {
        let word = match compression {
            Compression::None => text.uncompressed,
            compressed => compressed.word(),
        };
        facts.push((text.compression, html! { word }));
    }
    let media_type = row.media_type.clone().filter(|t| !t.is_empty());
    if let Some(media_type) = media_type {
        facts.push((
            text.media_type,
            html! { <bdi class="mono break">{ visible_text(media_type.as_str()) }</bdi> },
        ));
    }
    if let Some(created) = &row.created {
        facts.push((
            text.created,
            html! { <span class="num">{ format::rfc3339(created) }</span> },
        ));
    }
    for (label, value) in [(text.author, &row.author), (text.message, &row.comment)] {
        if !value.is_empty() {
            facts.push((
                label,
                html! { <bdi class="break">{ visible_text(value) }</bdi> },
            ));
        }
    }
    if let LayerState::Read { verdict, .. } = &row.state {
        let words: Vec<String> = verdict
            .checks()
            .into_iter()
            .map(|(claim, check)| {
                let outcome = match check {
                    Check::Ok => text.check_ok,
                    Check::Mismatch { .. } => text.check_mismatch,
                    Check::Known => text.check_known,
                    Check::Absent => text.check_absent,
                };
                format!("{}: {outcome}", claim_word(text, claim))
            })
            .collect();
        facts.push((text.checks, html! { words.join(" · ") }));
    }
    facts
}

fn warnings(text: &'static Image, row: &LayerRow) -> Html {
    if row.warnings.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ text.warnings }</h3>
            <ul class="warnings">
                { for row.warnings.iter().map(|row| html! { <li class="break">{ warning(text, row) }</li> }) }
                if row.n_more_warnings > 0 {
                    <li class="muted">{ fill(text.more_warnings, &[&format::count(row.n_more_warnings)]) }</li>
                }
            </ul>
        </>
    }
}
