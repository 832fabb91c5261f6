//! The live and dead bytes of an image, as rows.

use crate::insight::{Analysis, Dead, How, LeftOut, Repeated};
use crate::overlay::{Change, LayerIdx, NodeId, View};
use crate::protocol::{
    DeadHow, DeadRow, ImageKey, Problem, ProblemCode, RepeatedRow, RowsLeftOut, SpaceAnswer,
    SpaceGap, SpaceLayer, SpaceView,
};
use crate::workspace::{NoAnalysis, OpenImage, analysis_of, analysis_with_container};

use super::tree::{name_of, path_of};
use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) fn space(&self, image: ImageKey) -> Result<SpaceAnswer, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        let unknown = |layer, gap| SpaceAnswer::Unknown { layer, gap };
        Ok(match analysis_of(&shown.image) {
            Ok(analysis) => SpaceAnswer::Known(space_view(&shown.image, &analysis)),
            Err(NoAnalysis::Waiting { layer }) => unknown(layer, SpaceGap::Waiting),
            Err(NoAnalysis::Listed { layer }) => unknown(layer, SpaceGap::Listed),
            Err(NoAnalysis::Failed { layer, .. } | NoAnalysis::LeftOut { layer }) => {
                unknown(layer, SpaceGap::Failed)
            }
            Err(NoAnalysis::Incomplete { layer, .. }) => unknown(layer, SpaceGap::Incomplete),
            Err(problem @ NoAnalysis::Artifact) => {
                let detail = problem.to_string();
                return Err(Problem::new(ProblemCode::NotFound, "image", detail));
            }
        })
    }
}

fn space_view(image: &OpenImage, analysis: &Analysis) -> SpaceView {
    let dive = &analysis.dive;
    SpaceView {
        stored_bytes: analysis.stored_bytes,
        live_bytes: analysis.live_bytes(),
        dead_bytes: analysis.dead_bytes,
        score: dive.score,
        wasted_bytes: dive.wasted_bytes,
        user_wasted_percent: dive.user_wasted_percent,
        layers: analysis
            .layers
            .iter()
            .map(|space| SpaceLayer {
                stored_bytes: space.stored_bytes,
                dead_bytes: space.dead_bytes,
            })
            .collect(),
        container: analysis_with_container(image).map(|whole| SpaceLayer {
            stored_bytes: whole.stored_bytes,
            dead_bytes: whole.dead_bytes,
        }),
        dead: analysis.dead.iter().map(dead_row).collect(),
        dead_left_out: left_out(analysis.dead_left_out),
        repeated: dive
            .wasted
            .iter()
            .map(|row| repeated_row(image, row))
            .collect(),
        repeated_left_out: left_out(dive.wasted_left_out),
    }
}

fn left_out(left_out: LeftOut) -> RowsLeftOut {
    RowsLeftOut {
        n_rows: left_out.n_rows,
        bytes: left_out.bytes,
    }
}

fn dead_row(row: &Dead) -> DeadRow {
    let slash: &[u8] = match row.is_dir && !row.path.is_empty() {
        true => b"/",
        false => b"",
    };
    DeadRow {
        path: name_of(&[b"/", row.path.as_slice(), slash].concat()),
        path_key: row.node.map(|_| path_of(&row.path)),
        n_files: row.n_files,
        bytes: row.bytes,
        stored_by: row.stored_by.0,
        hidden_by: row.hidden_by.0,
        how: match row.how {
            How::Whiteout => DeadHow::Whiteout,
            How::Opaque => DeadHow::Opaque,
            How::Replaced => DeadHow::Replaced,
            How::DirectoryReplaced => DeadHow::DirectoryReplaced,
            How::Overwritten => DeadHow::Overwritten,
            How::SameContent => DeadHow::SameContent,
            How::MetadataOnly => DeadHow::MetadataOnly,
            How::LeftOut => DeadHow::LeftOut,
        },
    }
}

fn repeated_row(image: &OpenImage, row: &Repeated) -> RepeatedRow {
    let node = image.union().lookup(&row.path);
    RepeatedRow {
        path: name_of(&[b"/", row.path.as_slice()].concat()),
        path_key: node.map(|_| path_of(&row.path)),
        seen_upto: node.and_then(|node| seen_upto(image, node)),
        copies: row.copies,
        bytes: row.bytes,
    }
}

/// Returns the topmost layer of the image whose union has a path; `None` if the shown union has it.
fn seen_upto(image: &OpenImage, node: NodeId) -> Option<u32> {
    let union = image.union();
    let shown = union.last_layer()?;
    if union.shows(node, View::UpTo(shown)) {
        return None;
    }
    // The container layer above the image may have deleted it.
    let last = LayerIdx::at(image.layers().len().checked_sub(1)?);
    if union.shows(node, View::UpTo(last)) {
        return Some(last.0);
    }
    let history = union.history(node);
    let gone = history
        .iter()
        .rfind(|touch| touch.change == Change::Deleted && touch.layer <= last)?;
    gone.layer.0.checked_sub(1)
}
