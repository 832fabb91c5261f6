//! The Diff tab: the output of `docker diff` with sizes, and each file's text before and after.

use yew::prelude::*;

use super::Drawing;
use super::layer::{change_letter, size};
use crate::protocol::{Change, ChangeRow, EntryKind, LineWord, TextDiffView, hex};
use crate::ui::kit::button::Button;
use crate::ui::state::Shared;
use crate::ui::state::image::container::ContainerAction;
use crate::ui::state::image::{ImageAction, Loadable, TreeAction, visible_text};
use crate::ui::text::container::why;
use crate::ui::text::format;
use crate::ui::text::image::fill;

/// Draws the Diff tab.
pub(crate) fn diff_tab(drawing: Drawing<'_>) -> Html {
    let text = drawing.text;
    let layer = drawing.state.container.layer.as_deref();
    let Some(layer) = layer.filter(|layer| !layer.changes.is_empty()) else {
        return html! { <p class="empty">{ text.diff_none }</p> };
    };
    html! {
        <div class="sheet">
            <section class="card sheet__card">
                <h2>{ text.diff_title }</h2>
                <p class="muted small">{ text.diff_why }</p>
                <ol class="diff" aria-label={text.list_label}>
                    { for layer.changes.iter().map(|row| line(drawing, row)) }
                </ol>
                if layer.n_more > 0 {
                    <p class="muted">{ fill(text.n_more_changes, &[&format::count(layer.n_more.into())]) }</p>
                }
            </section>
        </div>
    }
}

fn line(drawing: Drawing<'_>, row: &ChangeRow) -> Html {
    let go = {
        let act = drawing.act.clone();
        let path = row.path_key.clone();
        Callback::from(move |_: MouseEvent| {
            act.emit(ImageAction::Tree(TreeAction::Reveal(path.clone())));
        })
    };
    let diff = drawing.state.container.diffs.get(&row.path_key);
    let sizes = match (row.kind, row.change) {
        (EntryKind::File, Change::Changed) => format!(
            "{} → {}",
            format::size(row.below_bytes),
            format::size(row.size_bytes)
        ),
        _ => size(row),
    };
    html! {
        <li key={hex(row.path_key.as_bytes())}>
            <div class="diff__line">
                { change_letter(drawing, row.change) }
                <button type="button" class="link mono break" onclick={go}><bdi>{ visible_text(&row.path.text) }</bdi></button>
                <span class="spacer" />
                <span class="num muted">{ sizes }</span>
                if row.kind == EntryKind::File {
                    { compare(drawing, row, diff.is_some()) }
                }
            </div>
            if let Some(diff) = diff { { comparison(drawing, row, diff) } }
        </li>
    }
}

/// Draws the button that shows and hides a file's text before and after.
fn compare(drawing: Drawing<'_>, row: &ChangeRow, is_open: bool) -> Html {
    let content = html! {
        <>
            { format!("{} ", drawing.text.diff_text) }
            <span class="sr-only">{ visible_text(&row.path.text) }</span>
        </>
    };
    Button::with(content)
        .quiet()
        .expanded(is_open)
        .on_click(drawing.send(ContainerAction::ToggleDiff(row.path_key.clone())))
        .html()
}

fn comparison(
    drawing: Drawing<'_>,
    row: &ChangeRow,
    diff: &Loadable<Shared<TextDiffView>>,
) -> Html {
    let text = drawing.text;
    let note = |words: String| html! { <p class="diff__note muted">{ words }</p> };
    let lines = match diff {
        Loadable::Idle | Loadable::Loading => return note(text.diff_loading.to_owned()),
        Loadable::Failed(problem) => {
            return note(fill(text.not_done, &[&why(text, problem)]));
        }
        Loadable::Ready(diff) => match &**diff {
            TextDiffView::Binary => return note(text.diff_binary.to_owned()),
            TextDiffView::TooLarge => return note(text.diff_large.to_owned()),
            TextDiffView::Lines(lines) if lines.is_empty() => {
                return note(text.diff_empty.to_owned());
            }
            TextDiffView::Lines(lines) => lines,
        },
    };
    let lines = lines.iter().map(|(word, line)| {
        let (class, sign, label) = match word {
            LineWord::Same => ("same", " ", ""),
            LineWord::Added => ("added", "+", text.line_added),
            LineWord::Deleted => ("deleted", "−", text.line_deleted),
            LineWord::Gap => {
                return html! { <div class="hunk__gap">{ fill(text.diff_gap, &[line]) }</div> };
            }
        };
        html! {
            <div class={format!("hunk__line hunk__line--{class}")}>
                <span class="hunk__sign" aria-hidden="true">{ sign }</span>
                if !label.is_empty() { <span class="sr-only">{ label }</span> }
                <bdi>{ visible_text(line) }</bdi>
            </div>
        }
    });
    let label = fill(text.before_after, &[&visible_text(&row.path.text)]);
    html! { <div class="hunk mono" role="group" tabindex="0" aria-label={label}>{ for lines }</div> }
}
