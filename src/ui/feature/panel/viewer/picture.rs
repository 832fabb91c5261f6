//! A picture, from a blob with a type of a fixed list: formats that browsers show without running anything.

use yew::prelude::*;

use crate::protocol::ContentKind;
use crate::ui::state::image::ContentState;
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::web::blob::SavedBlob;

/// Media types shown as a picture. SVG and HTML are excluded: they can contain scripts and access the network.
const RASTER_TYPES: [&str; 6] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/bmp",
    "image/x-icon",
];

#[derive(Clone, PartialEq, Properties)]
pub(super) struct PictureViewProps {
    pub text: &'static Image,
    pub name: AttrValue,
    pub content: ContentState,
}

/// A picture, shown from a blob URL.
#[component]
pub(super) fn PictureView(props: &PictureViewProps) -> Html {
    let (text, content) = (props.text, &props.content);
    let broken = use_state_eq(|| false);
    // The URL lives as long as this component shows the same bytes.
    let url = use_memo(
        (content.chunks.clone(), content.kind.clone()),
        |(_, kind)| {
            let Some(ContentKind::Picture { media_type }) = kind else {
                return None;
            };
            let media_type = RASTER_TYPES
                .iter()
                .find(|known| **known == media_type.as_str())?;
            SavedBlob::of(&content.whole()?, media_type)?.url()
        },
    );
    let onerror = {
        let broken = broken.setter();
        Callback::from(move |_: Event| broken.set(true))
    };
    match url.as_ref() {
        Some(_) if *broken => html! { <p class="empty">{ text.picture_broken }</p> },
        Some(url) => html! {
            <div class="picture" role="region" tabindex="0" aria-label={text.mode_picture}>
                <img src={url.as_str().to_owned()} alt={props.name.clone()} {onerror} />
            </div>
        },
        None if content.is_whole() || content.ends_early => {
            html! { <p class="empty">{ text.picture_broken }</p> }
        }
        None => {
            let come: u64 = content
                .chunks
                .values()
                .map(|bytes| bytes.len() as u64)
                .sum();
            let (come, whole) = (format::size(come), format::size(content.size_bytes));
            html! { <p class="empty" aria-busy="true">{ fill(text.content_shown, &[&come, &whole]) }</p> }
        }
    }
}
