//! Presents a folder's files as an OCI layout. Each file is opened when it is read, none before.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::bounds::Limits;
use crate::io::{self, LocalFuture, ReadAt};
use crate::message::Message;
use crate::source;

use super::native::{FileBytes, unreadable};

/// A file of a folder. It is opened for each read: a layout may have more files than a process can hold open.
struct FolderFile {
    path: PathBuf,
    len_bytes: u64,
}

impl ReadAt for FolderFile {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        Box::pin(async move { FileBytes::open(&self.path)?.read_at(offset, len).await })
    }
}

/// A file with its path in the folder.
type NamedFile = (Vec<u8>, Rc<dyn ReadAt>);

/// Returns all files below `folder`, by their path in it. Folders behind symbolic links are not entered.
pub(super) fn files_of(folder: &Path, limits: &Limits) -> Result<Vec<NamedFile>, source::Error> {
    let found = paths_of(folder, limits)?.into_iter();
    let named = found.map(|(name, path, len_bytes)| {
        let file: Rc<dyn ReadAt> = Rc::new(FolderFile { path, len_bytes });
        (name, file)
    });
    Ok(named.collect())
}

/// The path of a file in its folder, its path on this machine, and its length in bytes.
type FoundFile = (Vec<u8>, PathBuf, u64);

/// Like [`files_of`], without the files themselves.
pub(super) fn paths_of(folder: &Path, limits: &Limits) -> Result<Vec<FoundFile>, source::Error> {
    let mut files: Vec<FoundFile> = Vec::new();
    let mut waiting = VecDeque::from([(folder.to_owned(), Vec::new())]);
    while let Some((folder, prefix)) = waiting.pop_front() {
        let failed = |cause: std::io::Error| source::Error::Io {
            what: Message::verbatim(folder.display().to_string()),
            cause: unreadable(&cause),
        };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let mut name = prefix.clone();
            name.extend_from_slice(entry.file_name().as_encoded_bytes());
            let path = entry.path();
            // A file that vanished or is inaccessible counts as missing, and is reported by its user.
            let Ok(metadata) = fs::metadata(&path) else {
                continue;
            };
            if metadata.is_file() {
                files.push((name, path, metadata.len()));
            } else if metadata.is_dir() && !entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                name.push(b'/');
                waiting.push_back((path, name));
            }
            if files.len() + waiting.len() > limits.archive.members {
                return Err(source::Error::TooLarge {
                    what: Message::verbatim(folder.display().to_string()),
                    limit: Message::limit_files(limits.archive.members),
                });
            }
        }
    }
    files.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    Ok(files)
}
