//! Dispatches each request to the function that answers it. The match is exhaustive, and each answer has the type of
//! its question.

use crate::message::Message;
use std::future::{Future, ready};

use crate::io::LocalFuture;
use crate::protocol::{
    Ask, ContainerRequest, Done, ImageKey, Problem, ProblemCode, Request, RequestId,
};

use super::apart::{Part, Serving, Work};
use super::cancel::{Cancel, UnderWay};
use super::{PickedInput, Served, Session, World};

/// Returns the image whose bytes a request keeps reading; closing that image cancels the request.
fn image_read_by(request: &Request) -> Option<ImageKey> {
    match request {
        Request::ReadLayers(ask) => Some(ask.image),
        Request::ReadLayerAgain(ask) => Some(ask.image),
        Request::ReadLayerHigher(ask) => Some(ask.image),
        Request::Content(ask) => Some(ask.image),
        Request::Text(ask) => Some(ask.image),
        Request::Download(ask) => Some(ask.image),
        Request::DownloadBlob(ask) => Some(ask.image),
        Request::Export(ask) => Some(ask.image),
        Request::Save(ask) => Some(ask.image),
        Request::Container(ask) => Some(ask.image),
        Request::TextDiff(ask) => Some(ask.image),
        Request::Commit(ask) => Some(ask.image),
        Request::Squash(ask) => Some(ask.image),
        Request::Push(ask) => Some(ask.image),
        Request::Analyse(ask) => Some(ask.image),
        Request::OpenFile(_)
        | Request::OpenFolder(_)
        | Request::OpenAddress(_)
        | Request::OpenFound(_)
        | Request::Catalog(_)
        | Request::Tags(_)
        | Request::LeaveOut(_)
        | Request::Tree(_)
        | Request::Find(_)
        | Request::Detail(_)
        | Request::FormFields(_)
        | Request::SquashPlan(_)
        | Request::Rename(_)
        | Request::SignIn(_)
        | Request::Close(_)
        | Request::CloseArchive(_)
        | Request::BeCareful(_)
        | Request::Storage(_)
        | Request::ClearStorage(_)
        | Request::ChooseQuota(_)
        | Request::Cancel(_) => None,
    }
}

/// The future answer to a request.
pub(super) type Reply<'a, S> = LocalFuture<'a, Result<Served<S>, Problem>>;

/// Answers a question later, with an answer that nothing accompanies.
pub(super) fn answered<'a, A, F, S>(question: A, work: impl FnOnce(A) -> F) -> Reply<'a, S>
where
    A: Ask,
    F: Future<Output = Result<A::Answer, Problem>> + 'a,
{
    let work = work(question);
    Box::pin(async move { Ok(Served::answer(work.await?.into())) })
}

/// Answers a question later, with a file or bytes next to the answer.
pub(super) fn brought<'a, A, F, S>(question: A, work: impl FnOnce(A) -> F) -> Reply<'a, S>
where
    A: Ask,
    F: Future<Output = Result<Served<S, A::Answer>, Problem>> + 'a,
{
    let work = work(question);
    Box::pin(async move {
        let Served {
            answer,
            file,
            bytes,
        } = work.await?;
        Ok(Served {
            answer: answer.into(),
            file,
            bytes,
        })
    })
}

/// Answers a question that needs no waiting.
pub(super) fn at_once<'a, A: Ask, S: 'a>(
    question: A,
    work: impl FnOnce(A) -> Result<A::Answer, Problem>,
) -> Reply<'a, S> {
    let answer = work(question);
    Box::pin(ready(answer.map(|answer| Served::answer(answer.into()))))
}

impl<W: World> Session<W> {
    /// Answers one request.
    ///
    /// # Errors
    /// The problem that the page shows. Open images stay open.
    pub async fn serve(
        &self,
        id: RequestId,
        request: Request,
        files: Vec<PickedInput>,
    ) -> Result<Served<W::Saved>, Problem> {
        let cancel = Cancel::default();
        let under_way = UnderWay {
            image: image_read_by(&request),
            cancel: cancel.clone(),
        };
        self.under_way.borrow_mut().insert(id, under_way);
        let work = self.dispatch(id, request, files, &cancel);
        let served = cancel.unless_set(work).await;
        self.under_way.borrow_mut().remove(&id);
        if let Some(Err(problem)) = &served {
            self.let_fall(problem.refuted.as_deref()).await;
        }
        let cancelled =
            |subject| Problem::new(ProblemCode::Cancelled, subject, Message::cancelled());
        match served {
            None => {
                cancel.take_back().await;
                Err(cancelled(Message::none()))
            }
            Some(Err(problem)) if cancel.check().is_break() => Err(cancelled(problem.subject)),
            Some(served) => served,
        }
    }

    /// Returns the work of one request as a future of its own. A single future for all of them would have 500 kB of
    /// machine code, and the browser would take a second to optimise it while layers are read.
    fn dispatch<'a>(
        &'a self,
        id: RequestId,
        request: Request,
        files: Vec<PickedInput>,
        cancel: &'a Cancel,
    ) -> Reply<'a, W::Saved> {
        let work = |request, files| Work::new(self, id, request, files, cancel);
        match request {
            Request::OpenFile(ask) => {
                answered(ask, |ask| self.open_file(id, ask.name, files, cancel))
            }
            Request::OpenFolder(ask) => answered(ask, |ask| {
                self.open_folder(id, ask.name, ask.paths, files, cancel)
            }),
            Request::OpenAddress(ask) => answered(ask, |ask| async move {
                let opened = self.open_address(id, &ask.text, &ask.platform, cancel);
                let opened = opened.await?;
                if ask.by_link {
                    self.ask_no_others(&opened);
                }
                Ok(opened)
            }),
            Request::Catalog(ask) => answered(ask, |ask| async move {
                self.catalog(&ask.registry, ask.cursor).await
            }),
            Request::Tags(ask) => answered(ask, |ask| async move {
                self.tags(&ask.registry, &ask.repository, ask.cursor).await
            }),
            Request::OpenFound(ask) => answered(ask, |ask| self.open_found(ask.archive, ask.image)),
            Request::ReadLayers(ask) => answered(ask, |ask| self.read_layers(ask.image, cancel)),
            Request::ReadLayerAgain(ask) => answered(ask, |ask| {
                self.read_layer_again(ask.image, ask.layer, cancel)
            }),
            Request::ReadLayerHigher(ask) => answered(ask, |ask| async move {
                self.raise(ask.image, ask.layer, ask.bound, ask.value)?;
                self.read_layer_again(ask.image, ask.layer, cancel).await
            }),
            Request::LeaveOut(ask) => at_once(ask, |ask| self.leave_out(ask.image, &ask.layers)),
            Request::Tree(ask) => at_once(ask, |ask| {
                self.tree(ask.image, ask.change, ask.start, ask.len)
            }),
            Request::Find(_) => self.do_apart(Part::Analyses, work(request, files)),
            Request::Detail(ask) => {
                at_once(ask, |ask| self.detail(ask.image, &ask.path_key, ask.view))
            }
            Request::Content(ask) => brought(ask, |ask| async move {
                let (layer, offset, len) = (ask.layer, ask.offset, ask.len);
                self.content(ask.image, &ask.path_key, layer, offset, len)
                    .await
            }),
            Request::Analyse(ref ask) => {
                let part = match ask.kind.is_of_contents() {
                    true => Part::Contents,
                    false => Part::Analyses,
                };
                self.do_apart(part, work(request, files))
            }
            Request::Push(_) => self.do_apart(Part::Push, work(request, files)),
            Request::Container(ref ask) if ask.ask == ContainerRequest::Look => {
                self.look(ask.image, work(request, files))
            }
            Request::Text(_)
            | Request::Download(_)
            | Request::DownloadBlob(_)
            | Request::Container(_)
            | Request::TextDiff(_)
            | Request::FormFields(_)
            | Request::Commit(_)
            | Request::SquashPlan(_)
            | Request::Squash(_)
            | Request::Export(_)
            | Request::Save(_) => self.do_apart(Part::Make, work(request, files)),
            Request::Rename(ask) => at_once(ask, |ask| self.rename(ask.image, ask.names)),
            Request::SignIn(ask) => answered(ask, |ask| async move {
                self.sign_in(&ask.registry, ask.name, ask.password).await
            }),
            Request::Close(ask) => at_once(ask, |ask| {
                self.images.borrow_mut().remove(&ask.image);
                self.pushes.borrow_mut().remove(&ask.image);
                self.looked_at.take();
                self.end(|_, work| work.image == Some(ask.image));
                Ok(Done)
            }),
            Request::CloseArchive(ask) => at_once(ask, |ask| {
                self.archives.borrow_mut().remove(&ask.archive);
                Ok(Done)
            }),
            Request::BeCareful(ask) => at_once(ask, |_| {
                self.is_careful.set(true);
                Ok(Done)
            }),
            Request::Storage(ask) => answered(ask, |_| self.storage()),
            Request::ClearStorage(ask) => answered(ask, |_| self.clear_storage()),
            Request::ChooseQuota(ask) => answered(ask, |ask| self.choose_quota(ask.bytes)),
            Request::Cancel(ask) => at_once(ask, |ask| {
                self.end(|id, _| id == ask.request);
                Ok(Done)
            }),
        }
    }

    /// Does work whose code is in a part of the program.
    pub(super) fn do_apart<'a>(&'a self, part: Part, work: Work<'a, W>) -> Serving<'a, W> {
        (self.do_apart)(part, work)
    }

    /// Cancels running requests. Nothing is borrowed while their futures are woken.
    fn end(&self, which: impl Fn(RequestId, &UnderWay) -> bool) {
        let under_way = self.under_way.borrow();
        let ended = under_way.iter().filter(|(id, work)| which(**id, work));
        let ended: Vec<Cancel> = ended.map(|(_, work)| work.cancel.clone()).collect();
        drop(under_way);
        ended.iter().for_each(Cancel::set);
    }
}
