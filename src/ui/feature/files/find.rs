//! The search by name: a field with a list of matches, a combobox by the ARIA practices.

use crate::ui::text::said;
use yew::prelude::*;

use crate::protocol::MatchRow;
use crate::ui::components::marked::hit_line;
use crate::ui::kit::field::{Field, FieldList};
use crate::ui::kit::glyph::Glyph;
use crate::ui::state::Shared;
use crate::ui::state::image::{FindAction, FindState, ImageAction, Loadable};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::web::dom;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FindProps {
    pub text: &'static Image,
    pub id: AttrValue,
    pub find: Shared<FindState>,
    pub tree_node: NodeRef,
    pub act: Callback<ImageAction>,
}

/// The search by name.
#[component]
pub(crate) fn Find(props: &FindProps) -> Html {
    let (text, find) = (props.text, &props.find);
    let whole = use_node_ref();
    let chosen_id = find
        .chosen
        .filter(|_| find.is_open)
        .map(|chosen| option_id(&props.id, chosen));
    use_effect_with(chosen_id.clone(), |id| {
        if let Some(id) = id {
            dom::reveal_id(id);
        }
    });
    let send = |action: FindAction| {
        let act = props.act.clone();
        move || act.emit(ImageAction::Find(action.clone()))
    };
    let oninput = {
        let act = props.act.clone();
        Callback::from(move |event: InputEvent| {
            act.emit(ImageAction::Find(FindAction::Text(dom::value_of(&event))));
        })
    };
    let onkeydown = {
        let act = props.act.clone();
        let tree = props.tree_node.clone();
        let (is_open, is_empty) = (find.is_open, find.text.is_empty());
        Callback::from(move |event: KeyboardEvent| {
            let action = match event.key().as_str() {
                "ArrowDown" => FindAction::Next,
                "ArrowUp" => FindAction::Previous,
                "Enter" => {
                    dom::focus_in_place(&tree);
                    FindAction::Take(None)
                }
                "Escape" if is_open => FindAction::Close,
                "Escape" if !is_empty => FindAction::Text(String::new()),
                "Escape" => {
                    dom::focus_in_place(&tree);
                    FindAction::Close
                }
                _ => return,
            };
            event.prevent_default();
            act.emit(ImageAction::Find(action));
        })
    };
    let leave = {
        let close = send(FindAction::Close);
        let whole = whole.clone();
        Callback::from(move |event: FocusEvent| {
            if !dom::focus_stays(&whole, &event) {
                close();
            }
        })
    };
    let list_id = format!("{}-hits", props.id);
    let field = Field::search()
        .id(format!("{}-find", props.id))
        .name(text.find_label)
        .shortcut("Control+F")
        .hint(text.find_placeholder)
        .value(find.text.clone())
        .list(FieldList {
            id: list_id.clone(),
            is_open: find.is_open,
            active: chosen_id,
        })
        .on_input(oninput)
        .on_key(onkeydown)
        .behind(Some(Glyph::Search), "", Html::default());
    html! {
        <div class="find" ref={whole} onfocusout={leave}>
            { field }
            if find.is_open {
                { hits(props, &list_id) }
            }
        </div>
    }
}

fn option_id(image: &AttrValue, position: usize) -> String {
    format!("{image}-hit-{position}")
}

fn hits(props: &FindProps, list_id: &str) -> Html {
    let (text, find) = (props.text, &props.find);
    let (options, foot) = match &find.hits {
        Loadable::Idle | Loadable::Loading => (Html::default(), text.finding.to_owned()),
        Loadable::Failed(problem) => (Html::default(), said(text.said, &problem.detail)),
        Loadable::Ready(hits) if hits.is_empty() && find.is_whole => {
            (Html::default(), text.find_none.to_owned())
        }
        Loadable::Ready(hits) if hits.is_empty() => {
            (Html::default(), text.find_none_read.to_owned())
        }
        Loadable::Ready(hits) => {
            let options = hits
                .iter()
                .enumerate()
                .map(|(position, hit)| option(props, position, hit));
            let foot = if find.more {
                fill(text.find_more, &[&format::count(hits.len() as u64)])
            } else {
                String::new()
            };
            (html! { <>{ for options }</> }, foot)
        }
    };
    html! {
        <div class="find__popup">
            <ul class="find__hits" role="listbox" id={list_id.to_owned()} aria-label={text.find_hits}>{ options }</ul>
            if !foot.is_empty() {
                <p class="find__foot muted break">{ foot }</p>
            }
        </div>
    }
}

fn option(props: &FindProps, position: usize, hit: &MatchRow) -> Html {
    // Runs before the field loses focus, which would hide the list.
    let onmousedown = {
        let act = props.act.clone();
        let tree = props.tree_node.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            act.emit(ImageAction::Find(FindAction::Take(Some(position))));
            dom::focus_in_place(&tree);
        })
    };
    let is_chosen = props.find.chosen == Some(position);
    html! {
        <li
            key={position}
            role="option"
            id={option_id(&props.id, position)}
            aria-selected={is_chosen.to_string()}
            {onmousedown}
        >
            { hit_line(props.text, hit) }
        </li>
    }
}
