//! Tables. On a phone each row becomes a card, whose cells are named by their `data-label`.

use yew::prelude::*;

use crate::protocol::Direction;

/// A column of a table.
#[derive(Clone)]
pub(crate) enum Column {
    /// Text, aligned at the start.
    Text(&'static str),
    /// Figures, aligned at the end.
    Figures(&'static str),
    /// A column whose name sorts the table.
    Sorted {
        /// Its name.
        name: &'static str,
        /// True for figures, which are aligned at the end.
        is_figure: bool,
        /// The direction, if the table is sorted by this column.
        direction: Option<Direction>,
        /// Receives clicks on the name.
        on_sort: Callback<MouseEvent>,
    },
    /// Buttons, without a name.
    Tools,
}

/// Draws a table. `class` is for its measures.
pub(crate) fn table(class: &'static str, columns: &[Column], rows: Html) -> Html {
    let head = columns.iter().map(|column| match column {
        Column::Text(name) => html! { <th scope="col">{ *name }</th> },
        Column::Figures(name) => html! { <th scope="col" class="end">{ *name }</th> },
        Column::Sorted {
            name,
            is_figure,
            direction,
            on_sort,
        } => {
            let (sort, mark) = match direction {
                None => ("none", ""),
                Some(Direction::Ascending) => ("ascending", "↑"),
                Some(Direction::Descending) => ("descending", "↓"),
            };
            html! {
                <th scope="col" class={is_figure.then_some("end")} aria-sort={sort}>
                    <button type="button" class="table__sort" onclick={on_sort.clone()}>
                        { *name }
                        <span aria-hidden="true">{ mark }</span>
                    </button>
                </th>
            }
        }
        Column::Tools => html! { <td /> },
    });
    html! {
        <table class={classes!("table", class)}>
            <thead><tr>{ for head }</tr></thead>
            <tbody>{ rows }</tbody>
        </table>
    }
}

/// Draws a wide table in a box that scrolls, also by keyboard.
pub(crate) fn table_box(
    label: &'static str,
    class: &'static str,
    columns: &[Column],
    rows: Html,
) -> Html {
    html! {
        <div class="table-box" role="region" tabindex="0" aria-label={label}>
            { table(class, columns, rows) }
        </div>
    }
}

/// Draws pairs of a name and a value, without a head.
pub(crate) fn pairs(rows: Html) -> Html {
    html! { <table class="pairs"><tbody>{ rows }</tbody></table> }
}
