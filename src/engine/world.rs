//! The environment of the engine, beyond the traits of `io`.

use crate::message::Message;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::io::{self, Clock, LocalFuture, ReadAt, Spool, Store, Transport};
use crate::layer::{Before, Expected, Progress};
use crate::protocol::{Answer, Event, RequestId};
use crate::source::{Blob, Error};

/// The environment in which requests are served: the browser's worker, or a test's memory.
pub trait World: 'static {
    /// A saved file: a Blob in the browser.
    type Saved;
    /// A collector for a file to be saved.
    type Saver: Saver<Saved = Self::Saved>;
    /// A writer for a large file on the disk.
    type Sink: Sink<Saved = Self::Saved>;

    /// Returns the transport for requests to hosts.
    fn transport(&self) -> Rc<dyn Transport>;
    /// Returns the clock and timer.
    fn clock(&self) -> Rc<dyn Clock>;
    /// Returns monotonic milliseconds, for rates.
    fn now_millis(&self) -> f64;
    /// Returns temporary space for an archive that is compressed as a whole.
    fn spool(&self) -> Box<dyn Spool>;
    /// Returns the persistent store of layers, which other images and later sessions use.
    fn store(&self) -> Rc<dyn Store>;
    /// Returns the store that keeps container layers until they are discarded.
    fn containers(&self) -> Rc<dyn Store>;
    /// Creates a collector of bytes to be saved.
    fn saver(&self) -> Self::Saver;
    /// Creates a file on the disk for what a request saves: the file that the person chose for it, or one of the
    /// world's own.
    fn sink(&self, request: RequestId) -> LocalFuture<'_, Result<Self::Sink, io::Error>>;
    /// Sends an event to the page.
    fn tell(&self, event: Event);
    /// True if the page was loaded over https.
    fn page_is_https(&self) -> bool;
    /// True if a program outside of the browser sends the requests, so that neither CORS nor the page's scheme matter.
    fn is_relayed(&self) -> bool {
        false
    }
    /// True in a browser extension, which a person can allow to read a host without CORS.
    fn is_extension(&self) -> bool {
        false
    }
    /// Lets other messages be handled; awaited between pieces of long work.
    fn breathe(&self) -> LocalFuture<'_, ()>;
    /// Returns the readers in other threads; `None` if this thread has to read layers itself.
    fn readers(&self) -> Option<Rc<dyn Readers>>;
}

impl<W: World> World for Rc<W> {
    type Saved = W::Saved;
    type Saver = W::Saver;
    type Sink = W::Sink;

    fn transport(&self) -> Rc<dyn Transport> {
        (**self).transport()
    }

    fn clock(&self) -> Rc<dyn Clock> {
        (**self).clock()
    }

    fn now_millis(&self) -> f64 {
        (**self).now_millis()
    }

    fn spool(&self) -> Box<dyn Spool> {
        (**self).spool()
    }

    fn store(&self) -> Rc<dyn Store> {
        (**self).store()
    }

    fn containers(&self) -> Rc<dyn Store> {
        (**self).containers()
    }

    fn saver(&self) -> W::Saver {
        (**self).saver()
    }

    fn sink(&self, request: RequestId) -> LocalFuture<'_, Result<W::Sink, io::Error>> {
        (**self).sink(request)
    }

    fn tell(&self, event: Event) {
        (**self).tell(event);
    }

    fn page_is_https(&self) -> bool {
        (**self).page_is_https()
    }

    fn is_relayed(&self) -> bool {
        (**self).is_relayed()
    }

    fn is_extension(&self) -> bool {
        (**self).is_extension()
    }

    fn breathe(&self) -> LocalFuture<'_, ()> {
        (**self).breathe()
    }

    fn readers(&self) -> Option<Rc<dyn Readers>> {
        (**self).readers()
    }
}

/// Threads that each read one layer at a time.
pub trait Readers {
    /// Returns the number of cores for the readers.
    fn n_cores(&self) -> usize;

    /// Starts a reader ahead of time, since layers will be read soon.
    fn expect(&self);

    /// Reads a layer, reports `progress` now and then, and returns the packed reading. `Break`, or dropping the
    /// future, ends the reading at once, whatever the reader is doing.
    fn read<'a>(
        &'a self,
        order: ReadOrder,
        progress: &'a dyn Fn(Progress) -> ControlFlow<()>,
    ) -> LocalFuture<'a, Result<Vec<u8>, ReadFailure>>;
}

/// A layer to be read.
pub struct ReadOrder {
    /// The layer's compressed bytes.
    pub blob: Rc<dyn Blob>,
    /// The declared digests and size.
    pub expected: Expected,
    /// The limits to enforce.
    pub limits: Limits,
    /// The share of the window limit, in bytes, that the reader may use now.
    pub window_bytes: u64,
    /// Totals of the layers read before.
    pub before: Before,
    /// The thread that hashes the layer's bytes.
    pub hashing: Hashing,
}

/// The thread that hashes a layer's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Hashing {
    /// The thread that reads them.
    WithReading,
    /// A second thread, at the same time.
    Beside,
}

/// The reason that a layer was not read.
pub enum ReadFailure {
    /// The bytes are not available, or the reading was cancelled.
    Source(Error),
    /// The layer requires a larger window than the reader may use now.
    LacksWindow,
    /// No reader can be started here.
    Absent,
    /// The reader died, for this reason.
    Lost(Message),
}

/// Collects the bytes of one file to be saved.
pub trait Saver {
    /// The finished file.
    type Saved;

    /// Appends bytes.
    fn push(&mut self, bytes: &[u8]);
    /// Finishes the file; `None` if there is no room for it.
    fn finish(self, media_type: &str) -> Option<Self::Saved>;
}

/// Writes one large file, in order. If it is dropped before the end, the file is removed.
pub trait Sink {
    /// The finished file.
    type Saved;

    /// Appends bytes.
    ///
    /// # Errors
    /// [`io::ErrorKind::StorageFull`], or an error of the medium.
    fn push(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), io::Error>>;
    /// Finishes the file; `None` if it is already where the person wanted it.
    ///
    /// # Errors
    /// An error of the medium.
    fn finish(
        self,
        media_type: &'static str,
    ) -> LocalFuture<'static, Result<Option<Self::Saved>, io::Error>>;
}

/// A file that came with a request.
pub struct PickedInput {
    /// The file's content, readable at any offset.
    pub bytes: Rc<dyn ReadAt>,
}

/// An answer with the data that accompanies it; the answer has a question's own type, or any.
pub struct Served<S, A = Answer> {
    /// The answer to the request.
    pub answer: A,
    /// A file to be saved.
    pub file: Option<S>,
    /// Bytes to be shown.
    pub bytes: Option<Vec<u8>>,
}

impl<S, A> Served<S, A> {
    /// Wraps an answer that nothing accompanies.
    pub fn answer(answer: A) -> Served<S, A> {
        Served {
            answer,
            file: None,
            bytes: None,
        }
    }
}
