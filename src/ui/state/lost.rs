//! Handles the death of the worker: starts another one and reopens what was open.
//!
//! A layer that the worker was reading when it died is left out from then on, so that no image kills one worker
//! after another. Openings in progress are not resumed automatically for the same reason. After `MAX_RESTARTS`
//! automatic restarts, only the user can start another worker. A reader that dies takes with it only the layer that
//! it was reading.

use std::collections::BTreeSet;

use super::{Body, Effect, FileSource, ImagePlace, Opening, State, TabId, TabSource};
use crate::protocol::{Event, Holder, ImageKey, LayerState, Message, Problem, ProblemCode};

/// State of the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Worker {
    /// Started, without a message so far.
    Starting,
    /// Running.
    Running,
    /// Dead, after more deaths than there are automatic restarts.
    Lost(Problem),
    /// Failed to start.
    NotStarted(Problem),
}

/// The victim of a death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// The worker, and with it everything that was open.
    Worker,
    /// One of its readers: only the layer that it was reading is affected.
    Reader,
}

/// The last death of the worker or of a reader, as the page reports it.
#[derive(Clone, Debug, PartialEq)]
pub struct Death {
    /// The worker or a reader.
    pub of: Victim,
    /// The browser's message, or a note that the worker did not respond.
    pub reason: Message,
    /// Layers that were being read.
    pub left_out: Vec<LeftOutLayer>,
}

/// A layer that was being read at a death.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutLayer {
    /// Tab of the layer's image.
    pub tab: TabId,
    /// Title of that tab.
    pub title: String,
    /// Position of the layer, counted from 0 at the base.
    pub layer: u32,
}

/// The worker and its deaths.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// State of the worker.
    pub worker: Worker,
    /// Last death of the worker or of a reader; `None` once the user has dismissed it.
    pub death: Option<Death>,
    /// Layers that the worker itself is reading.
    being_read: BTreeSet<(ImageKey, u32)>,
    /// Automatic restarts of the worker since the user last asked for one.
    n_restarts: u32,
}

impl Health {
    pub(super) fn new() -> Health {
        Health {
            worker: Worker::Starting,
            death: None,
            being_read: BTreeSet::new(),
            n_restarts: 0,
        }
    }
}

/// Automatic restarts before the user has to ask for one.
const MAX_RESTARTS: u32 = 3;

/// An entry to reopen in a new worker.
struct Again {
    tab: TabId,
    source: TabSource,
    place: ImagePlace,
    left_out: BTreeSet<u32>,
}

/// The places at which images are opened again.
#[derive(Clone, Copy, PartialEq)]
enum Paths {
    /// Tabs and places as they were.
    Keep,
    /// Tabs and places as they were, without the panel of a path.
    Close,
}

impl State {
    /// Updates the state from the worker's events about itself and about the layers that it reads.
    pub(super) fn note_worker(&mut self, event: &Event) {
        match event {
            Event::Ready { .. } => self.health.worker = Worker::Running,
            Event::Layer {
                image,
                layer,
                holder: Holder::Worker,
                ..
            } => {
                self.health.being_read.insert((*image, *layer));
            }
            Event::LayerLeft { image, layer } => {
                self.health.being_read.remove(&(*image, *layer));
            }
            Event::ReaderLost {
                image,
                layer,
                reason,
            } => self.reader_died(*image, *layer, reason),
            Event::LayerDone { image, row, .. } => {
                self.health.being_read.remove(&(*image, row.layer));
                let is_read = matches!(row.state, LayerState::Read { .. });
                if let Some(tab) = self.image_tab_mut(*image).filter(|_| is_read) {
                    tab.left_out.remove(&row.layer);
                }
            }
            // The death of a reader leaves the worker alive.
            Event::Layer {
                holder: Holder::Reader,
                ..
            }
            | Event::Rehearsed { .. }
            | Event::Alive
            | Event::Opening { .. }
            | Event::Content { .. }
            | Event::Named { .. }
            | Event::Saving { .. }
            | Event::Push { .. }
            | Event::Pushed(_) => {}
        }
    }

    /// Records that a reader died over a layer. The worker leaves that layer out, and so does the next worker if
    /// this one dies.
    fn reader_died(&mut self, image: ImageKey, layer: u32, reason: &Message) {
        let left_out = self.leave_out(BTreeSet::from([(image, layer)]));
        self.health.death = Some(Death {
            of: Victim::Reader,
            reason: reason.clone(),
            left_out,
        });
    }

    /// Handles the death of the worker, or its failure to start.
    pub(super) fn worker_lost(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        match self.health.worker {
            Worker::Lost(_) | Worker::NotStarted(_) => {}
            Worker::Starting => {
                self.fail_openings(&problem);
                self.health.worker = Worker::NotStarted(Problem {
                    code: ProblemCode::WorkerNotStarted,
                    subject: Message::none(),
                    ..problem
                });
            }
            Worker::Running => self.worker_died(problem, effects),
        }
    }

    fn worker_died(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        let being_read = std::mem::take(&mut self.health.being_read);
        let left_out = self.leave_out(being_read);
        let n_failed = self.fail_openings(&problem);
        let is_explained = !left_out.is_empty() || n_failed > 0;
        self.health.death = Some(Death {
            of: Victim::Worker,
            reason: problem.detail.clone(),
            left_out,
        });
        if self.health.n_restarts >= MAX_RESTARTS {
            self.health.worker = Worker::Lost(problem);
            return;
        }
        self.health.n_restarts += 1;
        // A path's content may have killed it, so images reopen at their root.
        let is_suspect = !is_explained && self.health.n_restarts > 1;
        self.start_again(
            match is_suspect {
                true => Paths::Close,
                false => Paths::Keep,
            },
            effects,
        );
    }

    /// Marks these layers as left out in their tabs, and returns them with their tabs.
    fn leave_out(&mut self, being_read: BTreeSet<(ImageKey, u32)>) -> Vec<LeftOutLayer> {
        let mut left_out = Vec::new();
        for (image, layer) in being_read {
            for tab in &mut self.tabs {
                let title = tab.body.title();
                if let Body::Image(image_tab) = &mut tab.body
                    && image_tab.state.image.key == image
                {
                    image_tab.left_out.insert(layer);
                    left_out.push(LeftOutLayer {
                        tab: tab.id,
                        title,
                        layer,
                    });
                }
            }
        }
        left_out
    }

    /// Fails the openings in progress and returns their number.
    fn fail_openings(&mut self, problem: &Problem) -> usize {
        let mut n_failed = 0;
        for tab in &mut self.tabs {
            let Some(opening) = tab.opening().cloned() else {
                continue;
            };
            n_failed += 1;
            match &mut tab.body {
                Body::Image(image) => image.switching = None,
                body => {
                    let Opening { source, place, .. } = opening;
                    let problem = Problem {
                        subject: Message::verbatim(source.title()),
                        ..problem.clone()
                    };
                    *body = Body::Failed {
                        source,
                        place,
                        problem,
                    };
                }
            }
        }
        n_failed
    }

    /// Starts another worker at the user's request, and retries what failed with the old one.
    pub(super) fn restart(&mut self, effects: &mut Vec<Effect>) {
        self.health.n_restarts = 0;
        self.health.death = None;
        self.start_again(Paths::Keep, effects);
        let failed = self.tabs.iter().filter_map(|tab| match &tab.body {
            Body::Failed {
                source,
                place,
                problem,
            } if problem.code == ProblemCode::WorkerLost => {
                Some((tab.id, source.clone(), place.clone()))
            }
            _ => None,
        });
        let failed: Vec<_> = failed.collect();
        for (tab, source, place) in failed {
            self.open_in(tab, source, place, effects);
        }
    }

    /// Starts a new worker, which knows nothing: reopens the tabs that need it and leaves the others as they are.
    fn start_again(&mut self, paths: Paths, effects: &mut Vec<Effect>) {
        self.health.worker = Worker::Starting;
        self.health.being_read.clear();
        self.toasts
            .retain(|toast| toast.problem.code != ProblemCode::WorkerLost);
        effects.push(Effect::RestartWorker);
        let again = self.tabs.iter().filter_map(|tab| {
            let (source, place, left_out) = match &tab.body {
                Body::Image(image) => {
                    let mut place = image.state.place();
                    if paths == Paths::Close {
                        place.path_key = None;
                    }
                    (image.source.clone(), place, image.left_out.clone())
                }
                Body::Archive(archive) => {
                    let file: FileSource = archive.file.clone();
                    (
                        TabSource::File(file),
                        ImagePlace::default(),
                        BTreeSet::new(),
                    )
                }
                _ => return None,
            };
            Some(Again {
                tab: tab.id,
                source,
                place,
                left_out,
            })
        });
        let again: Vec<Again> = again.collect();
        for Again {
            tab,
            source,
            place,
            left_out,
        } in again
        {
            self.open_in(tab, source, place, effects);
            if let Some(opening) = self.tab_mut(tab).and_then(|tab| tab.opening_mut()) {
                opening.left_out = left_out;
            }
        }
    }
}
