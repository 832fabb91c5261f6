//! The form that loads an image of the page into an engine of this machine.

use std::rc::Rc;

use yew::prelude::*;

use super::drawing::name_of;
use super::trouble::trouble;
use crate::protocol::{EngineKind, EngineOrder, ImageKey, LoadedImage, LocalEngine, SaveKind, ask};
use crate::ui::kit::button::Button;
use crate::ui::kit::field::{Field, labelled};
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::problem_line::ProblemLine;
use crate::ui::kit::progress::progress_bar;
use crate::ui::shell::{Shell, use_shell};
use crate::ui::state::image::names_in;
use crate::ui::state::{EngineLoad, LoadAction, LoadPhase};
use crate::ui::text::engines::EngineWords;
use crate::ui::text::format::{percent, size};
use crate::ui::text::visible::visible_text;
use crate::ui::text::words::fill;
use crate::web::task::{self, Abortable};
use crate::web::{dom, engines};

/// Properties of [`LoadIntoEngine`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LoadIntoEngineProps {
    /// The image.
    pub image: ImageKey,
    /// Its names, separated by spaces.
    pub names: AttrValue,
}

/// The state, as Yew holds it.
#[derive(Default, PartialEq)]
struct Held(EngineLoad);

impl Reducible for Held {
    type Action = LoadAction;

    fn reduce(self: Rc<Held>, action: LoadAction) -> Rc<Held> {
        let mut load = self.0.clone();
        load.reduce(action);
        Rc::new(Held(load))
    }
}

type Act = UseReducerDispatcher<Held>;

/// The form, the progress of a load, and its outcome. A load is given up when the form is closed.
#[component]
pub(crate) fn LoadIntoEngine(props: &LoadIntoEngineProps) -> Html {
    let shell = use_shell();
    let words = EngineWords::of(shell.language);
    let held = use_reducer(Held::default);
    let task = use_mut_ref(|| None::<Abortable>);
    let listing = use_mut_ref(|| None::<Abortable>);
    {
        let act = held.dispatcher();
        use_effect_with((), move |()| {
            let asked = task::spawn_abortable("list engines", async move {
                let heard = |news| act.dispatch(LoadAction::Listed(news));
                engines::order(&EngineOrder::List, heard).await;
            });
            listing.replace(Some(asked));
        });
    }
    let (load, act) = (&held.0, held.dispatcher());
    let start = {
        let (shell, act, task) = (shell.clone(), act.clone(), Rc::clone(&task));
        let (image, names) = (props.image, load.names.clone());
        Callback::from(move |(kind, address): (EngineKind, String)| {
            act.dispatch(LoadAction::Start(kind));
            let names = names_in(&names);
            let loading = carry(shell.clone(), act.clone(), (image, names), address);
            task.replace(Some(task::spawn_abortable("load an image", loading)));
        })
    };
    let cancel = {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| {
            drop(task.take());
            act.dispatch(LoadAction::Cancel);
        })
    };
    let on_names = Callback::from(move |event: InputEvent| {
        act.dispatch(LoadAction::Names(dom::value_of(&event)))
    });
    let field = Field::code()
        .hint(props.names.clone())
        .value(load.names.clone())
        .disabled(load.is_busy())
        .on_input(on_names)
        .html();
    html! {
        <section class="engines__load stack" aria-label={words.load_title}>
            <h2>{ words.load_title }</h2>
            { labelled("", html! { { shell.text.image.save_names } }, field) }
            { offers(&shell, load, &start) }
            { outcome(&shell, load, &cancel) }
        </section>
    }
}

/// Writes the image as an archive, and has the engine load it.
async fn carry(shell: Shell, act: Act, (image, names): (ImageKey, Vec<String>), engine: String) {
    let kind = SaveKind::DockerArchive { names };
    let made = shell
        .link
        .ask_until_dropped(ask::Save { image, kind })
        .await;
    let archive = made.map(|reply| reply.files.into_iter().next());
    match archive {
        Ok(Some(archive)) => {
            act.dispatch(LoadAction::Made(archive.size_bytes() as u64));
            let heard = |news| act.dispatch(LoadAction::Heard(news));
            engines::load(engine, &archive, heard).await;
        }
        Ok(None) => act.dispatch(LoadAction::Cancel),
        Err(problem) => act.dispatch(LoadAction::NotMade(problem)),
    }
}

/// Draws a button for each engine that answers.
fn offers(shell: &Shell, load: &EngineLoad, start: &Callback<(EngineKind, String)>) -> Html {
    let words = EngineWords::of(shell.language);
    let engines = &load.engines;
    let offer = |engine: &LocalEngine| {
        let chosen = (engine.kind, engine.address.clone());
        let is_alone = engines
            .iter()
            .filter(|other| other.kind == engine.kind)
            .count()
            == 1;
        let name = name_of(engine.kind);
        let onclick = start.reform(move |_: MouseEvent| chosen.clone());
        html! {
            <div>
                { Button::new(fill(words.load_into, &[name])).disabled(load.is_busy()).on_click(onclick).html() }
                if !is_alone {
                    { " " }<span class="mono small faint break"><bdi>{ visible_text(&engine.address) }</bdi></span>
                }
            </div>
        }
    };
    let note = match &load.lost {
        Some(why) => trouble(shell, load.into, why),
        None if !load.is_whole => {
            html! { <p class="muted small" role="status">{ words.asking }</p> }
        }
        None if engines.is_empty() => html! { <p class="muted small">{ words.load_none }</p> },
        None => Html::default(),
    };
    html! {
        <>
            if !engines.is_empty() {
                <div class="row row--wrap">{ for engines.iter().map(offer) }</div>
            }
            { note }
        </>
    }
}

fn outcome(shell: &Shell, load: &EngineLoad, cancel: &Callback<MouseEvent>) -> Html {
    let words = EngineWords::of(shell.language);
    let going = |line: String, part| {
        html! {
            <>
                { progress_bar(words.load_title, part) }
                <div class="row">
                    <p class="small muted num" role="status">{ line }</p>
                    <span class="spacer" />
                    { Button::new(words.cancel).on_click(cancel.clone()).html() }
                </div>
                <p class="small muted">{ words.load_stay }</p>
            </>
        }
    };
    match &load.phase {
        LoadPhase::Idle => Html::default(),
        LoadPhase::Making => going(words.load_making.to_owned(), None),
        LoadPhase::Going(n_bytes, size_bytes) if n_bytes == size_bytes => {
            going(words.load_unpacking.to_owned(), None)
        }
        LoadPhase::Going(n_bytes, size_bytes) => {
            let line = fill(words.load_going, &[&size(*n_bytes), &size(*size_bytes)]);
            going(line, Some(percent(*n_bytes, *size_bytes)))
        }
        LoadPhase::Done(images) => done(shell, load.into, images),
        LoadPhase::NotMade(problem) => html! { <ProblemLine problem={problem.clone()} /> },
        LoadPhase::Failed(why) => {
            html! { <div role="alert">{ trouble(shell, load.into, why) }</div> }
        }
    }
}

fn done(shell: &Shell, into: EngineKind, images: &[LoadedImage]) -> Html {
    let words = EngineWords::of(shell.language);
    let line = |image: &LoadedImage| {
        let id = image.id.as_deref().map(visible_text);
        html! {
            <li class="break">
                <bdi class="mono">{ visible_text(&image.name) }</bdi>
                if let Some(id) = id {
                    { " " }<span class="mono small faint break">{ id }</span>
                }
            </li>
        }
    };
    html! {
        <div role="status">
            <p class="row">{ glyph(Glyph::Check) }<span>{ fill(words.load_done, &[name_of(into)]) }</span></p>
            <ul>{ for images.iter().map(line) }</ul>
        </div>
    }
}
