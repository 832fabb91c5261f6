//! Opens a hidden image as a page would (the warm-up), so that the first image of a person is opened by optimised
//! code.
//!
//! A browser compiles a WebAssembly function at its first call, and optimises functions that are called often. That
//! takes a third of the time of a small image, and can be done before anybody asks for anything.

/// The image of the warm-up, which is made here.
pub use crate::build::PracticeImage;
use crate::protocol::{Answer, ArchiveView, Request, RequestId, TreeChange, TreeView, ask};

use super::{PickedInput, Session, World};

/// Number of rows to request: those of a page.
const ROWS: u32 = 60;

struct Rehearsal<'a, W: World> {
    session: &'a Session<W>,
    may_go_on: &'a dyn Fn() -> bool,
    answers: Vec<Answer>,
}

impl<W: World> Session<W> {
    /// Opens the first image of an archive, reads its layers, looks at its tree and closes it; returns the answers.
    /// It ends as soon as `may_go_on`, called before each request, returns `false`.
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
    /// Returns `None` if it ended early, which the caller ignores.
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
