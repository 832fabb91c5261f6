//! The Findings tab: the secrets that ship with the image, masked until they are asked for, and below them what makes
//! it less safe to run.

use std::collections::BTreeSet;

use yew::prelude::*;

use super::safety::safety;
use crate::protocol::{
    ImagePath, PlatformChoice, SecretFate, SecretFinding, SecretList, SecretPlace, SecretStanding,
    TreeView, escape, visible_text,
};
use crate::ui::components::gaps::gaps;
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::components::tree_link::TreeLinks;
use crate::ui::feature::analysis::view::{Pending, analysis};
use crate::ui::kit::button::Button;
use crate::ui::kit::notice::Notice;
use crate::ui::kit::table::{Column, table_box};
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState};
use crate::ui::text::Text;
use crate::ui::text::findings::FindingWords;
use crate::ui::text::format;
use crate::ui::text::words::fill;

/// Rows that are drawn at first, and each time that more are asked for.
const STEP_ROWS: usize = 100;

/// Draws the Findings tab.
pub(crate) fn findings(
    text: &'static Text,
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
) -> Html {
    let words = FindingWords::of(text.language);
    let pending = Pending::new(text, words.waiting, words.computing);
    html! {
        <>
            { analysis(state, act, pending, found) }
            { safety(text, state, act) }
        </>
    }
}

fn found(
    text: &'static Text,
    state: &ImageState,
    act: &Callback<ImageAction>,
    list: &SecretList,
) -> Html {
    let words = FindingWords::of(text.language);
    let commands = state.image.layers.iter().map(|row| row.command.clone());
    let commands: Vec<String> = commands.collect();
    let commands = masked(list, commands);
    let table = |is_secret: bool| {
        let findings = list.findings.iter();
        let findings: Vec<SecretFinding> = findings
            .filter(|finding| finding.standing.is_secret() == is_secret)
            .cloned()
            .collect();
        let is_empty = findings.is_empty();
        let platform = state.place().platform;
        let (commands, act) = (commands.clone(), act.clone());
        (!is_empty).then(|| html! { <FindingTable {findings} {commands} {platform} {act} /> })
    };
    let (secrets, apart) = (table(true), table(false));
    let revoke = html! { <p>{ words.revoke }</p> };
    html! {
        <div class="sheet">
            { gaps(text, &list.gaps, act) }
            { figures(words, list) }
            <section class="space__section">
                <h2>{ words.title }</h2>
                <p class="muted small">{ words.title_why }</p>
                if let Some(secrets) = secrets {
                    { Notice::warn().role("note").html(revoke) }
                    { secrets }
                } else {
                    <p>{ words.nothing }</p>
                    <p class="muted small">{ words.nothing_why }</p>
                }
                if list.n_left_out > 0 {
                    <p class="faint small num">{ fill(words.more, &[&format::count(list.n_left_out)]) }</p>
                }
                if list.n_cut > 0 {
                    <p class="faint small num">{ fill(words.cut, &[&format::count(list.n_cut)]) }</p>
                }
                if list.n_binary > 0 {
                    <p class="faint small num">{ fill(words.binary, &[&format::count(list.n_binary)]) }</p>
                }
            </section>
            if let Some(apart) = apart {
                <section class="space__section">
                    <h2>{ words.apart }</h2>
                    <p class="muted small">{ words.apart_why }</p>
                    { apart }
                    if list.n_apart_left_out > 0 {
                        <p class="faint small num">{ fill(words.more, &[&format::count(list.n_apart_left_out)]) }</p>
                    }
                </section>
            }
        </div>
    }
}

/// Returns the commands of the layers that have findings, with the secrets in them masked.
fn masked(list: &SecretList, mut commands: Vec<String>) -> Vec<String> {
    let layer = |finding: &SecretFinding| match finding.place {
        SecretPlace::File { layer, .. } => Some(layer.0 as usize),
        _ => None,
    };
    let layers: BTreeSet<usize> = list.findings.iter().filter_map(layer).collect();
    for (layer, command) in commands.iter_mut().enumerate() {
        *command = match layers.contains(&layer) {
            true => visible_text(&list.masked(command)),
            false => String::new(),
        };
    }
    commands
}

fn figures(words: &FindingWords, list: &SecretList) -> Html {
    let searched_why = fill(words.searched_why, &[&format::size(list.file_bytes)]);
    let figures = [
        (words.n_secrets, list.n_secrets(), String::new()),
        (words.n_apart, list.n_apart(), words.apart_why.to_owned()),
        (words.searched, list.n_searched, searched_why),
    ];
    let figure = |(name, n, why): (&'static str, u64, String)| {
        html! {
            <div class="figure">
                <dt>{ name }</dt>
                <dd class="figure__value num">{ format::count(n) }</dd>
                <dd class="figure__why">{ why }</dd>
            </div>
        }
    };
    html! { <dl class="card figures">{ for figures.into_iter().map(figure) }</dl> }
}

/// Properties of [`FindingTable`].
#[derive(Clone, PartialEq, Properties)]
struct FindingTableProps {
    findings: Vec<SecretFinding>,
    commands: Vec<String>,
    platform: Option<PlatformChoice>,
    act: Callback<ImageAction>,
}

/// The table of findings, which knows which of the values are shown.
#[component]
fn FindingTable(props: &FindingTableProps) -> Html {
    let shell = use_shell();
    let words = FindingWords::of(shell.text.language);
    let n_drawn = use_state_eq(|| STEP_ROWS);
    // The finding itself: with other findings its row may hold another.
    let shown = use_state_eq(|| None::<SecretFinding>);
    let links = TreeLinks {
        platform: props.platform.clone(),
        act: &props.act,
    };
    let rows = props.findings.iter().take(*n_drawn).map(|finding| {
        let is_shown = shown.as_ref() == Some(finding);
        let toggle = {
            let (shown, finding) = (shown.setter(), finding.clone());
            Callback::from(move |_: MouseEvent| {
                shown.set((!is_shown).then(|| finding.clone()));
            })
        };
        let value = match is_shown {
            true => visible_text(finding.value.reveal()),
            false => finding.value.masked(),
        };
        let label = if is_shown { words.hide } else { words.show };
        html! {
            <tr>
                <th scope="row">
                    { words.rule(finding.rule) }
                    { standing(words, finding.standing) }
                </th>
                <td class="break" data-label={words.place}>{ place(words, &links, finding) }</td>
                <td data-label={words.found_in}>{ layer(&props.commands, finding) }</td>
                <td data-label={words.hidden}>{ fate(words, finding.fate) }</td>
                <td class="findings__value" data-label={words.value}>
                    <bdi class="mono break">{ value }</bdi>
                    { " " }
                    { Button::new(label).pressed(is_shown).on_click(toggle).html() }
                </td>
            </tr>
        }
    });
    let head = [
        Column::Text(words.what),
        Column::Text(words.place),
        Column::Text(words.found_in),
        Column::Text(words.hidden),
        Column::Text(words.value),
    ];
    let n_more = props.findings.len().saturating_sub(*n_drawn);
    let on_more = {
        let (setter, now) = (n_drawn.setter(), *n_drawn);
        Callback::from(move |_: MouseEvent| setter.set(now + STEP_ROWS))
    };
    html! {
        <>
            { table_box(words.title, "findings__list", &head, rows.collect()) }
            if n_more > 0 {
                <p>
                    { Button::new(fill(words.show_more, &[&format::count(n_more as u64)])).on_click(on_more).html() }
                </p>
            }
        </>
    }
}

fn standing(words: &FindingWords, standing: SecretStanding) -> Html {
    let word = match standing {
        SecretStanding::Secret => return Html::default(),
        SecretStanding::Encrypted => words.encrypted,
        SecretStanding::Example => words.example,
    };
    html! { <>{ " " }<span class="badge">{ word }</span></> }
}

fn place(words: &FindingWords, links: &TreeLinks<'_>, finding: &SecretFinding) -> Html {
    let named = |what: &str, name: &str| {
        html! { <>{ what }{ " " }<bdi class="mono break">{ visible_text(name) }</bdi></> }
    };
    match &finding.place {
        SecretPlace::File { path, layer, line } => {
            let shown = visible_text(&format!("/{}", escape(path)));
            let line = fill(words.line, &[&format::count((*line).into())]);
            let link = match ImagePath::normalise(path) {
                Ok(path_key) => {
                    let title = fill(words.go, &[&shown]);
                    links.draw(shown, title, path_key, TreeView::UpTo(layer.0))
                }
                Err(_) => html! { <bdi class="mono break">{ shown }</bdi> },
            };
            html! { <>{ link }{ " " }<span class="faint small num">{ line }</span></> }
        }
        SecretPlace::Env { name } => named(words.env, name),
        SecretPlace::Label { name } => named(words.label, name),
        SecretPlace::History { step } => named(words.history, &format::count((*step).into())),
    }
}

fn layer(commands: &[String], finding: &SecretFinding) -> Html {
    let SecretPlace::File { layer, .. } = &finding.place else {
        return Html::default();
    };
    let command = commands.get(layer.0 as usize).cloned().unwrap_or_default();
    html! {
        <>
            <LayerLink layer={layer.0} />
            <bdi class="packages__line faint small">{ command }</bdi>
        </>
    }
}

fn fate(words: &FindingWords, fate: SecretFate) -> Html {
    match fate {
        SecretFate::Live => html! { <span class="badge badge--bad">{ words.live }</span> },
        SecretFate::Overwritten { by } => {
            html! { <>{ words.overwritten }{ " " }<LayerLink layer={by.0} /></> }
        }
        SecretFate::Deleted { by } => {
            html! { <>{ words.deleted }{ " " }<LayerLink layer={by.0} /></> }
        }
    }
}
