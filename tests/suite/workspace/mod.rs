//! The engine without its thread: requests in, answers and events out, over memory.

mod archives;
mod blobs;
mod images;
mod bytes;
mod configs;
mod digests;
mod histories;
mod limits;
mod hostile;
mod registries;
mod text;
mod unions;
mod world;
