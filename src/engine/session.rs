//! The state of the engine: open images and archives, running requests, and the stores and limits that both use.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::bounds::Limits;
use crate::overlay::{self, LayerIdx, View};
use crate::protocol::{ImageKey, Platforms, Problem, ProblemCode, RequestId, TreeView};
use crate::source::archive::OpenedArchive;
use crate::source::registry::Push;
use crate::workspace::{ContainerStore, FileContent, LayerCache, LayerStore, OpenImage};

use super::World;
use super::apart::{DoApart, do_here};
use super::cancel::UnderWay;
use super::container_facts::ContainerFacts;
use super::key_lock::KeyLocks;
use super::slots::Slots;

/// A push that is under way or failed, with the platforms that it was asked for.
type KeptPush = (Option<Platforms>, Rc<Push>);

/// The state of one engine. Nothing is borrowed across an await.
pub struct Session<W: World> {
    pub(super) world: W,
    pub(super) limits: Limits,
    pub(super) images: RefCell<BTreeMap<ImageKey, Rc<RefCell<Shown>>>>,
    pub(super) archives: RefCell<BTreeMap<u32, Rc<OpenedArchive>>>,
    pub(super) cache: RefCell<LayerCache>,
    pub(super) store: LayerStore,
    /// The file that was read last.
    pub(super) looked_at: RefCell<Option<Rc<FileContent>>>,
    pub(super) containers: ContainerStore,
    pub(super) registries: super::open::Registries,
    /// The last push of each image, to be resumed if it failed.
    pub(super) pushes: RefCell<BTreeMap<ImageKey, KeptPush>>,
    pub(super) slots: Slots,
    /// The layers that are being looked up or read, by their identity.
    pub(super) locks: KeyLocks,
    /// True after a worker died. From then on nothing is done that was not asked for.
    pub(super) is_careful: Cell<bool>,
    /// Answers requests whose code is in parts of the program.
    pub(super) do_apart: DoApart<W>,
    pub(super) under_way: RefCell<BTreeMap<RequestId, UnderWay>>,
    next_key: Cell<u32>,
}

/// An open image with the state of its tree.
pub(super) struct Shown {
    pub(super) image: OpenImage,
    pub(super) tree: overlay::TreeRows,
    /// The view that the page asked for; the union grows while layers are read.
    pub(super) view: TreeView,
    /// The origin of the image, for its `ImageView`.
    pub(super) place: Place,
    /// True while a request reads its layers.
    pub(super) reading: bool,
    /// Layers that the store was asked for and does not have.
    pub(super) missed: BTreeSet<usize>,
    /// The limits of layers for which the person raised one.
    pub(super) raised: BTreeMap<usize, Limits>,
    /// The state of its container layer.
    pub(super) container: ContainerFacts,
}

/// The origin of an image.
#[derive(Clone)]
pub(super) enum Place {
    /// An open archive: its key and name, and the image's rows for other platforms.
    Archive {
        archive: u32,
        name: String,
        platforms: Vec<crate::protocol::PlatformRow>,
    },
    /// A commit or a squash of another open image.
    Committed,
    /// A registry: the address that opens the image again, its name if it has a tag, the platforms of its index.
    Registry {
        address: String,
        name: Option<String>,
        platforms: Vec<crate::protocol::PlatformRow>,
    },
}

impl<W: World> Session<W> {
    /// Creates a session in which nothing is open, for a program that consists of one part.
    pub fn new(world: W, limits: Limits) -> Session<W> {
        Session::apart(world, limits, do_here)
    }

    /// Creates a session that uses `do_apart` to answer the requests of [`super::Part`]s.
    pub fn apart(world: W, limits: Limits, do_apart: DoApart<W>) -> Session<W> {
        Session {
            store: LayerStore::new(world.store()),
            slots: Slots::new(world.readers().map_or(1, |readers| readers.n_cores())),
            locks: KeyLocks::default(),
            containers: ContainerStore::new(world.containers()),
            world,
            limits,
            images: RefCell::default(),
            archives: RefCell::default(),
            cache: RefCell::default(),
            looked_at: RefCell::default(),
            registries: super::open::Registries::default(),
            pushes: RefCell::default(),
            is_careful: Cell::default(),
            do_apart,
            under_way: RefCell::default(),
            next_key: Cell::new(1),
        }
    }

    /// Returns a number that identifies nothing open.
    pub(super) fn new_key(&self) -> u32 {
        let key = self.next_key.get();
        self.next_key.set(key + 1);
        key
    }

    /// Returns an open image.
    pub(super) fn shown(&self, image: ImageKey) -> Result<Rc<RefCell<Shown>>, Problem> {
        self.images.borrow().get(&image).cloned().ok_or_else(|| {
            Problem::new(
                ProblemCode::Closed,
                Message::none(),
                Message::image_closed(),
            )
        })
    }

    /// Opens a found image under a new key.
    pub(super) fn show(&self, image: OpenImage, place: Place) -> ImageKey {
        let key = ImageKey(self.new_key());
        let shown = Shown {
            tree: overlay::TreeRows::new(View::UpTo(LayerIdx(0))),
            view: TreeView::Union,
            image,
            place,
            reading: false,
            missed: BTreeSet::new(),
            raised: BTreeMap::new(),
            container: ContainerFacts::default(),
        };
        self.images
            .borrow_mut()
            .insert(key, Rc::new(RefCell::new(shown)));
        key
    }
}
