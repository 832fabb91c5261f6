//! Defines what can happen on the page, and what the page has to do about it.

use super::recent::Recent;
use super::{FilesId, ImagePlace, LossAnswer, Pace, Route, SavedAs, TabId};
use crate::protocol::{
    Event, Exchange, ImageKey, ImageView, Problem, PushedView, Request, RequestId, Secret,
};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "one action is alive at a time")]
pub enum Action {
    /// The hash in the address bar changed: at the start, by hand, by a link, by Back.
    Hash(String),
    /// The user typed an address.
    Typed(String),
    /// The user handed over files, by dropping them or with a button.
    Given(Vec<Given>),
    /// The user opens another image of the archive in this tab.
    OpenFound {
        /// The archive's tab.
        tab: TabId,
        /// Position of the image in the archive's list.
        image: u32,
    },
    /// A commit made a new image from an open one; the new image is open.
    Committed(ImageView),
    /// An unsaved image was written to the private file system.
    ImageKept {
        /// Key of the unsaved image.
        image: ImageKey,
        /// Ticket of the write, from [`Effect::KeepImage`].
        ticket: u32,
        /// The file that holds it.
        given: Given,
    },
    /// An unsaved image could not be written to the private file system.
    ImageNotKept {
        /// Key of the unsaved image.
        image: ImageKey,
        /// Ticket of the write, from [`Effect::KeepImage`].
        ticket: u32,
        /// Reason of the failure.
        problem: Problem,
    },
    /// Contents of the private file system: the key, the name and the size in bytes of each file.
    KeptFound(Vec<(String, String, u64)>),
    /// An image was saved whole.
    ImageSaved(ImageKey, SavedAs),
    /// An image was pushed.
    ImagePushed(ImageKey, PushedView),
    /// The user decided what to do with an unsaved image.
    AnswerLoss(LossAnswer),
    /// Shows a tab.
    Select(TabId),
    /// Closes a tab, after a question if that would lose an unsaved image.
    CloseTab(TabId),
    /// Opens an empty tab.
    NewTab,
    /// Cancels the opening in progress in a tab.
    CancelOpening(TabId),
    /// Retries an opening that failed in a tab.
    Retry(TabId),
    /// Signs in at a registry, then reopens what the tab shows or failed to open.
    SignIn {
        /// The tab that asked to sign in.
        tab: TabId,
        /// Base URL of the registry.
        registry: String,
        /// User name at the registry.
        name: Secret,
        /// Password of that user.
        password: Secret,
    },
    /// The user moved to another place in an image.
    Place {
        /// The image's tab.
        tab: TabId,
        /// The new place.
        place: ImagePlace,
        /// The way the user got there, which decides what Back does.
        pace: Pace,
    },
    /// The user wants another platform of the image in a tab.
    Platform {
        /// The image's tab.
        tab: TabId,
        /// Platform name, `os/arch[/variant]`.
        platform: String,
        /// Position of that platform's image in the archive's list; `None` for a registry's image.
        image: Option<u32>,
    },
    /// Requests the next page of the list in a tab.
    More(TabId),
    /// Removes an entry from the list of recent ones.
    ForgetRecent(Recent),
    /// Reopens a stored file, for a recent entry or for a tab that waits for the file.
    Reopen {
        /// Key of the stored handle.
        handle: String,
        /// ID of the image to open in it; `None` for whatever the file holds.
        image_id: Option<String>,
    },
    /// Opens the link's target in a tab, once the user has agreed to contact its registry.
    OpenLinked(TabId),
    /// Shows a small failure as a toast.
    Toast(Problem),
    /// Removes the toast with this number.
    DismissToast(u32),
    /// Starts a new worker and reopens what was open.
    RestartWorker,
    /// A request was sent and received its ID.
    Asked {
        /// The tab that asked.
        tab: TabId,
        /// Ticket of the request.
        ticket: u32,
        /// The worker's ID of the request.
        request: RequestId,
    },
    /// A request was answered.
    Answered {
        /// The tab that asked.
        tab: TabId,
        /// Ticket of the request.
        ticket: u32,
        /// The request together with its result.
        exchange: Box<Exchange>,
    },
    /// The worker sent an event.
    Told(Event),
    /// The worker died or did not start.
    WorkerLost(Problem),
    /// The user has read the notice of a death.
    DismissDeath,
    /// The handle of a dropped file was stored.
    HandleKept {
        /// The files that the handle belongs to.
        files: FilesId,
        /// Key under which the handle is stored.
        handle: String,
    },
}

/// A file or folder that the user handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Number under which the page keeps the files.
    pub files: FilesId,
    /// Name of the file or folder.
    pub name: String,
    /// Total size in bytes.
    pub size_bytes: u64,
    /// Paths below a folder; `None` for a single file.
    pub folder: Option<Vec<String>>,
    /// ID of the image that it was reopened for; `None` if it was not reopened for one.
    pub image_id: Option<String>,
    /// Key of the stored handle; `None` if the file was not opened through one.
    pub handle: Option<String>,
}

/// Something that the page has to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Sends a request to the worker; the answer returns with the same tab and ticket.
    Ask {
        /// The tab that asks.
        tab: TabId,
        /// Ticket of the request.
        ticket: u32,
        /// The request to send.
        request: Request,
        /// Files to send along.
        files: Option<FilesId>,
    },
    /// Sends the worker a request whose answer nobody awaits.
    Tell(Request),
    /// Cancels a request.
    Cancel(RequestId),
    /// Drops files that the page keeps.
    DropFiles(FilesId),
    /// Writes the hash in the address bar.
    WriteHash {
        /// The hash, with the `#`.
        hash: String,
        /// True if Back returns to the previous hash.
        is_new: bool,
    },
    /// Saves the list of recent entries.
    SaveRecent,
    /// Saves what each tab shows until the browser closes its own tab: one hash per line, as in the address bar.
    SaveTabs(String),
    /// Stores the handle of a dropped file, if it has one.
    KeepHandle(FilesId),
    /// Removes a stored handle.
    ForgetHandle(String),
    /// Removes a stored handle at the next load of the page, because its file is still being read.
    ForgetHandleLater(String),
    /// Writes an unsaved image to the private file system.
    KeepImage {
        /// Key of the unsaved image.
        image: ImageKey,
        /// Ticket of the write; the answer carries it.
        ticket: u32,
        /// Name of the file.
        name: String,
    },
    /// Opens a stored handle; the browser may ask the user for permission.
    OpenHandle {
        /// Key of the stored handle.
        handle: String,
        /// ID of the image to open in it; `None` for whatever the file holds.
        image_id: Option<String>,
    },
    /// Starts a new worker.
    RestartWorker,
    /// Scrolls the selected tab's page to its top and moves the focus there.
    FocusPage,
}

impl Action {
    /// Returns the action that opens an address, as a link does.
    pub fn go_to(address: &str) -> Action {
        Action::Hash(Route::address(address).to_hash())
    }
}
