//! Random edits, written as lines and also applied to a slow model.
//!
//! `tests/engines.rs` lets a real engine read the results.

use lamina::build::container::NewContent;
use lamina::layer::EntryKind;

use super::model::{Inode, Model, lines_of};
use super::world::{NOW, World, config_json, found};
use crate::overlay::images::{Mix, image, told};
use crate::support::random::Random;
use crate::support::tar_of;

const NAMES: &[&str] = &["a", "b", "c", "a-b", "d.e", "n"];

struct Editor {
    random: Random,
    model: Model,
}

impl Editor {
    fn pick<'a>(&mut self, from: &'a [String]) -> Option<&'a String> {
        match from.len() {
            0 => None,
            len => from.get(self.random.below(len)),
        }
    }

    fn path(&mut self) -> Option<String> {
        let paths: Vec<_> = self.model.names.keys().cloned().collect();
        self.pick(&paths).cloned()
    }

    /// Returns an unused path in an existing directory.
    fn free(&mut self) -> Option<String> {
        let is_dir = |path: &&String| self.model.kind(path) == Some(EntryKind::Dir);
        let mut dirs: Vec<_> = self.model.names.keys().filter(is_dir).cloned().collect();
        dirs.push(String::new());
        let dir = self.pick(&dirs).cloned()?;
        let name = NAMES[self.random.below(NAMES.len())];
        let path = match &*dir {
            "" => name.to_owned(),
            dir => format!("{dir}/{name}"),
        };
        (!self.model.names.contains_key(&path)).then_some(path)
    }

    /// Returns an edit as a line, and applies it to the model. `None` if there was nothing to choose from.
    fn edit(&mut self) -> Option<String> {
        let new = |kind, mode| Inode {
            kind,
            mode,
            owner: (0, 0),
            mtime: if kind == EntryKind::Dir {
                0
            } else {
                NOW.seconds
            },
            content: (0, 0),
            link: Vec::new(),
            device: None,
        };
        match self.random.below(9) {
            0 | 1 => {
                let path = self.free()?;
                let text = self.random.below(5).to_string();
                let mut file = new(EntryKind::File, 0o644);
                file.content = told_of(&text);
                self.model.make(&path, file);
                Some(format!("write {path} = {text}"))
            }
            2 => {
                let path = self.path()?;
                if self.model.kind(&path) != Some(EntryKind::File) {
                    return None;
                }
                let text = self.random.below(5).to_string();
                let inode = self.model.own(&path);
                inode.content = told_of(&text);
                inode.mtime = NOW.seconds;
                Some(format!("write {path} = {text}"))
            }
            3 => {
                let path = self.free()?;
                self.model.make(&path, new(EntryKind::Dir, 0o755));
                Some(format!("dir {path}"))
            }
            4 => {
                let path = self.free()?;
                let mut link = new(EntryKind::Symlink, 0o777);
                link.link = b"a/b".to_vec();
                self.model.make(&path, link);
                Some(format!("link {path} -> a/b"))
            }
            5 => {
                let path = self.path()?;
                self.model.delete(&path);
                Some(format!("delete {path}"))
            }
            6 => {
                let (from, to) = (self.path()?, self.free()?);
                if to.starts_with(&format!("{from}/")) || self.has_unresolved(&from) {
                    return None;
                }
                self.model.rename(&from, &to);
                Some(format!("move {from} -> {to}"))
            }
            7 => {
                let path = self.path()?;
                match self.model.kind(&path)? {
                    EntryKind::Symlink | EntryKind::Hardlink => None,
                    _ => {
                        self.model.own(&path).mode = 0o711;
                        Some(format!("mode 711 {path}"))
                    }
                }
            }
            _ => {
                let path = self.path()?;
                if self.model.kind(&path)? == EntryKind::Hardlink {
                    return None;
                }
                self.model.own(&path).owner = (7, 8);
                Some(format!("owner 7:8 {path}"))
            }
        }
    }

    fn has_unresolved(&self, top: &str) -> bool {
        let below = format!("{top}/");
        self.model.names.keys().any(|path| {
            (path == top || path.starts_with(&below))
                && self.model.kind(path) == Some(EntryKind::Hardlink)
        })
    }
}

fn told_of(text: &str) -> (u64, u64) {
    let content = NewContent::of(text.as_bytes());
    (content.size_bytes, content.fingerprint)
}

/// A random image, and a container layer with a few steps of random edits.
pub(super) struct Edited {
    pub(super) world: World,
    /// The image and the edits as text.
    pub(super) told: String,
}

/// Edits an image at random. `after` gets the container after each step, and the state of the model. `None` for an
/// image with names that a layer cannot express; other tests check that those are refused.
pub(super) fn edited(seed: u64, mix: Mix, after: impl Fn(&World, &Model, &str)) -> Option<Edited> {
    let layers = image(seed, mix);
    let told = told(seed, &layers);
    let tars: Vec<_> = layers.iter().map(|layer| tar_of(layer)).collect();
    let mut world = World::of(found(&tars, &config_json(&tars, "")));
    let below = world.image.container_layer().unwrap().0.checked_sub(1);
    let below = below.map(lamina::overlay::LayerIdx);
    let start = lines_of(&world.image, below);
    if start.iter().any(|(path, ..)| path.contains(".wh.")) {
        return None;
    }
    let mut editor = Editor {
        random: Random::new(seed + 77),
        model: Model::of(&start),
    };
    let mut told = format!("{told}\nedited:\n");
    for _ in 0..1 + editor.random.below(6) {
        let n_edits = 1 + editor.random.below(4);
        let step: Vec<_> = (0..n_edits).filter_map(|_| editor.edit()).collect();
        let step = step.join("\n");
        told = format!("{told}{step}\n--\n");
        world.edit(&step);
        after(&world, &editor.model, &told);
    }
    Some(Edited { world, told })
}
