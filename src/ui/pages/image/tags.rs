//! What the image is called, and the annotations of its index, descriptor, manifest and layers.

use yew::prelude::*;

use crate::protocol::{AnnotationRow, ImageView};
use crate::ui::components::copy::CopyButton;
use crate::ui::state::Shared;
use crate::ui::state::image::visible_text;
use crate::ui::text::image::{Image, fill};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct TagsProps {
    pub text: &'static Image,
    pub image: Shared<ImageView>,
}

/// Names and annotations.
#[component]
pub(super) fn Tags(props: &TagsProps) -> Html {
    let (text, image) = (props.text, &props.image);
    let names = image.names.iter().map(|name| {
        html! {
            <li class="row">
                <bdi class="mono break">{ visible_text(name) }</bdi>
                <CopyButton {text} value={name.clone()} what={text.names} />
            </li>
        }
    });
    html! {
        <div class="sheet">
            <section class="card sheet__card">
                <h2>{ text.names }</h2>
                if image.names.is_empty() {
                    <p class="muted">{ text.no_names }</p>
                } else {
                    <ul>{ for names }</ul>
                }
            </section>
            <section class="card sheet__card">
                <h2>{ text.annotations }</h2>
                { annotations(text, &image.annotations) }
            </section>
        </div>
    }
}

/// Annotations as a table.
pub(super) fn annotations(text: &'static Image, rows: &[AnnotationRow]) -> Html {
    if rows.is_empty() {
        return html! { <p class="muted">{ text.no_annotations }</p> };
    }
    let lines = rows.iter().map(|row| {
        let place = match row.place.as_str() {
            "index" => text.place_index.to_owned(),
            "descriptor" => text.place_descriptor.to_owned(),
            place => match place.strip_prefix("layer ") {
                Some(layer) => fill(text.place_layer, &[layer]),
                None => text.place_manifest.to_owned(),
            },
        };
        html! {
            <tr>
                <td class="muted">{ place }</td>
                <th scope="row" class="mono break"><bdi>{ visible_text(&row.key) }</bdi></th>
                <td class="mono break"><bdi>{ visible_text(&row.value) }</bdi></td>
                <td class="table__tools"><CopyButton {text} value={row.value.clone()} what={row.key.clone()} /></td>
            </tr>
        }
    });
    html! {
        <table class="table">
            <thead><tr><th scope="col">{ text.place }</th><th scope="col">{ text.annotation }</th><th scope="col">{ text.value }</th><td /></tr></thead>
            <tbody>{ for lines }</tbody>
        </table>
    }
}
