//! The largest directories and files, as links into the tree.

use yew::prelude::*;

use super::sentence::path_text;
use super::view::Drawing;
use crate::protocol::{ImagePath, Large, TreeView};
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::text::format;
use crate::ui::text::words::fill;

/// Draws both lists once they are known: the findings above them have no fixed height, and would move them.
pub(super) fn large(drawing: &Drawing<'_>) -> Html {
    let words = drawing.words;
    let Some(overview) = drawing.answer.and_then(|answer| answer.overview.as_ref()) else {
        return Html::default();
    };
    html! {
        <div class="overview__large">
            { list(drawing, (words.dirs, words.dirs_none), true, &overview.dirs) }
            { list(drawing, (words.files, words.files_none), false, &overview.files) }
        </div>
    }
}

fn list(
    drawing: &Drawing<'_>,
    (title, none): (&'static str, &'static str),
    are_dirs: bool,
    rows: &[Large],
) -> Html {
    let largest = rows.first().map_or(0, |row| row.bytes);
    let line = |row: &Large| line(drawing, row, are_dirs, largest);
    html! {
        <section aria-label={title}>
            <h2>{ title }</h2>
            if rows.is_empty() {
                <p class="muted">{ none }</p>
            } else {
                <ol class="large">{ for rows.iter().map(line) }</ol>
            }
        </section>
    }
}

fn line(drawing: &Drawing<'_>, row: &Large, is_dir: bool, largest: u64) -> Html {
    // The name comes first: of a long path the directory is cut off.
    let at = row.path.iter().rposition(|byte| *byte == b'/');
    let (dir, name) = at.map_or((&[][..], &row.path[..]), |at| row.path.split_at(at + 1));
    let dir = path_text(dir.strip_suffix(b"/").unwrap_or(dir), true);
    let name = match row.path.is_empty() {
        true => path_text(name, is_dir),
        false => path_text(name, is_dir).split_off(1),
    };
    let link = match ImagePath::normalise(&row.path) {
        Ok(path_key) => {
            let title = fill(drawing.words.go, &[&path_text(&row.path, is_dir)]);
            drawing.links.draw(name, title, path_key, TreeView::Union)
        }
        Err(_) => html! { <bdi class="mono">{ name }</bdi> },
    };
    html! {
        <li class="large__row">
            <span class="large__path">
                { link }
                if !row.path.is_empty() {
                    <bdi class="large__dir mono faint ellipsis">{ dir }</bdi>
                }
            </span>
            <span class="meter" aria-hidden="true"><span style={format::bar_width(row.bytes, largest)} /></span>
            <span class="large__size num">{ format::size(row.bytes) }</span>
            <LayerLink layer={row.layer.0} />
        </li>
    }
}
