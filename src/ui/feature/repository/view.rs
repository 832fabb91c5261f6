//! Page for a repository: its tags in natural order.

use yew::prelude::*;

use crate::ui::components::name_list::{NameList, NameRow};
use crate::ui::components::other_reading::OtherReading;
use crate::ui::components::trail::trail;
use crate::ui::kit::filter_field::FilterField;
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::kit::name_field::NameField;
use crate::ui::kit::segmented::{Choice, segmented};
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, More, RepositoryTab, TabId, TagOrder, companion, sorted};
use crate::ui::text::format::count;
use crate::ui::text::visible::visible_text;

/// Properties of [`RepositoryPage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RepositoryPageProps {
    /// Tab that shows the repository.
    pub tab: TabId,
    /// Repository and the tags listed so far.
    pub repository: RepositoryTab,
}

/// Lists the tags of the repository.
#[component]
pub(crate) fn RepositoryPage(props: &RepositoryPageProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.list;
    let repository = &props.repository;
    let filter = use_state_eq(String::new);
    let order = use_state_eq(|| TagOrder::NewestFirst);
    let list = &repository.tags;
    let has_more = !matches!(list.more, More::End | More::CutOff);
    let shown = sorted(&list.names, &filter, *order);
    let rows: Vec<NameRow> = shown
        .iter()
        .map(|tag| NameRow {
            name: (*tag).to_owned(),
            address: repository.tag_address(tag),
            note: companion(tag).map(|(kind, of)| (words.companion)(kind, of.short())),
        })
        .collect();
    let on_filter = {
        let filter = filter.setter();
        Callback::from(move |text| filter.set(text))
    };
    let on_tag = {
        let (act, repository) = (shell.act.clone(), repository.clone());
        Callback::from(move |tag: String| act.emit(Action::Typed(repository.tag_address(&tag))))
    };
    let choice = |which: TagOrder, name: &'static str| {
        let setter = order.setter();
        let onclick = Callback::from(move |_: MouseEvent| setter.set(which));
        Choice::new(name, *order == which, onclick)
    };
    let orders = [
        choice(TagOrder::NewestFirst, words.newest_first),
        choice(TagOrder::OldestFirst, words.oldest_first),
    ];
    html! {
        <div class="page stack">
            <header class="page__head">
                { trail(words.trail, &[(repository.host.clone(), repository.registry_address())]) }
                <h1 class="mono break">{ icon(Icon::Repository) }<bdi>{ visible_text(&repository.repository) }</bdi></h1>
                if shell.is_relayed {
                    <p class="small muted">{ words.relayed }</p>
                }
            </header>
            <OtherReading hint={repository.other_reading.clone()} />
            if !repository.offered {
                <div class="card notice-card stack">
                    <h2>{ words.no_tag_list }</h2>
                    <p class="muted">{ words.no_tag_list_hint }</p>
                    <NameField label={words.by_tag} hint="latest" on_name={on_tag} />
                </div>
            } else if list.names.is_empty() && !has_more {
                <p class="empty card">{ words.no_tags }</p>
            } else {
                <div class="toolbar">
                    <FilterField label={words.filter_tags} value={(*filter).clone()} on_change={on_filter} />
                    <span class="muted num" role="status">
                        { if filter.trim().is_empty() {
                            (words.tags)(&count(list.names.len() as u64), has_more)
                        } else {
                            (words.shown)(&count(rows.len() as u64), &count(list.names.len() as u64))
                        } }
                    </span>
                    <span class="spacer" />
                    { segmented("", Some(words.order), orders) }
                </div>
                <NameList
                    tab={props.tab}
                    {rows}
                    n_all={list.names.len()}
                    filter={filter.trim().to_owned()}
                    more={list.more.clone()}
                    drawing={Icon::Tag}
                    label={words.repository}
                />
            }
        </div>
    }
}
