//! What is open and shown, as plain data: state, actions, and what each action leads to.
//!
//! No fetch, no clock, no DOM: the page carries out the effects that `reduce` asks for.

mod action;
mod answer;
mod held;
pub mod image;
mod lost;
mod navigate;
mod recent;
mod reduce;
mod registry;
mod reload;
mod route;
mod shared;
mod signed;
mod source;
mod steps;
mod tabs;
mod unsaved;

#[cfg(test)]
mod tests;

pub use action::{Action, Effect, Given};
pub use lost::{Dead, Death, LeftOut, Worker};
pub use recent::{Recent, RecentKind};
pub use registry::{
    More, PagedList, RegistryTab, RepositoryTab, TagOrder, companion, filtered, sorted,
};
pub use route::{ImagePlace, Pace, Route};
pub use shared::Shared;
pub use source::{FileSource, FilesId, Source, routed_address, short_address};
pub use tabs::{ArchiveTab, Body, ImageTab, Opening, Tab, TabId};
pub use unsaved::{LossAnswer, LossQuestion, PRIVATE, SavedAs, Unsaved};

use std::collections::{BTreeMap, BTreeSet};

use crate::protocol::{ImageKey, Problem};

/// Everything that is open and shown, but for what an image's page keeps to itself.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The tabs, never none.
    pub tabs: Vec<Tab>,
    /// The one that is shown.
    pub selected: TabId,
    /// What was opened before, newest first.
    pub recent: Vec<Recent>,
    /// The hosts of registries that a link alone may have asked.
    pub(super) known_hosts: BTreeSet<String>,
    /// Small failures that are still shown.
    pub toasts: Vec<Toast>,
    /// How the worker is.
    pub worker: Worker,
    /// Its last death, until the person has read of it.
    pub death: Option<Death>,
    /// What the person is asked about before it is lost.
    losing: Option<unsaved::Losing>,
    /// What stands in the address bar.
    route: Route,
    /// Whether the person came there row by row, with the keys.
    walks: bool,
    /// The question whose answer is a step: another platform that the person asked for.
    step: Option<u32>,
    /// What each tab showed when that was remembered last, a line each.
    saved: String,
    /// The keys under which handles of dropped files are kept.
    handles: BTreeMap<FilesId, String>,
    /// The layers that the worker itself has in hand.
    being_read: BTreeSet<(ImageKey, u32)>,
    /// How often it was started again without being asked for.
    n_restarts: u32,
    /// The next number for a tab, a question, a message.
    next: u32,
}

/// A small failure that is shown in passing.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Which one.
    pub id: u32,
    /// What went wrong.
    pub problem: Problem,
}

impl State {
    /// One empty tab.
    ///
    /// Registries that a person has opened before may be asked because a link says so, and so may the place that the
    /// page itself came from.
    pub fn new(recent: Vec<Recent>, page_origin: &str) -> State {
        let known = recent.iter().filter_map(|recent| match recent {
            Recent::Address { text, .. } => Some(source::host_of(text)),
            Recent::File { .. } => None,
        });
        State {
            known_hosts: known.chain([source::host_of(page_origin)]).collect(),
            tabs: vec![Tab {
                id: TabId(0),
                body: Body::Home,
                past: Vec::new(),
            }],
            selected: TabId(0),
            recent,
            toasts: Vec::new(),
            worker: Worker::Starting,
            death: None,
            losing: None,
            route: Route::Home,
            walks: false,
            step: None,
            saved: String::new(),
            handles: BTreeMap::new(),
            being_read: BTreeSet::new(),
            n_restarts: 0,
            next: 1,
        }
    }

    /// A tab.
    pub fn tab(&self, id: TabId) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.id == id)
    }

    /// The tab that is shown.
    pub fn selected_tab(&self) -> Option<&Tab> {
        self.tab(self.selected)
    }

    fn tab_mut(&mut self, id: TabId) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.id == id)
    }

    fn number(&mut self) -> u32 {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        number
    }
}
