//! Squashing several layers into one: the first layer, and the bytes that it would save, before anything is done.

use yew::prelude::*;

use super::Drawing;
use crate::protocol::{ImageKey, SquashView};
use crate::ui::kit::button::Button;
use crate::ui::kit::field::select;
use crate::ui::kit::loader::{WaitingWords, loaded};
use crate::ui::state::image::container::{CommitAction, ContainerAction};
use crate::ui::state::image::{ImageAction, Loadable, visible_text};
use crate::ui::text::format;
use crate::ui::text::image::fill;
use crate::web::dom;

/// Returns the DOM id of the list with the first layer.
pub(crate) fn squash_field(image: ImageKey) -> String {
    format!("squash-{}", image.0)
}

/// Draws the card about squashing.
pub(super) fn squash(drawing: Drawing<'_>) -> Html {
    let (text, state) = (drawing.text, drawing.state);
    html! {
        <section class="card sheet__card">
            <h2>{ text.squash }</h2>
            <p class="muted">{ text.squash_why }</p>
            if state.container.is_open() {
                <p>{ text.squash_no_container }</p>
            } else if state.image.layers.len() < 2 {
                <p>{ text.squash_few }</p>
            } else {
                { choice(drawing) }
            }
        </section>
    }
}

fn choice(drawing: Drawing<'_>) -> Html {
    let (text, state) = (drawing.text, drawing.state);
    let commit = &state.container.commit;
    let layers = &state.image.layers;
    let n_layers = layers.len();
    let options = layers.iter().take(n_layers.saturating_sub(1)).map(|row| {
        let is_chosen = commit.squash_from == Some(row.layer);
        let command: String = visible_text(&row.command).chars().take(60).collect();
        let label = format!("{} {command}", row.layer);
        (row.layer.to_string(), label, is_chosen)
    });
    let onchange = {
        let act = drawing.act.clone();
        Callback::from(move |event: Event| {
            if let Ok(from) = dom::value_of(&event).parse() {
                let action = ContainerAction::Commit(CommitAction::SquashFrom(from));
                act.emit(ImageAction::Container(action));
            }
        })
    };
    let none = (String::new(), "…".to_owned(), commit.squash_from.is_none());
    let options = std::iter::once(none).chain(options).collect();
    let field = select(
        Some(squash_field(state.image.key)),
        "",
        None,
        onchange,
        options,
    );
    html! {
        <div class="form">
            { drawing.labelled(text.squash_from, "", field) }
            <div class="form__wide">
                { match &commit.plan {
                    Loadable::Idle => Html::default(),
                    plan => loaded(plan, WaitingWords::both(text.busy), None, |plan| plan_of(drawing, plan)),
                } }
            </div>
        </div>
    }
}

fn plan_of(drawing: Drawing<'_>, plan: &SquashView) -> Html {
    let text = drawing.text;
    let saved = plan.before_bytes.saturating_sub(plan.after_bytes);
    let saves = match saved {
        0 => text.squash_saves_none.to_owned(),
        saved => fill(text.squash_saves, &[&format::size(saved)]),
    };
    let plan_words = fill(
        text.squash_plan,
        &[
            &format::size(plan.before_bytes),
            &format::size(plan.after_bytes),
        ],
    );
    let keeps = fill(
        text.squash_keeps,
        &[
            &format::count(plan.n_layers.into()),
            &format::count(plan.from.into()),
        ],
    );
    let action = ContainerAction::Commit(CommitAction::Squash);
    html! {
        <div class="stack">
            <p>{ keeps }{ " · " }{ plan_words }{ " · " }<strong>{ saves }</strong></p>
            <div>
                { Button::new(text.do_squash)
                    .disabled(drawing.state.container.commit.is_busy)
                    .on_click(drawing.send(action))
                    .html() }
            </div>
        </div>
    }
}
