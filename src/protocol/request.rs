//! What the page asks of the worker, and the answers' envelope.

use serde::{Deserialize, Serialize};

use super::{
    Bound, CatalogAnswer, ContainerAnswer, ContainerRequest, ContentAnswer, DetailAnswer,
    ExportAnswer, ExportKind, FoundRow, ImageKey, ImageView, MatchRow, OpenedAddress, OtherRow,
    PushScope, PushedView, SaveKind, Secret, SpaceAnswer, StorageView, TagsAnswer, TreeChange,
    TreeView, TreeWindow,
};

/// The version of these messages; page and worker must agree, since a browser may cache them apart.
pub const VERSION: u32 = 8;

/// Tells one request's answers and events from another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u32);

/// A question or an order. Files travel beside it in the envelope, in the order that it names them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Opens the one file beside this message: an archive, or a tar of a root file system.
    OpenFile {
        /// The file's name, for messages.
        name: String,
    },
    /// Opens a dropped folder: an OCI layout. As many files beside this message as there are paths.
    OpenFolder {
        /// The folder's name.
        name: String,
        /// The files' paths below it, in the order of the files.
        paths: Vec<String>,
    },
    /// Opens what was typed or stands in the address bar: a registry, a repository or an image reference.
    OpenAddress {
        /// The text as typed.
        text: String,
        /// Which platform of a multi-platform image, `os/arch[/variant]`; the default one for `None`.
        platform: Option<String>,
        /// Whether a link led here: then no host is asked that only the manifest names.
        by_link: bool,
    },
    /// The next page of a registry's repositories.
    Catalog {
        /// The registry's base URL as [`super::RegistryView::url`] gave it.
        registry: String,
        /// Where to go on, as the last page said; `None` from the start.
        cursor: Option<String>,
    },
    /// The next page of a repository's tags.
    Tags {
        /// The registry's base URL.
        registry: String,
        /// The repository's name in the registry.
        repository: String,
        /// Where to go on; `None` from the start.
        cursor: Option<String>,
    },
    /// Opens one of the images that [`Answer::Archive`] listed, under a key of its own.
    OpenFound {
        /// The archive's key.
        archive: u32,
        /// The image's position in the archive's list.
        image: u32,
    },
    /// Starts reading the layers of an image that are not read yet; answered when all are read, with
    /// [`super::Event::Layer`] in between.
    ReadLayers {
        /// The image.
        image: ImageKey,
    },
    /// Reads one layer again although its digest is known or its reading failed.
    ReadLayerAgain {
        /// The image.
        image: ImageKey,
        /// The layer, counted from 0 at the base.
        layer: u32,
    },
    /// Reads one layer again with a higher limit, which holds for this layer from then on.
    ReadLayerHigher {
        /// The image.
        image: ImageKey,
        /// The layer, counted from 0 at the base.
        layer: u32,
        /// Which limit.
        bound: Bound,
        /// Its new value; never more than a browser can hold.
        value: u64,
    },
    /// Leaves layers out that are not read yet: the reader died over them. `ReadLayerAgain` takes each in again.
    LeaveOut {
        /// The image.
        image: ImageKey,
        /// The layers, counted from 0 at the base.
        layers: Vec<u32>,
    },
    /// Changes what an image's tree shows, where asked, and gives a window of its rows.
    Tree {
        /// The image.
        image: ImageKey,
        /// What to change first.
        change: Option<TreeChange>,
        /// The first row wanted.
        start: u32,
        /// How many rows at most.
        len: u32,
    },
    /// Paths whose name holds the text, in the tree's current view.
    Find {
        /// The image.
        image: ImageKey,
        /// What the name holds, without regard to ASCII case.
        text: String,
        /// How many at most.
        limit: u32,
    },
    /// Everything about one path.
    Detail {
        /// The image.
        image: ImageKey,
        /// The path's bytes in lower-case hex (names need not be text).
        path_hex: String,
        /// The view in which it is asked.
        view: TreeView,
    },
    /// What the image's bytes are good for; a long computation for a large image.
    Space {
        /// The image.
        image: ImageKey,
    },
    /// Bytes of a file as one layer wrote it; they come in the envelope's first buffer.
    Content {
        /// The image.
        image: ImageKey,
        /// The path's bytes in hex.
        path_hex: String,
        /// The layer whose version is wanted.
        layer: u32,
        /// The first byte.
        offset: u64,
        /// How many at most.
        len: u32,
    },
    /// A whole file as one layer wrote it; it comes as the envelope's first file (a Blob).
    Download {
        /// The image.
        image: ImageKey,
        /// The path's bytes in hex.
        path_hex: String,
        /// The layer whose version is wanted.
        layer: u32,
    },
    /// A layer or an artifact's blob as it is stored; it comes as the envelope's first file (a Blob).
    DownloadBlob {
        /// The image.
        image: ImageKey,
        /// Which, counted from 0 at the base.
        layer: u32,
    },
    /// A machine-readable answer; it comes as the envelope's first file (a Blob).
    Export {
        /// The image.
        image: ImageKey,
        /// Which.
        kind: ExportKind,
    },
    /// Something about the container layer of an image; answered by `Container`, and `Names` by `Image`.
    Container {
        /// The image.
        image: ImageKey,
        /// What.
        ask: ContainerRequest,
    },
    /// An archive, a directory or a layer, written to the disk while it is made; told of by [`super::Event::Saving`].
    /// Where the page has a file for it, that stands in the envelope's target, else the answer brings one.
    Save {
        /// The image.
        image: ImageKey,
        /// What.
        kind: SaveKind,
    },
    /// Signs in at a registry, for as long as this worker runs.
    SignIn {
        /// The registry's base URL.
        registry: String,
        /// The name.
        name: Secret,
        /// The password.
        password: Secret,
    },
    /// Pushes an image to a registry, or goes on with a push of it to the same place that failed.
    Push {
        /// The image.
        image: ImageKey,
        /// `[http[s]://]host/repository[:tag]`.
        target: String,
        /// Further tags.
        tags: Vec<String>,
        /// Which images go with it.
        scope: PushScope,
    },
    /// Forgets an image and frees what it held.
    Close {
        /// The image.
        image: ImageKey,
    },
    /// Forgets an archive that no open image needs.
    CloseArchive {
        /// The archive's key.
        archive: u32,
    },
    /// A worker died before this one: from now on nothing is done that was not asked for.
    BeCareful,
    /// What this browser keeps of layers.
    Storage,
    /// Removes all that is kept.
    ClearStorage,
    /// Keeps at most so much from now on, and removes what is more.
    ChooseQuota {
        /// Bytes; 0 to keep nothing.
        bytes: u64,
    },
    /// Ends a request that is under way; that request is answered with [`super::ProblemCode::Cancelled`].
    Cancel {
        /// The request.
        request: RequestId,
    },
}

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "one answer is alive at a time")]
pub enum Answer {
    /// To `OpenFile` and `OpenFolder`: what the archive holds. An archive with one image is opened by the page at once.
    Archive {
        /// The archive's key for `OpenFound`.
        archive: u32,
        /// The file's or folder's name.
        name: String,
        /// Its images.
        images: Vec<FoundRow>,
        /// What else it holds: attestations, artifacts, images that cannot be opened and why.
        others: Vec<OtherRow>,
        /// What is odd about it.
        warnings: Vec<super::Warning>,
        /// The one image of an archive that holds no other, opened as by `OpenFound`.
        only: Option<Box<ImageView>>,
    },
    /// To `OpenAddress`.
    Address(OpenedAddress),
    /// To `Catalog`.
    Catalog(CatalogAnswer),
    /// To `Tags`.
    Tags(TagsAnswer),
    /// To `OpenFound`, `ReadLayers`, `ReadLayerAgain` and `ReadLayerHigher`: the image as it stands now.
    Image(ImageView),
    /// To `Tree`.
    Tree(TreeWindow),
    /// To `Find`.
    Matches {
        /// The paths, best first.
        rows: Vec<MatchRow>,
        /// Whether there are more than the limit.
        more: bool,
        /// True where all layers were looked through, to their ends.
        is_whole: bool,
    },
    /// To `Detail`.
    Detail(DetailAnswer),
    /// To `Space`.
    Space(SpaceAnswer),
    /// To `Storage`, `ClearStorage` and `ChooseQuota`.
    Storage(StorageView),
    /// To `Content`.
    Content(ContentAnswer),
    /// To `Container`.
    Container(ContainerAnswer),
    /// To `Download`, `DownloadBlob`, `Export` and `Save`: a file to be saved came with it.
    File(ExportAnswer),
    /// To `Save`: it is written already, where the person wanted it.
    Saved(ExportAnswer),
    /// To `Push`.
    Pushed(PushedView),
    /// To `SignIn`, `Close`, `CloseArchive`, `LeaveOut` and `Cancel`.
    Done,
}
