//! Answers the page's requests over an opened workspace. The engine has no thread of its own, so it runs natively in
//! tests.
//!
//! Every request is an async function over shared state. Nothing is borrowed across an await.

mod analyses;
mod apart;
mod blob;
mod breath;
mod cancel;
mod container;
mod container_facts;
mod content;
mod detail;
mod dispatch;
mod documents;
mod find;
mod key_lock;
mod kind;
mod layers;
mod listing;
mod open;
mod overview;
mod packages;
mod platforms;
mod push;
mod reading;
mod rehearsal;
mod safety;
mod save;
mod secrets;
mod session;
mod shorten;
mod slots;
mod space;
mod storage;
mod system;
mod toc;
mod tree;
mod view;
mod world;

pub use apart::{DoApart, Part, Serving, Work};
pub use rehearsal::PracticeImage;
pub use session::Session;
pub use world::{
    Hashing, PickedInput, ReadFailure, ReadOrder, Readers, Saver, Served, Sink, World,
};
