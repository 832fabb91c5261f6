//! The story of a path: each layer that touched it, the kind of change and its cause. Each
//! version with content can be shown.

use yew::prelude::*;

use crate::protocol::{Cause, Change, PathDetail, TouchRow};
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::kit::button::Button;
use crate::ui::state::Shared;
use crate::ui::state::image::{PanelAction, mode_octal};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};

use super::facts::kind_word;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct StoryProps {
    pub text: &'static Image,
    pub detail: Shared<PathDetail>,
    /// Layer whose version is shown.
    pub shown: Option<u32>,
    pub act: Callback<PanelAction>,
}

/// The story of a path.
#[component]
pub(super) fn Story(props: &StoryProps) -> Html {
    let text = props.text;
    let mut before: Option<&TouchRow> = None;
    let mut lines = Vec::with_capacity(props.detail.history.len());
    for touch in &props.detail.history {
        lines.push(line(props, touch, before));
        before = Some(touch);
    }
    html! {
        <section class="path__section" aria-label={text.story}>
            <h3>{ text.story }</h3>
            <ol>{ for lines }</ol>
        </section>
    }
}

fn line(props: &StoryProps, touch: &TouchRow, before: Option<&TouchRow>) -> Html {
    let text = props.text;
    let (word, label) = match touch.change {
        Change::Added => ("added", text.change_added),
        Change::Changed => ("changed", text.change_changed),
        Change::Deleted => ("deleted", text.change_deleted),
    };
    let is_shown = props.shown == Some(touch.layer);
    let view = {
        let act = props.act.clone();
        let layer = touch.layer;
        Callback::from(move |_: MouseEvent| act.emit(PanelAction::Version(layer)))
    };
    html! {
        <li class={classes!("story__line", is_shown.then_some("story__line--shown"))}>
            <LayerLink layer={touch.layer} />
            <span class={classes!("change", "change--word", format!("change--{word}"))}>{ label }</span>
            <span class="story__what">{ what(text, touch, before) }</span>
            if touch.has_content {
                { Button::new(text.view)
                    .quiet()
                    .class("story__view")
                    .pressed(is_shown)
                    .name(fill(text.view_version, &[&touch.layer.to_string()]))
                    .on_click(view)
                    .html() }
            }
        </li>
    }
}

/// Draws a layer's effect on the path in words: the means, and the differences from the version before.
fn what(text: &Image, touch: &TouchRow, before: Option<&TouchRow>) -> Html {
    let mut parts: Vec<String> = Vec::new();
    match touch.cause {
        Cause::Entry => {}
        Cause::Implied => parts.push(text.cause_implied.to_owned()),
        Cause::Whiteout => parts.push(text.cause_whiteout.to_owned()),
        Cause::Opaque | Cause::ParentRemoved => parts.push(text.cause_parent_hidden.to_owned()),
        Cause::ParentReplaced => parts.push(text.cause_parent_replaced.to_owned()),
        Cause::Link => parts.push(text.cause_linked.to_owned()),
    }
    if let Some(kind) = touch.kind {
        let before = before.filter(|before| before.kind.is_some());
        if before.is_none_or(|before| before.kind != Some(kind)) {
            parts.push(kind_word(text, kind).to_owned());
        }
        if touch.has_content {
            parts.push(format::size(touch.size_bytes));
        }
        if let Some(before) = before {
            let mode = (before.mode != touch.mode)
                .then(|| format!("{} → {}", mode_octal(before.mode), mode_octal(touch.mode)));
            let owner = ((before.uid, before.gid) != (touch.uid, touch.gid)).then(|| {
                format!(
                    "{}:{} → {}:{}",
                    before.uid, before.gid, touch.uid, touch.gid
                )
            });
            let time = (before.mtime != touch.mtime).then(|| text.other_time.to_owned());
            parts.extend(mode.into_iter().chain(owner).chain(time));
        }
    }
    html! {
        <>
            { parts.join(" · ") }
            if touch.content_identical {
                <span class="badge badge--warn story__identical">{ text.content_identical }</span>
            }
        </>
    }
}
