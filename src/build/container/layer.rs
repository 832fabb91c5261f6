//! The container layer: its journal, and the result of the applied steps.
//!
//! Undo replays the steps before. Every state is thus reached in one way only, the same as after a reload.

use super::apply::apply;
use super::upper::{Found, Upper};
use super::{Base, Journal, Refusal, Refused, Step, Written};
use crate::image::{ImagePath, Timestamp};
use crate::overlay::LayerIdx;

/// Largest number of steps of one container layer, which bounds the journal.
const MOST_STEPS: usize = 10_000;

/// The writable layer over an image.
pub struct ContainerLayer {
    journal: Journal,
    upper: Upper,
}

/// The origin of something that was copied up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedUp {
    /// The layer that holds the original.
    pub layer: LayerIdx,
    /// The path in that layer; it differs from the present path after a rename.
    pub path: ImagePath,
}

impl ContainerLayer {
    /// Creates an empty layer.
    pub fn new(started: Timestamp) -> ContainerLayer {
        ContainerLayer {
            journal: Journal::new(started),
            upper: Upper::default(),
        }
    }

    /// Applies the steps of a journal over an image. If a step cannot be applied, it and the steps after it are
    /// dropped, and the reason is returned along with the layer.
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

    /// Returns the journal, to be stored.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// True if nothing of the image is changed.
    pub fn is_empty(&self) -> bool {
        self.upper.is_empty()
    }

    /// Returns the step that undo would revert.
    pub fn last_step(&self) -> Option<&Step> {
        self.journal.steps.get(self.journal.n_done.checked_sub(1)?)
    }

    /// Returns the step that redo would apply.
    pub fn next_step(&self) -> Option<&Step> {
        self.journal.steps.get(self.journal.n_done)
    }

    /// Applies a step. Steps that were undone before can no longer be redone.
    ///
    /// # Errors
    /// When one of its edits cannot be applied; then none is.
    pub fn edit(&mut self, base: Base<'_>, step: Step) -> Result<(), Refused> {
        too_many(self.journal.n_done.saturating_add(1))?;
        if let Err(refused) = apply(&mut self.upper, base, &step) {
            // The previous steps succeeded before, in this order.
            let _ = self.redo_all(base);
            return Err(refused);
        }
        self.journal.steps.truncate(self.journal.n_done);
        self.journal.steps.push(step);
        self.journal.n_done = self.journal.steps.len();
        Ok(())
    }

    /// Undoes the last step; false if there is none.
    pub fn undo(&mut self, base: Base<'_>) -> bool {
        let Some(n_done) = self.journal.n_done.checked_sub(1) else {
            return false;
        };
        self.journal.n_done = n_done;
        let _ = self.redo_all(base);
        true
    }

    /// Redoes the step that was undone last; false if there is none, or it cannot be applied.
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

    /// Applies the steps in force from the start, as far as they can be applied.
    fn redo_all(&mut self, base: Base<'_>) -> Result<(), Refused> {
        self.upper = Upper::default();
        for at in 0..self.journal.n_done {
            let Some(step) = self.journal.steps.get(at) else {
                return Ok(());
            };
            if let Err(refused) = apply(&mut self.upper, base, step) {
                // A step that fails may have applied a part of its edits.
                self.journal.steps.truncate(at);
                self.journal.n_done = at;
                let _ = self.redo_all(base);
                return Err(refused);
            }
        }
        Ok(())
    }

    /// Returns the entries that a commit of the layer writes.
    pub fn written(&self, base: Base<'_>) -> Written {
        Written::of(&self.upper, base, self.journal.started)
    }

    /// Returns the origin of a path that was copied up; `None` if it is new, or still in its own layer.
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
