//! A progress bar.

use yew::prelude::*;

/// Draws the bar. `label` names it for assistive technology; `percent` is `None` if unknown.
pub(crate) fn progress_bar(label: &str, percent: Option<u8>) -> Html {
    let is_unknown = percent.is_none();
    html! {
        <div
            class={classes!("progress", is_unknown.then_some("progress--unknown"))}
            role="progressbar"
            aria-label={label.to_owned()}
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow={percent.map(|percent| percent.to_string())}
        >
            <span style={percent.map(|percent| format!("width:{percent}%"))} />
        </div>
    }
}

/// Draws a share of a whole that stands beside it in words.
pub(crate) fn share_bar(percent: u8) -> Html {
    html! {
        <div class="progress" aria-hidden="true"><span style={format!("width:{percent}%")} /></div>
    }
}
