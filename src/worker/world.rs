//! The worker's environment: fetch, the private file system, blobs, and messages to the page.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use gloo::timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileSystemFileHandle};

use crate::bounds::Limits;
use crate::engine::{Readers, Saver, Sink, World};
use crate::io::{self, Clock, LocalFuture, MemoryStore, Room, Spool, Store, Transport};
use crate::protocol::{Answer, Event, Problem, RequestId};
use crate::web::blob::BlobWriter;
use crate::web::extension;
use crate::web::global::{can_nest_workers, n_cores, now_millis};
use crate::web::relay;
use crate::web::sink::FileSink;
use crate::web::spool::BrowserSpool;
use crate::web::store::BrowserStore;

use super::envelope::{Envelope, Told};
use super::pool::Pool;

/// The room of the store during the warm-up.
const UNSEEN_ROOM: Room = Room {
    bytes: 4 * 1024 * 1024,
    lasts: false,
};

/// The environment in which a worker serves the page.
pub(super) struct BrowserWorld {
    scope: DedicatedWorkerGlobalScope,
    page_is_https: bool,
    /// The files that open requests are to write.
    targets: RefCell<BTreeMap<u32, FileSystemFileHandle>>,
    readers: Rc<Pool>,
    /// The store used in place of the browser's, if the page must not notice anything.
    unseen: Option<MemoryStore>,
}

impl BrowserWorld {
    pub(super) fn new(scope: DedicatedWorkerGlobalScope) -> BrowserWorld {
        let page_is_https = scope.location().protocol() == "https:";
        let readers = match can_nest_workers() {
            true => {
                // Only the engine asks hosts, so no reader needs the key.
                let script = scope.location().href();
                let script = script.split('#').next().unwrap_or_default().to_owned();
                Pool::new(script, n_cores())
            }
            false => Pool::absent(),
        };
        BrowserWorld {
            scope,
            page_is_https,
            targets: RefCell::default(),
            readers: Rc::new(readers),
            unseen: None,
        }
    }

    /// Returns an environment with the same readers whose events nobody receives, and which leaves nothing behind.
    pub(super) fn unseen(&self) -> BrowserWorld {
        BrowserWorld {
            scope: self.scope.clone(),
            page_is_https: self.page_is_https,
            targets: RefCell::default(),
            readers: Rc::clone(&self.readers),
            unseen: Some(MemoryStore::new(UNSEEN_ROOM)),
        }
    }

    /// Starts the readers for the first layers.
    pub(super) async fn stand_by(&self) {
        self.readers.stand_by().await;
    }

    /// Records the file that a request is to write.
    pub(super) fn set_target(&self, id: u32, target: Option<FileSystemFileHandle>) {
        if let Some(target) = target {
            self.targets.borrow_mut().insert(id, target);
        }
    }

    pub(super) fn reply(
        &self,
        id: u32,
        answer: Result<Answer, Problem>,
        file: Option<Blob>,
        bytes: Option<Vec<u8>>,
    ) {
        self.targets.borrow_mut().remove(&id);
        self.post(Envelope {
            id,
            body: Told::Reply(answer),
            files: file.into_iter().collect(),
            buffers: bytes
                .iter()
                .map(|bytes| Uint8Array::from(bytes.as_slice()))
                .collect(),
            target: None,
        });
    }

    fn post(&self, envelope: Envelope<Told>) {
        let sent = envelope.seal().and_then(|(message, transfer)| {
            self.scope.post_message_with_transfer(&message, &transfer)
        });
        // If a message cannot be sent, the page learns of it through the worker's error event.
        if let Err(error) = sent {
            wasm_bindgen::throw_val(error);
        }
    }
}

impl World for BrowserWorld {
    type Saved = Blob;
    type Saver = BlobWriter;
    type Sink = FileSink;

    fn transport(&self) -> Rc<dyn Transport> {
        let hash = self.scope.location().hash();
        Rc::new(relay::transport(
            Limits::DEFAULT.registry.silence_seconds,
            &hash,
        ))
    }

    fn clock(&self) -> Rc<dyn Clock> {
        Rc::new(BrowserClock)
    }

    fn now_millis(&self) -> f64 {
        now_millis()
    }

    fn spool(&self) -> Box<dyn Spool> {
        Box::new(BrowserSpool::new(
            Limits::DEFAULT.archive.spool_memory_bytes,
        ))
    }

    fn store(&self) -> Rc<dyn Store> {
        match &self.unseen {
            Some(store) => Rc::new(store.clone()),
            None => Rc::new(BrowserStore::of_layers()),
        }
    }

    fn containers(&self) -> Rc<dyn Store> {
        Rc::new(BrowserStore::of_containers())
    }

    fn saver(&self) -> BlobWriter {
        BlobWriter::default()
    }

    fn sink(&self, request: RequestId) -> LocalFuture<'_, Result<FileSink, io::Error>> {
        let target = self.targets.borrow().get(&request.0).cloned();
        Box::pin(async move {
            match target {
                Some(handle) => FileSink::chosen(&handle).await,
                None => Ok(FileSink::private().await),
            }
        })
    }

    fn tell(&self, event: Event) {
        if self.unseen.is_some() {
            return;
        }
        self.post(Envelope {
            id: 0,
            body: Told::Event(event),
            files: Vec::new(),
            buffers: Vec::new(),
            target: None,
        });
    }

    fn page_is_https(&self) -> bool {
        self.page_is_https
    }

    fn is_relayed(&self) -> bool {
        !self.scope.location().hash().is_empty()
    }

    fn is_extension(&self) -> bool {
        extension::is_here()
    }

    fn breathe(&self) -> LocalFuture<'_, ()> {
        Box::pin(TimeoutFuture::new(0))
    }

    fn readers(&self) -> Option<Rc<dyn Readers>> {
        let readers: Rc<dyn Readers> = Rc::<Pool>::clone(&self.readers);
        (!self.readers.is_absent()).then_some(readers)
    }
}

impl Saver for BlobWriter {
    type Saved = Blob;

    fn push(&mut self, bytes: &[u8]) {
        BlobWriter::push(self, bytes);
    }

    fn finish(self, media_type: &str) -> Option<Blob> {
        BlobWriter::finish(self, media_type)
    }
}

impl Sink for FileSink {
    type Saved = Blob;

    fn push(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), io::Error>> {
        Box::pin(FileSink::push(self, bytes))
    }

    fn finish(
        self,
        media_type: &'static str,
    ) -> LocalFuture<'static, Result<Option<Blob>, io::Error>> {
        Box::pin(FileSink::finish(self, media_type))
    }
}

struct BrowserClock;

impl Clock for BrowserClock {
    fn unix_millis(&self) -> i64 {
        js_sys::Date::now() as i64
    }

    fn pause(&self, millis: u64) -> LocalFuture<'_, ()> {
        let millis = u32::try_from(millis).unwrap_or(u32::MAX);
        Box::pin(TimeoutFuture::new(millis))
    }
}
