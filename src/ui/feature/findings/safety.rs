//! The findings about an image's safety, as a table below its secrets.

use yew::prelude::*;

use crate::protocol::{
    AnalysisKind, ImagePath, PlatformChoice, SafetyFinding, SafetyList, SafetyPlace, TreeView,
    escape, visible_text,
};
use crate::ui::components::gaps::gaps;
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::components::tree_link::TreeLinks;
use crate::ui::feature::analysis::view::{Pending, analysis};
use crate::ui::kit::button::Button;
use crate::ui::kit::table::{Column, table_box};
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState, Loadable};
use crate::ui::text::Text;
use crate::ui::text::findings::FindingWords;
use crate::ui::text::format;
use crate::ui::text::words::fill;

/// Rows that are drawn at first, and each time that more are asked for.
const STEP_ROWS: usize = 100;

/// Draws the section once its findings are there. What is awaited is said above, where the secrets are.
pub(super) fn safety(
    text: &'static Text,
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
) -> Html {
    let found = state.analyses.of(AnalysisKind::Safety);
    if !state.has_tree() || matches!(found, Loadable::Idle | Loadable::Loading) {
        return Html::default();
    }
    let words = FindingWords::of(text.language);
    let pending = Pending::new(text, words.waiting, words.computing);
    analysis(state, act, pending, section)
}

fn section(
    text: &'static Text,
    state: &ImageState,
    act: &Callback<ImageAction>,
    list: &SafetyList,
) -> Html {
    let words = FindingWords::of(text.language);
    let n_left_out = list
        .left_out
        .values()
        .fold(0, |n: u64, more| n.saturating_add(*more));
    html! {
        <div class="sheet">
            { gaps(text, &list.gaps, act) }
            <section class="space__section">
                <h2>{ words.safety }</h2>
                <p class="muted small">{ words.safety_why }</p>
                if list.findings.is_empty() {
                    <p>{ words.safety_nothing }</p>
                } else {
                    <SafetyTable list={list.clone()} platform={state.place().platform} act={act.clone()} />
                }
                if n_left_out > 0 {
                    <p class="faint small num">{ fill(words.more, &[&format::count(n_left_out)]) }</p>
                }
            </section>
        </div>
    }
}

/// Properties of [`SafetyTable`].
#[derive(Clone, PartialEq, Properties)]
struct SafetyTableProps {
    list: SafetyList,
    platform: Option<PlatformChoice>,
    act: Callback<ImageAction>,
}

/// The table of findings, by rule. The first row of a rule says what to do.
#[component]
fn SafetyTable(props: &SafetyTableProps) -> Html {
    let shell = use_shell();
    let words = FindingWords::of(shell.text.language);
    let n_drawn = use_state_eq(|| STEP_ROWS);
    let links = TreeLinks {
        platform: props.platform.clone(),
        act: &props.act,
    };
    let mut last = None;
    let rows = props.list.findings.iter().take(*n_drawn).map(|finding| {
        let (name, deed) = words.safety_rule(finding.rule);
        let is_first = last.replace(finding.rule) != Some(finding.rule);
        html! {
            <tr>
                <th scope="row">
                    { name }
                    if is_first {
                        <p class="faint small">{ with_code(deed) }</p>
                    }
                </th>
                <td class="break" data-label={words.place}>{ place(words, &links, finding) }</td>
                <td class="break" data-label={words.safety_detail}>{ detail(&finding.place) }</td>
                <td data-label={words.found_in}>{ layer(&props.list, finding) }</td>
            </tr>
        }
    });
    let rows = rows.collect();
    let head = [
        Column::Text(words.what),
        Column::Text(words.place),
        Column::Text(words.safety_detail),
        Column::Text(words.found_in),
    ];
    let n_more = props.list.findings.len().saturating_sub(*n_drawn);
    let on_more = {
        let (setter, now) = (n_drawn.setter(), *n_drawn);
        Callback::from(move |_: MouseEvent| setter.set(now + STEP_ROWS))
    };
    html! {
        <>
            { table_box(words.safety, "findings__list", &head, rows) }
            if n_more > 0 {
                <p>
                    { Button::new(fill(words.show_more, &[&format::count(n_more as u64)])).on_click(on_more).html() }
                </p>
            }
        </>
    }
}

fn place(words: &FindingWords, links: &TreeLinks<'_>, finding: &SafetyFinding) -> Html {
    let Some(path) = finding.place.path() else {
        return match &finding.place {
            SafetyPlace::History { step, .. } => {
                html! { <>{ words.history }{ " " }{ format::count((*step).into()) }</> }
            }
            _ => words.configuration.into(),
        };
    };
    let shown = visible_text(&format!("/{}", escape(path)));
    match ImagePath::normalise(path) {
        Ok(path_key) => {
            let title = fill(words.go, &[&shown]);
            links.draw(shown, title, path_key, TreeView::Union)
        }
        Err(_) => html! { <bdi class="mono break">{ shown }</bdi> },
    }
}

/// Draws what a place has: mode, owner and size, an account, a user, a port or an address.
fn detail(place: &SafetyPlace) -> Html {
    let text = match place {
        SafetyPlace::Path {
            mode,
            uid,
            gid,
            size_bytes,
            capabilities,
            ..
        } => {
            let size = match size_bytes {
                0 => String::new(),
                bytes => format::size(*bytes),
            };
            format!("{mode:04o} {uid}:{gid} {size} {capabilities}")
        }
        SafetyPlace::Account { name, .. } => name.clone(),
        SafetyPlace::Config { value } => value.clone(),
        SafetyPlace::History { address, .. } => address.clone(),
    };
    html! { <bdi class="mono break">{ visible_text(text.trim_end()) }</bdi> }
}

fn layer(list: &SafetyList, finding: &SafetyFinding) -> Html {
    let Some(layer) = finding.place.layer() else {
        return Html::default();
    };
    html! {
        <>
            <LayerLink layer={layer.0} />
            <bdi class="packages__line faint small">{ visible_text(list.line_of(finding)) }</bdi>
        </>
    }
}

/// Draws a text whose commands stand between grave accents.
fn with_code(text: &'static str) -> Html {
    let parts = (0..).zip(text.split('`'));
    parts
        .map(|(at, part): (usize, _)| match at % 2 {
            0 => html! { { part } },
            _ => html! { <code>{ part }</code> },
        })
        .collect()
}
