//! The system of an image: its distribution, programs and users.

use std::cell::Cell;

use crate::protocol::{ImageKey, Problem, ProblemCode, System};
use crate::workspace::{SystemTask, system_task};

use super::{Session, World};

/// Milliseconds of reading after which other messages are handled.
const BREATH_MILLIS: f64 = 50.0;

impl<W: World> Session<W> {
    pub(super) async fn system(&self, image: ImageKey) -> Result<System, Problem> {
        let task = system_task(&self.shown(image)?.borrow().image);
        let no_system = |why: String| Problem::new(ProblemCode::NotFound, "image", why);
        let task = task.map_err(|why| no_system(why.to_string()))?;
        Ok(self.run_system(task).await)
    }

    /// Reads the files that name the system. Other messages are handled meanwhile.
    pub(super) async fn run_system(&self, task: SystemTask) -> System {
        let breathed_millis = Cell::new(self.world.now_millis());
        let watch = |_| {
            let now = self.world.now_millis();
            (now - breathed_millis.get() >= BREATH_MILLIS).then(|| {
                breathed_millis.set(now);
                self.world.breathe()
            })
        };
        let system = task.run(&watch).await;
        // Bytes that were found to have changed withdraw the verdict of their layer.
        self.let_fall(None).await;
        system
    }
}
