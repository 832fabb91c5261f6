//! The argument of `lamina open`: an image, or a file or folder whose bytes the page reads by ranges.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::bounds::Limits;
use crate::io::{EngineItem, Error as IoError, ErrorKind, Headers};
use crate::message::Message;

use super::super::error::Error;
use super::super::folder::paths_of;
use super::super::native::unreadable;
use super::channel::Lender;
use super::engine::{self, ExportOf, Exported, Room};
use super::exports::Exports;
use super::page::range_of;
use super::relay::{Head, Telling};

/// Files of a folder at most, as of one that is dropped on the page.
const MOST_FILES: usize = 20_000;
/// Bytes read from a file at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// The thing that the page opens when it comes, as it is told.
#[derive(Clone, Default, serde::Serialize)]
pub(super) struct Opening {
    /// An address, as a person would type it.
    pub(super) address: Option<String>,
    /// The name of the file or folder.
    name: Option<String>,
    /// True if it is a folder.
    is_folder: bool,
    /// The files, in the order of their numbers.
    files: Vec<NamedFile>,
}

/// A file as the page is told of it.
#[derive(Clone, serde::Serialize)]
struct NamedFile {
    /// The path in the folder.
    path: String,
    size_bytes: u64,
}

/// The files that pages with a key may read.
pub(super) struct Local {
    opening: Opening,
    files: Vec<(PathBuf, u64)>,
    /// The file with the image that the program was started for, which is among `files` and stays as long as this.
    _opened: Option<Exported>,
    /// The files with images of engines that pages opened. Their numbers come after those of `files`.
    pub(super) exports: Exports,
    /// The room for all files with images of engines.
    pub(super) room: Room,
}

impl Default for Local {
    fn default() -> Local {
        Local::new(Opening::default(), Vec::new())
    }
}

impl Local {
    fn new(opening: Opening, files: Vec<(PathBuf, u64)>) -> Local {
        Local {
            opening,
            exports: Exports::new(files.len()),
            files,
            _opened: None,
            room: Room::new(Limits::DEFAULT.engines),
        }
    }

    /// Has the page open an address.
    pub(super) fn address(address: String) -> Local {
        let opening = Opening {
            address: Some(address),
            ..Opening::default()
        };
        Local::new(opening, Vec::new())
    }

    /// Has the page open an image or a container of the engine on this machine.
    ///
    /// # Errors
    /// When no engine has it, or there is no room for it.
    pub(super) fn of_engine(item: &EngineItem) -> Result<Local, Error> {
        let room = Room::new(Limits::DEFAULT.engines);
        let exported = engine::export(item, &room)?;
        let name = item.name();
        let size_bytes = exported.size_bytes;
        let archive = NamedFile {
            path: format!("{}.tar", name.replace('/', "-")),
            size_bytes,
        };
        let opening = Opening {
            name: Some(name.to_owned()),
            files: vec![archive],
            ..Opening::default()
        };
        let files = vec![(exported.path.to_path_buf(), size_bytes)];
        Ok(Local {
            _opened: Some(exported),
            room,
            ..Local::new(opening, files)
        })
    }

    /// Has the page open a file or folder.
    ///
    /// # Errors
    /// When it is not there, or is neither.
    pub(super) fn of(path: &Path) -> Result<Local, Error> {
        let failed = |cause| Error::File {
            path: path.display().to_string(),
            cause,
        };
        let real = path
            .canonicalize()
            .map_err(|cause| failed(unreadable(&cause)))?;
        let metadata = real
            .metadata()
            .map_err(|cause| failed(unreadable(&cause)))?;
        let name = real.file_name().unwrap_or(real.as_os_str());
        let name = name.to_string_lossy().into_owned();
        let found = if metadata.is_dir() {
            let mut limits = Limits::DEFAULT;
            limits.archive.members = limits.archive.members.min(MOST_FILES);
            paths_of(&real, &limits)?
        } else if metadata.is_file() {
            vec![(name.clone().into_bytes(), real, metadata.len())]
        } else {
            let detail =
                "this is neither a file nor a folder; a pipe is read by the other commands";
            let detail = Message::verbatim(detail);
            return Err(failed(IoError::new(ErrorKind::Unreadable, detail)));
        };
        let named = found.iter().map(|(name, _, size_bytes)| NamedFile {
            path: String::from_utf8_lossy(name).into_owned(),
            size_bytes: *size_bytes,
        });
        let opening = Opening {
            address: None,
            name: Some(name),
            is_folder: metadata.is_dir(),
            files: named.collect(),
        };
        let files = found.into_iter().map(|(_, path, size)| (path, size));
        Ok(Local::new(opening, files.collect()))
    }

    /// Keeps the file of an exported image; returns its number.
    pub(super) fn keep(&self, exported: Exported, of: Option<ExportOf>) -> u64 {
        self.exports.keep(exported, of, Instant::now()) as u64
    }

    /// Finds the file of an image that was exported before; returns its number and its length in bytes.
    pub(super) fn kept(&self, of: &ExportOf) -> Option<(u64, u64)> {
        let (number, size_bytes) = self.exports.find(of, Instant::now())?;
        Some((number as u64, size_bytes))
    }

    /// Returns the path and the length of a file. One of an exported image stays while the third part is held.
    fn file(&self, number: usize) -> Option<(PathBuf, u64, Option<Arc<Exported>>)> {
        if let Some((path, size_bytes)) = self.files.get(number) {
            return Some((path.clone(), *size_bytes, None));
        }
        let exported = self.exports.read(number, Instant::now())?;
        let (path, size_bytes) = (exported.path.to_path_buf(), exported.size_bytes);
        Some((path, size_bytes, Some(exported)))
    }

    /// Returns what the page opens when it comes.
    pub(super) fn opening(&self) -> Opening {
        self.opening.clone()
    }

    /// Tells the bytes of a file, or a range of them.
    pub(super) fn tell(&self, number: usize, range: Option<&str>, telling: Telling) {
        let Telling { head, pieces } = telling;
        let (mut file, told, mut left) = match self.open(number, range) {
            Ok(opened) => opened,
            Err(error) => {
                // A page that has gone hears nothing.
                let _ = head.send(Err(error));
                return;
            }
        };
        if head.send(Ok(told)).is_err() {
            return;
        }
        let lender = Lender::default();
        while left > 0 {
            let n = usize::try_from(left).map_or(PIECE_BYTES, |left| left.min(PIECE_BYTES));
            let mut piece = lender.returned().unwrap_or_default();
            piece.resize(n, 0);
            let read = file.read_exact(&mut piece).map(|()| lender.lend(piece));
            let is_end = read.is_err();
            left = left.saturating_sub(n as u64);
            if pieces.blocking_send(read).is_err() || is_end {
                return;
            }
        }
    }

    /// Opens a file at the beginning of a range; gives the range's length, too.
    fn open(&self, number: usize, range: Option<&str>) -> Result<(File, Head, u64), IoError> {
        let Some((path, size_bytes, _exported)) = self.file(number) else {
            let detail = Message::not_served();
            return Err(IoError::new(ErrorKind::Forbidden, detail));
        };
        let changed = |cause: &std::io::Error| unreadable(cause);
        let mut file = File::open(path).map_err(|cause| changed(&cause))?;
        let now = file.metadata().map_err(|cause| changed(&cause))?.len();
        if now != size_bytes {
            let detail = Message::served_changed();
            return Err(IoError::new(ErrorKind::Unreadable, detail));
        }
        let mut headers = Headers::default();
        let range = range.and_then(|range| range_of(range, now));
        let (status, from, len) = match range {
            None => (200, 0, now),
            Some(None) => (416, 0, 0),
            Some(Some((first, last))) => {
                headers.add("content-range", format!("bytes {first}-{last}/{now}"));
                (206, first, last - first + 1)
            }
        };
        headers.add("content-length", len.to_string());
        file.seek(SeekFrom::Start(from))
            .map_err(|cause| changed(&cause))?;
        let url = String::new();
        Ok((
            file,
            Head {
                status,
                url,
                headers,
            },
            len,
        ))
    }
}
