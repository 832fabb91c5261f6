//! The summary of an image.

use crate::protocol::{ImageKey, OverviewAnswer, Problem, Strata, StrataGap};
use crate::workspace::overview_of;

use super::space::gap;
use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) fn overview(&self, image: ImageKey) -> Result<OverviewAnswer, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        Ok(match overview_of(&shown.image) {
            Ok((analysis, overview)) => OverviewAnswer {
                strata: Ok(Strata {
                    content_bytes: analysis.stored_bytes,
                    dead_bytes: analysis.dead_bytes,
                    layers: analysis.layers,
                    hides_bytes: analysis.hides_bytes,
                }),
                overview: Some(overview),
            },
            Err(why) => {
                let (layer, gap) = gap(&why)?;
                OverviewAnswer {
                    strata: Err(StrataGap { layer, gap }),
                    overview: None,
                }
            }
        })
    }
}
