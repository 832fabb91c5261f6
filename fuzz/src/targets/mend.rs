//! Corrects the checksums of tar headers, so that a mutated tar is read beyond the first changed byte.

const BLOCK: usize = 512;

/// Extent of the correction: the outer tar only, or tars inside it too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Outer,
    Inner,
}

/// Returns the same bytes with a right checksum in every block where a reader expects a header.
pub(super) fn mended(tar: &[u8], depth: Depth) -> Vec<u8> {
    let mut tar = tar.to_vec();
    mend(&mut tar, depth);
    tar
}

fn mend(tar: &mut [u8], depth: Depth) {
    let mut at = 0;
    while let Some(block) = tar.get_mut(at..at + BLOCK) {
        at += BLOCK;
        if block.iter().all(|&byte| byte == 0) {
            continue;
        }
        set_checksum(block);
        let (flag, is_extended) = (block[156], block[482] == 1);
        // Only files and extended headers have content.
        let len = match flag {
            b'1'..=b'6' => 0,
            _ => size_of(&block[124..136]),
        };
        if flag == b'S' && is_extended {
            while let Some(map) = tar.get(at..at + BLOCK) {
                at += BLOCK;
                if map[504] != 1 {
                    break;
                }
            }
        }
        let end = at.saturating_add(len).min(tar.len());
        if depth == Depth::Inner
            && let Some(inner) = tar.get_mut(at..end)
            && inner.get(257..262) == Some(b"ustar")
        {
            mend(inner, Depth::Outer);
        }
        at = end.next_multiple_of(BLOCK);
    }
}

fn set_checksum(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

/// Returns the size in the forms that most writers use: octal, or the low bytes of base 256. 0 for other forms.
fn size_of(field: &[u8]) -> usize {
    if field[0] & 0x80 != 0 {
        let low = &field[field.len() - 4..];
        return low.iter().fold(0, |n, &byte| n << 8 | usize::from(byte));
    }
    let text = std::str::from_utf8(field).unwrap_or_default();
    let digits = text.trim_matches(|c| c == ' ' || c == '\0');
    usize::from_str_radix(digits, 8).unwrap_or(0)
}
