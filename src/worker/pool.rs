//! The engine's readers: workers of their own, each with one layer at a time.
//!
//! A reader gets a file's handle and reads by itself; what comes from a registry it gets piece by piece from here,
//! where it is decided which hosts are asked, and where the store writes down what passes. Which layers are read at
//! once is `protocol::serve`'s to say.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use gloo::timers::callback::Timeout;
use js_sys::Uint8Array;

use crate::io::{self, ByteStream, ErrorKind, LocalFuture};
use crate::layer::{Bound, Progress};
use crate::protocol::serve::{Hashing, ReadFailure, ReadOrder, Readers};
use crate::source::Error;
use crate::web::file::blob_of;
use crate::web::part;

use super::inbox::{Credits, Heard};
use super::parts::CODECS;
use super::role::{Order, READER, Report};

/// Pieces that are on their way to a reader at most; each is about a megabyte, or what the network gave at once.
const MOST_PIECES: usize = 4;
/// A reader whose memory grew beyond this is not kept: memory of WebAssembly never shrinks.
const KEPT_BYTES: u64 = 64 * 1024 * 1024;
/// How long more readers than stand by are kept without work, in milliseconds.
const IDLE_MILLIS: u32 = 10_000;
/// Readers that stand by for the first layers of what is opened next: starting one takes as long as reading a small
/// layer, and longer while other things start.
const MOST_STANDING_BY: usize = 2;
/// Of a reader that stands by no more memory is held than this, in bytes.
const STANDING_BY_BYTES: u64 = 4 * 1024 * 1024;

/// Readers: a few stand by, more are started when there is work for them.
pub(super) struct Pool {
    script_url: String,
    n_cores: usize,
    idle: Rc<RefCell<Vec<Idle>>>,
    /// Those on their way to stand by.
    n_starting: Cell<usize>,
    /// Ends those who had nothing to do for a while.
    rest: RefCell<Option<Timeout>>,
    /// Whether none can be started.
    is_absent: Cell<bool>,
}

/// A reader without work.
struct Idle {
    reader: Heard<Report>,
    /// Whether it has said that it can begin.
    is_ready: bool,
    /// Whether a hasher is beside it.
    has_hasher: bool,
    /// What it holds.
    memory_bytes: u64,
}

impl Pool {
    /// A pool of readers from this script, for so many cores.
    pub(super) fn new(script_url: String, n_cores: usize) -> Pool {
        Pool {
            script_url,
            n_cores,
            idle: Rc::default(),
            n_starting: Cell::new(0),
            rest: RefCell::default(),
            is_absent: Cell::new(false),
        }
    }

    /// No readers at all: the engine reads by itself.
    pub(super) fn absent() -> Pool {
        let pool = Pool::new(String::new(), 0);
        pool.is_absent.set(true);
        pool
    }

    /// Whether no reader starts here.
    pub(super) fn is_absent(&self) -> bool {
        self.is_absent.get()
    }

    /// A reader without work, if possible with a hasher or without one as the layer wants it; a new one if there is none.
    /// And whether a hasher is beside it.
    async fn reader(&self, hashing: Hashing) -> Result<(Heard<Report>, bool), ReadFailure> {
        // One that died without work concerns no layer.
        self.idle.borrow_mut().retain(|idle| !idle.reader.is_lost());
        let idle = {
            let mut idle = self.idle.borrow_mut();
            let wants_hasher = hashing == Hashing::Beside;
            let fitting = idle.iter().position(|idle| idle.has_hasher == wants_hasher);
            match fitting {
                Some(at) => Some(idle.swap_remove(at)),
                None => idle.pop(),
            }
        };
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

    fn start(&self) -> Option<Heard<Report>> {
        Heard::start(&self.script_url, READER).ok()
    }

    /// Starts what is to stand by, and waits until it does; one of them gets a hasher.
    pub(super) async fn stand_by(&self) {
        let n_readers = self.n_cores.min(MOST_STANDING_BY);
        let started: Vec<_> = (0..n_readers).filter_map(|_| self.start()).collect();
        self.n_starting.set(started.len());
        for (at, reader) in started.into_iter().enumerate() {
            let reader = ready(reader).await;
            self.n_starting.set(self.n_starting.get() - 1);
            if let Some(reader) = reader {
                let has_hasher = at > 0 && reader.tell(Order::StandBy, None, None).is_ok();
                self.keep(Idle {
                    reader,
                    is_ready: true,
                    has_hasher,
                    memory_bytes: 0,
                });
            }
        }
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
                .map(|bound| (bound, order.limits.of(bound)))
                .to_vec(),
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

/// The reader, once it has said that it can begin; `None` when it died first.
async fn ready(reader: Heard<Report>) -> Option<Heard<Report>> {
    loop {
        if let (Report::Ready, _) = reader.next().await.ok()? {
            return Some(reader);
        }
    }
}

/// Gives a reader the pieces of a stream, a few at a time.
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
            what: "the layer".to_owned(),
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
    let failed = |kind, detail: String| {
        ReadFailure::Source(Error::Io {
            what: "the layer".to_owned(),
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
                    return Err(failed(ErrorKind::Cancelled, "cancelled".to_owned()));
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
            // One that did not come to its end is let go: whatever it is doing ends with it.
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
