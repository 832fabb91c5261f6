//! Known differences between umoci and Lamina's union, each with its line of the checklist.
//!
//! A difference is excused by the first of these that recognises it. One that none recognises fails the test.

use std::ops::Range;

use lamina::layer::EntryKind;
use lamina::overlay::{Cause, NodeId};

use crate::states::{Case, Difference};

/// A difference in an image that umoci unpacks.
pub(crate) struct Divergence {
    /// Name in the test's report: the line, and the behaviour of umoci.
    pub(crate) name: &'static str,
    recognises: fn(&Difference, &Case) -> bool,
}

/// A reason why umoci cannot unpack an image at all.
pub(crate) struct Rejection {
    /// As in [`Divergence`].
    pub(crate) name: &'static str,
    /// Part of umoci's message.
    message: &'static str,
    recognises: fn(&Case) -> bool,
}

impl Divergence {
    pub(crate) fn fits(&self, difference: &Difference, case: &Case) -> bool {
        (self.recognises)(difference, case)
    }
}

impl Rejection {
    pub(crate) fn fits(&self, message: &str, case: &Case) -> bool {
        message.contains(self.message) && (self.recognises)(case)
    }
}

pub(crate) const DIVERGENCES: &[Divergence] = &[
    // `.wh.`, `.wh..` and `.wh...` lead to the directory itself or the one above, whose
    // children from lower layers are removed.
    Divergence {
        name: "LS-05: umoci takes a whiteout of nothing for one of its directory",
        recognises: is_near_invalid_whiteout,
    },
    // Engines that set a link's metadata set it on the inode; umoci keeps the metadata of the file's own entry.
    Divergence {
        name: "LS-25: umoci ignores the mode, owner and time of a hard link's own entry",
        recognises: is_metadata_of_content,
    },
    // umoci restores the time of the directory that an entry goes into, but not of the one above,
    // in which it makes that directory.
    Divergence {
        name: "LS-16: umoci leaves the time of making on a directory in which it made an implied one",
        recognises: is_time_of_making,
    },
    // The same for removals: only the time of the whiteout's own directory is restored.
    Divergence {
        name: "LS-08: umoci leaves the time of removal on a kept directory that a whiteout above it emptied",
        recognises: is_time_of_removal,
    },
    // If an entry before the whiteout needed the directory, umoci keeps it as that entry found it. Lamina makes it
    // again, whatever the order.
    Divergence {
        name: "LS-07: umoci keeps the lower directory when its whiteout comes after what the layer puts into it",
        recognises: is_as_below,
    },
    Divergence {
        name: "LS-04, LS-11: umoci makes no directory for a whiteout, and removes one that only whiteouts are in",
        recognises: is_made_by_whiteouts,
    },
    // For umoci, AUFS's own names at the root are whiteouts and plain files.
    Divergence {
        name: "LS-40: umoci does not know AUFS's own names",
        recognises: is_of_aufs,
    },
];

pub(crate) const REJECTIONS: &[Rejection] = &[
    // The directory is gone, with everything in it that later entries need.
    Rejection {
        name: "LS-05: umoci takes a whiteout of nothing for one of its directory, and fails on what is gone",
        message: "no such file or directory",
        recognises: |case| case.warns("invalid-whiteout", |_| true),
    },
    Rejection {
        name: "LS-15, LS-21: umoci refuses a path through a file",
        message: "not a directory",
        recognises: |case| case.warns("parent-not-directory", |_| true),
    },
    Rejection {
        name: "LS-20: umoci refuses a path through a loop of symbolic links",
        message: "too many levels of symbolic links",
        recognises: |case| case.warns("symlink-loop", |_| true),
    },
    Rejection {
        name: "LS-31: umoci refuses a hard link whose target is not there, or is a directory",
        message: "link: ",
        recognises: |case| case.warns("unresolved-hardlink", |_| true),
    },
    Rejection {
        name: "LS-37: umoci refuses another type for the root",
        message: "refusing to change type of root directory",
        recognises: |case| case.warns("root-not-directory", |_| true),
    },
];

fn is_metadata_of_content(difference: &Difference, case: &Case) -> bool {
    let Some(info) = case.info(&difference.path) else {
        return false;
    };
    let Some(entry) = info.content.and_then(|place| case.union.entry(place)) else {
        return false;
    };
    let own = match difference.facet {
        "mode" => format!("{:04o}", entry.mode),
        "owner" => format!("{}:{}", entry.uid, entry.gid),
        "time" => entry.mtime.seconds.to_string(),
        _ => return false,
    };
    info.content != info.metadata && difference.engine == own
}

/// True if the time is in no entry of an image: that of the unpacking itself.
fn is_now(difference: &Difference) -> bool {
    let seconds: Option<i64> = difference.engine.parse().ok();
    difference.facet == "time" && seconds.is_some_and(|seconds| seconds > 1_000_000_000)
}

fn is_time_of_making(difference: &Difference, case: &Case) -> bool {
    let Some(dir) = case.id(&difference.path).filter(|_| is_now(difference)) else {
        return false;
    };
    let told_as_implied = |child: NodeId| {
        let history = case.union.history(child);
        history.iter().any(|touch| touch.cause == Cause::Implied)
    };
    // If its layer names it later, or it is removed again, only the order of the entries shows it.
    let named_too_late = |child: NodeId| {
        let child = case.union.path(child);
        let inside = [&child[..], b"/"].concat();
        let mut named = None;
        case.entries().any(|(layer, entry)| {
            if entry.path == child[..] {
                named = Some(layer);
            }
            entry.path.to_vec().starts_with(&inside) && named != Some(layer)
        })
    };
    children(case, dir).any(|child| told_as_implied(child) || named_too_late(child))
}

fn is_time_of_removal(difference: &Difference, case: &Case) -> bool {
    let Some(dir) = case.id(&difference.path).filter(|_| is_now(difference)) else {
        return false;
    };
    let went = |child: NodeId| {
        let mut causes = case
            .union
            .history(child)
            .into_iter()
            .map(|touch| touch.cause);
        causes.any(|cause| matches!(cause, Cause::Opaque | Cause::ParentRemoved))
    };
    children(case, dir).any(went)
}

fn children(case: &Case, dir: NodeId) -> impl Iterator<Item = NodeId> {
    let all: Range<u32> = 1..case.union.n_nodes() as u32;
    all.map(NodeId)
        .filter(move |&child| case.union.parent(child) == Some(dir))
}

fn is_as_below(difference: &Difference, case: &Case) -> bool {
    let Some(info) = case.info(&difference.path) else {
        return false;
    };
    let below = case.facet_below(&difference.path, info.layer, difference.facet);
    info.kind == EntryKind::Dir && info.implied && below.as_ref() == Some(&difference.engine)
}

fn is_made_by_whiteouts(difference: &Difference, case: &Case) -> bool {
    let (facet, engine) = (difference.facet, difference.engine.as_str());
    let empty = |id: NodeId| {
        let mut pending = vec![id];
        while let Some(at) = pending.pop() {
            let info = case.union.node(at, case.view());
            if !info.is_some_and(|info| info.kind == EntryKind::Dir && info.implied) {
                return false;
            }
            pending.extend(case.union.children(at, case.view()));
        }
        true
    };
    facet == "presence" && engine.is_empty() && case.id(&difference.path).is_some_and(empty)
}

fn is_near_invalid_whiteout(difference: &Difference, case: &Case) -> bool {
    let named = [difference.lamina.as_str(), difference.engine.as_str()];
    let paths = named.iter().filter(|_| difference.facet == "names");
    let paths = paths.flat_map(|names| names.split(' '));
    let mut paths = paths.chain([difference.path.as_str()]);
    paths.any(|path| {
        case.warns("invalid-whiteout", |whiteout| {
            let dir = whiteout.trim_end_matches(|c| c != '/');
            path.starts_with(dir)
        })
    })
}

fn is_of_aufs(difference: &Difference, case: &Case) -> bool {
    let is_target = |entry: &lamina::layer::Entry<'_>| {
        entry.kind == EntryKind::Hardlink && entry.link.starts_with(b".wh..wh.")
    };
    let path = difference.path.as_str();
    path.starts_with(".wh..wh.")
        || case
            .entries()
            .any(|(_, entry)| is_target(&entry) && entry.path == path.as_bytes())
}
