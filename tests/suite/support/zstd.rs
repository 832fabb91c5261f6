//! zstd frames written by hand by RFC 8878, with content that no encoder would write.

/// Returns a skippable frame with one of the sixteen magic numbers.
pub(crate) fn skippable(nibble: u8, content: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x50 | nibble, 0x2a, 0x4d, 0x18];
    frame.extend((content.len() as u32).to_le_bytes());
    frame.extend(content);
    frame
}

/// Returns a frame: the magic number, a frame header descriptor with the fields after it, and blocks.
pub(crate) fn frame(header: &[u8], blocks: &[Vec<u8>]) -> Vec<u8> {
    [&[0x28, 0xb5, 0x2f, 0xfd][..], header, &blocks.concat()].concat()
}

/// Type of a block.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Literal bytes.
    Raw,
    /// One byte, repeated.
    Rle,
    /// Literals and sequences.
    Compressed,
    /// The reserved type, which no decoder accepts.
    Reserved,
}

/// Returns a block with this size in its header, and this body.
pub(crate) fn block(kind: Kind, last: bool, size: usize, body: &[u8]) -> Vec<u8> {
    let header = u32::from(last) | (kind as u32) << 1 | (size as u32) << 3;
    [&header.to_le_bytes()[..3], body].concat()
}

/// Returns bytes as raw blocks of at most `len`, the last one marked as such.
pub(crate) fn raw_blocks_of(bytes: &[u8], len: usize) -> Vec<Vec<u8>> {
    let chunks: Vec<_> = bytes.chunks(len).collect();
    let last = chunks.len() - 1;
    let of = |(at, part): (usize, &&[u8])| block(Kind::Raw, at == last, part.len(), part);
    chunks.iter().enumerate().map(of).collect()
}

/// Returns blocks that repeat a byte `n` times.
pub(crate) fn repeated(byte: u8, mut n: usize) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    while n > 0 {
        let len = n.min(128 * 1024);
        blocks.push(block(Kind::Rle, false, len, &[byte]));
        n -= len;
    }
    blocks
}

/// Returns a compressed block with one match: 1024 bytes from `distance` bytes before.
///
/// It has no literals and one sequence. Each of its three codes is the only symbol of its table, so the bit stream
/// consists of extra bits only.
pub(crate) fn match_of_1024(distance: u64) -> Vec<u8> {
    // The first three offset values are for repeated offsets.
    let offset = distance + 3;
    let offset_code = 63 - offset.leading_zeros();
    // Match length code 45 begins at 515 and has nine extra bits.
    let bits = u128::from(1024u64 - 515)
        | u128::from(offset - (1 << offset_code)) << 9
        // The bit that marks the end.
        | 1 << (9 + offset_code);
    let n_bytes = (9 + offset_code as usize) / 8 + 1;
    let tables_of_one_symbol = 0b01_01_01_00;
    let mut body = vec![0, 1, tables_of_one_symbol, 0, offset_code as u8, 45];
    body.extend(&bits.to_le_bytes()[..n_bytes]);
    block(Kind::Compressed, false, body.len(), &body)
}
