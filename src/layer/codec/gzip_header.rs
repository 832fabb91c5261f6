//! Parses the header of a gzip member from pieces of any size.
//!
//! Skips the optional fields, which say nothing about the layer. See RFC 1952, section 2.3.

use crate::message::Code;

const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// The field of the header that the next byte belongs to.
#[derive(Clone, Copy, Debug)]
enum Field {
    /// The ten bytes that are always present.
    Fixed(usize),
    ExtraLen(usize),
    Extra,
    Name,
    Comment,
    Crc(usize),
}

/// A header being parsed.
pub(super) struct Header {
    field: Field,
    flags: u8,
    /// Bytes of FEXTRA still to skip, or the part of the header CRC read so far.
    number: u16,
    crc: crc32fast::Hasher,
}

/// The result of parsing some bytes.
pub(super) enum Parsed {
    /// All bytes were consumed and more are needed.
    NeedsInput,
    /// The header is complete.
    Complete {
        /// Number of the given bytes that belong to the header.
        read: usize,
        /// The stored and the computed header CRC, if they differ.
        bad_crc: Option<(u16, u16)>,
    },
    /// The first two bytes are not the magic of gzip.
    NotGzip,
    /// The header violates the format.
    Bad(Code),
}

impl Header {
    pub(super) fn new() -> Header {
        Header {
            field: Field::Fixed(0),
            flags: 0,
            number: 0,
            crc: crc32fast::Hasher::new(),
        }
    }

    /// True if no byte was read yet.
    pub(super) fn is_fresh(&self) -> bool {
        matches!(self.field, Field::Fixed(0))
    }

    /// Parses the next bytes.
    pub(super) fn parse(&mut self, input: &[u8]) -> Parsed {
        for (at, &byte) in input.iter().enumerate() {
            let hashed = !matches!(self.field, Field::Crc(_));
            if hashed {
                self.crc.update(&[byte]);
            }
            match self.take(byte) {
                Ok(None) => {}
                Ok(Some(field)) => self.field = field,
                Err(parsed) => return parsed,
            }
            if let Some(bad_crc) = self.ended() {
                return Parsed::Complete {
                    read: at + 1,
                    bad_crc,
                };
            }
        }
        Parsed::NeedsInput
    }

    /// Consumes one byte. Returns the field of the next byte if it changes.
    fn take(&mut self, byte: u8) -> Result<Option<Field>, Parsed> {
        Ok(match self.field {
            Field::Fixed(at) => {
                match at {
                    0 if byte != 0x1f => return Err(Parsed::NotGzip),
                    1 if byte != 0x8b => return Err(Parsed::NotGzip),
                    2 if byte != 8 => return Err(Parsed::Bad(Code::GzipMethod)),
                    3 if byte & RESERVED != 0 => return Err(Parsed::Bad(Code::GzipFlags)),
                    3 => self.flags = byte,
                    _ => {}
                }
                Some(if at == 9 {
                    self.after(FEXTRA)
                } else {
                    Field::Fixed(at + 1)
                })
            }
            Field::ExtraLen(0) => {
                self.number = u16::from(byte);
                Some(Field::ExtraLen(1))
            }
            Field::ExtraLen(_) => {
                self.number |= u16::from(byte) << 8;
                Some(if self.number == 0 {
                    self.after(FNAME)
                } else {
                    Field::Extra
                })
            }
            Field::Extra => {
                self.number -= 1;
                (self.number == 0).then(|| self.after(FNAME))
            }
            Field::Name => (byte == 0).then(|| self.after(FCOMMENT)),
            Field::Comment => (byte == 0).then(|| self.after(FHCRC)),
            Field::Crc(0) => {
                self.number = u16::from(byte);
                Some(Field::Crc(1))
            }
            Field::Crc(_) => {
                self.number |= u16::from(byte) << 8;
                Some(Field::Crc(2))
            }
        })
    }

    /// Returns the next field that is present, starting with the one of `flag`.
    fn after(&self, flag: u8) -> Field {
        let order = [
            (FEXTRA, Field::ExtraLen(0)),
            (FNAME, Field::Name),
            (FCOMMENT, Field::Comment),
            (FHCRC, Field::Crc(0)),
        ];
        order
            .into_iter()
            .skip_while(|(candidate, _)| *candidate != flag)
            .find(|(candidate, _)| self.flags & candidate != 0)
            .map_or(Field::Fixed(10), |(_, field)| field)
    }

    /// Returns `Some` once the header is complete, with the CRC pair if it does not match.
    fn ended(&self) -> Option<Option<(u16, u16)>> {
        match self.field {
            Field::Fixed(10) => Some(None),
            Field::Crc(2) => {
                let low = self.crc.clone().finalize() & 0xffff;
                let actual = u16::try_from(low).unwrap_or_default();
                Some((actual != self.number).then_some((self.number, actual)))
            }
            _ => None,
        }
    }
}
