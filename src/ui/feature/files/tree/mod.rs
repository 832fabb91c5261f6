//! The tree of files: a grid that draws only its visible rows.
//!
//! `state::image` handles keys, selection and requests to the worker. This module draws rows and passes events on.

mod head;
mod row;

use crate::protocol::ImagePath;
use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::tree_row::awaited_row;
use crate::ui::kit::virtual_list::{row_keys, use_scroll_box};
use crate::ui::state::Shared;
use crate::ui::state::image::container::dir_of;
use crate::ui::state::image::{TreeAction, TreeKey, TreeState};
use crate::ui::text::image::{Image, fill};
use crate::web::files::{self, Dropped};
use crate::web::theme::token_px;
use crate::web::{dom, task};

use head::TreeHead;
use row::TreeRowView;

/// Media query for a page that scrolls as a whole.
const LOW: &str = "(max-height: 600px)";

/// Number of rows that scroll by before the state is updated.
const SCROLL_STEP: u32 = 8;

/// Maximum pause between typed letters of one prefix, in milliseconds.
const TYPING_MILLIS: f64 = 700.0;

/// Properties of [`Tree`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TreeProps {
    /// Words in the user's language.
    pub text: &'static Image,
    /// Prefix of the DOM ids, unique to each open image.
    pub id: AttrValue,
    /// State of the tree.
    pub tree: Shared<TreeState>,
    /// Number of layers in the image.
    pub n_layers: u32,
    /// Layers that are refuted or damaged.
    pub untrusted: Vec<u32>,
    /// True if the page is visible.
    pub active: bool,
    /// The grid element, so that the page can focus it.
    pub node: NodeRef,
    /// Receives the user's actions.
    pub act: Callback<TreeAction>,
    /// Receives files dropped on a row, with the hex path of the row's directory. `None` without a container layer.
    pub on_upload: Option<Callback<(ImagePath, Vec<Dropped>)>>,
}

/// The tree of files.
#[component]
pub(crate) fn Tree(props: &TreeProps) -> Html {
    let text = props.text;
    let tree = &props.tree;
    // Rows keep the height that was measured, also when another pointer comes.
    let heights = use_memo((), |()| (token_px("--row"), token_px("--tree-head")));
    let (row_px, head_px) = *heights;
    let under = use_state_eq(|| None::<u32>);
    let drops = drops(props, &under);
    let list = use_scroll_box(&props.node, tree.rows.n_rows(), row_px, head_px);
    {
        // Reports the visible rows to the state, in steps while scrolling.
        let first_row = list.geometry.first_row(dom::scroll_top(&list.node));
        let seen = (
            first_row / SCROLL_STEP * SCROLL_STEP,
            list.geometry.n_visible(),
        );
        let act = props.act.clone();
        let now = list.clone();
        let active = props.active;
        use_effect_with(seen, move |seen| {
            if active {
                act.emit(TreeAction::Viewport {
                    first_row: now.first_row(),
                    n_visible: seen.1,
                });
            }
        });
    }
    {
        let list = list.clone();
        let scroll = tree.scroll;
        use_effect_with(scroll.serial, move |serial| {
            if *serial > 0 {
                list.scroll_to(scroll.first_row, scroll.keeps_fraction);
            }
        });
    }
    {
        // A page that was hidden may have lost its scroll position.
        let list = list.clone();
        let first_row = tree.first_row;
        use_effect_with(props.active, move |active| {
            if *active && first_row > 0 && list.first_row() == 0 {
                list.scroll_to(first_row, false);
            }
        });
    }
    let typed = use_mut_ref(|| (0.0_f64, String::new()));
    let onkeydown = {
        let act = props.act.clone();
        let list = list.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(key) = key_of(&event, &typed) {
                if !matches!(key, TreeKey::Typed(_)) {
                    typed.borrow_mut().1.clear();
                }
                event.prevent_default();
                act.emit(TreeAction::Viewport {
                    first_row: list.first_row(),
                    n_visible: list.geometry.n_visible(),
                });
                act.emit(TreeAction::Key(key));
            }
        })
    };
    let window = list.window;
    let drawn = row_keys(window);
    let focus = tree.focus.as_ref().map(|focus| focus.row);
    let focus_id = focus
        .filter(|row| (window.start..window.start + window.len).contains(row))
        .map(|row| row_id(&props.id, row));
    {
        // If the page scrolls as a whole, a row may be visible in the tree, while the tree is outside the window.
        let node = props.node.clone();
        use_effect_with(focus_id.clone(), move |id| {
            if let Some(id) = id
                && dom::has_focus(&node)
                && dom::media_matches(LOW)
            {
                dom::reveal_id(id);
            }
        });
    }
    let rows = drawn.map(|position| match tree.rows.place(position) {
        Some((page, index)) => html! {
            <TreeRowView
                key={position}
                {text}
                id={row_id(&props.id, position)}
                page={page.clone()}
                {index}
                {position}
                is_focus={focus == Some(position)}
                is_under={*under == Some(position)}
                is_untrusted={page.get(index).is_some_and(|row| props.untrusted.contains(&row.layer))}
                act={props.act.clone()}
            />
        },
        None => awaited_row(position, row_id(&props.id, position)),
    });
    let on_sort = {
        let act = props.act.clone();
        Callback::from(move |column| act.emit(TreeAction::Sort(column)))
    };
    html! {
        <div
            class="tree"
            style={format!("--row:{row_px}px")}
            data-drop={props.on_upload.as_ref().map(|_| "")}
            ondragover={drops.over}
            ondragleave={drops.leave}
            ondrop={drops.drop}
        >
            <div
                id={format!("{}-grid", props.id)}
                class="tree__grid"
                ref={props.node.clone()}
                role="treegrid"
                tabindex="0"
                aria-label={text.tree_label}
                aria-rowcount={(tree.rows.n_rows().saturating_add(1)).to_string()}
                aria-activedescendant={focus_id}
                aria-busy={(!tree.answered).to_string()}
                onscroll={list.on_scroll.clone()}
                {onkeydown}
            >
                <TreeHead {text} sort={tree.sort} {on_sort} />
                { list.html(Some("tree__body"), Some("rowgroup"), "tree__rows", rows.collect()) }
            </div>
            { empty(props) }
        </div>
    }
}

/// Event handlers for files that are dragged over the tree.
#[derive(Default)]
struct Drops {
    over: Option<Callback<DragEvent>>,
    leave: Option<Callback<DragEvent>>,
    drop: Option<Callback<DragEvent>>,
}

/// Returns the handlers. Files dropped on a row go into its directory, other files into the root.
/// `under` is the row below the pointer.
fn drops(props: &TreeProps, under: &UseStateHandle<Option<u32>>) -> Drops {
    let Some(on_upload) = props.on_upload.clone() else {
        return Drops::default();
    };
    let row_of = |event: &DragEvent| {
        let index = dom::attribute_above(event, "aria-rowindex")?;
        index.parse::<u32>().ok()?.checked_sub(2)
    };
    let (set, unset, done) = (under.setter(), under.setter(), under.setter());
    let rows = props.tree.rows.clone();
    Drops {
        over: Some(Callback::from(move |event: DragEvent| {
            event.prevent_default();
            set.set(row_of(&event));
        })),
        leave: Some(Callback::from(move |_: DragEvent| unset.set(None))),
        drop: Some(Callback::from(move |event: DragEvent| {
            event.prevent_default();
            done.set(None);
            let row = row_of(&event).and_then(|position| rows.row(position));
            let dir = row.map_or_else(ImagePath::root, dir_of);
            let (files, on_upload) = (files::from_drop(&event), on_upload.clone());
            task::spawn("upload", async move {
                on_upload.emit((dir, files.await));
            });
        })),
    }
}

fn row_id(image: &AttrValue, position: u32) -> AttrValue {
    format!("{image}-row-{position}").into()
}

/// Draws a message in place of rows.
fn empty(props: &TreeProps) -> Html {
    use crate::protocol::TreeView;
    let (text, tree) = (props.text, &props.tree);
    if tree.rows.n_rows() > 0 || !tree.answered || tree.problem.is_some() {
        return Html::default();
    }
    let (words, offers_all) = if props.n_layers == 0 {
        (text.no_layers.to_owned(), false)
    } else if !tree.is_unfiltered() {
        (text.empty_filter.to_owned(), true)
    } else {
        match tree.view {
            TreeView::Layer(layer) if layer < tree.n_layers_ready => {
                (fill(text.empty_layer, &[&layer.to_string()]), false)
            }
            _ if tree.n_layers_ready == 0 => (text.empty_not_ready.to_owned(), false),
            TreeView::UpTo(layer) | TreeView::Layer(layer) if layer >= tree.n_layers_ready => (
                fill(text.empty_layer_not_ready, &[&layer.to_string()]),
                false,
            ),
            _ => (text.empty_union.to_owned(), false),
        }
    };
    let clear = {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| {
            act.emit(TreeAction::Filter(crate::protocol::Filter::default()));
        })
    };
    html! {
        <div class="empty tree__empty">
            <p>{ words }</p>
            if offers_all {
                { Button::new(text.filter_clear).on_click(clear).html() }
            }
        </div>
    }
}

/// Returns the meaning of a key in the tree; `None` if the tree does not handle the key.
fn key_of(event: &KeyboardEvent, typed: &Rc<RefCell<(f64, String)>>) -> Option<TreeKey> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let name = event.key();
    let is_button = dom::target_is(event, "button");
    Some(match name.as_str() {
        "Enter" | " " if is_button => return None,
        "ArrowUp" => TreeKey::Up,
        "ArrowDown" => TreeKey::Down,
        "ArrowLeft" => TreeKey::Left,
        "ArrowRight" => TreeKey::Right,
        "Home" => TreeKey::Home,
        "End" => TreeKey::End,
        "PageUp" => TreeKey::PageUp,
        "PageDown" => TreeKey::PageDown,
        "Enter" => TreeKey::Enter,
        " " => TreeKey::Space,
        "Escape" => TreeKey::Escape,
        "*" => TreeKey::Siblings,
        "/" => return None,
        letter if letter.chars().count() == 1 => {
            let (last, text) = &mut *typed.borrow_mut();
            let now = event.time_stamp();
            // The same letter again moves on to the next such name. It does not search for the letter twice.
            if now - *last > TYPING_MILLIS || text.as_str() == letter {
                text.clear();
            }
            *last = now;
            text.push_str(letter);
            TreeKey::Typed(text.clone())
        }
        _ => return None,
    })
}
