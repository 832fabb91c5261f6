//! Files that are on their way into a container layer: held here until the worker has been asked.

use std::collections::BTreeMap;

use crate::ui::state::image::container::{ContainerAction, UploadId};
use crate::web::file::PickedFile;
use crate::web::files::{Content, Dropped};

/// Files, and the directory that they go into, its bytes in hex.
pub(crate) type Upload = (String, Vec<Dropped>);

/// Files that are on their way.
#[derive(Default)]
pub(super) struct UploadedFiles {
    next: u32,
    kept: BTreeMap<UploadId, Vec<PickedFile>>,
}

impl UploadedFiles {
    /// Holds files; the action that uploads them, where there are any.
    pub(super) fn keep(
        &mut self,
        dir_hex: String,
        dropped: Vec<Dropped>,
    ) -> Option<ContainerAction> {
        let mut paths = Vec::new();
        let mut files = Vec::new();
        for Dropped { name, content, .. } in dropped {
            match content {
                Content::File(file) => {
                    paths.push(name);
                    files.push(file);
                }
                Content::Folder(inside) => {
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
            dir_hex,
            paths,
        })
    }

    /// Hands files over.
    pub(super) fn take(&mut self, id: UploadId) -> Vec<PickedFile> {
        self.kept.remove(&id).unwrap_or_default()
    }
}
