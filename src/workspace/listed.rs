//! A layer that is listed and not read: a tree without a download, and without verification.
//!
//! A compressed layer of a registry may have a table of contents. `layer` parses it. Here its bytes are requested, in at
//! most two small ranges, and later those of single files. A table that turns out to be useless costs nothing more, and the layer is then read as a whole.

use crate::message::Message;
use std::collections::BTreeMap;
use std::rc::Rc;

use xxhash_rust::xxh3::xxh3_64;

use crate::bounds::Limits;
use crate::image::CompressionHint;
use crate::layer::{
    Before, Compression, EntryId, Error as LayerError, HeaderReader, LayerIndex, LeftOut, ListedBy,
    Notice, StoredPart, StoredRange, TocContents, TocError, TocForm, TocPlace, Warning, Warnings,
    footer_range, place_in_annotations, place_in_footer, read_toc, stored_parts,
};
use crate::source::{Blob, Error, FoundLayer};

/// Smallest compressed size in bytes of a layer whose table is requested. A smaller layer arrives about as fast as
/// two further answers, and is then verified.
const WORTH_BYTES: u64 = 4 * 1024 * 1024;

/// Compressed bytes of a file requested at a time, at most.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes of a plain layer read at a time. Content that ends within is passed over there; what is longer is not read.
const HEADER_BYTES: usize = 32 * 1024;

/// A layer according to its table of contents, or to its headers.
pub struct ListedLayer {
    /// The entries that it claims.
    pub index: Rc<LayerIndex>,
    /// The source of the listing.
    pub by: ListedBy,
    /// Compressed size of the whole layer in bytes, as its descriptor claims.
    pub stored_bytes: u64,
    /// Compressed bytes that were requested.
    pub asked_bytes: u64,
    /// The damage at which the headers end.
    pub damage: Option<LayerError>,
    /// Warnings about the listing.
    pub warnings: Warnings,
    /// Paths that a limit or a rule left out.
    pub left_out: LeftOut,
    contents: Contents,
    blob: Rc<dyn Blob>,
}

/// The way to a file's bytes.
enum Contents {
    Table(TocContents),
    /// They lie in the layer as they are.
    Plain,
}

/// Lists a layer by its headers alone; `None` if it is compressed, or its bytes are not at hand.
///
/// # Errors
/// When the bytes cannot be read.
pub async fn list_headers(
    found: &FoundLayer,
    before: Before,
    limits: &Limits,
) -> Result<Option<ListedLayer>, Error> {
    let blob = match &found.blob {
        Ok(blob) if blob.is_at_hand() => Rc::clone(blob),
        _ => return Ok(None),
    };
    let Some(size_bytes) = blob.size_bytes() else {
        return Ok(None);
    };
    let reader = HeaderReader::new(&limits.layer, size_bytes, seed_of(found, &*blob));
    let mut reader = reader.after(before);
    let mut asked_bytes = 0;
    while let Some(at) = reader.wanted() {
        let left = usize::try_from(size_bytes - at).unwrap_or(usize::MAX);
        let bytes = blob.read_at(at, left.min(HEADER_BYTES)).await?;
        if at == 0 && !HeaderReader::reads(&bytes) {
            return Ok(None);
        }
        asked_bytes += bytes.len() as u64;
        reader.push(&bytes);
    }
    let listing = reader.finish();
    Ok(Some(ListedLayer {
        index: Rc::new(listing.index),
        by: ListedBy::Headers,
        stored_bytes: size_bytes,
        asked_bytes,
        damage: listing.damage,
        warnings: listing.warnings,
        left_out: listing.left_out,
        contents: Contents::Plain,
        blob,
    }))
}

/// Returns a number for a layer's content, as far as its claims and its place tell it from others.
fn seed_of(found: &FoundLayer, blob: &dyn Blob) -> u64 {
    let claimed = found.diff_id.as_ref().map(|id| id.0.as_str());
    let claimed = claimed.or(found.digest.as_ref().map(|digest| digest.as_str()));
    xxh3_64(claimed.or(blob.place()).unwrap_or_default().as_bytes())
}

/// The result of requesting a table.
pub enum TableAnswer {
    /// A layer that can be shown from its table.
    Listed(ListedLayer),
    /// There is no table, or parts of the layer cannot be requested.
    Absent,
    /// There is a table, but it is useless.
    Unusable(Warning),
}

/// Requests a layer's table of contents.
///
/// A source that does not answer gives [`TableAnswer::Absent`]: reading the layer will report the error.
pub async fn list_layer(found: &FoundLayer, limits: &Limits) -> TableAnswer {
    let Some((form, blob, stored_bytes)) = worth_asking(found) else {
        return TableAnswer::Absent;
    };
    let mut asking = Asking {
        blob: Rc::clone(&blob),
        asked_bytes: 0,
    };
    let listed = asking
        .table(form, &found.annotations, stored_bytes, limits)
        .await;
    match listed {
        Ok(Some((place, toc))) => TableAnswer::Listed(ListedLayer {
            index: Rc::new(toc.index),
            by: ListedBy::Table {
                form,
                is_claimed: place.claimed.is_some(),
            },
            stored_bytes,
            asked_bytes: asking.asked_bytes,
            damage: None,
            warnings: toc.warnings,
            left_out: toc.left_out,
            contents: Contents::Table(toc.contents),
            blob,
        }),
        Ok(None) | Err(TocError::Absent) => TableAnswer::Absent,
        Err(error) => {
            let reason = (&error).into();
            TableAnswer::Unusable(Warning::new(Notice::TocUnusable { reason }, b""))
        }
    }
}

/// Returns the format of a layer's table, if the layer is large enough for a request.
fn worth_asking(found: &FoundLayer) -> Option<(TocForm, Rc<dyn Blob>, u64)> {
    let compression = match found.media_type.as_ref()?.layer()?.compression {
        CompressionHint::None => Compression::None,
        CompressionHint::Gzip => Compression::Gzip,
        CompressionHint::Zstd => Compression::Zstd,
    };
    let form = TocForm::of(compression)?;
    let stored_bytes = found.size_bytes.filter(|size| *size >= WORTH_BYTES)?;
    Some((form, Rc::clone(found.blob.as_ref().ok()?), stored_bytes))
}

struct Asking {
    blob: Rc<dyn Blob>,
    asked_bytes: u64,
}

impl Asking {
    async fn table(
        &mut self,
        form: TocForm,
        annotations: &BTreeMap<String, String>,
        stored_bytes: u64,
        limits: &Limits,
    ) -> Result<Option<(TocPlace, crate::layer::Toc)>, TocError> {
        let annotated = match form {
            TocForm::ZstdChunked => place_in_annotations(annotations, stored_bytes, &limits.layer),
            TocForm::Estargz => None,
        };
        let place = match annotated {
            Some(place) => place?,
            None => {
                let Some(range) = footer_range(form, stored_bytes) else {
                    return Ok(None);
                };
                let Some(footer) = self.part(range).await else {
                    return Ok(None);
                };
                place_in_footer(form, &footer, annotations, stored_bytes, &limits.layer)?
            }
        };
        let Some(stored) = self.part(place.range).await else {
            return Ok(None);
        };
        let toc = read_toc(&place, &stored, &limits.layer)?;
        Ok(Some((place, toc)))
    }

    async fn part(&mut self, range: StoredRange) -> Option<Vec<u8>> {
        self.asked_bytes += range.len;
        part_of(&*self.blob, range).await.ok().flatten()
    }
}

async fn part_of(blob: &dyn Blob, range: StoredRange) -> Result<Option<Vec<u8>>, Error> {
    // Bounded by the limits of tables, or by a reader's request size.
    let len = usize::try_from(range.len).unwrap_or(usize::MAX);
    blob.read_part(range.offset, len).await
}

/// Compressed bytes that were fetched.
#[derive(Default)]
struct Held {
    offset: u64,
    bytes: Vec<u8>,
}

impl Held {
    fn has(&self, range: StoredRange) -> bool {
        self.part(range).len() as u64 == range.len
    }

    /// Returns the bytes of a range; empty unless all of them are there.
    fn part(&self, range: StoredRange) -> &[u8] {
        let start = range.offset.checked_sub(self.offset);
        let start = start.and_then(|start| usize::try_from(start).ok());
        let len = usize::try_from(range.len).ok();
        let part = start.zip(len).and_then(|(start, len)| {
            let end = start.checked_add(len)?;
            self.bytes.get(start..end)
        });
        part.unwrap_or_default()
    }
}

impl ListedLayer {
    /// Passes `len` bytes of a file from `offset` to `give`, piece by piece. Those of a table are verified by their
    /// digests there; those of a plain layer are not verified at all.
    ///
    /// # Errors
    /// When the bytes cannot be read, do not match the table, or the table has no digest of them.
    pub(super) async fn pieces(
        &self,
        entry: EntryId,
        offset: u64,
        len: u64,
        give: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        if len == 0 {
            return Ok(());
        }
        let what = || Message::the_layer();
        let contents = match &self.contents {
            Contents::Table(contents) => contents,
            Contents::Plain => return self.plain_pieces(entry, offset, len, give).await,
        };
        let Some(mut reader) = contents.open(entry, offset, len) else {
            return Err(Error::Unsupported {
                what: Message::layers_toc(),
                reason: Message::toc_no_way(),
            });
        };
        let mut out = Vec::new();
        let mut held = Held::default();
        while let Some(range) = reader.next_range() {
            if !held.has(range) {
                let end = reader
                    .run_end()
                    .min(range.offset.saturating_add(PIECE_BYTES));
                let len = end.saturating_sub(range.offset).max(range.len);
                let wanted = StoredRange { len, ..range };
                let part = part_of(&*self.blob, wanted).await?;
                held = Held {
                    offset: range.offset,
                    bytes: part.ok_or_else(|| Error::Malformed {
                        what: what(),
                        reason: Message::toc_no_parts(),
                    })?,
                };
            }
            let stored = held.part(range);
            reader
                .push(stored, &mut out)
                .map_err(|reason| Error::Damaged {
                    what: what(),
                    reason: (&reason).into(),
                })?;
            if !out.is_empty() {
                give(&out);
                out.clear();
            }
        }
        Ok(())
    }

    async fn plain_pieces(
        &self,
        entry: EntryId,
        offset: u64,
        len: u64,
        give: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let parts = self.index.entry(entry);
        let parts = parts.map(|entry| stored_parts(&entry, offset, len));
        for part in parts.unwrap_or_default() {
            let (mut at, end) = match part {
                StoredPart::Bytes(range) => (range.offset, range.offset.saturating_add(range.len)),
                StoredPart::Zeros(n) => (0, n),
            };
            while at < end {
                let n = usize::try_from((end - at).min(PIECE_BYTES)).unwrap_or(usize::MAX);
                match part {
                    StoredPart::Bytes(_) => give(&self.blob.read_at(at, n).await?),
                    StoredPart::Zeros(_) => give(&vec![0; n]),
                }
                at = at.saturating_add(n as u64);
            }
        }
        Ok(())
    }
}
