//! The engine's readers: separate workers, each with one layer at a time.
//!
//! A reader gets a file's handle and reads the file itself. Bytes from a registry are passed to it piece by piece
//! from here, since this thread decides which hosts are contacted, and writes the bytes into the store.
//! `engine` decides which layers are read at once.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use gloo::timers::callback::Timeout;
use js_sys::Uint8Array;

use crate::bounds::Bound;
use crate::engine::{Hashing, ReadFailure, ReadOrder, Readers};
use crate::io::{self, ByteStream, ErrorKind, LocalFuture};
use crate::layer::Progress;
use crate::source::Error;
use crate::web::file::blob_of;
use crate::web::part;

use super::inbox::{Credits, Heard};
use super::role::{Order, READER, Report};

/// The part for decoders.
pub(super) const CODECS: &str = "codecs";

/// Largest number of pieces in transit to a reader; each is about a megabyte, or one read of the network.
const MOST_PIECES: usize = 4;
/// Memory beyond which a reader is not kept: WebAssembly memory never shrinks.
const KEPT_BYTES: u64 = 64 * 1024 * 1024;
/// Time for which more readers than stand by are kept without work, in milliseconds.
const IDLE_MILLIS: u32 = 10_000;
/// Readers that stand by for the first layers of the next image. Starting one takes as long as reading a small
/// layer, and longer while other things start.
const MOST_STANDING_BY: usize = 2;
/// Milliseconds for which layers wait for readers that start to stand by.
const PATIENCE_MILLIS: u32 = 5_000;
/// Largest memory of a reader that stands by, in bytes.
const STANDING_BY_BYTES: u64 = 4 * 1024 * 1024;

/// A pool of readers. A few stand by; more are started when there is work for them.
pub(super) struct Pool {
    script_url: String,
    n_cores: usize,
    idle: Rc<RefCell<Vec<Idle>>>,
    /// Number of readers that are starting, to stand by.
    n_starting: Cell<usize>,
    /// Number of layers that wait for one of those.
    n_awaiting: Cell<usize>,
    /// Wakes them.
    awaiting: RefCell<Vec<Waker>>,
    /// Ends readers that had no work for a while.
    rest: RefCell<Option<Timeout>>,
    /// True if no reader can be started.
    is_absent: Cell<bool>,
}

/// A reader without work.
struct Idle {
    reader: Heard<Report>,
    /// True if it has reported that it is ready.
    is_ready: bool,
    /// True if it has a hasher.
    has_hasher: bool,
    /// Its own memory in bytes.
    memory_bytes: u64,
}

/// One in a count, for as long as it lives.
struct Counted<'a>(&'a Cell<usize>);

impl Counted<'_> {
    fn new(count: &Cell<usize>) -> Counted<'_> {
        count.set(count.get() + 1);
        Counted(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Pool {
    /// Creates a pool of readers from this script, for this number of cores.
    pub(super) fn new(script_url: String, n_cores: usize) -> Pool {
        Pool {
            script_url,
            n_cores,
            idle: Rc::default(),
            n_starting: Cell::new(0),
            n_awaiting: Cell::new(0),
            awaiting: RefCell::default(),
            rest: RefCell::default(),
            is_absent: Cell::new(false),
        }
    }

    /// Creates a pool without readers: the engine reads by itself.
    pub(super) fn absent() -> Pool {
        let pool = Pool::new(String::new(), 0);
        pool.is_absent.set(true);
        pool
    }

    /// True if no reader can be started here.
    pub(super) fn is_absent(&self) -> bool {
        self.is_absent.get()
    }

    /// Returns a reader without work, preferably with a hasher or without one as the layer needs it, or a new one.
    /// Also returns whether it has a hasher.
    async fn reader(&self, hashing: Hashing) -> Result<(Heard<Report>, bool), ReadFailure> {
        let idle = self.idle(hashing).await;
        let has_hasher = idle.as_ref().is_some_and(|idle| idle.has_hasher);
        let reader = match idle {
            Some(Idle {
                reader,
                is_ready: true,
                ..
            }) => Some(reader),
            Some(Idle { reader, .. }) => ready(reader).await,
            None => self.start_ready().await,
        };
        reader.map(|reader| (reader, has_hasher)).ok_or_else(|| {
            self.is_absent.set(true);
            ReadFailure::Absent
        })
    }

    /// Takes a reader without work. Waits for one that is starting, unless other layers wait for all of those: another
    /// one would be ready no sooner. `None` if there is none to wait for.
    async fn idle(&self, hashing: Hashing) -> Option<Idle> {
        loop {
            let found = self.take_idle(hashing);
            let n_starting = self.n_starting.get();
            if found.is_some() || self.n_awaiting.get() >= n_starting {
                return found;
            }
            let _counted = Counted::new(&self.n_awaiting);
            poll_fn(|context| {
                if self.n_starting.get() < n_starting {
                    return Poll::Ready(());
                }
                self.awaiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            })
            .await;
        }
    }

    fn take_idle(&self, hashing: Hashing) -> Option<Idle> {
        let mut idle = self.idle.borrow_mut();
        // A reader that died without work affects no layer.
        idle.retain(|idle| !idle.reader.is_lost());
        let wants_hasher = hashing == Hashing::Beside;
        let fitting = idle.iter().position(|idle| idle.has_hasher == wants_hasher);
        match fitting {
            Some(at) => Some(idle.swap_remove(at)),
            None => idle.pop(),
        }
    }

    fn start(&self) -> Option<Heard<Report>> {
        Heard::start(&self.script_url, READER).ok()
    }

    /// Starts the readers that stand by, and waits for them. All but the first get a hasher.
    pub(super) async fn stand_by(self: &Rc<Pool>) {
        let n_readers = self.n_cores.min(MOST_STANDING_BY);
        let started: Vec<_> = (0..n_readers).filter_map(|_| self.start()).collect();
        self.n_starting.set(started.len());
        // One that does not begin its work keeps no layer waiting.
        let pool = Rc::clone(self);
        let _patience = Timeout::new(PATIENCE_MILLIS, move || {
            pool.n_starting.set(0);
            pool.wake_awaiting();
        });
        let mut starting: Vec<_> = started
            .into_iter()
            .map(|reader| Some(Box::pin(ready(reader))))
            .collect();
        poll_fn(|context| {
            for (at, slot) in starting.iter_mut().enumerate() {
                let Some(future) = slot else { continue };
                if let Poll::Ready(reader) = future.as_mut().poll(context) {
                    *slot = None;
                    self.started(at, reader);
                }
            }
            match starting.iter().all(Option::is_none) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
    }

    /// Keeps a reader that has started, with a hasher unless it is the first; `None` if it died first.
    fn started(&self, at: usize, reader: Option<Heard<Report>>) {
        self.n_starting.set(self.n_starting.get().saturating_sub(1));
        if let Some(reader) = reader {
            let has_hasher = at > 0 && reader.tell(Order::StandBy, None, None).is_ok();
            self.keep(Idle {
                reader,
                is_ready: true,
                has_hasher,
                memory_bytes: 0,
            });
        }
        self.wake_awaiting();
    }

    /// Lets all layers that wait for a reader look again, in their order.
    fn wake_awaiting(&self) {
        let awaiting = self.awaiting.take();
        awaiting.into_iter().for_each(Waker::wake);
    }

    async fn start_ready(&self) -> Option<Heard<Report>> {
        ready(self.start()?).await
    }

    fn keep(&self, idle: Idle) {
        self.idle.borrow_mut().push(idle);
        let idle = Rc::clone(&self.idle);
        let rest = Timeout::new(IDLE_MILLIS, move || {
            let mut idle = idle.borrow_mut();
            idle.retain(|idle| !idle.reader.is_lost() && idle.memory_bytes <= STANDING_BY_BYTES);
            idle.truncate(MOST_STANDING_BY);
        });
        self.rest.replace(Some(rest));
    }

    async fn read_by(
        &self,
        reader: &Heard<Report>,
        order: ReadOrder,
        progress: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<(Vec<u8>, u64), ReadFailure> {
        let handle = order.blob.handle().await;
        let file = handle.as_ref().and_then(blob_of);
        let stream = match &file {
            Some(_) => None,
            None => Some(order.blob.stream().await.map_err(ReadFailure::Source)?),
        };
        let read = Order::Read {
            claims: order.expected.into(),
            bounds: Bound::ALL
                .iter()
                .map(|bound| (*bound, order.limits.of(*bound)))
                .collect(),
            window_bytes: order.window_bytes,
            before: order.before,
            hashing: order.hashing,
        };
        reader.tell(read, file, None).map_err(ReadFailure::Lost)?;
        let credits = Credits::new(MOST_PIECES);
        let mut feeding = pin!(feed(stream, reader, &credits));
        let mut hearing = pin!(hear(reader, &credits, progress));
        let mut is_fed = false;
        poll_fn(|context| {
            if !is_fed && let Poll::Ready(fed) = feeding.as_mut().poll(context) {
                is_fed = true;
                if let Err(failure) = fed {
                    return Poll::Ready(Err(failure));
                }
            }
            hearing.as_mut().poll(context)
        })
        .await
    }
}

/// Returns the reader once it has reported that it is ready; `None` if it died first.
async fn ready(reader: Heard<Report>) -> Option<Heard<Report>> {
    loop {
        if let (Report::Ready, _) = reader.next().await.ok()? {
            return Some(reader);
        }
    }
}

/// Passes the pieces of a stream to a reader, a few at a time.
async fn feed(
    stream: Option<Box<dyn ByteStream>>,
    reader: &Heard<Report>,
    credits: &Credits,
) -> Result<(), ReadFailure> {
    let Some(mut stream) = stream else {
        return Ok(());
    };
    let broken = |cause| {
        ReadFailure::Source(Error::Io {
            what: Message::the_layer(),
            cause,
        })
    };
    while let Some(piece) = stream.next().await.map_err(broken)? {
        credits.take().await;
        let buffer = Uint8Array::from(piece.as_slice());
        let told = reader.tell(Order::Piece, None, Some(buffer));
        told.map_err(ReadFailure::Lost)?;
    }
    reader
        .tell(Order::End, None, None)
        .map_err(ReadFailure::Lost)
}

async fn hear(
    reader: &Heard<Report>,
    credits: &Credits,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<(Vec<u8>, u64), ReadFailure> {
    let failed = |kind, detail: Message| {
        ReadFailure::Source(Error::Io {
            what: Message::the_layer(),
            cause: io::Error::new(kind, detail),
        })
    };
    loop {
        let (report, buffer) = reader.next().await.map_err(ReadFailure::Lost)?;
        match report {
            Report::Ready | Report::Alive => {}
            Report::Took => credits.give(),
            Report::Progress {
                stored_bytes,
                decoded_bytes,
                n_entries,
            } => {
                let told = progress(Progress {
                    stored_bytes,
                    decoded_bytes,
                    n_entries,
                });
                if told.is_break() {
                    return Err(failed(ErrorKind::Cancelled, Message::cancelled()));
                }
            }
            Report::Done { memory_bytes } => {
                let packed = buffer.map(|buffer| buffer.to_vec());
                return Ok((packed.unwrap_or_default(), memory_bytes));
            }
            // Where it does not come now it is asked for once more.
            Report::Rare => drop(part::fetch(CODECS).await),
            Report::LacksWindow => return Err(ReadFailure::LacksWindow),
            Report::Failed(kind, detail) => return Err(failed(kind, detail)),
            Report::Lost(reason) => return Err(ReadFailure::Lost(reason)),
        }
    }
}

impl Readers for Pool {
    fn n_cores(&self) -> usize {
        self.n_cores
    }

    fn expect(&self) {
        let has_one = self.idle.borrow().iter().any(|idle| !idle.reader.is_lost());
        let has_one = has_one || self.n_starting.get() > 0;
        if !has_one && let Some(reader) = self.start() {
            self.keep(Idle {
                reader,
                is_ready: false,
                has_hasher: false,
                memory_bytes: 0,
            });
        }
    }

    fn read<'a>(
        &'a self,
        order: ReadOrder,
        progress: &'a dyn Fn(Progress) -> ControlFlow<()>,
    ) -> LocalFuture<'a, Result<Vec<u8>, ReadFailure>> {
        Box::pin(async move {
            let hashing = order.hashing;
            let (reader, had_hasher) = self.reader(hashing).await?;
            // A reader that did not finish is dropped, which ends its work.
            let (packed, memory_bytes) = self.read_by(&reader, order, progress).await?;
            if memory_bytes <= KEPT_BYTES {
                self.keep(Idle {
                    reader,
                    is_ready: true,
                    has_hasher: had_hasher || hashing == Hashing::Beside,
                    memory_bytes,
                });
            }
            Ok(packed)
        })
    }
}
