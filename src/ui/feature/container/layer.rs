//! The container layer above the image's layers: its changes, undo, redo, commit and discard.

use crate::ui::text::said;
use yew::prelude::*;

use super::Drawing;
use crate::protocol::{Change, ChangeRow, ContainerView, EntryKind, TreeView};
use crate::ui::components::layer_chip::layer_chip;
use crate::ui::kit::button::Button;
use crate::ui::kit::notice::Notice;
use crate::ui::state::image::container::ContainerAction;
use crate::ui::state::image::{ImageAction, ImagePart, TreeAction, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::fill;

/// Maximum number of changes listed here. The Diff tab lists more.
const MOST_LINES: usize = 200;

/// Draws the container layer; nothing if there is none.
pub(crate) fn container_layer(drawing: Drawing<'_>) -> Html {
    let (text, state) = (drawing.text, drawing.state);
    let Some(layer) = state.container.layer.as_deref() else {
        return Html::default();
    };
    let is_picked = state.tree.view == TreeView::Layer(layer.layer);
    let pick = {
        let act = drawing.act.clone();
        let view = match is_picked {
            true => TreeView::Union,
            false => TreeView::Layer(layer.layer),
        };
        Callback::from(move |_: MouseEvent| act.emit(ImageAction::Tree(TreeAction::View(view))))
    };
    let go = |tab: ImagePart| {
        let act = drawing.act.clone();
        Callback::from(move |_: MouseEvent| act.emit(ImageAction::ShowTab(tab)))
    };
    html! {
        <section class={classes!("top", is_picked.then_some("top--picked"))} aria-label={text.title}>
            <button type="button" class="top__pick" aria-pressed={is_picked.to_string()} onclick={pick} title={text.start_why}>
                { layer_chip(layer.layer) }
                <strong>{ text.title }</strong>
                <span class="spacer" />
                { counts(drawing, layer) }
            </button>
            { changes(drawing, layer) }
            if !layer.lasts {
                { Notice::warn().class("small").line(html! { { text.only_here } }) }
            }
            if let Some(lost) = &layer.lost {
                { Notice::warn().class("small break").line(html! { { fill(text.lost, &[&said(text.said, lost)]) } }) }
            }
            if state.container.asks_throw_away {
                { throw_away(drawing, layer) }
            } else {
                <div class="top__tools">
                    { drawing.steps() }
                    <span class="spacer" />
                    { drawing.button(None, text.throw_away, ContainerAction::AskThrowAway(true)) }
                    { Button::new(text.commit).primary().on_click(go(ImagePart::Commit)).html() }
                </div>
            }
        </section>
    }
}

fn counts(drawing: Drawing<'_>, layer: &ContainerView) -> Html {
    let counts = [
        ("added", "A", layer.n_added, drawing.image.change_added),
        (
            "changed",
            "C",
            layer.n_changed,
            drawing.image.change_changed,
        ),
        (
            "deleted",
            "D",
            layer.n_deleted,
            drawing.image.change_deleted,
        ),
    ];
    let counts = counts.into_iter().filter(|(_, _, n, _)| *n > 0);
    html! {
        <span class="counts num">
            { for counts.map(|(word, letter, n, label)| html! {
                <span class={format!("counts__{word}")} title={label}>{ format!("{letter} {}", format::count(n.into())) }</span>
            }) }
            <span title={drawing.image.column_size}>{ fill(drawing.text.content_size, &[&format::size(layer.size_bytes)]) }</span>
        </span>
    }
}

fn changes(drawing: Drawing<'_>, layer: &ContainerView) -> Html {
    let text = drawing.text;
    if layer.changes.is_empty() {
        return html! { <p class="top__none muted small">{ text.no_changes }</p> };
    }
    let lines = layer.changes.iter().take(MOST_LINES).map(|row| {
        let onclick = {
            let act = drawing.act.clone();
            let path = row.path_key.clone();
            Callback::from(move |_: MouseEvent| {
                act.emit(ImageAction::Tree(TreeAction::Reveal(path.clone())));
            })
        };
        html! {
            <li>
                <button type="button" class="top__line" {onclick}>
                    { change_letter(drawing, row.change) }
                    <bdi class="mono ellipsis">{ visible_text(&row.path.text) }</bdi>
                    <span class="spacer" />
                    <span class="num faint">{ size(row) }</span>
                </button>
            </li>
        }
    });
    let n_more = u64::from(layer.n_more) + (layer.changes.len().saturating_sub(MOST_LINES)) as u64;
    let show = {
        let act = drawing.act.clone();
        Callback::from(move |_: MouseEvent| act.emit(ImageAction::ShowTab(ImagePart::Diff)))
    };
    html! {
        <>
            <ul class="top__list" aria-label={text.list_label}>{ for lines }</ul>
            <button type="button" class="link small top__all" onclick={show}>
                { text.show_diff }
                if n_more > 0 { { format!(" · {}", fill(text.n_more_changes, &[&format::count(n_more)])) } }
            </button>
        </>
    }
}

/// Draws A, C or D, with a word for screen readers.
pub(super) fn change_letter(drawing: Drawing<'_>, change: Change) -> Html {
    let (word, letter, label) = match change {
        Change::Added => ("added", "A", drawing.image.change_added),
        Change::Changed => ("changed", "C", drawing.image.change_changed),
        Change::Deleted => ("deleted", "D", drawing.image.change_deleted),
    };
    html! {
        <span class={format!("change change--{word}")} title={label}>
            <span aria-hidden="true">{ letter }</span>
            <span class="sr-only">{ label }</span>
        </span>
    }
}

/// Returns the size of a file: the new one, or the negative size of a deleted one. Empty for other kinds.
pub(super) fn size(row: &ChangeRow) -> String {
    match (row.kind, row.change) {
        (EntryKind::File, Change::Deleted) => format!("−{}", format::size(row.below_bytes)),
        (EntryKind::File, _) => format::size(row.size_bytes),
        _ => String::new(),
    }
}

fn throw_away(drawing: Drawing<'_>, layer: &ContainerView) -> Html {
    let text = drawing.text;
    let n = layer.n_added + layer.n_changed + layer.n_deleted;
    html! {
        <div class="top__ask" role="alertdialog" aria-label={text.throw_away}>
            <p>{ fill(text.throw_away_ask, &[&format::count(n.into())]) }</p>
            <div class="row row--wrap">
                { drawing.button(None, text.throw_away_yes, ContainerAction::ThrowAway) }
                { drawing.button(None, text.keep, ContainerAction::AskThrowAway(false)) }
            </div>
        </div>
    }
}
