//! Facts about a path: kind, size, mode, owner, time, links, attributes.

use yew::prelude::*;

use crate::protocol::{EntryKind, ImagePath, Name, PathDetail, Totals, TreeRow};
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::table::pairs;
use crate::ui::state::Shared;
use crate::ui::state::image::{mode_octal, mode_text, time_with_fraction, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct FactsProps {
    pub text: &'static Image,
    pub detail: Shared<PathDetail>,
    pub on_reveal: Callback<ImagePath>,
}

/// Facts about a path.
#[component]
pub(super) fn Facts(props: &FactsProps) -> Html {
    let (text, detail) = (props.text, &*props.detail);
    let mut facts = Vec::new();
    match &detail.row {
        Some(row) => row_facts(text, detail, row, &mut facts),
        None => facts.push((text.kind, html! { text.kind_gone })),
    }
    if let Some(totals) = &detail.totals {
        facts.push((text.totals, totals_line(text, totals)));
    }
    if let Some(target) = detail.row.as_ref().and_then(|row| row.link.as_ref()) {
        facts.push((text.link_target, link(props, target)));
    }
    if !detail.links.is_empty() {
        facts.push((text.other_names, names(&detail.links)));
    }
    html! {
        <>
            <dl class="facts">
                { for facts.into_iter().map(|(label, value)| html! { <><dt>{ label }</dt><dd>{ value }</dd></> }) }
            </dl>
            { xattrs(props) }
        </>
    }
}

fn row_facts(
    text: &'static Image,
    detail: &PathDetail,
    row: &TreeRow,
    facts: &mut Vec<(&'static str, Html)>,
) {
    facts.push((text.kind, html! { kind_word(text, row.kind) }));
    if row.kind == EntryKind::File {
        let exact = fill(text.n_bytes, &[&format::count(row.size_bytes)]);
        let size = if row.size_bytes < 1000 {
            html! { exact }
        } else {
            html! { <>{ format::size(row.size_bytes) }<span class="faint">{ format!(" ({exact})") }</span></> }
        };
        facts.push((text.column_size, size));
    }
    if let Some(device) = &row.device {
        facts.push((text.device, html! { device.to_string() }));
    }
    let mode = format!(
        "{} ({})",
        mode_octal(row.mode),
        mode_text(row.kind, row.mode)
    );
    facts.push((
        text.column_mode,
        html! { <span class="mono">{ mode }</span> },
    ));
    facts.push((
        text.column_owner,
        html! { <span class="mono">{ format!("{}:{}", row.uid, row.gid) }</span> },
    ));
    if row.implied {
        facts.push((text.column_time, html! { text.implied }));
    } else {
        let time = time_with_fraction(row.mtime, detail.mtime_nanos);
        facts.push((
            text.column_time,
            html! { <span class="num">{ time }</span> },
        ));
    }
    facts.push((text.from_layer, html! { <LayerLink layer={row.layer} /> }));
}

/// Returns the word for a kind of file.
pub(super) fn kind_word(text: &Image, kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::File => text.kind_file,
        EntryKind::Dir => text.kind_dir,
        EntryKind::Symlink => text.kind_symlink,
        EntryKind::Hardlink => text.kind_hardlink,
        EntryKind::Char => text.kind_char,
        EntryKind::Block => text.kind_block,
        EntryKind::Fifo => text.kind_fifo,
    }
}

fn totals_line(text: &Image, totals: &Totals) -> Html {
    if totals.n_paths() == 0 {
        return html! { text.totals_none };
    }
    let line = fill(
        text.totals_line,
        &[
            &format::size(totals.size_bytes),
            &format::count(totals.n_files.into()),
            &format::count(totals.n_dirs.into()),
            &format::count(totals.n_others.into()),
        ],
    );
    html! { line }
}

fn link(props: &FactsProps, target: &Name) -> Html {
    let (text, detail) = (props.text, &*props.detail);
    let shown = html! { <bdi class="mono break">{ visible_text(&target.text) }</bdi> };
    let after = match (&detail.resolved, &detail.resolve_problem) {
        (Some(path), _) => {
            let onclick = {
                let on_reveal = props.on_reveal.clone();
                let path = path.clone();
                Callback::from(move |_: MouseEvent| on_reveal.emit(path.clone()))
            };
            html! {
                <button type="button" class="jump" {onclick}>
                    { glyph(Glyph::Jump) }
                    <bdi class="mono break">{ visible_text(&format!("/{path}")) }</bdi>
                </button>
            }
        }
        (_, Some(problem)) => html! {
            <span class="badge badge--warn break" title={visible_text(problem)}>{ fill(text.link_broken, &[&visible_text(problem)]) }</span>
        },
        _ => Html::default(),
    };
    html! { <>{ shown }{ after }</> }
}

fn names(links: &[Name]) -> Html {
    let lines = links.iter().map(|name| {
        html! { <li class="mono break"><bdi>{ visible_text(&name.text) }</bdi></li> }
    });
    html! { <ul>{ for lines }</ul> }
}

fn xattrs(props: &FactsProps) -> Html {
    let text = props.text;
    if props.detail.xattrs.is_empty() {
        return Html::default();
    }
    let rows = props.detail.xattrs.iter().map(|row| {
        html! {
            <tr>
                <th scope="row" class="mono break"><bdi>{ visible_text(&row.name) }</bdi></th>
                <td class="mono break" title={row.hex.clone()}><bdi>{ visible_text(&row.value) }</bdi></td>
            </tr>
        }
    });
    html! {
        <details class="path__section" open=true>
            <summary>{ text.xattrs }</summary>
            { pairs(rows.collect()) }
        </details>
    }
}
