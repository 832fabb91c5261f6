//! The live and dead bytes of an image.

use crate::insight::LayerSpace;
use crate::message::Message;
use crate::protocol::{ImageKey, Problem, ProblemCode, SpaceAnswer, SpaceGap, SpaceView};
use crate::workspace::{NoAnalysis, analysis_of, analysis_with_container};

use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) fn space(&self, image: ImageKey) -> Result<SpaceAnswer, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        Ok(match analysis_of(&shown.image) {
            Ok(analysis) => SpaceAnswer::Known(SpaceView {
                analysis,
                container: analysis_with_container(&shown.image).map(|whole| LayerSpace {
                    stored_bytes: whole.stored_bytes,
                    dead_bytes: whole.dead_bytes,
                }),
            }),
            Err(why) => {
                let (layer, gap) = gap(&why)?;
                SpaceAnswer::Unknown { layer, gap }
            }
        })
    }
}

/// Returns the layer that stands in the way of an analysis, and how.
///
/// # Errors
/// If the image is an artifact, which has no layers to be analysed.
pub(super) fn gap(why: &NoAnalysis) -> Result<(u32, SpaceGap), Problem> {
    Ok(match why {
        NoAnalysis::Waiting { layer } => (*layer, SpaceGap::Waiting),
        NoAnalysis::Listed { layer } => (*layer, SpaceGap::Listed),
        NoAnalysis::Failed { layer, .. } => (*layer, SpaceGap::Failed),
        NoAnalysis::LeftOut { layer } => (*layer, SpaceGap::LeftOut),
        NoAnalysis::Incomplete { layer, .. } => (*layer, SpaceGap::Incomplete),
        NoAnalysis::Artifact => {
            return Err(Problem::new(ProblemCode::NotFound, Message::none(), why));
        }
    })
}
