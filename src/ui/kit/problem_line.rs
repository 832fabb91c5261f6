//! A failure shown within a page.

use yew::prelude::*;

use super::button::Button;
use super::countdown::Countdown;
use super::notice::Notice;
use crate::protocol::Problem;
use crate::ui::shell::use_shell;
use crate::ui::text::problem::problem_text;
use crate::ui::text::said;

/// Properties of [`ProblemLine`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ProblemLineProps {
    /// Failure to show.
    pub problem: Problem,
    /// Retries the failed action.
    #[prop_or_default]
    pub on_retry: Option<Callback<()>>,
    /// Further text and controls.
    #[prop_or_default]
    pub children: Html,
}

/// A failure: the problem, its likely cause and the exact message.
#[component]
pub(crate) fn ProblemLine(props: &ProblemLineProps) -> Html {
    let shell = use_shell();
    let words = problem_text(shell.text.shell, props.problem.code);
    Notice::bad().alert().html(html! {
        <>
            <div class="notice__text">
                <strong>{ words.title }</strong>
                <p>{ words.cause }</p>
                <p class="mono small break"><bdi>{ said(shell.text.shell.said, &props.problem.detail) }</bdi></p>
                if let Some(seconds) = props.problem.pause_seconds {
                    <Countdown {seconds} />
                }
                { props.children.clone() }
            </div>
            if let Some(on_retry) = &props.on_retry {
                { Button::new(shell.text.shell.problem.retry).on_click(on_retry.reform(|_| ())).html() }
            }
        </>
    })
}
