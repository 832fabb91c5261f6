//! The sizes of an image, as one bar: what is visible, what is dead, and how little of both is downloaded.

use yew::prelude::*;

use super::view::Drawing;
use crate::protocol::Strata;
use crate::ui::state::image::download_bytes;
use crate::ui::text::format;

/// Draws the sizes. Their place is kept while they are not known.
pub(super) fn bytes(drawing: &Drawing<'_>) -> Html {
    let words = drawing.words;
    let strata = drawing
        .answer
        .and_then(|answer| answer.strata.as_ref().ok());
    let download = download_bytes(&drawing.state.image);
    let content = strata.map(|strata| strata.content_bytes);
    let visible = strata.map(Strata::visible_bytes);
    let largest = content.max(download).unwrap_or(0);
    let bar = |class: &'static str, bytes: Option<u64>| {
        html! { <span {class} style={format::bar_width(bytes.unwrap_or(0), largest)} /> }
    };
    let figures = [
        (
            "sizes__key--visible",
            words.visible,
            visible,
            words.visible_why,
        ),
        (
            "sizes__key--dead",
            words.dead,
            strata.map(|strata| strata.dead_bytes),
            words.dead_why,
        ),
        ("", words.content, content, words.content_why),
        (
            "sizes__key--download",
            words.download,
            download,
            words.download_why,
        ),
    ];
    let figure = |(class, name, bytes, why): (
        &'static str,
        &'static str,
        Option<u64>,
        &'static str,
    )| {
        let value = bytes.map_or_else(|| "–".to_owned(), format::size);
        html! {
            <div title={why}>
                <dt><span class={classes!("sizes__key", class)} aria-hidden="true" />{ name }</dt>
                <dd class="num">{ value }</dd>
                <dd class="sizes__why">{ why }</dd>
            </div>
        }
    };
    html! {
        <section class="sizes" aria-label={words.sizes}>
            <div class="sizes__bar" aria-hidden="true">
                { bar("sizes__visible", visible) }
                { bar("sizes__dead", strata.map(|strata| strata.dead_bytes)) }
            </div>
            <div class="sizes__bar sizes__bar--thin" aria-hidden="true">{ bar("sizes__download", download) }</div>
            <dl>{ for figures.into_iter().map(figure) }</dl>
        </section>
    }
}
