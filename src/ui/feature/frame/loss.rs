//! The confirmation dialog before an unsaved image is lost.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::dialog as kit;
use crate::ui::state::{Action, LossAnswer, LossQuestion};
use crate::ui::text::shell::Shell;

/// DOM id of the dialog. The page opens it as a modal dialog, so the rest of the page is inert.
pub(crate) const DIALOG_ID: &str = "loss";

/// Draws the dialog. The button that loses nothing has the initial focus.
pub(crate) fn loss_dialog(
    text: &'static Shell,
    question: &LossQuestion,
    act: &Callback<Action>,
) -> Html {
    let words = &text.unsaved;
    let cancel = act.reform(|_| Action::AnswerLoss(LossAnswer::Cancel));
    let button = |answer: LossAnswer, label: &'static str, is_first: bool| {
        let onclick = act.reform(move |_: MouseEvent| Action::AnswerLoss(answer));
        let mut button = Button::new(label);
        if is_first {
            button.primary();
        }
        button.focused(is_first).on_click(onclick).html()
    };
    let can_keep = question.can_keep;
    let buttons = html! {
        <>
            if can_keep {
                { button(LossAnswer::Keep, words.keep, true) }
            }
            { button(LossAnswer::Discard, words.discard, false) }
            { button(LossAnswer::Cancel, words.cancel, !can_keep) }
        </>
    };
    let title = (words.ask)(&question.title);
    let lost = if can_keep {
        words.ask_kept
    } else {
        words.ask_lost
    };
    kit::dialog(DIALOG_ID, title, lost, buttons, cancel)
}
