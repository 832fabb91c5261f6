//! Opens an image that nobody sees, as a page would, so that the first one that somebody opens finds all of it ready.
//!
//! A browser compiles a function of WebAssembly when it is first called, and optimises what is called often: a third of
//! the time that a small image takes. While nobody wants anything, that can be done before.

/// The image that is opened, made here.
pub use crate::build::PracticeImage;
use crate::protocol::{Answer, ArchiveView, Request, RequestId, TreeChange, TreeView, ask};

use super::{PickedInput, Session, World};

/// Rows that are asked for: a page's.
const ROWS: u32 = 60;

struct Rehearsal<'a, W: World> {
    session: &'a Session<W>,
    may_go_on: &'a dyn Fn() -> bool,
    answers: Vec<Answer>,
}

impl<W: World> Session<W> {
    /// Opens the first image of an archive, reads its layers, looks at its tree and closes it; gives the answers.
    /// It ends as soon as `may_go_on` says so, which is asked before each request.
    pub async fn rehearse(
        &self,
        archive: PickedInput,
        may_go_on: &dyn Fn() -> bool,
    ) -> Vec<Answer> {
        let mut rehearsal = Rehearsal {
            session: self,
            may_go_on,
            answers: Vec::new(),
        };
        rehearsal.go_through(archive).await;
        rehearsal.answers
    }
}

impl<W: World> Rehearsal<'_, W> {
    /// `None` when it ended early, which matters to nobody.
    async fn go_through(&mut self, archive: PickedInput) -> Option<()> {
        let name = String::new();
        let opened = self
            .ask(Request::OpenFile(ask::OpenFile { name }), vec![archive])
            .await?;
        let Answer::Archive(ArchiveView {
            archive,
            only: Some(image),
            ..
        }) = opened
        else {
            return None;
        };
        self.answers.push(Answer::Image((*image).clone()));
        let image = image.key;
        self.session.look_ahead(image).await;
        let tree = |view| {
            Request::Tree(ask::Tree {
                image,
                change: Some(TreeChange::View { view }),
                start: 0,
                len: ROWS,
            })
        };
        let rest = [
            Request::ReadLayers(ask::ReadLayers { image }),
            tree(TreeView::Layer(0)),
            tree(TreeView::Union),
            Request::Close(ask::Close { image }),
            Request::CloseArchive(ask::CloseArchive { archive }),
        ];
        for request in rest {
            self.ask(request, Vec::new()).await?;
        }
        Some(())
    }

    async fn ask(&mut self, request: Request, files: Vec<PickedInput>) -> Option<Answer> {
        if !(self.may_go_on)() {
            return None;
        }
        let served = self.session.serve(RequestId(0), request, files);
        let answer = served.await.ok()?.answer;
        self.answers.push(answer.clone());
        Some(answer)
    }
}
