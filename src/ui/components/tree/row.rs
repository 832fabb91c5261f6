//! One row of the tree.

use yew::prelude::*;

use crate::protocol::{ChangeWord, Kind, TreeRow};
use crate::ui::components::layer_chip::layer_chip;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::state::Shared;
use crate::ui::state::image::{TreeAction, TreeKey, mode_text, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::web::dom;

/// Maximum depth of indentation. Deeper rows align with the deepest.
const MOST_DEPTH: u32 = 24;
/// Indentation per level, in pixels.
const INDENT_PX: u32 = 16;

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
        ChangeWord::Added => ("added", "A", props.text.change_added),
        ChangeWord::Changed => ("changed", "C", props.text.change_changed),
        ChangeWord::Deleted => ("deleted", "D", props.text.change_deleted),
    });
    let deleted_by = row
        .deleted_by
        .map(|layer| fill(props.text.find_deleted, &[&layer.to_string()]));
    let class = classes!(
        "tree__row",
        props.is_focus.then_some("tree__row--focus"),
        props.is_under.then_some("tree__row--under"),
        row.implied.then_some("tree__row--implied"),
        change.map(|(word, _, _)| format!("tree__row--{word}")),
    );
    let expanded = row.has_children.then(|| row.expanded.to_string());
    let is_dir = row.kind == Kind::Dir;
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
    let indent = format!("padding-left:{}px", row.depth.min(MOST_DEPTH) * INDENT_PX);
    html! {
        <div
            {class}
            id={props.id.clone()}
            role="row"
            aria-rowindex={position.saturating_add(2).to_string()}
            aria-level={(row.depth + 1).to_string()}
            aria-posinset={row.pos_in_set.to_string()}
            aria-setsize={row.set_size.to_string()}
            aria-expanded={expanded}
            aria-selected={props.is_focus.to_string()}
            {onclick}
            {ondblclick}
        >
            <div role="gridcell" class="tree__cell tree__cell--name" style={indent}>
                if row.has_children {
                    <span class="tree__twisty" aria-hidden="true" onclick={send(TreeAction::Twist(position))}>
                        { glyph(Glyph::Twisty) }
                    </span>
                } else {
                    <span class="tree__twisty" />
                }
                <span class={classes!("tree__kind", is_dir.then_some("tree__kind--dir"))}>
                    { glyph(Glyph::of_kind(row.kind, row.expanded)) }
                </span>
                <bdi class="tree__name">{ visible_text(&row.name.text) }</bdi>
                { link(row) }
                if let Some((word, letter, label)) = change {
                    <span class={classes!("change", format!("change--{word}"))} title={deleted_by.clone().unwrap_or_else(|| label.to_owned())}>
                        <span aria-hidden="true">{ letter }</span>
                        <span class="sr-only">{ deleted_by.as_deref().unwrap_or(label) }</span>
                    </span>
                }
            </div>
            <div role="gridcell" class="tree__cell tree__cell--size" title={format::count(row.size_bytes)}>
                { size(row) }
            </div>
            <div role="gridcell" class="tree__cell tree__cell--mode">{ mode_text(row.kind, row.mode) }</div>
            <div role="gridcell" class="tree__cell tree__cell--owner">{ format!("{}:{}", row.uid, row.gid) }</div>
            <div role="gridcell" class="tree__cell tree__cell--time">{ time(row) }</div>
            { layer_cell(props, row) }
        </div>
    }
}

fn layer_cell(props: &TreeRowProps, row: &TreeRow) -> Html {
    if !props.is_untrusted {
        return html! {
            <div role="gridcell" class="tree__cell tree__cell--layer">{ layer_chip(row.layer) }</div>
        };
    }
    let why = fill(props.text.layer_untrusted, &[&row.layer.to_string()]);
    html! {
        <div role="gridcell" class="tree__cell tree__cell--layer tree__cell--untrusted" title={why.clone()}>
            { glyph(Glyph::Alert) }
            { layer_chip(row.layer) }
            <span class="sr-only">{ why }</span>
        </div>
    }
}

fn link(row: &TreeRow) -> Html {
    match (&row.link, row.n_links) {
        (Some(target), _) => html! {
            <span class="tree__link">{ "→ " }<bdi>{ visible_text(&target.text) }</bdi></span>
        },
        (None, n) if n > 1 && row.kind == Kind::File => html! {
            <span class="tree__link">{ format!("×{n}") }</span>
        },
        _ => Html::default(),
    }
}

fn size(row: &TreeRow) -> String {
    match (row.kind, &row.device) {
        (_, Some(device)) => device.clone(),
        (Kind::File | Kind::Dir, None) if row.change != Some(ChangeWord::Deleted) => {
            format::size(row.size_bytes)
        }
        _ => String::new(),
    }
}

fn time(row: &TreeRow) -> String {
    if row.implied {
        String::new()
    } else {
        format::time(row.mtime)
    }
}

/// Draws the placeholder for a row that is not loaded yet.
pub(super) fn skeleton(position: u32, id: AttrValue) -> Html {
    html! {
        <div
            key={position}
            {id}
            class="tree__row tree__row--skeleton"
            role="row"
            aria-rowindex={position.saturating_add(2).to_string()}
        >
            <div role="gridcell" class="tree__cell tree__cell--name"><span class="skeleton" /></div>
        </div>
    }
}
