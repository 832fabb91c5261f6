//! A view as a flat list, sorted by the bytes of whole paths, without the root: the output of `lamina ls`.
//!
//! For a layer's own view it is the list of `docker diff`. Only the top of a deleted tree is listed, and nothing
//! that vanished with a directory which is now something else; directories with a listed path in them are changed.
//! A deleted path has its state below the layer. Wording and JSON are left to the caller.

use std::rc::Rc;

use super::arena::ROOT;
use super::changes::LayerShape;
use super::{Change, NodeId, NodeInfo, Union, View};
use crate::layer::EntryKind;

/// One line of a listing.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedPath<'u> {
    /// Node of the path.
    pub id: NodeId,
    /// Bytes of the path, without a leading slash.
    pub path: Vec<u8>,
    /// State of the path in the view.
    pub info: NodeInfo<'u>,
    /// Change in the list of `docker diff`, in a layer's own view. A directory with a listed path in it is changed.
    pub change: Option<Change>,
}

impl ListedPath<'_> {
    /// Returns the word for the type.
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

/// Iterates over a view in the order of whole paths.
#[derive(Debug)]
pub struct Listing<'u> {
    union: &'u Union,
    view: View,
    shape: Option<Rc<LayerShape>>,
    /// Steps to come, the next one last.
    pending: Vec<Step>,
    /// Path of the directory of the last step.
    path: Vec<u8>,
}

/// A listing that was paused and does not borrow its union.
#[derive(Debug)]
pub struct PausedListing {
    view: View,
    shape: Option<Rc<LayerShape>>,
    pending: Vec<Step>,
    path: Vec<u8>,
}

/// One step of a listing. `a` comes before `a-b`, and that before `a/c`: the content of a directory has a position
/// of its own.
#[derive(Clone, Copy, Debug)]
struct Step {
    id: NodeId,
    what: What,
    /// Length of the path of its directory, in bytes.
    prefix: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Itself,
    Inside,
}

impl Union {
    /// Creates the listing of a view.
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
    /// Resumes the listing, in the same union with the same layers.
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
    /// Pauses the listing. Lines that were returned are not repeated.
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

/// Returns the sort key of a step among its siblings: the name, with a slash after it for the content.
fn key<'u>(union: &'u Union, step: &Step) -> impl Iterator<Item = &'u u8> + use<'u> {
    let slash: &[u8] = if step.what == What::Inside { b"/" } else { b"" };
    union.arena.name(step.id).iter().chain(slash)
}

impl<'u> Iterator for Listing<'u> {
    type Item = ListedPath<'u>;

    fn next(&mut self) -> Option<ListedPath<'u>> {
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
                return Some(ListedPath {
                    id: step.id,
                    path: self.path.clone(),
                    info,
                    change,
                });
            }
        }
    }
}
