//! Tracks what the tabs hold in the worker and in the page, to release whatever no tab holds any more.

use std::collections::BTreeSet;

use super::{Body, Effect, FilesId, State, TabSource};
use crate::protocol::{ImageKey, Request, RequestId, ask};

/// Images, archives, requests and files that the tabs hold at one moment.
#[derive(Default)]
pub(super) struct Held {
    images: BTreeSet<ImageKey>,
    archives: BTreeSet<u32>,
    requests: BTreeSet<RequestId>,
    files: BTreeSet<FilesId>,
}

impl Held {
    /// Collects what the tabs hold now.
    pub(super) fn by(state: &State) -> Held {
        let mut held = Held::default();
        for tab in &state.tabs {
            match &tab.body {
                Body::Archive(archive) => {
                    held.archives.insert(archive.archive);
                    held.files.extend(archive.file.files);
                }
                Body::Image(image) => {
                    held.images.insert(image.state.image.key);
                    held.archives.extend(image.archive);
                    held.source(&image.source);
                }
                Body::Failed { source, .. } | Body::Later { source, .. } => held.source(source),
                Body::Wanted { file, .. } => held.files.extend(file.files),
                Body::Guide(guide) => held.requests.extend(guide.asking()),
                Body::Home
                | Body::Opening(_)
                | Body::Registry(_)
                | Body::Repository(_)
                | Body::Linked { .. } => {}
            }
            if let Some(opening) = tab.opening() {
                held.requests.insert(opening.request);
                held.archives.extend(opening.archive);
                held.source(&opening.source);
            }
        }
        held
    }

    /// Forgets a request: it is answered, and there is nothing to cancel.
    pub(super) fn answered(&mut self, request: RequestId) {
        self.requests.remove(&request);
    }

    fn source(&mut self, source: &TabSource) {
        if let TabSource::File(file) = source {
            self.files.extend(file.files);
        }
    }

    /// Pushes the effects that release everything that `now` no longer holds.
    pub(super) fn given_back(&self, now: &Held, effects: &mut Vec<Effect>) {
        for request in self.requests.difference(&now.requests) {
            effects.push(Effect::Cancel(*request));
        }
        for image in self.images.difference(&now.images) {
            effects.push(Effect::Tell(Request::Close(ask::Close { image: *image })));
        }
        for archive in self.archives.difference(&now.archives) {
            effects.push(Effect::Tell(Request::CloseArchive(ask::CloseArchive {
                archive: *archive,
            })));
        }
        self.files_given_back(now, effects);
    }

    /// Releases only the files. After the worker was lost, its keys mean nothing to the new one.
    pub(super) fn files_given_back(&self, now: &Held, effects: &mut Vec<Effect>) {
        for files in self.files.difference(&now.files) {
            effects.push(Effect::DropFiles(*files));
        }
    }
}
