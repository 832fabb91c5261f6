//! Random edits of the suite, committed: the layers that an engine is given.

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

/// The image that a commit makes.
pub(crate) struct Committed {
    /// The layers' tars, base first: the image's own, and what the commit wrote.
    pub(crate) tars: Vec<Vec<u8>>,
    /// What is in the image, and what was done to it, as text.
    pub(crate) told: String,
}

/// Edits the image of a seed at random and commits; `None` where there is nothing to commit.
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
