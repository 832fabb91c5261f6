//! Draws the page of a hidden image (the warm-up), so that the browser has compiled the code for the first real one.
//! Otherwise it would compile while layers are read, and block the page's thread for tens of milliseconds.
//!
//! The page is the real one, in an element outside of any document. Its requests get the answers that the engine gave
//! in its own warm-up.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::shell::{Images, Shell};
use super::state::image::{ImageAction, ImagePart, ImageState, Outgoing};
use super::state::{Action, ImagePlace, Shared, TabId};
use crate::protocol::{Answer, Request, RequestId};
use crate::ui::feature::image::view::ImagePage;
use crate::web::{dom, task};
use crate::worker::Link;

/// Milliseconds that the Overview stays, and the tree after it: longer than their drawing takes.
const STAY_MILLIS: u32 = 300;

#[derive(Clone, PartialEq, Properties)]
struct RehearsalProps {
    shell: Shell,
    image: Shared<ImageState>,
}

#[component]
fn Rehearsal(props: &RehearsalProps) -> Html {
    html! {
        <ContextProvider<Shell> context={props.shell.clone()}>
            <ImagePage tab={TabId(0)} image={props.image.clone()} active={false} />
        </ContextProvider<Shell>>
    }
}

/// The hidden image, and the answers to its questions.
struct Practice {
    image: RefCell<Shared<ImageState>>,
    images: Images,
    answers: Vec<Answer>,
    next: RefCell<u32>,
}

impl Practice {
    fn act(self: &Rc<Self>, action: ImageAction) {
        let mut image = self.image.borrow_mut();
        image.make_mut().reduce(action);
        self.images
            .publish(std::iter::once((image.image.key, &*image)));
        drop(image);
        self.answer();
    }

    /// Answers what the image asks, a moment later.
    fn answer(self: &Rc<Self>) {
        let number = &mut || RequestId(self.next.replace_with(|next| *next + 1));
        let orders = self.image.borrow_mut().make_mut().take_orders(number);
        for order in orders {
            if let Outgoing::Ask { id, question, .. } = order
                && let Some(answer) = self.answer_to(&question)
            {
                let practice = Rc::clone(self);
                task::spawn("rehearse", async move {
                    practice.act(ImageAction::Answered {
                        id,
                        exchange: Box::new(question.with(Ok(answer))),
                        bytes: Vec::new(),
                    });
                });
            }
        }
    }

    fn answer_to(&self, question: &Request) -> Option<Answer> {
        let mut answers = self.answers.iter().rev();
        let found = answers.find(|answer| {
            matches!(
                (question, answer),
                (Request::ReadLayers(_), Answer::Image(_)) | (Request::Tree(_), Answer::Tree(_))
            )
        });
        found.cloned()
    }
}

/// Draws the engine's answers: an image's Overview before its layers were read and afterwards, and its tree. The part of
/// the program with the Overview is fetched for this, as the first image needs it at once.
pub(super) fn rehearse(answers: Vec<Answer>, shell: &Shell) {
    let mut images = answers.iter().filter_map(|answer| match answer {
        Answer::Image(image) => Some(image.clone()),
        _ => None,
    });
    let (Some(image), Some(root)) = (images.next(), dom::detached()) else {
        return;
    };
    let image = Shared::new(ImageState::new(image, &ImagePlace::default()));
    let practice = Rc::new(Practice {
        image: RefCell::new(image.clone()),
        images: Images::default(),
        answers,
        next: RefCell::default(),
    });
    let acts = Rc::clone(&practice);
    let shell = Shell {
        link: Link::to_nobody(),
        images: practice.images.clone(),
        act: Callback::from(move |action| {
            if let Action::Image { action, .. } = action {
                acts.act(action);
            }
        }),
        on_upload: Callback::noop(),
        ..shell.clone()
    };
    let page =
        yew::Renderer::<Rehearsal>::with_root_and_props(root, RehearsalProps { shell, image });
    let page = page.render();
    practice.answer();
    Timeout::new(STAY_MILLIS, move || {
        practice.act(ImageAction::ShowTab(ImagePart::Files));
        Timeout::new(STAY_MILLIS, move || page.destroy()).forget();
    })
    .forget();
}
