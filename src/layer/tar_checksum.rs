//! The checksum of a tar header, by which a tar of the oldest format, without any magic, is recognised.

use tar::Header as Layout;

/// Returns the unsigned and the signed sum of the block with its checksum field as spaces. Writers have used both.
pub(super) fn sums(block: &[u8; 512]) -> (i64, i64) {
    const FIELD: std::ops::Range<usize> = 148..156;
    let field = block.get(FIELD).unwrap_or_default();
    let sum_of = |value: fn(u8) -> i64| {
        let sum = |bytes: &[u8]| bytes.iter().map(|&b| value(b)).sum::<i64>();
        sum(block) - sum(field) + 8 * value(b' ')
    };
    (sum_of(i64::from), sum_of(|b| i64::from(b.cast_signed())))
}

/// True if the block's checksum matches either of the two sums.
pub(super) fn checksum_holds(block: &[u8; 512]) -> bool {
    let (unsigned, signed) = sums(block);
    let stored = octal(&Layout::from_byte_slice(block).as_old().cksum);
    stored.is_some_and(|stored| stored == unsigned || stored == signed)
}

/// Parses octal digits with spaces or NULs before and after, as Go's archive/tar does: 64 bits, whatever their
/// sign.
pub(super) fn octal(field: &[u8]) -> Option<i64> {
    let padding = |b: &u8| matches!(b, b' ' | 0);
    let Some(start) = field.iter().position(|b| !padding(b)) else {
        return Some(0);
    };
    let end = field.iter().rposition(|b| !padding(b)).unwrap_or(start);
    // Bytes after a NUL inside the field are garbage that old writers left behind.
    let digits = field
        .get(start..=end)
        .unwrap_or_default()
        .split(|&b| b == 0)
        .next()
        .unwrap_or_default();
    let number = digits.iter().try_fold(0u64, |number, &digit| match digit {
        b'0'..=b'7' => number.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    });
    number.map(u64::cast_signed)
}
