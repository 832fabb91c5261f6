//! Tests deaths of the worker: what is reopened, what is left out, and when restarts end.

use std::collections::BTreeSet;

use super::*;
use crate::protocol::{Check, Holder, ImagePath, LayerProgress, LayerRow, LayerState, Verdict};
use crate::ui::state::image::ImagePart;

impl Page {
    pub(super) fn running() -> Page {
        let mut page = Page::new();
        page.tells(Event::Ready { version: 1 });
        page
    }

    fn tells(&mut self, event: Event) -> &mut Page {
        self.act(Action::Told(event))
    }

    /// The worker reads a layer of an image.
    fn reads(&mut self, image: u32, layer: u32) -> &mut Page {
        self.reads_by(Holder::Worker, image, layer)
    }

    /// The worker, or a reader beside it, reads a layer of an image.
    fn reads_by(&mut self, holder: Holder, image: u32, layer: u32) -> &mut Page {
        self.tells(Event::Layer {
            image: ImageKey(image),
            layer,
            progress: LayerProgress::Verifying,
            holder,
        })
    }

    fn done(&mut self, image: u32, layer: u32, state: LayerState) -> &mut Page {
        self.tells(Event::LayerDone {
            image: ImageKey(image),
            row: LayerRow {
                layer,
                digest: None,
                diff_id: None,
                chain_id: None,
                title: None,
                media_type: None,
                compression: None,
                stored_bytes: None,
                decoded_bytes: None,
                n_entries: None,
                n_added: None,
                n_changed: None,
                n_deleted: None,
                command: String::new(),
                raw_command: String::new(),
                created: None,
                author: String::new(),
                comment: String::new(),
                state,
                warnings: Vec::new(),
                n_more_warnings: 0,
                left_out: crate::protocol::LeftOut::default(),
            },
            stored_bytes: 0,
            decoded_bytes: 0,
            n_entries: 0,
            n_layers_ready: 0,
        })
    }

    pub(super) fn dies(&mut self) -> &mut Page {
        let gone = Problem::new(ProblemCode::WorkerLost, "worker", "unreachable");
        self.act(Action::WorkerLost(gone))
    }

    /// The next worker runs.
    pub(super) fn comes_up(&mut self) -> &mut Page {
        assert!(
            self.effects.contains(&Effect::RestartWorker),
            "{:?}",
            self.effects
        );
        let effects = std::mem::take(&mut self.effects);
        self.tells(Event::Ready { version: 1 });
        self.effects = effects;
        self
    }

    /// Returns the layers that each image leaves out, tab by tab.
    fn left_out(&self) -> Vec<Vec<u32>> {
        let of = |layers: &BTreeSet<u32>| layers.iter().copied().collect();
        let tabs = self.state.tabs.iter().filter_map(|tab| match &tab.body {
            Body::Image(image) => Some(of(&image.left_out)),
            Body::Opening(opening) => Some(of(&opening.left_out)),
            _ => None,
        });
        tabs.collect()
    }

    /// Returns the layers that the last death names, with their titles.
    fn said(&self) -> Vec<(String, u32)> {
        let death = self.state.health.death.as_ref().expect("it died");
        assert_eq!(death.reason, "unreachable".into());
        let named = death.left_out.iter();
        named.map(|l| (l.title.clone(), l.layer)).collect()
    }
}

fn read() -> LayerState {
    LayerState::Read {
        verdict: Verdict {
            digest: Check::Ok,
            size: Check::Ok,
            diff_id: Check::Ok,
            checksum: Check::Ok,
        },
        damage: None,
    }
}

/// Returns a page with one image from an archive and a layer being read.
fn reading() -> Page {
    let mut page = Page::running();
    page.act(given(1, "a.tar"))
        .answer(archive(1))
        .answer(Ok(Answer::Image(view(1, None))))
        .reads(1, 3);
    page
}

#[test]
fn a_dead_worker_is_started_again_and_what_was_open_is_opened() {
    let mut page = reading();
    let place = ImagePlace {
        view: TreeView::Layer(2),
        path_key: ImagePath::normalise(b"etc").ok(),
        part: ImagePart::History,
        ..ImagePlace::default()
    };
    page.moves(place.clone(), MoveKind::Step)
        .act(Action::NewTab)
        .act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry());
    page.dies();
    assert_eq!(page.tabs(), "opening [registry]");
    assert_eq!(page.said(), [("image 1".to_owned(), 3)]);
    assert_eq!(page.tell(), [], "the new worker has nothing to close");
    assert!(!page.effects.contains(&Effect::DropFiles(FilesId(1))));
    page.comes_up().answer(archive(2));
    page.answer(Ok(Answer::Image(view(1, None))));
    assert_eq!(page.tabs(), "image [registry]");
    assert_eq!(page.left_out(), [vec![3]]);
    let Body::Image(image) = &page.state.tabs[0].body else {
        panic!("the image is shown");
    };
    assert_eq!(image.state.place(), place);
    page.act(Action::DismissDeath);
    assert_eq!(page.state.health.death, None);
}

#[test]
fn a_layer_is_left_out_until_it_is_read_after_all() {
    let mut page = reading();
    page.dies().comes_up().answer(archive(2));
    page.answer(Ok(Answer::Image(view(1, None))));
    page.reads(1, 4).dies();
    assert_eq!(page.said(), [("image 1".to_owned(), 4)]);
    page.comes_up().answer(archive(2));
    page.answer(Ok(Answer::Image(view(1, None))));
    assert_eq!(page.left_out(), [vec![3, 4]]);
    let failed = LayerState::Failed { problem: refused() };
    page.done(1, 3, failed);
    assert_eq!(page.left_out(), [vec![3, 4]], "that was to say so");
    page.reads(1, 3).done(1, 3, read());
    assert_eq!(page.left_out(), [vec![4]]);
}

#[test]
fn a_layer_whose_reading_was_stopped_is_not_to_blame() {
    let mut page = reading();
    page.tells(Event::LayerLeft {
        image: ImageKey(1),
        layer: 3,
    });
    page.dies();
    assert_eq!(page.said(), []);
    assert_eq!(page.left_out(), [Vec::<u32>::new()]);
}

#[test]
fn what_was_on_its_way_is_tried_again_only_when_asked() {
    let mut page = Page::running();
    page.act(given(1, "a.tar"));
    let (tab, id, request) = page.asked().expect("it is asked for");
    page.dies();
    assert_eq!(page.tabs(), "[failed]");
    assert_eq!(page.asked(), None);
    page.comes_up();
    let gone = Problem::new(ProblemCode::WorkerLost, "worker", "unreachable");
    page.answers_tab(tab, id, request, Err(gone));
    assert_eq!(page.tabs(), "[failed]");
    page.act(Action::Retry(tab));
    assert_eq!(page.tabs(), "[opening]");
    assert!(page.asked().is_some());
}

#[test]
fn deaths_without_a_culprit_end() {
    let mut page = reading();
    page.done(1, 3, read());
    let place = ImagePlace {
        path_key: ImagePath::normalise(b"etc").ok(),
        ..ImagePlace::default()
    };
    page.moves(place, MoveKind::Step);
    let mut paths = Vec::new();
    for _ in 0..3 {
        page.dies().comes_up().answer(archive(2));
        page.answer(Ok(Answer::Image(view(1, None))));
        paths.push(page.hash().contains("path=/etc"));
    }
    assert_eq!(paths, [true, false, false], "the path may be the culprit");
    page.dies();
    assert!(!page.effects.contains(&Effect::RestartWorker));
    assert!(matches!(page.state.health.worker, Worker::Lost(_)));
    assert_eq!(page.tabs(), "[image]");

    page.act(Action::RestartWorker);
    assert_eq!(page.state.health.death, None);
    page.comes_up().answer(archive(2));
    assert_eq!(page.state.health.worker, Worker::Running);
    page.answer(Ok(Answer::Image(view(1, None))));
    page.dies().comes_up();
}

#[test]
fn a_worker_that_does_not_come_up_is_not_started_over_and_over() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000/a:1".to_owned()));
    page.dies();
    assert!(!page.effects.contains(&Effect::RestartWorker));
    let Worker::NotStarted(problem) = &page.state.health.worker else {
        panic!("it did not come up");
    };
    assert_eq!(problem.code, ProblemCode::WorkerNotStarted);
    assert_eq!(page.tabs(), "[failed]");
    page.act(Action::RestartWorker).comes_up();
    assert_eq!(
        page.tabs(),
        "[opening]",
        "what failed for it is tried again"
    );

    let mut page = reading();
    page.dies();
    page.dies();
    assert!(matches!(page.state.health.worker, Worker::NotStarted(_)));
    assert!(!page.effects.contains(&Effect::RestartWorker));
    page.act(Action::RestartWorker)
        .comes_up()
        .answer(archive(2));
    page.answer(Ok(Answer::Image(view(1, None))));
    assert_eq!(page.tabs(), "[image]");
}

#[test]
fn a_reader_takes_only_its_layer_along() {
    let mut page = reading();
    page.reads_by(Holder::Reader, 1, 2);
    page.tells(Event::ReaderLost {
        image: ImageKey(1),
        layer: 2,
        reason: "unreachable".into(),
    });
    assert!(!page.effects.contains(&Effect::RestartWorker));
    assert_eq!(page.state.health.worker, Worker::Running);
    let death = page.state.health.death.clone().expect("it is told");
    assert_eq!((death.of, page.said().len()), (Victim::Reader, 1));
    assert_eq!(page.left_out(), [vec![2]]);
    // The next worker does not read it either, until the user asks for it and the read succeeds.
    page.dies().comes_up();
    assert!(page.left_out()[0].contains(&2), "{:?}", page.left_out());
}

#[test]
fn what_readers_have_in_hand_is_not_what_the_worker_died_of() {
    let mut page = reading();
    page.done(1, 3, read());
    page.reads_by(Holder::Reader, 1, 0);
    page.reads_by(Holder::Reader, 1, 1);
    page.reads_by(Holder::Worker, 1, 1);
    page.dies();
    assert_eq!(page.left_out(), [vec![1]]);
}
