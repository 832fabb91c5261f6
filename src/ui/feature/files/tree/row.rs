//! One row of the tree.

use yew::prelude::*;

use crate::protocol::{Change, EntryKind, TreeRow};
use crate::ui::components::layer_chip::layer_chip;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::tree_row::{Cell, RowOfTree};
use crate::ui::state::Shared;
use crate::ui::state::image::{TreeAction, TreeKey, mode_text, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::web::dom;

/// Properties of [`TreeRowView`]. The page that contains the row is compared by pointer.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct TreeRowProps {
    pub text: &'static Image,
    pub id: AttrValue,
    pub page: Shared<Vec<TreeRow>>,
    pub index: usize,
    pub position: u32,
    pub is_focus: bool,
    /// True if files are dragged over the row.
    pub is_under: bool,
    /// True if its layer is refuted or damaged.
    pub is_untrusted: bool,
    pub act: Callback<TreeAction>,
}

/// One row.
#[component]
pub(super) fn TreeRowView(props: &TreeRowProps) -> Html {
    let Some(row) = props.page.get(props.index) else {
        return Html::default();
    };
    let position = props.position;
    let send = |action: TreeAction| {
        let act = props.act.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            act.emit(action.clone());
        })
    };
    let change = row.change.map(|change| match change {
        Change::Added => ("added", "A", props.text.change_added),
        Change::Changed => ("changed", "C", props.text.change_changed),
        Change::Deleted => ("deleted", "D", props.text.change_deleted),
    });
    let deleted_by = row
        .deleted_by
        .map(|layer| fill(props.text.find_deleted, &[&layer.to_string()]));
    let class = classes!(
        props.is_focus.then_some("tree__row--focus"),
        props.is_under.then_some("tree__row--under"),
        row.implied.then_some("tree__row--implied"),
        change.map(|(word, _, _)| format!("tree__row--{word}")),
    );
    let is_dir = row.kind == EntryKind::Dir;
    let onclick = {
        let choose = send(TreeAction::Choose(position));
        Callback::from(move |event: MouseEvent| {
            // The first click opened the directory; the second must not close it.
            if !(is_dir && dom::is_further_click(&event)) {
                choose.emit(event);
            }
        })
    };
    // The panel shows the facts about a directory and offers its tar.
    let ondblclick = is_dir.then(|| {
        let show = send(TreeAction::Key(TreeKey::Space));
        Callback::from(move |event: MouseEvent| {
            if !dom::target_is(&event, ".tree__twisty") {
                show.emit(event);
            }
        })
    });
    let name = html! {
        <>
            <span class={classes!("tree__kind", is_dir.then_some("tree__kind--dir"))}>
                { glyph(Glyph::of_kind(row.kind, row.expanded)) }
            </span>
            <bdi class="tree__name">{ visible_text(&row.name.text) }</bdi>
            { link(row) }
            if let Some((word, letter, label)) = change {
                { mark(props.text, row, word, letter, deleted_by.unwrap_or_else(|| label.to_owned())) }
            }
        </>
    };
    let cells: [Cell; 5] = [
        size_cell(props.text, row),
        ("mode", None, text(mode_text(row.kind, row.mode))),
        ("owner", None, text(format!("{}:{}", row.uid, row.gid))),
        ("time", None, text(time(row))),
        layer_cell(props, row),
    ];
    RowOfTree {
        id: props.id.clone(),
        class,
        position,
        depth: row.depth,
        pos_in_set: row.pos_in_set,
        set_size: row.set_size,
        is_expanded: row.has_children.then_some(row.expanded),
        is_selected: props.is_focus,
        onclick,
        ondblclick,
        on_twist: send(TreeAction::Twist(position)),
    }
    .html(name, cells)
}

/// Draws the mark of a change: its letter, and after it a small one for each thing that differs.
fn mark(text: &'static Image, row: &TreeRow, word: &str, letter: &str, label: String) -> Html {
    let differs = row.differs;
    let all = [
        (differs.kind, "k", text.differs_kind),
        (differs.content && !differs.kind, "c", text.differs_content),
        (differs.mode, "m", text.differs_mode),
        (differs.owner, "o", text.differs_owner),
        (differs.xattrs, "x", text.differs_xattrs),
        (differs.mtime, "t", text.differs_time),
    ];
    let named = || all.iter().filter(|(is_so, ..)| *is_so);
    let letters: String = named().map(|(_, letter, _)| *letter).collect();
    let words: Vec<&str> = named().map(|(.., word)| *word).collect();
    let label = match words.is_empty() {
        true => label,
        false => fill(text.change_what, &[&label, &words.join(", ")]),
    };
    html! {
        <span class={classes!("change", format!("change--{word}"))} title={label.clone()}>
            <span aria-hidden="true">{ letter }<small>{ letters }</small></span>
            <span class="sr-only">{ label }</span>
        </span>
    }
}

fn text(words: impl Into<AttrValue>) -> Html {
    html! { { words.into() } }
}

fn layer_cell(props: &TreeRowProps, row: &TreeRow) -> Cell {
    if !props.is_untrusted {
        return ("layer", None, layer_chip(row.layer));
    }
    let why = fill(props.text.layer_untrusted, &[&row.layer.to_string()]);
    let content = html! {
        <>
            { glyph(Glyph::Alert) }
            { layer_chip(row.layer) }
            <span class="sr-only">{ why.clone() }</span>
        </>
    };
    ("layer tree__cell--untrusted", Some(why), content)
}

fn link(row: &TreeRow) -> Html {
    match (&row.link, row.n_links) {
        (Some(target), _) => html! {
            <span class="tree__link">{ "→ " }<bdi>{ visible_text(&target.text) }</bdi></span>
        },
        (None, n) if n > 1 && row.kind == EntryKind::File => html! {
            <span class="tree__link">{ format!("×{n}") }</span>
        },
        _ => Html::default(),
    }
}

fn size_cell(words: &'static Image, row: &TreeRow) -> Cell {
    let is_deleted = row.change == Some(Change::Deleted);
    let title = format::count(row.size_bytes);
    let (title, content) = match (row.kind, &row.device) {
        (_, Some(device)) => (title, text(device.to_string())),
        (EntryKind::File | EntryKind::Dir, None) if !is_deleted => {
            (title, text(format::size(row.size_bytes)))
        }
        // A deleted path frees nothing: its bytes are hidden, and still there.
        (EntryKind::File | EntryKind::Dir, None) if row.size_bytes > 0 => (
            fill(words.hides, &[&title]),
            html! {
                <>
                    <s class="faint" aria-hidden="true">{ format::size(row.size_bytes) }</s>
                    <span class="sr-only">{ fill(words.hides, &[&format::size(row.size_bytes)]) }</span>
                </>
            },
        ),
        _ => (title, Html::default()),
    };
    ("size", Some(title), content)
}

fn time(row: &TreeRow) -> String {
    if row.implied {
        String::new()
    } else {
        format::time(row.mtime)
    }
}
