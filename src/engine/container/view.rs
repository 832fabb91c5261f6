//! Converts a container layer to the rows that the page shows.

use crate::build::container::{Edit, Step};
use crate::engine::session::Shown;
use crate::engine::tree::path_of;
use crate::overlay::Change;
use crate::protocol::{ChangeRow, ContainerView, Name, StepRow, StepWord, count};
use crate::workspace::ChangedPath;

/// The maximum number of changes that are sent to the page; the others are counted.
const MOST_CHANGES: usize = 5_000;

pub(super) fn container_view(shown: &Shown, lasts: bool) -> Option<ContainerView> {
    let image = &shown.image;
    let container = image.container()?;
    let changes = image.changes();
    let n_of = |change: Change| count(changes.iter().filter(|row| row.change == change).count());
    Some(ContainerView {
        layer: image.container_layer()?.0,
        n_more: count(changes.len().saturating_sub(MOST_CHANGES)),
        n_added: n_of(Change::Added),
        n_changed: n_of(Change::Changed),
        n_deleted: n_of(Change::Deleted),
        size_bytes: image
            .container_entries()
            .map_or(0, |written| written.content_bytes()),
        changes: changes.iter().take(MOST_CHANGES).map(change_row).collect(),
        undo: container.last_step().and_then(step_row),
        redo: container.next_step().and_then(step_row),
        lasts,
        lost: shown.container.lost.clone(),
    })
}

fn change_row(row: &ChangedPath) -> ChangeRow {
    ChangeRow {
        change: row.change,
        path: Name::of_path(&row.path),
        path_key: path_of(&row.path),
        kind: row.kind,
        size_bytes: row.size_bytes,
        below_bytes: row.below_bytes,
    }
}

fn step_row(step: &Step) -> Option<StepRow> {
    // The parent directories of a new path are not the purpose of a step.
    let is_way = |edit: &&Edit| matches!(edit, Edit::Dirs { .. });
    let mut edits = step.edits.iter().filter(|edit| !is_way(edit));
    let first = edits.next()?;
    let word = match (first, edits.next()) {
        (_, Some(_)) => StepWord::Several,
        (Edit::File { .. }, None) => StepWord::File,
        (Edit::Dir { .. } | Edit::Dirs { .. }, None) => StepWord::Dir,
        (Edit::Symlink { .. }, None) => StepWord::Symlink,
        (Edit::Delete { .. }, None) => StepWord::Delete,
        (Edit::Rename { .. }, None) => StepWord::Rename,
        (Edit::Mode { .. }, None) => StepWord::Mode,
        (Edit::Owner { .. }, None) => StepWord::Owner,
    };
    Some(StepRow {
        word,
        path: Name::of_path(first.path().as_bytes()),
    })
}
