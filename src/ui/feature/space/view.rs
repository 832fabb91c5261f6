//! The Space tab: key figures, a bar for each layer, dead bytes and repeated bytes.
//!
//! These are functions, not components: they are drawn with the findings, and only while their tab is shown.

use yew::prelude::*;

use crate::protocol::{
    Analysis, Dead, DeathCause, ImagePath, ImageView, LayerSpace, LayerState, NodeId, Repeated,
    RowsLeftOut, SpaceAnswer, SpaceGap, SpaceView, TreeView, escape,
};
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::components::tree_link::TreeLinks;
use crate::ui::feature::analysis::view::{Pending, analysis};
use crate::ui::kit::notice::Notice;
use crate::ui::kit::table::{Column, table_box};
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState, visible_text};
use crate::ui::text::Text;
use crate::ui::text::format;
use crate::ui::text::space::Space;
use crate::ui::text::words::fill;

/// Context for drawing the parts.
struct Drawing<'a> {
    text: &'static Text,
    image: &'a ImageView,
    links: TreeLinks<'a>,
}

/// Draws the Space tab.
pub(crate) fn space(
    text: &'static Text,
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
) -> Html {
    let computing = Space::of(text.language).computing;
    let pending = Pending::new(text, waiting(text, &state.image), computing);
    analysis(state, act, pending, found)
}

fn found(
    text: &'static Text,
    state: &ImageState,
    act: &Callback<ImageAction>,
    answer: &SpaceAnswer,
) -> Html {
    let drawing = &Drawing {
        text,
        image: &state.image,
        links: TreeLinks {
            platform: state.place().platform,
            act,
        },
    };
    match answer {
        SpaceAnswer::Unknown { layer, gap } => {
            let words = match gap {
                SpaceGap::Waiting => Space::of(text.language).gap_waiting,
                SpaceGap::Listed => Space::of(text.language).gap_listed,
                SpaceGap::Failed => Space::of(text.language).gap_failed,
                SpaceGap::LeftOut => Space::of(text.language).gap_left_out,
                SpaceGap::Incomplete => Space::of(text.language).gap_incomplete,
            };
            let words = html! { <p>{ fill(words, &[&layer.to_string()]) }</p> };
            html! { <div class="sheet">{ Notice::warn().role("status").html(words) }</div> }
        }
        SpaceAnswer::Known(space) => html! {
            <div class="sheet space">
                { figures(text, space) }
                { layers(drawing, &space.analysis) }
                { dead(drawing, &space.analysis) }
                { repeated(drawing, &space.analysis) }
            </div>
        },
    }
}

fn waiting(text: &Text, image: &ImageView) -> String {
    let waits = |state: &LayerState| *state == LayerState::Waiting;
    let n_read = image.layers.iter().filter(|row| !waits(&row.state)).count();
    let count = |n: usize| format::count(n as u64);
    fill(
        Space::of(text.language).waiting,
        &[&count(n_read), &count(image.layers.len())],
    )
}

fn figures(text: &'static Text, space: &SpaceView) -> Html {
    let (all, dive) = (&space.analysis, &space.analysis.dive);
    let percent = format::percent_of_one(dive.user_wasted_percent);
    let figures = [
        (
            Space::of(text.language).stored,
            format::size(all.stored_bytes),
            Space::of(text.language).stored_why.to_owned(),
        ),
        (
            Space::of(text.language).live,
            format::size(all.live_bytes()),
            Space::of(text.language).live_why.to_owned(),
        ),
        (
            Space::of(text.language).dead,
            format::size(all.dead_bytes),
            Space::of(text.language).dead_why.to_owned(),
        ),
        (
            Space::of(text.language).score,
            format::percent_of_one(dive.score),
            Space::of(text.language).score_why.to_owned(),
        ),
        (
            Space::of(text.language).wasted,
            format::size(dive.wasted_bytes),
            fill(Space::of(text.language).wasted_why, &[&percent]),
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
fn container(text: &'static Text, space: &SpaceView) -> Html {
    let is_more = |with: &LayerSpace| {
        let without = &space.analysis;
        (with.stored_bytes, with.dead_bytes) != (without.stored_bytes, without.dead_bytes)
    };
    let Some(with) = space.container.filter(is_more) else {
        return Html::default();
    };
    let (stored, dead) = (
        format::size(with.stored_bytes),
        format::size(with.dead_bytes),
    );
    let words = fill(Space::of(text.language).container, &[&stored, &dead]);
    Notice::plain()
        .bare()
        .role("note")
        .line(html! { { words } })
}

fn layers(drawing: &Drawing<'_>, space: &Analysis) -> Html {
    let text = drawing.text;
    if space.layers.is_empty() {
        return html! { <p class="empty">{ text.image.no_layers }</p> };
    }
    let stored = space.layers.iter().map(|layer| layer.stored_bytes);
    let largest = stored.max().unwrap_or(0);
    let rows = drawing.image.layers.iter().zip(&space.layers);
    let line = |(row, space): (&crate::protocol::LayerRow, &LayerSpace)| {
        let live = space.stored_bytes - space.dead_bytes.min(space.stored_bytes);
        let width = |bytes: u64| format::bar_width(bytes, largest);
        let command = match row.command.is_empty() {
            true => text.image.no_command.to_owned(),
            false => visible_text(&row.command),
        };
        html! {
            <tr>
                <th scope="row"><span class="row"><LayerLink layer={row.layer} /><bdi class="ellipsis small">{ command }</bdi></span></th>
                <td class="space__bar">
                    <span class="meter" aria-hidden="true">
                        <span class="space__live" style={width(live)} />
                        <span class="space__dead" style={width(space.dead_bytes)} />
                    </span>
                </td>
                <td class="end num" data-label={Space::of(text.language).stored}>{ format::size(space.stored_bytes) }</td>
                <td class="end num" data-label={Space::of(text.language).dead}>{ amount(space.dead_bytes) }</td>
            </tr>
        }
    };
    let head = [
        Column::Text(text.image.column_layer),
        Column::Text(Space::of(text.language).layer_bar),
        Column::Figures(Space::of(text.language).stored),
        Column::Figures(Space::of(text.language).dead),
    ];
    section(
        Space::of(text.language).layers,
        Space::of(text.language).layers_why,
        table_box(
            Space::of(text.language).layers,
            "space__layers",
            &head,
            rows.map(line).collect(),
        ),
    )
}

/// Draws a size. Zero is a dash, so that the other sizes stand out.
fn amount(bytes: u64) -> Html {
    match bytes {
        0 => html! { <span class="faint">{ "–" }</span> },
        bytes => html! { format::size(bytes) },
    }
}

fn dead(drawing: &Drawing<'_>, space: &Analysis) -> Html {
    let text = drawing.text;
    if space.dead.is_empty() {
        return section(
            Space::of(text.language).dead_list,
            Space::of(text.language).dead_none,
            Html::default(),
        );
    }
    let line = |row: &Dead| {
        let files = (row.n_files > 1).then(|| {
            fill(
                Space::of(text.language).files,
                &[&format::count(row.n_files.into())],
            )
        });
        let view = TreeView::UpTo(row.stored_by.0);
        let slash = if row.is_dir && !row.path.is_empty() {
            "/"
        } else {
            ""
        };
        html! {
            <tr>
                <th scope="row">
                    <span class="space__path">
                        { path(drawing, &row.path, slash, row.node, view) }
                        if let Some(files) = files { <span class="faint small num">{ files }</span> }
                    </span>
                </th>
                <td class="end num" data-label={text.image.column_size}>{ format::size(row.bytes) }</td>
                <td data-label={Space::of(text.language).stored_by}><LayerLink layer={row.stored_by.0} /></td>
                <td data-label={Space::of(text.language).hidden_by}><LayerLink layer={row.hidden_by.0} /></td>
                <td class="muted space__how" data-label={Space::of(text.language).how}>{ how(text, row.how) }</td>
            </tr>
        }
    };
    let head = [
        Column::Text(Space::of(text.language).path),
        Column::Figures(text.image.column_size),
        Column::Text(Space::of(text.language).stored_by),
        Column::Text(Space::of(text.language).hidden_by),
        Column::Text(Space::of(text.language).how),
    ];
    let list = table_box(
        Space::of(text.language).dead_list,
        "space__list",
        &head,
        space.dead.iter().map(line).collect(),
    );
    section(
        Space::of(text.language).dead_list,
        Space::of(text.language).dead_list_why,
        html! { <>{ list }{ more(text, &space.dead_left_out) }</> },
    )
}

fn how(text: &Text, how: DeathCause) -> &'static str {
    match how {
        DeathCause::Whiteout => Space::of(text.language).how_whiteout,
        DeathCause::Opaque => Space::of(text.language).how_opaque,
        DeathCause::Replaced => Space::of(text.language).how_replaced,
        DeathCause::DirectoryReplaced => Space::of(text.language).how_directory_replaced,
        DeathCause::Overwritten => Space::of(text.language).how_overwritten,
        DeathCause::SameContent => Space::of(text.language).how_same_content,
        DeathCause::MetadataOnly => Space::of(text.language).how_metadata_only,
        DeathCause::LeftOut => Space::of(text.language).how_left_out,
    }
}

fn repeated(drawing: &Drawing<'_>, space: &Analysis) -> Html {
    let text = drawing.text;
    if space.dive.wasted.is_empty() {
        return section(
            Space::of(text.language).repeated,
            Space::of(text.language).repeated_none,
            Html::default(),
        );
    }
    let line = |row: &Repeated| {
        let view = row
            .seen_upto
            .map_or(TreeView::Union, |layer| TreeView::UpTo(layer.0));
        html! {
            <tr>
                <th scope="row">{ path(drawing, &row.path, "", row.node, view) }</th>
                <td class="end num" data-label={text.image.column_size}>{ format::size(row.bytes) }</td>
                <td class="end num" data-label={Space::of(text.language).copies}>{ format::count(row.copies.into()) }</td>
            </tr>
        }
    };
    let head = [
        Column::Text(Space::of(text.language).path),
        Column::Figures(text.image.column_size),
        Column::Figures(Space::of(text.language).copies),
    ];
    let list = table_box(
        Space::of(text.language).repeated,
        "space__list",
        &head,
        space.dive.wasted.iter().map(line).collect(),
    );
    section(
        Space::of(text.language).repeated,
        Space::of(text.language).repeated_why,
        html! { <>{ list }{ more(text, &space.dive.wasted_left_out) }</> },
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

fn more(text: &Text, left_out: &RowsLeftOut) -> Html {
    if left_out.n_rows == 0 {
        return Html::default();
    }
    let (n, bytes) = (format::count(left_out.n_rows), format::size(left_out.bytes));
    html! { <p class="faint small num">{ fill(Space::of(text.language).more, &[&n, &bytes]) }</p> }
}

/// Draws a path, as a link into the tree if the tree has it.
fn path(
    drawing: &Drawing<'_>,
    path: &[u8],
    slash: &str,
    node: Option<NodeId>,
    view: TreeView,
) -> Html {
    let text = drawing.text;
    let shown = visible_text(&format!("/{}{slash}", escape(path)));
    let Some(path_key) = node.and_then(|_| ImagePath::normalise(path).ok()) else {
        return html! { <bdi class="mono break">{ shown }</bdi> };
    };
    let title = match view {
        TreeView::UpTo(layer) => fill(Space::of(text.language).go, &[&shown, &layer.to_string()]),
        _ => fill(Space::of(text.language).go_now, &[&shown]),
    };
    drawing.links.draw(shown, title, path_key, view)
}
