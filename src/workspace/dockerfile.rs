//! The Dockerfile of an open image, rebuilt from its history and its layers.

use crate::image::{RuntimeConfig, escape};
use crate::insight::dockerfile::Dockerfile;
use crate::layer::EntryKind;
use crate::overlay::{LayerIdx, View};

use super::{NoAnalysis, OpenImage};

/// Largest number of sources that a copy is told to have.
const MOST_SOURCES: usize = 8;

/// Rebuilds the Dockerfile of an image. Layers that are not read tell no names of copied files.
///
/// # Errors
/// If it is an artifact.
pub fn dockerfile_of(image: &OpenImage) -> Result<Dockerfile, NoAnalysis> {
    if image.found.artifact_type.is_some() {
        return Err(NoAnalysis::Artifact);
    }
    let no_settings = RuntimeConfig::default();
    let config = image
        .config()
        .and_then(|document| document.config.config.as_ref());
    let history = image
        .history()
        .map(|(entry, layer)| (entry, layer.map(LayerIdx::at)));
    let written = |layer: LayerIdx, path: &str| written(image, layer, path);
    Ok(Dockerfile::rebuilt(
        history,
        config.unwrap_or(&no_settings),
        &written,
    ))
}

/// Returns the names that a layer has directly in a directory; none if the path is a file, `None` if the layer does
/// not tell, or names are none of a Dockerfile.
fn written(image: &OpenImage, layer: LayerIdx, path: &str) -> Option<Vec<String>> {
    image.read_layer(layer.0 as usize)?;
    let union = image.union();
    let view = View::Layer(layer);
    let dir = union.resolve(path.as_bytes(), view).ok()?;
    if union.node(dir, view)?.kind != EntryKind::Dir {
        return Some(Vec::new());
    }
    let names = union.children(dir, view).map(|child| union.name(child));
    let mut names: Vec<String> = names.map(escape).take(MOST_SOURCES + 1).collect();
    names.sort_unstable();
    let is_plain = |name: &String| !name.contains(|c: char| c.is_whitespace() || c == '\\');
    (names.len() <= MOST_SOURCES && names.iter().all(is_plain)).then_some(names)
}
