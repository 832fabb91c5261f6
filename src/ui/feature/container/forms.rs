//! The bar above the tree while there is a container layer: the actions for the selected path, and their forms.

use yew::prelude::*;

use super::Drawing;
use crate::protocol::EntryKind;
use crate::ui::kit::button::Button;
use crate::ui::kit::field::{Field, labelled};
use crate::ui::kit::glyph::Glyph;
use crate::ui::state::image::container::{
    ContainerAction, EditForm, EditorAction, FormField, FormKind, FormProblem,
};
use crate::ui::state::image::{ImageAction, visible_text};
use crate::ui::text::image::fill;
use crate::web::dom;
use crate::web::files::{self, Dropped};

/// The hidden file inputs behind the upload buttons.
pub(crate) struct Uploads {
    /// Input for files.
    pub files: NodeRef,
    /// Input for a folder.
    pub folder: NodeRef,
    /// Receives the files that the user chooses.
    pub on_files: Callback<Vec<Dropped>>,
}

/// Returns the DOM id of the form's first field.
pub(crate) fn form_field_id(id: &str) -> String {
    format!("{id}-form")
}

/// Draws the bar and the form below it; nothing without a container layer.
pub(crate) fn edit_bar(drawing: Drawing<'_>, id: &str, uploads: &Uploads) -> Html {
    let (text, state) = (drawing.text, drawing.state);
    if !state.container.is_open() {
        return Html::default();
    }
    let row = state.tree.focused_row();
    let form = |kind: FormKind| {
        let id = form_field_id(id);
        let act = drawing.act.clone();
        Callback::from(move |_: MouseEvent| open_form(&act, &id, kind))
    };
    let tool = |icon: Glyph, label: &'static str, is_on: bool, onclick: Callback<MouseEvent>| {
        Button::with(html! { <span>{ label }</span> })
            .glyph(icon)
            .title(label)
            .disabled(!is_on || state.container.is_busy)
            .on_click(onclick)
            .html()
    };
    let pick = |input: &NodeRef| {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| dom::click(&input))
    };
    let onchange = {
        let on_files = uploads.on_files.clone();
        Callback::from(move |event: Event| {
            let chosen = files::from_input(&event);
            if !chosen.is_empty() {
                on_files.emit(chosen);
            }
        })
    };
    let is_file = row.is_some_and(|row| row.kind == EntryKind::File);
    let is_link = row.is_some_and(|row| row.kind == EntryKind::Symlink);
    html! {
        <div class="edits" role="group" aria-label={text.tools}>
            <div class="edits__bar" title={text.keys}>
                { tool(Glyph::File, text.new_file, true, form(FormKind::NewFile)) }
                { tool(Glyph::Folder, text.new_dir, true, form(FormKind::NewDir)) }
                { tool(Glyph::Link, text.new_link, true, form(FormKind::NewLink)) }
                { tool(Glyph::FileUp, text.upload_files, true, pick(&uploads.files)) }
                { tool(Glyph::FolderUp, text.upload_folder, true, pick(&uploads.folder)) }
                <span class="edits__rule" />
                { tool(Glyph::Pen, text.edit, is_file, drawing.send(ContainerAction::Editor(EditorAction::Open))) }
                { tool(Glyph::Move, text.rename, row.is_some(), form(FormKind::Rename)) }
                { tool(Glyph::Shield, text.attributes, row.is_some() && !is_link, form(FormKind::Attributes)) }
                { tool(Glyph::Trash, text.delete, row.is_some(), drawing.send(ContainerAction::Delete)) }
                <span class="edits__rule" />
                { drawing.steps() }
                <span class="edits__hint faint small">{ text.drop_hint }</span>
            </div>
            <input ref={uploads.files.clone()} type="file" multiple=true hidden=true aria-label={text.upload_files} onchange={onchange.clone()} />
            <input ref={uploads.folder.clone()} type="file" webkitdirectory=true hidden=true aria-label={text.upload_folder} {onchange} />
            if let Some(form) = &state.container.form {
                { form_line(drawing, id, form) }
            }
            { super::refused(drawing) }
        </div>
    }
}

/// Opens a form, and focuses its first field once it is drawn.
pub(crate) fn open_form(act: &Callback<ImageAction>, field_id: &str, kind: FormKind) {
    act.emit(ImageAction::Container(ContainerAction::OpenForm(kind)));
    dom::focus_soon(field_id.to_owned());
}

fn form_line(drawing: Drawing<'_>, id: &str, form: &EditForm) -> Html {
    let text = drawing.text;
    let title = match form.kind {
        FormKind::NewFile => text.form_new_file,
        FormKind::NewDir => text.form_new_dir,
        FormKind::NewLink => text.form_new_link,
        FormKind::Rename => text.form_rename,
        FormKind::Attributes => text.form_attributes,
    };
    let is_new = matches!(
        form.kind,
        FormKind::NewFile | FormKind::NewDir | FormKind::NewLink
    );
    let place = match (is_new, form.path.as_str()) {
        (true, "/") => fill(text.in_dir, &[text.root]),
        (true, path) => fill(text.in_dir, &[&visible_text(path)]),
        (false, path) => visible_text(path),
    };
    let mut fields = Vec::new();
    if form.kind == FormKind::Attributes {
        fields.push((FormField::Mode, text.field_mode, &form.mode, "numeric"));
        fields.push((FormField::Owner, text.field_owner, &form.owner, "text"));
    } else {
        fields.push((FormField::Name, text.field_name, &form.name, "text"));
    }
    if form.kind == FormKind::NewLink {
        fields.push((FormField::Target, text.field_target, &form.target, "text"));
    }
    let problem_id = format!("{id}-form-problem");
    let fields = fields
        .into_iter()
        .enumerate()
        .map(|(n, (field, label, value, mode))| {
            let oninput = {
                let act = drawing.act.clone();
                Callback::from(move |event: InputEvent| {
                    let action = ContainerAction::Field(field, dom::value_of(&event));
                    act.emit(ImageAction::Container(action));
                })
            };
            let placeholder = (field == FormField::Name).then_some(text.field_name_hint);
            let why = form.problem.map(|_| problem_id.clone());
            let mut input = Field::code();
            input
                .id((n == 0).then(|| form_field_id(id)))
                .input_mode(Some(mode))
                .hint(placeholder.map(AttrValue::from))
                .value(value.clone())
                .invalid(form.problem.is_some(), why)
                .on_input(oninput);
            labelled("", html! { { label } }, input.html())
        });
    let onsubmit = {
        let act = drawing.act.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            act.emit(ImageAction::Container(ContainerAction::Submit));
        })
    };
    let onkeydown = {
        let act = drawing.act.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                act.emit(ImageAction::Container(ContainerAction::CloseForm));
            }
        })
    };
    html! {
        <form class="edits__form" aria-label={title} {onsubmit} {onkeydown}>
            <p><strong>{ title }</strong>{ " " }<bdi class="mono break muted">{ place }</bdi></p>
            <div class="edits__fields">
                { for fields }
                { Button::new(text.apply).primary().submit().disabled(drawing.state.container.is_busy).html() }
                { drawing.button(None, text.cancel, ContainerAction::CloseForm) }
            </div>
            if let Some(problem) = form.problem {
                <p id={problem_id} class="edits__problem" role="alert">{ problem_words(drawing, problem) }</p>
            }
        </form>
    }
}

fn problem_words(drawing: Drawing<'_>, problem: FormProblem) -> &'static str {
    let text = drawing.text;
    match problem {
        FormProblem::NoName => text.no_name,
        FormProblem::Whiteout => text.whiteout,
        FormProblem::Dots => text.dots,
        FormProblem::NoTarget => text.no_target,
        FormProblem::Mode => text.bad_mode,
        FormProblem::Owner => text.bad_owner,
    }
}
