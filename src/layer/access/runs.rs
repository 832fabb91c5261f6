//! A file's content as runs of data and of zeros, in order: the extents of a sparse file, resolved.

use crate::layer::Extent;

/// The next run of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::layer) enum Run {
    /// Length in bytes of data that the layer holds.
    Data(u64),
    /// Length in bytes of a hole, which reads as zeros.
    Zeros(u64),
}

/// Walks through a file from its first byte to its last.
#[derive(Clone, Debug)]
pub(in crate::layer) struct Runs {
    extents: Vec<Extent>,
    /// Index of the first extent that ends after `position`.
    current: usize,
    position: u64,
    size_bytes: u64,
}

impl Runs {
    /// Creates the runs of a file of `size_bytes` with data in `extents`, which must ascend and not overlap.
    pub(in crate::layer) fn sparse(extents: &[Extent], size_bytes: u64) -> Runs {
        let mut runs = Runs {
            extents: extents.to_vec(),
            current: 0,
            position: 0,
            size_bytes,
        };
        runs.advance(0);
        runs
    }

    /// Creates the single run of a file without holes.
    pub(in crate::layer) fn solid(size_bytes: u64) -> Runs {
        Runs::sparse(
            &[Extent {
                logical_offset: 0,
                len: size_bytes,
            }],
            size_bytes,
        )
    }

    /// Returns the current run, or `None` at the end.
    pub(in crate::layer) fn head(&self) -> Option<Run> {
        let left = self.left_bytes();
        if left == 0 {
            return None;
        }
        // `advance` has skipped every extent that ends before the position.
        Some(match self.extents.get(self.current) {
            Some(extent) if extent.logical_offset > self.position => {
                Run::Zeros(left.min(extent.logical_offset - self.position))
            }
            Some(extent) => Run::Data(left.min(end_of(extent) - self.position)),
            None => Run::Zeros(left),
        })
    }

    /// Advances by `n` bytes, at most the length of the run that [`Runs::head`] returned.
    pub(in crate::layer) fn advance(&mut self, n: u64) {
        self.position = self.position.saturating_add(n);
        let ended = |extent: &Extent| end_of(extent) <= self.position;
        while self.extents.get(self.current).is_some_and(ended) {
            self.current += 1;
        }
    }

    /// Returns the number of bytes of the file that are left.
    pub(in crate::layer) fn left_bytes(&self) -> u64 {
        self.size_bytes.saturating_sub(self.position)
    }
}

fn end_of(extent: &Extent) -> u64 {
    extent.logical_offset.saturating_add(extent.len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_data_and_holes() {
        let extents = [(2, 3), (5, 1), (10, 2)].map(|(logical_offset, len)| Extent {
            logical_offset,
            len,
        });
        let mut runs = Runs::sparse(&extents, 20);
        let mut seen = Vec::new();
        while let Some(run) = runs.head() {
            seen.push(run);
            let (Run::Data(n) | Run::Zeros(n)) = run;
            runs.advance(n);
        }
        use Run::{Data, Zeros};
        assert_eq!(
            seen,
            [Zeros(2), Data(3), Data(1), Zeros(4), Data(2), Zeros(8)]
        );
        assert_eq!(Runs::solid(0).head(), None);
    }
}
