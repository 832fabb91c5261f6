//! The tree's head: the columns' names, which sort it.

use yew::prelude::*;

use crate::protocol::{SortColumn, SortOrder};
use crate::ui::text::image::Image;

/// The head's properties.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct TreeHeadProps {
    /// The words.
    pub text: &'static Image,
    /// The column sorted by.
    pub column: SortColumn,
    /// Which way.
    pub order: SortOrder,
    /// Asks for another order.
    pub on_sort: Callback<SortColumn>,
}

/// The tree's head.
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
