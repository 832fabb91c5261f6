//! Defines what can happen on the page, and what the page has to do about it.

use super::image::ImageAction;
use super::image::container::UploadId;
use super::recent::Recent;
use super::{FilesId, GuideAction, LossAnswer, Route, SavedAs, TabId};
use crate::protocol::{
    Digest, Event, Exchange, ImageKey, ImageView, PlatformChoice, Problem, PushedView, Request,
    RequestId, Secret, ask,
};

/// The one who asks the worker a question, and gets its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// A tab, whatever it shows.
    Tab(TabId),
    /// An open image.
    Image(ImageKey),
}

/// Files that go to the worker with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    /// No files.
    Nothing,
    /// The files that a tab is opened from.
    Files(FilesId),
    /// An upload into a container layer.
    Upload(UploadId),
}

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
    /// `lamina open` serves its files again after a reload.
    ServedAgain(Vec<Given>),
    /// The user opens another image of the archive in this tab.
    OpenFound {
        /// The archive's tab.
        tab: TabId,
        /// Position of the image in the archive's list.
        image: u32,
    },
    /// Something happened in the guide.
    Guide {
        /// The guide's tab.
        tab: TabId,
        /// The action.
        action: GuideAction,
    },
    /// Something happened to an open image.
    Image {
        /// Key of the image.
        image: ImageKey,
        /// The action on it.
        action: ImageAction,
    },
    /// A commit made a new image from an open one; the new image is open.
    Committed(ImageView),
    /// An unsaved image was written to the private file system.
    ImageKept {
        /// Key of the unsaved image.
        image: ImageKey,
        /// Number of the write, from [`Effect::KeepImage`].
        id: RequestId,
        /// The file that holds it.
        given: Given,
    },
    /// An unsaved image could not be written to the private file system.
    ImageNotKept {
        /// Key of the unsaved image.
        image: ImageKey,
        /// Number of the write, from [`Effect::KeepImage`].
        id: RequestId,
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
    /// The user wants another platform of the image in a tab.
    Platform {
        /// The image's tab.
        tab: TabId,
        /// Platform name, `os/arch[/variant]`.
        platform: PlatformChoice,
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
        image_id: Option<Digest>,
    },
    /// Opens the link's target in a tab, once the user has agreed to contact its registry.
    OpenLinked(TabId),
    /// Shows a small failure as a toast.
    Toast(Problem),
    /// Removes the toast with this number.
    DismissToast(u32),
    /// Starts a new worker and reopens what was open.
    RestartWorker,
    /// A question was answered.
    Answered {
        /// The one who asked.
        asker: AskedBy,
        /// Number of the question.
        id: RequestId,
        /// The question together with its result.
        exchange: Box<Exchange>,
        /// First buffer that came with the answer; empty if there is none.
        bytes: Vec<u8>,
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
    /// Number under which `lamina serve` keeps it; `None` for a file of the user.
    pub served: Option<u64>,
    /// Paths below a folder; `None` for a single file.
    pub folder: Option<Vec<String>>,
    /// ID of the image that it was reopened for; `None` if it was not reopened for one.
    pub image_id: Option<Digest>,
    /// Key of the stored handle; `None` if the file was not opened through one.
    pub handle: Option<String>,
}

/// Something that the page has to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Draws again what is outside of the images' pages. A page of an image follows its image by itself.
    Draw,
    /// Sends a question to the worker; the answer returns with the same asker and number.
    Ask {
        /// The one who asks.
        asker: AskedBy,
        /// Number of the question.
        id: RequestId,
        /// The question to send.
        request: Request,
        /// Files to send along.
        attached: Attached,
    },
    /// Lets the user choose a file, then asks the worker to save into it; the answer returns to the image.
    Save {
        /// Number of the question.
        id: RequestId,
        /// The question to send.
        question: ask::Save,
        /// Name to suggest for the file.
        name: String,
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
        /// Number of the write; the answer carries it.
        id: RequestId,
        /// Name of the file.
        name: String,
    },
    /// Opens a stored handle; the browser may ask the user for permission.
    OpenHandle {
        /// Key of the stored handle.
        handle: String,
        /// ID of the image to open in it; `None` for whatever the file holds.
        image_id: Option<Digest>,
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
