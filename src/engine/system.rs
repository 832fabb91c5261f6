//! The system of an image: its distribution, programs and users.

use crate::message::Message;
use crate::protocol::{ImageKey, Problem, ProblemCode, System};
use crate::workspace::{SystemTask, system_task};

use super::breath::Breath;
use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) async fn system(&self, image: ImageKey) -> Result<System, Problem> {
        let task = system_task(&self.shown(image)?.borrow().image);
        let no_system = |why: Message| Problem::new(ProblemCode::NotFound, Message::none(), why);
        let task = task.map_err(|why| no_system((&why).into()))?;
        Ok(self.run_system(task).await)
    }

    /// Reads the files that name the system. Other messages are handled meanwhile.
    pub(super) async fn run_system(&self, task: SystemTask) -> System {
        let breath = Breath::new(self);
        let watch = |_| breath.due();
        let system = task.run(&watch).await;
        // Bytes that were found to have changed withdraw the verdict of their layer.
        self.let_fall(None).await;
        system
    }
}
