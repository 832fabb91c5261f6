//! Searches all layers for the paths of a query, including deleted and overwritten ones.
//!
//! A search goes on in steps, so that others can be answered in between. The tree's filter, which keeps the directories
//! that lead to a match, is left to `tree`.

mod compared;
mod found;
mod kept;
mod versions;

use super::arena::ROOT;
use super::numbered::number;
use super::query::Query;
use super::{NodeId, Union, View};
use compared::Compared;
use kept::Kept;

pub use found::Found;

/// Work of one step: a path counts for some bytes, and for those that are compared. Takes a few milliseconds.
const STEP_BYTES: usize = 2 * 1024 * 1024;
/// Work for a path of which only the name is looked at.
const PATH_BYTES: usize = 64;

/// A search under way. It does not borrow its union.
#[derive(Debug)]
pub struct Search {
    query: Query,
    view: View,
    compared: Compared,
    /// The next path, and the one after the last.
    next: u32,
    end: u32,
    kept: Kept,
}

impl Search {
    /// Begins a search for at most `limit` hits. Layers that are applied later do not belong to it.
    pub fn new(union: &Union, query: Query, view: View, limit: usize) -> Search {
        let limits = &union.limits.search;
        let is_idle = query.is_empty() || limit == 0;
        Search {
            compared: Compared::new(union, &query),
            kept: Kept::new(limit, limits),
            next: ROOT.0.saturating_add(1),
            end: match is_idle {
                true => 0,
                false => number(union.arena.len()),
            },
            query,
            view,
        }
    }

    /// Looks at some paths. Returns true once it has seen all of them.
    pub fn step(&mut self, union: &Union) -> bool {
        let mut n_bytes = 0_usize;
        while self.next < self.end {
            if n_bytes > STEP_BYTES {
                return false;
            }
            let id = NodeId(self.next);
            self.next = self.next.saturating_add(1);
            let cost = self.compared.cost(union, &self.query, id);
            n_bytes = n_bytes
                .saturating_add(PATH_BYTES)
                .saturating_add(self.compared.take_bytes());
            if let Some(cost) = cost {
                self.keep_versions(union, id, cost);
            }
        }
        true
    }

    /// Returns the hits. Whole names come first, then names that begin with what is searched, then names that contain
    /// it, then scattered letters. Within each group, versions in the view come first, other visible ones next, and
    /// deleted or overwritten ones last, each sorted by path. A query for sizes alone has the largest files first.
    pub fn finish(self, union: &Union) -> Vec<Found> {
        let is_by_size = self.query.is_by_size();
        self.kept.sorted(union, is_by_size)
    }
}

impl Union {
    /// Returns the hits of a query, see [`Search::finish`].
    ///
    /// If a word has slashes, the text after the last one is the start of the name, and the text before it is the end
    /// of its directory's path: `etc/host` finds `etc/hosts` and `usr/etc/hostname`.
    pub fn find(&self, query: &Query, view: View, limit: usize) -> Vec<Found> {
        let mut search = Search::new(self, query.clone(), view, limit);
        while !search.step(self) {}
        search.finish(self)
    }
}
