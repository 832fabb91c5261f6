//! The names of nodes, read from the layers' entries instead of being copied.
//!
//! Only names without an entry, of directories in the middle of a path, are stored here.

use std::rc::Rc;

use super::bytes::Needle;
use super::numbered::{NONE, number};
use crate::layer::{EntryId, LayerIndex};

/// Flag in a name's number: the name is stored here, at the index in the other bits.
const KEPT: u32 = 1 << 31;

/// Quality of a match between a text and a name, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// The text is the whole name.
    Name,
    /// The name begins with the text.
    Start,
    /// The text begins after a sign in the name: `key` in `deploy_key`.
    Word,
    /// The name contains the text.
    Part,
    No,
}

/// The matches of all names with a text, by the name's number.
#[derive(Debug)]
pub(super) struct Fits {
    of_entries: Vec<Fit>,
    kept: Vec<Fit>,
}

impl Fits {
    pub(super) fn of(&self, name: u32) -> Fit {
        let (fits, at) = match name & KEPT {
            0 => (&self.of_entries, name),
            _ => (&self.kept, name & !KEPT),
        };
        fits.get(at as usize).copied().unwrap_or(Fit::No)
    }
}

/// The names by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Layers, each with the number of its first entry's name.
    layers: Vec<(u32, Rc<LayerIndex>)>,
    /// One past the number of the last layer's last entry.
    next: u32,
    kept: Vec<u8>,
    /// End of each stored name.
    ends: Vec<u32>,
}

impl Names {
    /// Makes the names of a layer's entries available. If there are too many entries for the numbers, no
    /// name of the layer is available.
    pub(super) fn add_layer(&mut self, index: Rc<LayerIndex>) {
        let next = self.next.saturating_add(number(index.n_entries()));
        let first = match next < KEPT {
            true => std::mem::replace(&mut self.next, next),
            false => NONE,
        };
        self.layers.push((first, index));
    }

    /// Returns the number of an entry's name in the last layer added.
    pub(super) fn of_entry(&self, entry: EntryId) -> Option<u32> {
        let (first, _) = self.layers.last()?;
        first.checked_add(entry.0).filter(|&name| name < self.next)
    }

    /// Stores a name. `None` at four billion bytes of names.
    pub(super) fn keep(&mut self, name: &[u8]) -> Option<u32> {
        let end = u32::try_from(self.kept.len().checked_add(name.len())?).ok()?;
        let at = number(self.ends.len());
        if at >= KEPT {
            return None;
        }
        self.kept.extend_from_slice(name);
        self.ends.push(end);
        Some(at | KEPT)
    }

    /// Returns the name of a number; empty for an unknown one.
    pub(super) fn get(&self, name: u32) -> &[u8] {
        let found = match name & KEPT {
            0 => self.in_layer(name),
            _ => self.kept(name & !KEPT),
        };
        found.unwrap_or_default()
    }

    fn in_layer(&self, name: u32) -> Option<&[u8]> {
        let after = self.layers.partition_point(|(first, _)| *first <= name);
        let (first, index) = self.layers.get(after.checked_sub(1)?)?;
        index.name(EntryId(name - first))
    }

    fn kept(&self, at: u32) -> Option<&[u8]> {
        let at = at as usize;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.kept.get(start as usize..*self.ends.get(at)? as usize)
    }

    /// Matches all names against a text. The names of a layer are adjacent, and are searched as one text.
    pub(super) fn fits(&self, needle: &Needle) -> Fits {
        let mut of_entries = vec![
            match needle.is_empty() {
                true => Fit::Start,
                false => Fit::No,
            };
            self.next as usize
        ];
        for (first, index) in self.layers.iter().filter(|_| !needle.is_empty()) {
            let fits = of_entries.get_mut(*first as usize..);
            fits_of_layer(needle, index, fits.unwrap_or_default());
        }
        let kept = (0..number(self.ends.len())).map(|at| {
            let name = self.kept(at).unwrap_or_default();
            let place = needle.find(name, 0);
            place.map_or(Fit::No, |place| fit(name, place, needle.len()))
        });
        Fits {
            of_entries,
            kept: kept.collect(),
        }
    }

    /// Returns the number of bytes held on the heap, without the layers' own tables.
    pub(super) fn heap_bytes(&self) -> usize {
        self.layers.capacity() * size_of::<(u32, Rc<LayerIndex>)>()
            + self.kept.capacity()
            + self.ends.capacity() * size_of::<u32>()
    }

    pub(super) fn shrink(&mut self) {
        self.layers.shrink_to_fit();
        self.kept.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

fn fit(name: &[u8], place: usize, needle_len: usize) -> Fit {
    let before = place.checked_sub(1).and_then(|before| name.get(before));
    match before {
        None if needle_len == name.len() => Fit::Name,
        None => Fit::Start,
        Some(before) if before.is_ascii_punctuation() => Fit::Word,
        Some(_) => Fit::Part,
    }
}

fn fits_of_layer(needle: &Needle, index: &LayerIndex, fits: &mut [Fit]) {
    let (mut from, mut next) = (0, EntryId(0));
    while let Some(at) = needle.find(index.names(), from) {
        let Some(id) = index.entry_of_name_byte(at, next) else {
            break;
        };
        let Some(name) = index.name_range(id) else {
            break;
        };
        // A match that extends into the next name is in neither.
        let fitting = at.saturating_add(needle.len()) <= name.end;
        if let Some(found) = fits.get_mut(id.0 as usize).filter(|_| fitting) {
            let text = index.names().get(name.clone()).unwrap_or_default();
            *found = fit(text, at.saturating_sub(name.start), needle.len());
        }
        (from, next) = (name.end, id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{DataPlace, Entry, EntryKind, EntryPath, IndexBuilder};

    fn layer(paths: &[&str]) -> Rc<LayerIndex> {
        let mut builder = IndexBuilder::new();
        for path in paths {
            let entry = Entry {
                id: EntryId(0),
                path: EntryPath::of(path.as_bytes()),
                kind: EntryKind::File,
                mode: 0o644,
                uid: 0,
                gid: 0,
                size_bytes: 0,
                mtime: Default::default(),
                link: b"",
                device: None,
                data: DataPlace::None,
                fingerprint: 0,
                sha256: None,
                incomplete: false,
            };
            builder.push(&entry, &[]);
        }
        Rc::new(builder.finish())
    }

    #[test]
    fn each_number_leads_to_its_name() {
        let mut names = Names::default();
        assert_eq!((names.of_entry(EntryId(0)), names.get(0)), (None, &b""[..]));
        let mut numbers = Vec::new();
        for paths in [&["usr/a", "bc"][..], &[], &["d/e/f"]] {
            names.add_layer(layer(paths));
            let n_entries = number(paths.len());
            numbers.extend((0..n_entries).map(|id| names.of_entry(EntryId(id)).expect("is there")));
            assert_eq!(names.of_entry(EntryId(n_entries)), None);
        }
        numbers.extend([&b"kept"[..], b"", b"too"].map(|name| names.keep(name).expect("fits")));
        let found: Vec<_> = numbers.iter().map(|&name| names.get(name)).collect();
        let expected = [&b"a"[..], b"bc", b"f", b"kept", b"", b"too"];
        assert_eq!(found, expected);
        for name in [3, KEPT - 1, KEPT + 3, NONE] {
            assert_eq!(names.get(name), b"");
        }
    }

    #[test]
    fn each_name_tells_how_a_text_stands_in_it() {
        let mut names = Names::default();
        names.add_layer(layer(&["x/ab", "b", "Abc", "cab", "c"]));
        names.add_layer(layer(&["aB", "bca", "b"]));
        let kept = names.keep(b"xab").expect("fits");
        let check = |text: &str, expected: &[Fit]| {
            let fits = names.fits(&Needle::new(text.as_bytes()));
            let found: Vec<_> = (0..8).chain([kept]).map(|name| fits.of(name)).collect();
            assert_eq!(found, expected, "{text}");
            assert_eq!((fits.of(8), fits.of(kept + 1)), (Fit::No, Fit::No));
        };
        use Fit::{Name, No, Part, Start};
        check("ab", &[Name, No, Start, Part, No, Name, No, No, Part]);
        // Across the end of a name, and of a layer.
        check("bb", &[No; 9]);
        check("ca", &[No, No, No, Start, No, No, Part, No, No]);
        check("b", &[Part, Name, Part, Part, No, Part, Start, Name, Part]);
        check("", &[Start; 9]);
    }

    #[test]
    fn entries_without_numbers_have_no_names_here() {
        let mut names = Names {
            next: KEPT - 1,
            ..Names::default()
        };
        names.add_layer(layer(&["a"]));
        assert_eq!(names.of_entry(EntryId(0)), None);
        assert_eq!(names.next, KEPT - 1);
    }
}
