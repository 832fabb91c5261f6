//! Everything about one path: its facts, its story over the layers, its content.

mod facts;
mod story;
mod viewer;

use yew::prelude::*;

use crate::protocol::{Change, EntryKind, ImagePath, PathDetail};
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::loader::{WaitingWords, empty, loaded};
use crate::ui::kit::notice::Notice;
use crate::ui::kit::side_sheet::SideSheet;
use crate::ui::state::Shared;
use crate::ui::state::image::{PanelAction, PanelState, visible_text};
use crate::ui::text::image::{Image, fill};
use crate::ui::text::words::Words;

use crate::ui::feature::panel::viewer::Viewer;
use facts::Facts;
use story::Story;

/// Properties of [`Panel`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PanelProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// DOM id of the panel, for the bar that resizes it.
    pub id: AttrValue,
    /// State of the panel.
    pub panel: Shared<PanelState>,
    /// True while layers are being read.
    pub is_reading: bool,
    /// Layers that are refuted or damaged.
    pub untrusted: Vec<u32>,
    /// Layers known only from their tables of contents.
    pub listed: Vec<u32>,
    /// Layers that are known without having been read.
    pub known: Vec<u32>,
    /// Receives the user's actions.
    pub act: Callback<PanelAction>,
    /// Shows the path with these hex bytes in the tree.
    pub on_reveal: Callback<ImagePath>,
}

/// Everything about one path.
#[component]
pub(crate) fn Panel(props: &PanelProps) -> Html {
    let text = props.text;
    let close = {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| act.emit(PanelAction::Close))
    };
    let onkeydown = {
        let act = props.act.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                act.emit(PanelAction::Close);
            }
        })
    };
    let path = &props.panel.path;
    let head = html! {
        <header class="path__head">
            <div class="path__names">
                <h2 class="break"><bdi>{ name_of(path) }</bdi></h2>
                <p class="mono small muted break">
                    <bdi>{ visible_text(path) }</bdi>
                    <CopyButton {text} value={path.clone()} what={text.path} />
                </p>
            </div>
            { Button::cross(text.panel_close).on_click(close).html() }
        </header>
    };
    SideSheet {
        id: Some(props.id.clone()),
        class: "path",
        label: text.panel_label.into(),
        onkeydown: Some(onkeydown),
    }
    .html(head, body(props))
}

/// Returns the last component of a path.
fn name_of(path: &str) -> String {
    match path.rsplit('/').next() {
        Some(name) if !name.is_empty() => visible_text(name),
        _ => "/".to_owned(),
    }
}

fn body(props: &PanelProps) -> Html {
    let text = props.text;
    let on_retry = props.act.reform(|()| PanelAction::Retry);
    let words = WaitingWords::both(text.loading);
    loaded(
        &props.panel.detail,
        words,
        Some(on_retry),
        |detail| match detail {
            None if props.is_reading => empty(text.path_awaited.into()),
            None => empty(text.path_unknown.into()),
            Some(detail) => html! {
                <div class="path__body">
                    { untrusted(props, detail) }
                    <div class="path__about">
                        <Facts {text} detail={detail.clone()} on_reveal={props.on_reveal.clone()} />
                        <Story
                            {text}
                            detail={detail.clone()}
                            shown={props.panel.content.as_ref().map(|content| content.layer)}
                            act={props.act.clone()}
                        />
                    </div>
                    { content(props, detail) }
                </div>
            },
        },
    )
}

/// Draws a warning if the content comes from a layer that is refuted, damaged or not read.
fn untrusted(props: &PanelProps, detail: &PathDetail) -> Html {
    let version = props.panel.content.as_ref().map(|content| content.layer);
    let layer = version.or(detail.row.as_ref().map(|row| row.layer));
    match layer.filter(|layer| props.untrusted.contains(layer)) {
        Some(layer) => doubt(Notice::bad(), props.text.version_untrusted, layer),
        None => match layer.filter(|layer| props.listed.contains(layer)) {
            Some(layer) => doubt(Notice::warn(), props.text.version_listed, layer),
            None => match layer.filter(|layer| props.known.contains(layer)) {
                Some(layer) => doubt(Notice::plain(), props.text.version_known, layer),
                None => Html::default(),
            },
        },
    }
}

fn doubt(mut notice: Notice, words: Words<1>, layer: u32) -> Html {
    let words = html! { <span>{ fill(words, &[&layer.to_string()]) }</span> };
    notice.class("path__untrusted").line(words)
}

fn content(props: &PanelProps, detail: &PathDetail) -> Html {
    let text = props.text;
    if let Some(content) = &props.panel.content {
        let name = name_of(&props.panel.path);
        return html! {
            <Viewer
                {text}
                {name}
                content={content.clone()}
                wraps={props.panel.wraps}
                incomplete={detail.incomplete}
                act={props.act.clone()}
            />
        };
    }
    let deleted_in = detail
        .history
        .iter()
        .rev()
        .find(|touch| touch.change == Change::Deleted)
        .map(|touch| touch.layer.to_string());
    let has_older = detail.history.iter().any(|touch| touch.has_content);
    let why = match (&detail.row, deleted_in) {
        (None, Some(layer)) if has_older => fill(text.no_content_deleted_older, &[&layer]),
        (None, Some(layer)) => fill(text.no_content_deleted, &[&layer]),
        (None, None) if has_older => text.no_content_not_in_view_older.to_owned(),
        (None, None) => text.no_content_not_in_view.to_owned(),
        (Some(row), _) => match row.kind {
            EntryKind::Dir => text.no_content_dir,
            EntryKind::Symlink => text.no_content_symlink,
            EntryKind::Hardlink => text.no_content_hardlink,
            EntryKind::Char | EntryKind::Block => text.no_content_device,
            EntryKind::Fifo => text.no_content_fifo,
            EntryKind::File => text.no_content_file,
        }
        .to_owned(),
    };
    let is_dir = matches!(&detail.row, Some(row) if row.kind == EntryKind::Dir);
    let onclick = props.act.reform(|_: MouseEvent| PanelAction::SaveDirectory);
    html! {
        <div class="path__why">
            <p class="muted">{ why }</p>
            if is_dir {
                { Button::new(text.save_directory).glyph(Glyph::Download).on_click(onclick).html() }
            }
        </div>
    }
}
