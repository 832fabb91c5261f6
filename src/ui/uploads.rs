//! Files to upload into a container layer, kept here until the request for the worker is posted.

use crate::protocol::ImagePath;
use std::collections::BTreeMap;

use crate::ui::state::image::container::{ContainerAction, UploadId};
use crate::web::file::PickedFile;
use crate::web::files::{Dropped, DroppedContent};

/// The target directory, and the files for it.
pub(crate) type Upload = (ImagePath, Vec<Dropped>);

/// Files that wait for their request.
#[derive(Default)]
pub(super) struct UploadedFiles {
    next: u32,
    kept: BTreeMap<UploadId, Vec<PickedFile>>,
}

impl UploadedFiles {
    /// Keeps files. Returns the action that uploads them, or `None` if there are none.
    pub(super) fn keep(
        &mut self,
        dir: ImagePath,
        dropped: Vec<Dropped>,
    ) -> Option<ContainerAction> {
        let mut paths = Vec::new();
        let mut files = Vec::new();
        for Dropped { name, content, .. } in dropped {
            match content {
                DroppedContent::File(file) => {
                    paths.push(name);
                    files.push(file);
                }
                DroppedContent::Folder(inside) => {
                    let below = |path: &str| format!("{name}/{path}");
                    paths.extend(inside.empty_dirs.iter().map(|path| below(path)));
                    paths.extend(inside.files.iter().map(|file| below(file.path())));
                    files.extend(inside.files);
                }
            }
        }
        if paths.is_empty() {
            return None;
        }
        let id = UploadId(self.next);
        self.next = self.next.wrapping_add(1);
        self.kept.insert(id, files);
        Some(ContainerAction::Upload {
            files: id,
            dir,
            paths,
        })
    }

    /// Removes and returns the files of an upload.
    pub(super) fn take(&mut self, id: UploadId) -> Vec<PickedFile> {
        self.kept.remove(&id).unwrap_or_default()
    }

    /// Drops the files of uploads that were refused.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }
}
