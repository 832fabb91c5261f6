//! Bytes in hex with their ASCII characters. Chunks are loaded when they become visible.

use yew::prelude::*;

use crate::ui::kit::virtual_list::{probe_text, row_keys, use_character_width, use_scroll_box};
use crate::ui::state::image::{ContentState, PanelAction, hex_row};
use crate::ui::text::image::Image;
use crate::web::theme::token_px;

/// Width of a row of sixteen bytes in characters, with its gaps.
const WIDE_COLUMNS: f64 = 80.0;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct HexViewProps {
    pub text: &'static Image,
    pub content: ContentState,
    pub act: Callback<PanelAction>,
}

/// Bytes in hex with their ASCII characters.
#[component]
pub(super) fn HexView(props: &HexViewProps) -> Html {
    let content = &props.content;
    let node = use_node_ref();
    let (probe, character_px) = use_character_width();
    let is_wide = use_state_eq(|| false);
    let n_columns: u32 = if *is_wide { 16 } else { 8 };
    let n_rows = content.size_bytes.div_ceil(u64::from(n_columns));
    let n_rows = u32::try_from(n_rows).unwrap_or(u32::MAX);
    let line_px = *use_memo((), |()| token_px("--code-line"));
    let list = use_scroll_box(&node, n_rows, line_px, 0.0);
    if list.width_px > 0.0 {
        is_wide.set(list.width_px >= WIDE_COLUMNS * character_px);
    }
    let seen = (list.window.start, list.window.len, n_columns);
    {
        let act = props.act.clone();
        use_effect_with(seen, move |(start, len, n_columns)| {
            act.emit(PanelAction::Bytes {
                offset: u64::from(*start) * u64::from(*n_columns),
                len: u64::from(*len) * u64::from(*n_columns),
            });
        });
    }
    let rows = row_keys(list.window).map(|row| {
        let offset = u64::from(row) * u64::from(n_columns);
        let left = content.size_bytes.saturating_sub(offset);
        let n_here = usize::try_from(left.min(n_columns.into())).unwrap_or(0);
        let bytes = content.bytes_at(offset, n_here);
        let shown = hex_row(offset, bytes, n_columns as usize);
        html! {
            <div class="lines__row hex__row" key={row}>
                <span class="hex__offset">{ shown.offset }</span>
                <span>{ shown.hex }</span>
                <span class="hex__ascii">{ shown.ascii }</span>
            </div>
        }
    });
    html! {
        <div
            class="lines hex"
            ref={node}
            role="region"
            tabindex="0"
            aria-label={props.text.mode_hex}
            onscroll={list.on_scroll.clone()}
        >
            <span class="lines__probe" ref={probe} aria-hidden="true">{ probe_text() }</span>
            { list.html(None, None, "lines__rows", rows.collect()) }
        </div>
    }
}
