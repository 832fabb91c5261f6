//! The tree's header: column names that sort the tree.

use yew::prelude::*;

use crate::protocol::{SortColumn, SortOrder};
use crate::ui::text::image::Image;

/// Properties of [`TreeHead`].
#[derive(Clone, PartialEq, Properties)]
pub(super) struct TreeHeadProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// Column that the rows are sorted by.
    pub column: SortColumn,
    /// Direction of the sort.
    pub order: SortOrder,
    /// Receives the column to sort by.
    pub on_sort: Callback<SortColumn>,
}

/// The tree's header.
#[component]
pub(super) fn TreeHead(props: &TreeHeadProps) -> Html {
    let text = props.text;
    let columns = [
        (SortColumn::Name, "name", text.column_name),
        (SortColumn::Size, "size", text.column_size),
        (SortColumn::Mode, "mode", text.column_mode),
        (SortColumn::Owner, "owner", text.column_owner),
        (SortColumn::Time, "time", text.column_time),
        (SortColumn::Layer, "layer", text.column_layer),
    ];
    let cells = columns.into_iter().map(|(column, class, label)| {
        let is_sorted = props.column == column;
        let (sort, mark) = match props.order {
            _ if !is_sorted => ("none", ""),
            SortOrder::Ascending => ("ascending", "↑"),
            SortOrder::Descending => ("descending", "↓"),
        };
        let onclick = {
            let on_sort = props.on_sort.clone();
            Callback::from(move |_: MouseEvent| on_sort.emit(column))
        };
        html! {
            <div role="columnheader" class={classes!("tree__cell", format!("tree__cell--{class}"))} aria-sort={sort}>
                <button type="button" {onclick}>
                    { label }
                    <span class="tree__sort" aria-hidden="true">{ mark }</span>
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
