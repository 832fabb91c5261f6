//! Combines layer indexes into the file system that a container sees.
//!
//! A [`Union`] holds every path that any layer names once, with each layer's change to it. A [`View`] selects a
//! part of that. [`TreeRows`] shows a view as rows, [`Listing`] as a sorted list. No file content passes through
//! here: content is identified by its place in a layer.

mod apply;
mod arena;
mod bytes;
mod cache;
mod changes;
mod compare;
mod error;
mod facts;
mod files;
mod hide;
mod history;
mod largest;
mod lift;
mod link;
mod listing;
mod log;
mod name;
mod names;
mod numbered;
mod path_text;
mod query;
mod search;
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
pub use files::{Followed, ShownFile};
pub use listing::{ListedPath, Listing, PausedListing};
pub use name::{Named, is_aufs};
pub(crate) use numbered::PerNode;
pub use query::{AccountNames, Query};
pub use search::{Found, Search};
pub use tree::{ChangeFilter, Direction, Filter, RowPlace, Sort, SortKey, TreeRows};
pub use union::Union;
