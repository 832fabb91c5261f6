//! Files and folders that a person handed over.

use web_sys::FileSystemHandle;

use super::file::PickedFile;

/// Largest number of files in a folder. A folder with more is not an image layout, but dropped by mistake.
pub(super) const MAX_FILES: usize = 20_000;
/// Largest depth of a folder, for the same reason.
pub(super) const MAX_DEPTH: usize = 12;

/// A file or folder that can be opened again. Equality is identity.
#[derive(Clone, Debug, PartialEq)]
pub struct FileHandle(pub(super) FileSystemHandle);

/// A file or folder that was handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Dropped {
    /// The file's or folder's name.
    pub name: String,
    /// The file, or the folder's content.
    pub content: DroppedContent,
    /// A handle that opens it again after a reload, if the browser supports that.
    pub handle: Option<FileHandle>,
}

/// A file, or the content of a folder.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "they say it")]
pub enum DroppedContent {
    File(PickedFile),
    Folder(Folder),
}

/// The content of a folder, at any depth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folder {
    /// The files, with their paths below the folder.
    pub files: Vec<PickedFile>,
    /// The paths of empty directories below the folder. A folder input does not report them.
    pub empty_dirs: Vec<String>,
}

impl Folder {
    /// True if the folder has the largest number of files.
    pub(super) fn is_full(&self) -> bool {
        self.files.len() >= MAX_FILES
    }

    /// Adds an empty directory, if there is room.
    pub(super) fn add_empty_dir(&mut self, path: String) {
        if self.empty_dirs.len() < MAX_FILES {
            self.empty_dirs.push(path);
        }
    }
}
