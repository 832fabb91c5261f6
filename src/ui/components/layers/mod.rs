//! The story of the image, base first: its layers, and between them the steps that made none.

mod details;
mod limit;
mod listed;
mod row;
mod status;

use std::collections::BTreeSet;

use yew::prelude::*;

use crate::protocol::{Bound, HistoryRow, ImageView, TreeView};
use crate::ui::state::Shared;
use crate::ui::state::image::{LayerPhase, Step, story};
use crate::ui::text::image::{Image, fill};
use crate::ui::text::visible::{visible_lines, visible_text};

use row::LayerRowView;

/// A request to read on with a higher limit: the layer, the limit and its new value.
pub(crate) type Higher = (u32, Bound, u64);

/// Properties of [`LayerList`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LayerListProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// The image with its layers and history.
    pub image: Shared<ImageView>,
    /// State of each layer, base first.
    pub phases: Vec<LayerPhase>,
    /// Layer that the view of the tree names, or would name.
    pub picked: Option<u32>,
    /// View of the tree.
    pub view: TreeView,
    /// Picks a layer.
    pub on_pick: Callback<u32>,
    /// Reads a layer again.
    pub on_again: Callback<u32>,
    /// Reads on in a layer with a higher limit.
    pub on_higher: Callback<Higher>,
}

/// The image's layers and the steps between them.
#[component]
pub(crate) fn LayerList(props: &LayerListProps) -> Html {
    let text = props.text;
    let open = use_state_eq(BTreeSet::<u32>::new);
    let image = &props.image;
    let largest = image.layers.iter().filter_map(|row| row.stored_bytes).max();
    let steps = use_memo(image.clone(), |image| story(image));
    let waiting = LayerPhase::Waiting;
    let lines = steps.iter().map(|step| match step {
        Step::Empty(position) => match image.history.get(*position) {
            Some(line) => empty_step(text, *position, line),
            None => Html::default(),
        },
        Step::Layer(layer) => {
            let at = image.layers.iter().position(|row| row.layer == *layer);
            let on_open = {
                let open = open.clone();
                Callback::from(move |layer: u32| {
                    let mut next = (*open).clone();
                    if !next.remove(&layer) {
                        next.insert(layer);
                    }
                    open.set(next);
                })
            };
            html! {
                <LayerRowView
                    key={format!("layer-{layer}")}
                    {text}
                    image={image.clone()}
                    at={at.unwrap_or(usize::MAX)}
                    phase={at.and_then(|at| props.phases.get(at)).unwrap_or(&waiting).clone()}
                    largest_bytes={largest.unwrap_or(0)}
                    is_picked={props.picked == Some(*layer)}
                    is_shown={in_view(props.view, *layer)}
                    is_open={open.contains(layer)}
                    {on_open}
                    on_pick={props.on_pick.clone()}
                    on_again={props.on_again.clone()}
                    on_higher={props.on_higher.clone()}
                />
            }
        }
    });
    if image.layers.is_empty() && image.history.is_empty() {
        return html! { <p class="empty">{ text.no_layers }</p> };
    }
    html! {
        <ol class="layers" aria-label={text.layers}>{ for lines }</ol>
    }
}

/// True if a layer's files are part of the view.
fn in_view(view: TreeView, layer: u32) -> bool {
    match view {
        TreeView::Union => true,
        TreeView::UpTo(top) => layer <= top,
        TreeView::Layer(only) => layer == only,
    }
}

fn empty_step(text: &Image, position: usize, line: &HistoryRow) -> Html {
    let command = if line.command.is_empty() {
        text.no_command.to_owned()
    } else {
        visible_text(&line.command)
    };
    let raw_command = visible_lines(&line.raw_command);
    let title = if line.comment.is_empty() {
        raw_command
    } else {
        let comment = visible_lines(&line.comment);
        fill(text.raw_and_comment, &[&raw_command, &comment])
    };
    html! {
        <li class="layers__empty" key={format!("step-{position}")} {title}>
            <span class="sr-only">{ text.empty_step }</span>
            <bdi class="mono ellipsis">{ command }</bdi>
        </li>
    }
}
