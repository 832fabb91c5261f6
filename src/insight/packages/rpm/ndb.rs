//! Reads rpm's own database, `ndb`, by the comments of its source (`lib/backend/ndb/rpmpkg.c`): a header, pages of
//! slots, and blobs of 16-byte blocks.

use super::number::{le32, size};
use super::walked::Walked;

const HEADER_MAGIC: &[u8] = b"RpmP";
const SLOT_MAGIC: &[u8] = b"Slot";
const BLOB_MAGIC: &[u8] = b"BlbS";
const PAGE_BYTES: usize = 4096;
/// Bytes of the file's header, which takes the first slots' place.
const HEADER_BYTES: usize = 32;
const SLOT_BYTES: usize = 16;
/// Unit of offsets and lengths.
const BLOCK_BYTES: usize = 16;
/// Bytes before the content of a blob.
const BLOB_HEAD_BYTES: usize = 16;

pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER_MAGIC)
}

/// Gives the blobs of all slots that are in use.
pub(super) fn blobs(bytes: &[u8], give: &mut dyn FnMut(&[u8])) -> Walked {
    let mut walked = Walked::default();
    let n_pages = le32(bytes, 12).map_or(0, size);
    let end = n_pages.saturating_mul(PAGE_BYTES).min(bytes.len());
    let Some(slots) = bytes.get(HEADER_BYTES..end) else {
        walked.broken();
        return walked;
    };
    // Blobs do not overlap, so that together they are no larger than the file.
    let mut left = bytes.len();
    for slot in slots.chunks_exact(SLOT_BYTES) {
        let is_free = le32(slot, 4) == Some(0) || le32(slot, 8) == Some(0);
        if !slot.starts_with(SLOT_MAGIC) {
            walked.broken();
        } else if !is_free {
            let blob = blob(bytes, slot).filter(|blob| blob.len() <= left);
            match blob {
                Some(blob) => {
                    left -= blob.len();
                    give(blob);
                }
                None => walked.broken(),
            }
        }
    }
    walked
}

/// Returns the blob of a slot, if both name the same package.
fn blob<'b>(bytes: &'b [u8], slot: &[u8]) -> Option<&'b [u8]> {
    let start = size(le32(slot, 8)?).checked_mul(BLOCK_BYTES)?;
    let len = size(le32(slot, 12)?).checked_mul(BLOCK_BYTES)?;
    let blob = bytes.get(start..start.checked_add(len)?)?;
    let is_its_own = blob.starts_with(BLOB_MAGIC) && le32(blob, 4) == le32(slot, 4);
    let content = blob.get(BLOB_HEAD_BYTES..)?;
    content.get(..size(le32(blob, 12)?)).filter(|_| is_its_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of one page of slots, each a package, a first block and a number of blocks, and of what follows.
    fn check(slots: &[(u32, u32, u32)], blobs_at_4096: &[&[u8]], expected: &[&str], n_broken: u32) {
        let mut file = [HEADER_MAGIC, &[0; 8], &[1, 0, 0, 0], &[0; 16]].concat();
        for (package, start, n) in slots {
            file.extend_from_slice(SLOT_MAGIC);
            for number in [package, start, n] {
                file.extend(number.to_le_bytes());
            }
        }
        while file.len() < PAGE_BYTES {
            file.extend_from_slice(SLOT_MAGIC);
            file.extend([0; 12]);
        }
        file.extend(blobs_at_4096.concat());
        let mut told = Vec::new();
        let walked = blobs(&file, &mut |blob| {
            told.push(String::from_utf8_lossy(blob).into_owned());
        });
        assert_eq!(told, expected);
        assert_eq!(walked.n_broken, n_broken);
    }

    fn blob(package: u32, text: &str) -> Vec<u8> {
        let mut blob = BLOB_MAGIC.to_vec();
        blob.extend(package.to_le_bytes());
        blob.extend([0; 4]);
        blob.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        blob.extend(text.as_bytes());
        blob.resize(blob.len().next_multiple_of(16).max(48), 0);
        blob
    }

    #[test]
    fn blobs_are_read_through_slots() {
        let (one, two) = (blob(1, "one"), blob(2, "two"));
        check(
            &[(2, 259, 3), (0, 0, 0), (1, 256, 3)],
            &[&one, &two],
            &["two", "one"],
            0,
        );
        check(&[], &[], &[], 0);
    }

    #[test]
    fn slots_that_lie_are_counted() {
        let one = blob(1, "one");
        check(
            &[
                (1, u32::MAX, 3),
                (1, 256, u32::MAX),
                (7, 256, 3),
                (1, 256, 1),
            ],
            &[&one],
            &[],
            4,
        );
        let repeated: Vec<_> = (0..200).map(|_| (1, 256, 3)).collect();
        let told = vec!["one"; 200];
        check(&repeated, &[&one], &told, 0);
        assert_eq!(blobs(b"RpmP", &mut |_| {}).n_broken, 1);
    }

    #[test]
    fn blobs_together_are_no_larger_than_the_file() {
        let long = "x".repeat(5_000);
        let one = blob(1, &long);
        check(&[(1, 256, 314), (1, 256, 314)], &[&one], &[&long], 1);
    }
}
