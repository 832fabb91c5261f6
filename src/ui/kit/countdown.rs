//! Counts down the pause that a registry asks for.

use std::num::NonZeroU32;

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::ui::shell::use_shell;
use crate::web::global;

/// Properties of [`Countdown`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CountdownProps {
    /// Full length of the pause, in seconds.
    pub seconds: NonZeroU32,
}

/// Shows the time left, and in the end that the pause is over.
#[component]
pub(crate) fn Countdown(props: &CountdownProps) -> Html {
    let shell = use_shell();
    let left = use_state_eq(|| props.seconds.get());
    {
        let left = left.setter();
        use_effect_with(props.seconds, move |seconds| {
            let end = global::now_millis() + f64::from(seconds.get()) * 1_000.0;
            // Uses the clock, because timers of a page in the background fire rarely.
            let interval = Interval::new(1_000, move || {
                let seconds = ((end - global::now_millis()) / 1_000.0).ceil();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a cast of a float stays within its range"
                )]
                left.set(seconds.max(0.0) as u32);
            });
            move || drop(interval)
        });
    }
    let clock = format!("{}:{:02}", *left / 60, *left % 60);
    html! { <p class="num" role="timer">{ (shell.text.shell.problem.pause)(&clock, *left == 0) }</p> }
}
