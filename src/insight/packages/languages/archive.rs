//! Reads zip archives: the table at the end, and the content of single entries. What the table says of offsets and
//! lengths is only believed as far as there are bytes.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::number::{le, stretch};

/// Bytes of the record at the end, without its comment.
const END_BYTES: usize = 22;
/// Bytes of the longest comment behind it.
const MOST_COMMENT_BYTES: usize = 0xffff;
const ENTRY_BYTES: u64 = 46;
const LOCAL_BYTES: u64 = 30;
/// Bytes of the record that says where the end of a large archive's table is.
const LOCATOR_BYTES: usize = 20;

/// Endings of Java archives.
const ARCHIVES: [&[u8]; 10] = [
    b".jar", b".war", b".ear", b".par", b".sar", b".nar", b".jpi", b".hpi", b".kar", b".lpkg",
];

/// An archive as a whole.
#[derive(Clone, Copy)]
pub(super) struct Archive<'b> {
    bytes: &'b [u8],
    table: &'b [u8],
    /// Bytes before the archive, such as a script that runs it.
    n_before: u64,
}

/// An entry of the table.
#[derive(Clone, Copy)]
pub(super) struct ArchiveEntry<'b> {
    pub(super) name: &'b [u8],
    method: u64,
    packed_bytes: u64,
    pub(super) size_bytes: u64,
    at: u64,
}

impl<'b> Archive<'b> {
    /// Finds the table; `None` for another file.
    pub(super) fn of(bytes: &'b [u8]) -> Option<Archive<'b>> {
        let end = end_of(bytes)?;
        let (mut len, mut at) = (le(bytes, end + 12, 4)?, le(bytes, end + 16, 4)?);
        let mut table_end = end as u64;
        let is_large = len == u64::from(u32::MAX)
            || at == u64::from(u32::MAX)
            || le(bytes, end + 10, 2)? == u64::from(u16::MAX);
        let locator = end.checked_sub(LOCATOR_BYTES).filter(|_| is_large);
        let locator = locator.filter(|&at| bytes.get(at..at + 4) == Some(b"PK\x06\x07"));
        if let Some(locator) = locator {
            // The record that it leads to stands right before it, whatever stands before the archive.
            let large = usize::try_from(le(bytes, locator + 8, 8)?).ok()?;
            let near = locator.checked_sub(56);
            let large = [Some(large), near].into_iter().flatten();
            let mut large =
                large.filter(|&at| bytes.get(at..at.saturating_add(4)) == Some(b"PK\x06\x06"));
            let large = large.next()?;
            (len, at) = (
                le(bytes, large.checked_add(40)?, 8)?,
                le(bytes, large.checked_add(48)?, 8)?,
            );
            table_end = large as u64;
        }
        let n_before = table_end.checked_sub(len)?.checked_sub(at)?;
        let table = stretch(bytes, at.checked_add(n_before)?, len);
        Some(Archive {
            bytes,
            table,
            n_before,
        })
    }

    /// Returns the bytes that an entry costs when it is read: those that it has, or those that are unpacked for them.
    pub(super) fn cost(self, entry: ArchiveEntry<'_>) -> u64 {
        let packed_bytes = entry.packed_bytes.min(self.bytes.len() as u64);
        entry.size_bytes.max(packed_bytes)
    }

    /// Iterates over the entries, up to the first that is torn.
    pub(super) fn entries(self) -> impl Iterator<Item = ArchiveEntry<'b>> + use<'b> {
        let mut rest = self.table;
        std::iter::from_fn(move || {
            let (entry, len) = entry(rest)?;
            rest = rest.get(len..)?;
            Some(entry)
        })
    }

    /// Returns the content of an entry up to a number of bytes; `None` if it has more or cannot be read.
    pub(super) fn content(self, entry: ArchiveEntry<'b>, most: u64) -> Option<Vec<u8>> {
        let at = entry.at.checked_add(self.n_before)?;
        let head = stretch(self.bytes, at, LOCAL_BYTES);
        if !head.starts_with(b"PK\x03\x04") {
            return None;
        }
        let texts = le(head, 26, 2)?.checked_add(le(head, 28, 2)?)?;
        let from = at.checked_add(LOCAL_BYTES)?.checked_add(texts)?;
        let packed = stretch(self.bytes, from, entry.packed_bytes);
        let most = usize::try_from(most.min(entry.size_bytes)).ok()?;
        match entry.method {
            0 if packed.len() <= most => Some(packed.to_vec()),
            8 => decompress_to_vec_with_limit(packed, most).ok(),
            _ => None,
        }
    }
}

/// Finds the record at the end: the last whose comment ends with the file, as a comment may look like one. Where there is
/// none, the last of all.
fn end_of(bytes: &[u8]) -> Option<usize> {
    let first = bytes.len().saturating_sub(END_BYTES + MOST_COMMENT_BYTES);
    let tail = bytes.get(first..)?;
    let fits = |end: &usize| {
        let comment = le(bytes, end + 20, 2).and_then(|len| usize::try_from(len).ok());
        comment.and_then(|len| (end + END_BYTES).checked_add(len)) == Some(bytes.len())
    };
    let mut ends = memchr::memmem::rfind_iter(tail, b"PK\x05\x06").map(|at| first + at);
    let last = ends.next()?;
    let all = std::iter::once(last).chain(ends);
    Some(all.into_iter().find(fits).unwrap_or(last))
}

/// Reads an entry at the beginning of a table, and returns its length there.
fn entry(table: &[u8]) -> Option<(ArchiveEntry<'_>, usize)> {
    if !table.starts_with(b"PK\x01\x02") {
        return None;
    }
    let short = |at: usize| le(table, at, 2);
    let long = |at: usize| le(table, at, 4);
    let (n_name, n_extra, n_comment) = (short(28)?, short(30)?, short(32)?);
    let name = table.get(46..)?.get(..usize::try_from(n_name).ok()?)?;
    let extra = stretch(table, ENTRY_BYTES + n_name, n_extra);
    let (mut packed_bytes, mut size_bytes, mut at) = (long(20)?, long(24)?, long(42)?);
    // Numbers that are too large stand in a field of their own, in this order.
    let mut large = large_numbers(extra).chunks_exact(8);
    for number in [&mut size_bytes, &mut packed_bytes, &mut at] {
        if *number == u64::from(u32::MAX) {
            *number = large.next().and_then(|bytes| le(bytes, 0, 8))?;
        }
    }
    let entry = ArchiveEntry {
        name,
        // What is encrypted is read by no method.
        method: if short(8)? & 1 == 0 {
            short(10)?
        } else {
            u64::MAX
        },
        packed_bytes,
        size_bytes,
        at,
    };
    let len = usize::try_from(ENTRY_BYTES + n_name + n_extra + n_comment).ok()?;
    Some((entry, len))
}

/// Returns the field of numbers that need more than 32 bits; empty if there is none.
fn large_numbers(mut extra: &[u8]) -> &[u8] {
    while let (Some(id), Some(len)) = (le(extra, 0, 2), le(extra, 2, 2)) {
        let field = stretch(extra, 4, len);
        if id == 1 {
            return field;
        }
        extra = stretch(extra, 4 + len, u64::MAX);
    }
    b""
}

/// True for a name of a Java archive.
pub(super) fn is_archive(name: &[u8]) -> bool {
    let is = |ending: &&[u8]| {
        let at = name.len().checked_sub(ending.len()).filter(|&at| at > 0);
        at.and_then(|at| name.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    ARCHIVES.iter().any(is)
}

#[cfg(test)]
pub(super) mod tests {
    use miniz_oxide::deflate::compress_to_vec;

    use super::*;

    /// A zip archive of these files, packed but for the empty ones.
    pub(in super::super) fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut bytes, mut table) = (Vec::new(), Vec::new());
        for (name, content) in files {
            let packed = compress_to_vec(content, 6);
            let mut head = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            head.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
            head.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
            head.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            head.extend([0, 0]);
            table.extend(b"PK\x01\x02\x14\x00");
            table.extend(&head);
            table.extend([0; 10]);
            table.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
            table.extend(name.as_bytes());
            bytes.extend(b"PK\x03\x04");
            bytes.extend(&head);
            bytes.extend(name.as_bytes());
            bytes.extend(packed);
        }
        let (at, len) = (bytes.len(), table.len());
        bytes.extend(table);
        bytes.extend(b"PK\x05\x06\0\0\0\0\0\0\0\0");
        bytes.extend(u32::try_from(len).unwrap().to_le_bytes());
        bytes.extend(u32::try_from(at).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }

    fn told(bytes: &[u8], most: u64) -> Option<String> {
        let archive = Archive::of(bytes)?;
        let told = archive.entries().map(|entry| {
            let content = archive.content(entry, most).map_or("?".into(), |content| {
                String::from_utf8_lossy(&content).into_owned()
            });
            format!("{}={content} ", String::from_utf8_lossy(entry.name))
        });
        Some(told.collect())
    }

    #[test]
    fn entries_are_read_by_the_table_at_the_end() {
        let bytes = zip_of(&[("a", b"one"), ("b/c", b"")]);
        assert_eq!(told(&bytes, 10).unwrap(), "a=one b/c= ");
        assert_eq!(told(&bytes, 2).unwrap(), "a=? b/c= ");
        let script = [b"#!/bin/sh\nexec java -jar $0\n", &bytes[..], b""].concat();
        assert_eq!(told(&script, 10).unwrap(), "a=one b/c= ");
    }

    #[test]
    fn a_comment_that_looks_like_an_end_hides_nothing() {
        let mut bytes = zip_of(&[("a", b"one")]);
        let comment = [b"PK\x05\x06".as_slice(), &[0; 16], &[9, 9], b"more"].concat();
        let len = bytes.len();
        bytes[len - 2] = u8::try_from(comment.len()).unwrap();
        bytes.extend(comment);
        assert_eq!(told(&bytes, 10).unwrap(), "a=one ");
    }

    #[test]
    fn tables_that_lie_are_believed_as_far_as_there_are_bytes() {
        let whole = zip_of(&[("a", b"one"), ("b", &[b'x'; 300])]);
        for len in 0..whole.len() {
            told(&whole[..len], 1_000);
            if len < whole.len() - 2 {
                assert_eq!(told(&whole[..len], 1_000).unwrap_or_default(), "", "{len}");
            }
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                told(&bytes, 1_000);
            }
        }
    }
}
