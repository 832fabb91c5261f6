//! Converts the page's orders to a step of edits, with typed paths resolved and the request's files stored.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::build::container::{Edit, Refusal, Refused, Step, check_name};
use crate::engine::session::Shown;
use crate::engine::{PickedInput, Session, World};
use crate::image::ImagePath;
use crate::overlay::{NodeInfo, View};
use crate::protocol::{EditOrder, Problem, TypedPath};
use crate::workspace::OpenImage;

use super::{kept, refused};

impl<W: World> Session<W> {
    pub(super) async fn step(
        &self,
        shown: &RefCell<Shown>,
        orders: Vec<EditOrder>,
        files: Vec<PickedInput>,
    ) -> Result<Step, Problem> {
        let mut files = files.into_iter();
        let mut edits = Vec::new();
        for order in orders {
            match order {
                EditOrder::NewFile { path } => {
                    let path = new_path(&shown.borrow().image, &path, &mut edits)?;
                    edits.push(self.written(path, b"").await?);
                }
                EditOrder::Text { path_key, text } => {
                    edits.push(self.written(path_key, text.as_bytes()).await?);
                }
                EditOrder::Upload { dir, paths } => {
                    self.upload(&dir, &paths, &mut files, &mut edits).await?;
                }
                order => plain(&shown.borrow().image, order, &mut edits)?,
            }
        }
        Ok(Step {
            at: self.now(),
            edits,
        })
    }

    async fn written(&self, path: ImagePath, bytes: &[u8]) -> Result<Edit, Problem> {
        let content = self.containers.keep_bytes(bytes).await;
        Ok(Edit::File {
            path,
            content: content.map_err(|error| kept(&error))?,
            attributes: None,
        })
    }

    async fn upload(
        &self,
        dir: &ImagePath,
        paths: &[String],
        inputs: &mut impl Iterator<Item = PickedInput>,
        edits: &mut Vec<Edit>,
    ) -> Result<(), Problem> {
        let mut made = BTreeSet::new();
        for text in paths {
            let path = TypedPath {
                dir: dir.clone(),
                text: text.trim_start_matches('/').to_owned(),
            };
            let path = typed(&path)?;
            if text.ends_with('/') {
                edits.push(Edit::Dirs { path });
                continue;
            }
            let Some(input) = inputs.next() else {
                break;
            };
            if let Some(parent) = path.parent().filter(|_| text.contains('/'))
                && made.insert(parent.clone())
            {
                edits.push(Edit::Dirs { path: parent });
            }
            let content = self.containers.keep_content(input.bytes).await;
            edits.push(Edit::File {
                path,
                content: content.map_err(|error| kept(&error))?,
                attributes: None,
            });
            self.world.breathe().await;
        }
        Ok(())
    }
}

/// Converts an order that needs no file content.
fn plain(image: &OpenImage, order: EditOrder, edits: &mut Vec<Edit>) -> Result<(), Problem> {
    match order {
        EditOrder::NewDir { path } => {
            let path = new_path(image, &path, edits)?;
            edits.push(Edit::Dir {
                path,
                attributes: None,
            });
        }
        EditOrder::Symlink { path, target } => {
            let path = new_path(image, &path, edits)?;
            let target = target.into_bytes();
            edits.push(Edit::Symlink { path, target });
        }
        EditOrder::Delete { path_key: path } => edits.push(Edit::Delete { path }),
        EditOrder::Rename { path_key: from, to } => {
            let to = new_path(image, &to, edits)?;
            edits.push(Edit::Rename { from, to });
        }
        EditOrder::Attributes {
            path_key: path,
            mode,
            owner,
        } => {
            let now = info(image, &path);
            let mode = mode.filter(|mode| now.as_ref().is_none_or(|now| now.mode != *mode));
            let is_other = |owner: &(u32, u32)| {
                let now = now.as_ref().map(|now| (now.uid, now.gid));
                now != Some(*owner)
            };
            if let Some(mode) = mode {
                let path = path.clone();
                edits.push(Edit::Mode { path, mode });
            }
            if let Some((uid, gid)) = owner.filter(is_other) {
                edits.push(Edit::Owner { path, uid, gid });
            }
        }
        EditOrder::NewFile { .. } | EditOrder::Text { .. } | EditOrder::Upload { .. } => {}
    }
    Ok(())
}

/// Resolves the path of something new. Parent directories that were typed with it are created.
fn new_path(
    image: &OpenImage,
    path: &TypedPath,
    edits: &mut Vec<Edit>,
) -> Result<ImagePath, Problem> {
    let has_dirs = path.text.trim_end_matches('/').contains('/');
    let path = typed(path)?;
    if info(image, &path).is_some() {
        let why = Refusal::Exists;
        return Err(refused(Refused { edit: 0, path, why }));
    }
    if let Some(parent) = path.parent().filter(|parent| has_dirs && !parent.is_root()) {
        edits.push(Edit::Dirs { path: parent });
    }
    Ok(path)
}

/// Resolves a typed path, and checks each of its names.
fn typed(path: &TypedPath) -> Result<ImagePath, Problem> {
    let mut whole = match path.text.starts_with('/') {
        true => ImagePath::root(),
        false => path.dir.clone(),
    };
    for name in path.text.split('/').filter(|name| !name.is_empty()) {
        let next = whole.join(name.as_bytes());
        if let Err(why) = check_name(name.as_bytes()) {
            return Err(refused(Refused {
                edit: 0,
                path: next,
                why,
            }));
        }
        whole = next;
    }
    Ok(whole)
}

/// Returns the file at a path now, including the container layer.
fn info<'i>(image: &'i OpenImage, path: &ImagePath) -> Option<NodeInfo<'i>> {
    let union = image.union();
    union.node(
        union.lookup(path.as_bytes())?,
        View::UpTo(union.last_layer()?),
    )
}
