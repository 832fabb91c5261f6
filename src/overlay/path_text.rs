//! Which paths hold a text: told by their names, all of which are looked through at once.
//!
//! Names have no slashes, so a text with one can reach into a name only from its start: what stands after the last
//! slash is then the start of the name, and what stands before it the end of its directory's path.

use super::arena::ROOT;
use super::bytes::Needle;
use super::names::{Fit, Fits};
use super::{NodeId, Union};

/// A text, with how well each name fits what stands after its last slash.
pub(super) struct PathText<'u> {
    union: &'u Union,
    fits: Fits,
    directory: Option<Needle>,
    /// The directory asked about last, and whether its path ends as it should: most come many times in a row.
    last: Option<(NodeId, bool)>,
}

impl<'u> PathText<'u> {
    pub(super) fn new(union: &'u Union, text: &[u8]) -> PathText<'u> {
        let mut parts = text.rsplitn(2, |&b| b == b'/');
        let name = Needle::new(parts.next().unwrap_or_default());
        PathText {
            union,
            fits: union.arena.fits(&name),
            directory: parts.next().map(Needle::new),
            last: None,
        }
    }

    /// How the text reaches into the name of a path that is not the root; `Fit::No` when it does not.
    pub(super) fn fit(&mut self, id: NodeId) -> Fit {
        let fit = self.union.arena.fit(id, &self.fits);
        match fit {
            Fit::No | Fit::Part if self.directory.is_some() => Fit::No,
            Fit::Name | Fit::Start if !self.is_below(id) => Fit::No,
            fit => fit,
        }
    }

    fn is_below(&mut self, id: NodeId) -> bool {
        let Some(directory) = &self.directory else {
            return true;
        };
        let arena = &self.union.arena;
        let dir = arena.parent(id);
        if let Some((_, ends)) = self.last.filter(|(last, _)| *last == dir) {
            return ends;
        }
        let ends = match dir {
            ROOT => directory.is_empty(),
            _ => directory.ends(&arena.path_end(dir, directory.len())),
        };
        self.last = Some((dir, ends));
        ends
    }
}
