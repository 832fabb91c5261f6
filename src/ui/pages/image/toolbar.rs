//! The toolbar above the tree: which files are shown, the filter and the search by name.

use yew::prelude::*;

use crate::protocol::{ChangeWord, Kind, TreeFilter, TreeView};
use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::state::image::{FindState, ImageAction, TreeAction, TreeState};
use crate::ui::text::format;
use crate::ui::text::image::{Image, entries, fill};
use crate::web::dom;

use super::find::Find;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ToolbarProps {
    pub text: &'static Image,
    pub id: AttrValue,
    pub tree: TreeState,
    pub find: FindState,
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
pub(super) fn Toolbar(props: &ToolbarProps) -> Html {
    let text = props.text;
    let collapse = {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| act.emit(ImageAction::Tree(TreeAction::CollapseAll)))
    };
    html! {
        <div class="tools">
            <div class="tools__line">
                { views(props) }
                <span class="tools__totals muted num">{ totals(props) }</span>
            </div>
            <div class="tools__line">
                <Find {text} id={props.id.clone()} find={props.find.clone()} tree_node={props.tree_node.clone()} act={props.act.clone()} />
                { filter_text(props) }
                { changes(props) }
                { kinds(props) }
                { Button::icon(glyph(Glyph::Collapse), text.collapse_all).on_click(collapse).html() }
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
        let is_off = props.picked.is_none() && view != TreeView::Union;
        html! {
            <button type="button" aria-pressed={(view == shown).to_string()} disabled={is_off} {onclick}>{ label }</button>
        }
    });
    html! { <div class="segmented" role="group" aria-label={text.view_label}>{ for buttons }</div> }
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
        let n = totals.n_files + totals.n_dirs + totals.n_others;
        parts.push(entries(text, n));
        parts.push(format::size(totals.bytes));
    }
    if !tree.is_unfiltered() {
        let n = format::count(tree.rows.n_rows().into());
        parts.push(fill(text.rows_left, &[&n]));
    }
    parts.join(" · ")
}

fn set_filter(act: &Callback<ImageAction>, filter: &TreeFilter, change: impl Fn(&mut TreeFilter)) {
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
            set_filter(&act, &filter, |filter| filter.text = value.clone());
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
    html! {
        <label class="field tools__filter">
            { glyph(Glyph::Filter) }
            <span class="sr-only">{ text.filter_label }</span>
            <input
                class="input"
                type="search"
                autocomplete="off"
                spellcheck="false"
                placeholder={text.filter_placeholder}
                value={props.tree.filter.text.clone()}
                {oninput}
                {onkeydown}
            />
        </label>
    }
}

fn changes(props: &ToolbarProps) -> Html {
    let text = props.text;
    let choices = [
        (ChangeWord::Added, "A", "added", text.change_added),
        (ChangeWord::Changed, "C", "changed", text.change_changed),
        (ChangeWord::Deleted, "D", "deleted", text.change_deleted),
    ];
    let buttons = choices.into_iter().map(|(change, letter, word, label)| {
        let is_on = props.tree.filter.changes.contains(&change);
        let onclick = {
            let (act, filter) = (props.act.clone(), props.tree.filter.clone());
            Callback::from(move |_: MouseEvent| {
                set_filter(&act, &filter, |filter| {
                    if is_on {
                        filter.changes.retain(|kept| *kept != change);
                    } else {
                        filter.changes.push(change);
                    }
                });
            })
        };
        let title = fill(text.filter_change, &[label]);
        html! {
            <button type="button" aria-pressed={is_on.to_string()} aria-label={title.clone()} {title} {onclick}>
                <span class={classes!("change", format!("change--{word}"))}>{ letter }</span>
            </button>
        }
    });
    html! { <div class="segmented" role="group" aria-label={text.filter_changes}>{ for buttons }</div> }
}

fn kinds(props: &ToolbarProps) -> Html {
    let text = props.text;
    let choices: [(&str, Option<Kind>, &'static str); 7] = [
        ("all", None, text.kinds_all),
        ("file", Some(Kind::File), text.kinds_files),
        ("dir", Some(Kind::Dir), text.kinds_dirs),
        ("symlink", Some(Kind::Symlink), text.kinds_symlinks),
        ("char", Some(Kind::Char), text.kinds_chars),
        ("block", Some(Kind::Block), text.kinds_blocks),
        ("fifo", Some(Kind::Fifo), text.kinds_fifos),
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
        html! { <option value={*word} selected={is_on}>{ *label }</option> }
    });
    html! {
        <select class="input tools__kinds" aria-label={text.filter_kinds} {onchange}>{ for options }</select>
    }
}
