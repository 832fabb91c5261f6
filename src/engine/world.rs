//! What serving needs of the world, beyond the traits of `io`.

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::io::{self, Clock, LocalFuture, ReadAt, Spool, Store, Transport};
use crate::layer::{Before, Expected, Limits, Progress};
use crate::protocol::{Answer, Event, RequestId};
use crate::source::{Blob, Error};

/// The world in which requests are served: the browser's worker, or a test's memory.
pub trait World: 'static {
    /// What a saved file is: a Blob in the browser.
    type Saved;
    /// Collects a file to be saved.
    type Saver: Saver<Saved = Self::Saved>;
    /// Takes a large file to the disk.
    type Sink: Sink<Saved = Self::Saved>;

    /// How hosts are asked.
    fn transport(&self) -> Rc<dyn Transport>;
    /// The time, and waiting.
    fn clock(&self) -> Rc<dyn Clock>;
    /// Milliseconds that only grow, for rates.
    fn now_millis(&self) -> f64;
    /// A place for an archive that is compressed as a whole.
    fn spool(&self) -> Box<dyn Spool>;
    /// Where layers are kept for other images and other days.
    fn store(&self) -> Rc<dyn Store>;
    /// Where container layers are kept until they are thrown away.
    fn containers(&self) -> Rc<dyn Store>;
    /// A collector of bytes to be saved.
    fn saver(&self) -> Self::Saver;
    /// A place on the disk for what a request saves: the file that the person chose for it, else one of the world's
    /// own.
    fn sink(&self, request: RequestId) -> LocalFuture<'_, Result<Self::Sink, io::Error>>;
    /// Tells the page.
    fn tell(&self, event: Event);
    /// Whether the page was loaded over https.
    fn page_is_https(&self) -> bool;
    /// Lets other messages be heard; awaited between pieces of long work.
    fn breathe(&self) -> LocalFuture<'_, ()>;
    /// Those who read layers beside this thread; `None` where it has to read them itself.
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

    fn breathe(&self) -> LocalFuture<'_, ()> {
        (**self).breathe()
    }

    fn readers(&self) -> Option<Rc<dyn Readers>> {
        (**self).readers()
    }
}

/// Threads that each read one layer at a time.
pub trait Readers {
    /// The cores that there are for them.
    fn n_cores(&self) -> usize;

    /// Layers will be read soon: gets one ready meanwhile.
    fn expect(&self);

    /// Reads a layer, telling `progress` now and then, and gives the packed reading. `Break`, and dropping the future,
    /// end the reading at once, whatever the reader is doing.
    fn read<'a>(
        &'a self,
        order: ReadOrder,
        progress: &'a dyn Fn(Progress) -> ControlFlow<()>,
    ) -> LocalFuture<'a, Result<Vec<u8>, ReadFailure>>;
}

/// A layer to be read.
pub struct ReadOrder {
    /// Its bytes.
    pub blob: Rc<dyn Blob>,
    /// What is claimed of it.
    pub expected: Expected,
    /// The bounds to enforce.
    pub limits: Limits,
    /// Bytes of a window that the reader may use now, of those that the limits allow.
    pub window_bytes: u64,
    /// What was read of the image before.
    pub before: Before,
    /// Where its bytes are hashed.
    pub hashing: Hashing,
}

/// Where a layer's bytes are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Hashing {
    /// In the thread that reads them.
    WithReading,
    /// In a thread beside it, at the same time.
    Beside,
}

/// Why a layer was not read.
pub enum ReadFailure {
    /// Its bytes cannot be had, or the reading was cancelled.
    Source(Error),
    /// It wants a larger window than it was allowed now.
    LacksWindow,
    /// No reader can be started here.
    Absent,
    /// The reader died, for this reason.
    Lost(String),
}

/// Collects the bytes of one file to be saved.
pub trait Saver {
    /// What comes of it.
    type Saved;

    /// Adds bytes.
    fn push(&mut self, bytes: &[u8]);
    /// Ends the file; `None` when there is no room for it.
    fn finish(self, media_type: &str) -> Option<Self::Saved>;
}

/// Writes one large file, in order. Dropped before its end, nothing of it stays.
pub trait Sink {
    /// What comes of it.
    type Saved;

    /// Adds bytes.
    ///
    /// # Errors
    /// [`io::ErrorKind::StorageFull`], or what the medium says.
    fn push(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), io::Error>>;
    /// Ends the file; `None` when it is where the person wanted it already.
    ///
    /// # Errors
    /// What the medium says.
    fn finish(
        self,
        media_type: &'static str,
    ) -> LocalFuture<'static, Result<Option<Self::Saved>, io::Error>>;
}

/// A file that came with a request.
pub struct PickedInput {
    /// Its bytes.
    pub bytes: Rc<dyn ReadAt>,
}

/// An answer with what goes beside it: of a question's own type, or any.
pub struct Served<S, A = Answer> {
    /// The answer.
    pub answer: A,
    /// A file to be saved.
    pub file: Option<S>,
    /// Bytes to be shown.
    pub bytes: Option<Vec<u8>>,
}

impl<S, A> Served<S, A> {
    /// An answer with nothing beside it.
    pub fn answer(answer: A) -> Served<S, A> {
        Served {
            answer,
            file: None,
            bytes: None,
        }
    }
}
