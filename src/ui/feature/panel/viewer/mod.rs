//! The content of one version of a file, as text, as hex or as a picture.

mod hex;
mod picture;
mod text;

use yew::prelude::*;

use crate::protocol::{ContentKind, ProblemCode};
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::notice::Notice;
use crate::ui::kit::progress::progress_bar;
use crate::ui::kit::segmented::{Choice, segmented};
use crate::ui::state::image::{CHUNK_BYTES, ContentMode, ContentState, PanelAction};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};

use crate::ui::components::layer_chip::LayerLink;
use crate::ui::kit::problem_line::ProblemLine;
use hex::HexView;
use picture::PictureView;
use text::TextView;

/// Properties of [`Viewer`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ViewerProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// File name, for the picture's description.
    pub name: AttrValue,
    /// State of the content.
    pub content: ContentState,
    /// True if long lines are wrapped.
    pub wraps: bool,
    /// True if the content ends early because its layer is damaged.
    pub incomplete: bool,
    /// Receives the user's actions.
    pub act: Callback<PanelAction>,
}

/// The content of one version of a file.
#[component]
pub(crate) fn Viewer(props: &ViewerProps) -> Html {
    let (text, content) = (props.text, &props.content);
    html! {
        <section class="viewer" aria-label={text.content}>
            { bar(props) }
            if props.incomplete || content.ends_early {
                { Notice::warn().line(html! { { text.content_incomplete } }) }
            }
            { far(props) }
            { body(props) }
        </section>
    }
}

/// Explains why a file far into a single compressed stream takes long. Shows the progress and a cancel button.
fn far(props: &ViewerProps) -> Html {
    let (text, content) = (props.text, &props.content);
    if !content.is_far() {
        return Html::default();
    }
    let passed = format::size(content.passed_bytes);
    let why = fill(text.content_far, &[&content.layer.to_string(), &passed]);
    let is_busy = content.loading.is_some();
    let percent = content
        .progress
        .map(|(done, total)| format::percent(done, total));
    let stop = props.act.reform(|_: MouseEvent| PanelAction::Stop);
    Notice::plain().glyph(Glyph::Clock).html(html! {
        <div class="stack">
            <p>{ why }</p>
            if is_busy {
                { progress_bar(text.content_loading, percent) }
                <div>{ Button::new(text.stop).glyph(Glyph::Cross).on_click(stop).html() }</div>
            }
        </div>
    })
}

/// True if the whole text is loaded, and short enough for a copy button.
fn is_copied_at_once(content: &ContentState) -> bool {
    content.kind == Some(ContentKind::Text)
        && content.text.n_bytes() == content.size_bytes
        && content.size_bytes <= CHUNK_BYTES.into()
}

fn bar(props: &ViewerProps) -> Html {
    let (text, content) = (props.text, &props.content);
    let modes = content.modes().iter().map(|&mode| {
        let label = match mode {
            ContentMode::Text => text.mode_text,
            ContentMode::Hex => text.mode_hex,
            ContentMode::Picture => text.mode_picture,
        };
        let onclick = {
            let act = props.act.clone();
            Callback::from(move |_: MouseEvent| act.emit(PanelAction::Mode(mode)))
        };
        Choice::new(label, content.mode == mode, onclick)
    });
    let onwrap = {
        let act = props.act.clone();
        let wraps = props.wraps;
        Callback::from(move |_: MouseEvent| act.emit(PanelAction::Wrap(!wraps)))
    };
    let ondownload = {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| act.emit(PanelAction::Download))
    };
    html! {
        <div class="viewer__bar">
            { segmented("", Some(text.content_as), modes) }
            if content.mode == ContentMode::Text && content.size_bytes > 0 {
                { Button::new(text.wrap).quiet().pressed(props.wraps).on_click(onwrap).html() }
                if is_copied_at_once(content) {
                    <CopyButton
                        {text}
                        value={String::from_utf8_lossy(content.text.bytes()).into_owned()}
                        what={text.content}
                    />
                }
            }
            <span class="spacer" />
            <span class="viewer__layer faint" title={fill(text.view_version, &[&content.layer.to_string()])}><LayerLink layer={content.layer} /></span>
            { Button::new(text.download).glyph(Glyph::Download).on_click(ondownload).html() }
        </div>
    }
}

fn body(props: &ViewerProps) -> Html {
    let (text, content) = (props.text, &props.content);
    if let Some(problem) = &content.problem {
        // A retry would find no content either.
        let on_retry = (problem.code != ProblemCode::NoContent)
            .then(|| props.act.reform(|()| PanelAction::Retry));
        return html! { <ProblemLine problem={problem.clone()} {on_retry} /> };
    }
    if content.size_bytes == 0 {
        return html! { <p class="empty">{ text.content_empty }</p> };
    }
    match (content.kind.is_some(), content.mode) {
        (false, _) => html! { <p class="empty" aria-busy="true">{ text.content_loading }</p> },
        (true, ContentMode::Text) => html! {
            <TextView {text} content={content.clone()} wraps={props.wraps} act={props.act.clone()} />
        },
        (true, ContentMode::Hex) => html! {
            <HexView {text} content={content.clone()} act={props.act.clone()} />
        },
        (true, ContentMode::Picture) => html! {
            <PictureView {text} name={props.name.clone()} content={content.clone()} />
        },
    }
}
