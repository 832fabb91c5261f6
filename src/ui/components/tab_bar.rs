//! The tab bar. Arrow keys move between tabs, Delete closes one.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, TabId};

/// Properties of [`TabBar`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TabBarProps {
    /// Each tab with its title (empty for the start page), its icon, true if something is being opened in it, and
    /// true if its image is not saved.
    pub tabs: Vec<(TabId, String, Option<Icon>, bool, bool)>,
    /// Tab that is shown.
    pub selected: TabId,
    /// Receives actions from the keyboard; the focus then follows the selection.
    pub on_key: Callback<Action>,
}

/// The tabs, each with a close button.
#[component]
pub(crate) fn TabBar(props: &TabBarProps) -> Html {
    let shell = use_shell();
    let bar = &shell.text.shell.bar;
    let unsaved = shell.text.shell.unsaved.mark;
    let onkeydown = {
        let ids: Vec<TabId> = props.tabs.iter().map(|(id, ..)| *id).collect();
        let (selected, on_key) = (props.selected, props.on_key.clone());
        Callback::from(move |event: KeyboardEvent| {
            let position = ids.iter().position(|id| *id == selected).unwrap_or(0);
            let action = match event.key().as_str() {
                "ArrowRight" => ids
                    .get(position + 1)
                    .or(ids.first())
                    .map(|id| Action::Select(*id)),
                "ArrowLeft" if position == 0 => ids.last().map(|id| Action::Select(*id)),
                "ArrowLeft" => ids.get(position - 1).map(|id| Action::Select(*id)),
                "Home" => ids.first().map(|id| Action::Select(*id)),
                "End" => ids.last().map(|id| Action::Select(*id)),
                "Delete" => Some(Action::CloseTab(selected)),
                _ => None,
            };
            if let Some(action) = action {
                event.prevent_default();
                on_key.emit(action);
            }
        })
    };
    let tab = |(id, title, drawing, is_busy, is_unsaved): &(
        TabId,
        String,
        Option<Icon>,
        bool,
        bool,
    )| {
        let id = *id;
        let is_selected = id == props.selected;
        let is_home = title.is_empty();
        let name = if is_home { bar.start } else { title.as_str() };
        let select = shell.act.reform(move |_: MouseEvent| Action::Select(id));
        let act = shell.act.clone();
        let close = Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            act.emit(Action::CloseTab(id));
        });
        let act = shell.act.clone();
        let middle = Callback::from(move |event: MouseEvent| {
            if event.button() == 1 {
                event.prevent_default();
                act.emit(Action::CloseTab(id));
            }
        });
        let can_close = !(is_home && props.tabs.len() == 1);
        html! {
            <button
                key={id.0}
                type="button"
                role="tab"
                id={format!("tab-{}", id.0)}
                class={classes!("tab", is_selected.then_some("tab--selected"))}
                title={name.to_owned()}
                aria-selected={is_selected.to_string()}
                aria-controls={format!("panel-{}", id.0)}
                aria-keyshortcuts="Delete"
                tabindex={if is_selected { "0" } else { "-1" }}
                onclick={select}
                onauxclick={middle}
            >
                if *is_busy {
                    <span class="spinner" aria-hidden="true" />
                } else if let Some(drawing) = drawing {
                    { icon(*drawing) }
                }
                <bdi class="tab__title">{ name }</bdi>
                if *is_unsaved {
                    <span class="unsaved__dot" title={unsaved} aria-hidden="true" />
                    <span class="sr-only">{ unsaved }</span>
                }
                if can_close {
                    <span class="tab__close" aria-hidden="true" onclick={close}>{ glyph(Glyph::Cross) }</span>
                }
            </button>
        }
    };
    let current = props.tabs.iter().find(|(id, ..)| *id == props.selected);
    let current = current.map_or("", |(_, title, ..)| title.as_str());
    let current = if current.is_empty() {
        bar.start
    } else {
        current
    };
    let selected = props.selected;
    html! {
        <div class="tabs">
            <div class="tabs__list" role="tablist" aria-label={bar.tabs} {onkeydown}>
                { for props.tabs.iter().map(tab) }
            </div>
            // For users who cannot hit the cross in the tab.
            <button
                type="button"
                class="skip"
                onclick={shell.act.reform(move |_| Action::CloseTab(selected))}
            >
                { (bar.close_tab)(current) }
            </button>
            { Button::icon(icon(Icon::Plus), bar.new_tab).quiet().on_click(shell.act.reform(|_| Action::NewTab)).html() }
        </div>
    }
}
