//! The parts of an image that an analysis did not read, so that nothing missing is taken for absent.

use yew::prelude::*;

use crate::protocol::{FileGap, Gap, ImagePath, LayerGap, visible_text};
use crate::ui::kit::button::Button;
use crate::ui::kit::notice::Notice;
use crate::ui::state::image::ImageAction;
use crate::ui::text::format;
use crate::ui::text::system::SystemWords;
use crate::ui::text::words::fill;
use crate::ui::text::{Text, said};

/// Gaps that are told one by one.
const MOST_TOLD: usize = 50;

/// Draws the gaps of an analysis; nothing if there are none.
pub(crate) fn gaps(text: &Text, gaps: &[Gap], act: &Callback<ImageAction>) -> Html {
    let words = SystemWords::of(text.language);
    if gaps.is_empty() {
        return Html::default();
    }
    let may_come = |gap: &Gap| {
        let failed = |why: &FileGap| matches!(why, FileGap::Failed { .. });
        matches!(gap, Gap::File { why, .. } if failed(why))
    };
    let line = |gap: &Gap| html! { <li class="break">{ gap_text(text, gap) }</li> };
    let n_more = gaps.len().saturating_sub(MOST_TOLD);
    let lines = html! {
        <div>
            <p>{ words.gaps }</p>
            <ul>{ for gaps.iter().take(MOST_TOLD).map(line) }</ul>
            if n_more > 0 {
                <p class="num">{ fill(words.more, &[&format::count(n_more as u64)]) }</p>
            }
            if gaps.iter().any(may_come) {
                { Button::new(words.retry)
                    .on_click(act.reform(|_| ImageAction::RetryAnalysis))
                    .html() }
            }
        </div>
    };
    Notice::warn().role("status").html(lines)
}

fn gap_text(text: &Text, gap: &Gap) -> String {
    let words = SystemWords::of(text.language);
    match gap {
        Gap::Layer { layer, why } => {
            let why = match why {
                LayerGap::Unread => words.gap_layer_unread,
                LayerGap::Incomplete => words.gap_layer_incomplete,
            };
            fill(words.gap_layer, &[&layer.0.to_string(), why])
        }
        Gap::File { path, why } => {
            let path = ImagePath::normalise(path).unwrap_or_default();
            let why = match why {
                FileGap::LeadsNowhere => words.gap_leads_nowhere.to_owned(),
                FileGap::NotFile => words.gap_not_file.to_owned(),
                FileGap::Failed { reason } => {
                    fill(words.gap_failed, &[&said(text.shell.said, reason)])
                }
                FileGap::TooFar => words.gap_too_far.to_owned(),
                FileGap::UnknownForm => words.gap_unknown_form.to_owned(),
                FileGap::TooMany { n } => fill(words.gap_too_many, &[&format::count(*n)]),
                FileGap::Cut {
                    read_bytes,
                    size_bytes,
                } => {
                    let (read, size) = (format::size(*read_bytes), format::size(*size_bytes));
                    fill(words.gap_cut, &[&read, &size])
                }
            };
            visible_text(&format!("/{path}: {why}"))
        }
    }
}
