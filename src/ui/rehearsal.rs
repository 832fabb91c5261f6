//! Draws the page of a hidden image (the warm-up), so that the browser has compiled the code for the first real one.
//! Otherwise it would compile while layers are read, and block the page's thread for tens of milliseconds.
//!
//! The page is the real one, in an element outside of any document. Its requests get the answers that the engine gave
//! in its own warm-up.

use std::collections::BTreeSet;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::pages::image::ImagePage;
use super::shell::{Events, Shell};
use super::state::{ImagePlace, Shared};
use crate::protocol::{Answer, ImageView, Request};
use crate::web::dom;
use crate::worker::Link;

/// Milliseconds that the page stays, longer than its drawing takes.
const STAY_MILLIS: u32 = 500;

#[derive(Clone, PartialEq, Properties)]
struct RehearsalProps {
    shell: Shell,
    image: Shared<ImageView>,
}

#[component]
fn Rehearsal(props: &RehearsalProps) -> Html {
    html! {
        <ContextProvider<Shell> context={props.shell.clone()}>
            <ImagePage
                image={props.image.clone()}
                place={ImagePlace::default()}
                left_out={BTreeSet::new()}
                active={false}
                on_place={Callback::noop()}
                on_platform={Callback::noop()}
            />
        </ContextProvider<Shell>>
    }
}

/// Draws the engine's answers: an image before its layers were read, the same image afterwards, and its tree.
pub(super) fn rehearse(answers: Vec<Answer>, shell: &Shell) {
    let mut images = answers.iter().filter_map(|answer| match answer {
        Answer::Image(image) => Some(image.clone()),
        _ => None,
    });
    let (Some(image), Some(root)) = (images.next(), dom::detached()) else {
        return;
    };
    let answered = move |request: &Request| {
        let mut answers = answers.iter().rev();
        answers
            .find(|answer| {
                matches!(
                    (request, answer),
                    (Request::ReadLayers(_), Answer::Image(_))
                        | (Request::Tree(_), Answer::Tree(_))
                )
            })
            .cloned()
    };
    let shell = Shell {
        link: Link::to_nobody(answered),
        events: Events::default(),
        act: Callback::noop(),
        ..shell.clone()
    };
    let image = Shared::new(image);
    let page =
        yew::Renderer::<Rehearsal>::with_root_and_props(root, RehearsalProps { shell, image });
    let page = page.render();
    Timeout::new(STAY_MILLIS, move || page.destroy()).forget();
}
