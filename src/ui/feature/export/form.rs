//! The form below the header that saves the image, or a part of it, and the progress of saving.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::field::{Field, labelled, select};
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::progress::progress_bar;
use crate::ui::state::image::{
    Head, ImageAction, SaveChoice, SaveForm, SavingAction, save_choices,
};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::web::dom;

/// Returns the DOM id of the form's first field, which gets the focus when the form opens.
pub(crate) fn first_field(id: &str) -> String {
    format!("{id}-save-choice")
}

/// Draws the form while it is open, and the progress of saving.
pub(crate) fn save_form(
    text: &'static Image,
    id: &str,
    state: &Head,
    act: &Callback<ImageAction>,
) -> Html {
    let saving = &state.saving;
    html! {
        <>
            if let Some(form) = &saving.form {
                { fields(text, id, state, form, act) }
            }
            if let Some((written_bytes, total_bytes)) = saving.progress {
                { progress(text, written_bytes, total_bytes, act) }
            }
        </>
    }
}

fn fields(
    text: &'static Image,
    id: &str,
    state: &Head,
    form: &SaveForm,
    act: &Callback<ImageAction>,
) -> Html {
    let say = |action: SavingAction| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(action.clone().into()))
    };
    let onsubmit = {
        let act = act.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            act.emit(SavingAction::Start.into());
        })
    };
    let onkeydown = {
        let act = act.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                act.emit(SavingAction::Close.into());
            }
        })
    };
    let on_choice = act.reform(|event: Event| SavingAction::Choose(dom::value_of(&event)).into());
    let on_names =
        act.reform(|event: InputEvent| SavingAction::Names(dom::value_of(&event)).into());
    let options = save_choices(&state.image).into_iter().map(|choice| {
        let is_chosen = choice == form.choice;
        (choice.word().to_string(), label(text, choice), is_chosen)
    });
    let is_busy = saving_is_under_way(state);
    let choices = select(
        Some(first_field(id)),
        "",
        None,
        on_choice,
        options.collect(),
    );
    let names = Field::code()
        .hint(state.image.names.join(" "))
        .value(form.names.clone())
        .on_input(on_names)
        .html();
    html! {
        <form class="save" aria-label={text.save_image} {onsubmit} {onkeydown}>
            { labelled("", html! { { text.save_as } }, choices) }
            if form.choice.is_archive() {
                { labelled("save__field--wide", html! { { text.save_names } }, names) }
            }
            { Button::new(text.save).glyph(Glyph::Download).primary().submit().disabled(is_busy).html() }
            { Button::cross(text.save_close).on_click(say(SavingAction::Close)).html() }
            <p class="save__note small muted">{ note(text, form.choice) }</p>
        </form>
    }
}

fn saving_is_under_way(state: &Head) -> bool {
    state.saving.progress.is_some()
}

fn label(text: &'static Image, choice: SaveChoice) -> String {
    match choice {
        SaveChoice::DockerArchive => text.save_docker.to_owned(),
        SaveChoice::OciArchive => text.save_oci.to_owned(),
        SaveChoice::AllPlatforms => text.save_all_platforms.to_owned(),
        SaveChoice::RootFs => text.save_rootfs.to_owned(),
        SaveChoice::Layer(layer) => fill(text.save_layer, &[&layer.to_string()]),
    }
}

fn note(text: &'static Image, choice: SaveChoice) -> &'static str {
    match choice {
        SaveChoice::DockerArchive => text.save_docker_note,
        SaveChoice::OciArchive => text.save_oci_note,
        SaveChoice::AllPlatforms => text.save_all_platforms_note,
        SaveChoice::RootFs => text.save_rootfs_note,
        SaveChoice::Layer(_) => text.save_layer_note,
    }
}

fn progress(
    text: &'static Image,
    written_bytes: u64,
    total_bytes: u64,
    act: &Callback<ImageAction>,
) -> Html {
    let onclick = act.reform(|_: MouseEvent| SavingAction::Stop.into());
    let percent = (total_bytes > 0).then(|| format::percent(written_bytes, total_bytes));
    let words = match total_bytes {
        0 => text.saving.to_owned(),
        _ => fill(
            text.save_progress,
            &[&format::size(written_bytes), &format::size(total_bytes)],
        ),
    };
    html! {
        <div class="save save--under-way">
            <span class="num">{ words }</span>
            <div class="save__bar">{ progress_bar(text.saving, percent) }</div>
            { Button::new(text.stop).glyph(Glyph::Cross).on_click(onclick).html() }
        </div>
    }
}
