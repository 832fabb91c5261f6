//! Presents a folder's files as an OCI layout. Each file is opened when it is read, none before.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::io::{self, LocalFuture, ReadAt};
use crate::layer::Limits;
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
    let mut files: Vec<NamedFile> = Vec::new();
    let mut waiting = VecDeque::from([(folder.to_owned(), Vec::new())]);
    while let Some((folder, prefix)) = waiting.pop_front() {
        let failed = |cause: std::io::Error| source::Error::Io {
            what: folder.display().to_string(),
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
                let len_bytes = metadata.len();
                files.push((name, Rc::new(FolderFile { path, len_bytes })));
            } else if metadata.is_dir() && !entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                name.push(b'/');
                waiting.push_back((path, name));
            }
            if files.len() + waiting.len() > limits.members {
                return Err(source::Error::TooLarge {
                    what: folder.display().to_string(),
                    limit: format!("{} files", limits.members),
                });
            }
        }
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(files)
}
