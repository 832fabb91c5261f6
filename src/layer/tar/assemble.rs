//! From headers to an entry: what the headers of one entry say together, and whether it can be kept.
//!
//! The machine that brings the headers is in `parser.rs`.

use super::TarEntry;
use super::header::{BLOCK_BYTES, Block, Header};
use super::number::header_number;
use super::parser::{Event, State, TarParser, padding_of};
use super::pax::Pax;
use super::sparse::{self, MapReader, PaxForm};
use crate::image::{ImagePath, escape};
use crate::layer::{EntryKind, Error, Limits, TarOffset};

type Reported<'i> = Result<Option<Event<'i>>, Error>;

impl TarParser {
    /// Makes an entry of a header and of the extended headers before it.
    pub(super) fn entry<'i>(&mut self, header: &Header<'_>, at: TarOffset) -> Reported<'i> {
        let extensions = std::mem::take(&mut self.extensions);
        let mut pax = extensions.pax.unwrap_or_default();
        let filled = |name: Option<Vec<u8>>| name.filter(|name| !name.is_empty());
        let name = filled(extensions.name)
            .or(pax.path.take())
            .unwrap_or_else(|| header.name());
        let stored = match pax.size {
            Some(size) => size,
            None => header.size()?,
        };
        if self
            .offset
            .checked_add(stored)
            .and_then(|end| end.checked_add(BLOCK_BYTES as u64))
            .is_none()
        {
            return Err(Error::BadNumber {
                offset: at,
                field: "size".into(),
            });
        }
        let Some(kind) = self.kind_of(header.type_flag(), &name) else {
            self.state = State::Skip {
                data: stored,
                padding: padding_of(stored),
            };
            return Ok(None);
        };
        let ownership = header.ownership()?;
        // Only files have content: what the size field of others says is ignored, as engines do.
        let stored = if kind == EntryKind::File { stored } else { 0 };
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
            uid: pax.uid.unwrap_or(ownership.uid),
            gid: pax.gid.unwrap_or(ownership.gid),
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
        if kind == EntryKind::File {
            self.pax_sparse(entry, pax)
        } else {
            self.emit(entry)
        }
    }

    /// What a type flag stands for; `None`, with a warning, for what no file system can hold.
    fn kind_of(&mut self, flag: u8, name: &[u8]) -> Option<EntryKind> {
        Some(match flag {
            0 if name.ends_with(b"/") => EntryKind::Dir,
            0 | b'0' | b'7' | b'S' => EntryKind::File,
            b'1' => EntryKind::Hardlink,
            b'2' => EntryKind::Symlink,
            b'3' => EntryKind::Char,
            b'4' => EntryKind::Block,
            b'5' => EntryKind::Dir,
            b'6' => EntryKind::Fifo,
            flag => {
                let flag = escape(&[flag]);
                self.warn(
                    "unknown-type",
                    name,
                    format!("the tar type '{flag}' is not known; the entry is left out"),
                );
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
            reason: "its header is not GNU's".into(),
        })?;
        self.warn(
            "old-gnu-sparse",
            &entry.name,
            "an old GNU sparse file, which container engines refuse",
        );
        let size = header_number(&gnu.realsize).and_then(|n| u64::try_from(n).ok());
        entry.size_bytes = size.ok_or(Error::BadNumber {
            offset: at,
            field: "real size".into(),
        })?;
        self.gnu_extents(&mut entry, &gnu.sparse)?;
        if gnu.is_extended() {
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
        if map.is_extended() {
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

    fn pax_sparse<'i>(&mut self, mut entry: Box<TarEntry>, mut pax: Pax) -> Reported<'i> {
        let form = pax.sparse.form();
        if matches!(form, PaxForm::None) {
            return self.emit(entry);
        }
        if let Some(name) = pax.sparse.name {
            entry.name = name;
        }
        entry.size_bytes = pax.sparse.size_bytes.unwrap_or(entry.size_bytes);
        match form {
            PaxForm::InHeader(extents) => {
                entry.extents = Some(extents);
                self.emit_sparse(entry)
            }
            PaxForm::None | PaxForm::InData => {
                self.state = State::PaxMap(entry, MapReader::default());
                Ok(None)
            }
        }
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
        entry.stored_bytes = left.ok_or(bad("it is longer than what is stored"))?;
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
            self.warn(
                "sparse-rest",
                &entry.name,
                "more is stored of this sparse file than its map uses",
            );
        }
        self.emit(entry)
    }

    /// Reports an entry, or drops one whose name no file system can hold.
    fn emit<'i>(&mut self, mut entry: Box<TarEntry>) -> Reported<'i> {
        let (data, padding) = (entry.stored_bytes, padding_of(entry.stored_bytes));
        entry.data_offset = TarOffset(self.offset);
        match path_of(&entry.name, &entry.link, entry.kind, &self.limits) {
            Ok(path) => entry.path = path,
            Err((code, message)) => {
                self.warn(code, &entry.name, message);
                self.state = State::Skip { data, padding };
                return Ok(None);
            }
        }
        self.state = State::Data {
            left: data,
            padding,
        };
        Ok(Some(Event::Entry(entry)))
    }
}

/// The normalised path of an entry of this name.
///
/// # Errors
/// The code of a warning and its words, when the entry cannot be kept.
pub(in crate::layer) fn path_of(
    name: &[u8],
    link: &[u8],
    kind: EntryKind,
    limits: &Limits,
) -> Result<ImagePath, (&'static str, &'static str)> {
    if name.len() > limits.path_bytes || link.len() > limits.path_bytes {
        return Err((
            "name-too-long",
            "the name or link target is longer than the limit; the entry is left out",
        ));
    }
    let path = ImagePath::normalise(name).map_err(|_| {
        (
            "nul-in-name",
            "the name holds a NUL byte; the entry is left out",
        )
    })?;
    if path.components().count() > limits.path_depth {
        return Err((
            "path-too-deep",
            "the path has more components than the limit; the entry is left out",
        ));
    }
    if path.is_root() && kind != EntryKind::Dir {
        return Err((
            "root-not-directory",
            "the root can only be a directory; the entry is left out",
        ));
    }
    Ok(path)
}

/// What is wrong with the map of the sparse file whose header is there.
fn bad_map(offset: TarOffset) -> impl Fn(&'static str) -> Error + Copy {
    move |reason| Error::BadSparseMap {
        offset,
        reason: reason.into(),
    }
}
