//! What the page says of each layer, and of all together; and the order in which the image's story is told.

use crate::protocol::{
    Check, Claim, ImageView, LayerProgress, LayerRow, LayerState, LeftOut, LimitRow, Problem,
    ProblemCode, Weight,
};

/// How a layer stands, in the words of `docker pull` and of the verdict.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerPhase {
    /// Not begun.
    Waiting,
    /// Bytes come in and are decoded as they come.
    Reading(LayerProgress),
    /// All bytes are there; the digests are being finished.
    Verifying,
    /// Known by its own table of contents alone: nothing of it is verified.
    Listed {
        /// Stored bytes that were asked for.
        asked_bytes: u64,
        /// Whether the table is the one that the manifest claims.
        is_claimed: bool,
    },
    /// Everything that was claimed holds.
    Verified,
    /// The digest is known from an earlier reading.
    Known,
    /// Read, and nothing was claimed that could be proved.
    Unclaimed,
    /// Read, and not what was claimed.
    Refuted(Vec<Refuted>),
    /// Its bytes are damaged: what came before the damage is shown.
    Damaged(Problem),
    /// Its bytes cannot be had.
    Failed(Problem),
    /// Its reading ended at a limit that the person may raise: what came before is shown.
    Stopped(LimitRow),
    /// Read, and not all that it holds is shown.
    Incomplete(LeftOut),
    /// The reader died over it, and it was left out.
    LeftOut,
}

/// A check that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refuted {
    /// Of which claim.
    pub claim: Claim,
    /// What was claimed.
    pub expected: String,
    /// What was found.
    pub actual: String,
}

/// All layers together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Summary {
    /// The image has none.
    NoLayers,
    /// Whatever the layers prove, a document or the archive is not what it is claimed to be.
    Damaged,
    /// So many of so many are read.
    UnderWay {
        /// Read so far.
        n_read: u32,
        /// In all.
        n_layers: u32,
    },
    /// Of so many only the table of contents was read, and all others are read.
    Listed {
        /// Listed only.
        n: u32,
        /// In all.
        n_layers: u32,
    },
    /// All hold, of which so many were known before and not read again.
    Verified {
        /// In all.
        n_layers: u32,
        /// Known only.
        n_known: u32,
    },
    /// All are read, and of so many nothing was claimed.
    Unclaimed {
        /// Without a claim.
        n: u32,
    },
    /// These do not hold or cannot be had.
    Trouble {
        /// The first of them.
        first: u32,
        /// How many.
        n: u32,
    },
}

/// A step of the image's story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A layer.
    Layer(u32),
    /// A line of the history that made no layer.
    Empty(usize),
}

/// How a layer stands.
pub fn phase(row: &LayerRow, progress: Option<&LayerProgress>) -> LayerPhase {
    match (progress, &row.state) {
        (Some(LayerProgress::Verifying), _) => LayerPhase::Verifying,
        (Some(progress), _) => LayerPhase::Reading(*progress),
        (None, LayerState::Waiting) => LayerPhase::Waiting,
        (
            None,
            LayerState::Listed {
                asked_bytes,
                is_claimed,
                ..
            },
        ) => LayerPhase::Listed {
            asked_bytes: *asked_bytes,
            is_claimed: *is_claimed,
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
                // An archive that `docker save` wrote claims diff_ids only.
                _ if verdict.has_digest(&Check::Known) => LayerPhase::Known,
                _ if row.is_verified() => LayerPhase::Verified,
                _ => LayerPhase::Unclaimed,
            }
        }
    }
}

impl LayerPhase {
    /// Whether something is wrong with the layer.
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

    /// Whether what is shown of it may be something else than what was meant.
    pub fn is_doubtful(&self) -> bool {
        matches!(self, LayerPhase::Refuted(_) | LayerPhase::Damaged(_))
    }

    /// Whether reading it again in the same way may end better.
    pub fn may_mend(&self) -> bool {
        self.is_trouble() && !matches!(self, LayerPhase::Stopped(_) | LayerPhase::Incomplete(_))
    }

    /// Whether it was read.
    pub fn is_done(&self) -> bool {
        !self.is_open() && !matches!(self, LayerPhase::Listed { .. })
    }

    /// Whether it is still to be read to its end.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            LayerPhase::Waiting | LayerPhase::Reading(_) | LayerPhase::Verifying
        )
    }
}

/// What to say of all layers together.
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

/// Whether the configuration cannot be read, or a document or the archive is not what it is claimed to be.
fn is_damaged(image: &ImageView) -> bool {
    let mut warnings = image.warnings.iter();
    image.config_problem.is_some() || warnings.any(|row| row.weight() == Weight::Damaged)
}

/// The image's story, oldest first: its layers, and between them the steps that made none.
///
/// Layers that the history does not tell of come before the first later one that it does.
pub fn story(image: &ImageView) -> Vec<Step> {
    let mut steps = Vec::with_capacity(image.history.len() + image.layers.len());
    let mut layers = image.layers.iter().map(|row| row.layer).peekable();
    for (position, line) in image.history.iter().enumerate() {
        match line.layer {
            Some(layer) => {
                while let Some(next) = layers.next_if(|next| *next <= layer) {
                    steps.push(Step::Layer(next));
                }
            }
            None if line.empty_layer => steps.push(Step::Empty(position)),
            None => {}
        }
    }
    steps.extend(layers.map(Step::Layer));
    steps
}
