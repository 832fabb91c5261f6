//! Handles the death of the worker: starts another one and reopens what was open.
//!
//! A layer that the worker was reading when it died is left out from then on, so that no image kills one worker
//! after another. Openings in progress are not resumed automatically for the same reason. After `MAX_RESTARTS`
//! automatic restarts, only the user can start another worker. A reader that dies takes with it only the layer that
//! it was reading.

use std::collections::BTreeSet;

use super::{Body, Effect, FileSource, ImagePlace, Opening, Source, State, TabId};
use crate::protocol::{Event, Holder, ImageKey, LayerState, Problem, ProblemCode};

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
pub enum Dead {
    /// The worker, and with it everything that was open.
    Worker,
    /// One of its readers: only the layer that it was reading is affected.
    Reader,
}

/// The last death of the worker or of a reader, as the page reports it.
#[derive(Clone, Debug, PartialEq)]
pub struct Death {
    /// The worker or a reader.
    pub of: Dead,
    /// The browser's message, or a note that the worker did not respond.
    pub reason: String,
    /// Layers that were being read.
    pub left_out: Vec<LeftOut>,
}

/// A layer that was being read at a death.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Tab of the layer's image.
    pub tab: TabId,
    /// Title of that tab.
    pub title: String,
    /// Position of the layer, counted from 0 at the base.
    pub layer: u32,
}

/// Automatic restarts before the user has to ask for one.
const MAX_RESTARTS: u32 = 3;

/// An entry to reopen in a new worker.
struct Again {
    tab: TabId,
    source: Source,
    place: ImagePlace,
    left_out: BTreeSet<u32>,
}

impl State {
    /// Updates the state from the worker's events about itself and about the layers that it reads.
    pub(super) fn note_worker(&mut self, event: &Event) {
        match event {
            Event::Ready { .. } => self.worker = Worker::Running,
            Event::Layer {
                image,
                layer,
                holder: Holder::Worker,
                ..
            } => {
                self.being_read.insert((*image, *layer));
            }
            Event::LayerLeft { image, layer } => {
                self.being_read.remove(&(*image, *layer));
            }
            Event::ReaderLost {
                image,
                layer,
                reason,
            } => self.reader_died(*image, *layer, reason),
            Event::LayerDone { image, row, .. } => {
                self.being_read.remove(&(*image, row.layer));
                let is_read = matches!(row.state, LayerState::Read { .. });
                if let Some(tab) = self.image_tab_mut(*image).filter(|_| is_read) {
                    tab.left_out.remove(&row.layer);
                }
            }
            Event::Named {
                image,
                names,
                title,
            } => {
                if let Some(tab) = self.image_tab_mut(*image) {
                    let image = tab.image.make_mut();
                    image.names.clone_from(names);
                    image.title.clone_from(title);
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
            | Event::Saving { .. }
            | Event::Push { .. }
            | Event::Pushed(_) => {}
        }
    }

    /// Records that a reader died over a layer. The worker leaves that layer out, and so does the next worker if
    /// this one dies.
    fn reader_died(&mut self, image: ImageKey, layer: u32, reason: &str) {
        let left_out = self.leave_out(BTreeSet::from([(image, layer)]));
        self.death = Some(Death {
            of: Dead::Reader,
            reason: reason.to_owned(),
            left_out,
        });
    }

    pub(super) fn image_tab_mut(&mut self, image: ImageKey) -> Option<&mut super::ImageTab> {
        self.tabs.iter_mut().find_map(|tab| match &mut tab.body {
            Body::Image(tab) if tab.image.key == image => Some(tab),
            _ => None,
        })
    }

    /// Handles the death of the worker, or its failure to start.
    pub(super) fn worker_lost(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        match self.worker {
            Worker::Lost(_) | Worker::NotStarted(_) => {}
            Worker::Starting => {
                self.fail_openings(&problem);
                self.worker = Worker::NotStarted(Problem {
                    code: ProblemCode::WorkerNotStarted,
                    subject: String::new(),
                    ..problem
                });
            }
            Worker::Running => self.worker_died(problem, effects),
        }
    }

    fn worker_died(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        let being_read = std::mem::take(&mut self.being_read);
        let left_out = self.leave_out(being_read);
        let n_failed = self.fail_openings(&problem);
        let is_explained = !left_out.is_empty() || n_failed > 0;
        self.death = Some(Death {
            of: Dead::Worker,
            reason: problem.detail.clone(),
            left_out,
        });
        if self.n_restarts >= MAX_RESTARTS {
            self.worker = Worker::Lost(problem);
            return;
        }
        self.n_restarts += 1;
        if !is_explained && self.n_restarts > 1 {
            // A path's content may have killed it, so images reopen at their root.
            self.close_paths();
        }
        self.start_again(effects);
    }

    /// Marks these layers as left out in their tabs, and returns them with their tabs.
    fn leave_out(&mut self, being_read: BTreeSet<(ImageKey, u32)>) -> Vec<LeftOut> {
        let mut left_out = Vec::new();
        for (image, layer) in being_read {
            for tab in &mut self.tabs {
                let title = tab.body.title();
                if let Body::Image(image_tab) = &mut tab.body
                    && image_tab.image.key == image
                {
                    image_tab.left_out.insert(layer);
                    left_out.push(LeftOut {
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
                        subject: source.title(),
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

    fn close_paths(&mut self) {
        for tab in &mut self.tabs {
            if let Body::Image(image) = &mut tab.body {
                image.place.path_key = None;
            }
        }
    }

    /// Starts another worker at the user's request, and retries what failed with the old one.
    pub(super) fn restart(&mut self, effects: &mut Vec<Effect>) {
        self.n_restarts = 0;
        self.death = None;
        self.start_again(effects);
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
    fn start_again(&mut self, effects: &mut Vec<Effect>) {
        self.worker = Worker::Starting;
        self.being_read.clear();
        self.toasts
            .retain(|toast| toast.problem.code != ProblemCode::WorkerLost);
        effects.push(Effect::RestartWorker);
        let again = self.tabs.iter().filter_map(|tab| {
            let (source, place, left_out) = match &tab.body {
                Body::Image(image) => (
                    image.source.clone(),
                    image.place.clone(),
                    image.left_out.clone(),
                ),
                Body::Archive(archive) => {
                    let file: FileSource = archive.file.clone();
                    (Source::File(file), ImagePlace::default(), BTreeSet::new())
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
