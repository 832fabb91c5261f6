//! Finds the paths that contain a text, by their names, which are all searched at once.
//!
//! Names have no slashes, so a text with slashes matches a name only at its start: the text after the last slash is
//! the start of the name, and the text before it the end of its directory's path.

use super::arena::ROOT;
use super::bytes::Needle;
use super::names::{Fit, Fits};
use super::{NodeId, Union};

/// A text, with the match of each name with the part after its last slash.
#[derive(Debug)]
pub(super) struct PathText {
    fits: Fits,
    directory: Option<Needle>,
    /// Last directory tested, and whether its path has the right end: most directories are tested many times in a
    /// row.
    last: Option<(NodeId, bool)>,
}

impl PathText {
    pub(super) fn new(union: &Union, text: &[u8]) -> PathText {
        let mut parts = text.rsplitn(2, |&b| b == b'/');
        let name = Needle::new(parts.next().unwrap_or_default());
        PathText {
            fits: union.arena.fits(&name),
            directory: parts.next().map(Needle::new),
            last: None,
        }
    }

    /// Returns the match of the text with the name of a path other than the root; `Fit::No` if there is none.
    pub(super) fn fit(&mut self, union: &Union, id: NodeId) -> Fit {
        let fit = union.arena.fit(id, &self.fits);
        match fit {
            Fit::No | Fit::Word | Fit::Part if self.directory.is_some() => Fit::No,
            Fit::Name | Fit::Start if !self.is_below(union, id) => Fit::No,
            fit => fit,
        }
    }

    fn is_below(&mut self, union: &Union, id: NodeId) -> bool {
        let Some(directory) = &self.directory else {
            return true;
        };
        let arena = &union.arena;
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
