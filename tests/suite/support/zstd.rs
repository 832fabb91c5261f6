//! zstd frames written by hand, as RFC 8878 describes them: what no encoder in memory would write.

/// A skippable frame of one of the sixteen magic numbers.
pub(crate) fn skippable(nibble: u8, content: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x50 | nibble, 0x2a, 0x4d, 0x18];
    frame.extend((content.len() as u32).to_le_bytes());
    frame.extend(content);
    frame
}

/// A frame: the magic number, a header's descriptor with the fields after it, and blocks.
pub(crate) fn frame(header: &[u8], blocks: &[Vec<u8>]) -> Vec<u8> {
    [&[0x28, 0xb5, 0x2f, 0xfd][..], header, &blocks.concat()].concat()
}

/// What a block holds.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The bytes as they are.
    Raw,
    /// One byte, repeated.
    Rle,
    /// Literals and sequences.
    Compressed,
    /// What no decoder knows.
    Reserved,
}

/// A block of so many bytes, with this body.
pub(crate) fn block(kind: Kind, last: bool, size: usize, body: &[u8]) -> Vec<u8> {
    let header = u32::from(last) | (kind as u32) << 1 | (size as u32) << 3;
    [&header.to_le_bytes()[..3], body].concat()
}

/// Bytes as raw blocks of at most `len`, the last of which says so.
pub(crate) fn raw_blocks_of(bytes: &[u8], len: usize) -> Vec<Vec<u8>> {
    let chunks: Vec<_> = bytes.chunks(len).collect();
    let last = chunks.len() - 1;
    let of = |(at, part): (usize, &&[u8])| block(Kind::Raw, at == last, part.len(), part);
    chunks.iter().enumerate().map(of).collect()
}

/// Blocks that repeat a byte `n` times.
pub(crate) fn repeated(byte: u8, mut n: usize) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    while n > 0 {
        let len = n.min(128 * 1024);
        blocks.push(block(Kind::Rle, false, len, &[byte]));
        n -= len;
    }
    blocks
}

/// A compressed block that is one match: 1024 bytes from `distance` bytes before.
///
/// No literals; one sequence, whose three codes are each the only symbol of their table, so that the bit stream
/// holds their extra bits and nothing else.
pub(crate) fn match_of_1024(distance: u64) -> Vec<u8> {
    // The first three offset values stand for repeated offsets.
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
