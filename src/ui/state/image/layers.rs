//! Derives what the page says of each layer and of all layers together, and the order of the image's history.

use std::collections::BTreeMap;

use crate::protocol::{
    Check, Claim, ImageView, LayerProgress, LayerRow, LayerState, LeftOut, LimitRow, ListedBy,
    Problem, ProblemCode, Weight,
};

/// State of a layer, in the words of `docker pull` and of its verdict.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerPhase {
    /// Not begun.
    Waiting,
    /// Being read; bytes are decompressed as they arrive.
    Reading(LayerProgress),
    /// All bytes have arrived; the digests are being finished.
    Verifying,
    /// Known only by its own table of contents, or by its headers; nothing of it is verified.
    Listed {
        /// Compressed bytes that were requested.
        asked_bytes: u64,
        /// The source of the listing.
        by: ListedBy,
    },
    /// Everything that was claimed holds.
    Verified,
    /// The digest is known from an earlier read.
    Known,
    /// Read, but nothing was claimed that could be verified.
    Unclaimed,
    /// Read, but not what was claimed.
    Refuted(Vec<Refuted>),
    /// The bytes are damaged; entries before the damage are shown.
    Damaged(Problem),
    /// The bytes cannot be read.
    Failed(Problem),
    /// Reading stopped at a limit that the user may raise; entries before it are shown.
    Stopped(LimitRow),
    /// Read, but part of its content is not shown.
    Incomplete(LeftOut),
    /// Left out, because a reader died over it.
    LeftOut,
}

/// A check that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refuted {
    /// The claim that was checked.
    pub claim: Claim,
    /// Claimed value.
    pub expected: String,
    /// Value found.
    pub actual: String,
}

/// Summary of all layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Summary {
    /// The image has no layers.
    NoLayers,
    /// A document or the archive is not what it is claimed to be, whatever the layers prove.
    Damaged,
    /// Some layers are still to be read.
    UnderWay {
        /// Layers read so far.
        n_read: u32,
        /// Number of layers in total.
        n_layers: u32,
    },
    /// Only the table of contents of some layers was read; all other layers are read.
    Listed {
        /// Layers that are only listed.
        n: u32,
        /// Number of layers in total.
        n_layers: u32,
    },
    /// All layers hold; some of them were known before and not read again.
    Verified {
        /// Number of layers in total.
        n_layers: u32,
        /// Layers that were known before.
        n_known: u32,
    },
    /// All layers are read, but nothing was claimed of some.
    Unclaimed {
        /// Layers without a claim.
        n: u32,
    },
    /// Some layers do not hold or cannot be read.
    Trouble {
        /// Position of the first of them.
        first: u32,
        /// Number of them.
        n: u32,
    },
}

/// A step of the image's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoryStep {
    /// The layer at this position.
    Layer(u32),
    /// The history entry at this position, which made no layer.
    Empty(usize),
}

/// Returns the state of a layer of an image, given what is being read.
pub(super) fn phase_of(
    image: &ImageView,
    progress: &BTreeMap<u32, LayerProgress>,
    layer: u32,
) -> LayerPhase {
    match image.layers.iter().find(|row| row.layer == layer) {
        Some(row) => phase(row, progress.get(&layer)),
        None => LayerPhase::Waiting,
    }
}

/// Returns the state of a layer.
pub fn phase(row: &LayerRow, progress: Option<&LayerProgress>) -> LayerPhase {
    match (progress, &row.state) {
        (Some(LayerProgress::Verifying), _) => LayerPhase::Verifying,
        (Some(progress), _) => LayerPhase::Reading(*progress),
        (None, LayerState::Waiting) => LayerPhase::Waiting,
        (None, LayerState::Listed { asked_bytes, by }) => LayerPhase::Listed {
            asked_bytes: *asked_bytes,
            by: *by,
        },
        (None, LayerState::Failed { problem }) if problem.code == ProblemCode::LeftOut => {
            LayerPhase::LeftOut
        }
        (None, LayerState::Failed { problem }) => LayerPhase::Failed(problem.clone()),
        (None, LayerState::Read { verdict, damage }) => {
            let checks = verdict.checks().into_iter();
            let refuted: Vec<Refuted> = checks
                .filter_map(|(claim, check)| match check {
                    Check::Mismatch { expected, actual } => Some(Refuted {
                        claim,
                        expected: expected.clone(),
                        actual: actual.clone(),
                    }),
                    Check::Ok | Check::Absent | Check::Known => None,
                })
                .collect();
            match damage {
                Some(problem) if refuted.is_empty() => match &problem.limit {
                    Some(limit) => LayerPhase::Stopped(**limit),
                    None => LayerPhase::Damaged(problem.clone()),
                },
                _ if !refuted.is_empty() => LayerPhase::Refuted(refuted),
                _ if !row.left_out.is_empty() => LayerPhase::Incomplete(row.left_out.clone()),
                // An archive written by `docker save` claims diff_ids only.
                _ if verdict.has_digest(&Check::Known) => LayerPhase::Known,
                _ if row.is_verified() => LayerPhase::Verified,
                _ => LayerPhase::Unclaimed,
            }
        }
    }
}

impl LayerPhase {
    /// True if something is wrong with the layer.
    pub fn is_trouble(&self) -> bool {
        matches!(
            self,
            LayerPhase::Refuted(_)
                | LayerPhase::Damaged(_)
                | LayerPhase::Failed(_)
                | LayerPhase::Stopped(_)
                | LayerPhase::Incomplete(_)
                | LayerPhase::LeftOut
        )
    }

    /// True if the content shown may differ from the content that was meant.
    pub fn is_doubtful(&self) -> bool {
        matches!(self, LayerPhase::Refuted(_) | LayerPhase::Damaged(_))
    }

    /// True if reading the layer again in the same way may succeed.
    pub fn may_mend(&self) -> bool {
        self.is_trouble() && !matches!(self, LayerPhase::Stopped(_) | LayerPhase::Incomplete(_))
    }

    /// True if the layer was read, with any result.
    pub fn is_done(&self) -> bool {
        !self.is_open() && !matches!(self, LayerPhase::Listed { .. })
    }

    /// True if the layer has not been read to its end yet.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            LayerPhase::Waiting | LayerPhase::Reading(_) | LayerPhase::Verifying
        )
    }
}

/// Returns the summary of all layers.
pub fn summary(image: &ImageView) -> Summary {
    let phases: Vec<LayerPhase> = image.layers.iter().map(|row| phase(row, None)).collect();
    let count = |wanted: &dyn Fn(&LayerPhase) -> bool| {
        u32::try_from(phases.iter().filter(|phase| wanted(phase)).count()).unwrap_or(u32::MAX)
    };
    let n_layers = count(&|_| true);
    let n_open = count(&LayerPhase::is_open);
    let n_listed = count(&|phase| matches!(phase, LayerPhase::Listed { .. }));
    let n_unclaimed = count(&|phase| *phase == LayerPhase::Unclaimed);
    let first_trouble = phases
        .iter()
        .zip(&image.layers)
        .find(|(p, _)| p.is_trouble());
    if let Some((_, row)) = first_trouble {
        Summary::Trouble {
            first: row.layer,
            n: count(&LayerPhase::is_trouble),
        }
    } else if is_damaged(image) {
        Summary::Damaged
    } else if n_layers == 0 {
        Summary::NoLayers
    } else if n_open > 0 {
        Summary::UnderWay {
            n_read: n_layers - n_open,
            n_layers,
        }
    } else if n_listed > 0 {
        Summary::Listed {
            n: n_listed,
            n_layers,
        }
    } else if n_unclaimed > 0 {
        Summary::Unclaimed { n: n_unclaimed }
    } else {
        Summary::Verified {
            n_layers,
            n_known: count(&|phase| *phase == LayerPhase::Known),
        }
    }
}

/// True if the config cannot be read, or if a document or the archive is not what it is claimed to be.
fn is_damaged(image: &ImageView) -> bool {
    let mut warnings = image.warnings.iter();
    image.config_problem.is_some() || warnings.any(|row| row.weight() == Weight::Damaged)
}

/// Returns the image's history, oldest first: its layers, and between them the steps that made none.
///
/// Layers that the history does not mention come before the first later layer that it mentions.
pub fn story(image: &ImageView) -> Vec<StoryStep> {
    let mut steps = Vec::with_capacity(image.history.len() + image.layers.len());
    let mut layers = image.layers.iter().map(|row| row.layer).peekable();
    for (position, line) in image.history.iter().enumerate() {
        match line.layer {
            Some(layer) => {
                while let Some(next) = layers.next_if(|next| *next <= layer) {
                    steps.push(StoryStep::Layer(next));
                }
            }
            None if line.empty_layer => steps.push(StoryStep::Empty(position)),
            None => {}
        }
    }
    steps.extend(layers.map(StoryStep::Layer));
    steps
}
