//! The state of a layer: a small badge and, in case of trouble, the exact problem and the way out.

use crate::ui::text::said;
use yew::prelude::*;

use crate::protocol::{
    Claim, LayerProgress, LeftOut, LeftOutPath, ListedBy, Origin, Problem, ProblemCode,
};
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::notice::Notice;
use crate::ui::shell::use_shell;
use crate::ui::state::image::{LayerPhase, Refuted};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill, left_out_why};
use crate::ui::text::problem::problem_text;
use crate::ui::text::shell::Shell;
use crate::ui::text::visible::visible_text;

/// Draws the state of a layer: in words if there is doubt, and otherwise as a quiet sign or nothing, with its words for
/// screen readers. The origin decides between "downloading" and "reading".
pub(super) fn phase_badge(text: &'static Image, phase: &LayerPhase, origin: Origin) -> Html {
    let quiet = |label: &'static str| html! { <span class="sr-only">{ label }</span> };
    let (class, icon, label) = match phase {
        LayerPhase::Waiting => return quiet(text.phase_waiting),
        LayerPhase::Reading(progress) => return quiet(reading(text, origin, progress)),
        LayerPhase::Verifying => return quiet(text.phase_verifying),
        LayerPhase::Verified => return quiet(text.phase_verified),
        LayerPhase::Known => {
            let title = match origin {
                Origin::Registry => text.phase_exists_why,
                _ => text.phase_known_why,
            };
            return html! {
                <span class="layer__known" {title}>{ glyph(Glyph::Known) }{ quiet(text.phase_known) }</span>
            };
        }
        LayerPhase::Listed { .. } => ("badge--warn", Glyph::Alert, text.phase_listed),
        LayerPhase::Unclaimed => ("badge--warn", Glyph::Alert, text.phase_unclaimed),
        LayerPhase::Refuted(_) => ("badge--bad", Glyph::Cross, text.phase_refuted),
        LayerPhase::Damaged(_) => ("badge--bad", Glyph::Alert, text.phase_damaged),
        LayerPhase::Failed(_) => ("badge--bad", Glyph::Cross, text.phase_failed),
        LayerPhase::Stopped(_) => ("badge--warn", Glyph::Alert, text.phase_stopped),
        LayerPhase::Incomplete(_) => ("badge--bad", Glyph::Alert, text.phase_incomplete),
        LayerPhase::LeftOut => ("badge--bad", Glyph::Cross, text.phase_left_out),
    };
    let title = match phase {
        LayerPhase::Listed {
            by: ListedBy::Headers,
            ..
        } => text.listed_headers,
        LayerPhase::Listed { .. } => text.listed_why,
        LayerPhase::Unclaimed => text.phase_unclaimed_why,
        _ => "",
    };
    html! {
        <span class={classes!("badge", class)} title={title}>{ glyph(icon) }{ label }</span>
    }
}

/// Returns the word for the current step. A stream is decoded while it arrives: after its
/// last byte, only decoding is left.
fn reading(text: &Image, origin: Origin, progress: &LayerProgress) -> &'static str {
    match progress {
        LayerProgress::Verifying => text.phase_verifying,
        LayerProgress::Reading {
            stored_bytes,
            total_bytes,
            ..
        } if total_bytes.is_some_and(|total| *stored_bytes >= total) => text.phase_extracting,
        LayerProgress::Reading { .. } if origin == Origin::Registry => text.phase_downloading,
        LayerProgress::Reading { .. } => text.phase_reading,
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(super) struct TroubleProps {
    pub text: &'static Image,
    pub layer: u32,
    pub phase: LayerPhase,
    pub on_again: Callback<u32>,
}

/// Explains what is wrong with a layer; nothing if all is well.
#[component]
pub(super) fn Trouble(props: &TroubleProps) -> Html {
    let text = props.text;
    let shell = use_shell().text.shell;
    let what = match &props.phase {
        LayerPhase::Refuted(refuted) => html! {
            <>
                <p>{ text.refuted_why }</p>
                { for refuted.iter().map(|check| refuted_check(text, check)) }
            </>
        },
        LayerPhase::Damaged(problem) => explained(shell, problem, text.damaged_why),
        LayerPhase::Failed(problem) => explained(shell, problem, text.failed_why),
        LayerPhase::LeftOut => {
            let words = problem_text(shell, ProblemCode::LeftOut);
            html! { <><strong>{ words.title }</strong><p>{ words.cause }</p></> }
        }
        LayerPhase::Incomplete(left_out) => return incomplete(text, left_out),
        _ => return Html::default(),
    };
    let again = {
        let on_again = props.on_again.clone();
        let layer = props.layer;
        Callback::from(move |_: MouseEvent| on_again.emit(layer))
    };
    let label = fill(text.read_layer_again, &[&props.layer.to_string()]);
    Notice::bad().class("layer__trouble").html(html! {
        <div class="stack">
            { what }
            <div>{ Button::new(text.read_again).glyph(Glyph::Again).name(label).on_click(again).html() }</div>
        </div>
    })
}

/// Draws how much of a layer is missing, with the first paths in full.
fn incomplete(text: &'static Image, left_out: &LeftOut) -> Html {
    let path = |told: &LeftOutPath| {
        let path = visible_text(&told.shown());
        html! {
            <li class="break"><bdi class="mono">{ path }</bdi>{ " " }{ left_out_why(text, told.why) }</li>
        }
    };
    let n_more = left_out.n.saturating_sub(left_out.first.len() as u64);
    Notice::bad().class("layer__trouble").html(html! {
        <div class="stack">
            <strong>{ fill(text.incomplete_why, &[&format::count(left_out.n)]) }</strong>
            <ul class="warnings">
                { for left_out.first.iter().map(path) }
                if n_more > 0 { <li class="muted">{ fill(text.incomplete_more, &[&format::count(n_more)]) }</li> }
            </ul>
        </div>
    })
}

/// Draws a failure with its likely cause, its exact words, and its effect on the rest.
fn explained(shell: &Shell, problem: &Problem, outcome: &'static str) -> Html {
    let words = problem_text(shell, problem.code);
    html! {
        <>
            <strong>{ words.title }</strong>
            <p>{ words.cause }</p>
            <p class="break mono small"><bdi>{ said(shell.said, &problem.detail) }</bdi></p>
            <p>{ outcome }</p>
        </>
    }
}

fn refuted_check(text: &'static Image, refuted: &Refuted) -> Html {
    html! {
        <dl class="refuted">
            <dt>{ fill(text.refuted_expected, &[claim_word(text, refuted.claim)]) }</dt>
            <dd><span class="mono break">{ visible_text(&refuted.expected) }</span><CopyButton {text} value={refuted.expected.clone()} what={claim_word(text, refuted.claim)} /></dd>
            <dt>{ text.refuted_actual }</dt>
            <dd><span class="mono break">{ visible_text(&refuted.actual) }</span><CopyButton {text} value={refuted.actual.clone()} what={claim_word(text, refuted.claim)} /></dd>
        </dl>
    }
}

/// Returns the name of a check.
pub(crate) fn claim_word(text: &Image, claim: Claim) -> &'static str {
    match claim {
        Claim::Digest => text.check_digest,
        Claim::Size => text.check_size,
        Claim::DiffId => text.check_diff_id,
        Claim::Checksum => text.check_checksum,
    }
}
