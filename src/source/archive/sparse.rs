//! Presents a sparse member of an archive as the file that it stands for, with zeros in its holes.

use std::rc::Rc;

use crate::io::{Error, LocalFuture, ReadAt};
use crate::layer::Extent;

/// A sparse file. `stored` holds its data without the holes, one extent after the other.
pub(super) struct Sparse {
    stored: Rc<dyn ReadAt>,
    /// The extents of data, ascending, each with its offset in `stored`.
    stretches: Vec<(Extent, u64)>,
    len: u64,
}

impl Sparse {
    /// Creates a file of `len` bytes over its data.
    pub(super) fn new(stored: Rc<dyn ReadAt>, extents: &[Extent], len: u64) -> Sparse {
        let mut at = 0_u64;
        let place = |extent: &Extent| {
            let begin = at;
            at = at.saturating_add(extent.len);
            (*extent, begin)
        };
        Sparse {
            stored,
            stretches: extents.iter().map(place).collect(),
            len,
        }
    }

    /// Returns the extents that lie within `offset..end`, cut to that range.
    fn within(&self, offset: u64, end: u64) -> impl Iterator<Item = (Extent, u64)> {
        let ends_before = |(extent, _): &(Extent, u64)| {
            extent.logical_offset.saturating_add(extent.len) <= offset
        };
        let first = self.stretches.partition_point(ends_before);
        let rest = self.stretches.get(first..).unwrap_or_default().iter();
        let reached = rest.take_while(move |(extent, _)| extent.logical_offset < end);
        reached.map(move |(extent, begin)| {
            let skipped = offset.saturating_sub(extent.logical_offset);
            let logical_offset = extent.logical_offset.max(offset);
            let extent_end = extent.logical_offset.saturating_add(extent.len).min(end);
            let len = extent_end.saturating_sub(logical_offset);
            let extent = Extent {
                logical_offset,
                len,
            };
            (extent, begin.saturating_add(skipped))
        })
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, Error> {
        let end = offset.saturating_add(len as u64);
        if end > self.len {
            return self.stored.read_at(u64::MAX, len).await;
        }
        let mut bytes = vec![0; len];
        // The data of a range is contiguous in `stored`, so a map of a million extents costs one read.
        let mut held = self
            .within(offset, end)
            .filter(|(extent, _)| extent.len > 0);
        let Some(first) = held.next() else {
            return Ok(bytes);
        };
        let last = held.last().unwrap_or(first);
        let held_len = last.1.saturating_add(last.0.len).saturating_sub(first.1);
        // Not longer than `bytes`: each byte of data has its own place in them.
        let held_len = usize::try_from(held_len).unwrap_or(usize::MAX).min(len);
        let read = self.stored.read_at(first.1, held_len).await?;
        for (extent, begin) in self.within(offset, end) {
            let from = usize::try_from(begin.saturating_sub(first.1)).ok();
            let to = usize::try_from(extent.logical_offset - offset).ok();
            let (Some(from), Some(to), Ok(len)) = (from, to, usize::try_from(extent.len)) else {
                continue;
            };
            let source = read.get(from..from.saturating_add(len));
            let target = bytes.get_mut(to..to.saturating_add(len));
            if let (Some(source), Some(target)) = (source, target) {
                target.copy_from_slice(source);
            }
        }
        Ok(bytes)
    }
}

impl ReadAt for Sparse {
    fn len_bytes(&self) -> u64 {
        self.len
    }

    fn piece_bytes(&self) -> usize {
        self.stored.piece_bytes()
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(self.read(offset, len))
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::io::Bytes;

    /// Checks each range of a file written as `ab..cd.`, in which dots are holes.
    fn check(file: &str) {
        let mut extents: Vec<Extent> = Vec::new();
        for (at, sign) in (0_u64..).zip(file.chars()).filter(|(_, sign)| *sign != '.') {
            match extents.last_mut() {
                Some(last) if last.logical_offset + last.len == at && sign != '|' => last.len += 1,
                _ => extents.push(Extent {
                    logical_offset: at,
                    len: 1,
                }),
            }
        }
        let stored: String = file.replace('.', "");
        let stored = Rc::new(Bytes::new(stored.into_bytes()));
        let sparse = Sparse::new(stored, &extents, file.len() as u64);
        let whole = file.replace('.', "\0").into_bytes();
        for offset in 0..=whole.len() {
            for end in offset..=whole.len() {
                let read = pin!(sparse.read(offset as u64, end - offset))
                    .poll(&mut Context::from_waker(Waker::noop()));
                let Poll::Ready(read) = read else {
                    panic!("memory is ready at once");
                };
                assert_eq!(read.as_deref(), Ok(&whole[offset..end]), "{file} {offset}");
            }
        }
        let beyond =
            pin!(sparse.read(1, whole.len())).poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(beyond, Poll::Ready(Err(_))), "{file}");
    }

    #[test]
    fn holes_are_zeros() {
        for file in [
            "",
            ".",
            "a",
            "ab..cd.",
            "..ab|cd..e",
            "a.b.c.d",
            "....|",
            "|.||",
        ] {
            check(file);
        }
    }
}
