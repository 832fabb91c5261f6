//! A push parser for tar: v7, ustar, star, GNU and PAX, with everything that layers use.
//!
//! It reports entries and their content as the bytes pass by. A caller with random access can skip content that it
//! does not need. Combining entries into a tree is left to `overlay`.

mod assemble;
mod entry;
mod header;
mod number;
mod parser;
mod pax;
mod sparse;

pub use entry::TarEntry;
pub use parser::{TarEvent, TarParser, TarStep};

pub(super) use assemble::path_of;
