//! Text with line numbers. Long lines are split into pieces of one row each, so that all rows have the same height.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::virtual_list::{probe_text, row_keys, use_character_width, use_scroll_box};
use crate::ui::state::Shared;
use crate::ui::state::image::{
    CHUNK_BYTES, ContentState, PanelAction, TEXT_LIMIT_BYTES, TextLines, VisualLine, wrap,
};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::web::theme::token_px;

/// Free space at the sides of the text, in pixels.
const MARGIN_PX: f64 = 24.0;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct TextViewProps {
    pub text: &'static Image,
    pub content: ContentState,
    pub wraps: bool,
    pub act: Callback<PanelAction>,
}

/// Pieces to draw: whole lines, or wrapped ones.
#[derive(Clone, PartialEq)]
enum Pieces {
    Lines(u32),
    Broken(Shared<Vec<VisualLine>>),
}

impl Pieces {
    fn n(&self) -> u32 {
        match self {
            Pieces::Lines(n) => *n,
            Pieces::Broken(pieces) => u32::try_from(pieces.len()).unwrap_or(u32::MAX),
        }
    }

    fn piece(&self, row: u32, lines: &TextLines) -> Option<VisualLine> {
        match self {
            Pieces::Lines(n) => (row < *n).then(|| lines.line(row)),
            Pieces::Broken(pieces) => pieces.get(usize::try_from(row).ok()?).copied(),
        }
    }
}

/// A text with line numbers.
#[component]
pub(super) fn TextView(props: &TextViewProps) -> Html {
    let (text, content) = (props.text, &props.content);
    let node = use_node_ref();
    let (probe, character_px) = use_character_width();
    let width = use_state_eq(|| 0.0_f64);
    let n_digits = content.text.n_lines().max(1).ilog10() + 1;
    let gutter_px = f64::from(n_digits.max(3)) * character_px + MARGIN_PX;
    let free_px = (*width - gutter_px - MARGIN_PX).max(0.0);
    // The saturating cast is of a small number.
    let columns = if *width > 0.0 {
        (free_px / character_px) as u32
    } else {
        80
    };
    let wrap_at = props.wraps.then_some(columns);
    let pieces = use_memo(
        (content.text.clone(), wrap_at),
        |(lines, wrap_at)| match wrap_at {
            Some(columns) => Pieces::Broken(Shared::new(wrap(lines, *columns))),
            None => Pieces::Lines(lines.n_lines()),
        },
    );
    let line_px = *use_memo((), |()| token_px("--code-line"));
    let list = use_scroll_box(&node, pieces.n(), line_px, 0.0);
    width.set(list.width_px);
    let rows = row_keys(list.window).filter_map(|row| {
        let piece = pieces.piece(row, &content.text)?;
        let number = if piece.is_first {
            (piece.line + 1).to_string()
        } else {
            String::new()
        };
        Some(html! {
            <div class="lines__row" key={row}>
                <span class="lines__number" data-n={number} />
                <span class="lines__text">{ content.text.text(piece) }</span>
            </div>
        })
    });
    let more = {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| act.emit(PanelAction::More))
    };
    let shown = format::size(content.text.n_bytes());
    let whole = format::size(content.size_bytes);
    let gutter = format!("--gutter:{gutter_px}px");
    html! {
        <>
            <div
                class={classes!("lines", props.wraps.then_some("lines--wrapped"))}
                ref={node}
                role="region"
                tabindex="0"
                aria-label={text.mode_text}
                onscroll={list.on_scroll.clone()}
                style={gutter}
            >
                <span class="lines__probe" ref={probe} aria-hidden="true">{ probe_text() }</span>
                { list.html(None, None, "lines__rows", rows.collect()) }
            </div>
            if content.text.n_bytes() < content.size_bytes {
                <div class="viewer__more">
                    <span class="muted num">{ fill(text.content_shown, &[&shown, &whole]) }</span>
                    if content.has_more_text() {
                        { Button::new(fill(text.content_more, &[&format::size(CHUNK_BYTES.into())])).disabled(content.loading.is_some()).on_click(more).html() }
                    } else if content.text.n_bytes() >= TEXT_LIMIT_BYTES {
                        <span class="muted">{ text.content_too_long }</span>
                    }
                </div>
            }
        </>
    }
}
