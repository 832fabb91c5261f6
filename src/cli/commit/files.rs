//! Adds files and folders of this system to a container layer. They are measured now, and read again by the commit.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::bounds::Limits;
use crate::build::container::{Attributes, Edit, MemoryContents, NewContent};
use crate::image::ImagePath;
use crate::io::{self, LocalFuture, ReadAt};

use super::super::error::Error;
use super::super::native::{FileBytes, unreadable};

/// A file that is opened for each read: thousands may be added, more than a process can hold open.
struct ClosedFile {
    path: PathBuf,
    len_bytes: u64,
}

impl ReadAt for ClosedFile {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        Box::pin(async move { FileBytes::open(&self.path)?.read_at(offset, len).await })
    }
}

/// Collects the added files and folders.
pub(super) struct Adding {
    edits: Vec<Edit>,
    contents: MemoryContents,
    /// Number of files and folders that may still be added.
    room: usize,
    limit: usize,
}

impl Adding {
    pub(super) fn new(limits: &Limits) -> Adding {
        Adding {
            edits: Vec::new(),
            contents: MemoryContents::new(),
            room: limits.archive.members,
            limit: limits.archive.members,
        }
    }

    pub(super) fn finish(self) -> (Vec<Edit>, MemoryContents) {
        (self.edits, self.contents)
    }

    /// Adds a file or folder. If the destination ends in a slash, a file keeps its own name there.
    pub(super) async fn add(&mut self, source: &str, destination: &str) -> Result<(), Error> {
        let source = Path::new(source);
        // A link that is named explicitly is followed.
        let metadata = std::fs::metadata(source).map_err(|cause| failed(source, &cause))?;
        let mut path = path_of(destination)?;
        if metadata.is_dir() {
            return self.folder(source.to_owned(), path).await;
        }
        if destination.ends_with('/') {
            let name = source.file_name().map(std::ffi::OsStr::as_encoded_bytes);
            path = path.join(name.unwrap_or_default());
        }
        self.edits.extend(above(&path));
        self.file(source, path, &metadata).await
    }

    async fn folder(&mut self, source: PathBuf, path: ImagePath) -> Result<(), Error> {
        let mut pending = vec![(source, path)];
        while let Some((source, path)) = pending.pop() {
            if !path.is_root() {
                self.edits.push(Edit::Dirs { path: path.clone() });
            }
            let entries = std::fs::read_dir(&source).map_err(|cause| failed(&source, &cause))?;
            let mut entries = entries
                .collect::<Result<Vec<_>, _>>()
                .map_err(|cause| failed(&source, &cause))?;
            // The order in which systems return entries differs.
            entries.sort_by_key(std::fs::DirEntry::file_name);
            for entry in entries {
                let from = entry.path();
                let to = path.join(entry.file_name().as_encoded_bytes());
                let metadata = std::fs::symlink_metadata(&from);
                let metadata = metadata.map_err(|cause| failed(&from, &cause))?;
                if metadata.is_dir() {
                    pending.push((from, to));
                } else if metadata.is_symlink() {
                    let target =
                        std::fs::read_link(&from).map_err(|cause| failed(&from, &cause))?;
                    let target = target.as_os_str().as_encoded_bytes().to_vec();
                    self.take_room()?;
                    self.edits.push(Edit::Symlink { path: to, target });
                } else {
                    self.file(&from, to, &metadata).await?;
                }
            }
        }
        Ok(())
    }

    async fn file(
        &mut self,
        source: &Path,
        path: ImagePath,
        metadata: &Metadata,
    ) -> Result<(), Error> {
        if !metadata.is_file() {
            let reason = "only files, folders and symbolic links can be added";
            return Err(Error::Choice(format!("{}: {reason}", source.display())));
        }
        self.take_room()?;
        let bytes: Rc<dyn ReadAt> = Rc::new(ClosedFile {
            path: source.to_owned(),
            len_bytes: metadata.len(),
        });
        let content = NewContent::read(&bytes).await;
        let content = content.map_err(|cause| Error::File {
            path: source.display().to_string(),
            cause,
        })?;
        self.contents.keep_read(&content, bytes);
        self.edits.push(Edit::File {
            path,
            content,
            attributes: Some(Attributes {
                mode: mode_of(metadata),
                ..Attributes::FILE
            }),
        });
        Ok(())
    }

    fn take_room(&mut self) -> Result<(), Error> {
        let limit = self.limit;
        let room = self.room.checked_sub(1);
        self.room = room.ok_or_else(|| {
            Error::Choice(format!("more than {limit} files cannot be added at once"))
        })?;
        Ok(())
    }
}

/// Returns the mode of an added file. Only the execute permission is kept; everything else belongs to the system
/// that the file comes from.
fn mode_of(metadata: &Metadata) -> u16 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o111 != 0 {
            return 0o755;
        }
    }
    #[cfg(not(unix))]
    let _ = metadata;
    Attributes::FILE.mode
}

fn failed(path: &Path, cause: &std::io::Error) -> Error {
    Error::File {
        path: path.display().to_string(),
        cause: unreadable(cause),
    }
}

/// Returns an edit that creates the missing parent directories of a path.
pub(super) fn above(path: &ImagePath) -> Option<Edit> {
    let path = path.parent().filter(|parent| !parent.is_root())?;
    Some(Edit::Dirs { path })
}

pub(super) fn path_of(text: &str) -> Result<ImagePath, Error> {
    ImagePath::normalise(text.as_bytes()).map_err(|error| Error::Choice(error.to_string()))
}
