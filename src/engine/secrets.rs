//! The secrets of an image.

use crate::message::Message;
use crate::protocol::{ImageKey, Problem, ProblemCode, SecretList};
use crate::workspace::{NoAnalysis, secrets_task};

use super::breath::Breath;
use super::{Session, World};

impl<W: World> Session<W> {
    /// Searches the files of all layers. Other messages are handled meanwhile.
    pub(super) async fn secrets(&self, image: ImageKey) -> Result<SecretList, Problem> {
        let shown = self.shown(image)?;
        let none = |why: NoAnalysis| {
            let why = Message::from(&why);
            Problem::new(ProblemCode::NotFound, Message::none(), why)
        };
        let task = secrets_task(&shown.borrow().image).map_err(none)?;
        let breath = Breath::new(self);
        let watch = |_| breath.due();
        let searched = task.search(&watch).await;
        // Bytes that were found to have changed withdraw the verdict of their layer.
        self.let_fall(None).await;
        Ok(searched.finish(&shown.borrow().image))
    }
}
