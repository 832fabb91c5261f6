//! What is open between two requests, and which function answers which.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::layer::Limits;
use crate::overlay::{self, LayerIdx, View};
use crate::protocol::{Answer, ImageKey, Problem, ProblemCode, Request, RequestId, TreeView};
use crate::source::archive::OpenedArchive;
use crate::workspace::{LayerCache, OpenImage};

use super::{PickedInput, Served, World};

/// Everything that is open in one worker.
pub struct Session<W: World> {
    pub(super) world: W,
    pub(super) limits: Limits,
    pub(super) images: RefCell<BTreeMap<ImageKey, Rc<RefCell<Shown>>>>,
    pub(super) archives: RefCell<BTreeMap<u32, Rc<OpenedArchive>>>,
    pub(super) cache: RefCell<LayerCache>,
    pub(super) registries: super::open::Registries,
    cancelled: RefCell<BTreeMap<RequestId, Rc<Cell<bool>>>>,
    next_key: Cell<u32>,
}

/// An open image with what its tree shows.
pub(super) struct Shown {
    pub(super) image: OpenImage,
    pub(super) tree: overlay::TreeView,
    /// What the page looks at; the union grows while layers come in.
    pub(super) view: TreeView,
    /// Where it came from, for its view.
    pub(super) place: Place,
    /// Whether some request reads its layers already.
    pub(super) reading: bool,
}

/// Where an image came from.
#[derive(Clone)]
pub(super) enum Place {
    /// An archive, the image's position in it.
    Archive {
        archive: u32,
        name: String,
        platforms: Vec<crate::protocol::PlatformRow>,
    },
    /// A registry: what reopens it, and the platforms of its index.
    Registry {
        address: String,
        platforms: Vec<crate::protocol::PlatformRow>,
    },
}

/// Tells a request's work to end.
#[derive(Clone)]
pub(super) struct Cancel(Rc<Cell<bool>>);

impl Cancel {
    /// `Break` once the person cancelled.
    pub(super) fn check(&self) -> ControlFlow<()> {
        if self.0.get() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl<W: World> Session<W> {
    /// A session in which nothing is open.
    pub fn new(world: W, limits: Limits) -> Session<W> {
        Session {
            world,
            limits,
            images: RefCell::default(),
            archives: RefCell::default(),
            cache: RefCell::default(),
            registries: super::open::Registries::default(),
            cancelled: RefCell::default(),
            next_key: Cell::new(1),
        }
    }

    /// Answers one request.
    ///
    /// # Errors
    /// The problem that the page shows; what is open stays open.
    pub async fn serve(
        &self,
        id: RequestId,
        request: Request,
        files: Vec<PickedInput>,
    ) -> Result<Served<W::Saved>, Problem> {
        let flag = Rc::new(Cell::new(false));
        self.cancelled.borrow_mut().insert(id, Rc::clone(&flag));
        let cancel = Cancel(Rc::clone(&flag));
        let served = self.dispatch(id, request, files, cancel).await;
        self.cancelled.borrow_mut().remove(&id);
        match served {
            Err(problem) if flag.get() => Err(Problem::new(
                ProblemCode::Cancelled,
                problem.subject,
                "cancelled",
            )),
            other => other,
        }
    }

    async fn dispatch(
        &self,
        id: RequestId,
        request: Request,
        files: Vec<PickedInput>,
        cancel: Cancel,
    ) -> Result<Served<W::Saved>, Problem> {
        let answer = match request {
            Request::OpenFile { name } => self.open_file(id, name, files, cancel).await?,
            Request::OpenFolder { name, paths } => {
                self.open_folder(id, name, paths, files, cancel).await?
            }
            Request::OpenAddress { text, platform } => {
                self.open_address(id, &text, platform.as_deref(), &cancel)
                    .await?
            }
            Request::Catalog { registry, cursor } => self.catalog(&registry, cursor).await?,
            Request::Tags {
                registry,
                repository,
                cursor,
            } => self.tags(&registry, &repository, cursor).await?,
            Request::OpenFound { archive, image } => self.open_found(archive, image).await?,
            Request::ReadLayers { image } => self.read_layers(image, &cancel).await?,
            Request::ReadLayerAgain { image, layer } => {
                self.read_layer_again(image, layer, &cancel).await?
            }
            Request::Tree {
                image,
                change,
                start,
                len,
            } => self.tree(image, change, start, len)?,
            Request::Find { image, text, limit } => self.find(image, &text, limit)?,
            Request::Detail {
                image,
                path_hex,
                view,
            } => self.detail(image, &path_hex, view)?,
            Request::Content {
                image,
                path_hex,
                layer,
                offset,
                len,
            } => return self.content(image, &path_hex, layer, offset, len).await,
            Request::Download {
                image,
                path_hex,
                layer,
            } => return self.download(image, &path_hex, layer, &cancel).await,
            Request::Export { image, kind } => return self.export(image, kind).await,
            Request::Close { image } => {
                self.images.borrow_mut().remove(&image);
                Answer::Done
            }
            Request::CloseArchive { archive } => {
                self.archives.borrow_mut().remove(&archive);
                Answer::Done
            }
            Request::Cancel { request } => {
                if let Some(flag) = self.cancelled.borrow().get(&request) {
                    flag.set(true);
                }
                Answer::Done
            }
        };
        Ok(Served::answer(answer))
    }

    /// A number that nothing open has.
    pub(super) fn new_key(&self) -> u32 {
        let key = self.next_key.get();
        self.next_key.set(key + 1);
        key
    }

    /// An open image.
    pub(super) fn shown(&self, image: ImageKey) -> Result<Rc<RefCell<Shown>>, Problem> {
        self.images.borrow().get(&image).cloned().ok_or_else(|| {
            Problem::new(
                ProblemCode::Closed,
                "image",
                "the image was closed meanwhile",
            )
        })
    }

    /// Opens a found image under a new key.
    pub(super) fn show(&self, image: OpenImage, place: Place) -> ImageKey {
        let key = ImageKey(self.new_key());
        let shown = Shown {
            tree: overlay::TreeView::new(View::UpTo(LayerIdx(0))),
            view: TreeView::Union,
            image,
            place,
            reading: false,
        };
        self.images
            .borrow_mut()
            .insert(key, Rc::new(RefCell::new(shown)));
        key
    }
}
