//! A session in memory, and short ways to send it requests.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::engine::{PickedInput, Readers, Saver, Served, Session, Sink, World};
use lamina::image::ImagePath;
use lamina::io::{
    self, Bytes, Clock, LocalFuture, MemoryClock, MemorySpool, MemoryStore, Room, Spool, Store,
    Transport,
};
use lamina::protocol::{
    Analysed, Answer, ArchiveView, Ask, Event, ImageKey, ImageView, Problem, Request, RequestId,
    TreeChange, TreeView, TreeWindow, ask, typed,
};

use crate::support::run;

/// The environment of a test: events are recorded, and files are saved as bytes.
pub(crate) struct MemoryWorld {
    transport: Option<Rc<dyn Transport>>,
    told: Rc<RefCell<Vec<Event>>>,
    store: MemoryStore,
    readers: Option<Rc<dyn Readers>>,
    /// Current time, and the step by which each reading of it advances.
    millis: Cell<f64>,
    step_millis: Rc<Cell<f64>>,
    containers: MemoryStore,
    page_is_https: Rc<Cell<bool>>,
}

/// Returns persistent storage for container layers.
pub(super) fn container_room() -> MemoryStore {
    MemoryStore::new(Room {
        bytes: 1 << 24,
        lasts: true,
    })
}

impl World for MemoryWorld {
    type Saved = Vec<u8>;
    type Saver = MemorySaver;
    type Sink = MemorySink;

    fn transport(&self) -> Rc<dyn Transport> {
        self.transport.clone().expect("the test has a registry")
    }

    fn clock(&self) -> Rc<dyn Clock> {
        Rc::new(MemoryClock::at(0))
    }

    fn now_millis(&self) -> f64 {
        let now = self.millis.get() + self.step_millis.get();
        self.millis.set(now);
        now
    }

    fn spool(&self) -> Box<dyn Spool> {
        Box::new(MemorySpool::new(1 << 20))
    }

    fn store(&self) -> Rc<dyn Store> {
        Rc::new(self.store.clone())
    }

    fn containers(&self) -> Rc<dyn Store> {
        Rc::new(self.containers.clone())
    }

    fn saver(&self) -> MemorySaver {
        MemorySaver::default()
    }

    fn sink(&self, _request: RequestId) -> LocalFuture<'_, Result<MemorySink, io::Error>> {
        Box::pin(std::future::ready(Ok(MemorySink::default())))
    }

    fn tell(&self, event: Event) {
        self.told.borrow_mut().push(event);
    }

    fn page_is_https(&self) -> bool {
        self.page_is_https.get()
    }

    fn breathe(&self) -> LocalFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn readers(&self) -> Option<Rc<dyn Readers>> {
        self.readers.clone()
    }
}

#[derive(Default)]
pub(crate) struct MemorySaver(Vec<u8>);

impl Saver for MemorySaver {
    type Saved = Vec<u8>;

    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(self, _media_type: &str) -> Option<Vec<u8>> {
        Some(self.0)
    }
}

#[derive(Default)]
pub(crate) struct MemorySink(Vec<u8>);

impl Sink for MemorySink {
    type Saved = Vec<u8>;

    fn push(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), io::Error>> {
        self.0.extend_from_slice(&bytes);
        Box::pin(std::future::ready(Ok(())))
    }

    fn finish(
        self,
        _media_type: &'static str,
    ) -> LocalFuture<'static, Result<Option<Vec<u8>>, io::Error>> {
        Box::pin(std::future::ready(Ok(Some(self.0))))
    }
}

/// A session and its events.
pub(crate) struct Asked {
    pub(crate) session: Session<MemoryWorld>,
    pub(crate) told: Rc<RefCell<Vec<Event>>>,
    /// Time that passes at each reading of the clock; initially 0.
    pub(crate) step_millis: Rc<Cell<f64>>,
    /// True if the page was loaded by https; initially false.
    pub(super) page_is_https: Rc<Cell<bool>>,
}

impl Asked {
    pub(crate) fn new(transport: Option<Rc<dyn Transport>>) -> Asked {
        Asked::within(transport, Limits::DEFAULT)
    }

    /// Makes a session with other limits.
    pub(crate) fn within(transport: Option<Rc<dyn Transport>>, limits: Limits) -> Asked {
        Asked::keeping_in(no_store(), transport, limits)
    }

    /// Makes a session with other readers of its layers.
    pub(super) fn with_readers(store: MemoryStore, readers: Rc<dyn Readers>) -> Asked {
        Asked::of(
            container_room(),
            store,
            None,
            Some(readers),
            Limits::DEFAULT,
        )
    }

    /// Makes a session with a store that other sessions may share.
    pub(crate) fn keeping_in(
        store: MemoryStore,
        transport: Option<Rc<dyn Transport>>,
        limits: Limits,
    ) -> Asked {
        Asked::of(container_room(), store, transport, None, limits)
    }

    /// Makes a session with a store of container layers that other sessions may share.
    pub(super) fn with_containers(
        containers: MemoryStore,
        store: MemoryStore,
        transport: Option<Rc<dyn Transport>>,
        limits: Limits,
    ) -> Asked {
        Asked::of(containers, store, transport, None, limits)
    }

    fn of(
        containers: MemoryStore,
        store: MemoryStore,
        transport: Option<Rc<dyn Transport>>,
        readers: Option<Rc<dyn Readers>>,
        limits: Limits,
    ) -> Asked {
        let told = Rc::default();
        let step_millis = Rc::default();
        let page_is_https = Rc::default();
        let world = MemoryWorld {
            transport,
            told: Rc::clone(&told),
            store,
            readers,
            millis: Cell::default(),
            step_millis: Rc::clone(&step_millis),
            containers,
            page_is_https: Rc::clone(&page_is_https),
        };
        Asked {
            session: Session::new(world, limits),
            told,
            step_millis,
            page_is_https,
        }
    }

    pub(crate) fn ask(&self, request: Request) -> Result<Served<Vec<u8>>, Problem> {
        run(self.session.serve(RequestId(1), request, Vec::new()))
    }

    /// Returns the findings of an analysis of an open image.
    pub(crate) fn findings<F: Analysed>(&self, image: ImageKey) -> Result<F, Problem> {
        let kind = F::KIND;
        self.answer(ask::Analyse { image, kind })?.unpack()
    }

    /// Returns the typed answer to a question.
    pub(crate) fn answer<A: Ask>(&self, question: A) -> Result<A::Answer, Problem> {
        typed::<A>(self.ask(question.into()).map(|served| served.answer))
    }

    /// Opens an archive of one image and reads its layers.
    pub(crate) fn open(&self, archive: Vec<u8>) -> ImageView {
        self.read(self.found(archive).key)
    }

    /// Opens an archive of one image, and reads no layer.
    pub(crate) fn found(&self, archive: Vec<u8>) -> ImageView {
        let archive = self.archive(archive).unwrap();
        let found = Request::OpenFound(ask::OpenFound { archive, image: 0 });
        match self.ask(found).unwrap().answer {
            Answer::Image(image) => image,
            other => panic!("an image was asked for: {other:?}"),
        }
    }

    pub(crate) fn archive(&self, bytes: Vec<u8>) -> Result<u32, Problem> {
        let request = Request::OpenFile(ask::OpenFile {
            name: "image.tar".to_owned(),
        });
        let file = PickedInput {
            bytes: Rc::new(Bytes::new(bytes)),
        };
        let served = run(self.session.serve(RequestId(1), request, vec![file]))?;
        match served.answer {
            Answer::Archive(ArchiveView { archive, .. }) => Ok(archive),
            other => panic!("an archive was asked for: {other:?}"),
        }
    }

    pub(crate) fn read(&self, image: ImageKey) -> ImageView {
        match self
            .ask(Request::ReadLayers(ask::ReadLayers { image }))
            .unwrap()
            .answer
        {
            Answer::Image(image) => image,
            other => panic!("an image was asked for: {other:?}"),
        }
    }

    pub(crate) fn tree(&self, image: ImageKey, change: Option<TreeChange>) -> TreeWindow {
        let request = Request::Tree(ask::Tree {
            image,
            change,
            start: 0,
            len: 100,
        });
        match self.ask(request).unwrap().answer {
            Answer::Tree(window) => window,
            other => panic!("a tree was asked for: {other:?}"),
        }
    }

    /// Returns the rows of a view, one per line: depth, change, name, size.
    pub(crate) fn rows(&self, image: ImageKey, view: TreeView) -> String {
        let window = self.tree(image, Some(TreeChange::View { view }));
        let row = |row: &lamina::protocol::TreeRow| {
            let change = row
                .change
                .map(|change| format!(" {change:?}"))
                .unwrap_or_default();
            format!(
                "{}{}{change} {}",
                "-".repeat(row.depth as usize),
                row.name.text,
                row.size_bytes
            )
        };
        window.rows.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

/// Returns a store that keeps nothing.
pub(super) fn no_store() -> MemoryStore {
    MemoryStore::new(Room {
        bytes: 0,
        lasts: false,
    })
}

pub(crate) fn at(path: &str) -> ImagePath {
    ImagePath::normalise(path.as_bytes()).expect("holds no NUL")
}
