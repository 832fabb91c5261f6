//! What can happen on the page, and what the page is to do about it.

use super::recent::Recent;
use super::{FilesId, ImagePlace, LossAnswer, Pace, Route, SavedAs, TabId};
use crate::protocol::{
    Event, Exchange, ImageKey, ImageView, Problem, PushedView, Request, RequestId, Secret,
};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "one action is alive at a time")]
pub enum Action {
    /// The address bar says something new: at the start, by hand, by a link, by Back.
    Hash(String),
    /// The person typed an address.
    Typed(String),
    /// The person handed over files, by dropping or by a button.
    Given(Vec<Given>),
    /// Another image of the archive in this tab.
    OpenFound {
        /// The archive's tab.
        tab: TabId,
        /// The image's position in its list.
        image: u32,
    },
    /// An image was made of an open one, and is open.
    Committed(ImageView),
    /// An unsaved image is kept in the private file system, as this file.
    ImageKept {
        /// The image.
        image: ImageKey,
        /// Which writing.
        ticket: u32,
        /// The file.
        given: Given,
    },
    /// An unsaved image could not be kept.
    ImageNotKept {
        /// The image.
        image: ImageKey,
        /// Which writing.
        ticket: u32,
        /// Why.
        problem: Problem,
    },
    /// What the private file system keeps: the key, the name and the size of each file.
    KeptFound(Vec<(String, String, u64)>),
    /// An image was saved whole.
    ImageSaved(ImageKey, SavedAs),
    /// An image was pushed.
    ImagePushed(ImageKey, PushedView),
    /// The person answers what becomes of an unsaved image.
    AnswerLoss(LossAnswer),
    /// Shows a tab.
    Select(TabId),
    /// Closes a tab.
    CloseTab(TabId),
    /// Opens an empty tab.
    NewTab,
    /// Ends what is on its way in a tab.
    CancelOpening(TabId),
    /// Tries again what failed in a tab.
    Retry(TabId),
    /// Signs in at a registry, and then opens what a tab shows or failed to open.
    SignIn {
        /// The tab.
        tab: TabId,
        /// The registry's base URL.
        registry: String,
        /// The name.
        name: Secret,
        /// The password.
        password: Secret,
    },
    /// The person went somewhere in an image.
    Place {
        /// The image's tab.
        tab: TabId,
        /// Where.
        place: ImagePlace,
        /// How.
        pace: Pace,
    },
    /// Another platform of the image in a tab: its name, and its place in the archive for a file.
    Platform {
        /// The tab.
        tab: TabId,
        /// `os/arch[/variant]`.
        platform: String,
        /// The image's position in the archive's list.
        image: Option<u32>,
    },
    /// The next page of the list in a tab.
    More(TabId),
    /// Forgets a line of what was opened before.
    ForgetRecent(Recent),
    /// Opens a stored file again, for a line of what was opened before or a tab that wants it.
    Reopen {
        /// The key of its handle.
        handle: String,
        /// The image of it that is wanted.
        image_id: Option<String>,
    },
    /// Opens what a link led to in a tab.
    OpenLinked(TabId),
    /// Shows a small failure.
    Toast(Problem),
    /// Takes a message away.
    DismissToast(u32),
    /// Starts a new worker and opens again what was open.
    RestartWorker,
    /// A question has been sent and has this id.
    Asked {
        /// Which tab asked.
        tab: TabId,
        /// Which question.
        ticket: u32,
        /// Its id.
        request: RequestId,
    },
    /// A question has been answered.
    Answered {
        /// Which tab asked.
        tab: TabId,
        /// Which question.
        ticket: u32,
        /// The question with what came of it.
        exchange: Box<Exchange>,
    },
    /// The worker told something.
    Told(Event),
    /// The worker is gone.
    WorkerLost(Problem),
    /// The person has read that the worker died.
    DismissDeath,
    /// The handle of a dropped file has been kept.
    HandleKept {
        /// Whose.
        files: FilesId,
        /// Its key.
        handle: String,
    },
}

/// A file or folder that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Where the page keeps the files.
    pub files: FilesId,
    /// The name.
    pub name: String,
    /// Bytes in all.
    pub size_bytes: u64,
    /// The paths below a folder; `None` for a single file.
    pub folder: Option<Vec<String>>,
    /// The image that it was opened again for.
    pub image_id: Option<String>,
    /// The key of its handle, when it was opened by one.
    pub handle: Option<String>,
}

/// Something that the page is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Asks the worker; the answer comes back with tab and ticket.
    Ask {
        /// Which tab asks.
        tab: TabId,
        /// Which question.
        ticket: u32,
        /// The question.
        request: Request,
        /// The files that go with it.
        files: Option<FilesId>,
    },
    /// Tells the worker something whose answer nobody awaits.
    Tell(Request),
    /// Ends a question.
    Cancel(RequestId),
    /// Forgets files.
    DropFiles(FilesId),
    /// Writes the address bar.
    WriteHash {
        /// What, with the `#`.
        hash: String,
        /// Whether Back shall return to what stood there.
        is_new: bool,
    },
    /// Remembers what was opened before.
    SaveRecent,
    /// Remembers what each tab shows, until the browser's own tab is closed: a line each, as in the address bar.
    SaveTabs(String),
    /// Keeps the handle of a dropped file, where it has one.
    KeepHandle(FilesId),
    /// Forgets a kept handle.
    ForgetHandle(String),
    /// Forgets a kept handle when the page is loaded again: its file is still read from.
    ForgetHandleLater(String),
    /// Writes an unsaved image into the private file system.
    KeepImage {
        /// The image.
        image: ImageKey,
        /// Which writing.
        ticket: u32,
        /// The name.
        name: String,
    },
    /// Opens a kept handle, with the browser's question.
    OpenHandle {
        /// Its key.
        handle: String,
        /// The image of it that is wanted.
        image_id: Option<String>,
    },
    /// Starts a new worker.
    RestartWorker,
    /// Shows the selected tab's page from its top and moves the focus there.
    FocusPage,
}

impl Action {
    /// What shows an address, as a link does.
    pub fn go_to(address: &str) -> Action {
        Action::Hash(Route::address(address).to_hash())
    }
}
