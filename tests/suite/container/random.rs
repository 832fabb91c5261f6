//! Random edits of random images against a slow model: after each step, after a commit, and after a squash.

use std::ops::ControlFlow;

use lamina::build::commit::NewCompression;
use lamina::build::container::NewContent;
use lamina::image::ImagePath;
use lamina::io::MemorySpool;
use lamina::layer::EntryKind;
use wasm_bindgen_test::wasm_bindgen_test;

use super::model::{Inode, Model, lines_of};
use super::world::{NOW, World, config_json, found, opened, order};
use crate::overlay::images::{Mix, Random, image, told};
use crate::support::{run, tar_of};

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

    /// A path in a directory that is there, at which there is nothing.
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

    /// An edit as a line, done in the model; `None` where there was nothing to choose from.
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

fn check(seed: u64) {
    let blind_permille = if seed.is_multiple_of(4) { 1000 } else { 50 };
    let layers = image(seed, Mix { blind_permille });
    let told = told(seed, &layers);
    let tars: Vec<_> = layers.iter().map(|layer| tar_of(layer)).collect();
    let mut world = World::of(found(&tars, &config_json(&tars, "")));
    let below = world.image.container_layer().unwrap().0.checked_sub(1);
    let below = below.map(lamina::overlay::LayerIdx);
    let start = lines_of(&world.image, below);
    // Names that a layer could not say are refused, and are other tests' matter.
    if start.iter().any(|(path, ..)| path.contains(".wh.")) {
        return;
    }
    let mut editor = Editor {
        random: Random::new(seed + 77),
        model: Model::of(&start),
    };
    let mut done = String::new();
    for _ in 0..1 + editor.random.below(6) {
        let n_edits = 1 + editor.random.below(4);
        let step: Vec<_> = (0..n_edits).filter_map(|_| editor.edit()).collect();
        let step = step.join("\n");
        done = format!("{done}{step}\n--\n");
        world.edit(&step);
        let layer = world.image.container_layer();
        assert_eq!(
            lines_of(&world.image, layer),
            editor.model.lines(),
            "{told}\nedited:\n{done}"
        );
    }
    check_images(&world, seed, &format!("{told}\nedited:\n{done}"));
}

/// What is committed, and then squashed, is what the container saw.
fn check_images(world: &World, seed: u64, told: &str) {
    let compression = match seed.is_multiple_of(2) {
        true => NewCompression::Gzip,
        false => NewCompression::Plain,
    };
    let expected = world.seen();
    let image = world.committed(&order(compression));
    let top = image.union().last_layer();
    let is_empty = world.written().is_empty();
    assert_eq!(
        image.layers().len(),
        world.image.layers().len() + usize::from(!is_empty)
    );
    let Some(top) = top else { return };
    assert_eq!(
        super::world::seen(&image, top),
        expected,
        "committed: {told}"
    );
    // Each entry stands after its directory's, and no entry twice.
    let mut paths = std::collections::BTreeSet::new();
    for entry in world.image.container_entries().unwrap().entries.iter() {
        let path = ImagePath::normalise(&entry.path).unwrap();
        if let Some(parent) = path.parent().filter(|parent| !parent.is_root()) {
            assert!(paths.contains(&parent), "{path} of {told}");
        }
        assert!(paths.insert(path), "{told}");
    }
    let n_layers = image.layers().len();
    for from in 0..n_layers.saturating_sub(1) {
        let Ok(task) = image.squash_task(from) else {
            continue;
        };
        let spool = Box::new(MemorySpool::new(1 << 30));
        let go_on = |_| ControlFlow::Continue(());
        let found = run(task.run(&order(compression), spool, &go_on)).unwrap();
        let squashed = opened(found);
        let top = squashed.union().last_layer().unwrap();
        assert_eq!(
            super::world::seen(&squashed, top),
            expected,
            "squashed from {from}: {told}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn random_edits_agree_with_the_model_0() {
    (0..160).for_each(check);
}

#[wasm_bindgen_test(unsupported = test)]
fn random_edits_agree_with_the_model_1() {
    (160..320).for_each(check);
}
