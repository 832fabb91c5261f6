//! Work of the engine in parts of the program that are fetched on first use.

use std::rc::Rc;

use crate::engine::{self, Part, Serving};
use crate::protocol::{Problem, ProblemCode};
use crate::web::part;
use crate::web::task::pause;

use super::world::BrowserWorld;

/// Entry points of the engine's parts. A part must be fetched before its function is called.
#[derive(Clone, Copy)]
pub struct Parts {
    /// Pushing.
    pub push: PartFn,
    /// Container layers, and making images and archives.
    pub make: PartFn,
    /// Analysis of the use of an image's bytes.
    pub space: PartFn,
}

/// Begins the work in a part.
pub type PartFn = for<'a> fn(Work<'a>) -> Done<'a>;

/// Work for a part.
pub struct Work<'a>(engine::Work<'a, Rc<BrowserWorld>>);

/// The result, once it is ready.
pub struct Done<'a>(Serving<'a, Rc<BrowserWorld>>);

impl<'a> Work<'a> {
    /// Does the work in the part for pushing.
    pub fn push(self) -> Done<'a> {
        Done(self.0.push())
    }

    /// Does the work in the part for making images.
    pub fn make(self) -> Done<'a> {
        Done(self.0.make())
    }

    /// Does the work in the part for the use of bytes.
    pub fn space(self) -> Done<'a> {
        Done(self.0.space())
    }
}

/// Delay between reading the layers of the first image and fetching further parts, in milliseconds.
const AHEAD_MILLIS: u32 = 2_000;

/// Fetches the parts that are likely to be needed next. If a fetch fails, it is repeated when the part is needed.
pub(super) async fn fetch_ahead() {
    pause(AHEAD_MILLIS).await;
    for part in [Part::Space, Part::Make, Part::Push] {
        part::fetch(part.name()).await.ok();
    }
}

/// Fetches a part and begins the work there.
pub(super) fn do_apart<'a>(
    part: Part,
    work: engine::Work<'a, Rc<BrowserWorld>>,
) -> Serving<'a, Rc<BrowserWorld>> {
    Box::pin(async move {
        let name = part.name();
        let fetched = part::fetch(name).await;
        fetched.map_err(|why| Problem::new(ProblemCode::PartMissing, name, why))?;
        let parts = work.world().parts();
        let begin = match part {
            Part::Push => parts.push,
            Part::Make => parts.make,
            Part::Space => parts.space,
        };
        begin(Work(work)).0.await
    })
}
