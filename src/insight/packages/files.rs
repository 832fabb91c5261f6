//! Finds the files that tell packages of languages, in all layers: by their names, and programs by their mode.

use super::databases::{DatabaseFile, Form, Timeline, file_of};
use super::languages::{FileForm, FoundFile};
use crate::bounds::PackageLimits;
use crate::layer::EntryKind;
use crate::overlay::{LayerIdx, NodeId, ShownFile, Union, View};

/// Times that the path of a file is kept in each of its states.
pub(super) const PATH_COPIES: usize = 4;

/// Files of all layers that tell packages.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) all: Vec<(NodeId, Timeline)>,
    /// Number of files beyond the bounds.
    pub(super) n_left_out: u64,
    /// Bytes that may still be taken by paths of files.
    pub(super) left_bytes: usize,
}

impl Files {
    /// Looks for files in the layers up to one.
    pub(super) fn find(union: &Union, top: LayerIdx, limits: &PackageLimits) -> Files {
        let mut found = Files {
            left_bytes: limits.path_bytes,
            ..Files::default()
        };
        for node in union.ids() {
            let mut states = union.files(node, top);
            let Some(form) = states.find_map(|file| form(union, node, file, limits)) else {
                continue;
            };
            // Behind the bounds no path is even looked at.
            if found.all.len() >= limits.files || found.left_bytes == 0 {
                found.n_left_out = found.n_left_out.saturating_add(1);
                continue;
            }
            let path = union.path(node);
            let n_states = union.history(node).len();
            let cost = path
                .len()
                .saturating_mul(n_states.saturating_mul(PATH_COPIES));
            let Some(left) = found.left_bytes.checked_sub(cost) else {
                (found.left_bytes, found.n_left_out) = (0, 1);
                continue;
            };
            found.left_bytes = left;
            let timeline = timeline(union, node, top, form, limits);
            found.all.push((node, timeline));
        }
        found
    }
}

/// Returns what a file tells, as a layer has it.
fn form(union: &Union, node: NodeId, file: ShownFile, limits: &PackageLimits) -> Option<FileForm> {
    let content = file.content.filter(|_| file.kind == EntryKind::File)?;
    let is_large = file.size_bytes >= limits.least_program_bytes;
    let is_program = is_large && union.entry(content)?.mode & 0o111 != 0;
    FileForm::of(FoundFile {
        name: union.name(node),
        dir: union.parent(node).map_or(&b""[..], |dir| union.name(dir)),
        is_program,
    })
}

/// Returns the states of a file through the layers.
fn timeline(
    union: &Union,
    node: NodeId,
    top: LayerIdx,
    form_of: FileForm,
    limits: &PackageLimits,
) -> Timeline {
    let mut timeline = Timeline {
        form: Form::File(form_of),
        states: Vec::new(),
    };
    let layers = union.history(node).into_iter().map(|touch| touch.layer);
    for layer in layers.filter(|layer| *layer <= top) {
        let view = View::UpTo(layer);
        let is_one = |file: &ShownFile| form(union, node, *file, limits) == Some(form_of);
        let shown = union.file(node, view).filter(is_one);
        let file: Option<DatabaseFile> =
            shown.and_then(|_| file_of(union, view, node, &union.path(node)));
        timeline.set(layer, file);
    }
    timeline
}
