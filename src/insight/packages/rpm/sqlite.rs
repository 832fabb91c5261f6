//! Reads one table of an SQLite database, by SQLite's description of its file format.
//!
//! There is no kept reader of SQLite that is small and needs no file: `rusqlite` brings all of SQLite in C. What rpm
//! writes is one table of two columns, a number and the header of a package.

use super::number::{be16, be32, size};
use super::walked::Walked;

const MAGIC: &[u8] = b"SQLite format 3\0";
/// Offset of the first page's own header: the file's header precedes it.
const FIRST_PAGE_AT: usize = 100;
/// Columns of a row that are looked at. rpm's table has two, the schema five.
const MOST_COLUMNS: usize = 8;
const LEAF: u8 = 0x0d;
const INTERIOR: u8 = 0x05;

pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Gives the blobs of a table, the last column of each row. A database without such a table has one broken page.
pub(super) fn blobs(bytes: &[u8], table: &[u8], give: &mut dyn FnMut(&[u8])) -> Walked {
    let mut walked = Walked::default();
    let Some(mut file) = File::parse(bytes) else {
        walked.broken();
        return walked;
    };
    let mut root = None;
    file.rows(1, &mut walked, &mut |row| {
        let columns = columns(row);
        if let [kind, name, _, place, ..] = columns.as_slice()
            && (kind.bytes, name.bytes) == (b"table", table)
        {
            root = root.or(place.number());
        }
    });
    // The pages of the table are others than those of the schema.
    match root {
        Some(root) => file.rows(root, &mut walked, &mut |row| {
            if let Some(blob) = columns(row).last().filter(|column| column.is_blob()) {
                give(blob.bytes);
            }
        }),
        None => walked.broken(),
    }
    walked
}

struct File<'b> {
    bytes: &'b [u8],
    page_bytes: usize,
    /// Bytes of a page that are in use.
    usable: usize,
    /// True for each page that was visited.
    seen: Vec<bool>,
}

impl<'b> File<'b> {
    fn parse(bytes: &'b [u8]) -> Option<File<'b>> {
        let page_bytes = match be16(bytes, 16)? {
            1 => 65_536,
            bytes => usize::from(bytes),
        };
        let reserved = usize::from(*bytes.get(20)?);
        let is_size = page_bytes.is_power_of_two() && page_bytes >= 512;
        // SQLite itself wants 480 usable bytes.
        let usable = page_bytes
            .checked_sub(reserved)
            .filter(|&usable| usable >= 480)?;
        is_size.then(|| File {
            bytes,
            page_bytes,
            usable,
            seen: vec![false; bytes.len() / page_bytes],
        })
    }

    /// Returns a page that was not visited before. Pages are counted from 1.
    fn page(&mut self, number: u32) -> Option<&'b [u8]> {
        let at = size(number).checked_sub(1)?;
        let seen = self.seen.get_mut(at)?;
        if std::mem::replace(seen, true) {
            return None;
        }
        let start = at.checked_mul(self.page_bytes)?;
        self.bytes.get(start..start.checked_add(self.page_bytes)?)
    }

    /// Gives all rows of the table at a page.
    fn rows(&mut self, root: u32, walked: &mut Walked, give: &mut dyn FnMut(&[u8])) {
        let mut pending = vec![root];
        while let Some(number) = pending.pop() {
            let Some(page) = self.page(number) else {
                walked.broken();
                continue;
            };
            let at = if number == 1 { FIRST_PAGE_AT } else { 0 };
            let Some((kind, n_cells)) = page.get(at).zip(be16(page, at + 3)) else {
                walked.broken();
                continue;
            };
            let head = match *kind {
                LEAF => 8,
                INTERIOR => 12,
                _ => {
                    walked.broken();
                    continue;
                }
            };
            // A page has room for the places of its cells.
            if at + head + 2 * usize::from(n_cells) > page.len() {
                walked.broken();
                continue;
            }
            // Cells of one page share it: a page of cells that all begin with the same long one is no larger.
            let mut left = self.page_bytes;
            let mut below = Vec::new();
            for cell in 0..usize::from(n_cells) {
                let place = be16(page, at + head + 2 * cell).map(usize::from);
                let Some(cell) = place.and_then(|place| page.get(place..)) else {
                    walked.broken();
                    continue;
                };
                if *kind == INTERIOR {
                    below.extend(be32(cell, 0));
                    continue;
                }
                match self.payload(cell, &mut left) {
                    Some(row) => give(&row),
                    None => walked.broken(),
                }
            }
            if *kind == INTERIOR {
                below.extend(be32(page, at + 8));
                pending.extend(below.into_iter().rev());
            }
        }
    }

    /// Returns the payload of a cell, with its overflow pages. `left` are the bytes of the page that are not used yet.
    fn payload(&mut self, cell: &[u8], left: &mut usize) -> Option<Vec<u8>> {
        let (len, rest) = varint(cell)?;
        let (_row, rest) = varint(rest)?;
        let len = usize::try_from(len).ok()?;
        let most = self.usable - 35;
        let local = if len <= most {
            len
        } else {
            let least = (self.usable - 12) * 32 / 255 - 23;
            let wanted = least + (len - least) % (self.usable - 4);
            if wanted <= most { wanted } else { least }
        };
        *left = left.checked_sub(local)?;
        let (here, rest) = rest.split_at_checked(local)?;
        let mut payload = here.to_vec();
        let mut next = (payload.len() < len).then(|| be32(rest, 0));
        while let Some(number) = next {
            let page = self.page(number?)?;
            let wanted = (len - payload.len()).min(self.usable - 4);
            payload.extend_from_slice(page.get(4..4 + wanted)?);
            next = (payload.len() < len).then(|| be32(page, 0));
        }
        Some(payload)
    }
}

/// A value of a row.
struct Column<'r> {
    serial: u64,
    bytes: &'r [u8],
}

impl Column<'_> {
    fn is_blob(&self) -> bool {
        self.serial >= 12 && self.serial.is_multiple_of(2)
    }

    /// Returns a positive number of up to 32 bits.
    fn number(&self) -> Option<u32> {
        if self.serial == 9 {
            return Some(1);
        }
        let is_number = (1..=6).contains(&self.serial);
        let mut bytes = self.bytes.iter().filter(|_| is_number);
        let first = i64::from(bytes.next()?.cast_signed());
        let number = bytes.fold(first, |number, &byte| (number << 8) | i64::from(byte));
        u32::try_from(number).ok()
    }
}

/// Returns the first columns of a row, as far as they can be read.
fn columns(row: &[u8]) -> Vec<Column<'_>> {
    let mut columns = Vec::new();
    let head = varint(row).and_then(|(len, _)| {
        let (head, body) = row.split_at_checked(usize::try_from(len).ok()?)?;
        let (_, serials) = varint(head)?;
        Some((serials, body))
    });
    let Some((mut serials, mut body)) = head else {
        return columns;
    };
    while columns.len() < MOST_COLUMNS
        && let Some((serial, rest)) = varint(serials)
    {
        let len = match serial {
            0 | 8 | 9 => 0,
            n @ 1..=4 => n,
            5 => 6,
            6 | 7 => 8,
            n => n.saturating_sub(12) / 2,
        };
        let cut = usize::try_from(len).ok();
        let Some((bytes, after)) = cut.and_then(|len| body.split_at_checked(len)) else {
            break;
        };
        columns.push(Column { serial, bytes });
        (serials, body) = (rest, after);
    }
    columns
}

/// Reads a number of one to nine bytes, and returns what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number: u64 = 0;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        if at == 8 {
            return Some(((number << 8) | u64::from(byte), bytes.get(9..)?));
        }
        number = (number << 7) | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((number, bytes.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 512;

    /// A page of a table with these cells.
    fn page(kind: u8, first: bool, right: u32, cells: &[Vec<u8>]) -> Vec<u8> {
        let mut page = vec![0; PAGE];
        let at = if first { FIRST_PAGE_AT } else { 0 };
        page[at] = kind;
        page[at + 3..at + 5].copy_from_slice(&u16::try_from(cells.len()).unwrap().to_be_bytes());
        let head = if kind == INTERIOR { 12 } else { 8 };
        if kind == INTERIOR {
            page[at + 8..at + 12].copy_from_slice(&right.to_be_bytes());
        }
        let mut end = PAGE;
        for (n, cell) in cells.iter().enumerate() {
            end -= cell.len();
            page[end..end + cell.len()].copy_from_slice(cell);
            let place = at + head + 2 * n;
            page[place..place + 2].copy_from_slice(&u16::try_from(end).unwrap().to_be_bytes());
        }
        if first {
            page[..16].copy_from_slice(MAGIC);
            page[16..18].copy_from_slice(&u16::try_from(PAGE).unwrap().to_be_bytes());
        }
        page
    }

    /// A leaf's cell: lengths, row number, and a short payload.
    fn cell(payload: &[u8]) -> Vec<u8> {
        let len = u8::try_from(payload.len()).unwrap();
        [&[len, 1], payload].concat()
    }

    /// The schema's row of a table at a page.
    fn table_at(name: &[u8], root: u8) -> Vec<u8> {
        let serial = |text: &[u8]| u8::try_from(text.len() * 2 + 13).unwrap();
        let head = [6, serial(b"table"), serial(name), serial(name), 1, 13];
        cell(&[&head, &b"table"[..], name, name, &[root]].concat())
    }

    /// A row of an empty number and a blob.
    fn row(blob: &[u8]) -> Vec<u8> {
        let serial = u8::try_from(blob.len() * 2 + 12).unwrap();
        cell(&[&[3, 0, serial], blob].concat())
    }

    fn check(pages: &[Vec<u8>], expected: &[&str], n_broken: u32) {
        let mut told = Vec::new();
        let walked = blobs(&pages.concat(), b"Packages", &mut |blob| {
            told.push(String::from_utf8_lossy(blob).into_owned());
        });
        assert_eq!(told, expected);
        assert_eq!(walked.n_broken, n_broken);
    }

    #[test]
    fn rows_are_read_through_pages_of_pages() {
        let schema = page(
            LEAF,
            true,
            0,
            &[table_at(b"Name", 9), table_at(b"Packages", 2)],
        );
        let interior = page(INTERIOR, false, 4, &[[0, 0, 0, 3, 1].to_vec()]);
        let leaf = |texts: &[&str]| {
            let rows: Vec<_> = texts.iter().map(|text| row(text.as_bytes())).collect();
            page(LEAF, false, 0, &rows)
        };
        check(
            &[schema, interior, leaf(&["a", "b"]), leaf(&["c"])],
            &["a", "b", "c"],
            0,
        );
    }

    #[test]
    fn circles_of_pages_are_broken_off() {
        let schema = page(LEAF, true, 0, &[table_at(b"Packages", 2)]);
        let circle = page(INTERIOR, false, 2, &[[0, 0, 0, 1, 1].to_vec()]);
        check(&[schema.clone(), circle], &[], 2);
        check(std::slice::from_ref(&schema), &[], 1);
        check(&[page(LEAF, true, 0, &[table_at(b"Packages", 1)])], &[], 1);
        check(&[page(LEAF, true, 0, &[])], &[], 1);
        check(&[schema[..99].to_vec()], &[], 2);
        // Overflow pages that lead back to themselves.
        let mut long = [0x90, 0, 1].to_vec();
        long.resize(600, 0);
        let mut leaf = page(LEAF, false, 0, &[vec![0; 300]]);
        leaf[212..512].copy_from_slice(&long[..300]);
        check(&[schema, leaf, vec![0, 0, 0, 3], vec![0; 508]], &[], 1);
    }

    #[test]
    fn counts_of_cells_beyond_the_page_are_broken_once() {
        let schema = page(LEAF, true, 0, &[table_at(b"Packages", 2)]);
        for kind in [LEAF, INTERIOR] {
            let mut leaf = page(kind, false, 0, &[]);
            leaf[3..5].copy_from_slice(&[0xff; 2]);
            check(&[schema.clone(), leaf], &[], 1);
        }
    }

    #[test]
    fn a_row_of_zeros_has_few_columns() {
        // A header of 100 bytes: 98 columns of nothing.
        let row = [&[100][..], &[0; 200]].concat();
        assert_eq!(columns(&row).len(), MOST_COLUMNS);
    }

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        assert_eq!(varint(&[0x7f, 1]), Some((127, &[1][..])));
        assert_eq!(varint(&[0x81, 0]), Some((128, &[][..])));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, &[][..])));
        assert_eq!(varint(&[0xff; 8]), None);
        assert_eq!(varint(&[]), None);
    }
}
