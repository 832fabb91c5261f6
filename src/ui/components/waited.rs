//! Seconds of a wait, shown once there are some, so that it is told from a page that has died.

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::ui::shell::use_shell;

/// Seconds before it is said.
const FIRST_SECONDS: u32 = 5;

/// A wait.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WaitedProps {
    /// What has come so far; something else begins the wait anew.
    pub mark: AttrValue,
}

/// The seconds since something came; nothing while it is few.
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
