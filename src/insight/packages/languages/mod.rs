//! Reads the packages of languages: files that each tell one package, and programs and archives that tell those that
//! they are built of. Names and versions are those that syft gives them.

mod archive;
mod elf;
mod form;
mod golang;
mod java;
mod javascript;
mod number;
mod python;
mod rust;

pub(super) use elf::is_elf;
pub(super) use form::{FileForm, FoundFile};
pub(super) use python::recorded;
