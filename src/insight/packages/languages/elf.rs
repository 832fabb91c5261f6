//! Finds sections and segments of an ELF file. Offsets and lengths in it are only believed as far as there are bytes.

use super::number::{be, le, stretch};

/// Sections and segments that are looked at, of each.
const MOST_HEADERS: u64 = 4_096;
const PT_LOAD: u64 = 1;
const PF_W: u64 = 2;

/// True for a file that begins as an ELF file does.
pub(in super::super) fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}

/// An ELF file, of which the end may be missing.
#[derive(Clone, Copy)]
pub(super) struct Elf<'b> {
    bytes: &'b [u8],
    is_wide: bool,
    pub(super) is_big: bool,
}

/// A piece of the file that is loaded.
#[derive(Clone, Copy)]
struct Segment {
    kind: u64,
    flags: u64,
    offset: u64,
    address: u64,
    len: u64,
}

impl<'b> Elf<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Option<Elf<'b>> {
        let is_wide = match bytes.get(4)? {
            1 => false,
            2 => true,
            _ => return None,
        };
        let is_big = *bytes.get(5)? == 2;
        is_elf(bytes).then_some(Elf {
            bytes,
            is_wide,
            is_big,
        })
    }

    fn number(self, at: u64, len: usize) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        match self.is_big {
            true => be(self.bytes, at, len),
            false => le(self.bytes, at, len),
        }
    }

    /// Reads an address at one of two offsets: in a file of 32 bits, or of 64.
    fn word(self, at: u64, narrow: u64, wide: u64) -> Option<u64> {
        match self.is_wide {
            true => self.number(at.checked_add(wide)?, 8),
            false => self.number(at.checked_add(narrow)?, 4),
        }
    }

    /// Returns the content of a section by its name.
    pub(super) fn section(self, name: &[u8]) -> Option<&'b [u8]> {
        let table = self.word(0, 32, 40)?;
        let counts = if self.is_wide { 58 } else { 46 };
        let size = self.number(counts, 2)?;
        let n = self.number(counts + 2, 2)?.min(MOST_HEADERS);
        let names = self.number(counts + 4, 2)?;
        let header = |n: u64| table.checked_add(n.checked_mul(size)?);
        let content = |at: u64| {
            let (offset, len) = (self.word(at, 16, 24)?, self.word(at, 20, 32)?);
            Some(stretch(self.bytes, offset, len))
        };
        let names = content(header(names)?)?;
        (0..n).find_map(|n| {
            let at = header(n)?;
            let begin = usize::try_from(self.number(at, 4)?).ok()?;
            let rest = names.get(begin..)?.strip_prefix(name)?;
            // A section without bytes in the file has those of memory alone.
            let is_in_file = self.number(at.checked_add(4)?, 4)? != 8;
            (rest.first() == Some(&0) && is_in_file).then(|| content(at))?
        })
    }

    fn segments(self) -> impl Iterator<Item = Segment> + use<'b> {
        let table = self.word(0, 28, 32);
        let counts = if self.is_wide { 54 } else { 42 };
        let size = self.number(counts, 2).unwrap_or(0);
        let n = self.number(counts + 2, 2).unwrap_or(0).min(MOST_HEADERS);
        (0..n).filter_map(move |n| {
            let at = table?.checked_add(n.checked_mul(size)?)?;
            let flags = at.checked_add(if self.is_wide { 4 } else { 24 })?;
            Some(Segment {
                kind: self.number(at, 4)?,
                flags: self.number(flags, 4)?,
                offset: self.word(at, 4, 8)?,
                address: self.word(at, 8, 16)?,
                len: self.word(at, 16, 32)?,
            })
        })
    }

    /// Returns the first segment that may be written.
    pub(super) fn data(self) -> Option<&'b [u8]> {
        let is_data = |one: &Segment| one.kind == PT_LOAD && one.flags & PF_W != 0;
        let found = self.segments().find(is_data)?;
        Some(stretch(self.bytes, found.offset, found.len))
    }

    /// Returns the bytes that are loaded at an address, up to the end of their segment.
    pub(super) fn at(self, address: u64) -> Option<&'b [u8]> {
        self.segments().find_map(|one| {
            let into = address.checked_sub(one.address)?;
            let len = one.len.checked_sub(into)?;
            let is_loaded = one.kind == PT_LOAD && len > 0;
            is_loaded.then(|| stretch(self.bytes, one.offset.saturating_add(into), len))
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A program of 64 bits with these sections.
    pub(in super::super) fn elf_of(sections: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
        bytes.resize(64, 0);
        let mut names = vec![0_u8];
        let mut headers = Vec::new();
        let header = |name: usize, offset: usize, len: usize| {
            let mut header = vec![0_u8; 64];
            header[..4].copy_from_slice(&u32::try_from(name).unwrap().to_le_bytes());
            header[4] = 1;
            header[24..32].copy_from_slice(&(offset as u64).to_le_bytes());
            header[32..40].copy_from_slice(&(len as u64).to_le_bytes());
            header
        };
        for (name, content) in sections {
            headers.extend(header(names.len(), bytes.len(), content.len()));
            names.extend(name.bytes().chain([0]));
            bytes.extend_from_slice(content);
        }
        headers.extend(header(names.len(), bytes.len(), names.len() + 7));
        names.extend(b"strtab\0");
        bytes.extend(&names);
        let table = bytes.len() as u64;
        bytes.extend(headers);
        bytes[40..48].copy_from_slice(&table.to_le_bytes());
        bytes[58] = 64;
        bytes[60] = u8::try_from(sections.len() + 1).unwrap();
        bytes[62] = u8::try_from(sections.len()).unwrap();
        bytes
    }

    #[test]
    fn sections_are_found_by_their_names() {
        let bytes = elf_of(&[(".a", b"one"), (".ab", b"two")]);
        let section = |name: &str| Elf::of(&bytes).unwrap().section(name.as_bytes());
        assert_eq!(section(".a"), Some(&b"one"[..]));
        assert_eq!(section(".ab"), Some(&b"two"[..]));
        assert_eq!(section(".b"), None);
    }

    #[test]
    fn headers_that_lie_are_believed_as_far_as_there_are_bytes() {
        let whole = elf_of(&[(".a", b"one")]);
        for len in 0..whole.len() {
            if let Some(elf) = Elf::of(&whole[..len]) {
                let found = elf.section(b".a");
                assert!(found.is_none_or(|found| found == b"one"), "{len}");
                assert!(elf.data().is_none() && elf.at(0).is_none());
            }
        }
        // Each byte of the header and of the table, at its greatest.
        for at in (4..64).chain(whole.len() - 128..whole.len()) {
            let mut bytes = whole.clone();
            bytes[at] = 0xff;
            let found = Elf::of(&bytes).and_then(|elf| elf.section(b".a").map(<[u8]>::len));
            assert!(found.is_none_or(|len| len <= bytes.len()), "{at}");
        }
        for other in [
            &b""[..],
            b"\x7fELF",
            b"\x7fELF\x03\x01",
            b"#!/bin/sh\nxxxxxxx",
        ] {
            assert!(Elf::of(other).is_none());
        }
    }
}
