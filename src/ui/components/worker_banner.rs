//! Says that the worker is gone, and starts another.

use yew::prelude::*;

use super::glyph::{Glyph, glyph};
use crate::protocol::Problem;
use crate::ui::shell::use_shell;
use crate::ui::state::Action;

/// Why the worker is gone.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WorkerBannerProps {
    /// `None` while it runs.
    pub lost: Option<Problem>,
}

/// The banner, while there is no worker.
#[component]
pub(crate) fn WorkerBanner(props: &WorkerBannerProps) -> Html {
    let shell = use_shell();
    let bar = &shell.text.shell.bar;
    html! {
        <div role="alert">
            if let Some(problem) = &props.lost {
                <div class="banner">
                    { glyph(Glyph::Alert) }
                    <div class="banner__text">
                        <strong>{ bar.worker_lost }</strong>
                        { " " }
                        <span>{ bar.worker_lost_hint }</span>
                        { " " }
                        <span class="small break">{ &problem.detail }</span>
                    </div>
                    <button
                        type="button"
                        class="button"
                        onclick={shell.act.reform(|_| Action::RestartWorker)}
                    >
                        { bar.restart }
                    </button>
                </div>
            }
        </div>
    }
}
