//! The engines of this machine on the start page: lists of images and containers, each opened by one click.

use std::rc::Rc;

use yew::prelude::*;

use super::drawing::{Drawing, name_of};
use super::row::{container_row, image_row};
use super::trouble::{no_engine, trouble};
use crate::protocol::{
    EngineContainers, EngineKind, EngineList, EngineNews, EngineOrder, LocalEngine,
};
use crate::ui::kit::button::Button;
use crate::ui::kit::filter_field::FilterField;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::kit::loader::{empty, waiting};
use crate::ui::shell::use_shell;
use crate::ui::state::{Engines, EnginesAction, ItemAt};
use crate::ui::text::engines::EngineWords;
use crate::ui::text::visible::visible_text;
use crate::ui::text::words::fill;
use crate::web::files::Dropped;
use crate::web::task::{self, Abortable};
use crate::web::{engines, global, held as kept};

/// Properties of [`EngineImages`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EngineImagesProps {
    /// True if the start page is visible.
    pub active: bool,
    /// Receives the image that was exported.
    pub on_files: Callback<Vec<Dropped>>,
}

/// The state, as Yew holds it.
#[derive(Default, PartialEq)]
struct Held(Engines);

impl Reducible for Held {
    type Action = EnginesAction;

    fn reduce(self: Rc<Held>, action: EnginesAction) -> Rc<Held> {
        let mut engines = self.0.clone();
        engines.reduce(action);
        Rc::new(Held(engines))
    }
}

type Act = UseReducerDispatcher<Held>;

/// The images of all engines. They are asked whenever the start page becomes visible.
#[component]
pub(crate) fn EngineImages(props: &EngineImagesProps) -> Html {
    let shell = use_shell();
    let words = EngineWords::of(shell.language);
    let held = use_reducer(Held::default);
    // What is dropped is cancelled: all of it when the page goes.
    let asking = use_mut_ref(|| None::<Abortable>);
    let exports = use_mut_ref(Vec::<(ItemAt, Abortable)>::new);
    let ask = {
        let (act, asking) = (held.dispatcher(), Rc::clone(&asking));
        Callback::from(move |()| {
            act.dispatch(EnginesAction::Ask);
            let act = act.clone();
            let task = task::spawn_abortable("list engines", async move {
                let heard = |news| act.dispatch(EnginesAction::Listed(news));
                engines::order(&EngineOrder::List, heard).await;
            });
            asking.replace(Some(task));
        })
    };
    {
        let ask = ask.clone();
        use_effect_with(props.active, move |active| {
            match *active {
                true => ask.emit(()),
                // Nobody looks at the list: its connection is free for others.
                false => drop(asking.take()),
            }
        });
    }
    {
        let (act, on_files) = (held.dispatcher(), props.on_files.clone());
        let coming: Vec<ItemAt> = held.0.coming().cloned().collect();
        use_effect_with(coming, move |coming| {
            let mut exports = exports.borrow_mut();
            exports.retain(|(of, _)| coming.contains(of));
            for at in coming {
                if exports.iter().all(|(of, _)| of != at) {
                    let task = export(at.clone(), act.clone(), on_files.clone());
                    exports.push((at.clone(), task));
                }
            }
        });
    }
    let act = held.dispatcher();
    let on_open = Callback::from(move |at: ItemAt| act.dispatch(EnginesAction::Open(at)));
    let act = held.dispatcher();
    let on_cancel = Callback::from(move |at: ItemAt| act.dispatch(EnginesAction::Cancel(at)));
    let drawing = Drawing {
        shell: &shell,
        words,
        engines: &held.0,
        now_seconds: global::now_seconds(),
        on_open: &on_open,
        on_cancel: &on_cancel,
    };
    let (engines, act) = (drawing.engines, held.dispatcher());
    let again = ask.reform(|_: MouseEvent| ());
    html! {
        <section class="engines" aria-label={words.title} aria-busy={engines.is_asking.to_string()}>
            <div class="row">
                <h2>{ words.title }</h2>
                <span class="spacer" />
                { Button::icon(glyph(Glyph::Again), words.again).quiet().on_click(again).html() }
            </div>
            if engines.has_filter() {
                <FilterField
                    label={words.filter}
                    value={engines.filter.clone()}
                    on_change={move |text| act.dispatch(EnginesAction::Filter(text))}
                />
            }
            { for engines.lost.iter().map(|lost| trouble(&shell, EngineKind::Docker, lost)) }
            { for engines.known.iter().map(|engine| {
                engine_images(&drawing, engine, engines.known.len() > 1, &held.dispatcher())
            }) }
            if engines.is_asking && !engines.is_whole {
                { waiting(words.asking.into()) }
            } else if engines.known.is_empty() && engines.lost.is_none() {
                { no_engine(&shell) }
            }
        </section>
    }
}

/// Exports an image, and hands it over when it is there.
fn export(at: ItemAt, act: Act, on_files: Callback<Vec<Dropped>>) -> Abortable {
    let order = at.order();
    task::spawn_abortable("export an image", async move {
        let heard = |news: EngineNews| {
            if let EngineNews::Ready(number, size_bytes) = news {
                let file = kept::exported(&at.title, number, size_bytes);
                on_files.emit(file.into_iter().collect());
            }
            act.dispatch(EnginesAction::Exported(at.clone(), news));
        };
        engines::order(&order, heard).await;
    })
}

fn engine_images(
    drawing: &Drawing<'_>,
    engine: &LocalEngine,
    is_one_of_several: bool,
    act: &Act,
) -> Html {
    let content = match &engine.listed {
        Err(why) => trouble(drawing.shell, engine.kind, why),
        Ok(list) if list.images.is_empty() && list.n_left_out == 0 => {
            empty(drawing.words.no_images.into())
        }
        Ok(list) => images(drawing, engine, list, act),
    };
    let containers = match &engine.containers {
        Err(why) => trouble(drawing.shell, engine.kind, why),
        Ok(list) if list.containers.is_empty() => Html::default(),
        Ok(list) => containers(drawing, engine, list, act),
    };
    let is_named = is_one_of_several || engine.listed.is_err();
    html! {
        <div class="engines__one" key={engine.address.clone()}>
            if is_named {
                <h3 class="engines__name small">
                    { name_of(engine.kind) }
                    { " " }
                    <span class="mono faint break"><bdi>{ visible_text(&engine.address) }</bdi></span>
                </h3>
            }
            { content }
            { containers }
        </div>
    }
}

fn images(drawing: &Drawing<'_>, engine: &LocalEngine, list: &EngineList, act: &Act) -> Html {
    let (shown, n_left) = drawing.engines.shown(&list.images);
    let rows = shown
        .into_iter()
        .map(|image| image_row(drawing, engine, image));
    let counts = Counts {
        n_all: list.images.len(),
        n_left,
        n_left_out: list.n_left_out,
    };
    rows_of(drawing, name_of(engine.kind), rows.collect(), &counts, act)
}

fn containers(
    drawing: &Drawing<'_>,
    engine: &LocalEngine,
    list: &EngineContainers,
    act: &Act,
) -> Html {
    let words = drawing.words;
    let (shown, n_left) = drawing.engines.shown(&list.containers);
    let rows = shown
        .into_iter()
        .map(|one| container_row(drawing, engine, one));
    let counts = Counts {
        n_all: list.containers.len(),
        n_left,
        n_left_out: list.n_left_out,
    };
    let label = fill(words.containers_of, &[name_of(engine.kind)]);
    html! {
        <>
            <h3 class="engines__name small">{ words.containers }</h3>
            <p class="small muted">{ words.containers_hint }</p>
            { rows_of(drawing, &label, rows.collect(), &counts, act) }
        </>
    }
}

/// The numbers of things in a list: of all, of those behind "show all", and of those that the list leaves out.
struct Counts {
    n_all: usize,
    n_left: usize,
    n_left_out: u64,
}

/// Draws the rows of a list, and what is not shown of it.
fn rows_of(
    drawing: &Drawing<'_>,
    label: &str,
    rows: Vec<Html>,
    counts: &Counts,
    act: &Act,
) -> Html {
    let (words, engines) = (drawing.words, drawing.engines);
    let act = act.clone();
    let all = Callback::from(move |_: MouseEvent| act.dispatch(EnginesAction::ShowAll));
    html! {
        <>
            if rows.is_empty() && counts.n_all > 0 {
                { empty((drawing.shell.text.shell.list.no_match)(&visible_text(&engines.filter)).into()) }
            }
            if !rows.is_empty() {
                <ul class="list" aria-label={label.to_owned()}>{ for rows }</ul>
            }
            if counts.n_left > 0 {
                <div>{ Button::new(fill(words.show_all, &[&counts.n_all.to_string()])).quiet().on_click(all).html() }</div>
            }
            if counts.n_left_out > 0 {
                <p class="small muted">{ fill(words.left_out, &[&counts.n_left_out.to_string()]) }</p>
            }
        </>
    }
}
