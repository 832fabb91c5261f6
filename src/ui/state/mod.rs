//! Holds everything that is open and shown as plain data: the state, the actions, and the effects of each action.
//!
//! Contains no fetch, no clock and no DOM: the page carries out the effects that `reduce` returns.

mod action;
mod answer;
mod engine_load;
mod engines;
mod guide;
mod held;
pub mod image;
mod images;
mod kept_login;
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
mod tab_keys;
mod tabs;
mod unsaved;

#[cfg(test)]
mod tests;

pub use action::{Action, AskedBy, Attached, Effect, Given};
pub use engine_load::{EngineLoad, LoadAction, LoadPhase};
pub use engines::{EngineExport, Engines, EnginesAction, ExportState, ItemAt};
pub use guide::{Guide, GuideAction, RegistryCheck};
pub use kept_login::KeptLogin;
pub use lost::{Death, Health, LeftOutLayer, Victim, Worker};
pub use recent::{Recent, RecentKind};
pub use registry::{
    More, PagedList, RegistryTab, RepositoryTab, TagOrder, companion, filtered, sorted,
};
pub use route::{ImagePlace, MoveKind, Route};
pub use shared::Shared;
pub use source::{FileSource, FilesId, TabSource, routed_address, short_address};
pub use tab_keys::tab_at_key;
pub use tabs::{ArchiveTab, Body, ImageTab, Opening, Tab, TabId};
pub use unsaved::{LossAnswer, LossQuestion, PRIVATE, SavedAs, Unsaved};

use std::collections::{BTreeMap, BTreeSet};

use crate::protocol::{Problem, RequestId};

/// Everything that is open and shown: the tabs, and in them the open images.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Open tabs, from left to right; never empty.
    pub tabs: Vec<Tab>,
    /// The tab that is shown.
    pub selected: TabId,
    /// Entries opened before, newest first.
    pub recent: Vec<Recent>,
    /// Hosts of registries that may be contacted because of a link alone.
    pub(super) known_hosts: BTreeSet<String>,
    /// Small failures that are still shown.
    pub toasts: Vec<Toast>,
    /// The worker and its deaths.
    pub health: Health,
    /// The loss that the user is asked to confirm; `None` if no question is open.
    losing: Option<unsaved::Losing>,
    /// The browser's history, and what is a step of it.
    history: steps::History,
    /// The tabs as they were last saved: the hash of each, one per line.
    saved: String,
    /// Keys under which the handles of dropped files are stored.
    handles: BTreeMap<FilesId, String>,
    /// Next number for a tab, a question or a toast.
    next: u32,
}

/// A small failure that is shown in passing.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Number by which it is dismissed.
    pub id: u32,
    /// The failure to show.
    pub problem: Problem,
}

impl State {
    /// Returns a state with one empty tab.
    ///
    /// A link alone may lead to registries that the user has opened before, and to the host that served the page.
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
            health: Health::new(),
            losing: None,
            history: steps::History::new(),
            saved: String::new(),
            handles: BTreeMap::new(),
            next: 1,
        }
    }

    /// Returns the tab with this ID, or `None` if it is closed.
    pub fn tab(&self, id: TabId) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.id == id)
    }

    /// Returns the tab that is shown.
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

    /// Returns a number that no other question has, also not one to an earlier worker.
    fn request_id(&mut self) -> RequestId {
        RequestId(self.number())
    }
}
