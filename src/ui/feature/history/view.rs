//! The History tab: the history in the image's config, oldest first, or the Dockerfile that it tells.

use yew::prelude::*;

use crate::protocol::{HistoryRow, ImageView};
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::feature::dockerfile::view::dockerfile;
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::segmented::{Choice, segmented};
use crate::ui::kit::table::{Column, table_box};
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState, age};
use crate::ui::text::dockerfile::DockerfileWords;
use crate::ui::text::format;
use crate::ui::text::image::Image;
use crate::ui::text::visible::{visible_lines, visible_text};
use crate::web::global;

use crate::ui::feature::overview::identity::age_words;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct HistoryProps {
    pub state: Shared<ImageState>,
    pub act: Callback<ImageAction>,
}

/// The history as a table, or as a Dockerfile.
#[component]
pub(crate) fn History(props: &HistoryProps) -> Html {
    let shell = use_shell();
    let (text, image) = (shell.text.image, &props.state.image);
    let raw = use_state_eq(|| false);
    let is_dockerfile = use_state_eq(|| false);
    if image.history.is_empty() {
        return html! { <p class="empty">{ text.no_history }</p> };
    }
    let toggle = {
        let raw = raw.clone();
        Callback::from(move |_: MouseEvent| raw.set(!*raw))
    };
    let words = DockerfileWords::of(shell.text.language);
    let choices = [(words.steps, false), (words.dockerfile, true)].map(|(label, shown)| {
        let is_dockerfile = is_dockerfile.clone();
        let is_on = *is_dockerfile == shown;
        Choice::new(
            label,
            is_on,
            Callback::from(move |_| is_dockerfile.set(shown)),
        )
    });
    let rows = image.history.iter().map(|row| line(text, image, row, *raw));
    let columns = [
        Column::Text(text.column_layer),
        Column::Text(text.created),
        Column::Text(text.command),
        Column::Figures(text.column_size),
        Column::Text(text.author_and_message),
    ];
    html! {
        <div class="sheet">
            <div class="row">
                <h2>{ text.tab_history }</h2>
                { segmented("", Some(words.shown), choices) }
                <span class="spacer" />
                if !*is_dockerfile {
                    { Button::new(text.raw_commands).pressed(*raw).on_click(toggle).html() }
                }
            </div>
            if *is_dockerfile {
                { dockerfile(shell.text, &props.state, &props.act) }
            } else {
                { table_box(text.tab_history, "history", &columns, rows.collect()) }
            }
        </div>
    }
}

fn line(text: &'static Image, image: &ImageView, row: &HistoryRow, is_raw: bool) -> Html {
    let command = if is_raw {
        &row.raw_command
    } else {
        &row.command
    };
    let size = row
        .layer
        .and_then(|layer| image.layers.iter().find(|l| l.layer == layer))
        .and_then(|layer| layer.stored_bytes)
        .map(format::size);
    let created = row.created.as_deref().unwrap_or_default();
    let relative = age(created, global::now_seconds()).map(|age| age_words(text, age));
    let made_by: Vec<Html> = [&row.author, &row.comment]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| html! { <p class="break"><bdi>{ visible_text(part) }</bdi></p> })
        .collect();
    html! {
        <tr class={classes!(row.empty_layer.then_some("history__empty"))}>
            <td>
                { match row.layer {
                    Some(layer) => html! { <LayerLink {layer} /> },
                    None => html! { <span class="faint small">{ text.no_layer }</span> },
                } }
            </td>
            <td class="num" title={relative}>{ format::rfc3339(created) }</td>
            <td>
                <div class="history__command">
                    <code class="break">{ visible_lines(command) }</code>
                    if !row.raw_command.is_empty() {
                        <CopyButton {text} value={row.raw_command.clone()} what={text.command} />
                    }
                </div>
            </td>
            <td class="end num">{ size.unwrap_or_default() }</td>
            <td>{ for made_by }</td>
        </tr>
    }
}
