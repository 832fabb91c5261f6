//! Tar as a push parser: v7, ustar, star, GNU and PAX, with everything that layers hold.
//!
//! It reports entries and their content as the bytes pass by, and can be told to skip content that a caller with
//! random access does not want to read. What entries mean together is `overlay`'s work.

mod assemble;
mod entry;
mod header;
mod number;
mod parser;
mod pax;
mod sparse;

pub use entry::TarEntry;
pub use parser::{Event, TarParser, TarStep};

pub(super) use assemble::path_of;
pub(super) use header::checksum_holds;
