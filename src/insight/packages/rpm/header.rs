//! Reads the header of one package, as rpm's manual describes the format: an index of tags, and a store of values.

use super::super::PackageKind;
use super::super::paths::PathKind;
use super::super::record::{Record, Records, text};
use super::number::{be16, be32, be64, size};

/// Bytes of an entry of the index.
const ENTRY_BYTES: usize = 16;
/// Entries of an index. rpm itself accepts no more.
const MOST_ENTRIES: usize = 65_535;
/// Directories of one package. Stops a store of zeros that counts as millions of empty names.
const MOST_DIRS: usize = 65_536;

/// The flag of a file that a package owns without bringing it.
const GHOST: u32 = 1 << 6;
/// The first state of a file that was not installed.
const NOT_INSTALLED: u8 = 2;

/// Tags that are read, by rpm's list of tags.
mod tag {
    pub(super) const NAME: u32 = 1000;
    pub(super) const VERSION: u32 = 1001;
    pub(super) const RELEASE: u32 = 1002;
    pub(super) const EPOCH: u32 = 1003;
    pub(super) const SIZE: u32 = 1009;
    pub(super) const LICENSE: u32 = 1014;
    pub(super) const ARCH: u32 = 1022;
    pub(super) const OLD_FILENAMES: u32 = 1027;
    pub(super) const FILE_STATES: u32 = 1029;
    pub(super) const FILE_MODES: u32 = 1030;
    pub(super) const FILE_FLAGS: u32 = 1037;
    pub(super) const SOURCE_RPM: u32 = 1044;
    pub(super) const DIR_INDEXES: u32 = 1116;
    pub(super) const BASE_NAMES: u32 = 1117;
    pub(super) const DIR_NAMES: u32 = 1118;
    pub(super) const LONG_SIZE: u32 = 5009;
}

/// A header's index and store.
struct Header<'b> {
    index: &'b [u8],
    store: &'b [u8],
    /// Bytes of a name.
    most: usize,
}

/// The values of one tag.
#[derive(Clone, Copy)]
struct Values<'b> {
    /// The store from the first value on.
    bytes: &'b [u8],
    n: usize,
}

/// Reads a package; `None` if its header is malformed, or has no name.
pub(super) fn package(blob: &[u8], records: &mut Records) -> Option<Record> {
    let limits = records.budget.limits;
    let header = Header::parse(blob, limits.name_bytes)?;
    let mut record = Record::new(PackageKind::Rpm);
    record.name = header.text(tag::NAME)?;
    let (version, release) = (header.text(tag::VERSION)?, header.text(tag::RELEASE));
    let epoch = header.number32(tag::EPOCH);
    let epoch = epoch.map_or(String::new(), |epoch| format!("{epoch}:"));
    let release = release.map_or(String::new(), |release| format!("-{release}"));
    record.version = format!("{epoch}{version}{release}");
    record.architecture = header.text(tag::ARCH).unwrap_or_default();
    let licence = header.first(tag::LICENSE).unwrap_or_default();
    record.licence = text(licence, limits.licence_text_bytes);
    record.source = header.text(tag::SOURCE_RPM).unwrap_or_default();
    let long = header
        .values(tag::LONG_SIZE)
        .and_then(|values| be64(values.bytes, 0));
    record.declared_bytes = long.or(header.number32(tag::SIZE).map(u64::from));
    if record.name.is_empty() {
        return None;
    }
    if header.add_paths(&mut record, records).is_none() {
        records.drop_paths(&record);
        return None;
    }
    Some(record)
}

impl<'b> Header<'b> {
    fn parse(blob: &'b [u8], most: usize) -> Option<Header<'b>> {
        let (n, store_bytes) = (size(be32(blob, 0)?), size(be32(blob, 4)?));
        if n > MOST_ENTRIES {
            return None;
        }
        let rest = blob.get(8..)?;
        let (index, store) = rest.split_at_checked(n * ENTRY_BYTES)?;
        let store = store.get(..store_bytes)?;
        Some(Header { index, store, most })
    }

    fn values(&self, tag: u32) -> Option<Values<'b>> {
        let mut entries = self.index.chunks_exact(ENTRY_BYTES);
        let entry = entries.find(|entry| be32(entry, 0) == Some(tag))?;
        let bytes = self.store.get(size(be32(entry, 8)?)..)?;
        let n = size(be32(entry, 12)?).min(bytes.len());
        Some(Values { bytes, n })
    }

    fn text(&self, tag: u32) -> Option<String> {
        self.first(tag).map(|bytes| text(bytes, self.most))
    }

    fn first(&self, tag: u32) -> Option<&'b [u8]> {
        self.values(tag)?.texts().next()
    }

    fn number32(&self, tag: u32) -> Option<u32> {
        be32(self.values(tag)?.bytes, 0)
    }

    /// Adds the paths of files that were installed, and of ghosts; directories are left out. `None` if the header has
    /// more directories than any package.
    fn add_paths(&self, record: &mut Record, records: &mut Records) -> Option<()> {
        let (states, modes) = (self.values(tag::FILE_STATES), self.values(tag::FILE_MODES));
        let flags = self.values(tag::FILE_FLAGS);
        let kind_of = |at: usize| {
            let state = states.and_then(|states| states.bytes.get(at).filter(|_| at < states.n));
            let flag = flags.and_then(|flags| be32(flags.bytes, at.checked_mul(4)?));
            let mode = modes.and_then(|modes| be16(modes.bytes, at.checked_mul(2)?));
            let is_file = state.is_none_or(|&state| state < NOT_INSTALLED)
                && mode.is_none_or(|mode| mode & 0o170_000 != 0o040_000);
            let kind = match flag.is_some_and(|flag| flag & GHOST != 0) {
                true => PathKind::Ghost,
                false => PathKind::File,
            };
            is_file.then_some(kind)
        };
        if let Some(old) = self.values(tag::OLD_FILENAMES) {
            for (at, path) in old.texts().enumerate() {
                let slash = path.iter().rposition(|&byte| byte == b'/');
                let (dir, name) = path.split_at(slash.map_or(0, |slash| slash + 1));
                if let Some(kind) = kind_of(at) {
                    records.add_path(record, dir, name, kind);
                }
            }
        }
        let (Some(names), Some(places), Some(dirs)) = (
            self.values(tag::BASE_NAMES),
            self.values(tag::DIR_INDEXES),
            self.values(tag::DIR_NAMES),
        ) else {
            return Some(());
        };
        // Each directory has a file, or more.
        let n_dirs = dirs.n.min(names.n);
        if n_dirs > MOST_DIRS {
            return None;
        }
        let dirs: Vec<&[u8]> = dirs.texts().take(n_dirs).collect();
        // Each name has a place of four bytes.
        let n_names = places.n.min(places.bytes.len() / 4);
        for (at, name) in names.texts().take(n_names).enumerate() {
            let place = be32(places.bytes, at.saturating_mul(4));
            let Some(dir) = place.and_then(|place| dirs.get(size(place))) else {
                continue;
            };
            if let Some(kind) = kind_of(at) {
                records.add_path(record, dir, name, kind);
            }
        }
        Some(())
    }
}

impl<'b> Values<'b> {
    /// Iterates over texts, each of which a zero ends.
    fn texts(self) -> impl Iterator<Item = &'b [u8]> {
        self.bytes.split(|&byte| byte == 0).take(self.n)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::super::paths::tests::told as paths_of;
    use super::super::super::record::Budget;
    use super::*;
    use crate::bounds::PackageLimits;

    /// Writes a header of tags with a type and the bytes of their values.
    pub(in super::super) fn header_of(tags: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
        let (mut index, mut store) = (Vec::new(), Vec::new());
        for (tag, kind, n, bytes) in tags {
            for number in [*tag, *kind, u32::try_from(store.len()).unwrap(), *n] {
                index.extend(number.to_be_bytes());
            }
            store.extend_from_slice(bytes);
        }
        let lengths = [tags.len(), store.len()].map(|n| u32::try_from(n).unwrap().to_be_bytes());
        [&lengths.concat()[..], &index, &store].concat()
    }

    fn told(blob: &[u8]) -> Option<String> {
        let mut records = Records::new(Budget::new(PackageLimits::DEFAULT));
        let record = package(blob, &mut records)?;
        let paths = paths_of(&record.paths);
        let (name, version, licence) = (record.name, record.version, record.licence);
        let (arch, size) = (record.architecture, record.declared_bytes.unwrap_or(0));
        Some(format!("{name} {version} {arch} {licence} {size} {paths}"))
    }

    #[test]
    fn a_package_is_read_out_of_its_tags() {
        let blob = header_of(&[
            (1000, 6, 1, b"bash\0"),
            (1001, 6, 1, b"5.2\0"),
            (1002, 6, 1, b"1.fc40\0"),
            (1003, 4, 1, &[0, 0, 0, 2]),
            (1009, 4, 1, &[0, 0, 1, 0]),
            (1014, 6, 1, b"GPLv3+\0"),
            (1022, 6, 1, b"x86_64\0"),
            (1029, 2, 4, &[0, 0, 2, 0]),
            (
                1030,
                3,
                4,
                &[0x81, 0xed, 0x81, 0xed, 0x81, 0xed, 0x41, 0xed],
            ),
            (
                1116,
                4,
                4,
                &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1],
            ),
            (1117, 8, 4, b"bash\0a\0b\0dir\0"),
            (1118, 8, 2, b"/usr/bin/\0/etc/\0"),
        ]);
        assert_eq!(
            told(&blob).unwrap(),
            "bash 2:5.2-1.fc40 x86_64 GPLv3+ 256 usr/bin/bash etc/a"
        );
        let old = header_of(&[
            (1000, 6, 1, b"a\0"),
            (1001, 6, 1, b"1\0"),
            (1027, 8, 2, b"/a/b\0/c\0"),
        ]);
        assert_eq!(told(&old).unwrap(), "a 1   0 a/b c");
    }

    #[test]
    fn headers_that_lie_are_malformed_or_short() {
        assert_eq!(told(b""), None);
        assert_eq!(told(&[0xff; 64]), None);
        assert_eq!(told(&header_of(&[(1001, 6, 1, b"1\0")])), None);
        let mut cut = header_of(&[(1000, 6, 1, b"a\0"), (1001, 6, 1, b"1\0")]);
        cut.pop();
        assert_eq!(told(&cut), None);
        // A count and places beyond the store.
        let far = header_of(&[
            (1000, 6, u32::MAX, b"a\0"),
            (1001, 6, 1, b"1\0"),
            (1116, 4, u32::MAX, &[0xff; 4]),
            (1117, 8, u32::MAX, b"x\0"),
            (1118, 8, u32::MAX, b"/\0"),
        ]);
        assert_eq!(told(&far).unwrap(), "a 1   0 ");
    }

    #[test]
    fn a_store_of_zeros_is_no_list_of_directories() {
        let zeros = vec![0; MOST_DIRS + 1];
        let tags = |n: u32| {
            header_of(&[
                (1000, 6, 1, b"a\0"),
                (1001, 6, 1, b"1\0"),
                (1116, 4, n, &zeros),
                (1117, 8, n, &zeros),
                (1118, 8, n, &zeros),
            ])
        };
        assert_eq!(told(&tags(u32::MAX)), None);
        assert!(told(&tags(1)).is_some());
    }

    #[test]
    fn ghosts_belong_to_their_package() {
        let blob = header_of(&[
            (1000, 6, 1, b"a\0"),
            (1001, 6, 1, b"1\0"),
            (1037, 4, 2, &[0, 0, 0, 64, 0, 0, 0, 0]),
            (1116, 4, 2, &[0; 8]),
            (1117, 8, 2, b"lastlog\0b\0"),
            (1118, 8, 1, b"/var/log/\0"),
        ]);
        assert_eq!(told(&blob).unwrap(), "a 1   0 var/log/lastlog? var/log/b");
    }
}
