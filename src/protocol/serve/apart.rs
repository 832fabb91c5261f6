//! Requests that no first look at an image makes: their work may lie in parts of the program that come later.
//!
//! Which part a request's work lies in is said here; how a part comes is the world's to know.

use crate::io::LocalFuture;
use crate::protocol::{Problem, ProblemCode, Request, RequestId};

use super::push::PushOrder;
use super::session::{Cancel, answered, at_once};
use super::{PickedInput, Served, Session, World};

/// A part of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Pushing.
    Push,
    /// Container layers, and the images and archives that are made.
    Make,
    /// What an image's bytes are good for.
    Space,
}

/// What comes of a request, in time.
pub type Serving<'a, W> = LocalFuture<'a, Result<Served<<W as World>::Saved>, Problem>>;

/// Does work that lies in a part of the program.
pub type DoApart<W> = for<'a> fn(Part, Work<'a, W>) -> Serving<'a, W>;

/// A request whose work lies in a part of the program.
pub struct Work<'a, W: World> {
    session: &'a Session<W>,
    id: RequestId,
    request: Request,
    files: Vec<PickedInput>,
    cancel: &'a Cancel,
}

impl Part {
    /// What it is called in the page's build and in its files' names.
    pub fn name(self) -> &'static str {
        match self {
            Part::Push => "push",
            Part::Make => "make",
            Part::Space => "space",
        }
    }
}

/// A request that another part answers: whoever sent it here has mistaken one for the other.
fn elsewhere<W: World>() -> Serving<'static, W> {
    let detail = "another part of the program answers this request";
    at_once(Err(Problem::new(
        ProblemCode::Unsupported,
        "request",
        detail,
    )))
}

/// Does work where all of the program is here.
pub(super) fn do_here<'a, W: World>(part: Part, work: Work<'a, W>) -> Serving<'a, W> {
    match part {
        Part::Push => work.push(),
        Part::Make => work.make(),
        Part::Space => work.space(),
    }
}

impl<'a, W: World> Work<'a, W> {
    /// The work of a request.
    pub(super) fn new(
        session: &'a Session<W>,
        id: RequestId,
        request: Request,
        files: Vec<PickedInput>,
        cancel: &'a Cancel,
    ) -> Work<'a, W> {
        Work {
            session,
            id,
            request,
            files,
            cancel,
        }
    }

    /// Does work of [`Part::Push`].
    pub fn push(self) -> Serving<'a, W> {
        let Work {
            session, cancel, ..
        } = self;
        match self.request {
            Request::Push {
                image,
                target,
                tags,
                scope,
            } => {
                let order = PushOrder {
                    image,
                    target,
                    tags,
                    scope,
                };
                answered(session.push(order, cancel))
            }
            _ => elsewhere::<W>(),
        }
    }

    /// Does work of [`Part::Make`].
    pub fn make(self) -> Serving<'a, W> {
        let Work {
            session,
            id,
            files,
            cancel,
            ..
        } = self;
        match self.request {
            Request::Container { image, ask } => {
                answered(session.container(image, ask, files, cancel))
            }
            Request::Export { image, kind } => Box::pin(session.export(id, image, kind, cancel)),
            Request::Save { image, kind } => {
                Box::pin(async move { session.save(id, image, &kind, cancel).await })
            }
            _ => elsewhere::<W>(),
        }
    }

    /// Does work of [`Part::Space`].
    pub fn space(self) -> Serving<'a, W> {
        match self.request {
            Request::Space { image } => at_once(self.session.space(image)),
            _ => elsewhere::<W>(),
        }
    }
}
