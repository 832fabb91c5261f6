//! The form below the header that saves the image, or a part of it, and the progress of saving.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::progress::progress_bar;
use crate::ui::state::image::{ImageAction, ImageState, SaveChoice, SaveForm, SavingAction};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::web::dom;

/// Returns the DOM id of the form's first field, which gets the focus when the form opens.
pub(super) fn first_field(id: &str) -> String {
    format!("{id}-save-choice")
}

/// Draws the form while it is open, and the progress of saving.
pub(super) fn save_form(
    text: &'static Image,
    id: &str,
    state: &ImageState,
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
    state: &ImageState,
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
    let options = state.save_choices().into_iter().map(|choice| {
        html! {
            <option value={choice.word()} selected={choice == form.choice}>{ label(text, choice) }</option>
        }
    });
    let is_busy = saving_is_under_way(state);
    html! {
        <form class="save" aria-label={text.save_image} {onsubmit} {onkeydown}>
            <label class="save__field">
                <span class="muted">{ text.save_as }</span>
                <select class="input" id={first_field(id)} onchange={on_choice}>{ for options }</select>
            </label>
            if form.choice.is_archive() {
                <label class="save__field save__field--wide">
                    <span class="muted">{ text.save_names }</span>
                    <input
                        class="input"
                        type="text"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        placeholder={state.image.names.join(" ")}
                        value={form.names.clone()}
                        oninput={on_names}
                    />
                </label>
            }
            { Button::new(text.save).glyph(Glyph::Download).primary().submit().disabled(is_busy).html() }
            { Button::cross(text.save_close).on_click(say(SavingAction::Close)).html() }
            <p class="save__note small muted">{ note(text, form.choice) }</p>
        </form>
    }
}

fn saving_is_under_way(state: &ImageState) -> bool {
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
            <span class="num save__words">{ words }</span>
            <div class="save__bar">{ progress_bar(text.saving, percent) }</div>
            { Button::new(text.stop).glyph(Glyph::Cross).on_click(onclick).html() }
        </div>
    }
}
