//! The space analysis of an open image, and its form in the report.
//!
//! It requires all layers to be complete: the paths that a damaged layer would still have hidden cannot be known.

use serde::Serialize;

use crate::image::{escape, hex};
use crate::insight::{Analysis, Dead, LeftOut, Repeated, Unread, analyse_layers};

use super::{LayerStatus, OpenImage};

/// Largest number of rows in each list.
const MOST_ROWS: usize = 500;

/// The reason why an image's space cannot be analysed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnalysis {
    /// It is an artifact, not a root file system.
    #[error("an artifact has no file system")]
    Artifact,
    /// The lowest layer that has not been read yet.
    #[error("layer {layer} is not read")]
    Waiting {
        /// The layer's position.
        layer: u32,
    },
    /// The lowest layer that is only known from its table of contents.
    #[error("layer {layer} is listed from its table of contents, and not read")]
    Listed {
        /// The layer's position.
        layer: u32,
    },
    /// The lowest layer that could not be read.
    #[error("layer {layer} cannot be had: {reason}")]
    Failed {
        /// The layer's position.
        layer: u32,
        /// The error of its source.
        reason: String,
    },
    /// The lowest layer that is left out on purpose.
    #[error("layer {layer} was left out, since its last reading did not end well")]
    LeftOut {
        /// The layer's position.
        layer: u32,
    },
    /// The lowest layer with missing entries, because of damage or a limit.
    #[error("layer {layer} is not read to its end: {reason}")]
    Incomplete {
        /// The layer's position.
        layer: u32,
        /// The place where reading ended, and why.
        reason: String,
    },
}

/// Analyses an image whose layers have all been read. An uncommitted container layer on top is not counted.
///
/// # Errors
/// When a layer is missing, or some of its entries are.
pub fn analysis_of(image: &OpenImage) -> Result<Analysis, NoAnalysis> {
    if image.found.artifact_type.is_some() {
        return Err(NoAnalysis::Artifact);
    }
    for (layer, status) in (0..).zip(image.layers()) {
        match status {
            LayerStatus::Waiting => return Err(NoAnalysis::Waiting { layer }),
            LayerStatus::Listed(_) => return Err(NoAnalysis::Listed { layer }),
            LayerStatus::LeftOut => return Err(NoAnalysis::LeftOut { layer }),
            LayerStatus::Failed(error) => {
                let reason = error.to_string();
                return Err(NoAnalysis::Failed { layer, reason });
            }
            LayerStatus::Read(read, _) => {
                if let Some(damage) = &read.damage {
                    let reason = damage.to_string();
                    return Err(NoAnalysis::Incomplete { layer, reason });
                }
            }
        }
    }
    analyse_layers(image.union(), image.layers().len(), MOST_ROWS)
        .map_err(|Unread(layer)| NoAnalysis::Waiting { layer: layer.0 })
}

/// Repeats the analysis of an analysed image with the container layer on top; `None` without a container layer.
pub fn analysis_with_container(image: &OpenImage) -> Option<Analysis> {
    let top = image.container_layer()?;
    analyse_layers(image.union(), top.0 as usize + 1, 0).ok()
}

/// The analysis in the form of the report.
#[derive(Serialize)]
pub(super) struct AnalysisReport {
    score: f64,
    wasted_bytes: u64,
    /// `null` if it is infinite.
    user_wasted_percent: Option<f64>,
    stored_bytes: u64,
    live_bytes: u64,
    dead_bytes: u64,
    layers: Vec<LayerReport>,
    wasted: Vec<WastedReport>,
    wasted_left_out: LeftOutReport,
    dead: Vec<DeadReport>,
    dead_left_out: LeftOutReport,
}

#[derive(Serialize)]
struct LayerReport {
    stored_bytes: u64,
    dead_bytes: u64,
}

#[derive(Serialize)]
struct WastedReport {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    copies: u32,
    bytes: u64,
}

#[derive(Serialize)]
struct DeadReport {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    files: u32,
    bytes: u64,
    stored_by: u32,
    hidden_by: u32,
    how: &'static str,
}

#[derive(Serialize)]
struct LeftOutReport {
    rows: u64,
    bytes: u64,
}

impl From<&Analysis> for AnalysisReport {
    fn from(analysis: &Analysis) -> AnalysisReport {
        let dive = &analysis.dive;
        AnalysisReport {
            score: dive.score,
            wasted_bytes: dive.wasted_bytes,
            user_wasted_percent: Some(dive.user_wasted_percent).filter(|part| part.is_finite()),
            stored_bytes: analysis.stored_bytes,
            live_bytes: analysis.live_bytes(),
            dead_bytes: analysis.dead_bytes,
            layers: analysis
                .layers
                .iter()
                .map(|space| LayerReport {
                    stored_bytes: space.stored_bytes,
                    dead_bytes: space.dead_bytes,
                })
                .collect(),
            wasted: dive.wasted.iter().map(WastedReport::from).collect(),
            wasted_left_out: dive.wasted_left_out.into(),
            dead: analysis.dead.iter().map(DeadReport::from).collect(),
            dead_left_out: analysis.dead_left_out.into(),
        }
    }
}

impl From<&Repeated> for WastedReport {
    fn from(row: &Repeated) -> WastedReport {
        WastedReport {
            path: escape(&row.path),
            path_bytes: bytes_of_no_text(&row.path),
            copies: row.copies,
            bytes: row.bytes,
        }
    }
}

impl From<&Dead> for DeadReport {
    fn from(row: &Dead) -> DeadReport {
        DeadReport {
            path: shown_path(row),
            path_bytes: bytes_of_no_text(&row.path),
            files: row.n_files,
            bytes: row.bytes,
            stored_by: row.stored_by.0,
            hidden_by: row.hidden_by.0,
            how: row.how.word(),
        }
    }
}

impl From<LeftOut> for LeftOutReport {
    fn from(left_out: LeftOut) -> LeftOutReport {
        LeftOutReport {
            rows: left_out.n_rows,
            bytes: left_out.bytes,
        }
    }
}

/// Returns a row's path as text. A directory ends in a slash.
fn shown_path(row: &Dead) -> String {
    let slash = if row.is_dir { "/" } else { "" };
    format!("{}{slash}", escape(&row.path))
}

fn bytes_of_no_text(path: &[u8]) -> Option<String> {
    std::str::from_utf8(path).is_err().then(|| hex(path))
}
