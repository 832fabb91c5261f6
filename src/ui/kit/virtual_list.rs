//! Long lists with rows of equal height, which draw only their visible rows.
//!
//! `state::image::Geometry` does the calculations. This module applies them to the scroll container.

use yew::prelude::*;

use crate::ui::state::image::{Geometry, Window};
use crate::web::dom;

/// A scroll container as seen by its component.
#[derive(Clone, PartialEq)]
pub(crate) struct ScrollBox {
    /// Element that scrolls.
    pub node: NodeRef,
    /// Measures of the list.
    pub geometry: Geometry,
    /// Rows to draw.
    pub window: Window,
    /// Inner width in pixels.
    pub width_px: f64,
    /// Handler for the `scroll` event of the element.
    pub on_scroll: Callback<Event>,
}

impl ScrollBox {
    /// Draws the rows in their place: an element as high as the whole list, and in it one with the visible rows.
    /// `body` and `rows` are the classes of both, `role` is that of the first.
    pub(crate) fn html(
        &self,
        body: Option<&'static str>,
        role: Option<&'static str>,
        rows: &'static str,
        drawn: Html,
    ) -> Html {
        let height = format!("height:{}px", self.geometry.height_px());
        let top = format!("transform:translateY({}px)", self.window.top_px);
        html! {
            <div class={body} {role} style={height}>
                <div class={rows} role={role.map(|_| "presentation")} style={top}>{ drawn }</div>
            </div>
        }
    }

    /// Returns the first visible row.
    pub(crate) fn first_row(&self) -> u32 {
        self.geometry.first_row(dom::scroll_top(&self.node))
    }

    /// Scrolls so that a row is the first visible one.
    pub(crate) fn scroll_to(&self, row: u32, keeps_fraction: bool) {
        let fraction = if keeps_fraction {
            dom::scroll_top(&self.node) % self.geometry.row_px
        } else {
            0.0
        };
        dom::set_scroll_top(&self.node, self.geometry.scroll_of(row) + fraction);
    }
}

/// Observes the scroll container `node` with `n_rows` rows. A fixed header covers its top `head_px` pixels.
#[hook]
pub(crate) fn use_scroll_box(node: &NodeRef, n_rows: u32, row_px: f64, head_px: f64) -> ScrollBox {
    let size = use_state_eq(|| (0.0_f64, 480.0_f64));
    {
        let size = size.setter();
        use_effect_with(node.clone(), move |node| {
            let observer = dom::observe_size(node, move |width, height| {
                // A hidden page has no size. Its last size is kept.
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
    // Only triggers a redraw when other rows become visible; the rows themselves are computed on each render.
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

/// Returns the keys of the drawn rows, which are stable while the list scrolls.
pub(crate) fn row_keys(window: Window) -> impl Iterator<Item = u32> {
    window.start..window.start.saturating_add(window.len)
}

/// Returns the character width of an element's monospace font, measured on a hidden line of 64 characters.
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

/// Returns the text of the hidden line.
pub(crate) fn probe_text() -> AttrValue {
    "0".repeat(64).into()
}
