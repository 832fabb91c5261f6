//! The Tags tab: the image's names, and the annotations of its index, descriptor, manifest and layers.

use yew::prelude::*;

use crate::protocol::{AnnotationPlace, AnnotationRow};
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::field::{Field, labelled};
use crate::ui::kit::table::{Column, table};
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::container::ContainerAction;
use crate::ui::state::image::{ImageAction, ImageState, visible_text};
use crate::ui::text::image::{Image, fill};
use crate::web::dom;

use crate::ui::feature::container::{Drawing, refused};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TagsProps {
    pub text: &'static Image,
    pub state: Shared<ImageState>,
    pub act: Callback<ImageAction>,
}

/// Names and annotations.
#[component]
pub(crate) fn Tags(props: &TagsProps) -> Html {
    let (text, image) = (props.text, &props.state.image);
    let container = use_shell().text.container;
    let field = use_node_ref();
    // Names before the last removal.
    let before = use_state(|| None::<Vec<String>>);
    let rename = |change: &dyn Fn(&mut Vec<String>)| {
        let mut names = image.names.clone();
        change(&mut names);
        ImageAction::Container(ContainerAction::Names(names))
    };
    let names = image.names.iter().map(|name| {
        let label = fill(container.tag_remove, &[&visible_text(name)]);
        let onclick = {
            let (act, before, names) = (props.act.clone(), before.clone(), image.names.clone());
            let action = rename(&|names| names.retain(|kept| kept != name));
            Callback::from(move |_: MouseEvent| {
                before.set(Some(names.clone()));
                act.emit(action.clone());
            })
        };
        html! {
            <li class="row">
                <bdi class="mono break">{ visible_text(name) }</bdi>
                <CopyButton {text} value={name.clone()} what={text.names} />
                { Button::cross(label).on_click(onclick).html() }
            </li>
        }
    });
    let undo = before.as_ref().map(|names| {
        let onclick = {
            let (act, before, names) = (props.act.clone(), before.clone(), names.clone());
            Callback::from(move |_: MouseEvent| {
                before.set(None);
                act.emit(ImageAction::Container(ContainerAction::Names(
                    names.clone(),
                )));
            })
        };
        html! { <p class="row">{ Button::new(container.undo).on_click(onclick).html() }</p> }
    });
    let onsubmit = {
        let (act, field, names) = (props.act.clone(), field.clone(), image.names.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = dom::value(&field);
            if !name.trim().is_empty() {
                let names = names.iter().cloned().chain([name.trim().to_owned()]);
                let action = ContainerAction::Names(names.collect());
                act.emit(ImageAction::Container(action));
                dom::set_value(&field, "");
            }
        })
    };
    let tag_label = html! {
        <>{ container.tag_label }<span class="faint">{ format!(" · {}", container.tag_moves) }</span></>
    };
    html! {
        <div class="sheet">
            if let Some(address) = &image.address {
                <section class="card sheet__card">
                    <h2>{ container.registry_name }</h2>
                    <p class="row"><bdi class="mono break">{ visible_text(address) }</bdi><CopyButton {text} value={address.clone()} what={text.names} /></p>
                    <p class="muted small">{ container.registry_name_note }</p>
                </section>
            }
            <section class="card sheet__card">
                <h2>{ if image.address.is_some() { container.own_names } else { text.names } }</h2>
                if image.names.is_empty() {
                    <p class="muted">{ text.no_names }</p>
                } else {
                    <ul>{ for names }</ul>
                }
                { for undo }
                <form class="row row--wrap" {onsubmit}>
                    { labelled("", tag_label, Field::code().node(field).hint(container.tag_add_label).html()) }
                    { Button::new(container.tag_add).class("tags__add").submit().html() }
                </form>
                { refused(Drawing { text: container, image: text, state: &props.state, act: &props.act }) }
            </section>
            <section class="card sheet__card">
                <h2>{ text.annotations }</h2>
                { annotations(text, &image.annotations) }
            </section>
        </div>
    }
}

/// Draws annotations as a table.
pub(crate) fn annotations(text: &'static Image, rows: &[AnnotationRow]) -> Html {
    if rows.is_empty() {
        return html! { <p class="muted">{ text.no_annotations }</p> };
    }
    let lines = rows.iter().map(|row| {
        let place = match row.place {
            AnnotationPlace::Index => text.place_index.to_owned(),
            AnnotationPlace::Descriptor => text.place_descriptor.to_owned(),
            AnnotationPlace::Manifest => text.place_manifest.to_owned(),
            AnnotationPlace::Layer(layer) => fill(text.place_layer, &[&layer.to_string()]),
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
    let columns = [
        Column::Text(text.place),
        Column::Text(text.annotation),
        Column::Text(text.value),
        Column::Tools,
    ];
    table("", &columns, lines.collect())
}
