//! Random edits of the suite, committed: the layers for an engine.

#[path = "../suite/container/editor.rs"]
mod editor;
#[allow(dead_code, reason = "the suite asks more of it")]
#[path = "../suite/container/model.rs"]
mod model;
#[allow(dead_code, reason = "the suite asks more of it")]
#[path = "../suite/container/world.rs"]
mod world;

use lamina::build::commit::NewCompression;

use crate::overlay::images::{self, Mix};
use crate::support::{run, tar_of};

/// Image made by a commit.
pub(crate) struct Committed {
    /// Tars of the layers, base first: the image's own, and the one of the commit.
    pub(crate) tars: Vec<Vec<u8>>,
    /// The image and the edits, as text.
    pub(crate) told: String,
}

/// Edits a random image and commits. `None` if there is nothing to commit.
pub(crate) fn committed(seed: u64, mix: Mix) -> Option<Committed> {
    let editor::Edited { world, told } = editor::edited(seed, mix, |_, _, _| {})?;
    if world.written().is_empty() {
        return None;
    }
    let order = world::order(NewCompression::Plain);
    let image = world.try_commit(&order).unwrap();
    let layer = image.layers.last().unwrap();
    let mut tars: Vec<_> = images::image(seed, mix)
        .iter()
        .map(|layer| tar_of(layer))
        .collect();
    let blob = layer.blob.as_ref().unwrap();
    let len = layer.size_bytes.unwrap();
    tars.push(run(blob.read_at(0, len as usize)).unwrap());
    Some(Committed { tars, told })
}
