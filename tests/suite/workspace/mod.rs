//! The engine without its thread: requests in, answers and events out, over memory.

mod archives;
mod registries;
mod space;
mod world;
