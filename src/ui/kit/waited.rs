//! Seconds of a wait, shown after the first few, so that a slow answer does not look like a dead page.

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::ui::shell::use_shell;

/// Seconds before the wait is shown.
const FIRST_SECONDS: u32 = 5;

/// Properties of [`Waited`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WaitedProps {
    /// Progress so far. A change restarts the wait.
    pub mark: AttrValue,
}

/// Seconds since the last progress; nothing while they are few.
#[component]
pub(crate) fn Waited(props: &WaitedProps) -> Html {
    let shell = use_shell();
    let shown = use_state_eq(|| 0);
    {
        let shown = shown.setter();
        use_effect_with(props.mark.clone(), move |_| {
            shown.set(0);
            let mut seconds = 0;
            let interval = Interval::new(1_000, move || {
                seconds += 1;
                if seconds >= FIRST_SECONDS {
                    shown.set(seconds);
                }
            });
            move || drop(interval)
        });
    }
    if *shown < FIRST_SECONDS {
        return Html::default();
    }
    html! {
        <span class="waited num">{ (shell.text.shell.opening.waited)(*shown) }</span>
    }
}
