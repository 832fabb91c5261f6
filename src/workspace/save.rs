//! Saves an image, or a part of it: from what a person chose to an export that is ready to be written.
//!
//! The page's engine and the command both save by this. Writing the pieces is left to them.

use std::ops::ControlFlow;

use crate::build::Family;
use crate::image::{Digest, ImagePath, escape};
use crate::io::Spool;
use crate::layer::Compression;
use crate::overlay::LayerIdx;
use crate::source::{Error, FoundImage};

use super::{
    Draft, Export, ExportNames, ManifestForm, OpenImage, Platforms, Repack, UnfitName,
    docker_archive, layer_as_stored, layer_as_tar, oci_archive, publish, publish_platforms,
    repacked, tree_as_tar,
};

/// A kind of export.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaveKind {
    /// An archive for `docker load`.
    DockerArchive {
        /// The image's names in the archive, `repository[:tag]`; if empty, the names that the image has.
        names: Vec<String>,
    },
    /// An OCI layout in a tar.
    OciArchive {
        /// The image's names in the archive; if empty, the names that the image has.
        names: Vec<String>,
        /// The platforms of its index, byte for byte; `None` for the image alone.
        platforms: Option<Platforms>,
    },
    /// A directory of the file system, with the container layer if there is one, as a tar.
    Directory {
        /// The directory; the root for all of it.
        path_key: ImagePath,
    },
    /// One layer as an uncompressed tar: the bytes that its diff_id identifies.
    Layer {
        /// The layer's position, counted from 0 at the base.
        layer: u32,
    },
    /// One layer as it is stored, compressed or not.
    StoredLayer {
        /// The layer's position, counted from 0 at the base.
        layer: u32,
    },
}

impl SaveKind {
    /// Returns the names that an archive has.
    ///
    /// # Errors
    /// The first chosen name that Docker would refuse.
    pub fn names(&self, found: &FoundImage) -> Result<ExportNames, UnfitName> {
        match self {
            SaveKind::DockerArchive { names } | SaveKind::OciArchive { names, .. }
                if !names.is_empty() =>
            {
                ExportNames::chosen(names.iter().map(String::as_str))
            }
            _ => Ok(ExportNames::of(found)),
        }
    }

    /// Returns a name for the file, of an image with this title. It may have characters that no file name has.
    pub fn file_name(&self, title: &str) -> String {
        let first = |names: &[String]| names.first().map_or(title, String::as_str).to_owned();
        match self {
            SaveKind::DockerArchive { names } => format!("{}.docker.tar", first(names)),
            SaveKind::OciArchive { names, .. } => format!("{}.oci.tar", first(names)),
            SaveKind::Directory { path_key } => match path_key.file_name() {
                Some(name) => format!("{}.tar", escape(name)),
                None => format!("{title}.rootfs.tar"),
            },
            SaveKind::Layer { layer } => format!("{title}.layer-{layer}.tar"),
            SaveKind::StoredLayer { layer } => format!("{title}.layer-{layer}"),
        }
    }
}

/// An export that is about to begin. It owns its data, so that the image can be browsed meanwhile.
pub struct SaveTask {
    kind: SaveKind,
    names: ExportNames,
    draft: Draft,
    /// The export of a directory, which needs the image only between two pieces.
    tree: Option<Export>,
}

/// An export that has begun, and what was done to the image for it.
pub struct BegunSave {
    /// The export.
    pub export: Export,
    /// Layers recompressed because no manifest can name their compression: their numbers, and that compression.
    pub renamed: Vec<(usize, Compression)>,
    /// Platforms left out because they are not here, with the digest of the index that has the others.
    pub absent: Option<(Vec<String>, Digest)>,
}

impl OpenImage {
    /// Prepares an export of this image under these names, which only archives have.
    ///
    /// # Errors
    /// If a directory is to be saved and it is none, or a layer is not read.
    pub fn save_task(&self, kind: SaveKind, names: ExportNames) -> Result<SaveTask, Error> {
        let tree = match &kind {
            SaveKind::Directory { path_key } => {
                let n_layers = self.union().n_layers().max(self.layers().len());
                let top = LayerIdx::at(n_layers.saturating_sub(1));
                Some(tree_as_tar(self, top, path_key)?)
            }
            _ => None,
        };
        let draft = Draft::of(self);
        Ok(SaveTask {
            kind,
            names,
            draft,
            tree,
        })
    }
}

impl SaveTask {
    /// Reads what has to be known before the first piece. `progress` receives the bytes read, and may end it.
    ///
    /// # Errors
    /// If a layer cannot be read, does not match its digest, or cannot be saved in this form.
    pub async fn begin(
        self,
        spool: &dyn Fn() -> Box<dyn Spool>,
        progress: &dyn Fn(u64) -> ControlFlow<()>,
    ) -> Result<BegunSave, Error> {
        let SaveTask {
            kind,
            names,
            draft,
            tree,
        } = self;
        let (mut renamed, mut absent) = (Vec::new(), None);
        let export = match (kind, tree) {
            (_, Some(tree)) => tree,
            (SaveKind::OciArchive { platforms, .. }, None) => {
                let limits = draft.limits;
                let (publication, platform) = match platforms {
                    Some(platforms) => (publish_platforms(draft, platforms, progress).await?, None),
                    None => {
                        let form = ManifestForm::Of(Family::Oci);
                        let platform = draft.found.platform.clone();
                        let repack = repacked(draft, form, Repack::Needed, spool, progress).await?;
                        renamed = repack.renamed;
                        (publish(repack.draft, form, progress).await?, platform)
                    }
                };
                if !publication.absent.is_empty() {
                    let digest = publication.top.digest.clone();
                    absent = Some((publication.absent.clone(), digest));
                }
                oci_archive(&publication, platform.as_ref(), &names, limits)
            }
            (SaveKind::Layer { layer }, None) => {
                layer_as_tar(draft, layer as usize, progress).await?
            }
            (SaveKind::StoredLayer { layer }, None) => {
                layer_as_stored(draft, layer as usize, progress).await?
            }
            (SaveKind::DockerArchive { .. } | SaveKind::Directory { .. }, None) => {
                docker_archive(draft, &names, progress).await?
            }
        };
        Ok(BegunSave {
            export,
            renamed,
            absent,
        })
    }
}
