//! The writable layer that a container puts on top of an image: edits as data, and what they make of the tree.
//!
//! A [`Journal`] is the truth: steps of edits, and how many of them hold. A [`ContainerLayer`] is what these steps come
//! to, over the image below; [`ContainerLayer::written`] gives the entries that a commit writes, in the order of the
//! tar, and the table of them that `overlay` puts on top. No bytes of files pass here: new ones are told by their
//! digest ([`Contents`] has them), those that were copied up by their path in the image below.

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
pub use upper::Source;
pub use written::{OwnedXattr, Written, WrittenEntry};
