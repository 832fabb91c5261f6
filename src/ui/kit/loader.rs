//! The loader: waiting, failure and readiness of whatever is asked for, drawn once for all features.

use yew::prelude::*;

use super::problem_line::ProblemLine;
use super::waited::Waited;
use crate::protocol::Problem;
use crate::ui::state::image::Loadable;

/// Words while something is not there.
#[derive(Clone)]
pub(crate) struct WaitingWords {
    /// Words while nobody asks for it yet.
    pub idle: AttrValue,
    /// Words while it is on its way.
    pub loading: AttrValue,
}

impl WaitingWords {
    /// Returns the same words for both.
    pub(crate) fn both(words: &'static str) -> WaitingWords {
        WaitingWords {
            idle: words.into(),
            loading: words.into(),
        }
    }
}

/// Draws what has come, or the words or the failure in its place.
pub(crate) fn loaded<T>(
    value: &Loadable<T>,
    words: WaitingWords,
    on_retry: Option<Callback<()>>,
    ready: impl FnOnce(&T) -> Html,
) -> Html {
    match value {
        Loadable::Ready(value) => ready(value),
        Loadable::Idle => empty(words.idle),
        Loadable::Loading => waiting(words.loading),
        Loadable::Failed(problem) => failed(problem, on_retry),
    }
}

/// Draws the words in the place of something that is awaited.
pub(crate) fn waiting(words: AttrValue) -> Html {
    html! { <p class="empty" role="status">{ words }</p> }
}

/// Draws the words in the place of something that is not there.
pub(crate) fn empty(words: AttrValue) -> Html {
    html! { <p class="empty">{ words }</p> }
}

/// Draws a failure in the place of what did not come.
pub(crate) fn failed(problem: &Problem, on_retry: Option<Callback<()>>) -> Html {
    html! { <div class="loader"><ProblemLine problem={problem.clone()} {on_retry} /></div> }
}

/// Draws the sign that something is on its way, beside words that say so.
pub(crate) fn spinner() -> Html {
    html! { <span class="spinner" aria-hidden="true" /> }
}

/// Draws the words of a button while that which it asked for is on its way. `mark` changes with each progress.
pub(crate) fn under_way(words: &'static str, mark: String) -> Html {
    html! {
        <>
            { spinner() }
            { words }
            { " " }
            <Waited {mark} />
        </>
    }
}
