//! What an image says about itself: values and parsers, no byte streams.
//!
//! Everything here is plain data with one fallible constructor each; reading bytes is `io`'s and `layer`'s work.

mod digest;
mod path;
mod timestamp;

pub use digest::{Algorithm, ChainId, DiffId, Digest, Hasher, InvalidDigest};
pub use path::{ImagePath, PathError, escape};
pub use timestamp::Timestamp;
