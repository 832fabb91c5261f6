//! The image's header, in one line: its name, its verification state, its platform and its sizes. What identifies the
//! image is in the Overview.

use crate::ui::text::said;
use yew::prelude::*;

use crate::protocol::{
    Claim, Code, ImageView, LayerState, PlatformChoice, PlatformRow, Strata, Warning, Weight,
};
use crate::ui::apart::{Apart, Piece};
use crate::ui::components::sign_in::SignInProps;
use crate::ui::kit::button::Button;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::field::select;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::notice::Notice;
use crate::ui::shell::use_shell;
use crate::ui::state::image::container::ContainerAction;
use crate::ui::state::image::{
    Head, ImageAction, LayerPhase, LoginAction, Reading, Summary, WantedLogin, download_bytes,
    summary, visible_text,
};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill, warning};
use crate::web::dom;

use crate::ui::feature::doctor::offer::OfferProps;
use crate::ui::feature::export::form::save_form;
use crate::ui::feature::export::menu::ExportMenu;
use crate::ui::feature::push::view::push;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct HeaderProps {
    pub text: &'static Image,
    pub id: AttrValue,
    pub head: Head,
    pub act: Callback<ImageAction>,
    pub on_platform: Callback<PlatformRow>,
}

/// The image's header.
#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let (text, state) = (props.text, &props.head);
    let image = &*state.image;
    let shell = use_shell();
    let container = shell.text.container;
    html! {
        <header class="image__head">
            <div class="image__title">
                <h1 class="ellipsis" title={visible_text(&image.title)}><bdi>{ visible_text(&image.title) }</bdi></h1>
                { title_copy(text, image) }
                { verdict(text, state) }
                { platform(props) }
                { sizes(text, state) }
                <span class="spacer" />
                { reading_buttons(props) }
                { push(&shell, &props.id, state, &props.act) }
                if state.can_have_container() && !state.has_container {
                    { Button::new(container.start)
                        .glyph(Glyph::Pen)
                        .title(container.start_why)
                        .disabled(state.is_container_busy)
                        .on_click(props.act.reform(|_| ImageAction::Container(ContainerAction::Start)))
                        .html() }
                }
                <ExportMenu {text} id={props.id.clone()} head={state.clone()} act={props.act.clone()} />
            </div>
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
fn verdict(text: &'static Image, state: &Head) -> Html {
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
    let (text, image) = (props.text, &*props.head.image);
    if image.platforms.len() < 2 {
        return match &image.platform {
            Some(platform) => {
                html! { <span class="badge" title={text.platform}><bdi>{ visible_text(&platform.to_string()) }</bdi></span> }
            }
            None => Html::default(),
        };
    }
    let onchange = {
        let on_platform = props.on_platform.clone();
        let rows = image.platforms.clone();
        Callback::from(move |event: Event| {
            let picked = dom::value_of(&event).parse().ok();
            if let Some(row) = picked.and_then(|at: usize| rows.get(at)) {
                on_platform.emit(row.clone());
            }
        })
    };
    let options = image.platforms.iter().enumerate().map(|(at, row)| {
        let name = match &row.choice {
            PlatformChoice::Manifest(digest) => digest.short().to_owned(),
            choice => choice.to_string(),
        };
        (at.to_string(), visible_text(&name), row.selected)
    });
    html! {
        <label class="image__platform">
            <span class="muted">{ text.platform }</span>
            { select(None, "", None, onchange, options.collect()) }
        </label>
    }
}

/// Draws the buttons that apply now: stop, continue or read again.
fn reading_buttons(props: &HeaderProps) -> Html {
    let (text, state) = (props.text, &props.head);
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

/// Draws what is downloaded, seen and dead, as far as it is known.
fn sizes(text: &Image, state: &Head) -> Html {
    let strata = state.strata.as_ref();
    let parts = [
        (text.size_download, download_bytes(&state.image)),
        (text.size_visible, strata.map(Strata::visible_bytes)),
        (text.size_dead, strata.map(|strata| strata.dead_bytes)),
    ];
    let parts = parts
        .into_iter()
        .filter_map(|(words, bytes)| Some(fill(words, &[&format::size(bytes?)])));
    let parts: Vec<String> = parts.collect();
    html! { <span class="image__sizes muted num ellipsis">{ parts.join(" · ") }</span> }
}

/// Lists damage outside the layers. The badge in the title shows the verdict.
fn damage(text: &'static Image, image: &ImageView) -> Html {
    let problem = image.config_problem.iter();
    let problem =
        problem.map(|problem| fill(text.config_unreadable, &[&said(text.said, &problem.detail)]));
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
    let (text, state) = (props.text, &props.head);
    let reading = match &state.reading {
        Reading::Failed(problem) => {
            let words = fill(text.reading_failed, &[&said(text.said, &problem.detail)]);
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
            { for state.login.iter().map(|wanted| sign_in(props, wanted)) }
            { offer(props) }
            if let Some(problem) = &state.notice {
                { Notice::bad().alert().html(html! {
                    <>
                        <p class="break">{ fill(text.saving_failed, &[&said(text.said, &problem.detail)]) }</p>
                        <span class="spacer" />
                        { Button::cross(text.dismiss).on_click(dismiss).html() }
                    </>
                }) }
            }
        </>
    }
}

/// Draws the form of the registry whose login the work waits for.
fn sign_in(props: &HeaderProps, wanted: &WantedLogin) -> Html {
    let act = props.act.reform(ImageAction::Login);
    let registry = wanted.registry.clone();
    let form = SignInProps {
        registry: registry.clone().into(),
        is_refused: wanted.is_refused,
        on_submit: act.reform(move |(name, password)| LoginAction::SignIn {
            registry: registry.clone(),
            name,
            password,
        }),
        on_close: Some(act.reform(|()| LoginAction::Close)),
    };
    html! {
        <>
            if let Some(problem) = &wanted.problem {
                { Notice::bad().alert().html(html! { <p class="break">{ said(props.text.said, &problem.detail) }</p> }) }
            }
            <Apart piece={Piece::SignIn(form)} />
        </>
    }
}

/// Draws the offer to allow the extension the host that layers could not be read from.
fn offer(props: &HeaderProps) -> Html {
    let failures = props.head.image.layers.iter();
    let mut refused = failures.filter_map(|row| match &row.state {
        LayerState::Failed { problem } => problem
            .detail
            .text_of(Code::HostAsked)
            .map(|_| (row.layer, problem)),
        _ => None,
    });
    let Some((first, problem)) = refused.next() else {
        return Html::default();
    };
    let layers: Vec<u32> = refused.map(|(layer, _)| layer).collect();
    let act = props.act.clone();
    let on_allowed = Callback::from(move |()| {
        for layer in [first].iter().chain(&layers) {
            act.emit(ImageAction::ReadAgain(*layer));
        }
    });
    let problem = problem.clone();
    html! { <Apart piece={Piece::Offer(OfferProps { problem, on_allowed })} /> }
}
