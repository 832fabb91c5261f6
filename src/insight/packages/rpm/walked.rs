//! The result of reading the pages of a database.

/// The result of reading the structure of a database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Walked {
    /// Number of pages, slots and rows that could not be read.
    pub(super) n_broken: u32,
}

impl Walked {
    pub(super) fn broken(&mut self) {
        self.n_broken = self.n_broken.saturating_add(1);
    }
}
