//! The space analysis of an open image, and its form in the report.
//!
//! It requires all layers to be complete: the paths that a damaged layer would still have hidden cannot be known.

use crate::message::Message;
use serde::Serialize;
use std::fmt;

use crate::image::{escape, hex};
use crate::insight::{
    Analysis, Dead, DeathCause, LayerSpace, Overview, Repeated, RowsLeftOut, Unread,
    analyse_layers, overview,
};

use super::{LayerStatus, OpenImage};

/// Largest number of rows in each list.
const MOST_ROWS: usize = 500;

/// The reason why an image's space cannot be analysed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnalysis {
    /// It is an artifact, not a root file system.
    Artifact,
    /// The lowest layer that has not been read yet.
    Waiting {
        /// The layer's position.
        layer: u32,
    },
    /// The lowest layer that is only known from its table of contents.
    Listed {
        /// The layer's position.
        layer: u32,
    },
    /// The lowest layer that could not be read.
    Failed {
        /// The layer's position.
        layer: u32,
        /// The error of its source.
        reason: Message,
    },
    /// The lowest layer that is left out on purpose.
    LeftOut {
        /// The layer's position.
        layer: u32,
    },
    /// The lowest layer with missing entries, because of damage or a limit.
    Incomplete {
        /// The layer's position.
        layer: u32,
        /// The place where reading ended, and why.
        reason: Message,
    },
}

impl From<&NoAnalysis> for Message {
    fn from(why: &NoAnalysis) -> Message {
        match why {
            NoAnalysis::Artifact => Message::no_file_system(),
            NoAnalysis::Waiting { layer } => Message::analysis_waiting(*layer),
            NoAnalysis::Listed { layer } => Message::analysis_listed(*layer),
            NoAnalysis::Failed { layer, reason } => {
                Message::analysis_failed(*layer, reason.clone())
            }
            NoAnalysis::LeftOut { layer } => Message::analysis_left_out(*layer),
            NoAnalysis::Incomplete { layer, reason } => {
                Message::analysis_incomplete(*layer, reason.clone())
            }
        }
    }
}

impl fmt::Display for NoAnalysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for NoAnalysis {}

/// Analyses an image whose layers have all been read. An uncommitted container layer on top is not counted.
///
/// # Errors
/// When a layer is missing, or some of its entries are.
pub fn analysis_of(image: &OpenImage) -> Result<Analysis, NoAnalysis> {
    is_whole(image)?;
    analyse_layers(image.union(), image.layers().len(), MOST_ROWS).map_err(unread)
}

/// Returns what is said first of an image whose layers have all been read, with its analysis. An uncommitted container
/// layer on top is not counted.
///
/// # Errors
/// When a layer is missing, or some of its entries are.
pub fn overview_of(image: &OpenImage) -> Result<(Analysis, Overview), NoAnalysis> {
    is_whole(image)?;
    overview(image.union(), image.layers().len()).map_err(unread)
}

fn unread(Unread(layer): Unread) -> NoAnalysis {
    NoAnalysis::Waiting { layer: layer.0 }
}

fn is_whole(image: &OpenImage) -> Result<(), NoAnalysis> {
    if image.found.artifact_type.is_some() {
        return Err(NoAnalysis::Artifact);
    }
    for (layer, status) in (0..).zip(image.layers()) {
        match status {
            LayerStatus::Waiting => return Err(NoAnalysis::Waiting { layer }),
            LayerStatus::Listed(_) => return Err(NoAnalysis::Listed { layer }),
            LayerStatus::LeftOut => return Err(NoAnalysis::LeftOut { layer }),
            LayerStatus::Failed(error) => {
                let reason = error.into();
                return Err(NoAnalysis::Failed { layer, reason });
            }
            LayerStatus::Read(read, _) => {
                if let Some(damage) = &read.damage {
                    let reason = damage.into();
                    return Err(NoAnalysis::Incomplete { layer, reason });
                }
                let left_out = image.left_out(layer as usize);
                if !left_out.is_empty() {
                    let reason = Message::entries_left_out(left_out.n);
                    return Err(NoAnalysis::Incomplete { layer, reason });
                }
            }
        }
    }
    Ok(())
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
    layers: Vec<LayerSpace>,
    wasted: Vec<WastedReport>,
    wasted_left_out: RowsLeftOut,
    dead: Vec<DeadReport>,
    dead_left_out: RowsLeftOut,
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
    how: DeathCause,
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
            layers: analysis.layers.clone(),
            wasted: dive.wasted.iter().map(WastedReport::from).collect(),
            wasted_left_out: dive.wasted_left_out,
            dead: analysis.dead.iter().map(DeadReport::from).collect(),
            dead_left_out: analysis.dead_left_out,
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
            how: row.how,
        }
    }
}

/// Returns a row's path as text. A directory ends in a slash.
fn shown_path(row: &Dead) -> String {
    let slash = if row.is_dir { "/" } else { "" };
    format!("{}{slash}", escape(&row.path))
}

/// Returns a path in hex, where it is no text.
pub(super) fn bytes_of_no_text(path: &[u8]) -> Option<String> {
    std::str::from_utf8(path).is_err().then(|| hex(path))
}
