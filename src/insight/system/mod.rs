//! Says which system an image holds: its distribution, its architecture, its C library, programs, users and kernels.
//!
//! Most of it is in the paths of a [`crate::overlay::Union`]. For the rest a [`Probe`] names the files whose content
//! it wants, is given their bytes, and ends in a [`System`]. Reading those bytes is left to others.
//!
//! Each finding has the file that it comes from, and that file's layer. What was not read is a [`Gap`], and nothing
//! is guessed in its place. Texts of an image stay as they are but for bytes that are no UTF-8; making them visible
//! is left to who shows them.

mod accounts;
mod elf;
mod facts;
mod file_place;
mod os_release;
mod probe;
mod tree;

pub use accounts::{Accounts, Group, User};
pub use elf::{ElfHeader, Form};
pub use facts::{
    Agreement, Architecture, Basis, Executable, FileGap, Gap, LayerGap, Libc, Loader,
    OsDistribution, PackageManager, PackageTool, Places, System,
};
pub use file_place::FilePlace;
pub use os_release::OsRelease;
pub use probe::{Probe, WantedFile};
