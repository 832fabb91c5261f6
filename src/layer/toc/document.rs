//! Verifies a table's digest and parses its JSON as a stream.

use crate::message::{Code, Message};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

use super::builder::{Builder, Toc};
use super::error::malformed;
use super::place::STARGZ_INDEX;
use super::{TocError, TocForm, TocPlace};
use crate::bounds::LayerLimits;
use crate::image::{Algorithm, Digest, Hasher};
use crate::layer::tar::{TarEvent, TarParser};
use crate::layer::{Checksum, Compression, DecodeStatus, Decoder};

/// Maximum size in bytes of the tar around it, including the names in its header.
const TAR_BYTES: u64 = 64 * 1024;
/// The only known version of a table.
const VERSION: u64 = 1;

/// Parses the table in `stored`, the bytes of its place.
///
/// # Errors
/// If the table is not the one that the manifest claims, is damaged or malformed, or crosses a limit.
pub fn read_toc(place: &TocPlace, stored: &[u8], limits: &LayerLimits) -> Result<Toc, TocError> {
    let json = match place.form {
        TocForm::Estargz => {
            let room = limits.toc_bytes.saturating_add(TAR_BYTES);
            let tar = decoded(Compression::Gzip, stored, room, limits)?;
            let json = file_in(&tar, limits)?;
            if json.len() as u64 > limits.toc_bytes {
                let (what, limit) = (Code::TocBytes, limits.toc_bytes);
                return Err(TocError::TooMany { what, limit });
            }
            prove(place, &json)?;
            json
        }
        TocForm::ZstdChunked => {
            prove(place, stored)?;
            decoded(Compression::Zstd, stored, limits.toc_bytes, limits)?
        }
    };
    let mut builder = Builder::new(place, Digest::sha256_of(&json), limits);
    let mut deserializer = serde_json::Deserializer::from_slice(&json);
    let read = Document(&mut builder)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    // The builder's own error is more precise.
    builder.refused()?;
    read.map_err(|error| malformed(Message::verbatim(error.to_string())))?;
    builder.finish()
}

/// Compares bytes with the claimed digest. A digest with an unknown algorithm claims nothing.
fn prove(place: &TocPlace, bytes: &[u8]) -> Result<(), TocError> {
    let claimed = place.claimed.as_ref();
    let Some(claimed) = claimed.filter(|digest| digest.algorithm() != Algorithm::Other) else {
        return Ok(());
    };
    let mut hasher = Hasher::new(claimed.algorithm());
    hasher.update(bytes);
    match hasher.finish() {
        Some(actual) if actual != *claimed => Err(TocError::Digest {
            expected: claimed.to_string(),
            actual: actual.to_string(),
        }),
        _ => Ok(()),
    }
}

/// Decompresses a stream, if the result has at most `most` bytes.
fn decoded(
    compression: Compression,
    mut stored: &[u8],
    most: u64,
    limits: &LayerLimits,
) -> Result<Vec<u8>, TocError> {
    let mut decoder = Decoder::new(compression, limits);
    let (mut out, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        let step = decoder
            .decode(stored, &mut piece)
            .map_err(TocError::Damaged)?;
        out.extend_from_slice(piece.get(..step.written).unwrap_or_default());
        if out.len() as u64 > most {
            let (what, limit) = (Code::TocBytes, limits.toc_bytes);
            return Err(TocError::TooMany { what, limit });
        }
        stored = stored.get(step.read..).unwrap_or_default();
        if step.status == DecodeStatus::NeedsInput {
            break;
        }
    }
    match decoder.finish().map_err(TocError::Damaged)?.checksum {
        Checksum::Refuted(error) => Err(TocError::Damaged(error)),
        Checksum::Absent | Checksum::Proved => Ok(out),
    }
}

/// Returns the table from the tar that holds it.
fn file_in(mut tar: &[u8], limits: &LayerLimits) -> Result<Vec<u8>, TocError> {
    let mut parser = TarParser::new(limits);
    let (mut json, mut is_it) = (Vec::new(), false);
    loop {
        let step = parser.step(tar).map_err(TocError::Damaged)?;
        tar = tar.get(step.read..).unwrap_or_default();
        match step.event {
            TarEvent::NeedsInput => return Err(malformed(Code::TocNoIndex)),
            TarEvent::Entry(entry) => is_it = entry.path.as_bytes() == STARGZ_INDEX,
            TarEvent::Data(data) if is_it => json.extend_from_slice(data),
            TarEvent::Data(_) => {}
            TarEvent::EntryEnd if is_it => return Ok(json),
            TarEvent::EntryEnd => {}
        }
    }
}

/// The object around the rows. Each row goes to the builder at once; the document is never held as a tree.
struct Document<'b, 'l>(&'b mut Builder<'l>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with version and entries")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let refused = <A::Error as serde::de::Error>::custom;
        let (mut version, mut has_entries) = (None, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "version" => version = Some(map.next_value::<u64>()?),
                "entries" if has_entries => return Err(refused(Code::TocTwice)),
                "entries" => {
                    has_entries = true;
                    map.next_value_seed(Entries(self.0))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match (version, has_entries) {
            (Some(VERSION), true) => Ok(()),
            (Some(VERSION), false) => Err(refused(Code::TocNoEntries)),
            _ => Err(refused(Code::TocVersion)),
        }
    }
}

struct Entries<'b, 'l>(&'b mut Builder<'l>);

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element()? {
            if !self.0.push(&row) {
                return Err(serde::de::Error::custom("refused"));
            }
        }
        Ok(())
    }
}
