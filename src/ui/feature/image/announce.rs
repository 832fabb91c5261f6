//! The live region: announces results that arrive without a key press.

use yew::prelude::*;

use crate::ui::shell::use_shell;
use crate::ui::state::image::Said;
use crate::ui::text::container::Container;
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct AnnouncerProps {
    pub text: &'static Image,
    pub said: Option<(u32, Said)>,
    pub active: bool,
}

/// The live region. A hidden page announces nothing.
#[component]
pub(crate) fn Announcer(props: &AnnouncerProps) -> Html {
    let shell = use_shell();
    let words = match &props.said {
        Some((_, said)) if props.active => words(props.text, shell.text.container, said),
        _ => String::new(),
    };
    html! { <p class="sr-only" role="status" aria-live="polite">{ words }</p> }
}

fn words(text: &Image, container: &Container, said: &Said) -> String {
    let count = |n: u32| format::count(n.into());
    match said {
        Said::AllVerified(n) => fill(text.all_verified, &[&count(*n)]),
        Said::LayerRefuted(layer) => fill(text.said_refuted, &[&layer.to_string()]),
        Said::LayerFailed(layer) => fill(text.said_failed, &[&layer.to_string()]),
        Said::LayerStopped(layer) => fill(text.trouble_stopped, &[&layer.to_string()]),
        Said::RowsShown(n) => fill(text.said_rows, &[&count(*n)]),
        Said::Found {
            n: 0,
            is_whole: false,
            ..
        } => text.find_none_read.to_owned(),
        Said::Found { n: 0, .. } => text.find_none.to_owned(),
        Said::Found { n, more: true, .. } => fill(text.said_found_more, &[&count(*n)]),
        Said::Found { n, .. } => fill(text.said_found, &[&count(*n)]),
        Said::NotInView => text.said_not_in_view.to_owned(),
        Said::Pushed => text.said_pushed.to_owned(),
        Said::NotPushed => text.said_not_pushed.to_owned(),
        Said::Saved(name) => fill(text.said_saved, &[name]),
        Said::Committed(name) => fill(container.committed, &[name]),
    }
}
