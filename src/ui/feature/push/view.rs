//! The dialog that pushes the image: the target, the progress of each blob, and the result.

use yew::prelude::*;

use crate::protocol::{
    Platforms, Problem, ProblemCode, PushRow, PushState, PushedView, TagsLeft, Throughput,
};
use crate::ui::apart::{Apart, Piece};
use crate::ui::components::sign_in::SignInForm;
use crate::ui::feature::doctor::offer::Offer;
use crate::ui::kit::button::Button;
use crate::ui::kit::field::{Field, checkbox, labelled};
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::popover::Popover;
use crate::ui::kit::problem_line::ProblemLine;
use crate::ui::kit::progress::progress_bar;
use crate::ui::shell::Shell;
use crate::ui::state::Route;
use crate::ui::state::image::{Head, ImageAction, PushAction, PushPhase};
use crate::ui::text::format;
use crate::ui::text::image::fill;
use crate::ui::text::push::PushWords;
use crate::ui::text::words::Words;
use crate::web::dom;

/// Draws the push button, and the dialog while it is open.
pub(crate) fn push(
    shell: &Shell,
    id: &str,
    state: &Head,
    act_image: &Callback<ImageAction>,
) -> Html {
    let words = shell.text.push;
    let act = act_image.reform(ImageAction::Push);
    let button_id = format!("{id}-push");
    let field_id = format!("{id}-push-target");
    let onclick = {
        let (act, field_id) = (act.clone(), field_id.clone());
        Callback::from(move |_: MouseEvent| {
            act.emit(PushAction::Toggle);
            dom::focus_soon(field_id.clone());
        })
    };
    let close = {
        let (act, button_id) = (act.clone(), button_id.clone());
        Callback::from(move |()| {
            act.emit(PushAction::Toggle);
            dom::focus_soon(button_id.clone());
        })
    };
    let is_open = state.push.is_open;
    let mut opener = Button::new(if state.push.is_busy() {
        words.busy
    } else {
        words.open
    });
    opener
        .glyph(Glyph::Upload)
        .id(button_id)
        .popup("dialog")
        .expanded(is_open)
        .on_click(onclick);
    let content = is_open.then(|| {
        html! {
            <>
                <h2>{ words.title }</h2>
                <Apart piece={Piece::Push(field_id.into(), state.clone(), act_image.clone())} />
                { Button::new(shell.text.shell.about.close).on_click(close.reform(|_| ())).html() }
            </>
        }
    });
    Popover {
        name: words.title.into(),
        id: None,
        class: "push",
        is_open,
        close,
    }
    .html(opener.html(), content.unwrap_or_default())
}

/// Draws the content of the dialog.
pub(crate) fn push_dialog(
    shell: &Shell,
    field_id: &str,
    state: &Head,
    act: &Callback<ImageAction>,
) -> Html {
    let words = shell.text.push;
    let act = act.reform(ImageAction::Push);
    html! {
        <>
            { target(words, field_id, state, &act) }
            { blobs(words, state) }
            { ending(shell, state, &act) }
            if shell.is_relayed && state.has_tree() {
                <Apart piece={Piece::LoadIntoEngine(state.image.key, state.image.names.join(" ").into())} />
            }
        </>
    }
}

/// Draws the field for the target, and the button that starts or stops the push.
fn target(words: &'static PushWords, id: &str, state: &Head, act: &Callback<PushAction>) -> Html {
    let pane = &state.push;
    let is_busy = pane.is_busy();
    let (lost, repacked) = (state.other_platforms(), state.repacked_layers());
    let onsubmit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        PushAction::Start
    });
    let start = match &pane.phase {
        PushPhase::Failed(_) => words.again,
        _ => words.start,
    };
    let field =
        |id: Option<String>, label: &'static str, hint: &'static str, value: &str, oninput| {
            let mut field = Field::code();
            field
                .id(id.map(AttrValue::from))
                .hint(hint)
                .value(value.to_owned());
            labelled(
                "",
                html! { { label } },
                field.disabled(is_busy).on_input(oninput).html(),
            )
        };
    let on_scope = act.reform(|event: Event| {
        PushAction::Scope(match dom::checked_of(&event) {
            true => Some(Platforms::All),
            false => None,
        })
    });
    html! {
        <form class="stack" {onsubmit}>
            { field(Some(id.to_owned()), words.target, words.target_hint, &pane.target, act.reform(|event: InputEvent| PushAction::Target(dom::value_of(&event)))) }
            { field(None, words.tags, words.tags_hint, &pane.tags, act.reform(|event: InputEvent| PushAction::Tags(dom::value_of(&event)))) }
            if state.image.index_digest.is_some() {
                { checkbox(words.all_platforms, pane.scope.is_some(), is_busy, on_scope) }
                if pane.scope.is_none() && !lost.is_empty() {
                    <p class="muted small">{ fill(words.one_platform, &[&lost]) }</p>
                }
            }
            if !repacked.is_empty() {
                <p class="muted small">{ fill(words.repacked, &[&repacked]) }</p>
            }
            if is_busy {
                { Button::new(words.stop).on_click(act.reform(|_| PushAction::Stop)).html() }
            } else {
                { Button::new(start).primary().submit().disabled(pane.target.trim().is_empty()).html() }
            }
        </form>
    }
}

/// Draws the progress in total and of each blob.
fn blobs(words: &'static PushWords, state: &Head) -> Html {
    let pane = &state.push;
    let line = match pane.phase {
        PushPhase::UnderWay(read) if pane.rows.is_empty() => {
            let line = fill(words.preparing, &[&format::size(read.bytes)]);
            return html! { <p class="muted num">{ line }{ rate(read) }</p> };
        }
        PushPhase::Documents => words.documents,
        _ => "",
    };
    if pane.rows.is_empty() {
        return Html::default();
    }
    let (there, all) = pane.bytes();
    let bytes = format!("{} / {}", format::size(there), format::size(all));
    html! {
        <>
            if pane.is_busy() {
                { progress_bar(words.title, Some(format::percent(there, all))) }
            }
            <p class="muted num">
                { bytes }
                if pane.is_busy() {
                    { rate(pane.pace()) }
                }
                { " " }{ line }
            </p>
            <ul class="push__blobs" aria-label={words.blobs}>
                { for pane.rows.iter().map(|row| blob(words, row)) }
            </ul>
        </>
    }
}

/// Draws ` · 12.3 MB/s`, once the rate is known.
fn rate(pace: Throughput) -> Html {
    let rate = format::rate(pace.bytes_per_second());
    if rate.is_empty() {
        return Html::default();
    }
    html! { <span>{ " · " }{ rate }</span> }
}

fn blob(words: &'static PushWords, row: &PushRow) -> Html {
    let size = format::size(row.size_bytes);
    let state = match row.state {
        PushState::Waiting => words.waiting.to_owned(),
        PushState::Asking => words.asking.to_owned(),
        PushState::Sending(bytes) => {
            let percent = format::percent(bytes, row.size_bytes);
            fill(words.sending, &[&percent.to_string()])
        }
        PushState::Exists => words.exists.to_owned(),
        PushState::Mounted => words.mounted.to_owned(),
        PushState::Sent => words.sent.to_owned(),
    };
    html! {
        <li>
            <span class="mono" title={row.digest.to_string()}>{ row.digest.short().to_owned() }</span>
            <span class="muted num">{ size }</span>
            <span>{ state }</span>
        </li>
    }
}

/// Draws the result: a link to the image, or the reason for the failure, with a login form if
/// the registry demands credentials.
fn ending(shell: &Shell, state: &Head, act: &Callback<PushAction>) -> Html {
    let words = shell.text.push;
    match &state.push.phase {
        PushPhase::Done(pushed) => done(words, pushed),
        PushPhase::Failed(problem) => failed(shell, problem, act),
        PushPhase::Idle
        | PushPhase::UnderWay(_)
        | PushPhase::Documents
        | PushPhase::SigningIn(_) => Html::default(),
    }
}

fn done(words: &'static PushWords, pushed: &PushedView) -> Html {
    let counts = fill(
        words.counts,
        &[
            &pushed.n_sent.to_string(),
            &format::size(pushed.sent.bytes),
            &pushed.n_spared.to_string(),
        ],
    );
    let link = |tag: &String| {
        let address = format!("{}/{}:{tag}", pushed.registry, pushed.repository);
        let short = format!("{}:{tag}", pushed.repository);
        html! { <li><a class="break" href={Route::address(&address).to_hash()}>{ short }</a></li> }
    };
    html! {
        <div role="status">
            <p class="row">{ glyph(Glyph::Check) }<span>{ words.done }{ " " }{ counts }{ rate(pushed.sent) }</span></p>
            if let Some(compressed) = pushed.compressed {
                <p class="muted num">
                    { fill(words.compressed, &[&format::size(compressed.bytes)]) }{ rate(compressed) }
                </p>
            }
            <ul>{ for pushed.tags.iter().map(link) }</ul>
            <p class="mono small break">{ &pushed.digest.to_string() }</p>
        </div>
    }
}

fn failed(shell: &Shell, problem: &Problem, act: &Callback<PushAction>) -> Html {
    let form = problem.sign_in.clone().map(|registry| {
        let submit = {
            let registry = registry.clone();
            act.reform(move |(name, password)| PushAction::SignIn {
                registry: registry.clone(),
                name,
                password,
            })
        };
        let is_refused = problem.code == ProblemCode::LoginRefused;
        html! { <SignInForm {registry} {is_refused} on_submit={submit} /> }
    });
    html! {
        <ProblemLine problem={problem.clone()}>
            { tags_left(shell.text.push, problem.tags.as_deref()) }
            if problem.code == ProblemCode::AbsentPlatforms {
                { Button::new(shell.text.push.present).on_click(act.reform(|_| PushAction::StartPresent)).html() }
            }
            <Offer problem={problem.clone()} on_allowed={act.reform(|()| PushAction::Start)} />
            { for form }
        </ProblemLine>
    }
}

/// Lists the tags by outcome: written, unknown, not written.
fn tags_left(words: &PushWords, tags: Option<&TagsLeft>) -> Html {
    let Some(tags) = tags else {
        return html! { <p class="muted">{ words.failed_hint }</p> };
    };
    let line = |words: Words<1>, tags: &[String]| {
        let list = tags.join(", ");
        (!tags.is_empty()).then(|| html! { <p class="break">{ fill(words, &[&list]) }</p> })
    };
    html! {
        <>
            { for line(words.tags_written, &tags.written) }
            { for line(words.tag_unknown, tags.unknown.as_slice()) }
            { for line(words.tags_unwritten, &tags.unwritten) }
        </>
    }
}
