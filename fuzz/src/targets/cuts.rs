//! Ways to cut an input into pieces: whole, byte by byte, and as the input itself determines.

/// Bytes at each end of a long input that are cut one by one. Larger pieces in between save time.
const EDGE_BYTES: usize = 16 * 1024;

/// Returns a number derived from the bytes: FNV-1a with 64 bits.
pub(super) fn number_of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |number, &byte| {
        (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A sequence of numbers derived from the first (Marsaglia's xorshift).
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn of(bytes: &[u8]) -> Numbers {
        Numbers(number_of(bytes) | 1)
    }

    /// Returns the next number, below `n`; 0 if `n` is 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) as usize).checked_rem(n).unwrap_or(0)
    }
}

/// Returns single bytes, with larger pieces in the middle of a long input.
pub(super) fn single_bytes(bytes: &[u8]) -> Vec<&[u8]> {
    let edge = bytes.len().min(EDGE_BYTES);
    let (front, rest) = bytes.split_at(edge);
    let (middle, back) = rest.split_at(rest.len().saturating_sub(EDGE_BYTES));
    let pages = middle.chunks(4096);
    front.chunks(1).chain(pages).chain(back.chunks(1)).collect()
}

/// Returns pieces with lengths derived from the input: mostly short, some long, some empty.
pub(super) fn own_cuts(bytes: &[u8]) -> Vec<&[u8]> {
    let mut numbers = Numbers::of(bytes);
    let (mut pieces, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let most = [3, 40, 700, 70_000][numbers.below(4)].max(bytes.len() / 2_000);
        let (piece, later) = rest.split_at(numbers.below(most).min(rest.len()));
        pieces.push(piece);
        rest = later;
    }
    pieces
}
