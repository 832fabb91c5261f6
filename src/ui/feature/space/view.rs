//! The Space tab: key figures, a bar for each layer, dead bytes and repeated bytes.
//!
//! These are functions, not components: they are drawn with the page, and only while their tab is shown.

use yew::prelude::*;

use crate::protocol::{
    DeadHow, DeadRow, ImagePath, ImageView, LayerState, Name, RepeatedRow, RowsLeftOut,
    SpaceAnswer, SpaceGap, SpaceLayer, SpaceView, TreeView,
};
use crate::ui::components::layer_chip::layer_chip;
use crate::ui::components::problem_line::ProblemLine;
use crate::ui::components::tree_link::TreeLinks;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::state::image::{ImageAction, ImageState, Loadable, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};

/// Context for drawing the parts.
struct Drawing<'a> {
    text: &'static Image,
    image: &'a ImageView,
    links: TreeLinks<'a>,
}

/// Draws the Space tab.
pub(crate) fn space(text: &'static Image, state: &ImageState, act: &Callback<ImageAction>) -> Html {
    if !state.has_tree() {
        return html! { <p class="empty">{ text.space_no_tree }</p> };
    }
    let drawing = Drawing {
        text,
        image: &state.image,
        links: TreeLinks {
            platform: state.place().platform,
            act,
        },
    };
    match &state.analyses.space {
        Loadable::Idle => {
            html! { <p class="empty" role="status">{ waiting(text, &state.image) }</p> }
        }
        Loadable::Loading => html! {
            <p class="empty" role="status">{ text.space_computing }</p>
        },
        Loadable::Failed(problem) => {
            let on_retry = act.reform(|()| ImageAction::RetryAnalysis);
            html! { <div class="sheet"><ProblemLine problem={problem.clone()} {on_retry} /></div> }
        }
        Loadable::Ready(answer) => match &**answer {
            SpaceAnswer::Unknown { layer, gap } => {
                let words = match gap {
                    SpaceGap::Waiting => text.space_gap_waiting,
                    SpaceGap::Listed => text.space_gap_listed,
                    SpaceGap::Failed => text.space_gap_failed,
                    SpaceGap::Incomplete => text.space_gap_incomplete,
                };
                html! {
                    <div class="sheet">
                        <div class="notice notice--warn" role="status">
                            { glyph(Glyph::Alert) }
                            <p>{ fill(words, &[&layer.to_string()]) }</p>
                        </div>
                    </div>
                }
            }
            SpaceAnswer::Known(space) => html! {
                <div class="sheet space">
                    { figures(text, space) }
                    { layers(&drawing, space) }
                    { dead(&drawing, space) }
                    { repeated(&drawing, space) }
                </div>
            },
        },
    }
}

fn waiting(text: &Image, image: &ImageView) -> String {
    let waits = |state: &LayerState| *state == LayerState::Waiting;
    let n_read = image.layers.iter().filter(|row| !waits(&row.state)).count();
    let count = |n: usize| format::count(n as u64);
    fill(
        text.space_waiting,
        &[&count(n_read), &count(image.layers.len())],
    )
}

fn figures(text: &'static Image, space: &SpaceView) -> Html {
    let percent = format::percent_of_one(space.user_wasted_percent);
    let figures = [
        (
            text.space_stored,
            format::size(space.stored_bytes),
            text.space_stored_why.to_owned(),
        ),
        (
            text.space_live,
            format::size(space.live_bytes),
            text.space_live_why.to_owned(),
        ),
        (
            text.space_dead,
            format::size(space.dead_bytes),
            text.space_dead_why.to_owned(),
        ),
        (
            text.space_score,
            format::percent_of_one(space.score),
            text.space_score_why.to_owned(),
        ),
        (
            text.space_wasted,
            format::size(space.wasted_bytes),
            fill(text.space_wasted_why, &[&percent]),
        ),
    ];
    let figure = |(name, value, why): (&'static str, String, String)| {
        html! {
            <div class="figure">
                <dt>{ name }</dt>
                <dd class="figure__value num">{ value }</dd>
                <dd class="figure__why">{ why }</dd>
            </div>
        }
    };
    html! {
        <>
            <dl class="card figures">{ for figures.into_iter().map(figure) }</dl>
            { container(text, space) }
        </>
    }
}

/// Draws the bytes that the container layer would add, if any. The figures of the image exclude its edits.
fn container(text: &'static Image, space: &SpaceView) -> Html {
    let is_more = |with: &SpaceLayer| {
        (with.stored_bytes, with.dead_bytes) != (space.stored_bytes, space.dead_bytes)
    };
    let Some(with) = space.container.filter(is_more) else {
        return Html::default();
    };
    let (stored, dead) = (
        format::size(with.stored_bytes),
        format::size(with.dead_bytes),
    );
    let words = fill(text.space_container, &[&stored, &dead]);
    html! { <p class="notice" role="note">{ words }</p> }
}

fn layers(drawing: &Drawing<'_>, space: &SpaceView) -> Html {
    let text = drawing.text;
    if space.layers.is_empty() {
        return html! { <p class="empty">{ text.no_layers }</p> };
    }
    let stored = space.layers.iter().map(|layer| layer.stored_bytes);
    let largest = stored.max().unwrap_or(0);
    let rows = drawing.image.layers.iter().zip(&space.layers);
    let line = |(row, space): (&crate::protocol::LayerRow, &crate::protocol::SpaceLayer)| {
        let live = space.stored_bytes - space.dead_bytes.min(space.stored_bytes);
        // Any share above zero is visible, however small.
        let width = |bytes: u64| {
            let percent = format::percent(bytes, largest);
            format!("width:{}%", percent.max(u8::from(bytes > 0)))
        };
        let command = match row.command.is_empty() {
            true => text.no_command.to_owned(),
            false => visible_text(&row.command),
        };
        html! {
            <tr>
                <th scope="row"><span class="row">{ layer_chip(row.layer) }<bdi class="ellipsis small">{ command }</bdi></span></th>
                <td class="space__bar">
                    <span class="meter" aria-hidden="true">
                        <span class="space__live" style={width(live)} />
                        <span class="space__dead" style={width(space.dead_bytes)} />
                    </span>
                </td>
                <td class="end num" data-label={text.space_stored}>{ format::size(space.stored_bytes) }</td>
                <td class="end num" data-label={text.space_dead}>{ amount(space.dead_bytes) }</td>
            </tr>
        }
    };
    let head = [
        (text.column_layer, ""),
        (text.space_layer_bar, ""),
        (text.space_stored, "end"),
        (text.space_dead, "end"),
    ];
    section(
        text.space_layers,
        text.space_layers_why,
        table(text.space_layers, "space__layers", &head, rows.map(line)),
    )
}

/// Draws a size. Zero is a dash, so that the other sizes stand out.
fn amount(bytes: u64) -> Html {
    match bytes {
        0 => html! { <span class="faint">{ "–" }</span> },
        bytes => html! { format::size(bytes) },
    }
}

fn dead(drawing: &Drawing<'_>, space: &SpaceView) -> Html {
    let text = drawing.text;
    if space.dead.is_empty() {
        return section(text.space_dead_list, text.space_dead_none, Html::default());
    }
    let line = |row: &DeadRow| {
        let files = (row.n_files > 1)
            .then(|| fill(text.space_files, &[&format::count(row.n_files.into())]));
        let view = TreeView::UpTo(row.stored_by);
        html! {
            <tr>
                <th scope="row">
                    <span class="space__path">
                        { path(drawing, &row.path, row.path_key.as_ref(), view) }
                        if let Some(files) = files { <span class="faint small num">{ files }</span> }
                    </span>
                </th>
                <td class="end num" data-label={text.column_size}>{ format::size(row.bytes) }</td>
                <td data-label={text.space_stored_by}>{ layer_chip(row.stored_by) }</td>
                <td data-label={text.space_hidden_by}>{ layer_chip(row.hidden_by) }</td>
                <td class="muted space__how" data-label={text.space_how}>{ how(text, row.how) }</td>
            </tr>
        }
    };
    let head = [
        (text.space_path, ""),
        (text.column_size, "end"),
        (text.space_stored_by, ""),
        (text.space_hidden_by, ""),
        (text.space_how, ""),
    ];
    let list = table(
        text.space_dead_list,
        "space__list",
        &head,
        space.dead.iter().map(line),
    );
    section(
        text.space_dead_list,
        text.space_dead_list_why,
        html! { <>{ list }{ more(text, &space.dead_left_out) }</> },
    )
}

fn how(text: &Image, how: DeadHow) -> &'static str {
    match how {
        DeadHow::Whiteout => text.how_whiteout,
        DeadHow::Opaque => text.how_opaque,
        DeadHow::Replaced => text.how_replaced,
        DeadHow::DirectoryReplaced => text.how_directory_replaced,
        DeadHow::Overwritten => text.how_overwritten,
        DeadHow::SameContent => text.how_same_content,
        DeadHow::MetadataOnly => text.how_metadata_only,
        DeadHow::LeftOut => text.how_left_out,
    }
}

fn repeated(drawing: &Drawing<'_>, space: &SpaceView) -> Html {
    let text = drawing.text;
    if space.repeated.is_empty() {
        return section(
            text.space_repeated,
            text.space_repeated_none,
            Html::default(),
        );
    }
    let line = |row: &RepeatedRow| {
        let view = row.seen_upto.map_or(TreeView::Union, TreeView::UpTo);
        html! {
            <tr>
                <th scope="row">{ path(drawing, &row.path, row.path_key.as_ref(), view) }</th>
                <td class="end num" data-label={text.column_size}>{ format::size(row.bytes) }</td>
                <td class="end num" data-label={text.space_copies}>{ format::count(row.copies.into()) }</td>
            </tr>
        }
    };
    let head = [
        (text.space_path, ""),
        (text.column_size, "end"),
        (text.space_copies, "end"),
    ];
    let list = table(
        text.space_repeated,
        "space__list",
        &head,
        space.repeated.iter().map(line),
    );
    section(
        text.space_repeated,
        text.space_repeated_why,
        html! { <>{ list }{ more(text, &space.repeated_left_out) }</> },
    )
}

fn section(title: &'static str, why: &'static str, body: Html) -> Html {
    html! {
        <section class="space__section">
            <h2>{ title }</h2>
            <p class="muted small">{ why }</p>
            { body }
        </section>
    }
}

/// Draws a table. Each column has a heading and a class.
fn table(
    label: &'static str,
    class: &'static str,
    head: &[(&'static str, &'static str)],
    rows: impl Iterator<Item = Html>,
) -> Html {
    let head = head.iter().map(|(name, class)| {
        html! { <th scope="col" class={*class}>{ *name }</th> }
    });
    html! {
        <div class="table-box" role="region" tabindex="0" aria-label={label}>
            <table class={classes!("table", class)}>
                <thead><tr>{ for head }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

fn more(text: &Image, left_out: &RowsLeftOut) -> Html {
    if left_out.n_rows == 0 {
        return Html::default();
    }
    let (n, bytes) = (format::count(left_out.n_rows), format::size(left_out.bytes));
    html! { <p class="faint small num">{ fill(text.space_more, &[&n, &bytes]) }</p> }
}

/// Draws a path, as a link into the tree if the tree has it.
fn path(drawing: &Drawing<'_>, name: &Name, path_key: Option<&ImagePath>, view: TreeView) -> Html {
    let text = drawing.text;
    let shown = visible_text(&name.text);
    let Some(path_key) = path_key else {
        return html! { <bdi class="mono break">{ shown }</bdi> };
    };
    let title = match view {
        TreeView::UpTo(layer) => fill(text.space_go, &[&shown, &layer.to_string()]),
        _ => fill(text.space_go_now, &[&shown]),
    };
    drawing.links.draw(shown, title, path_key.clone(), view)
}
