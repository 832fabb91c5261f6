//! What can happen to an image's page: what the worker tells, what it answers, what the person does.

use crate::protocol::{
    Bound, Event, Exchange, ExportKind, ImageKey, LayerProgress, LayerRow, Request, RequestId,
    SortColumn, TreeFilter, TreeView,
};
use crate::ui::state::ImagePlace;

use super::container::{ContainerAction, UploadId};
use super::{ContentMode, PushAction, SavingAction};

/// Tells one order of the outbox from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderId(pub u32);

/// What the page has to send to the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// A request; its answer comes back as [`ImageAction::Answered`].
    Ask(Request),
    /// A request with the files of an upload.
    AskWith(Request, UploadId),
    /// The end of a request whose answer nobody waits for any more.
    Cancel(RequestId),
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageAction {
    /// A layer is further than before.
    Progress {
        /// The layer, counted from 0 at the base.
        layer: u32,
        /// How far.
        progress: LayerProgress,
    },
    /// A layer is done.
    LayerDone {
        /// The layer as it stands now.
        row: Box<LayerRow>,
        /// Decoded bytes of the layers that are done.
        decoded_bytes: u64,
        /// Entries of the layers that are done.
        n_entries: u64,
        /// How many layers, from the base, the union consists of.
        n_layers_ready: u32,
    },
    /// An order has been posted; requests have an id by which they can be cancelled.
    Sent {
        /// The order.
        order: OrderId,
        /// The request's id.
        request: Option<RequestId>,
    },
    /// A request has been answered.
    Answered {
        /// The order that asked.
        order: OrderId,
        /// The question with what came of it.
        exchange: Box<Exchange>,
        /// The envelope's first buffer, empty where there is none.
        bytes: Vec<u8>,
    },
    /// A file's content is being decoded.
    Decoding {
        /// The layer whose version it is.
        layer: u32,
        /// Bytes so far, and bytes in all.
        progress: (u64, u64),
    },
    /// A link of the page leads there.
    Go(ImagePlace),
    /// The address bar says that the page is there.
    Told(ImagePlace),
    /// Shows another of the page's tabs.
    ShowTab(Tab),
    /// Reads the layers that are not read yet.
    ReadLayers,
    /// Stops reading.
    StopReading,
    /// Reads one layer again.
    ReadAgain(u32),
    /// Reads one layer again with a higher limit.
    ReadHigher {
        /// The layer.
        layer: u32,
        /// Which limit.
        bound: Bound,
        /// Its new value.
        value: u64,
    },
    /// Saves a layer or an artifact's blob, as it is stored, to disk.
    DownloadBlob(u32),
    /// Saves a machine-readable answer to disk.
    Export(ExportKind),
    /// Something about exports.
    Saving(SavingAction),
    /// Asks again for what the image's bytes are good for.
    RetrySpace,
    /// The person has read the notice of a failed export or download.
    DismissNotice,
    /// Something in the tree.
    Tree(TreeAction),
    /// Something in the search by name.
    Find(FindAction),
    /// Something in the panel of a path.
    Panel(PanelAction),
    /// Something in the dialog that pushes.
    Push(PushAction),
    /// Something with the container layer.
    Container(ContainerAction),
    /// The image is called otherwise.
    Named {
        /// Its names from now on.
        names: Vec<String>,
        /// The best single name.
        title: String,
    },
}

impl ImageAction {
    /// Whether a person did it, other than by scrolling.
    pub(super) fn is_deed(&self) -> bool {
        !matches!(
            self,
            ImageAction::Progress { .. }
                | ImageAction::LayerDone { .. }
                | ImageAction::Sent { .. }
                | ImageAction::Answered { .. }
                | ImageAction::Decoding { .. }
                | ImageAction::Named { .. }
                | ImageAction::Tree(TreeAction::Viewport { .. })
                | ImageAction::Panel(PanelAction::Bytes { .. })
        )
    }

    /// Whether it is a key that goes from row to row in the tree.
    pub(super) fn walks(&self) -> bool {
        match self {
            ImageAction::Tree(TreeAction::Key(key)) => !matches!(
                key,
                TreeKey::Enter | TreeKey::Space | TreeKey::Escape | TreeKey::Siblings
            ),
            _ => false,
        }
    }

    /// What an event of the worker means for an image; `None` for events that concern no image.
    pub fn of_event(event: &Event) -> Option<(ImageKey, ImageAction)> {
        match event {
            Event::Layer {
                image,
                layer,
                progress,
                ..
            } => Some((
                *image,
                ImageAction::Progress {
                    layer: *layer,
                    progress: *progress,
                },
            )),
            Event::Content {
                image,
                layer,
                decoded_bytes,
                total_bytes,
            } => Some((
                *image,
                ImageAction::Decoding {
                    layer: *layer,
                    progress: (*decoded_bytes, *total_bytes),
                },
            )),
            Event::LayerDone {
                image,
                row,
                decoded_bytes,
                n_entries,
                n_layers_ready,
                ..
            } => Some((
                *image,
                ImageAction::LayerDone {
                    row: Box::new(row.clone()),
                    decoded_bytes: *decoded_bytes,
                    n_entries: *n_entries,
                    n_layers_ready: *n_layers_ready,
                },
            )),
            Event::Named {
                image,
                names,
                title,
            } => Some((
                *image,
                ImageAction::Named {
                    names: names.clone(),
                    title: title.clone(),
                },
            )),
            Event::Saving {
                image,
                written_bytes,
                total_bytes,
                ..
            } => Some((
                *image,
                ImageAction::Saving(SavingAction::Progress {
                    written_bytes: *written_bytes,
                    total_bytes: *total_bytes,
                }),
            )),
            Event::Push { image, news } => {
                let news = PushAction::News(news.clone());
                Some((*image, ImageAction::Push(news)))
            }
            Event::Ready { .. }
            | Event::Rehearsed { .. }
            | Event::Alive
            | Event::Opening { .. }
            | Event::Pushed(_)
            | Event::LayerLeft { .. }
            | Event::ReaderLost { .. } => None,
        }
    }
}

/// The parts of an image's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The tree and a path's panel.
    #[default]
    Files,
    /// What the image says about running it.
    Configuration,
    /// How it came to be.
    History,
    /// What its bytes are good for.
    Space,
    /// Names and annotations.
    Tags,
    /// What a container has changed.
    Diff,
    /// A new image.
    Commit,
}

/// Something in the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum TreeAction {
    /// Shows other files.
    View(TreeView),
    /// Sorts by a column, or turns the order round where it is sorted by it already.
    Sort(SortColumn),
    /// Filters.
    Filter(TreeFilter),
    /// Other rows are in sight.
    Viewport {
        /// The first of them.
        first_row: u32,
        /// How many are wholly in sight.
        n_visible: u32,
    },
    /// A row is chosen with the pointer.
    Choose(u32),
    /// A row is opened or closed with the pointer.
    Twist(u32),
    /// A key, in the tree.
    Key(TreeKey),
    /// Goes to a path, opens what leads to it, and shows its panel.
    Reveal(String),
    /// Closes all directories.
    CollapseAll,
    /// Asks again after a failure.
    Retry,
}

/// The keys of a tree, as the ARIA practices name them.
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
    /// Opens a file's panel, or a directory.
    Enter,
    /// Shows the panel.
    Space,
    Escape,
    /// `*`: opens all siblings.
    Siblings,
    /// Letters typed in quick succession: the beginning of a name.
    Typed(String),
}

/// Something in the search by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindAction {
    /// Other text.
    Text(String),
    /// The next hit.
    Next,
    /// The hit before.
    Previous,
    /// Goes to the hit that is chosen, or to this one.
    Take(Option<usize>),
    /// Hides the hits.
    Close,
}

/// Something in the panel of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanelAction {
    /// Hides it.
    Close,
    /// Shows the version that a layer wrote.
    Version(u32),
    /// Shows the content another way.
    Mode(ContentMode),
    /// Breaks long lines, or not.
    Wrap(bool),
    /// Loads the next piece of a text.
    More,
    /// Other bytes are in sight.
    Bytes {
        /// The first of them.
        offset: u64,
        /// How many.
        len: u64,
    },
    /// Tries again to read the content.
    Retry,
    /// Ends a reading of the content that takes long.
    Stop,
    /// Saves the version that is shown.
    Download,
    /// Saves the directory that is shown, with all below it.
    SaveDirectory,
}

/// What the live region says: results that come without a key having been pressed for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// All layers hold.
    AllVerified(u32),
    /// A layer was refuted or is damaged.
    LayerRefuted(u32),
    /// A layer cannot be had.
    LayerFailed(u32),
    /// A layer's reading ended at a limit.
    LayerStopped(u32),
    /// So many rows remain.
    RowsShown(u32),
    /// So many names were found.
    Found {
        /// Hits.
        n: u32,
        /// Whether there are more.
        more: bool,
        /// True where all layers were looked through.
        is_whole: bool,
    },
    /// A path is not in the current view.
    NotInView,
    /// A file is being saved under this name.
    Saved(String),
    /// The image is in a registry now.
    Pushed,
    /// It did not get there.
    NotPushed,
    /// A new image of this name is open.
    Committed(String),
}
