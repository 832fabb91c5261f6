//! The tree's header: column names that sort the tree.

use yew::prelude::*;

use crate::protocol::{Direction, Sort, SortKey};
use crate::ui::text::image::Image;

/// Properties of [`TreeHead`].
#[derive(Clone, PartialEq, Properties)]
pub(super) struct TreeHeadProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// Order of the rows.
    pub sort: Sort,
    /// Receives the column to sort by.
    pub on_sort: Callback<SortKey>,
}

/// The tree's header.
#[component]
pub(super) fn TreeHead(props: &TreeHeadProps) -> Html {
    let text = props.text;
    let columns = [
        (SortKey::Name, "name", text.column_name),
        (SortKey::Size, "size", text.column_size),
        (SortKey::Mode, "mode", text.column_mode),
        (SortKey::Owner, "owner", text.column_owner),
        (SortKey::Time, "time", text.column_time),
        (SortKey::Layer, "layer", text.column_layer),
    ];
    let cells = columns.into_iter().map(|(column, class, label)| {
        let is_sorted = props.sort.key == column;
        let (sort, mark) = match props.sort.direction {
            _ if !is_sorted => ("none", ""),
            Direction::Ascending => ("ascending", "↑"),
            Direction::Descending => ("descending", "↓"),
        };
        let onclick = {
            let on_sort = props.on_sort.clone();
            Callback::from(move |_: MouseEvent| on_sort.emit(column))
        };
        html! {
            <div role="columnheader" class={classes!("tree__cell", format!("tree__cell--{class}"))} aria-sort={sort}>
                <button type="button" {onclick}>
                    { label }
                    <span aria-hidden="true">{ mark }</span>
                </button>
            </div>
        }
    });
    html! {
        <div class="tree__head" role="rowgroup">
            <div class="tree__row" role="row" aria-rowindex="1">{ for cells }</div>
        </div>
    }
}
