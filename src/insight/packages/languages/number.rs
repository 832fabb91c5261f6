//! Reads numbers of programs and archives.

/// Returns the number of some bytes, the least significant one first; `None` beyond the end.
pub(super) fn le(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(len)?)?;
    let shifted = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
    Some(bytes.iter().rev().fold(0, shifted))
}

/// Returns the number of some bytes, the most significant one first; `None` beyond the end.
pub(super) fn be(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(len)?)?;
    let shifted = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
    Some(bytes.iter().fold(0, shifted))
}

/// Returns the bytes of a stretch, cut at the end of what there is; empty beyond it.
pub(super) fn stretch(bytes: &[u8], at: u64, len: u64) -> &[u8] {
    let most = bytes.len();
    let within = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).min(most);
    bytes
        .get(within(at)..within(at.saturating_add(len)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_within_the_bytes() {
        let bytes = [1, 2, 3, 4];
        assert_eq!(le(&bytes, 0, 2), Some(0x0201));
        assert_eq!(be(&bytes, 2, 2), Some(0x0304));
        assert_eq!((le(&bytes, 3, 2), be(&bytes, usize::MAX, 2)), (None, None));
        assert_eq!(stretch(&bytes, 1, 2), [2, 3]);
        assert_eq!(stretch(&bytes, 3, u64::MAX), [4]);
        assert!(stretch(&bytes, u64::MAX, 1).is_empty());
    }
}
