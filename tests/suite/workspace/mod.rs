//! The engine without its thread: requests in, answers and events out, over memory.

mod archives;
mod limits;
mod registries;
mod space;
mod text;
mod world;
