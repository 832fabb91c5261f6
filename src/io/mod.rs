//! The environment as traits: one HTTP exchange, random access to bytes, byte streams, a spool, a store of objects,
//! the time.
//!
//! Implementations over memory live here; those over sockets, files and the browser live in the shells.

mod clock;
mod diagnosis;
mod error;
mod http;
mod local_engine;
mod memory;
mod memory_store;
mod read_at;
pub mod relay;
mod secret;
mod spool;
mod store;

pub use clock::{Clock, MemoryClock};
pub use diagnosis::{HostProbe, Look, Seen, diagnose, needs_preflight};
pub use error::{Error, ErrorKind};
pub use http::{
    Behalf, BodyPart, Cache, Headers, HttpRequest, Method, Redirects, Response, Transport,
};
pub use local_engine::{
    EngineCause, EngineContainer, EngineContainers, EngineImage, EngineItem, EngineKind,
    EngineList, EngineNews, EngineOrder, EngineTrouble, LoadedImage, LocalEngine, NewsFrames,
    frame_of,
};
pub use memory::{MemorySpool, MemoryTransport};
pub use memory_store::MemoryStore;
pub use read_at::{ByteStream, Bytes, Handle, ReadAt, Slice, VecStream, stream_of};
pub use secret::Secret;
pub use spool::Spool;
pub use store::{Kept, Key, Room, Store, StoreWriter, checked_len};

use std::future::Future;
use std::pin::Pin;

/// A future on one thread: the browser's event loop has no other.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
