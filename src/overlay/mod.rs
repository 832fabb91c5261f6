//! Many layer indexes in, the tree that a container sees out.
//!
//! A [`Union`] holds every path that any layer names once, with what each layer did to it; a [`View`] says which
//! part of that is looked at. [`TreeView`] shows a view as rows, [`Listing`] as a sorted list. No bytes of files
//! pass here: content is told by its place in a layer.

mod apply;
mod arena;
mod bytes;
mod cache;
mod changes;
mod compare;
mod error;
mod facts;
mod find;
mod hide;
mod history;
mod lift;
mod link;
mod listing;
mod log;
mod name;
mod names;
mod numbered;
mod path_text;
mod slots;
mod totals;
mod tree;
mod union;
mod view;
mod walk;

pub use error::Error;
pub use facts::{
    Cause, Change, Differences, EntryPlace, LayerCounts, LayerIdx, NodeId, NodeInfo, Totals, Touch,
    View,
};
pub use find::Found;
pub use listing::{Listed, Listing, PausedListing};
pub use name::{Named, is_aufs};
pub(crate) use numbered::PerNode;
pub use tree::{ChangeFilter, Direction, Filter, Sort, SortKey, TreeRow, TreeView};
pub use union::Union;
