//! Reads a hash table of Berkeley DB, by the layout of its pages (`src/dbinc/db_page.h` of version 5.3): what rpm kept
//! its packages in until version 4.16.

use super::number::{be16, be32, size};
use super::walked::Walked;

/// The magic number of a hash table.
const MAGIC: u32 = 0x0006_1561;
const MAGIC_AT: usize = 12;
const PAGE_HEAD_BYTES: usize = 26;

/// Types of pages.
const HASH_UNSORTED: u8 = 2;
const OVERFLOW: u8 = 7;
const HASH: u8 = 13;

/// Types of items.
const INLINE: u8 = 1;
const OFF_PAGE: u8 = 3;

/// Bytes of the least header of a package. What is shorter is the table's own count.
const LEAST_BYTES: usize = 16;

pub(super) fn is_one(bytes: &[u8]) -> bool {
    File::parse(bytes).is_some()
}

/// Gives the values of all pairs.
pub(super) fn blobs(bytes: &[u8], give: &mut dyn FnMut(&[u8])) -> Walked {
    let mut walked = Walked::default();
    let Some(mut file) = File::parse(bytes) else {
        walked.broken();
        return walked;
    };
    for number in 1..file.seen.len() {
        let Some(page) = file.page(number) else {
            continue;
        };
        if !matches!(page.get(25), Some(&(HASH | HASH_UNSORTED))) {
            continue;
        }
        let n_items = file.u16(page, 20).map_or(0, usize::from);
        let head_bytes = PAGE_HEAD_BYTES + 2 * n_items;
        // Items stand from the end of the page on, and alternate between keys and values. Each ends where the one
        // before it begins, so that none has bytes of another.
        let mut end = page.len();
        for item in 0..n_items {
            let place = file.u16(page, PAGE_HEAD_BYTES + 2 * item).map(usize::from);
            let Some(start) = place.filter(|place| (head_bytes..end).contains(place)) else {
                walked.broken();
                break;
            };
            let bytes = page.get(start..end).unwrap_or_default();
            end = start;
            // A key.
            if item % 2 == 0 {
                continue;
            }
            match file.value(bytes) {
                Some(value) if value.len() < LEAST_BYTES => {}
                Some(value) => give(&value),
                None => walked.broken(),
            }
        }
    }
    walked
}

struct File<'b> {
    bytes: &'b [u8],
    is_big_endian: bool,
    page_bytes: usize,
    /// True for each page whose content was used.
    seen: Vec<bool>,
}

impl<'b> File<'b> {
    fn parse(bytes: &'b [u8]) -> Option<File<'b>> {
        let is_big_endian = match be32(bytes, MAGIC_AT)? {
            MAGIC => true,
            magic if magic.swap_bytes() == MAGIC => false,
            _ => return None,
        };
        let mut file = File {
            bytes,
            is_big_endian,
            page_bytes: 0,
            seen: Vec::new(),
        };
        file.page_bytes = size(file.u32(bytes, 20)?);
        if !file.page_bytes.is_power_of_two() || !(512..=65_536).contains(&file.page_bytes) {
            return None;
        }
        file.seen = vec![false; bytes.len() / file.page_bytes];
        Some(file)
    }

    fn u16(&self, bytes: &[u8], at: usize) -> Option<u16> {
        let number = be16(bytes, at)?;
        Some(if self.is_big_endian {
            number
        } else {
            number.swap_bytes()
        })
    }

    fn u32(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let number = be32(bytes, at)?;
        Some(if self.is_big_endian {
            number
        } else {
            number.swap_bytes()
        })
    }

    fn page(&self, number: usize) -> Option<&'b [u8]> {
        let start = number.checked_mul(self.page_bytes)?;
        self.bytes.get(start..start.checked_add(self.page_bytes)?)
    }

    /// Returns a value, from its item or from the pages that this names.
    fn value(&mut self, item: &[u8]) -> Option<Vec<u8>> {
        match *item.first()? {
            INLINE => item.get(1..).map(<[u8]>::to_vec),
            OFF_PAGE => {
                let len = size(self.u32(item, 8)?);
                let mut next = size(self.u32(item, 4)?);
                let mut value = Vec::new();
                while value.len() < len {
                    // A page belongs to one value.
                    let seen = self.seen.get_mut(next)?;
                    if std::mem::replace(seen, true) {
                        return None;
                    }
                    let page = self.page(next)?;
                    if page.get(25) != Some(&OVERFLOW) {
                        return None;
                    }
                    let held = usize::from(self.u16(page, 22)?);
                    let content = page.get(PAGE_HEAD_BYTES..PAGE_HEAD_BYTES + held)?;
                    value.extend_from_slice(content);
                    next = size(self.u32(page, 16)?);
                }
                value.truncate(len);
                Some(value)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 512;

    fn put(page: &mut [u8], at: usize, bytes: &[u8]) {
        page[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn meta() -> Vec<u8> {
        let mut page = vec![0; PAGE];
        put(&mut page, MAGIC_AT, &MAGIC.to_le_bytes());
        put(&mut page, 20, &512_u32.to_le_bytes());
        page
    }

    /// A page of pairs, whose keys are one byte.
    fn hash(values: &[Vec<u8>]) -> Vec<u8> {
        let mut page = vec![0; PAGE];
        page[25] = HASH;
        let n = u16::try_from(values.len() * 2).unwrap();
        put(&mut page, 20, &n.to_le_bytes());
        let (mut end, mut places) = (PAGE, Vec::new());
        for value in values {
            for item in [&[INLINE, 7][..], value] {
                end -= item.len();
                put(&mut page, end, item);
                places.extend(u16::try_from(end).unwrap().to_le_bytes());
            }
        }
        put(&mut page, PAGE_HEAD_BYTES, &places);
        page
    }

    fn overflow(next: u32, text: &[u8]) -> Vec<u8> {
        let mut page = vec![0; PAGE];
        page[25] = OVERFLOW;
        put(&mut page, 16, &next.to_le_bytes());
        put(
            &mut page,
            22,
            &u16::try_from(text.len()).unwrap().to_le_bytes(),
        );
        put(&mut page, PAGE_HEAD_BYTES, text);
        page
    }

    fn off_page(first: u32, len: u32) -> Vec<u8> {
        [
            &[OFF_PAGE, 0, 0, 0][..],
            &first.to_le_bytes(),
            &len.to_le_bytes(),
        ]
        .concat()
    }

    fn check(pages: &[Vec<u8>], expected: &[&str], n_broken: u32) {
        let mut told = Vec::new();
        let walked = blobs(&pages.concat(), &mut |blob| {
            told.push(String::from_utf8_lossy(blob).into_owned());
        });
        assert_eq!(told, expected);
        assert_eq!(walked.n_broken, n_broken);
    }

    #[test]
    fn values_stand_in_pages_and_off_them() {
        let inline = [&[INLINE][..], b"a value of some length"].concat();
        let count = vec![INLINE, 1, 0, 0, 0];
        let table = hash(&[inline, count, off_page(2, 20)]);
        let pages = [
            meta(),
            table,
            overflow(3, b"0123456789"),
            overflow(0, b"abcdefghij"),
        ];
        check(
            &pages,
            &["a value of some length", "0123456789abcdefghij"],
            0,
        );
    }

    #[test]
    fn circles_and_lies_are_broken_off() {
        check(
            &[meta(), hash(&[off_page(2, 40)]), overflow(2, b"0123456789")],
            &[],
            1,
        );
        check(&[meta(), hash(&[off_page(9, 40)])], &[], 1);
        check(
            &[
                meta(),
                hash(&[off_page(2, 20), off_page(2, 20)]),
                overflow(0, &[b'x'; 20]),
            ],
            &["xxxxxxxxxxxxxxxxxxxx"],
            1,
        );
        check(&[meta(), hash(&[vec![9; 20]])], &[], 1);
        // A page that holds nothing leads to itself for ever.
        check(
            &[meta(), hash(&[off_page(2, 40)]), overflow(2, b"")],
            &[],
            1,
        );
        let mut wild = hash(&[]);
        put(&mut wild, 20, &u16::MAX.to_le_bytes());
        check(&[meta(), wild], &[], 1);
    }

    #[test]
    fn items_do_not_share_bytes() {
        let inline = [&[INLINE][..], b"a value of some length"].concat();
        let mut page = hash(std::slice::from_ref(&inline));
        let places = page[PAGE_HEAD_BYTES..PAGE_HEAD_BYTES + 4].to_vec();
        put(&mut page, 20, &8_u16.to_le_bytes());
        put(&mut page, PAGE_HEAD_BYTES, &places.repeat(4));
        check(&[meta(), page], &["a value of some length"], 1);
    }
}
