//! What the live region says of an open image: the words are `text`'s.

use super::{ImageState, LayerPhase, Said};

impl ImageState {
    /// Says what became of a layer, where it did not end well.
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

    /// Says something, under a number that tells it from the same said before.
    pub(super) fn say(&mut self, said: Said) {
        let serial = self.said.as_ref().map_or(0, |(n, _)| n.wrapping_add(1));
        self.said = Some((serial, said));
    }
}
