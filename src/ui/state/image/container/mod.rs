//! The container layer on the image's page: what it holds, the form and the editor that write in it, the commit.
//!
//! What a step does to the tree is the worker's to say; here is what is asked of it, and what is shown meanwhile.

mod action;
mod commit;
mod editor;
mod form;
mod reduce;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::protocol::{ContainerView, Problem, TextDiffView};
use crate::ui::state::Shared;

use super::Loadable;

pub use action::{CommitAction, CommitText, ContainerAction, EditorAction};
pub use commit::CommitState;
pub use editor::{EDIT_LIMIT_BYTES, Editing, language_of};
pub use form::{EditForm, FormField, FormKind, FormProblem, name_problem};
pub use reduce::dir_of;

/// Files that are on their way to the worker, by number; the files themselves are the browser's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UploadId(pub u32);

/// The container layer of one image, and what is open to write in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerState {
    /// The layer; `None` where there is none.
    pub layer: Option<Shared<ContainerView>>,
    /// The form that is open.
    pub form: Option<EditForm>,
    /// The file that is being edited.
    pub editing: Option<Editing>,
    /// Whether the person is asked if all shall be thrown away.
    pub asks_throw_away: bool,
    /// Why the last thing was not done.
    pub problem: Option<Problem>,
    /// The comparisons that are open, by path in hex.
    pub diffs: BTreeMap<String, Loadable<Shared<TextDiffView>>>,
    /// The new image's form.
    pub commit: CommitState,
    /// True while something that changes it is under way: one thing at a time.
    pub is_busy: bool,
    /// The path to go to when that is done, in hex.
    goes_to: Option<String>,
    has_looked: bool,
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
            has_form: false,
        }
    }

    /// Whether there is one.
    pub fn is_open(&self) -> bool {
        self.layer.is_some()
    }
}
