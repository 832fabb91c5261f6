//! The safety of an image: files with rights of their own, accounts, user and ports.

use std::cell::RefCell;

use crate::message::Message;
use crate::protocol::{ImageKey, Problem, ProblemCode, SafetyList};
use crate::workspace::{NoAnalysis, safety_task};

use super::breath::Breath;
use super::session::Shown;
use super::{Session, World};

impl<W: World> Session<W> {
    /// Reads the files of accounts. Other messages are handled meanwhile.
    pub(super) async fn safety(&self, image: ImageKey) -> Result<SafetyList, Problem> {
        let shown = self.shown(image)?;
        self.safety_of(&shown).await.map_err(|why| {
            let why = Message::from(&why);
            Problem::new(ProblemCode::NotFound, Message::none(), why)
        })
    }

    /// Does the same for an image that is at hand.
    pub(super) async fn safety_of(&self, shown: &RefCell<Shown>) -> Result<SafetyList, NoAnalysis> {
        let task = safety_task(&shown.borrow().image)?;
        let breath = Breath::new(self);
        let watch = |_| breath.due();
        let read = task.read(&watch).await;
        // Bytes that were found to have changed withdraw the verdict of their layer.
        self.let_fall(None).await;
        Ok(read.finish(&shown.borrow().image))
    }
}
