//! The tab bar. Arrow keys move between tabs, Delete closes one.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::kit::loader::spinner;
use crate::ui::kit::tabs::{TabButton, tab_at_key, tab_list};
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
            let at = ids.iter().position(|id| *id == selected).unwrap_or(0);
            let key = event.key();
            let to = tab_at_key(&key, at, ids.len()).and_then(|to| ids.get(to).copied());
            let action = match key.as_str() {
                "Delete" => Some(Action::CloseTab(selected)),
                _ => to.map(Action::Select),
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
        let content = html! {
            <>
                if *is_busy {
                    { spinner() }
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
            </>
        };
        TabButton {
            id: format!("tab-{}", id.0),
            controls: Some(format!("panel-{}", id.0)),
            class: classes!("tab", is_selected.then_some("tab--selected")),
            title: Some(name.to_owned()),
            shortcut: Some("Delete"),
            is_selected,
            content,
            onclick: select,
            onauxclick: Some(middle),
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
            { tab_list("tabs__list", bar.tabs, props.tabs.iter().map(tab), onkeydown) }
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
