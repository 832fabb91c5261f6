//! A long list of names that are links, with the next page at its end.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::kit::loader::{failed, under_way};
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, More, Route, TabId};
use crate::ui::text::format::count;
use crate::ui::text::visible::visible_text;

/// Rows drawn at first. More are drawn only on request.
const FIRST_ROWS: usize = 500;

/// Rows drawn per step after the user asked for all.
const MORE_ROWS: usize = 500;

/// A name that is a link.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NameRow {
    /// Name as the registry lists it.
    pub name: String,
    /// Address that the link opens.
    pub address: String,
    /// Kind of the content, if it differs from the rest of the list.
    pub note: Option<String>,
}

/// Properties of [`NameList`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct NameListProps {
    /// Tab that shows the list.
    pub tab: TabId,
    /// Names that match the filter.
    pub rows: Vec<NameRow>,
    /// Number of names without the filter.
    pub n_all: usize,
    /// Text of the filter.
    pub filter: AttrValue,
    /// State of the next page.
    pub more: More,
    /// Drawing before each name.
    pub drawing: Icon,
    /// Accessible name of the list.
    pub label: AttrValue,
}

/// The list, and the controls below it.
#[component]
pub(crate) fn NameList(props: &NameListProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.list;
    let tab = props.tab;
    let shows_all = use_state_eq(|| false);
    let n_shown = use_state_eq(|| FIRST_ROWS);
    let show_all = {
        let shows_all = shows_all.setter();
        Callback::from(move |_: MouseEvent| shows_all.set(true))
    };
    {
        // Ten thousand rows at once would block the page; between two steps it stays responsive.
        let n_shown = n_shown.clone();
        let goes_on = *shows_all && *n_shown < props.rows.len();
        use_effect_with((goes_on, *n_shown), move |(goes_on, _)| {
            let next = *n_shown + MORE_ROWS;
            let pause = goes_on.then(|| Timeout::new(0, move || n_shown.set(next)));
            move || drop(pause)
        });
    }
    {
        // The filter applies to all names, so further pages are loaded until one page of rows matches.
        let wants_more = !props.filter.is_empty()
            && props.rows.len() < FIRST_ROWS
            && matches!(props.more, More::Cursor(_));
        let act = shell.act.clone();
        use_effect_with((wants_more, props.n_all), move |(wants_more, _)| {
            if *wants_more {
                act.emit(Action::More(tab));
            }
        });
    }
    let is_incomplete = !matches!(props.more, More::End | More::CutOff) && !props.filter.is_empty();
    html! {
        <>
            if props.rows.is_empty() && !props.filter.is_empty() {
                <p class="empty break">{ (words.no_match)(&visible_text(&props.filter)) }</p>
            }
            if !props.rows.is_empty() {
                <ul class="list" aria-label={props.label.clone()}>
                    { for props.rows.iter().take(*n_shown).map(|row| html! {
                        <li key={row.name.as_str()}>
                            <a class="list__link" href={Route::address(row.address.as_str()).to_hash()}>
                                { icon(props.drawing) }
                                <bdi class="mono break">{ visible_text(&row.name) }</bdi>
                                if let Some(note) = &row.note {
                                    <span class="list__note muted small">{ note }</span>
                                }
                            </a>
                        </li>
                    }) }
                </ul>
            }
            <div class="row row--wrap list__foot" aria-live="polite">
                if props.rows.len() > *n_shown && !*shows_all {
                    { Button::new(format!("{} ({})", words.show_all, count(props.rows.len() as u64))).on_click(show_all).html() }
                }
                { more(props, words, shell.act.reform(move |()| Action::More(tab))) }
                if is_incomplete {
                    <span class="muted small">{ (words.filter_incomplete)(&count(props.n_all as u64)) }</span>
                }
            </div>
        </>
    }
}

fn more(
    props: &NameListProps,
    words: &'static crate::ui::text::shell::List,
    ask: Callback<()>,
) -> Html {
    match &props.more {
        More::End => Html::default(),
        More::CutOff => html! { <span class="muted small">{ words.cut_off }</span> },
        More::Cursor(_) => Button::new(words.load_more)
            .on_click(ask.reform(|_| ()))
            .html(),
        More::Loading { .. } => {
            let content = under_way(words.loading, props.n_all.to_string());
            Button::with(content).waiting().html()
        }
        More::Failed { problem, .. } => failed(problem, Some(ask)),
    }
}
