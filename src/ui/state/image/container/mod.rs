//! Shows the container layer on the image's page: its content, the form and the editor that write to it,
//! and the commit.
//!
//! The effect of a step on the tree is left to the worker. This module holds the requests, and what is shown
//! in the meantime.

mod action;
mod commit;
mod editor;
mod form;
mod reduce;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::protocol::{ContainerView, ImagePath, Problem, TextDiffView};
use crate::ui::state::Shared;

use super::Loadable;

pub use action::{CommitAction, CommitText, ContainerAction, EditorAction};
pub use commit::CommitState;
pub use editor::{EDIT_LIMIT_BYTES, Editing, language_of};
pub use form::{EditForm, FormField, FormKind, FormProblem, name_problem};
pub use reduce::dir_of;

/// Identifies files that are on their way to the worker; the files themselves belong to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UploadId(pub u32);

/// The container layer of one image, and the form or editor that is open on it.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerState {
    /// The layer; `None` if there is none.
    pub layer: Option<Shared<ContainerView>>,
    /// The open form.
    pub form: Option<EditForm>,
    /// The file that is being edited.
    pub editing: Option<Editing>,
    /// True if the user is asked whether to throw everything away.
    pub asks_throw_away: bool,
    /// Reason why the last action failed.
    pub problem: Option<Problem>,
    /// Open comparisons, by path.
    pub diffs: BTreeMap<ImagePath, Loadable<Shared<TextDiffView>>>,
    /// State of the form for a new image.
    pub commit: CommitState,
    /// True while a change is in flight; only one runs at a time.
    pub is_busy: bool,
    /// Path to go to after that change.
    goes_to: Option<ImagePath>,
    has_looked: bool,
    /// True if the store could not be asked for a kept layer.
    look_failed: bool,
    has_form: bool,
}

impl ContainerState {
    pub(super) fn new() -> ContainerState {
        ContainerState {
            layer: None,
            form: None,
            editing: None,
            asks_throw_away: false,
            problem: None,
            diffs: BTreeMap::new(),
            commit: CommitState::new(),
            is_busy: false,
            goes_to: None,
            has_looked: false,
            look_failed: false,
            has_form: false,
        }
    }

    /// True if there is a container layer.
    pub fn is_open(&self) -> bool {
        self.layer.is_some()
    }
}
