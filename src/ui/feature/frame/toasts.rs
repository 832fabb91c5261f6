//! Brief messages about minor failures.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, Toast};
use crate::ui::text::problem::problem_text;
use crate::ui::text::said;

/// Properties of [`Toasts`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ToastsProps {
    /// Messages, oldest first.
    pub toasts: Vec<Toast>,
}

/// The messages. They stay until they are dismissed, so that nobody has to read fast.
#[component]
pub(crate) fn Toasts(props: &ToastsProps) -> Html {
    let shell = use_shell();
    let bar = &shell.text.shell.bar;
    let toast = |toast: &Toast| {
        let id = toast.id;
        let words = problem_text(shell.text.shell, toast.problem.code);
        html! {
            <div key={id} class="toast">
                { glyph(Glyph::Alert) }
                <div class="toast__text">
                    <strong>{ words.title }</strong>
                    <span class="muted small break"><bdi>{ said(shell.text.shell.said, &toast.problem.detail) }</bdi></span>
                </div>
                { Button::cross(bar.dismiss).on_click(shell.act.reform(move |_| Action::DismissToast(id))).html() }
            </div>
        }
    };
    html! {
        <div class="toasts" role="log" aria-live="polite" aria-label={bar.messages}>
            { for props.toasts.iter().map(toast) }
        </div>
    }
}
