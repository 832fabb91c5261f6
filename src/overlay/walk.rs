//! Follows a path component by component, through symbolic links, inside the root.
//!
//! This module only reads. Writers decide what to do about missing or blocking components.

use super::arena::ROOT;
use super::log::Record;
use super::{Error, NodeId, Union, View};
use crate::image::{ImagePath, escape};
use crate::layer::EntryPath;

/// The result of following a path.
#[derive(Debug)]
pub(super) struct Walked<'u> {
    pub(super) end: End<'u>,
    /// True if a symbolic link of a lower layer was followed.
    pub(super) through_lower: bool,
    /// Bytes of the link targets that were followed.
    pub(super) followed_bytes: u64,
    /// Depth and path length of the directory where the walk ends: of `at`, or of the one with the blocking
    /// component.
    pub(super) depth: Depth,
}

/// The depth of a directory, and the length of its path. Through links both exceed what any entry says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Depth {
    pub(super) levels: usize,
    /// Bytes of its names, plus a slash for each.
    pub(super) path_bytes: usize,
}

impl Depth {
    pub(super) fn below(self, name: &[u8]) -> Depth {
        Depth {
            levels: self.levels.saturating_add(1),
            path_bytes: self.path_bytes.saturating_add(name.len()).saturating_add(1),
        }
    }

    fn above(self, name: &[u8]) -> Depth {
        Depth {
            levels: self.levels.saturating_sub(1),
            path_bytes: self.path_bytes.saturating_sub(name.len()).saturating_sub(1),
        }
    }
}

/// The end of a walk.
#[derive(Debug)]
pub(super) enum End<'u> {
    /// Every component exists.
    At(NodeId),
    /// Some components do not exist below the directory.
    Missing {
        at: NodeId,
        names: Vec<&'u [u8]>,
        /// True if the first missing one is named by a symbolic link, not by the path.
        dangling: bool,
    },
    /// Something that is not a directory blocks the path.
    Blocked {
        /// The blocking node, or the symbolic link in the path that leads to it.
        by: NodeId,
        /// Components of the path after it.
        rest: &'u [u8],
    },
    /// The path has too many symbolic links.
    Loop,
}

/// The types that are allowed at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    Directory,
    Anything,
}

fn next_component<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    while !rest.is_empty() {
        let end = rest.iter().position(|&b| b == b'/').unwrap_or(rest.len());
        let component = rest.get(..end).unwrap_or_default();
        *rest = rest.get(end + 1..).unwrap_or_default();
        if !matches!(component, b"" | b".") {
            return Some(component);
        }
    }
    None
}

impl Union {
    /// Follows `path` in the union up to a layer, through every symbolic link, including the last.
    ///
    /// `budget` bounds the bytes of link targets that this walk may follow.
    pub(super) fn walk<'u>(
        &'u self,
        upto: u16,
        path: &'u [u8],
        last: Last,
        budget: u64,
    ) -> Walked<'u> {
        let mut walked = Walked {
            end: End::Loop,
            through_lower: false,
            followed_bytes: 0,
            depth: Depth::default(),
        };
        let mut at = ROOT;
        let mut depth = Depth::default();
        // The rest of the path, then the rest of the link followed in it, and so on.
        let mut rests = vec![path];
        let mut outermost = None;
        let mut hops = 0;
        let mut missing: Vec<&[u8]> = Vec::new();
        let mut dangling = false;
        while let Some(rest) = rests.last_mut() {
            let Some(name) = next_component(rest) else {
                rests.pop();
                continue;
            };
            if name == b".." {
                if missing.pop().is_none() {
                    depth = depth.above(self.arena.name(at));
                    at = self.arena.parent(at);
                }
                continue;
            }
            let child = self.arena.find(at, name).filter(|_| missing.is_empty());
            let Some((child, record)) =
                child.and_then(|child| self.seen_record(child, upto).map(|r| (child, r)))
            else {
                dangling |= missing.is_empty() && rests.len() > 1;
                missing.push(name);
                continue;
            };
            if record.state.is_dir() {
                at = child;
                depth = depth.below(name);
                continue;
            }
            if rests.len() == 1 {
                outermost = Some((child, depth));
            }
            if let Some(target) = self.symlink_target(record) {
                hops += 1;
                walked.followed_bytes += target.len() as u64;
                walked.through_lower |= record.layer < upto;
                if hops > self.limits.image.symlink_hops || walked.followed_bytes > budget {
                    return walked;
                }
                if target.starts_with(b"/") {
                    at = ROOT;
                    depth = Depth::default();
                }
                rests.push(target);
                continue;
            }
            let more = rests
                .iter()
                .any(|&rest| next_component(&mut { rest }).is_some());
            walked.end = if more || last == Last::Directory {
                let (by, above) = outermost.unwrap_or((child, depth));
                walked.depth = above;
                End::Blocked {
                    by,
                    rest: rests.first().copied().unwrap_or_default(),
                }
            } else {
                End::At(child)
            };
            return walked;
        }
        walked.depth = depth;
        walked.end = if missing.is_empty() {
            End::At(at)
        } else {
            End::Missing {
                at,
                names: missing,
                dangling,
            }
        };
        walked
    }

    /// Returns the record of a path in the union up to a layer, if the path exists there.
    pub(super) fn seen_record(&self, id: NodeId, upto: u16) -> Option<&Record> {
        self.log
            .at(self.arena.last_touch(id), upto)
            .filter(|record| record.state.is_present())
    }

    /// Returns the node of a path whose directories all exist, without following a link at its end.
    pub(super) fn walk_to_name(
        &self,
        upto: u16,
        path: &[u8],
        budget: u64,
    ) -> (Option<NodeId>, u64) {
        let EntryPath { dir, name } = EntryPath::of(path);
        let walked = self.walk(upto, dir, Last::Directory, budget);
        let node = match walked.end {
            End::At(dir) => self.arena.find(dir, name),
            _ => None,
        };
        let there = node.filter(|&node| self.seen_record(node, upto).is_some());
        (there, walked.followed_bytes)
    }

    /// Returns the node of a path that any layer names, without following links. [`Union::node`] decides whether a
    /// view shows it.
    pub fn lookup(&self, path: &[u8]) -> Option<NodeId> {
        let path = ImagePath::normalise(path).ok()?;
        path.components()
            .try_fold(ROOT, |at, name| self.arena.find(at, name))
    }

    /// Returns the node that a program in a container would find at a path: symbolic links are followed, inside the
    /// root.
    ///
    /// For a layer's own view this uses the union up to that layer.
    ///
    /// # Errors
    /// If nothing exists there, something blocks the path, or the links form a loop.
    pub fn resolve(&self, path: &[u8], view: View) -> Result<NodeId, Error> {
        let told = || escape(path);
        match self
            .walk(self.upto(view), path, Last::Anything, u64::MAX)
            .end
        {
            End::At(node) => Ok(node),
            End::Missing { .. } => Err(Error::NotFound { path: told() }),
            End::Blocked { .. } => Err(Error::NotDirectory { path: told() }),
            End::Loop => Err(Error::Loop {
                hops: self.limits.image.symlink_hops,
                path: told(),
            }),
        }
    }

    /// Returns the target of a symbolic link, or the node itself if it is not one.
    ///
    /// # Errors
    /// As [`Union::resolve`], for dangling and looping links.
    pub fn follow(&self, id: NodeId, view: View) -> Result<NodeId, Error> {
        self.resolve(&self.path(id), view)
    }
}
