//! Page for a manifest that is not a root file system: its type, its annotations and its blobs to download.

use yew::prelude::*;

use crate::protocol::{ArtifactKind, ImageView};
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::DigestText;
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::notice::Notice;
use crate::ui::kit::table::{Column, table};
use crate::ui::state::Shared;
use crate::ui::state::image::ImageAction;
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::ui::text::visible::visible_text;

use crate::ui::feature::configuration::view::raw;
use crate::ui::feature::tags::view::annotations;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ArtifactProps {
    pub text: &'static Image,
    pub image: Shared<ImageView>,
    pub act: Callback<ImageAction>,
}

/// The type of an artifact, its annotations and its blobs.
#[component]
pub(crate) fn Artifact(props: &ArtifactProps) -> Html {
    let (text, image) = (props.text, &props.image);
    let kind = image.artifact_type.clone().unwrap_or_default();
    let blobs = image.layers.iter().map(|row| {
        let (act, layer) = (props.act.clone(), row.layer);
        let save = Callback::from(move |_: MouseEvent| act.emit(ImageAction::DownloadBlob(layer)));
        html! {
            <tr>
                <td class="num">{ row.layer }</td>
                <td class="break"><bdi>{ visible_text(row.title.as_deref().unwrap_or_default()) }</bdi></td>
                <td class="mono break"><bdi>{ visible_text(row.media_type.as_ref().map_or("", |kind| kind.as_str())) }</bdi></td>
                <td class="end num">{ row.stored_bytes.map(format::size).unwrap_or_default() }</td>
                <td>
                    if let Some(digest) = &row.digest {
                        <DigestText {text} digest={digest.to_string()} what={text.digest} />
                    }
                </td>
                <td>
                    { Button::new(text.download).glyph(Glyph::Download).on_click(save).html() }
                </td>
            </tr>
        }
    });
    let columns = [
        Column::Text(text.blob),
        Column::Text(text.column_name),
        Column::Text(text.media_type),
        Column::Figures(text.column_size),
        Column::Text(text.digest),
        Column::Text(text.download),
    ];
    html! {
        <div class="sheet">
            { Notice::plain().html(html! {
                <p class="break">
                    { known_kind(text, image) }
                    { fill(text.artifact, &[&visible_text(&kind)]) }
                </p>
            }) }
            <section class="card sheet__card">
                <h2>{ text.blobs }</h2>
                { table("", &columns, blobs.collect()) }
            </section>
            <section class="card sheet__card">
                <h2>{ text.annotations }</h2>
                { annotations(text, &image.annotations) }
            </section>
            if let Some(artifact) = image.artifact.as_ref().filter(|artifact| !artifact.raw_json.is_empty()) {
                { raw(text, text.document_json, &artifact.raw_json) }
            }
        </div>
    }
}

/// Returns the words for its kind, if Lamina knows the kind by name, and for the manifest that it belongs to.
fn known_kind(text: &Image, image: &ImageView) -> String {
    let Some(artifact) = &image.artifact else {
        return String::new();
    };
    let words = match artifact.kind {
        ArtifactKind::BuildCache => text.art_build_cache,
        ArtifactKind::Signature => text.art_signature,
        ArtifactKind::Attestation => text.art_attestation,
        ArtifactKind::Sbom => text.art_sbom,
        ArtifactKind::EmptyIndex => text.art_empty_index,
        ArtifactKind::Index => text.art_index,
        ArtifactKind::Unknown => text.art_unknown,
        // The type, which follows, is more precise.
        ArtifactKind::Other => return String::new(),
    };
    match &artifact.of {
        Some(digest) => format!(
            "{words} {} ",
            fill(text.art_of, &[&visible_text(digest.as_str())])
        ),
        None => format!("{words} "),
    }
}
