//! The engine without its thread: requests go in, answers and events come out, all in memory.

mod archives;
mod blobs;
mod bytes;
mod configs;
mod containers;
mod digests;
mod far;
mod histories;
mod hostile;
mod images;
mod limits;
mod platforms;
mod push;
mod readers;
mod registries;
mod rehearsals;
mod searches;
mod space;
mod store;
mod systems;
mod text;
mod tocs;
mod unions;
pub(crate) mod world;
