//! Writes to the disk what the worker gives: a file that the user chooses first, or a download.

use crate::protocol::Message;
use yew::Callback;

use super::state::{Action, AskedBy, SavedAs};
use crate::protocol::{Answer, Exchange, Problem, ProblemCode, RequestId, SaveKind, ask, typed};
use crate::web::save_picker::{self, Choice};
use crate::web::{download, task};
use crate::worker::{Link, Reply};

/// Asks the user for a target file, then asks the worker to save. Says where a whole image was saved.
pub(super) fn save(
    link: Link,
    id: RequestId,
    question: ask::Save,
    name: String,
    act: Callback<Action>,
) {
    let image = question.image;
    let answered = move |question, outcome| Action::Answered {
        asker: AskedBy::Image(image),
        id,
        exchange: Box::new(Exchange::Save(question, outcome)),
        bytes: Vec::new(),
    };
    task::spawn("save", async move {
        let target = match save_picker::choose(&name).await {
            Choice::File(target) => Some(target),
            Choice::NoDialog => None,
            Choice::Dismissed => {
                let problem = Problem::new(
                    ProblemCode::Cancelled,
                    Message::verbatim(name),
                    Message::cancelled(),
                );
                return act.emit(answered(question, Err(problem)));
            }
        };
        let (outcome, _) = opened(link.save(id, question.clone(), target.clone()).await);
        let outcome = typed::<ask::Save>(outcome);
        let is_whole = matches!(
            question.kind,
            SaveKind::DockerArchive { .. } | SaveKind::OciArchive { .. }
        );
        let file = outcome.as_ref().ok().filter(|_| is_whole).cloned();
        act.emit(answered(question, outcome));
        if let Some(file) = file {
            let handle = match &target {
                Some(target) => target.keep().await,
                None => None,
            };
            let saved = SavedAs {
                name: target.map_or(file.file_name, |target| target.name()),
                size_bytes: file.size_bytes,
                handle,
            };
            act.emit(Action::ImageSaved(image, saved));
        }
    });
}

/// Returns the answer and the bytes that came with it. Downloads a file that came with it.
pub(super) fn opened(reply: Result<Reply, Problem>) -> (Result<Answer, Problem>, Vec<u8>) {
    let reply = match reply {
        Ok(reply) => reply,
        Err(problem) => return (Err(problem), Vec::new()),
    };
    if let Answer::File(file) = &reply.answer
        && !file.is_written
    {
        let is_saved = reply
            .files
            .first()
            .is_some_and(|blob| download::save(blob, &file.file_name));
        if !is_saved {
            let problem = Problem::new(
                ProblemCode::Internal,
                Message::verbatim(&*file.file_name),
                Message::file_not_taken(),
            );
            return (Err(problem), Vec::new());
        }
    }
    let bytes = reply.buffers.into_iter().next().unwrap_or_default();
    (Ok(reply.answer), bytes)
}
