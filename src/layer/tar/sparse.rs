//! Maps of sparse files: old GNU headers, and PAX 0.0, 0.1 and 1.0.
//!
//! All of them become extents by logical offset; nothing is ever allocated by what a map claims.

use super::number::{decimal, header_number};
use crate::layer::Extent;

const TOO_MANY: &str = "it has more extents than the limit";
const BAD_NUMBER: &str = "a number in it is malformed";

/// What PAX records say of a sparse file, keys without `GNU.sparse.`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PaxSparse {
    pub(super) name: Option<Vec<u8>>,
    major: Option<u64>,
    minor: Option<u64>,
    /// `size` of the 0.x forms, `realsize` of 1.0.
    pub(super) size_bytes: Option<u64>,
    /// The map of the 0.x forms, complete or with one offset that still waits for its length.
    map: Option<Vec<Extent>>,
    offset: Option<u64>,
}

/// Which of the forms it is.
pub(super) enum PaxForm {
    /// Not sparse.
    None,
    /// The map stands in the header.
    InHeader(Vec<Extent>),
    /// The map stands before the content.
    InData,
}

impl PaxSparse {
    pub(super) fn set(
        &mut self,
        key: &[u8],
        value: &[u8],
        extent_limit: usize,
    ) -> Result<(), &'static str> {
        const BAD: &str = "a number of a sparse map is malformed";
        let number = || decimal(value).ok_or(BAD);
        match key {
            b"name" if value.contains(&0) => return Err("a name holds a NUL byte"),
            b"name" => self.name = (!value.is_empty()).then(|| value.to_vec()),
            b"major" => self.major = Some(number()?),
            b"minor" => self.minor = Some(number()?),
            b"size" | b"realsize" => self.size_bytes = Some(number()?),
            b"offset" => self.offset = Some(number()?),
            b"numbytes" => {
                let logical_offset = self.offset.take().ok_or(BAD)?;
                self.push(
                    Extent {
                        logical_offset,
                        len: number()?,
                    },
                    extent_limit,
                )?;
            }
            b"map" => {
                self.map = Some(Vec::new());
                let mut numbers = value.split(|&b| b == b',').filter(|_| !value.is_empty());
                while let Some(offset) = numbers.next() {
                    let logical_offset = decimal(offset).ok_or(BAD)?;
                    let len = numbers.next().and_then(decimal).ok_or(BAD)?;
                    self.push(
                        Extent {
                            logical_offset,
                            len,
                        },
                        extent_limit,
                    )?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, extent: Extent, limit: usize) -> Result<(), &'static str> {
        let map = self.map.get_or_insert_default();
        if map.len() >= limit {
            return Err("a sparse map has more extents than the limit");
        }
        map.push(extent);
        Ok(())
    }

    /// Tells the form; versions that nobody has written yet are read as ordinary files.
    pub(super) fn form(&mut self) -> PaxForm {
        match (self.major, self.minor, self.map.take()) {
            (Some(1), Some(0), _) => PaxForm::InData,
            (None | Some(0), None | Some(0 | 1), Some(map)) => PaxForm::InHeader(map),
            _ => PaxForm::None,
        }
    }
}

/// Adds the extents of an old GNU header or of an extension block; an empty one ends them.
pub(super) fn push_gnu_extents(
    extents: &mut Vec<Extent>,
    fields: &[tar::GnuSparseHeader],
    limit: usize,
) -> Result<(), &'static str> {
    for field in fields {
        if field.is_empty() {
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

/// Reads the map of PAX 1.0 from the blocks before the content: decimals, each ended by a newline, first how many
/// extents there are.
#[derive(Debug, Default)]
pub(super) struct MapReader {
    left: Option<u64>,
    number: Option<u64>,
    offset: Option<u64>,
    pub(super) extents: Vec<Extent>,
}

impl MapReader {
    /// Takes one block; tells whether the map is complete, the rest of its last block being padding.
    pub(super) fn read(&mut self, block: &[u8], limit: usize) -> Result<bool, &'static str> {
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
                b'\n' => {
                    let number = self.number.take().ok_or(BAD_NUMBER)?;
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

    fn take_number(&mut self, number: u64, limit: usize) -> Result<(), &'static str> {
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

/// Checks that extents ascend within the file and lie in what is stored; leaves out empty ones. Gives how many
/// bytes they hold.
pub(super) fn check(
    extents: &mut Vec<Extent>,
    size_bytes: u64,
    stored_bytes: u64,
) -> Result<u64, &'static str> {
    let mut end = 0;
    let mut held = 0u64;
    for extent in extents.iter() {
        if extent.logical_offset < end {
            return Err("its extents overlap or are out of order");
        }
        end = extent
            .logical_offset
            .checked_add(extent.len)
            .ok_or("an extent ends beyond all numbers")?;
        held = held.saturating_add(extent.len);
    }
    if end > size_bytes {
        return Err("an extent ends after the file does");
    }
    if held > stored_bytes {
        return Err("its extents hold more than is stored");
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
