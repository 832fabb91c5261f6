//! A view as a flat list, sorted by the bytes of whole paths, the root left out: what `lamina ls` prints.
//!
//! For a layer's own view it is the list of `docker diff`: a deleted tree is named by its top, what went with a
//! directory that is now something else is not named, and directories with a listed path in them are changed. A deleted path is told as it
//! was below. Words and JSON are the caller's.

use std::rc::Rc;

use super::arena::ROOT;
use super::changes::LayerShape;
use super::{Change, NodeId, NodeInfo, Union, View};
use crate::layer::EntryKind;

/// One line of a listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<'u> {
    /// The path.
    pub id: NodeId,
    /// Its bytes, without a leading slash.
    pub path: Vec<u8>,
    /// What it is.
    pub info: NodeInfo<'u>,
    /// In a layer's own view what `docker diff` says of it: a directory with a listed path in it is changed.
    pub change: Option<Change>,
}

impl Listed<'_> {
    /// The word for what it is.
    pub fn type_word(&self) -> &'static str {
        match self.info.kind {
            EntryKind::File => "file",
            EntryKind::Dir => "dir",
            EntryKind::Symlink => "symlink",
            EntryKind::Hardlink => "hardlink",
            EntryKind::Char => "char",
            EntryKind::Block => "block",
            EntryKind::Fifo => "fifo",
        }
    }
}

/// Goes through a view in the order of whole paths.
#[derive(Debug)]
pub struct Listing<'u> {
    union: &'u Union,
    view: View,
    shape: Option<Rc<LayerShape>>,
    /// What is still to come, the next one last.
    pending: Vec<Step>,
    /// The path of the directory that the last step is in.
    path: Vec<u8>,
}

/// A listing that was left off, without a hold on its union.
#[derive(Debug)]
pub struct PausedListing {
    view: View,
    shape: Option<Rc<LayerShape>>,
    pending: Vec<Step>,
    path: Vec<u8>,
}

/// `a` comes before `a-b`, and that before `a/c`: what is in a directory has a place of its own in the order.
#[derive(Clone, Copy, Debug)]
struct Step {
    id: NodeId,
    what: What,
    /// The length of the path of the directory that it is in.
    prefix: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Itself,
    Inside,
}

impl Union {
    /// The listing of a view.
    pub fn listing(&self, view: View) -> Listing<'_> {
        Listing {
            union: self,
            view,
            shape: matches!(view, View::Layer(_)).then(|| self.shape(view)),
            pending: vec![Step {
                id: ROOT,
                what: What::Inside,
                prefix: 0,
            }],
            path: Vec::new(),
        }
    }
}

impl PausedListing {
    /// Goes on, in the same union with the same layers.
    pub fn resume(self, union: &Union) -> Listing<'_> {
        Listing {
            union,
            view: self.view,
            shape: self.shape,
            pending: self.pending,
            path: self.path,
        }
    }
}

impl<'u> Listing<'u> {
    /// Leaves off: what was given is not given again.
    pub fn pause(self) -> PausedListing {
        PausedListing {
            view: self.view,
            shape: self.shape,
            pending: self.pending,
            path: self.path,
        }
    }

    fn enter(&mut self, dir: NodeId) {
        let (union, prefix) = (self.union, self.path.len());
        let first = self.pending.len();
        for id in union.children(dir, self.view) {
            let step = |what| Step { id, what, prefix };
            self.pending.push(step(What::Itself));
            if union.arena.children(id).next().is_some() {
                self.pending.push(step(What::Inside));
            }
        }
        let steps = self.pending.get_mut(first..).unwrap_or_default();
        steps.sort_unstable_by(|a, b| key(union, b).cmp(key(union, a)));
    }
}

/// A step's place among its siblings: the name, with a slash after it for what is inside.
fn key<'u>(union: &'u Union, step: &Step) -> impl Iterator<Item = &'u u8> + use<'u> {
    let slash: &[u8] = if step.what == What::Inside { b"/" } else { b"" };
    union.arena.name(step.id).iter().chain(slash)
}

impl<'u> Iterator for Listing<'u> {
    type Item = Listed<'u>;

    fn next(&mut self) -> Option<Listed<'u>> {
        loop {
            let step = self.pending.pop()?;
            self.path.truncate(step.prefix);
            if !self.path.is_empty() {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(self.union.arena.name(step.id));
            if step.what == What::Inside {
                self.enter(step.id);
                continue;
            }
            let change = match &self.shape {
                Some(shape) => match shape.listed(step.id) {
                    None => continue,
                    listed => listed,
                },
                None => None,
            };
            if let Some(info) = self.union.node(step.id, self.view) {
                return Some(Listed {
                    id: step.id,
                    path: self.path.clone(),
                    info,
                    change,
                });
            }
        }
    }
}
