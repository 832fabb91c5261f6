//! A failure explained: the problem, its likely cause, a way out and the exact message.

use yew::prelude::*;

use crate::protocol::Problem;
use crate::ui::apart::{Apart, Piece};
use crate::ui::feature::doctor::remedy;
use crate::ui::kit::button::Button;
use crate::ui::kit::countdown::Countdown;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::text::Language;
use crate::ui::text::problem::problem_text;
use crate::ui::text::said;
use crate::ui::text::shell::Shell;

/// Properties of [`ProblemView`].
#[derive(Clone, Properties)]
pub(crate) struct ProblemViewProps {
    /// Words in the user's language.
    pub text: &'static Shell,
    /// Language of the words.
    pub language: Language,
    /// Failure to explain.
    pub problem: Problem,
    /// Retries the failed action; `None` for no button.
    #[prop_or_default]
    pub on_retry: Option<Callback<()>>,
}

impl PartialEq for ProblemViewProps {
    fn eq(&self, other: &ProblemViewProps) -> bool {
        self.language == other.language
            && self.problem == other.problem
            && self.on_retry == other.on_retry
    }
}

/// The explanation.
#[component]
pub(crate) fn ProblemView(props: &ProblemViewProps) -> Html {
    let words = &props.text.problem;
    let problem = &props.problem;
    let explained = problem_text(props.text, problem.code);
    html! {
        <article class="problem stack">
            <header class="problem__head">
                { glyph(Glyph::Alert) }
                <div>
                    <h1>{ explained.title }</h1>
                    if !problem.subject.is_empty() {
                        <p class="mono break problem__subject"><bdi>{ said(props.text.said, &problem.subject) }</bdi></p>
                    }
                </div>
            </header>
            <section>
                <h2 class="label">{ words.cause }</h2>
                <p>{ explained.cause }</p>
            </section>
            if !explained.way_out.is_empty() {
                <section class="stack">
                    <h2 class="label">{ words.way_out }</h2>
                    if let [only] = explained.way_out {
                        <p>{ *only }</p>
                    } else {
                        <ul class="bullets">
                            { for explained.way_out.iter().map(|step| html! { <li>{ *step }</li> }) }
                        </ul>
                    }
                    if remedy(problem.code).is_some() {
                        <Apart piece={Piece::Remedies(problem.clone(), props.on_retry.clone())} />
                    }
                </section>
            }
            if !problem.detail.is_empty() {
                <details>
                    <summary>{ words.detail }</summary>
                    <p class="mono break problem__detail"><bdi>{ said(props.text.said, &problem.detail) }</bdi></p>
                </details>
            }
            if let Some(seconds) = problem.pause_seconds {
                <Countdown {seconds} />
            }
            if let Some(on_retry) = &props.on_retry {
                <div>
                    { Button::new(words.retry).glyph(Glyph::Again).primary().on_click(on_retry.reform(|_| ())).html() }
                </div>
            }
        </article>
    }
}
