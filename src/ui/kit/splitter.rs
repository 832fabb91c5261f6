//! The bar between two columns. It is dragged with the pointer or moved with the arrow keys.

use yew::prelude::*;

use crate::web::dom;

/// Properties of [`Splitter`]. The value of the bar is the width of the column on its right.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SplitterProps {
    /// Accessible name of the bar.
    pub label: AttrValue,
    /// DOM id of the column that it resizes.
    pub controls: AttrValue,
    /// Current width of the column.
    pub width_px: f64,
    /// Minimum width.
    pub least_px: f64,
    /// Maximum width.
    pub most_px: f64,
    /// Receives the new width.
    pub on_width: Callback<f64>,
}

/// Pixels by which an arrow key moves the bar.
const STEP_PX: f64 = 24.0;

/// The bar between two columns.
#[component]
pub(crate) fn Splitter(props: &SplitterProps) -> Html {
    // Position of the pointer when it went down, and the width at that time.
    let drag = use_mut_ref(|| None::<(i32, f64)>);
    let set = {
        let on_width = props.on_width.clone();
        let (least, most) = (props.least_px, props.most_px);
        move |width: f64| on_width.emit(width.max(least).min(most.max(least)))
    };
    let onpointerdown = {
        let drag = drag.clone();
        let width = props.width_px;
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            dom::capture_pointer(&event);
            *drag.borrow_mut() = Some((event.client_x(), width));
        })
    };
    let onpointermove = {
        let drag = drag.clone();
        let set = set.clone();
        Callback::from(move |event: PointerEvent| {
            let from = *drag.borrow();
            if let Some((x, width)) = from {
                set(width - f64::from(event.client_x() - x));
            }
        })
    };
    let onpointerup = Callback::from(move |_: PointerEvent| *drag.borrow_mut() = None);
    let onkeydown = {
        let width = props.width_px;
        let (least, most) = (props.least_px, props.most_px);
        Callback::from(move |event: KeyboardEvent| {
            let width = match event.key().as_str() {
                "ArrowLeft" => width + STEP_PX,
                "ArrowRight" => width - STEP_PX,
                "Home" => least,
                "End" => most,
                _ => return,
            };
            event.prevent_default();
            set(width);
        })
    };
    html! {
        <div
            class="splitter"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label={props.label.clone()}
            aria-controls={props.controls.clone()}
            aria-valuemin={props.least_px.round().to_string()}
            aria-valuemax={props.most_px.round().to_string()}
            aria-valuenow={props.width_px.round().to_string()}
            {onpointerdown}
            {onpointermove}
            onpointercancel={onpointerup.clone()}
            {onpointerup}
            {onkeydown}
        />
    }
}
