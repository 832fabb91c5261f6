//! The container layer: its row among the layers, the edits in the tree, its changes and the image made from it.
//!
//! These are functions, not components: they are drawn with the page, and `state::image` decides what they show.

mod changes;
mod commit;
pub(crate) mod editor;
mod forms;
mod layer;
mod squash;

use yew::prelude::*;

use crate::protocol::StepRow;
use crate::ui::kit::button::Button;
use crate::ui::kit::field::labelled;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::notice::Notice;
use crate::ui::state::image::container::{CommitAction, CommitText, ContainerAction};
use crate::ui::state::image::{ImageAction, ImageState, visible_text};
use crate::ui::text::container::{Container, why};
use crate::ui::text::image::{Image, fill};
use crate::ui::text::words::Words;
use crate::web::dom;

pub(crate) use changes::diff_tab;
pub(crate) use commit::{AUTHOR_KEY, commit_tab};
pub(crate) use forms::{Uploads, edit_bar, form_field_id, open_form};
pub(crate) use layer::container_layer;
pub(crate) use squash::squash_field;

/// Context for drawing the parts.
#[derive(Clone, Copy)]
pub(crate) struct Drawing<'a> {
    /// Words about containers.
    pub text: &'static Container,
    /// Words about images.
    pub image: &'static Image,
    /// State to draw.
    pub state: &'a ImageState,
    /// Receives the user's actions.
    pub act: &'a Callback<ImageAction>,
}

impl Drawing<'_> {
    fn send<E: 'static>(&self, action: ContainerAction) -> Callback<E> {
        let act = self.act.clone();
        Callback::from(move |_: E| act.emit(ImageAction::Container(action.clone())))
    }

    /// Draws a button that sends an action.
    fn button(&self, icon: Option<Glyph>, label: &'static str, action: ContainerAction) -> Html {
        let mut button = Button::new(label);
        if let Some(icon) = icon {
            button.glyph(icon);
        }
        button.on_click(self.send(action)).html()
    }

    /// Draws the same as an icon without a label. Disabled if there is no action now.
    fn icon(&self, icon: Glyph, label: String, action: Option<ContainerAction>) -> Html {
        let is_off = action.is_none() || self.state.container.is_busy;
        let mut button = Button::icon(glyph(icon), label);
        if let Some(action) = action {
            button.on_click(self.send(action));
        }
        button.disabled(is_off).html()
    }

    /// Draws undo and redo, each with the step that it would undo or redo.
    fn steps(&self) -> Html {
        let Some(layer) = &self.state.container.layer else {
            return Html::default();
        };
        let label = |step: &Option<StepRow>, none: &str, some: Words<1>| match step {
            Some(step) => fill(some, &[&step_words(self.text, step)]),
            None => none.to_owned(),
        };
        let undo = label(&layer.undo, self.text.undo, self.text.undo_what);
        let redo = label(&layer.redo, self.text.redo, self.text.redo_what);
        html! {
            <>
                { self.icon(Glyph::Undo, undo, layer.undo.as_ref().map(|_| ContainerAction::Undo)) }
                { self.icon(Glyph::Redo, redo, layer.redo.as_ref().map(|_| ContainerAction::Redo)) }
            </>
        }
    }

    /// Draws a field with its label. Typing sends actions.
    fn labelled(&self, label: &str, note: &str, field: Html) -> Html {
        let label = html! {
            <>{ label }<span class="faint">{ if note.is_empty() { String::new() } else { format!(" · {note}") } }</span></>
        };
        labelled("", label, field)
    }

    fn on_commit_text(&self, place: CommitText) -> Callback<InputEvent> {
        let act = self.act.clone();
        Callback::from(move |event: InputEvent| {
            let text = CommitAction::Text(place, dom::value_of(&event));
            act.emit(ImageAction::Container(ContainerAction::Commit(text)));
        })
    }
}

/// Draws the reason for a refused action, until the user dismisses it.
pub(crate) fn refused(drawing: Drawing<'_>) -> Html {
    let Some(problem) = &drawing.state.container.problem else {
        return Html::default();
    };
    let text = drawing.text;
    Notice::bad().alert().html(html! {
        <>
            <p class="break notice__text">{ fill(text.not_done, &[&why(text, problem)]) }</p>
            { Button::cross(text.dismiss).on_click(drawing.send(ContainerAction::DismissProblem)).html() }
        </>
    })
}

/// Returns the words for a step.
fn step_words(text: &Container, step: &StepRow) -> String {
    use crate::protocol::StepWord;
    let words = match step.word {
        StepWord::File => text.step_file,
        StepWord::Dir => text.step_dir,
        StepWord::Symlink => text.step_symlink,
        StepWord::Delete => text.step_delete,
        StepWord::Rename => text.step_rename,
        StepWord::Mode => text.step_mode,
        StepWord::Owner => text.step_owner,
        StepWord::Several => text.step_several,
    };
    fill(words, &[&visible_text(&step.path.text)])
}
