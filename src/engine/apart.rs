//! Requests that a first look at an image does not need. Their code is in parts of the program that are fetched
//! later.
//!
//! This module assigns requests to parts. The worker fetches the parts.

use crate::message::Message;
use std::future::ready;

use crate::io::LocalFuture;
use crate::protocol::{Problem, ProblemCode, Request, RequestId};

use super::cancel::Cancel;
use super::dispatch::{answered, at_once, brought};
use super::{PickedInput, Served, Session, World};

/// A part of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Pushing to a registry.
    Push,
    /// Container layers, files that are saved, and the images and archives that are made.
    Make,
    /// Analyses of an image, and the search in it.
    Analyses,
    /// Analyses that read many files.
    Contents,
}

/// The future result of a request.
pub type Serving<'a, W> = LocalFuture<'a, Result<Served<<W as World>::Saved>, Problem>>;

/// Does work whose code is in a part of the program.
pub type DoApart<W> = for<'a> fn(Part, Work<'a, W>) -> Serving<'a, W>;

/// A request whose code is in a part of the program.
pub struct Work<'a, W: World> {
    session: &'a Session<W>,
    id: RequestId,
    request: Request,
    files: Vec<PickedInput>,
    cancel: &'a Cancel,
}

impl Part {
    /// Returns the part's name in the page's build and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Part::Push => "push",
            Part::Make => "make",
            Part::Analyses => "analyses",
            Part::Contents => "contents",
        }
    }
}

/// Fails a request that another part answers: the caller mixed up the parts.
fn elsewhere<W: World>() -> Serving<'static, W> {
    Box::pin(ready(Err(another_part())))
}

/// The problem of work that came to a part which does not do it.
pub(super) fn another_part() -> Problem {
    let detail = Message::another_part();
    Problem::new(ProblemCode::Internal, Message::none(), detail)
}

/// Does work in a program that consists of one part.
pub(super) fn do_here<'a, W: World>(part: Part, work: Work<'a, W>) -> Serving<'a, W> {
    match part {
        Part::Push => work.push(),
        Part::Make => work.make(),
        Part::Analyses => work.analyses(),
        Part::Contents => work.contents(),
    }
}

impl<'a, W: World> Work<'a, W> {
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
            Request::Push(ask) => answered(ask, |ask| session.push(ask, cancel)),
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
            Request::Container(ask) => {
                answered(ask, |ask| session.container(ask.image, ask.ask, files))
            }
            Request::TextDiff(ask) => answered(ask, |ask| async move {
                session.text_diff(ask.image, &ask.path_key).await
            }),
            Request::FormFields(ask) => at_once(ask, |ask| session.form_fields(ask.image)),
            Request::Commit(ask) => {
                answered(ask, |ask| session.commit(ask.image, ask.form, cancel))
            }
            Request::SquashPlan(ask) => {
                at_once(ask, |ask| session.squash_plan(ask.image, ask.from))
            }
            Request::Squash(ask) => answered(ask, |ask| {
                session.squash(ask.image, ask.from, ask.form, cancel)
            }),
            Request::Export(ask) => {
                brought(ask, |ask| session.export(id, ask.image, ask.kind, cancel))
            }
            Request::Save(ask) => brought(ask, |ask| async move {
                session.save(id, ask.image, &ask.kind, cancel).await
            }),
            Request::Text(ask) => answered(ask, |ask| async move {
                session
                    .text(ask.image, &ask.path_key, ask.layer, ask.most_bytes)
                    .await
            }),
            Request::Download(ask) => brought(ask, |ask| async move {
                session
                    .download(ask.image, &ask.path_key, ask.layer, cancel)
                    .await
            }),
            Request::DownloadBlob(ask) => brought(ask, |ask| {
                session.download_blob(ask.image, ask.layer, cancel)
            }),
            _ => elsewhere::<W>(),
        }
    }

    /// Does work of [`Part::Analyses`].
    pub fn analyses(self) -> Serving<'a, W> {
        match self.request {
            Request::Analyse(ask) => answered(ask, |ask| self.session.analyse(ask)),
            Request::Find(ask) => answered(ask, |ask| self.session.find(ask)),
            _ => elsewhere::<W>(),
        }
    }

    /// Does work of [`Part::Contents`].
    pub fn contents(self) -> Serving<'a, W> {
        match self.request {
            Request::Analyse(ask) => answered(ask, |ask| self.session.search(ask)),
            _ => elsewhere::<W>(),
        }
    }
}
