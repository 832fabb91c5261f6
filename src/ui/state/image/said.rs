//! Decides what the live region announces for an open image. The words are left to `text`.

use super::{ImageState, LayerPhase, Said};

impl ImageState {
    /// Announces the end of a layer's read if it did not succeed.
    pub(super) fn say_of_layer(&mut self, layer: u32, phase: &LayerPhase) {
        match phase {
            LayerPhase::Refuted(_) | LayerPhase::Damaged(_) => {
                self.say(Said::LayerRefuted(layer));
            }
            LayerPhase::Failed(_) | LayerPhase::LeftOut => self.say(Said::LayerFailed(layer)),
            LayerPhase::Stopped(_) => self.say(Said::LayerStopped(layer)),
            _ => {}
        }
    }

    /// Announces something. Its new number tells it from the same announcement before.
    pub(super) fn say(&mut self, said: Said) {
        let serial = self.said.as_ref().map_or(0, |(n, _)| n.wrapping_add(1));
        self.said = Some((serial, said));
    }
}
