//! Simulates a page with two images side by side, whose engine answers when the test says so.

use super::*;
use crate::protocol::{Check, Holder, LayerProgress, LayerState, PushNews, Totals, TreeWindow};
use crate::ui::state::image::ImageState;
use crate::ui::state::image::tests::driver::{layer, read, row};

pub(super) const ONE: ImageKey = ImageKey(1);
pub(super) const OTHER: ImageKey = ImageKey(2);

/// Two images of two archives, each in a tab of its own, with what they have asked and is not answered yet.
pub(super) struct Pair {
    pub(super) page: Page,
    pub(super) open: Vec<(ImageKey, RequestId, Request)>,
    pub(super) cancelled: Vec<RequestId>,
}

/// An image of two layers, which are to be read.
pub(super) fn of_two_layers(key: u32) -> Result<Answer, Problem> {
    let mut image = view(key, None);
    image.layers = vec![layer(0, LayerState::Waiting), layer(1, LayerState::Waiting)];
    Ok(Answer::Image(image))
}

impl Pair {
    pub(super) fn new() -> Pair {
        let mut pair = Pair {
            page: Page::running(),
            open: Vec::new(),
            cancelled: Vec::new(),
        };
        for key in [1, 2] {
            pair.act(given(key, &format!("{key}.tar")));
            pair.page.answer(archive(1)).answer(of_two_layers(key));
            pair.post();
        }
        assert_eq!(pair.page.tabs(), "image [image]");
        pair
    }

    pub(super) fn act(&mut self, action: Action) {
        self.page.act(action);
        self.post();
    }

    pub(super) fn post(&mut self) {
        for effect in &self.page.effects {
            match effect {
                Effect::Ask {
                    asker: AskedBy::Image(image),
                    id,
                    request,
                    ..
                } => self.open.push((*image, *id, request.clone())),
                Effect::Cancel(id) => self.cancelled.push(*id),
                _ => {}
            }
        }
    }

    pub(super) fn does(&mut self, image: ImageKey, action: ImageAction) {
        self.act(Action::Image { image, action });
    }

    pub(super) fn tells(&mut self, event: Event) {
        self.act(Action::Told(event));
    }

    /// Takes the oldest open question of a kind.
    pub(super) fn take(
        &mut self,
        image: ImageKey,
        is_meant: impl Fn(&Request) -> bool,
    ) -> (RequestId, Request) {
        let mut open = self.open.iter();
        let at = open.position(|(asker, _, request)| *asker == image && is_meant(request));
        let (_, id, request) = self.open.remove(at.expect("this is asked"));
        (id, request)
    }

    pub(super) fn answers(
        &mut self,
        image: ImageKey,
        (id, request): (RequestId, Request),
        outcome: Result<Answer, Problem>,
    ) {
        self.act(Action::Answered {
            asker: AskedBy::Image(image),
            id,
            exchange: Box::new(request.with(outcome)),
            bytes: Vec::new(),
        });
    }

    /// The tree of an image has these rows.
    pub(super) fn rows(&mut self, image: ImageKey, paths: &[&str]) {
        let asked = self.take(image, |request| matches!(request, Request::Tree(_)));
        self.answers(image, asked, Ok(window(paths)));
    }

    /// All layers of an image are read.
    pub(super) fn reads_all(&mut self, image: ImageKey) {
        let asked = self.take(image, |request| matches!(request, Request::ReadLayers(_)));
        let Ok(Answer::Image(mut view)) = of_two_layers(image.0) else {
            unreachable!("it is an image");
        };
        view.n_layers_ready = 2;
        for row in &mut view.layers {
            row.state = read(Check::Ok);
        }
        self.answers(image, asked, Ok(Answer::Image(view)));
    }

    pub(super) fn image(&self, image: ImageKey) -> ImageState {
        (**self.page.state.image(image).expect("it is open")).clone()
    }

    /// Returns the questions that wait for an answer, as words.
    pub(super) fn asks(&self, image: ImageKey) -> Vec<String> {
        let of_image = self.open.iter().filter(|(asker, ..)| *asker == image);
        let word = |request: &Request| {
            let text = format!("{request:?}");
            text.split('(').next().unwrap_or_default().to_owned()
        };
        of_image.map(|(_, _, request)| word(request)).collect()
    }

    /// True if what `happens` leaves the other image alone: it is the same value at the same place in memory, it asks
    /// nothing, and nothing outside of the images' pages is drawn.
    #[track_caller]
    pub(super) fn leaves_alone(&mut self, other: ImageKey, happens: impl FnOnce(&mut Pair)) {
        let before = self.page.state.image(other).expect("it is open").clone();
        let asked = self.asks(other);
        happens(self);
        assert_eq!(self.page.state.image(other), Some(&before));
        assert_eq!(self.asks(other), asked);
        let draws = self.page.effects.contains(&Effect::Draw);
        assert!(!draws, "{:?}", self.page.effects);
    }
}

pub(super) fn window(paths: &[&str]) -> Answer {
    Answer::Tree(TreeWindow {
        view: TreeView::Union,
        n_rows: paths.len() as u32,
        start: 0,
        rows: paths.iter().map(|path| row(path)).collect(),
        focus_row: None,
        totals: Totals::default(),
        n_layers_ready: 2,
    })
}

pub(super) fn events(image: ImageKey) -> [Event; 6] {
    [
        Event::Layer {
            image,
            layer: 0,
            progress: LayerProgress::Verifying,
            holder: Holder::Worker,
        },
        Event::LayerLeft { image, layer: 0 },
        Event::LayerDone {
            image,
            row: layer(0, read(Check::Ok)),
            stored_bytes: 1,
            decoded_bytes: 1,
            n_entries: 1,
            n_layers_ready: 1,
        },
        Event::Content {
            image,
            layer: 0,
            decoded_bytes: 1,
            total_bytes: 2,
        },
        Event::Saving {
            image,
            request: RequestId(0),
            written_bytes: 1,
            total_bytes: 2,
        },
        Event::Push {
            image,
            news: PushNews::Documents,
        },
    ]
}
