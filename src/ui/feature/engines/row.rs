//! One image or container of an engine: its names, its facts, and its way here.

use yew::prelude::*;

use super::drawing::Drawing;
use super::trouble::trouble;

use crate::protocol::{EngineContainer, EngineImage, LocalEngine};
use crate::ui::feature::overview::identity::age_words;
use crate::ui::kit::button::Button;
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::kit::progress::progress_bar;
use crate::ui::kit::waited::Waited;
use crate::ui::state::image::age_between;
use crate::ui::state::{ExportState, ItemAt};
use crate::ui::text::format::{percent, size, time};
use crate::ui::text::visible::visible_text;
use crate::ui::text::words::fill;

/// Hexadecimal digits of an ID that are shown.
const SHORT_ID: usize = 12;

/// Draws the row of an image.
pub(super) fn image_row(drawing: &Drawing<'_>, engine: &LocalEngine, image: &EngineImage) -> Html {
    let row = Row {
        at: ItemAt::image(engine, image),
        icon: Icon::Image,
        name: name(drawing, image),
        facts: facts(drawing, image),
        size_bytes: image.size_bytes,
    };
    row.html(drawing, engine)
}

/// Draws the row of a container.
pub(super) fn container_row(
    drawing: &Drawing<'_>,
    engine: &LocalEngine,
    container: &EngineContainer,
) -> Html {
    let words = drawing.words;
    let name = visible_text(&container.name);
    let state = match container.is_running {
        true => words.running,
        false => words.ended,
    };
    let image = (!container.image.is_empty()).then(|| {
        html! { <bdi class="mono">{ visible_text(&container.image) }</bdi> }
    });
    let facts = [
        Some(html! { { state } }),
        image,
        age(drawing, container.created_seconds),
    ];
    let title = fill(words.container_title, &[&container.name]);
    let row = Row {
        at: ItemAt::container(engine, container, title),
        icon: Icon::Container,
        name: html! { <bdi class="mono ellipsis">{ name }</bdi> },
        facts: facts_line(facts),
        size_bytes: None,
    };
    row.html(drawing, engine)
}

/// The row of an image or a container.
struct Row {
    at: ItemAt,
    icon: Icon,
    name: Html,
    facts: Html,
    /// The length of its export in bytes, as far as the engine tells.
    size_bytes: Option<u64>,
}

impl Row {
    fn html(self, drawing: &Drawing<'_>, engine: &LocalEngine) -> Html {
        let at = self.at;
        let state = drawing.engines.export(&at);
        let is_on_its_way = matches!(state, Some(ExportState::Waits | ExportState::Comes(_)));
        let onclick = {
            let at = at.clone();
            drawing.on_open.reform(move |_: MouseEvent| at.clone())
        };
        let below = match state {
            None => Html::default(),
            Some(ExportState::Waits) => {
                on_its_way(drawing, &at, drawing.words.waits.to_owned(), None)
            }
            Some(ExportState::Comes(n_bytes)) => coming(drawing, &at, *n_bytes, self.size_bytes),
            Some(ExportState::Failed(why)) => html! {
                <div class="engines__way" role="alert">{ trouble(drawing.shell, engine.kind, why) }</div>
            },
        };
        html! {
            <li key={at.item.name().to_owned()}>
                <button type="button" class="list__link list__link--button engines__image" disabled={is_on_its_way} {onclick}>
                    { icon(self.icon) }
                    <span class="engines__text">
                        { self.name }
                        { self.facts }
                    </span>
                </button>
                { below }
            </li>
        }
    }
}

fn name(drawing: &Drawing<'_>, image: &EngineImage) -> Html {
    let digits = image.id.strip_prefix("sha256:").unwrap_or(&image.id);
    match image.names.first() {
        Some(name) => html! { <bdi class="mono ellipsis">{ visible_text(name) }</bdi> },
        None => html! {
            <span class="mono ellipsis">
                { visible_text(digits.get(..SHORT_ID).unwrap_or(digits)) }
                <span class="faint">{ format!(" ({})", drawing.words.unnamed) }</span>
            </span>
        },
    }
}

/// Draws size, age and further names, as far as the engine tells them.
fn facts(drawing: &Drawing<'_>, image: &EngineImage) -> Html {
    let others = image.names.iter().skip(1).map(|name| visible_text(name));
    let others: Vec<String> = others.collect();
    let also = |also: String| html! { <bdi>{ also }</bdi> };
    let facts = [
        image.size_bytes.map(|n| html! { { size(n) } }),
        age(drawing, image.created_seconds),
        (!others.is_empty()).then(|| also(fill(drawing.words.also, &[&others.join(", ")]))),
        (image.n_names_left_out > 0).then(|| {
            let n = image.n_names_left_out.to_string();
            html! { { fill(drawing.words.more_names, &[&n]) } }
        }),
    ];
    facts_line(facts)
}

/// Draws facts in one line.
fn facts_line<const N: usize>(facts: [Option<Html>; N]) -> Html {
    let facts = facts.into_iter().flatten().enumerate();
    html! {
        <span class="faint small ellipsis num">
            { for facts.map(|(at, fact)| html! { <>if at > 0 { { " · " } }{ fact }</> }) }
        </span>
    }
}

/// Draws the age of an image; nothing where the engine does not know it and tells the year 1970.
fn age(drawing: &Drawing<'_>, created_seconds: i64) -> Option<Html> {
    let age = age_between(created_seconds, drawing.now_seconds);
    let words = || age_words(drawing.shell.text.image, age);
    (created_seconds > 0).then(|| html! { <span title={time(created_seconds)}>{ words() }</span> })
}

fn coming(drawing: &Drawing<'_>, at: &ItemAt, n_bytes: u64, size_bytes: Option<u64>) -> Html {
    let words = drawing.words;
    let whole = size_bytes.filter(|size_bytes| *size_bytes > 0 && n_bytes > 0);
    let part = whole.map(|size_bytes| percent(n_bytes, size_bytes));
    let line = match whole {
        _ if n_bytes == 0 => words.starting.to_owned(),
        None => size(n_bytes),
        Some(size_bytes) => fill(words.coming, &[&size(n_bytes), &size(size_bytes)]),
    };
    on_its_way(drawing, at, line, part)
}

fn on_its_way(drawing: &Drawing<'_>, at: &ItemAt, line: String, part: Option<u8>) -> Html {
    let words = drawing.words;
    let cancel = {
        let at = at.clone();
        drawing.on_cancel.reform(move |_: MouseEvent| at.clone())
    };
    html! {
        <div class="engines__way stack">
            { progress_bar(words.starting, part) }
            <div class="row">
                <p class="small muted num">{ &line }{ " " }<Waited mark={line.clone()} /></p>
                <span class="spacer" />
                { Button::new(words.cancel).on_click(cancel).html() }
            </div>
        </div>
    }
}
