//! Writes the outer tar of an archive: members in order, with each blob streamed into its place.

use crate::message::Message;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::build::{LayerTar, NewEntry};
use crate::image::{Digest, Distribution, Timestamp};
use crate::layer::{Compression, EntryKind};
use crate::source::{Blob, Error};

use super::decoded::{DecodedStream, SharedLayer};
use super::{ProvedStream, not_written};

/// Headers and documents are collected up to this many bytes.
const GATHERED_BYTES: u64 = 64 * 1024;
/// Size in bytes of a header; content is padded to a multiple of it.
const BLOCK: u64 = 512;

/// One member of an archive.
pub(super) struct Member {
    pub(super) path: String,
    pub(super) content: Content,
}

/// The content of a member.
pub(super) enum Content {
    Folder,
    /// A symbolic link to this path.
    Link(String),
    Bytes(Rc<[u8]>),
    /// A blob, unchanged.
    Stored(Stored),
    /// The uncompressed bytes of a layer, with their number.
    Decoded(SharedLayer, Compression, u64),
}

/// A blob with the claims about it.
pub(super) struct Stored {
    pub(super) what: Message,
    pub(super) digest: Digest,
    pub(super) size_bytes: u64,
    pub(super) distribution: Distribution,
    pub(super) blob: Rc<dyn Blob>,
}

impl Member {
    pub(super) fn bytes(path: impl Into<String>, bytes: impl Into<Rc<[u8]>>) -> Member {
        Member {
            path: path.into(),
            content: Content::Bytes(bytes.into()),
        }
    }

    fn size_bytes(&self) -> u64 {
        match &self.content {
            Content::Folder | Content::Link(_) => 0,
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Stored(stored) => stored.size_bytes,
            Content::Decoded(_, _, decoded_bytes) => *decoded_bytes,
        }
    }
}

/// An archive that is being written.
pub(super) struct ArchiveExport {
    members: VecDeque<Member>,
    /// `None` once the end was written.
    tar: Option<LayerTar>,
    open: Option<Open>,
    limits: Limits,
}

/// The member whose bytes are being streamed.
enum Open {
    Stored(ProvedStream),
    Decoded(Box<DecodedStream>),
}

impl ArchiveExport {
    pub(super) fn new(members: Vec<Member>, limits: Limits) -> ArchiveExport {
        ArchiveExport {
            members: members.into(),
            tar: Some(LayerTar::new()),
            open: None,
            limits,
        }
    }

    /// Returns the size of the archive in bytes. It is slightly larger if a member's size does not fit a plain header.
    pub(super) fn total_bytes(&self) -> u64 {
        let sizes = self.members.iter().map(|member| {
            let filled = member.size_bytes().div_ceil(BLOCK).saturating_mul(BLOCK);
            filled.saturating_add(BLOCK)
        });
        sizes.fold(2 * BLOCK, u64::saturating_add)
    }

    /// Returns the next piece, which may be empty.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if let Some(open) = &mut self.open {
            let piece = match open {
                Open::Stored(stream) => stream.next().await?,
                Open::Decoded(stream) => stream.next().await?,
            };
            let Some(piece) = piece else {
                self.open = None;
                return Ok(Some(Vec::new()));
            };
            return self.written(|tar| tar.content(&piece));
        }
        let mut n_gathered = 0;
        while n_gathered < GATHERED_BYTES
            && let Some(member) = self.members.pop_front()
        {
            n_gathered += BLOCK;
            match &member.content {
                Content::Folder | Content::Link(_) => self.enter(&member)?,
                Content::Bytes(bytes) => {
                    n_gathered += bytes.len() as u64;
                    self.enter(&member)?;
                    self.tar_of(|tar| tar.content(bytes))?;
                }
                Content::Stored(stored) => {
                    let (digest, size_bytes) = (Some(&stored.digest), Some(stored.size_bytes));
                    let what = &stored.what;
                    let opened = ProvedStream::open(&stored.blob, what, digest, size_bytes).await;
                    match (opened, stored.distribution) {
                        (Ok(stream), _) => {
                            self.enter(&member)?;
                            self.open = Some(Open::Stored(stream));
                            break;
                        }
                        // A layout may lack nondistributable blobs.
                        (Err(_), Distribution::Nondistributable) => {}
                        (Err(error), Distribution::Distributable) => return Err(error),
                    }
                }
                Content::Decoded(layer, compression, _) => {
                    let stream = DecodedStream::open(layer, *compression, &self.limits).await?;
                    self.enter(&member)?;
                    self.open = Some(Open::Decoded(Box::new(stream)));
                    break;
                }
            }
        }
        if self.members.is_empty() && self.open.is_none() {
            let Some(tar) = self.tar.take() else {
                return Ok(None);
            };
            return tar.finish().map(Some).map_err(|e| not_written(&e));
        }
        self.written(|_| Ok(()))
    }

    fn enter(&mut self, member: &Member) -> Result<(), Error> {
        let (kind, mode, link) = match &member.content {
            Content::Folder => (EntryKind::Dir, 0o755, ""),
            Content::Link(target) => (EntryKind::Symlink, 0o777, target.as_str()),
            _ => (EntryKind::File, 0o644, ""),
        };
        let entry = NewEntry {
            path: member.path.as_bytes(),
            kind,
            mode,
            uid: 0,
            gid: 0,
            size_bytes: member.size_bytes(),
            mtime: Timestamp::from_seconds(0),
            link: link.as_bytes(),
            device: None,
            xattrs: &[],
        };
        self.tar_of(|tar| tar.entry(&entry))
    }

    fn tar_of(
        &mut self,
        write: impl FnOnce(&mut LayerTar) -> Result<(), crate::build::Error>,
    ) -> Result<(), Error> {
        match &mut self.tar {
            Some(tar) => write(tar).map_err(|error| not_written(&error)),
            None => Ok(()),
        }
    }

    fn written(
        &mut self,
        write: impl FnOnce(&mut LayerTar) -> Result<(), crate::build::Error>,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.tar_of(write)?;
        Ok(self.tar.as_mut().map(LayerTar::take))
    }
}
