//! gzip members made in memory: deflate by miniz_oxide, header and trailer by hand.

use miniz_oxide::deflate::compress_to_vec;

/// Returns one member with the shortest header. Level 0 stores, level 9 compresses most.
pub(crate) fn gzip_of(bytes: &[u8], level: u8) -> Vec<u8> {
    gzip_with(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], bytes, level)
}

/// Returns one member with a header chosen by the test.
pub(crate) fn gzip_with(header: &[u8], bytes: &[u8], level: u8) -> Vec<u8> {
    let mut member = header.to_vec();
    member.extend(compress_to_vec(bytes, level));
    member.extend(crc32fast::hash(bytes).to_le_bytes());
    member.extend((bytes.len() as u32).to_le_bytes());
    member
}
