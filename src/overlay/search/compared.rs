//! Compares paths with the words and patterns of a query.

use crate::overlay::arena::ROOT;
use crate::overlay::names::Fit;
use crate::overlay::path_text::PathText;
use crate::overlay::query::{Fuzzy, Query, Word};
use crate::overlay::{NodeId, Union};

/// Cost of a step from one kind of match to the next worse one; above every cost of scattered letters.
const KIND: u64 = 1 << 32;

/// The state of comparing one path after the other.
#[derive(Debug)]
pub(super) struct Compared {
    /// The match of each word with all names.
    texts: Vec<PathText>,
    fuzzy: Fuzzy,
    path: PathBytes,
    /// Bytes compared since they were last asked for.
    n_bytes: usize,
}

/// The path of one node. Most nodes have the directory of the one before.
#[derive(Debug)]
struct PathBytes {
    bytes: Vec<u8>,
    dir: Option<NodeId>,
    name_start: usize,
    id: NodeId,
}

/// The match of a word with a path.
enum WordFit {
    /// In the name, or in the path up to it.
    Name(u64),
    /// In the directory alone.
    Directory,
}

impl Compared {
    pub(super) fn new(union: &Union, query: &Query) -> Compared {
        let texts = query.words.iter();
        Compared {
            texts: texts.map(|word| PathText::new(union, &word.text)).collect(),
            fuzzy: Fuzzy::new(union.limits.search.fuzzy_bytes),
            path: PathBytes {
                bytes: Vec::new(),
                dir: None,
                name_start: 0,
                id: ROOT,
            },
            n_bytes: 0,
        }
    }

    /// Returns the number of bytes that were compared since the last call.
    pub(super) fn take_bytes(&mut self) -> usize {
        std::mem::take(&mut self.n_bytes)
    }

    /// Returns the cost of a path: 0 for the best. `None` if it does not match.
    pub(super) fn cost(&mut self, union: &Union, query: &Query, id: NodeId) -> Option<u64> {
        if !query
            .globs
            .iter()
            .all(|glob| glob.fits_name(union.arena.name(id)))
        {
            return None;
        }
        if query.globs.iter().any(|glob| glob.has_path()) {
            let dir = self.path(union, id).0;
            let dir = dir.strip_suffix(b"/").unwrap_or(dir).to_vec();
            if !query.globs.iter().all(|glob| glob.fits_directory(&dir)) {
                return None;
            }
        }
        let mut is_named = query.words.is_empty() || !query.globs.is_empty();
        let mut cost = 0_u64;
        for (at, word) in query.words.iter().enumerate() {
            let fit = self.word(union, id, at, word, query.words.len() > 1 || is_named)?;
            let of_word = match fit {
                WordFit::Name(cost) => {
                    is_named = true;
                    cost
                }
                WordFit::Directory => 4 * KIND,
            };
            cost = cost.saturating_add(of_word);
        }
        is_named.then_some(cost)
    }

    fn word(
        &mut self,
        union: &Union,
        id: NodeId,
        at: usize,
        word: &Word,
        may_be_above: bool,
    ) -> Option<WordFit> {
        let kind = match self.texts.get_mut(at)?.fit(union, id) {
            Fit::Name => 0,
            Fit::Start => 1,
            Fit::Word => 2,
            Fit::Part => 3,
            Fit::No => return self.far(union, id, word, may_be_above),
        };
        Some(WordFit::Name(kind * KIND))
    }

    /// Looks for a word in the directory, and then for its letters.
    fn far(&mut self, union: &Union, id: NodeId, word: &Word, above: bool) -> Option<WordFit> {
        if above && word.needle.find(self.path(union, id).0, 0).is_some() {
            return Some(WordFit::Directory);
        }
        // Most names lack the last letter, and then need no path.
        let last = word.text.last().filter(|_| word.is_fuzzy)?;
        let name = union.arena.name(id);
        if !name.iter().any(|byte| byte.eq_ignore_ascii_case(last)) {
            return None;
        }
        self.path(union, id);
        let PathBytes {
            bytes, name_start, ..
        } = &self.path;
        let cost = self.fuzzy.cost(&word.text, bytes, *name_start)?;
        let table = bytes.len().saturating_mul(word.text.len());
        self.n_bytes = self.n_bytes.saturating_add(table / 4);
        Some(WordFit::Name(
            KIND.saturating_mul(5).saturating_add(u64::from(cost)),
        ))
    }

    /// Returns the path of a node in two parts: its directory with a slash at the end, empty for the root; and its name.
    fn path(&mut self, union: &Union, id: NodeId) -> (&[u8], &[u8]) {
        let path = &mut self.path;
        if path.id != id {
            let dir = union.arena.parent(id);
            if path.dir != Some(dir) {
                path.bytes.clear();
                union.arena.append_path(dir, &mut path.bytes);
                if dir != ROOT {
                    path.bytes.push(b'/');
                }
                path.name_start = path.bytes.len();
                path.dir = Some(dir);
            }
            path.bytes.truncate(path.name_start);
            path.bytes.extend_from_slice(union.arena.name(id));
            path.id = id;
            self.n_bytes = self.n_bytes.saturating_add(path.bytes.len());
        }
        path.bytes
            .split_at_checked(path.name_start)
            .unwrap_or_default()
    }
}
