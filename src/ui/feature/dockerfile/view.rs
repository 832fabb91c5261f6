//! The Dockerfile beside the history: each instruction with its layer, its size, and what the history does not hold.

use yew::prelude::*;

use crate::protocol::{Dockerfile, DockerfileGap, DockerfileStep};
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::feature::analysis::view::{Pending, analysis};
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::table::{Column, table_box};
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState};
use crate::ui::text::dockerfile::DockerfileWords;
use crate::ui::text::visible::{visible_lines, visible_text};
use crate::ui::text::words::fill;
use crate::ui::text::{Text, format};

/// Draws the Dockerfile of an image.
pub(crate) fn dockerfile(
    text: &'static Text,
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
) -> Html {
    let words = DockerfileWords::of(text.language);
    let pending = Pending::new(text, words.waiting, words.computing);
    analysis(state, act, pending, found)
}

fn found(
    text: &'static Text,
    state: &ImageState,
    _act: &Callback<ImageAction>,
    dockerfile: &Dockerfile,
) -> Html {
    let words = DockerfileWords::of(text.language);
    if dockerfile.steps.is_empty() {
        return html! { <p class="empty">{ text.image.no_history }</p> };
    }
    let base = match &dockerfile.base {
        Some(base) => fill(words.base_told, &[&visible_text(base)]),
        None => words.base_untold.to_owned(),
    };
    let columns = [
        Column::Text(text.image.column_layer),
        Column::Text(words.instruction),
        Column::Figures(words.download),
        Column::Text(words.lacks),
    ];
    let n_base = dockerfile.steps.iter().filter(|step| step.is_base).count();
    let (of_base, own) = dockerfile
        .steps
        .split_at_checked(n_base)
        .unwrap_or_default();
    let from = dockerfile.base.as_deref().unwrap_or("scratch");
    let rows: Html = of_base
        .iter()
        .map(|step| row(text, state, step))
        .chain(std::iter::once(from_row(from)))
        .chain(own.iter().map(|step| row(text, state, step)))
        .collect();
    html! {
        <>
            <p class="faint dockerfile__note">
                { words.rebuilt } { " " } { base } { " " }
                <CopyButton text={text.image} value={dockerfile.text()} what={words.copy_all} />
            </p>
            { table_box(words.dockerfile, "history dockerfile", &columns, rows) }
        </>
    }
}

fn from_row(from: &str) -> Html {
    html! {
        <tr>
            <td />
            <td><code class="break">{ "FROM " }{ visible_text(from) }</code></td>
            <td />
            <td />
        </tr>
    }
}

fn row(text: &'static Text, state: &ImageState, step: &DockerfileStep) -> Html {
    let words = DockerfileWords::of(text.language);
    let layers = &state.image.layers;
    let layer = step.layer.map(|layer| layer.0);
    let size = layer
        .and_then(|layer| layers.iter().find(|row| row.layer == layer))
        .and_then(|row| row.stored_bytes)
        .map(format::size);
    let lacks = step.gap.map(|gap| match gap {
        DockerfileGap::Sources => words.gap_sources,
        DockerfileGap::HereDocument => words.gap_here_document,
        DockerfileGap::Words => words.gap_words,
        DockerfileGap::Command => words.gap_command,
    });
    html! {
        <tr class={classes!(step.is_base.then_some("history__empty"))}>
            <td>
                if let Some(layer) = layer {
                    <LayerLink {layer} />
                }
            </td>
            <td><code class="break dockerfile__text">{ visible_lines(&step.text) }</code></td>
            <td class="end num">{ size.unwrap_or_default() }</td>
            <td class="faint small">
                { step.is_base.then_some(words.of_base) }
                { (step.is_base && lacks.is_some()).then_some(" · ") }
                { lacks }
            </td>
        </tr>
    }
}
