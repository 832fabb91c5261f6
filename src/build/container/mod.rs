//! The writable layer that a container puts on top of an image: edits as data, and their effect on the tree.
//!
//! A [`Journal`] is the source of truth: steps of edits, and how many of them are applied. A [`ContainerLayer`] is
//! the result of these steps over the image below. [`ContainerLayer::written`] returns the entries that a commit
//! writes, in the order of the tar, and their index, which `overlay` puts on top. No file bytes pass here: new
//! ones are identified by their digest ([`Contents`] has them), and copied-up ones by their path in the image below.

mod content;
mod edit;
mod error;
mod journal;

mod base;
mod resolve;
mod upper;

mod apply;
mod layer;
mod merged;
mod written;

pub use base::Base;
pub use content::{Contents, MemoryContents, NewContent};
pub use edit::{Attributes, Edit, Step, check_name};
pub use error::{Refusal, Refused};
pub use journal::{Journal, JournalError};
pub use layer::{ContainerLayer, CopiedUp};
pub use upper::ContentSource;
pub use written::{OwnedXattr, Written, WrittenEntry};
