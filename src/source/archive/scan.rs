//! Reads the headers of a tar over random access, skipping the members' bytes.
//!
//! The result is a table of members; the formats know what they mean.

use crate::message::Code;
use crate::message::Message;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::io::ReadAt;
use crate::layer::tar::{TarEntry, TarEvent, TarParser};
use crate::layer::{EntryKind, Error as LayerError, TarOffset};
use crate::source::Error;

use super::members::{Member, Members, too_long, too_many};
use super::progress::{ArchiveProgress, Progress, cancelled};
use super::window::Window;

/// Bytes of the archive, or members, between two progress reports.
const REPORT_BYTES: u64 = 8 * 1024 * 1024;
const REPORT_MEMBERS: u64 = 1024;

/// A tar whose headers have been read.
pub(super) struct Scan {
    pub(super) members: Members,
    /// The reason why the members end before the archive does, if they do.
    pub(super) cut: Option<Error>,
}

/// Reads all headers of `archive`, up to its end marker. Damage is not an error: members before it can be used.
///
/// # Errors
/// When there are more members than the limit, the file cannot be read, or `progress` breaks.
pub(super) async fn scan(
    name: &str,
    archive: Rc<dyn ReadAt>,
    limits: &Limits,
    progress: Progress<'_>,
) -> Result<Scan, Error> {
    let total_bytes = archive.len_bytes();
    let mut members = Members::of_archive(Rc::clone(&archive), limits);
    let mut window = Window::new(archive);
    let mut parser = TarParser::new(&limits.layer);
    let mut reporter = Reporter {
        name,
        progress,
        total_bytes,
        next_bytes: 0,
        next_members: 0,
    };
    let mut n_extents = 0;
    let damage = loop {
        let TarOffset(position) = parser.position();
        reporter.report(position, members.n_entries())?;
        let piece = window.at(position).await.map_err(|cause| Error::Io {
            what: Message::verbatim(name),
            cause,
        })?;
        if piece.is_empty() {
            break parser.finish().err();
        }
        match parser.step(piece) {
            Ok(step) => match step.event {
                TarEvent::Entry(entry) => {
                    if members.n_entries() >= limits.archive.members as u64 {
                        return Err(too_many(name, limits));
                    }
                    let member = member_of(&entry, &mut n_extents, limits);
                    if !members.add(&entry.name, member) {
                        return Err(too_long(name, limits));
                    }
                }
                TarEvent::NeedsInput if parser.is_ended() => break None,
                TarEvent::NeedsInput | TarEvent::Data(_) | TarEvent::EntryEnd => {}
            },
            Err(error) => break Some(error),
        }
        // Never past the end: a truncated member must not count as read.
        let TarOffset(position) = parser.position();
        parser.skip(total_bytes.saturating_sub(position));
    };
    let cut = damage.map(|error| Error::Malformed {
        what: Message::verbatim(name),
        reason: Message::after_members(words(&error), members.n_entries()),
    });
    Ok(Scan { members, cut })
}

/// Returns a tar entry as a member; `None` for a folder.
fn member_of(entry: &TarEntry, n_extents: &mut usize, limits: &Limits) -> Option<Member> {
    if let (EntryKind::File, Some(extents)) = (entry.kind, &entry.extents) {
        *n_extents = n_extents.saturating_add(extents.len());
        // A real layer is mostly data. A few bytes that stand for terabytes of zeros would take hours to read.
        let most = entry.stored_bytes.saturating_mul(limits.layer.expansion);
        let most = most.max(limits.layer.decoded_floor_bytes);
        return Some(if *n_extents > limits.layer.sparse_extents {
            Member::Unreadable(Code::SparseMapsTooLong)
        } else if entry.size_bytes > most {
            Member::Unreadable(Code::MostlyHoles)
        } else {
            Member::Sparse {
                offset: entry.data_offset.0,
                len: entry.stored_bytes,
                extents: extents.as_slice().into(),
                size: entry.size_bytes,
            }
        });
    }
    Some(match entry.kind {
        EntryKind::File => Member::Span {
            offset: entry.data_offset.0,
            len: entry.stored_bytes,
        },
        EntryKind::Symlink => Member::Symlink(entry.link.as_slice().into()),
        EntryKind::Hardlink => Member::Hardlink(entry.link.as_slice().into()),
        EntryKind::Dir => return None,
        EntryKind::Char | EntryKind::Block | EntryKind::Fifo => {
            Member::Unreadable(Code::DeviceOrPipe)
        }
    })
}

/// Describes the damage in terms of the archive, and says what to do about it.
fn words(error: &LayerError) -> Message {
    match error {
        LayerError::TarTruncated { offset, within } => Message::archive_cut_off(offset.0, *within),
        other => other.into(),
    }
}

struct Reporter<'a> {
    name: &'a str,
    progress: Progress<'a>,
    total_bytes: u64,
    next_bytes: u64,
    next_members: u64,
}

impl Reporter<'_> {
    fn report(&mut self, position_bytes: u64, n_members: u64) -> Result<(), Error> {
        if position_bytes < self.next_bytes && n_members < self.next_members {
            return Ok(());
        }
        self.next_bytes = position_bytes.saturating_add(REPORT_BYTES);
        self.next_members = n_members + REPORT_MEMBERS;
        let progress = ArchiveProgress::Scanning {
            position_bytes,
            total_bytes: self.total_bytes,
            n_members,
        };
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(cancelled(self.name)),
        }
    }
}
