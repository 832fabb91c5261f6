//! A bar that fills.

use yew::prelude::*;

/// How far something is.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ProgressBarProps {
    /// What is on its way, for assistive technology.
    pub label: AttrValue,
    /// Per cent; `None` where that is not known.
    pub percent: Option<u8>,
}

/// The bar.
#[component]
pub(crate) fn ProgressBar(props: &ProgressBarProps) -> Html {
    let is_unknown = props.percent.is_none();
    html! {
        <div
            class={classes!("progress", is_unknown.then_some("progress--unknown"))}
            role="progressbar"
            aria-label={props.label.clone()}
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow={props.percent.map(|percent| percent.to_string())}
        >
            <span style={props.percent.map(|percent| format!("width:{percent}%"))} />
        </div>
    }
}
