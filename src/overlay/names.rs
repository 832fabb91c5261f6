//! The names of nodes: not copied, but read where an entry of a layer has them.
//!
//! Only what no entry names by itself, a directory in the middle of a path, is kept here.

use std::rc::Rc;

use super::numbered::{NONE, number};
use crate::layer::{EntryId, LayerIndex};

/// In a name's number: it is kept here, and the rest is its place.
const KEPT: u32 = 1 << 31;

/// Where names are found by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// The layers with the number of the name of each one's first entry.
    layers: Vec<(u32, Rc<LayerIndex>)>,
    /// One past the number of the last layer's last entry.
    next: u32,
    kept: Vec<u8>,
    /// Where each kept name ends.
    ends: Vec<u32>,
}

impl Names {
    /// Lets the names of a layer's entries be found. When there are too many entries for numbers, none is.
    pub(super) fn add_layer(&mut self, index: Rc<LayerIndex>) {
        let next = self.next.saturating_add(number(index.n_entries()));
        let first = match next < KEPT {
            true => std::mem::replace(&mut self.next, next),
            false => NONE,
        };
        self.layers.push((first, index));
    }

    /// The number of the name of an entry of the layer that came last.
    pub(super) fn of_entry(&self, entry: EntryId) -> Option<u32> {
        let (first, _) = self.layers.last()?;
        first.checked_add(entry.0).filter(|&name| name < self.next)
    }

    /// Keeps a name; `None` when there are four billion bytes of them.
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

    /// The name of a number; empty for one that was not given out.
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

    /// Bytes on the heap, those of the layers' own tables not counted.
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
