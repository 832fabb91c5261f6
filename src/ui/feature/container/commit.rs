//! The Commit tab: message and tags of the new image, the form for its config, and squashing.

use yew::prelude::*;

use super::Drawing;
use super::squash::squash;
use crate::protocol::ConfigField;
use crate::ui::kit::button::Button;
use crate::ui::kit::field::{Field, labelled, lines};
use crate::ui::kit::loader::{failed, waiting};
use crate::ui::kit::problem_line::ProblemLine;
use crate::ui::kit::segmented::{Choice, segmented};
use crate::ui::state::image::ImageAction;
use crate::ui::state::image::container::{CommitAction, CommitText, ContainerAction};
use crate::ui::text::format;
use crate::ui::text::image::fill;
use crate::web::storage;

/// Storage key of the last author.
pub(crate) const AUTHOR_KEY: &str = "lamina.author";

/// Draws the Commit tab.
pub(crate) fn commit_tab(drawing: Drawing<'_>) -> Html {
    let (text, state) = (drawing.text, drawing.state);
    if !state.can_have_container() {
        return html! { <p class="empty">{ text.waiting }</p> };
    }
    html! {
        <div class="sheet">
            { words(drawing) }
            { squash(drawing) }
            { configuration(drawing) }
        </div>
    }
}

fn words(drawing: Drawing<'_>) -> Html {
    let (text, state) = (drawing.text, drawing.state);
    let commit = &state.container.commit;
    let layer = state.container.layer.as_deref();
    let n_changes = layer.map_or(0, |layer| layer.n_added + layer.n_changed + layer.n_deleted);
    let n_layers = format::count(state.image.layers.len() as u64);
    let why = match (n_changes, commit.n_changed()) {
        (0, 0) => text.commit_why_none.to_owned(),
        (0, _) => fill(text.commit_why_config, &[&n_layers]),
        (n, _) => fill(
            text.commit_why_changes,
            &[&n_layers, &format::count(n.into())],
        ),
    };
    let is_nothing = n_changes == 0 && commit.n_changed() == 0;
    let line = |place: CommitText, value: &str| {
        Field::text()
            .value(value.to_owned())
            .on_input(drawing.on_commit_text(place))
            .html()
    };
    let onsubmit = {
        let act = drawing.act.clone();
        let author = commit.author.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            storage::set(AUTHOR_KEY, &author);
            act.emit(ImageAction::Container(ContainerAction::Commit(
                CommitAction::Commit,
            )));
        })
    };
    let compression = [(true, text.gzip), (false, text.plain)].map(|(gzip, label)| {
        let action = ContainerAction::Commit(CommitAction::Gzip(gzip));
        Choice::new(label, commit.gzip == gzip, drawing.send(action))
    });
    let names = lines(
        2,
        Some(text.names_hint),
        commit.names.clone(),
        drawing.on_commit_text(CommitText::Names),
    );
    html! {
        <section class="card sheet__card">
            <h2>{ text.commit_title }</h2>
            <p class="muted">{ why }</p>
            <form class="form" {onsubmit}>
                { drawing.labelled(text.message, "", line(CommitText::Message, &commit.message)) }
                { drawing.labelled(text.author, "", line(CommitText::Author, &commit.author)) }
                { drawing.labelled(text.names, "", names) }
                <div class="labelled" role="group" aria-label={text.compression}>
                    <span>{ text.compression }</span>
                    { segmented("", None, compression) }
                </div>
                if let Some(problem) = &commit.problem {
                    <div class="form__wide"><ProblemLine problem={problem.clone()} /></div>
                }
                <div class="form__wide">
                    { Button::new(if commit.is_busy { text.committing } else { text.do_commit })
                        .primary()
                        .submit()
                        .disabled(is_nothing || commit.is_busy)
                        .html() }
                </div>
            </form>
        </section>
    }
}

fn configuration(drawing: Drawing<'_>) -> Html {
    let text = drawing.text;
    let fields = ConfigField::ALL
        .into_iter()
        .map(|field| config_field(drawing, field));
    let commit = &drawing.state.container.commit;
    let body = match &commit.own_problem {
        Some(problem) => {
            let act = drawing.act.clone();
            let on_retry = Callback::from(move |()| {
                act.emit(ImageAction::Container(ContainerAction::Commit(
                    CommitAction::RetryForm,
                )));
            });
            failed(problem, Some(on_retry))
        }
        None if !commit.has_fields() => waiting(drawing.image.loading.into()),
        None => html! { <div class="form">{ for fields }</div> },
    };
    html! {
        <section class="card sheet__card">
            <h2>{ text.configuration }</h2>
            <p class="muted">{ text.configuration_why }</p>
            { body }
        </section>
    }
}

fn config_field(drawing: Drawing<'_>, field: ConfigField) -> Html {
    let (text, commit) = (drawing.text, &drawing.state.container.commit);
    let value = commit.fields.get(&field).cloned().unwrap_or_default();
    let oninput = drawing.on_commit_text(CommitText::Field(field));
    let hint = match field {
        ConfigField::Cmd | ConfigField::Entrypoint => text.command_hint,
        ConfigField::Healthcheck => text.health_hint,
        field if field.is_list() => text.list_hint,
        _ => "",
    };
    let is_changed = commit.is_changed(field);
    let input = if field.is_list() {
        let n_lines = value.lines().count().clamp(1, 8) + 1;
        lines(n_lines, None, value, oninput)
    } else {
        Field::code().value(value).on_input(oninput).html()
    };
    let label = html! {
        <>
            <span class="mono">{ field.word() }</span>
            if !hint.is_empty() { <span class="faint">{ format!(" · {hint}") }</span> }
            if is_changed { <span class="badge badge--accent form__mark">{ text.field_changed }</span> }
        </>
    };
    let class = if field.is_list() { "form__wide" } else { "" };
    labelled(class, label, input)
}
