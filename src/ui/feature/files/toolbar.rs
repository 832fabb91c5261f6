//! The toolbar above the tree: which files are shown, the filter and the search by name.

use yew::prelude::*;

use crate::protocol::{Change, EntryKind, Filter, TreeView};
use crate::ui::kit::button::Button;
use crate::ui::kit::field::{Field, select};
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::segmented::{Choice, segmented};
use crate::ui::state::Shared;
use crate::ui::state::image::{FindState, ImageAction, TreeAction, TreeState};
use crate::ui::text::format;
use crate::ui::text::image::{Image, entries, fill};
use crate::web::dom;

use crate::ui::feature::files::find::Find;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ToolbarProps {
    pub text: &'static Image,
    pub id: AttrValue,
    pub tree: Shared<TreeState>,
    pub find: Shared<FindState>,
    /// Layer that the view buttons refer to.
    pub picked: Option<u32>,
    pub n_layers: u32,
    /// Layers that are known without having been read.
    pub known: Vec<u32>,
    pub is_reading: bool,
    pub tree_node: NodeRef,
    pub act: Callback<ImageAction>,
}

/// The toolbar above the tree.
#[component]
pub(crate) fn Toolbar(props: &ToolbarProps) -> Html {
    let text = props.text;
    let collapse = {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| act.emit(ImageAction::Tree(TreeAction::CollapseAll)))
    };
    let said = totals(props);
    html! {
        <div class="tools">
            <div class="tools__line">
                { views(props) }
                <Find {text} id={props.id.clone()} find={props.find.clone()} tree_node={props.tree_node.clone()} act={props.act.clone()} />
                { filter_text(props) }
                { changes(props) }
                { kinds(props) }
                { Button::icon(glyph(Glyph::Collapse), text.collapse_all).on_click(collapse).html() }
                <span class="tools__totals muted num ellipsis" title={said.clone()}>{ said }</span>
            </div>
        </div>
    }
}

fn views(props: &ToolbarProps) -> Html {
    let (text, shown) = (props.text, props.tree.view);
    let number = props.picked.unwrap_or(0);
    let choices = [
        (TreeView::Union, text.view_union.to_owned()),
        (
            TreeView::UpTo(number),
            fill(text.view_upto, &[&number.to_string()]),
        ),
        (
            TreeView::Layer(number),
            fill(text.view_layer, &[&number.to_string()]),
        ),
    ];
    let buttons = choices.into_iter().map(|(view, label)| {
        let onclick = {
            let act = props.act.clone();
            Callback::from(move |_: MouseEvent| act.emit(ImageAction::Tree(TreeAction::View(view))))
        };
        let mut choice = Choice::new(label, view == shown, onclick);
        choice.is_disabled = props.picked.is_none() && view != TreeView::Union;
        choice
    });
    segmented("", Some(text.view_label), buttons)
}

/// Returns the totals of the view and, while layers are read, how many of them are included.
fn totals(props: &ToolbarProps) -> String {
    let (text, tree) = (props.text, &props.tree);
    let mut parts = Vec::new();
    let in_view = |layer: &&u32| match tree.view {
        TreeView::Union => true,
        TreeView::UpTo(top) => **layer <= top,
        TreeView::Layer(only) => **layer == only,
    };
    let known: Vec<String> = props
        .known
        .iter()
        .filter(in_view)
        .map(u32::to_string)
        .collect();
    if !known.is_empty() {
        parts.push(fill(text.rows_known, &[&known.join(", ")]));
    }
    if tree.n_layers_ready < props.n_layers && props.is_reading {
        let (ready, all) = (tree.n_layers_ready.to_string(), props.n_layers.to_string());
        parts.push(fill(text.layers_applied, &[&ready, &all]));
    }
    if tree.answered && tree.n_layers_ready > 0 {
        let totals = &tree.totals;
        let n = totals.n_paths();
        parts.push(entries(text, n));
        parts.push(format::size(totals.size_bytes));
    }
    if !tree.is_unfiltered() {
        let n = format::count(tree.rows.n_rows().into());
        parts.push(fill(text.rows_left, &[&n]));
    }
    parts.join(" · ")
}

fn set_filter(act: &Callback<ImageAction>, filter: &Filter, change: impl Fn(&mut Filter)) {
    let mut filter = filter.clone();
    change(&mut filter);
    act.emit(ImageAction::Tree(TreeAction::Filter(filter)));
}

fn filter_text(props: &ToolbarProps) -> Html {
    let text = props.text;
    let oninput = {
        let (act, filter) = (props.act.clone(), props.tree.filter.clone());
        Callback::from(move |event: InputEvent| {
            let value = dom::value_of(&event);
            set_filter(&act, &filter, |filter| {
                filter.text = value.clone().into_bytes()
            });
        })
    };
    let onkeydown = {
        let (act, filter) = (props.act.clone(), props.tree.filter.clone());
        let tree = props.tree_node.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => set_filter(&act, &filter, |filter| filter.text.clear()),
            "ArrowDown" | "Enter" => {
                event.prevent_default();
                dom::focus_in_place(&tree);
            }
            _ => {}
        })
    };
    Field::search()
        .name(text.filter_label)
        .hint(text.filter_placeholder)
        .value(String::from_utf8_lossy(&props.tree.filter.text).into_owned())
        .on_input(oninput)
        .on_key(onkeydown)
        .behind(Some(Glyph::Filter), "tools__filter", Html::default())
}

fn changes(props: &ToolbarProps) -> Html {
    let text = props.text;
    let choices = [
        (Change::Added, "A", "added", text.change_added),
        (Change::Changed, "C", "changed", text.change_changed),
        (Change::Deleted, "D", "deleted", text.change_deleted),
    ];
    let buttons = choices.into_iter().map(|(change, letter, word, label)| {
        let is_on = props
            .tree
            .filter
            .changes
            .is_some_and(|changes| changes.has(change));
        let onclick = {
            let (act, filter) = (props.act.clone(), props.tree.filter.clone());
            Callback::from(move |_: MouseEvent| {
                set_filter(&act, &filter, |filter| filter.toggle_change(change));
            })
        };
        let letter =
            html! { <span class={classes!("change", format!("change--{word}"))}>{ letter }</span> };
        let mut choice = Choice::with(letter, is_on, onclick);
        choice.name = Some(fill(text.filter_change, &[label]));
        choice
    });
    segmented("", Some(text.filter_changes), buttons)
}

fn kinds(props: &ToolbarProps) -> Html {
    let text = props.text;
    let choices: [(&str, Option<EntryKind>, &'static str); 7] = [
        ("all", None, text.kinds_all),
        ("file", Some(EntryKind::File), text.kinds_files),
        ("dir", Some(EntryKind::Dir), text.kinds_dirs),
        ("symlink", Some(EntryKind::Symlink), text.kinds_symlinks),
        ("char", Some(EntryKind::Char), text.kinds_chars),
        ("block", Some(EntryKind::Block), text.kinds_blocks),
        ("fifo", Some(EntryKind::Fifo), text.kinds_fifos),
    ];
    let onchange = {
        let (act, filter) = (props.act.clone(), props.tree.filter.clone());
        Callback::from(move |event: Event| {
            let value = dom::value_of(&event);
            let chosen = choices.iter().find(|(word, _, _)| *word == value);
            let kind = chosen.and_then(|(_, kind, _)| *kind);
            set_filter(&act, &filter, |filter| filter.kind = kind);
        })
    };
    let options = choices.iter().map(|(word, kind, label)| {
        let is_on = props.tree.filter.kind == *kind;
        ((*word).to_owned(), (*label).to_owned(), is_on)
    });
    let options = options.collect();
    select(
        None,
        "tools__kinds",
        Some(text.filter_kinds),
        onchange,
        options,
    )
}
