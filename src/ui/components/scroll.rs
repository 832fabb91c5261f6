//! Long lists of rows of one height: only those in sight are drawn.
//!
//! The measures are `state::image::Geometry`'s; here they meet the scroll box.

use yew::prelude::*;

use crate::ui::state::image::{Geometry, Window};
use crate::web::dom;

/// A scroll box as its component sees it.
#[derive(Clone, PartialEq)]
pub(crate) struct ScrollBox {
    /// The element that scrolls.
    pub node: NodeRef,
    /// The list's measures.
    pub geometry: Geometry,
    /// The rows to draw.
    pub window: Window,
    /// The box's inner width.
    pub width_px: f64,
    /// To be put on the element that scrolls.
    pub on_scroll: Callback<Event>,
}

impl ScrollBox {
    /// The style of the element that is as high as the whole list.
    pub(crate) fn list_style(&self) -> String {
        format!("height:{}px", self.geometry.height_px())
    }

    /// The style of the element that holds the drawn rows.
    pub(crate) fn rows_style(&self) -> String {
        format!("transform:translateY({}px)", self.window.top_px)
    }

    /// The first row in sight now.
    pub(crate) fn first_row(&self) -> u32 {
        self.geometry.first_row(dom::scroll_top(&self.node))
    }

    /// Makes a row the first in sight.
    pub(crate) fn scroll_to(&self, row: u32, keeps_fraction: bool) {
        let fraction = if keeps_fraction {
            dom::scroll_top(&self.node) % self.geometry.row_px
        } else {
            0.0
        };
        dom::set_scroll_top(&self.node, self.geometry.scroll_of(row) + fraction);
    }
}

/// Watches the scroll box `node` with `n_rows` rows; `head_px` of its top are covered by a head that stays.
#[hook]
pub(crate) fn use_scroll_box(node: &NodeRef, n_rows: u32, row_px: f64, head_px: f64) -> ScrollBox {
    let size = use_state_eq(|| (0.0_f64, 480.0_f64));
    {
        let size = size.setter();
        use_effect_with(node.clone(), move |node| {
            let observer = dom::observe_size(node, move |width, height| {
                // A page that is hidden has no size, and keeps what it had.
                if height > 0.0 {
                    size.set((width, height));
                }
            });
            move || drop(observer)
        });
    }
    let geometry = Geometry {
        n_rows,
        row_px,
        box_px: (size.1 - head_px).max(row_px),
    };
    let window = geometry.window(dom::scroll_top(node));
    // Only tells that other rows are in sight; what they are is computed anew each time.
    let drawn = use_state_eq(|| window);
    let on_scroll = {
        let node = node.clone();
        let drawn = drawn.setter();
        use_callback(geometry, move |_: Event, geometry: &Geometry| {
            drawn.set(geometry.window(dom::scroll_top(&node)));
        })
    };
    ScrollBox {
        node: node.clone(),
        geometry,
        window,
        width_px: size.0,
        on_scroll,
    }
}

/// Keys of rows: stable while the list is scrolled.
pub(crate) fn row_keys(window: Window) -> impl Iterator<Item = u32> {
    window.start..window.start.saturating_add(window.len)
}

/// The width of a character of an element's fixed-width font, measured on a hidden line of 64 of them.
#[hook]
pub(crate) fn use_character_width() -> (NodeRef, f64) {
    let probe = use_node_ref();
    let width = use_state_eq(|| 7.25_f64);
    {
        let width = width.setter();
        use_effect_with(probe.clone(), move |probe| {
            let (line_px, _) = dom::size(probe);
            if line_px > 64.0 {
                width.set(line_px / 64.0);
            }
        });
    }
    (probe, *width)
}

/// The text of the hidden line.
pub(crate) fn probe_text() -> AttrValue {
    "0".repeat(64).into()
}
