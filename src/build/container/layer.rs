//! The container layer: its journal, and what the steps that hold come to.
//!
//! Undoing replays the steps before: there is one way to any state, and it is the way that a reload takes.

use super::apply::apply;
use super::upper::{Found, Upper};
use super::{Base, Journal, Refusal, Refused, Step, Written};
use crate::image::{ImagePath, Timestamp};
use crate::overlay::LayerIdx;

/// Steps of one container layer. Stops a journal that grows for ever.
const MOST_STEPS: usize = 10_000;

/// The writable layer over an image.
pub struct ContainerLayer {
    journal: Journal,
    upper: Upper,
}

/// Where something in the container layer was copied up from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedUp {
    /// The layer that has it.
    pub layer: LayerIdx,
    /// Its path there; another one than now where it was renamed.
    pub path: ImagePath,
}

impl ContainerLayer {
    /// A layer in which nothing was done yet.
    pub fn new(started: Timestamp) -> ContainerLayer {
        ContainerLayer {
            journal: Journal::new(started),
            upper: Upper::default(),
        }
    }

    /// Does the steps of a journal over an image. Where a step cannot be done, it and those after it are left out, and
    /// why is given beside the layer.
    pub fn replay(mut journal: Journal, base: Base<'_>) -> (ContainerLayer, Option<Refused>) {
        let refused = match too_many(journal.steps.len()) {
            Err(refused) => {
                journal.steps.truncate(MOST_STEPS);
                Some(refused)
            }
            Ok(()) => None,
        };
        journal.n_done = journal.n_done.min(journal.steps.len());
        let mut layer = ContainerLayer {
            journal,
            upper: Upper::default(),
        };
        match layer.redo_all(base) {
            Ok(()) => (layer, refused),
            Err(refused) => (layer, Some(refused)),
        }
    }

    /// The steps, for keeping.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Whether nothing of the image is changed.
    pub fn is_empty(&self) -> bool {
        self.upper.is_empty()
    }

    /// The step that would be undone next.
    pub fn last_step(&self) -> Option<&Step> {
        self.journal.steps.get(self.journal.n_done.checked_sub(1)?)
    }

    /// The step that would be done again next.
    pub fn next_step(&self) -> Option<&Step> {
        self.journal.steps.get(self.journal.n_done)
    }

    /// Does a step. What was undone before cannot be done again after it.
    ///
    /// # Errors
    /// When one of its edits cannot be done; then none is.
    pub fn edit(&mut self, base: Base<'_>, step: Step) -> Result<(), Refused> {
        too_many(self.journal.n_done.saturating_add(1))?;
        if let Err(refused) = apply(&mut self.upper, base, &step) {
            // What held before was done once already, in this order.
            let _ = self.redo_all(base);
            return Err(refused);
        }
        self.journal.steps.truncate(self.journal.n_done);
        self.journal.steps.push(step);
        self.journal.n_done = self.journal.steps.len();
        Ok(())
    }

    /// Undoes the last step; false when there is none.
    pub fn undo(&mut self, base: Base<'_>) -> bool {
        let Some(n_done) = self.journal.n_done.checked_sub(1) else {
            return false;
        };
        self.journal.n_done = n_done;
        let _ = self.redo_all(base);
        true
    }

    /// Does the step again that was undone last; false when there is none, or it cannot be done.
    pub fn redo(&mut self, base: Base<'_>) -> bool {
        let Some(step) = self.journal.steps.get(self.journal.n_done) else {
            return false;
        };
        if apply(&mut self.upper, base, step).is_err() {
            let _ = self.redo_all(base);
            return false;
        }
        self.journal.n_done = self.journal.n_done.saturating_add(1);
        true
    }

    /// Does the steps that hold from the start, as far as they can be done.
    fn redo_all(&mut self, base: Base<'_>) -> Result<(), Refused> {
        self.upper = Upper::default();
        for at in 0..self.journal.n_done {
            let Some(step) = self.journal.steps.get(at) else {
                return Ok(());
            };
            if let Err(refused) = apply(&mut self.upper, base, step) {
                // A step that fails may have done a part of its edits.
                self.journal.steps.truncate(at);
                self.journal.n_done = at;
                let _ = self.redo_all(base);
                return Err(refused);
            }
        }
        Ok(())
    }

    /// The entries that a commit of the layer writes.
    pub fn written(&self, base: Base<'_>) -> Written {
        Written::of(&self.upper, base, self.journal.started)
    }

    /// Where what is at a path was copied up from; `None` for what is new, and for what still is in its own layer.
    pub fn copied_from(&self, base: Base<'_>, path: &ImagePath) -> Option<CopiedUp> {
        let Found::Upper(id) = self.upper.find(base, path.as_bytes())? else {
            return None;
        };
        let inode = self.upper.inode(id)?;
        let node = inode.copied?;
        Some(CopiedUp {
            layer: base.info(node)?.layer,
            path: ImagePath::normalise(&base.path(node)).ok()?,
        })
    }
}

fn too_many(n_steps: usize) -> Result<(), Refused> {
    if n_steps <= MOST_STEPS {
        return Ok(());
    }
    Err(Refused {
        edit: 0,
        path: ImagePath::root(),
        why: Refusal::TooManySteps { limit: MOST_STEPS },
    })
}
