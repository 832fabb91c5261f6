//! A button with a menu below it, by the ARIA practices for menu buttons.

use yew::prelude::*;

use crate::web::dom;

use super::button::Button;
use super::glyph::{Glyph, glyph};

/// An item of the menu.
#[derive(Clone, PartialEq)]
pub(crate) struct MenuItem {
    /// Text of the item.
    pub label: AttrValue,
    /// Additional text in small letters.
    pub note: AttrValue,
}

/// Properties of [`MenuButton`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct MenuButtonProps {
    /// DOM id of the button, and prefix of the ids of its parts.
    pub id: AttrValue,
    /// Text of the button.
    pub label: AttrValue,
    /// Drawing before the text.
    pub icon: Glyph,
    /// True if the text is only its name and tooltip.
    #[prop_or_default]
    pub is_small: bool,
    /// Position of the item that is in force, if the menu is a choice.
    #[prop_or_default]
    pub checked: Option<usize>,
    /// Items from top to bottom.
    pub items: Vec<MenuItem>,
    /// Receives the position of the chosen item.
    pub on_choose: Callback<usize>,
}

/// A button with a menu.
#[component]
pub(crate) fn MenuButton(props: &MenuButtonProps) -> Html {
    let open = use_state_eq(|| false);
    let button = use_node_ref();
    let whole = use_node_ref();
    let n = props.items.len();
    let item_id = |position: usize| format!("{}-{position}", props.id);
    let focus_item = {
        let id = props.id.clone();
        move |position: usize| dom::focus_id(&format!("{id}-{position}"))
    };
    {
        let focus_item = focus_item.clone();
        let first = props.checked.unwrap_or(0);
        use_effect_with(*open, move |open| {
            if *open {
                focus_item(first);
            }
        });
    }
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let leave = {
        let open = open.setter();
        let whole = whole.clone();
        Callback::from(move |event: FocusEvent| {
            if !dom::focus_stays(&whole, &event) {
                open.set(false);
            }
        })
    };
    let on_button_key = {
        let open = open.setter();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "ArrowDown" {
                event.prevent_default();
                open.set(true);
            }
        })
    };
    let close = {
        let open = open.setter();
        let button = button.clone();
        move || {
            open.set(false);
            dom::focus(&button);
        }
    };
    let items = props.items.iter().enumerate().map(|(position, item)| {
        let choose = {
            let on_choose = props.on_choose.clone();
            let close = close.clone();
            Callback::from(move |_: MouseEvent| {
                close();
                on_choose.emit(position);
            })
        };
        let onkeydown = {
            let close = close.clone();
            let focus_item = focus_item.clone();
            Callback::from(move |event: KeyboardEvent| {
                match event.key().as_str() {
                    "ArrowDown" => focus_item((position + 1) % n),
                    "ArrowUp" => focus_item((position + n - 1) % n),
                    "Home" => focus_item(0),
                    "End" => focus_item(n - 1),
                    "Escape" => close(),
                    _ => return,
                }
                event.prevent_default();
                event.stop_propagation();
            })
        };
        html! {
            <button
                type="button"
                role={if props.checked.is_some() { "menuitemradio" } else { "menuitem" }}
                aria-checked={props.checked.map(|checked| (checked == position).to_string())}
                tabindex="-1"
                id={item_id(position)}
                onclick={choose}
                {onkeydown}
            >
                <span>{ item.label.clone() }</span>
                if !item.note.is_empty() {
                    <span class="menu__note">{ item.note.clone() }</span>
                }
            </button>
        }
    });
    let mut opener = if props.is_small {
        let mut opener = Button::icon(glyph(props.icon), props.label.clone());
        opener.quiet();
        opener
    } else {
        let label = html! { <>{ props.label.clone() }{ glyph(Glyph::Menu) }</> };
        let mut opener = Button::with(label);
        opener.glyph(props.icon);
        opener
    };
    html! {
        <div class="menu" ref={whole} onfocusout={leave}>
            { opener
                .node(button)
                .popup("menu")
                .expanded(*open)
                .on_click(toggle)
                .on_key(on_button_key)
                .html() }
            if *open {
                <div class="menu__list" role="menu" aria-label={props.label.clone()}>
                    { for items }
                </div>
            }
        </div>
    }
}
