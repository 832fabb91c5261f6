//! Connects the pure state to Yew and the worker: dispatches actions, listens to events, posts requests.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::protocol::{
    Answer, Event, Exchange, ImageKey, ImageView, Problem, ProblemCode, Request, SaveKind,
    SavedFile, ask, typed,
};
use crate::ui::shell::Shell;
use crate::ui::state::image::{ImageAction, ImageState, Order, OrderId};
use crate::ui::state::{Action, ImagePlace, Pace, SavedAs, Shared};
use crate::web::file::PickedFile;
use crate::web::save_picker::{self, Choice};
use crate::web::{download, task};
use crate::worker::{Link, Reply};

use super::uploads::UploadedFiles;

/// Maximum delay of layer events that are batched, in milliseconds.
const PAUSE_MILLIS: u32 = 250;

/// State of one image's page as a Yew reducer.
#[derive(Clone, PartialEq)]
pub(super) struct Store(pub ImageState);

impl Reducible for Store {
    type Action = ImageAction;

    fn reduce(self: Rc<Self>, action: ImageAction) -> Rc<Self> {
        let mut store = Rc::unwrap_or_clone(self);
        store.0.reduce(action);
        Rc::new(store)
    }
}

/// Returns the state of the page and the means to change it. Applies the worker's events, and
/// posts the requests of the state.
#[hook]
pub(super) fn use_image(
    shell: &Shell,
    image: &Shared<crate::protocol::ImageView>,
    place: &ImagePlace,
    left_out: &BTreeSet<u32>,
    uploads: &Rc<RefCell<UploadedFiles>>,
) -> UseReducerHandle<Store> {
    let store = {
        let (image, place, left_out) = (image.clone(), place.clone(), left_out.clone());
        use_reducer(move || Store(ImageState::without((*image).clone(), &place, &left_out)))
    };
    let paced = {
        let dispatch = store.dispatcher();
        use_memo(image.key, move |_| Paced::new(dispatch))
    };
    {
        let key = image.key;
        let n_layers = image.layers.len();
        let (paced, events) = (Rc::clone(&paced), shell.events.clone());
        use_effect_with(key, move |key| {
            let key = *key;
            let listening = events.listen(Callback::from(move |event| {
                if let Some((image, action)) = ImageAction::of_event(&event)
                    && image == key
                {
                    match &action {
                        ImageAction::LayerDone { n_layers_ready, .. }
                            if *n_layers_ready as usize == n_layers =>
                        {
                            paced.at_once(action);
                        }
                        _ => paced.dispatch(action),
                    }
                }
            }));
            move || drop(listening)
        });
    }
    {
        let link = shell.link.clone();
        let store = store.clone();
        let (uploads, act) = (Rc::clone(uploads), shell.act.clone());
        let last_posted = use_mut_ref(|| None::<OrderId>);
        let newest = store.0.outbox().last().map(|(id, _)| *id);
        use_effect_with(newest, move |_| {
            for (id, order) in store.0.outbox() {
                if last_posted.borrow().is_some_and(|last| *id <= last) {
                    continue;
                }
                *last_posted.borrow_mut() = Some(*id);
                let (request, files) = match order.clone() {
                    Order::Cancel(request) => {
                        link.cancel(request);
                        store.dispatch(ImageAction::Sent {
                            order: *id,
                            request: None,
                        });
                        continue;
                    }
                    Order::Ask(Request::Save(ask::Save { image, kind })) => {
                        let name = store.0.save_name(&kind);
                        let is_whole = matches!(
                            kind,
                            SaveKind::DockerArchive { .. } | SaveKind::OciArchive { .. }
                        );
                        let question = ask::Save { image, kind };
                        let saved = act.reform(move |saved| Action::ImageSaved(image, saved));
                        let saved = is_whole.then_some(saved);
                        save(link.clone(), *id, question, name, Rc::clone(&paced), saved);
                        continue;
                    }
                    Order::Ask(request) => (request, Vec::new()),
                    Order::AskWith(request, files) => (request, uploads.borrow_mut().take(files)),
                };
                post(*id, request, files, &link, &paced, act.clone());
            }
        });
    }
    store
}

/// Batches layer events for the state. The first one passes at once, later ones together, so that an image with
/// many small layers is not redrawn for each. Answers are not delayed, and neither is the last layer.
#[derive(Clone)]
struct Paced {
    dispatch: UseReducerDispatcher<Store>,
    waiting: Rc<RefCell<Vec<ImageAction>>>,
    /// Started by the last batch.
    pause: Rc<RefCell<Option<Timeout>>>,
}

impl Paced {
    fn new(dispatch: UseReducerDispatcher<Store>) -> Paced {
        Paced {
            dispatch,
            waiting: Rc::default(),
            pause: Rc::default(),
        }
    }

    fn dispatch(&self, action: ImageAction) {
        self.waiting.borrow_mut().push(action);
        if self.pause.borrow().is_none() {
            self.pass_on();
        }
    }

    /// Dispatches an action at once, after all events that came before it.
    fn at_once(&self, action: ImageAction) {
        self.flush();
        self.dispatch.dispatch(action);
    }

    fn flush(&self) {
        for action in self.waiting.take() {
            self.dispatch.dispatch(action);
        }
    }

    fn pass_on(&self) {
        self.flush();
        let paced = self.clone();
        let pause = Timeout::new(PAUSE_MILLIS, move || {
            paced.pause.take();
            if !paced.waiting.borrow().is_empty() {
                paced.pass_on();
            }
        });
        self.pause.replace(Some(pause));
    }
}

/// Posts a request and waits for the answer. Reports to the shell what concerns it: a new image, which gets its own
/// tab, and the names of images and where they were pushed.
fn post(
    id: OrderId,
    request: Request,
    files: Vec<PickedFile>,
    link: &Link,
    paced: &Rc<Paced>,
    act: Callback<Action>,
) {
    let pending = link.ask(request.clone(), files);
    let paced = Rc::clone(paced);
    paced.dispatch.dispatch(ImageAction::Sent {
        order: id,
        request: Some(pending.id),
    });
    task::spawn("image", async move {
        let (outcome, bytes) = opened(pending.future.await);
        let exchange = request.with(outcome);
        let news = news_for_shell(&exchange);
        paced.at_once(ImageAction::Answered {
            order: id,
            exchange: Box::new(exchange),
            bytes,
        });
        if let Some(news) = news {
            act.emit(news);
        }
    });
}

fn news_for_shell(exchange: &Exchange) -> Option<Action> {
    let named = |image: ImageKey, view: &ImageView| {
        Action::Told(Event::Named {
            image,
            names: view.names.clone(),
            title: view.title.clone(),
        })
    };
    match exchange {
        Exchange::Commit(_, Ok(image)) | Exchange::Squash(_, Ok(image)) => {
            Some(Action::Committed(image.clone()))
        }
        Exchange::ReadLayers(asked, Ok(view)) => Some(named(asked.image, view)),
        Exchange::ReadLayerAgain(asked, Ok(view)) => Some(named(asked.image, view)),
        Exchange::ReadLayerHigher(asked, Ok(view)) => Some(named(asked.image, view)),
        Exchange::Rename(asked, Ok(view)) => Some(named(asked.image, view)),
        Exchange::Push(asked, Ok(pushed)) => Some(Action::ImagePushed(asked.image, pushed.clone())),
        _ => None,
    }
}

/// Asks the user for a target file, then asks the worker to save. Reports the target of a whole image to `saved`.
fn save(
    link: Link,
    id: OrderId,
    question: ask::Save,
    name: String,
    paced: Rc<Paced>,
    saved: Option<Callback<SavedAs>>,
) {
    let dispatch = paced.dispatch.clone();
    let answered =
        move |question: ask::Save, outcome: Result<SavedFile, Problem>| ImageAction::Answered {
            order: id,
            exchange: Box::new(Exchange::Save(question, outcome)),
            bytes: Vec::new(),
        };
    task::spawn("save", async move {
        let target = match save_picker::choose(&name).await {
            Choice::File(target) => Some(target),
            Choice::NoDialog => None,
            Choice::Dismissed => {
                let problem = Problem::new(ProblemCode::Cancelled, name, "cancelled");
                dispatch.dispatch(ImageAction::Sent {
                    order: id,
                    request: None,
                });
                dispatch.dispatch(answered(question, Err(problem)));
                return;
            }
        };
        let pending = link.save(question.clone(), target.clone());
        dispatch.dispatch(ImageAction::Sent {
            order: id,
            request: Some(pending.id),
        });
        let (outcome, _) = opened(pending.future.await);
        let outcome = typed::<ask::Save>(outcome);
        let file = outcome.as_ref().ok().cloned();
        paced.at_once(answered(question, outcome));
        if let (Some(saved), Some(file)) = (saved, file) {
            let handle = match &target {
                Some(target) => target.keep().await,
                None => None,
            };
            saved.emit(SavedAs {
                name: target.map_or(file.file_name, |target| target.name()),
                size_bytes: file.size_bytes,
                handle,
            });
        }
    });
}

/// Returns the answer and the bytes that came with it. Downloads a file that came with it.
fn opened(reply: Result<Reply, Problem>) -> (Result<Answer, Problem>, Vec<u8>) {
    let reply = match reply {
        Ok(reply) => reply,
        Err(problem) => return (Err(problem), Vec::new()),
    };
    if let Answer::File(file) = &reply.answer
        && !file.is_written
    {
        let is_saved = reply
            .files
            .first()
            .is_some_and(|blob| download::save(blob, &file.file_name));
        if !is_saved {
            let problem = Problem::new(
                ProblemCode::Internal,
                file.file_name.clone(),
                "the browser did not take the file",
            );
            return (Err(problem), Vec::new());
        }
    }
    let bytes = reply.buffers.into_iter().next().unwrap_or_default();
    (Ok(reply.answer), bytes)
}

/// Keeps the address bar and the page's place in sync, whichever of them changes.
#[hook]
pub(super) fn use_place(
    store: &UseReducerHandle<Store>,
    place: &ImagePlace,
    on_place: &Callback<(ImagePlace, Pace)>,
) {
    let agreed = use_mut_ref(|| place.clone());
    // Applies the address bar first. A place that this page reported comes back through it.
    {
        let agreed = agreed.clone();
        let dispatch = store.dispatcher();
        use_effect_with(place.clone(), move |place| {
            if *agreed.borrow() != *place {
                *agreed.borrow_mut() = place.clone();
                dispatch.dispatch(ImageAction::Told(place.clone()));
            }
        });
    }
    let (on_place, pace) = (on_place.clone(), store.0.pace);
    // The address bar may already be further on, after two steps of Forward in a row.
    let is_told = store.0.told.as_ref() == Some(&store.0.place());
    use_effect_with(store.0.place(), move |place| {
        if !is_told && *agreed.borrow() != *place {
            *agreed.borrow_mut() = place.clone();
            on_place.emit((place.clone(), pace));
        }
    });
}
