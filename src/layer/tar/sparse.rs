//! Maps of sparse files: old GNU headers, and PAX 0.0, 0.1 and 1.0.
//!
//! All of them become extents by logical offset. Memory is never allocated by the claims of a map.

use super::number::{decimal, header_number, natural};
use crate::layer::Extent;
use crate::message::Code;

const TOO_MANY: Code = Code::SparseTooMany;
const BAD_NUMBER: Code = Code::SparseNumber;
const OUT_OF_ORDER: Code = Code::SparseOffsets;

/// The PAX records of a sparse file; keys without `GNU.sparse.`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PaxSparse {
    name: Vec<u8>,
    major: Vec<u8>,
    minor: Vec<u8>,
    size: Vec<u8>,
    real_size: Vec<u8>,
    n_extents: Vec<u8>,
    map: Vec<u8>,
    /// The map of format 0.0, whose records come in pairs, and an offset that waits for its length.
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
    offset: Option<Vec<u8>>,
}

/// The form of a sparse file, decided as in Go's archive/tar.
#[derive(Debug, PartialEq)]
pub(super) enum PaxForm {
    /// Not sparse. If there are records all the same, they do not count, including the name.
    None { has_records: bool },
    /// Sparse.
    Sparse {
        name: Option<Vec<u8>>,
        size_bytes: Option<i64>,
        /// The map; `None` if it precedes the content.
        extents: Option<Vec<Extent>>,
    },
}

impl PaxSparse {
    /// Adds the record of an offset.
    pub(super) fn offset(&mut self, value: &[u8]) -> Result<(), Code> {
        match self.offset.replace(value.to_vec()) {
            None if !value.contains(&b',') => Ok(()),
            _ => Err(OUT_OF_ORDER),
        }
    }

    /// Adds the record of a length.
    pub(super) fn length(&mut self, value: &[u8], limit: usize) -> Result<(), Code> {
        let offset = self.offset.take().ok_or(OUT_OF_ORDER)?;
        if value.contains(&b',') {
            return Err(OUT_OF_ORDER);
        }
        if self.pairs.len() >= limit {
            return Err(TOO_MANY);
        }
        self.pairs.push((offset, value.to_vec()));
        Ok(())
    }

    /// Sets any other record.
    pub(super) fn set(&mut self, key: &[u8], value: &[u8]) {
        let field = match key {
            b"name" => &mut self.name,
            b"major" => &mut self.major,
            b"minor" => &mut self.minor,
            b"size" => &mut self.size,
            b"realsize" => &mut self.real_size,
            b"numblocks" => &mut self.n_extents,
            b"map" => &mut self.map,
            _ => return,
        };
        *field = value.to_vec();
    }

    /// True if there is any record.
    fn is_there(&self) -> bool {
        *self != PaxSparse::default()
    }

    /// Decides the form. Versions that nobody has written yet are read as ordinary files.
    ///
    /// # Errors
    /// The reason why engines refuse the header.
    pub(super) fn form(self, limit: usize) -> Result<PaxForm, Code> {
        let in_data = match (&*self.major, &*self.minor) {
            (b"0", b"0" | b"1") => false,
            (b"1", b"0") => true,
            (b"", b"") if !self.map.is_empty() || self.has_pairs() => false,
            _ => {
                return Ok(PaxForm::None {
                    has_records: self.is_there(),
                });
            }
        };
        let size = [&self.size, &self.real_size]
            .into_iter()
            .find(|size| !size.is_empty());
        Ok(PaxForm::Sparse {
            size_bytes: size
                .map(|size| decimal(size).ok_or(BAD_NUMBER))
                .transpose()?,
            extents: match in_data {
                true => None,
                false => Some(self.extents(limit)?),
            },
            name: Some(self.name).filter(|name| !name.is_empty()),
        })
    }

    fn has_pairs(&self) -> bool {
        !self.pairs.is_empty() || self.offset.is_some()
    }

    /// Parses the map of the 0.x formats, which must state its length as well.
    fn extents(&self, limit: usize) -> Result<Vec<Extent>, Code> {
        if self.offset.is_some() {
            return Err(OUT_OF_ORDER);
        }
        let joined;
        let map = match self.has_pairs() {
            true => {
                let pair = |(offset, len): &(Vec<u8>, Vec<u8>)| [&**offset, b",", &**len].concat();
                joined = self.pairs.iter().map(pair).collect::<Vec<_>>().join(&b',');
                &joined
            }
            false => &self.map,
        };
        let mut extents = Vec::new();
        if !map.is_empty() {
            let mut numbers = map.split(|&b| b == b',');
            while let Some(offset) = numbers.next() {
                if extents.len() >= limit {
                    return Err(TOO_MANY);
                }
                let len = numbers.next().and_then(natural).ok_or(BAD_NUMBER)?;
                extents.push(Extent {
                    logical_offset: natural(offset).ok_or(BAD_NUMBER)?,
                    len,
                });
            }
        }
        match natural(&self.n_extents) {
            Some(n) if n == extents.len() as u64 => Ok(extents),
            _ => Err(Code::SparseCount),
        }
    }
}

/// Adds the extents of an old GNU header or an extension block. An empty extent ends them.
pub(super) fn push_gnu_extents(
    extents: &mut Vec<Extent>,
    fields: &[tar::GnuSparseHeader],
    limit: usize,
) -> Result<(), Code> {
    for field in fields {
        if field.offset.first() == Some(&0) {
            break;
        }
        let number = |field| {
            header_number(field)
                .and_then(|n| u64::try_from(n).ok())
                .ok_or(BAD_NUMBER)
        };
        if extents.len() >= limit {
            return Err(TOO_MANY);
        }
        extents.push(Extent {
            logical_offset: number(&field.offset)?,
            len: number(&field.numbytes)?,
        });
    }
    Ok(())
}

/// Reads the map of PAX 1.0 from the blocks before the content: newline-terminated decimals, beginning with the
/// number of extents.
#[derive(Debug, Default)]
pub(super) struct MapReader {
    left: Option<u64>,
    sign: Option<u8>,
    number: Option<u64>,
    offset: Option<u64>,
    pub(super) extents: Vec<Extent>,
}

impl MapReader {
    /// Reads one block. Returns true once the map is complete; the rest of its last block is padding.
    pub(super) fn read(&mut self, block: &[u8], limit: usize) -> Result<bool, Code> {
        for &byte in block {
            match byte {
                b'0'..=b'9' => {
                    let digit = u64::from(byte - b'0');
                    let number = self.number.unwrap_or(0).checked_mul(10);
                    self.number = Some(
                        number
                            .and_then(|n| n.checked_add(digit))
                            .ok_or(BAD_NUMBER)?,
                    );
                }
                b'+' | b'-' if self.number.is_none() && self.sign.is_none() => {
                    self.sign = Some(byte);
                }
                b'\n' => {
                    let number = self.number.take().ok_or(BAD_NUMBER)?;
                    if self.sign.take() == Some(b'-') && number > 0 {
                        return Err(BAD_NUMBER);
                    }
                    self.take_number(number, limit)?;
                    if self.left == Some(0) {
                        return Ok(true);
                    }
                }
                _ => return Err(BAD_NUMBER),
            }
        }
        Ok(false)
    }

    fn take_number(&mut self, number: u64, limit: usize) -> Result<(), Code> {
        match (self.left, self.offset.take()) {
            (None, _) if usize::try_from(number).is_ok_and(|n| n <= limit) => {
                self.left = Some(number)
            }
            (None, _) => return Err(TOO_MANY),
            (Some(_), None) => self.offset = Some(number),
            (Some(left), Some(logical_offset)) => {
                self.extents.push(Extent {
                    logical_offset,
                    len: number,
                });
                self.left = Some(left.saturating_sub(1));
            }
        }
        Ok(())
    }
}

/// Checks that extents ascend within the file and fit the stored content, and removes empty ones. Returns the
/// number of bytes they hold.
pub(super) fn check(
    extents: &mut Vec<Extent>,
    size_bytes: u64,
    stored_bytes: u64,
) -> Result<u64, Code> {
    let mut end = 0;
    let mut held = 0u64;
    for extent in extents.iter() {
        if extent.logical_offset < end {
            return Err(Code::SparseOrder);
        }
        end = extent
            .logical_offset
            .checked_add(extent.len)
            .ok_or(Code::SparseBeyondNumbers)?;
        held = held.saturating_add(extent.len);
    }
    if end > size_bytes {
        return Err(Code::SparseBeyondFile);
    }
    if held > stored_bytes {
        return Err(Code::SparseBeyondStored);
    }
    extents.retain(|extent| extent.len > 0);
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extents(pairs: &[(u64, u64)]) -> Vec<Extent> {
        pairs
            .iter()
            .map(|&(logical_offset, len)| Extent {
                logical_offset,
                len,
            })
            .collect()
    }

    #[test]
    fn tf_12_reads_a_map_across_blocks() {
        let mut reader = MapReader::default();
        assert_eq!(reader.read(b"2\n1", 10), Ok(false));
        assert_eq!(reader.read(b"0\n5\n20\n7\n\0\0", 10), Ok(true));
        assert_eq!(reader.extents, extents(&[(10, 5), (20, 7)]));
        assert!(MapReader::default().read(b"11\n", 10).is_err());
        assert!(MapReader::default().read(b"\n", 10).is_err());
        assert_eq!(MapReader::default().read(b"0\n", 10), Ok(true));
    }

    #[test]
    fn refuses_inconsistent_maps() {
        assert_eq!(check(&mut extents(&[(0, 5), (10, 5)]), 20, 10), Ok(10));
        assert!(check(&mut extents(&[(0, 5), (4, 5)]), 20, 10).is_err());
        assert!(check(&mut extents(&[(0, 5), (18, 5)]), 20, 10).is_err());
        assert!(check(&mut extents(&[(0, 5), (10, 6)]), 20, 10).is_err());
        assert!(check(&mut extents(&[(u64::MAX, 5)]), u64::MAX, 10).is_err());
    }
}
