//! Defines what can happen to an image's page: events and answers of the worker, and actions of the user.

use crate::protocol::{
    Bound, Event, Exchange, ExportKind, Filter, ImageKey, ImagePath, LayerProgress, LayerRow,
    Request, RequestId, SortKey, TreeView,
};
use crate::ui::state::ImagePlace;

use super::container::{ContainerAction, UploadId};
use super::tabs::ImagePart;
use super::{ContentMode, LoginAction, PushAction, SavingAction};

/// Something that the page has to send to the worker for an image.
#[derive(Clone, Debug, PartialEq)]
pub enum Outgoing {
    /// A question; its answer returns as [`ImageAction::Answered`] with the same number.
    Ask {
        /// Number of the question.
        id: RequestId,
        /// The question to send.
        question: Request,
        /// Files to send along.
        upload: Option<UploadId>,
    },
    /// The cancellation of a question.
    Cancel(RequestId),
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageAction {
    /// Reading a layer has progressed.
    Progress {
        /// Position of the layer, counted from 0 at the base.
        layer: u32,
        /// Progress of the read.
        progress: LayerProgress,
    },
    /// Reading a layer has ended, with or without success.
    LayerDone {
        /// New state of the layer.
        row: Box<LayerRow>,
        /// Uncompressed bytes of all layers that are done.
        decoded_bytes: u64,
        /// Entries of all layers that are done.
        n_entries: u64,
        /// Number of layers, from the base, that form the union.
        n_layers_ready: u32,
    },
    /// A request was answered.
    Answered {
        /// Number of the question.
        id: RequestId,
        /// The request together with its result.
        exchange: Box<Exchange>,
        /// First buffer of the envelope; empty if there is none.
        bytes: Vec<u8>,
    },
    /// Reading a file's content has progressed.
    Decoding {
        /// Layer of the version that is being read.
        layer: u32,
        /// Uncompressed bytes read so far, and in total.
        progress: (u64, u64),
    },
    /// Goes to this place, which a link of the page or the address bar names.
    Go(ImagePlace),
    /// Shows another tab of the page.
    ShowTab(ImagePart),
    /// Reads the layers that are not read yet.
    ReadLayers,
    /// Stops reading layers.
    StopReading,
    /// Reads one layer again.
    ReadAgain(u32),
    /// Reads one layer again with a higher limit.
    ReadHigher {
        /// Position of the layer.
        layer: u32,
        /// The limit to raise.
        bound: Bound,
        /// New value of the limit.
        value: u64,
    },
    /// Saves the blob of a layer or of an artifact to disk, compressed as it is stored.
    DownloadBlob(u32),
    /// Saves a machine-readable answer to disk.
    Export(ExportKind),
    /// An action on exports.
    Saving(SavingAction),
    /// Requests the use of the image's bytes again.
    RetryAnalysis,
    /// Shows the prepared squash of the layers from this one to the topmost.
    PrepareSquash(u32),
    /// The user has read the notice of a failed export or download.
    DismissNotice,
    /// An action in the tree.
    Tree(TreeAction),
    /// An action in the search by name.
    Find(FindAction),
    /// An action in a path's panel.
    Panel(PanelAction),
    /// An action in the push dialog.
    Push(PushAction),
    /// An action in the form of a sign-in that work waits for.
    Login(LoginAction),
    /// An action on the container layer.
    Container(ContainerAction),
    /// The image was renamed.
    Named {
        /// All its names from now on.
        names: Vec<String>,
        /// Best single name.
        title: String,
    },
}

impl ImageAction {
    /// True if the user caused the action, other than by scrolling.
    pub(super) fn is_deed(&self) -> bool {
        !matches!(
            self,
            ImageAction::Progress { .. }
                | ImageAction::LayerDone { .. }
                | ImageAction::Answered { .. }
                | ImageAction::Decoding { .. }
                | ImageAction::Named { .. }
                | ImageAction::Tree(TreeAction::Viewport { .. })
                | ImageAction::Panel(PanelAction::Bytes { .. })
        )
    }

    /// True for the answer of a search.
    pub(super) fn is_found(&self) -> bool {
        match self {
            ImageAction::Answered { exchange, .. } => matches!(**exchange, Exchange::Find(..)),
            _ => false,
        }
    }

    /// True for a key that moves from row to row in the tree, or from layer to layer.
    pub(super) fn walks(&self) -> bool {
        match self {
            ImageAction::Tree(TreeAction::Key(key)) => !matches!(
                key,
                TreeKey::Enter | TreeKey::Space | TreeKey::Escape | TreeKey::Siblings
            ),
            ImageAction::Tree(TreeAction::Walk(_)) => true,
            _ => false,
        }
    }

    /// Converts an event of the worker to an action on an image; `None` for events that change no image.
    pub(in crate::ui::state) fn of_event(event: Event) -> Option<(ImageKey, ImageAction)> {
        let (image, action) = match event {
            Event::Layer {
                image,
                layer,
                progress,
                ..
            } => (image, ImageAction::Progress { layer, progress }),
            Event::Content {
                image,
                layer,
                decoded_bytes,
                total_bytes,
            } => {
                let progress = (decoded_bytes, total_bytes);
                (image, ImageAction::Decoding { layer, progress })
            }
            Event::LayerDone {
                image,
                row,
                decoded_bytes,
                n_entries,
                n_layers_ready,
                ..
            } => {
                let done = ImageAction::LayerDone {
                    row: Box::new(row),
                    decoded_bytes,
                    n_entries,
                    n_layers_ready,
                };
                (image, done)
            }
            Event::Named {
                image,
                names,
                title,
            } => (image, ImageAction::Named { names, title }),
            Event::Saving {
                image,
                written_bytes,
                total_bytes,
                ..
            } => {
                let progress = SavingAction::Progress {
                    written_bytes,
                    total_bytes,
                };
                (image, ImageAction::Saving(progress))
            }
            Event::Push { image, news } => (image, ImageAction::Push(PushAction::News(news))),
            Event::Ready { .. }
            | Event::Rehearsed { .. }
            | Event::Alive
            | Event::Opening { .. }
            | Event::Pushed(_)
            | Event::LayerLeft { .. }
            | Event::ReaderLost { .. } => return None,
        };
        Some((image, action))
    }
}

/// An action in the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum TreeAction {
    /// Goes to the files of a view.
    View(TreeView),
    /// Shows another view by a key that walks from layer to layer, wherever the user is.
    Walk(TreeView),
    /// Sorts by a column, or reverses the order if the tree is sorted by that column already.
    Sort(SortKey),
    /// Filters the rows.
    Filter(Filter),
    /// Scrolling or resizing changed the visible rows.
    Viewport {
        /// Position of the first visible row.
        first_row: u32,
        /// Number of fully visible rows.
        n_visible: u32,
    },
    /// The user clicked a row.
    Choose(u32),
    /// The user expanded or collapsed a row with the pointer.
    Twist(u32),
    /// The user pressed a key in the tree.
    Key(TreeKey),
    /// Goes to a path: expands its parents and shows its panel.
    Reveal(ImagePath),
    /// Collapses all directories.
    CollapseAll,
    /// Sends the request again after a failure.
    Retry,
}

/// Keys of a tree, as the ARIA practices name them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the keys' own names")]
pub enum TreeKey {
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// Opens a file's panel, or expands or collapses a directory.
    Enter,
    /// Shows the panel.
    Space,
    Escape,
    /// `*`: expands all siblings.
    Siblings,
    /// Letters typed in quick succession: the start of a name.
    Typed(String),
}

/// An action in the search by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindAction {
    /// The user changed the text.
    Text(String),
    /// The user changed the text elsewhere: the hits are not shown beside the tree.
    Quietly(String),
    /// Chooses the next hit.
    Next,
    /// Chooses the previous hit.
    Previous,
    /// Goes to the hit at this position; `None` for the chosen one.
    Take(Option<usize>),
    /// Hides the hits.
    Close,
}

/// An action in a path's panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanelAction {
    /// Hides the panel.
    Close,
    /// Shows the version that this layer wrote.
    Version(u32),
    /// Shows the content in another way.
    Mode(ContentMode),
    /// Turns the wrapping of long lines on or off.
    Wrap(bool),
    /// Loads the next chunk of a text.
    More,
    /// Scrolling or resizing changed the visible bytes.
    Bytes {
        /// Offset of the first visible byte.
        offset: u64,
        /// Number of visible bytes.
        len: u64,
    },
    /// Reads the content again after a failure.
    Retry,
    /// Stops a slow read of the content.
    Stop,
    /// Saves the version that is shown.
    Download,
    /// Saves the directory that is shown, with everything below it.
    SaveDirectory,
}

/// An announcement in the live region: a result that no key press asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// All layers are verified; carries their number.
    AllVerified(u32),
    /// This layer was refuted or is damaged.
    LayerRefuted(u32),
    /// This layer cannot be read.
    LayerFailed(u32),
    /// Reading this layer stopped at a limit.
    LayerStopped(u32),
    /// This number of rows passes the filter.
    RowsShown(u32),
    /// A search has ended.
    Found {
        /// Number of hits returned.
        n: u32,
        /// True if there are more hits.
        more: bool,
        /// True if all layers were searched.
        is_whole: bool,
    },
    /// A path is not in the current view.
    NotInView,
    /// A file is being saved under this name.
    Saved(String),
    /// The image was pushed.
    Pushed,
    /// The push failed.
    NotPushed,
    /// A new image with this name is open.
    Committed(String),
}
