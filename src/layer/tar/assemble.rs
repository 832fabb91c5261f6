//! Combines the headers of one entry, and decides whether the entry can be kept.
//!
//! Parsing the stream into headers is left to `parser.rs`.

use super::TarEntry;
use super::header::{BLOCK_BYTES, Block, Header, owner};
use super::number::header_number;
use super::parser::{State, TarEvent, TarParser, bad_pax, padding_of};
use super::pax::Pax;
use super::sparse::{self, MapReader, PaxForm};
use crate::bounds::LayerLimits;
use crate::image::ImagePath;
use crate::layer::engines::notices_of;
use crate::layer::{EngineRefusal, EntryKind, Error, LeftOutWhy, Notice, TarOffset};
use crate::message::Code;

type Reported<'i> = Result<Option<TarEvent<'i>>, Error>;

impl TarParser {
    /// Builds an entry from a header and the extended headers before it.
    pub(super) fn entry<'i>(&mut self, header: &Header<'_>, at: TarOffset) -> Reported<'i> {
        let extensions = std::mem::take(&mut self.extensions);
        let mut pax = match extensions.pax {
            Some((at, records)) => records.read().map_err(bad_pax(at))?,
            None => Pax::default(),
        };
        let filled = |name: Option<Vec<u8>>| name.filter(|name| !name.is_empty());
        let told = filled(extensions.name).or(pax.path.take());
        let name_is_of_header = told.is_none();
        let name = told.unwrap_or_else(|| header.name());
        let flag = match header.type_flag() {
            0 if name.ends_with(b"/") => b'5',
            0 => b'0',
            flag => flag,
        };
        // Go checks the header's own size before the one from an extended header replaces it.
        if !is_header_only(header.type_flag()) {
            header.size()?;
        }
        // Only files have content: the size of other types is ignored, even if it is malformed.
        let stored = match (is_header_only(flag), pax.size) {
            (true, _) => 0,
            (false, None) => header.size()?,
            (false, Some(size)) => u64::try_from(size).map_err(|_| Error::BadNumber {
                offset: at,
                field: Code::FieldSize,
            })?,
        };
        if self
            .offset
            .checked_add(stored)
            .and_then(|end| end.checked_add(BLOCK_BYTES as u64))
            .is_none()
        {
            return Err(Error::BadNumber {
                offset: at,
                field: Code::FieldSize,
            });
        }
        let Some(kind) = self.kind_of(flag, &name) else {
            self.state = State::Skip {
                data: stored,
                padding: padding_of(stored),
            };
            return Ok(None);
        };
        if name_is_of_header && header.has_gnu_prefix() {
            self.notice(Notice::GnuPrefix, &name);
        }
        let ownership = header.ownership()?;
        let (uid, is_uid_cut) = owner(pax.uid.unwrap_or(ownership.uid));
        let (gid, is_gid_cut) = owner(pax.gid.unwrap_or(ownership.gid));
        if is_uid_cut || is_gid_cut {
            self.notice(Notice::OwnerCut, &name);
        }
        let is_link = matches!(kind, EntryKind::Symlink | EntryKind::Hardlink);
        let is_device = matches!(kind, EntryKind::Char | EntryKind::Block);
        let entry = Box::new(TarEntry {
            header_offset: extensions.starts_at.unwrap_or(at),
            data_offset: TarOffset(self.offset),
            path: ImagePath::root(),
            kind,
            mode: if kind == EntryKind::Symlink {
                0o777
            } else {
                ownership.mode
            },
            uid,
            gid,
            mtime: pax.mtime.unwrap_or(ownership.mtime),
            size_bytes: stored,
            stored_bytes: stored,
            link: if is_link {
                filled(extensions.link)
                    .or(pax.link.take())
                    .unwrap_or_else(|| header.link_name())
            } else {
                Vec::new()
            },
            device: if is_device {
                Some(header.device()?)
            } else {
                None
            },
            extents: None,
            xattrs: std::mem::take(&mut pax.xattrs),
            name,
        });
        if header.type_flag() == b'S' {
            return self.gnu_sparse(entry, header, at);
        }
        self.pax_sparse(entry, pax)
    }

    /// Returns the kind for a type flag. `None`, with a notice, if no file system can hold it.
    fn kind_of(&mut self, flag: u8, name: &[u8]) -> Option<EntryKind> {
        Some(match flag {
            b'0' => EntryKind::File,
            b'7' => {
                self.refused(EngineRefusal::ContiguousFile, name);
                EntryKind::File
            }
            b'S' => {
                self.refused(EngineRefusal::OldGnuSparse, name);
                EntryKind::File
            }
            b'1' => EntryKind::Hardlink,
            b'2' => EntryKind::Symlink,
            b'3' => EntryKind::Char,
            b'4' => EntryKind::Block,
            b'5' => EntryKind::Dir,
            b'6' => EntryKind::Fifo,
            flag => {
                self.refused(EngineRefusal::UnknownType { flag }, name);
                self.left_out.push(name, LeftOutWhy::Type);
                return None;
            }
        })
    }

    fn gnu_sparse<'i>(
        &mut self,
        mut entry: Box<TarEntry>,
        header: &Header<'_>,
        at: TarOffset,
    ) -> Reported<'i> {
        let gnu = header.gnu().ok_or(Error::BadSparseMap {
            offset: at,
            reason: Code::SparseNotGnu,
        })?;
        let size = header_number(&gnu.realsize).and_then(|n| u64::try_from(n).ok());
        entry.size_bytes = size.ok_or(Error::BadNumber {
            offset: at,
            field: Code::FieldRealSize,
        })?;
        self.gnu_extents(&mut entry, &gnu.sparse)?;
        if gnu.isextended.first() > Some(&0) {
            self.state = State::GnuMap(entry);
            return Ok(None);
        }
        self.emit_sparse(entry)
    }

    pub(super) fn gnu_map_block<'i>(
        &mut self,
        mut entry: Box<TarEntry>,
        block: &Block,
    ) -> Reported<'i> {
        let mut map = tar::GnuExtSparseHeader::new();
        *map.as_mut_bytes() = *block;
        self.gnu_extents(&mut entry, map.sparse())?;
        if map.isextended.first() > Some(&0) {
            self.state = State::GnuMap(entry);
            return Ok(None);
        }
        self.emit_sparse(entry)
    }

    fn gnu_extents(
        &self,
        entry: &mut TarEntry,
        fields: &[tar::GnuSparseHeader],
    ) -> Result<(), Error> {
        let offset = entry.header_offset;
        let extents = entry.extents.get_or_insert_default();
        sparse::push_gnu_extents(extents, fields, self.limits.sparse_extents)
            .map_err(bad_map(offset))
    }

    fn pax_sparse<'i>(&mut self, mut entry: Box<TarEntry>, pax: Pax) -> Reported<'i> {
        let bad = bad_map(entry.header_offset);
        let form = pax.sparse.form(self.limits.sparse_extents).map_err(bad)?;
        let (name, size_bytes, extents) = match form {
            PaxForm::None { has_records } => {
                if has_records {
                    self.notice(Notice::SparseRecordsIgnored, &entry.name);
                }
                return self.emit(entry);
            }
            PaxForm::Sparse {
                name,
                size_bytes,
                extents,
            } => (name, size_bytes, extents),
        };
        if entry.kind != EntryKind::File {
            return Err(bad(Code::SparseOnlyFile));
        }
        if let Some(name) = name {
            entry.name = name;
        }
        if let Some(size) = size_bytes {
            entry.size_bytes = u64::try_from(size).map_err(|_| bad(Code::SparseNegative))?;
        }
        entry.extents = extents;
        if entry.extents.is_some() {
            return self.emit_sparse(entry);
        }
        self.state = State::PaxMap(entry, MapReader::default());
        Ok(None)
    }

    pub(super) fn pax_map_block<'i>(
        &mut self,
        mut entry: Box<TarEntry>,
        mut map: MapReader,
        block: &Block,
    ) -> Reported<'i> {
        let offset = entry.header_offset;
        let bad = bad_map(offset);
        let left = entry.stored_bytes.checked_sub(BLOCK_BYTES as u64);
        entry.stored_bytes = left.ok_or(bad(Code::SparseLonger))?;
        if map.read(block, self.limits.sparse_extents).map_err(bad)? {
            entry.extents = Some(map.extents);
            return self.emit_sparse(entry);
        }
        self.state = State::PaxMap(entry, map);
        Ok(None)
    }

    fn emit_sparse<'i>(&mut self, mut entry: Box<TarEntry>) -> Reported<'i> {
        let offset = entry.header_offset;
        let (size, stored) = (entry.size_bytes, entry.stored_bytes);
        let extents = entry.extents.get_or_insert_default();
        let held = sparse::check(extents, size, stored).map_err(bad_map(offset))?;
        if held < stored {
            self.refused(EngineRefusal::SparseRest, &entry.name);
        }
        self.emit(entry)
    }

    /// Reports an entry, or drops it if a bound or the file system does not allow it.
    fn emit<'i>(&mut self, mut entry: Box<TarEntry>) -> Reported<'i> {
        let (data, padding) = (entry.stored_bytes, padding_of(entry.stored_bytes));
        entry.data_offset = TarOffset(self.offset);
        match path_of(&entry.name, &entry.link, entry.kind, &self.limits) {
            Ok(path) => entry.path = path,
            Err(why) => {
                let path = ImagePath::normalise(&entry.name).map_err(|_| ());
                let told = path.as_ref().map_or(&*entry.name, ImagePath::as_bytes);
                self.left_out.push(told, why);
                match why {
                    LeftOutWhy::Name => self.refused(EngineRefusal::NulInName, &entry.name),
                    LeftOutWhy::Root => self.refused(EngineRefusal::RootNotDirectory, &entry.name),
                    _ => {}
                }
                self.state = State::Skip { data, padding };
                return Ok(None);
            }
        }
        let attributes = entry.xattrs.iter().map(|(name, _)| name.as_slice());
        for notice in notices_of(&entry.name, &entry.as_row(), attributes) {
            self.notice(notice, entry.path.as_bytes());
        }
        self.state = State::Data {
            left: data,
            padding,
        };
        Ok(Some(TarEvent::Entry(entry)))
    }

    fn refused(&mut self, why: EngineRefusal, subject: &[u8]) {
        self.notice(Notice::EnginesRefuse { why }, subject);
    }
}

/// True for types that have no content, whatever their size field says.
fn is_header_only(flag: u8) -> bool {
    matches!(flag, b'1'..=b'6')
}

/// Returns the normalised path of an entry. The length limit applies to that path: a name can spell the same path
/// at any length.
///
/// # Errors
/// The reason why the entry cannot be kept.
pub(in crate::layer) fn path_of(
    name: &[u8],
    link: &[u8],
    kind: EntryKind,
    limits: &LayerLimits,
) -> Result<ImagePath, LeftOutWhy> {
    let path = ImagePath::normalise(name).map_err(|_| LeftOutWhy::Name)?;
    if path.as_bytes().len() > limits.path_bytes || link.len() > limits.path_bytes {
        return Err(LeftOutWhy::PathBytes);
    }
    if path.components().count() > limits.path_depth {
        return Err(LeftOutWhy::PathDepth);
    }
    if path.is_root() && kind != EntryKind::Dir {
        return Err(LeftOutWhy::Root);
    }
    Ok(path)
}

/// Builds an error about the map of the sparse file whose header is at `offset`.
fn bad_map(offset: TarOffset) -> impl Fn(Code) -> Error + Copy {
    move |reason| Error::BadSparseMap { offset, reason }
}
