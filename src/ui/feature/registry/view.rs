//! Page for a registry: its repositories, or a field for a repository's name if the registry does not list them.

use yew::prelude::*;

use crate::ui::components::name_list::{NameList, NameRow};
use crate::ui::components::other_reading::OtherReading;
use crate::ui::components::sign_in::SignInForm;
use crate::ui::feature::opening::problem::sign_in_from;
use crate::ui::kit::filter_field::FilterField;
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::kit::name_field::NameField;
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, More, RegistryTab, TabId, TagOrder, sorted};
use crate::ui::text::format::count;
use crate::ui::text::visible::visible_text;

/// Properties of [`RegistryPage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RegistryPageProps {
    /// Tab that shows the registry.
    pub tab: TabId,
    /// Registry and the repositories listed so far.
    pub registry: RegistryTab,
}

/// Lists the repositories of the registry.
#[component]
pub(crate) fn RegistryPage(props: &RegistryPageProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.list;
    let registry = &props.registry;
    let filter = use_state_eq(String::new);
    let list = &registry.repositories;
    let has_more = !matches!(list.more, More::End | More::CutOff);
    let shown = sorted(&list.names, &filter, TagOrder::OldestFirst);
    let rows: Vec<NameRow> = shown
        .iter()
        .map(|name| NameRow {
            name: (*name).to_owned(),
            address: registry.repository_address(name),
            note: None,
        })
        .collect();
    let on_name = {
        let (act, registry) = (shell.act.clone(), registry.clone());
        Callback::from(move |name: String| {
            act.emit(Action::Typed(
                registry.repository_address(name.trim_matches('/')),
            ));
        })
    };
    let on_filter = {
        let filter = filter.setter();
        Callback::from(move |text| filter.set(text))
    };
    html! {
        <div class="page stack">
            <header class="page__head">
                <p class="label">{ words.registry }</p>
                <h1 class="mono break">{ icon(Icon::Registry) }<bdi>{ visible_text(&registry.host) }</bdi></h1>
                if shell.is_relayed {
                    <p class="small muted">{ words.relayed }</p>
                }
            </header>
            <OtherReading hint={registry.other_reading.clone()} />
            if !registry.offered {
                <div class="card notice-card stack">
                    <h2>{ words.not_offered }</h2>
                    <p class="muted">{ words.not_offered_hint }</p>
                    <NameField label={words.by_name} hint={words.by_name_hint} {on_name} />
                </div>
                if registry.wants_sign_in {
                    <SignInForm
                        registry={registry.url.clone()}
                        is_refused=false
                        on_submit={sign_in_from(shell.act.clone(), props.tab, registry.url.clone())}
                    />
                }
            } else if list.names.is_empty() && !has_more {
                <p class="empty card">{ words.no_repositories }</p>
            } else {
                <div class="toolbar">
                    <FilterField label={words.filter_repositories} value={(*filter).clone()} on_change={on_filter} />
                    <span class="muted num" role="status">
                        { if filter.trim().is_empty() {
                            (words.repositories)(&count(list.names.len() as u64), has_more)
                        } else {
                            (words.shown)(&count(rows.len() as u64), &count(list.names.len() as u64))
                        } }
                    </span>
                </div>
                <NameList
                    tab={props.tab}
                    {rows}
                    n_all={list.names.len()}
                    filter={filter.trim().to_owned()}
                    more={list.more.clone()}
                    drawing={Icon::Repository}
                    label={words.registry}
                />
            }
        </div>
    }
}
