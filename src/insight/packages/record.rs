//! Records: the packages of one database.

use super::PackageKind;
use super::paths::{PathKind, Paths};
use crate::bounds::PackageLimits;
use crate::image::escape;

/// Bytes that a package takes beside its texts.
const RECORD_BYTES: usize = 200;

/// Bytes that packages may still take, over all states of all databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) limits: PackageLimits,
    pub(super) text_bytes: usize,
    pub(super) path_bytes: usize,
    /// Bytes that may still be unpacked out of programs and archives.
    pub(super) unpacked_bytes: u64,
}

impl Budget {
    pub(super) fn new(limits: PackageLimits) -> Budget {
        Budget {
            limits,
            text_bytes: limits.text_bytes,
            path_bytes: limits.path_bytes,
            unpacked_bytes: limits.unpacked_bytes,
        }
    }

    /// Takes bytes of text; false if too few are left.
    pub(super) fn take_text(&mut self, n: usize) -> bool {
        let left = self.text_bytes.checked_sub(n);
        self.text_bytes = left.unwrap_or(self.text_bytes);
        left.is_some()
    }

    /// Gives back what a record took.
    pub(super) fn give_back(&mut self, record: &Record) {
        self.text_bytes = self.text_bytes.saturating_add(record.cost());
        self.path_bytes = self.path_bytes.saturating_add(record.paths.cost());
    }
}

/// The packages of one state of a database.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Records {
    /// The packages that are installed, in the order of the database.
    pub(super) installed: Vec<Record>,
    /// Number of records that could not be read.
    pub(super) n_malformed: u32,
    /// Number of packages beyond a bound.
    pub(super) n_left_out: u32,
    /// Number of files whose paths are beyond the bound.
    pub(super) n_paths_left_out: u32,
    /// Bytes of the file's path, which each package of it is told with.
    pub(super) place_bytes: usize,
    /// Bytes that are left for more.
    pub(super) budget: Budget,
}

impl Records {
    pub(super) fn new(budget: Budget) -> Records {
        Records {
            installed: Vec::new(),
            n_malformed: 0,
            n_left_out: 0,
            n_paths_left_out: 0,
            place_bytes: 0,
            budget,
        }
    }

    /// Adds a file to a package that is being read.
    pub(super) fn add_path(
        &mut self,
        record: &mut Record,
        dir: &[u8],
        name: &[u8],
        kind: PathKind,
    ) {
        let left = &mut self.budget.path_bytes;
        if !record.paths.add(left, dir, name, kind) {
            self.n_paths_left_out = self.n_paths_left_out.saturating_add(1);
        }
    }

    /// Adds a file that is the package itself: a program or an archive.
    pub(super) fn own(&mut self, path: &[u8], record: &mut Record) {
        let slash = path.iter().rposition(|&byte| byte == b'/');
        let (dir, name) = path.split_at(slash.unwrap_or(0));
        let name = name.strip_prefix(b"/").unwrap_or(name);
        self.add_path(record, dir, name, PathKind::File);
    }

    /// Takes bytes that are unpacked.
    pub(super) fn take_unpacked(&mut self, n: u64) {
        let left = &mut self.budget.unpacked_bytes;
        *left = left.saturating_sub(n);
    }

    /// Adds a package, if its texts and the bound on packages allow it.
    pub(super) fn push(&mut self, record: Record) {
        let fits = self.installed.len() < self.budget.limits.packages;
        let cost = record.cost().saturating_add(self.place_bytes);
        match fits && self.budget.take_text(cost) {
            true => self.installed.push(record),
            false => {
                self.drop_paths(&record);
                self.n_left_out = self.n_left_out.saturating_add(1);
            }
        }
    }

    /// Counts what may be packages and is beyond a bound.
    pub(super) fn left_out(&mut self) {
        self.n_left_out = self.n_left_out.saturating_add(1);
    }

    /// Counts a record that is no package.
    pub(super) fn malformed(&mut self) {
        self.n_malformed = self.n_malformed.saturating_add(1);
    }

    /// Gives the paths of a record back that is not kept.
    pub(super) fn drop_paths(&mut self, record: &Record) {
        let left = self.budget.path_bytes.saturating_add(record.paths.cost());
        self.budget.path_bytes = left;
    }

    /// True if nothing of the database is missing.
    pub(super) fn is_whole(&self) -> bool {
        self.n_malformed == 0 && self.n_left_out == 0
    }
}

/// A package of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) kind: PackageKind,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: String,
    pub(super) licence: String,
    pub(super) source: String,
    pub(super) declared_bytes: Option<u64>,
    /// Its files; empty if they are listed elsewhere.
    pub(super) paths: Paths,
}

impl Record {
    pub(super) fn new(kind: PackageKind) -> Record {
        Record {
            kind,
            name: String::new(),
            version: String::new(),
            architecture: String::new(),
            licence: String::new(),
            source: String::new(),
            declared_bytes: None,
            paths: Paths::default(),
        }
    }

    /// Returns the bytes that the record takes: what it is found by is kept twice.
    pub(super) fn cost(&self) -> usize {
        let found_by = self.name.len() + self.version.len() + self.architecture.len();
        RECORD_BYTES + 2 * found_by + self.licence.len() + self.source.len()
    }
}

/// Returns a text of a database: trimmed, and with bytes that are no UTF-8 escaped. A text beyond the bound is cut
/// between two letters, and ends with `…`.
pub(super) fn text(bytes: &[u8], most: usize) -> String {
    let bytes = bytes.trim_ascii();
    let Some(cut) = bytes.get(..most).filter(|cut| cut.len() < bytes.len()) else {
        return escape(bytes);
    };
    // A letter has at most four bytes, and all but its first begin with the bits 10.
    let is_start = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 != 0x80);
    let end = (most.saturating_sub(3)..=most).rev().find(is_start);
    let cut = end.and_then(|end| bytes.get(..end)).unwrap_or(cut);
    format!("{}…", escape(cut))
}

/// Returns a number in decimal digits.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    let digits = digits.trim_ascii();
    let is_number = digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok()?;
    is_number.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(long: &str, most: usize, expected: &str) {
        assert_eq!(text(long.as_bytes(), most), expected, "{long:?}");
    }

    #[test]
    fn texts_are_cut_between_letters() {
        check(" abc ", 3, "abc");
        check("abcd", 3, "abc…");
        check("ab\u{201c}", 4, "ab…");
        check("ab\u{201c}d", 5, "ab\u{201c}…");
        check("", 0, "");
    }

    #[test]
    fn packages_beyond_a_bound_are_counted_and_keep_no_paths() {
        let limits = PackageLimits {
            packages: 1,
            text_bytes: 2 * RECORD_BYTES,
            path_bytes: 20,
            ..PackageLimits::DEFAULT
        };
        let mut records = Records::new(Budget::new(limits));
        for name in ["a", "b"] {
            let mut record = Record::new(PackageKind::Apk);
            record.name = name.to_owned();
            records.add_path(&mut record, b"", b"x", PathKind::File);
            records.add_path(&mut record, b"", b"a path beyond", PathKind::File);
            records.push(record);
        }
        assert_eq!(records.installed.len(), 1);
        assert_eq!((records.n_left_out, records.n_paths_left_out), (1, 2));
        assert!(!records.is_whole());
        assert_eq!(
            records.budget.path_bytes,
            20 - records.installed[0].paths.cost()
        );
    }
}
