//! The identity of an image: names, digests, date and author.

use yew::prelude::*;

use crate::protocol::ImageView;
use crate::ui::kit::copy::DigestText;
use crate::ui::state::image::{Age, age, download_bytes, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::web::global;

/// Draws what identifies an image.
pub(super) fn identity(text: &'static Image, image: &ImageView) -> Html {
    let facts = facts(text, image).into_iter();
    html! {
        <section class="overview__about" aria-label={text.about_image}>
            <h2>{ text.about_image }</h2>
            <dl class="facts">
                { for facts.map(|(label, value)| html! { <><dt>{ label }</dt><dd>{ value }</dd></> }) }
            </dl>
        </section>
    }
}

fn facts(text: &'static Image, image: &ImageView) -> Vec<(&'static str, Html)> {
    let mut facts = Vec::new();
    let others: Vec<&String> = image.names.iter().filter(|n| **n != image.title).collect();
    if !others.is_empty() {
        let names = others
            .iter()
            .map(|name| html! { <li class="break"><bdi>{ visible_text(name) }</bdi></li> });
        facts.push((text.names, html! { <ul>{ for names }</ul> }));
    }
    let file = image
        .file_name
        .as_ref()
        .filter(|name| **name != image.title);
    if let Some(file) = file {
        facts.push((
            text.file,
            html! { <bdi class="break">{ visible_text(file) }</bdi> },
        ));
    }
    for (label, digest) in [
        (text.image_id, &image.image_id),
        (text.manifest_digest, &image.manifest_digest),
        (text.index_digest, &image.index_digest),
    ] {
        if let Some(digest) = digest {
            facts.push((
                label,
                html! { <DigestText {text} digest={digest.to_string()} what={label} /> },
            ));
        }
    }
    if let Some(created) = &image.created {
        facts.push((text.created, date(text, created)));
    }
    for (label, value) in [(text.author, &image.author), (text.message, &image.comment)] {
        if !value.is_empty() {
            facts.push((
                label,
                html! { <bdi class="break">{ visible_text(value) }</bdi> },
            ));
        }
    }
    if download_bytes(image).is_none()
        && let Some(stored) = image.stored_bytes
    {
        let words = fill(text.size_plain, &[&format::size(stored)]);
        facts.push((text.column_size, html! { { words } }));
    }
    let n_layers = format::count(image.layers.len() as u64);
    facts.push((text.layers, html! { <span class="num">{ n_layers }</span> }));
    if image.n_entries > 0 {
        let n = format::count(image.n_entries);
        facts.push((text.entries, html! { <span class="num">{ n }</span> }));
    }
    facts
}

fn date(text: &Image, created: &str) -> Html {
    let relative = age(created, global::now_seconds()).map(|age| age_words(text, age));
    html! {
        <span class="num">
            { format::rfc3339(created) }
            if let Some(relative) = relative { <span class="faint">{ format!(" · {relative}") }</span> }
        </span>
    }
}

/// Returns an age in words.
pub(crate) fn age_words(text: &Image, age: Age) -> String {
    let ago = |words, n: i64| fill(words, &[&n.to_string()]);
    match age {
        Age::Now => text.age_now.to_owned(),
        Age::Ahead => text.age_ahead.to_owned(),
        Age::Minutes(n) => ago(text.age_minutes, n),
        Age::Hours(n) => ago(text.age_hours, n),
        Age::Days(n) => ago(text.age_days, n),
        Age::Months(n) => ago(text.age_months, n),
        Age::Years(n) => ago(text.age_years, n),
    }
}
