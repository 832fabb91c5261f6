//! The packages of an image.

use crate::message::Message;
use crate::protocol::{ImageKey, PackageList, Problem, ProblemCode};
use crate::workspace::{NoAnalysis, packages_task};

use super::breath::Breath;
use super::session::Shown;
use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) async fn packages(&self, image: ImageKey) -> Result<PackageList, Problem> {
        let shown = self.shown(image)?;
        let no_packages = |why: NoAnalysis| {
            let why = Message::from(&why);
            Problem::new(ProblemCode::NotFound, Message::none(), why)
        };
        self.packages_of(&shown).await.map_err(no_packages)
    }

    /// Reads the databases of packages. Other messages are handled meanwhile.
    pub(super) async fn packages_of(
        &self,
        shown: &std::cell::RefCell<Shown>,
    ) -> Result<PackageList, NoAnalysis> {
        let task = packages_task(&shown.borrow().image)?;
        let breath = Breath::new(self);
        let watch = |_| breath.due();
        let read = task.read(&watch).await;
        // Bytes that were found to have changed withdraw the verdict of their layer.
        self.let_fall(None).await;
        Ok(read.finish(&shown.borrow().image))
    }
}
