//! A row of a tree that only has its visible rows in the document: its place for assistive technology, its indentation,
//! its twisty.

use yew::prelude::*;

use super::glyph::{Glyph, glyph};

/// Maximum depth of indentation. Deeper rows align with the deepest.
const MOST_DEPTH: u32 = 24;
/// Indentation per level, in pixels.
const INDENT_PX: u32 = 16;

/// A row of a tree, without its cells. [`RowOfTree::html`] draws it.
pub(crate) struct RowOfTree {
    /// DOM id.
    pub id: AttrValue,
    /// Further classes, for its state.
    pub class: Classes,
    /// Position in the list of all rows.
    pub position: u32,
    /// Depth, from 0.
    pub depth: u32,
    /// Position among its siblings, from 1.
    pub pos_in_set: u32,
    /// Number of its siblings, with it.
    pub set_size: u32,
    /// True if its children are shown; `None` without children.
    pub is_expanded: Option<bool>,
    /// True if it has the focus of the tree.
    pub is_selected: bool,
    /// Receives clicks.
    pub onclick: Callback<MouseEvent>,
    /// Receives double clicks.
    pub ondblclick: Option<Callback<MouseEvent>>,
    /// Receives clicks on the twisty.
    pub on_twist: Callback<MouseEvent>,
}

/// A cell of a row: its column, its tooltip and its content.
pub(crate) type Cell = (&'static str, Option<String>, Html);

impl RowOfTree {
    /// Draws the row. `name` is the content of its first cell, behind the twisty.
    pub(crate) fn html(self, name: Html, cells: impl IntoIterator<Item = Cell>) -> Html {
        let indent = format!("padding-left:{}px", self.depth.min(MOST_DEPTH) * INDENT_PX);
        html! {
            <div
                class={classes!("tree__row", self.class)}
                id={self.id}
                role="row"
                aria-rowindex={row_index(self.position)}
                aria-level={(self.depth + 1).to_string()}
                aria-posinset={self.pos_in_set.to_string()}
                aria-setsize={self.set_size.to_string()}
                aria-expanded={self.is_expanded.map(|is_expanded| is_expanded.to_string())}
                aria-selected={self.is_selected.to_string()}
                onclick={self.onclick}
                ondblclick={self.ondblclick}
            >
                <div role="gridcell" class="tree__cell tree__cell--name" style={indent}>
                    if self.is_expanded.is_some() {
                        <span class="tree__twisty" aria-hidden="true" onclick={self.on_twist}>{ glyph(Glyph::Twisty) }</span>
                    } else {
                        <span class="tree__twisty" />
                    }
                    { name }
                </div>
                { for cells.into_iter().map(cell) }
            </div>
        }
    }
}

fn cell((column, title, content): Cell) -> Html {
    html! { <div role="gridcell" class={format!("tree__cell tree__cell--{column}")} {title}>{ content }</div> }
}

/// Returns the number of a row for assistive technology: the header is the first.
fn row_index(position: u32) -> String {
    position.saturating_add(2).to_string()
}

/// Draws the placeholder for a row that is not loaded yet.
pub(crate) fn awaited_row(position: u32, id: AttrValue) -> Html {
    html! {
        <div key={position} {id} class="tree__row" role="row" aria-rowindex={row_index(position)}>
            <div role="gridcell" class="tree__cell tree__cell--name"><span class="skeleton" /></div>
        </div>
    }
}
