//! The image's header: its names, its digests, its origin and its verification state.

use yew::prelude::*;

use crate::protocol::{Claim, ImageView, PlatformRow, Warning, Weight};
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::{CopyButton, DigestText};
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::notice::Notice;
use crate::ui::shell::use_shell;
use crate::ui::state::image::container::ContainerAction;
use crate::ui::state::image::{
    Age, ImageAction, ImageState, LayerPhase, Reading, Summary, age, summary, visible_text,
};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill, warning};
use crate::web::{dom, global};

use super::export::ExportMenu;
use super::push::push;
use super::save_form::save_form;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct HeaderProps {
    pub text: &'static Image,
    pub id: AttrValue,
    pub state: ImageState,
    pub act: Callback<ImageAction>,
    pub on_platform: Callback<PlatformRow>,
}

/// The image's header.
#[component]
pub(super) fn Header(props: &HeaderProps) -> Html {
    let (text, state) = (props.text, &props.state);
    let image = &*state.image;
    let shell = use_shell();
    let container = shell.text.container;
    // On a narrow page, the facts are hidden behind a button.
    let is_open = use_state_eq(|| false);
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let facts_id = format!("{}-facts", props.id);
    html! {
        <header class="image__head">
            <div class="image__title">
                <h1 class="break"><bdi>{ visible_text(&image.title) }</bdi></h1>
                { title_copy(text, image) }
                { verdict(text, state) }
                <span class="spacer" />
                { platform(props) }
                { reading_buttons(props) }
                { push(&shell, &props.id, state, &props.act) }
                if state.can_have_container() && !state.container.is_open() {
                    { Button::new(container.start)
                        .glyph(Glyph::Pen)
                        .title(container.start_why)
                        .disabled(state.container.is_busy)
                        .on_click(props.act.reform(|_| ImageAction::Container(ContainerAction::Start)))
                        .html() }
                }
                <ExportMenu {text} id={props.id.clone()} state={state.clone()} act={props.act.clone()} />
            </div>
            { Button::new(text.about_image)
                .glyph(Glyph::Menu)
                .quiet()
                .class("image__more")
                .expanded(*is_open)
                .controls(facts_id.clone())
                .on_click(toggle)
                .html() }
            <dl class={classes!("image__facts", (!*is_open).then_some("image__facts--short"))} id={facts_id}>
                { for facts(text, image).into_iter().map(|(label, value)| html! { <div><dt>{ label }</dt><dd>{ value }</dd></div> }) }
            </dl>
            { damage(text, image) }
            { engines(text, image) }
            { warnings(text, image) }
            { save_form(text, &props.id, state, &props.act) }
            { notice(props) }
        </header>
    }
}

fn title_copy(text: &'static Image, image: &ImageView) -> Html {
    match &image.address {
        Some(address) => {
            html! { <CopyButton {text} value={address.clone()} what={text.reference} /> }
        }
        None => Html::default(),
    }
}

/// Summarises the state of all layers in a few words.
fn verdict(text: &'static Image, state: &ImageState) -> Html {
    let count = |n: u32| format::count(n.into());
    let (class, icon, words) = match summary(&state.image) {
        Summary::NoLayers => return Html::default(),
        Summary::Damaged => ("badge--bad", Glyph::Alert, text.trouble_image.to_owned()),
        // The blobs of an artifact are listed, not read.
        Summary::UnderWay { .. } if !state.has_tree() => return Html::default(),
        Summary::UnderWay { n_read, n_layers } => (
            "badge--accent",
            Glyph::Clock,
            fill(text.layers_read, &[&count(n_read), &count(n_layers)]),
        ),
        Summary::Verified {
            n_layers,
            n_known: 0,
        } => (
            "badge--good",
            Glyph::Check,
            fill(text.all_verified, &[&count(n_layers)]),
        ),
        Summary::Verified { n_layers, n_known } => (
            "",
            Glyph::Known,
            match n_layers - n_known {
                0 => fill(text.all_known, &[&count(n_layers)]),
                n => fill(
                    text.some_known,
                    &[&count(n), &count(n_layers), &count(n_known)],
                ),
            },
        ),
        Summary::Listed { n, n_layers } => (
            "badge--warn",
            Glyph::Alert,
            fill(text.some_listed, &[&count(n), &count(n_layers)]),
        ),
        Summary::Unclaimed { n } => (
            "badge--warn",
            Glyph::Alert,
            fill(text.some_unclaimed, &[&count(n)]),
        ),
        Summary::Trouble { first, n } => {
            let what = match state.phase(first) {
                LayerPhase::Refuted(refuted) => match refuted.first().map(|r| r.claim) {
                    Some(Claim::Size) => text.trouble_size,
                    Some(Claim::DiffId) => text.trouble_diff_id,
                    Some(Claim::Checksum) => text.trouble_checksum,
                    Some(Claim::Digest) | None => text.trouble_digest,
                },
                LayerPhase::Failed(_) => text.trouble_failed,
                LayerPhase::Stopped(_) => text.trouble_stopped,
                LayerPhase::Incomplete(_) => text.trouble_incomplete,
                LayerPhase::LeftOut => text.trouble_left_out,
                _ => text.trouble_damaged,
            };
            let words = fill(what, &[&count(first)]);
            let words = if n > 1 {
                fill(text.trouble_and_more, &[&words, &count(n - 1)])
            } else {
                words
            };
            ("badge--bad", Glyph::Alert, words)
        }
    };
    let is_reading = state.reading == Reading::UnderWay;
    html! {
        <span class={classes!("badge", class, "image__verdict")} aria-busy={is_reading.to_string()}>
            { glyph(icon) }{ words }
        </span>
    }
}

fn platform(props: &HeaderProps) -> Html {
    let (text, image) = (props.text, &*props.state.image);
    if image.platforms.len() < 2 {
        return match &image.platform {
            Some(platform) => {
                html! { <span class="badge" title={text.platform}><bdi>{ visible_text(platform) }</bdi></span> }
            }
            None => Html::default(),
        };
    }
    let onchange = {
        let on_platform = props.on_platform.clone();
        let rows = image.platforms.clone();
        Callback::from(move |event: Event| {
            let digest = dom::value_of(&event);
            if let Some(row) = rows.iter().find(|row| row.digest == digest) {
                on_platform.emit(row.clone());
            }
        })
    };
    let options = image.platforms.iter().map(|row| {
        let name = match row.platform == row.digest {
            true => format::short_digest(&row.digest),
            false => row.platform.clone(),
        };
        html! { <option value={row.digest.clone()} selected={row.selected}>{ visible_text(&name) }</option> }
    });
    html! {
        <label class="image__platform">
            <span class="muted">{ text.platform }</span>
            <select class="input" {onchange}>{ for options }</select>
        </label>
    }
}

/// Draws the buttons that apply now: stop, continue or read again.
fn reading_buttons(props: &HeaderProps) -> Html {
    let (text, state) = (props.text, &props.state);
    let button = |label: &'static str, icon: Glyph, actions: Vec<ImageAction>| {
        let act = props.act.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            for action in &actions {
                act.emit(action.clone());
            }
        });
        Button::new(label).glyph(icon).on_click(onclick).html()
    };
    if state.reading == Reading::UnderWay {
        return button(text.stop, Glyph::Cross, vec![ImageAction::StopReading]);
    }
    let phases: Vec<(u32, LayerPhase)> = state
        .image
        .layers
        .iter()
        .map(|row| (row.layer, state.phase(row.layer)))
        .collect();
    if phases
        .iter()
        .any(|(_, phase)| *phase == LayerPhase::Waiting)
        && state.has_tree()
    {
        return button(text.read_on, Glyph::Again, vec![ImageAction::ReadLayers]);
    }
    let again = |wanted: &dyn Fn(&LayerPhase) -> bool| {
        phases
            .iter()
            .filter(|(_, phase)| wanted(phase))
            .map(|(layer, _)| ImageAction::ReadAgain(*layer))
            .collect::<Vec<ImageAction>>()
    };
    let troubled = again(&LayerPhase::may_mend);
    if !troubled.is_empty() {
        return button(text.read_again, Glyph::Again, troubled);
    }
    let listed = again(&|phase| matches!(phase, LayerPhase::Listed { .. }));
    if !listed.is_empty() {
        return button(text.read_and_verify, Glyph::Check, listed);
    }
    let known = again(&|phase| *phase == LayerPhase::Known);
    if !known.is_empty() {
        return button(text.verify_now, Glyph::Check, known);
    }
    Html::default()
}

fn facts(text: &'static Image, image: &ImageView) -> Vec<(&'static str, Html)> {
    let mut facts = Vec::new();
    let others: Vec<&String> = image.names.iter().filter(|n| **n != image.title).collect();
    if !others.is_empty() {
        let names = others
            .iter()
            .map(|name| html! { <li class="break"><bdi>{ visible_text(name) }</bdi></li> });
        facts.push((
            text.names,
            html! { <ul class="image__names">{ for names }</ul> },
        ));
    }
    let file = image
        .file_name
        .as_ref()
        .filter(|name| **name != image.title);
    if let Some(file) = file {
        facts.push((
            text.file,
            html! { <bdi class="break">{ visible_text(file) }</bdi> },
        ));
    }
    for (label, digest) in [
        (text.image_id, &image.image_id),
        (text.manifest_digest, &image.manifest_digest),
        (text.index_digest, &image.index_digest),
    ] {
        if let Some(digest) = digest {
            facts.push((
                label,
                html! { <DigestText {text} digest={digest.clone()} what={label} /> },
            ));
        }
    }
    if let Some(created) = &image.created {
        let relative = age(created, global::now_seconds()).map(|age| age_words(text, age));
        facts.push((
            text.created,
            html! {
                <span class="num">
                    { format::rfc3339(created) }
                    if let Some(relative) = relative { <span class="faint">{ format!(" · {relative}") }</span> }
                </span>
            },
        ));
    }
    for (label, value) in [(text.author, &image.author), (text.message, &image.comment)] {
        if !value.is_empty() {
            facts.push((
                label,
                html! { <bdi class="break">{ visible_text(value) }</bdi> },
            ));
        }
    }
    facts.push((text.column_size, sizes(text, image)));
    let n_layers = format::count(image.layers.len() as u64);
    facts.push((text.layers, html! { <span class="num">{ n_layers }</span> }));
    if image.n_entries > 0 {
        let n = format::count(image.n_entries);
        facts.push((text.entries, html! { <span class="num">{ n }</span> }));
    }
    facts
}

/// Draws the compressed size, and the uncompressed size if it is known.
fn sizes(text: &Image, image: &ImageView) -> Html {
    let stored = image.stored_bytes.map(format::size);
    let decoded = (image.decoded_bytes > 0).then(|| format::size(image.decoded_bytes));
    let words = match (stored, decoded) {
        (Some(stored), Some(decoded)) => fill(text.size_both, &[&stored, &decoded]),
        (Some(stored), None) => fill(text.size_stored, &[&stored]),
        (None, Some(decoded)) => fill(text.size_decoded, &[&decoded]),
        (None, None) => text.size_unknown.to_owned(),
    };
    html! { <span class="num">{ words }</span> }
}

/// Returns an age in words.
pub(super) fn age_words(text: &Image, age: Age) -> String {
    let several = |one: &'static str, many: &'static str, n: i64| {
        fill(if n == 1 { one } else { many }, &[&n.to_string()])
    };
    match age {
        Age::Now => text.age_now.to_owned(),
        Age::Ahead => text.age_ahead.to_owned(),
        Age::Minutes(n) => several(text.age_minute, text.age_minutes, n),
        Age::Hours(n) => several(text.age_hour, text.age_hours, n),
        Age::Days(n) => several(text.age_day, text.age_days, n),
        Age::Months(n) => several(text.age_month, text.age_months, n),
        Age::Years(n) => several(text.age_year, text.age_years, n),
    }
}

/// Lists damage outside the layers. The badge in the title shows the verdict.
fn damage(text: &'static Image, image: &ImageView) -> Html {
    let problem = image.config_problem.iter();
    let problem =
        problem.map(|problem| fill(text.config_unreadable, &[&visible_text(&problem.detail)]));
    let refuted = image.warnings.iter();
    let refuted = refuted.filter(|row| row.weight() == Weight::Damaged);
    let lines = problem.chain(refuted.map(|row| warning(text, row)));
    let lines: Vec<String> = lines.collect();
    told(Notice::bad().alert(), text.damage_title, &lines)
}

/// Maximum number of lines about container engines in the header.
const ENGINE_LINES: usize = 4;

/// Lists content that engines refuse or read differently. Users must see this before they rely on the file listing.
fn engines(text: &'static Image, image: &ImageView) -> Html {
    let weighty = |row: &&Warning| matches!(row.weight(), Weight::Refused | Weight::Differs);
    let of_image = image.warnings.iter().filter(weighty);
    let of_image = of_image.map(|row| warning(text, row));
    let of_layers = image.layers.iter().flat_map(|layer| {
        let rows = layer.warnings.iter().filter(weighty);
        rows.map(|row| {
            fill(
                text.engines_layer,
                &[&layer.layer.to_string(), &warning(text, row)],
            )
        })
    });
    let mut lines: Vec<String> = of_image.chain(of_layers).collect();
    let n_more = lines.len().saturating_sub(ENGINE_LINES);
    lines.truncate(ENGINE_LINES);
    if n_more > 0 {
        lines.push(fill(text.engines_more, &[&format::count(n_more as u64)]));
    }
    told(Notice::warn().role("note"), text.engines_title, &lines)
}

fn told(notice: &mut Notice, title: &'static str, lines: &[String]) -> Html {
    if lines.is_empty() {
        return Html::default();
    }
    notice.class("image__engines").html(html! {
        <div class="stack">
            <strong>{ title }</strong>
            <ul class="warnings">
                { for lines.iter().map(|line| html! { <li class="break"><bdi>{ line }</bdi></li> }) }
            </ul>
        </div>
    })
}

fn warnings(text: &'static Image, image: &ImageView) -> Html {
    if image.warnings.is_empty() {
        return Html::default();
    }
    let n = format::count(image.warnings.len() as u64);
    html! {
        <details class="image__warnings">
            <summary>{ glyph(Glyph::Alert) }{ fill(text.n_warnings, &[&n]) }</summary>
            <ul class="warnings">
                { for image.warnings.iter().map(|row| html! { <li class="break">{ warning(text, row) }</li> }) }
            </ul>
        </details>
    }
}

/// Explains why reading ended, or why a download failed.
fn notice(props: &HeaderProps) -> Html {
    let (text, state) = (props.text, &props.state);
    let reading = match &state.reading {
        Reading::Failed(problem) => {
            let words = fill(text.reading_failed, &[&visible_text(&problem.detail)]);
            Notice::bad()
                .alert()
                .html(html! { <p class="break">{ words }</p> })
        }
        _ => Html::default(),
    };
    let dismiss = {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| act.emit(ImageAction::DismissNotice))
    };
    html! {
        <>
            { reading }
            if let Some(problem) = &state.notice {
                { Notice::bad().alert().html(html! {
                    <>
                        <p class="break">{ fill(text.saving_failed, &[&visible_text(&problem.detail)]) }</p>
                        <span class="spacer" />
                        { Button::cross(text.dismiss).on_click(dismiss).html() }
                    </>
                }) }
            }
        </>
    }
}
