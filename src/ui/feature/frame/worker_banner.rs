//! Reports that the worker or one of its readers died and which layers were left out, and
//! offers a restart if none is automatic.

use crate::ui::text::said;
use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, Death, LeftOutLayer, Victim, Worker};

/// Properties of [`WorkerBanner`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WorkerBannerProps {
    /// State of the worker.
    pub worker: Worker,
    /// Its last death, until the user dismisses the message.
    pub death: Option<Death>,
}

/// The banner; nothing while the worker is healthy.
#[component]
pub(crate) fn WorkerBanner(props: &WorkerBannerProps) -> Html {
    let shell = use_shell();
    let bar = &shell.text.shell.bar;
    let is_lost = matches!(props.worker, Worker::Lost(_));
    let left_out = |left_out: &LeftOutLayer| {
        let LeftOutLayer { tab, title, layer } = left_out;
        let tab = *tab;
        html! {
            <li class="row row--wrap">
                <bdi class="break">{ (bar.reader_left_out)(&layer.to_string(), title) }</bdi>
                <button type="button" class="link" onclick={shell.act.reform(move |_| Action::Select(tab))}>
                    { (bar.show)(title) }
                </button>
            </li>
        }
    };
    let headline = |death: &Death| match death.of {
        Victim::Reader => bar.one_reader_stopped,
        Victim::Worker if is_lost => bar.reader_gave_up,
        Victim::Worker => bar.reader_restarted,
    };
    html! {
        <div role="alert">
            if let Some(death) = &props.death {
                <div class="banner">
                    { glyph(Glyph::Alert) }
                    <div class="banner__text">
                        <strong>{ headline(death) }</strong>
                        <ul>{ for death.left_out.iter().map(left_out) }</ul>
                        <span class="small muted break">{ said(shell.text.shell.said, &death.reason) }</span>
                    </div>
                    if is_lost {
                        { Button::new(bar.restart).on_click(shell.act.reform(|_| Action::RestartWorker)).html() }
                    } else {
                        { Button::cross(bar.dismiss).on_click(shell.act.reform(|_| Action::DismissDeath)).html() }
                    }
                </div>
            }
        </div>
    }
}
