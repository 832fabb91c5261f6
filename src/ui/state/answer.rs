//! What the worker's answers make of the tabs that asked.

use super::recent::{Recent, RecentKind, remember};
use super::source::routed_address;
use super::{
    ArchiveTab, Body, Effect, FileSource, FilesId, ImageTab, Opening, RegistryTab, RepositoryTab,
    Shared, Source, State, TabId,
};
use crate::protocol::{
    Answer, FoundRow, ImageView, OpenedAddress, OtherRow, OtherWhat, Problem, ProblemCode, Request,
    Warning,
};

/// What an archive holds.
struct Contents {
    archive: u32,
    images: Vec<FoundRow>,
    others: Vec<OtherRow>,
    warnings: Vec<Warning>,
    only: Option<Box<ImageView>>,
}

impl State {
    /// Takes an answer in.
    pub(super) fn answered(
        &mut self,
        id: TabId,
        ticket: u32,
        result: Result<Answer, Problem>,
        effects: &mut Vec<Effect>,
    ) {
        if self.page_answered(id, ticket, &result) {
            return;
        }
        let opening = self
            .tab(id)
            .and_then(|tab| tab.opening())
            .filter(|opening| opening.ticket == ticket)
            .cloned();
        let Some(opening) = opening else {
            if let Ok(answer) = result {
                release(&answer, effects);
            }
            return;
        };
        match result {
            // Whoever has signed in sees what they came for.
            Ok(Answer::Done) => {
                let Opening { source, place, .. } = opening;
                self.open_in(id, source, place, effects);
            }
            Ok(Answer::Address(OpenedAddress::Registry(view))) => {
                let registry = RegistryTab::new(view);
                self.remember_address(registry.address(), RecentKind::Registry, effects);
                self.arrive(id, Body::Registry(registry), effects);
            }
            Ok(Answer::Address(OpenedAddress::Repository(view))) => {
                let repository = RepositoryTab::new(view);
                self.remember_address(repository.address(), RecentKind::Repository, effects);
                self.arrive(id, Body::Repository(repository), effects);
            }
            Ok(Answer::Address(OpenedAddress::Image(view)) | Answer::Image(view)) => {
                self.image_opened(id, opening, view, effects);
            }
            Ok(Answer::Archive {
                archive,
                images,
                others,
                warnings,
                only,
                ..
            }) => {
                let contents = Contents {
                    archive,
                    images,
                    others,
                    warnings,
                    only,
                };
                self.archive_opened(id, opening, contents, effects);
            }
            Ok(other) => {
                let detail =
                    format!("the worker answered something else than was asked: {other:?}");
                let title = opening.source.title();
                self.failed(
                    id,
                    opening,
                    Problem::new(ProblemCode::Internal, title, detail),
                    effects,
                );
            }
            Err(problem) if problem.code == ProblemCode::Cancelled => self.cancel_opening(id),
            Err(problem) => self.failed(id, opening, problem, effects),
        }
    }

    /// Takes in the next page of a list; false when the answer is not one.
    fn page_answered(&mut self, id: TabId, ticket: u32, result: &Result<Answer, Problem>) -> bool {
        let Some(tab) = self.tab_mut(id) else {
            return false;
        };
        // The list may have gone into the tab's past meanwhile.
        let bodies = std::iter::once(&mut tab.body).chain(&mut tab.past);
        for body in bodies {
            let list = match body {
                Body::Registry(registry) => &mut registry.repositories,
                Body::Repository(repository) => &mut repository.tags,
                _ => continue,
            };
            if !list.awaits(ticket) {
                continue;
            }
            match result {
                Ok(Answer::Catalog(page)) => {
                    list.append(
                        page.repositories.clone(),
                        page.cursor.clone(),
                        page.is_cut_off,
                    );
                }
                Ok(Answer::Tags(page)) => {
                    list.append(page.tags.clone(), page.cursor.clone(), page.is_cut_off);
                }
                Ok(_) => list.fail(Problem::new(
                    ProblemCode::Internal,
                    "",
                    "the worker answered something else than was asked",
                )),
                Err(problem) => list.fail(problem.clone()),
            }
            return true;
        }
        false
    }

    fn image_opened(
        &mut self,
        id: TabId,
        opening: Opening,
        view: ImageView,
        effects: &mut Vec<Effect>,
    ) {
        let source = ImageTab::exact_source(opening.source, &view);
        match &source {
            Source::Address { text, .. } => {
                self.remember_address(text.clone(), RecentKind::Image, effects);
            }
            Source::File(file) => self.remember_file(file, &view.title, effects),
        }
        let unsaved = self.unsaved_of(&source);
        self.arrive(
            id,
            Body::Image(ImageTab {
                source,
                archive: opening.archive,
                image: Shared::new(view),
                place: opening.place,
                left_out: opening.left_out,
                unsaved,
                switching: None,
            }),
            effects,
        );
    }

    /// An archive with one image is that image; of several, the one that is wanted or a list.
    fn archive_opened(
        &mut self,
        id: TabId,
        opening: Opening,
        contents: Contents,
        effects: &mut Vec<Effect>,
    ) {
        let Source::File(file) = &opening.source else {
            return;
        };
        let wanted = file.image_id.as_ref();
        // An image that cannot be had is told beside the one that can.
        let is_damaged = contents
            .others
            .iter()
            .any(|row| matches!(row.what, OtherWhat::Unavailable(_)));
        let position = match (wanted, contents.images.len()) {
            (Some(wanted), _) => contents
                .images
                .iter()
                .position(|row| row.image_id.as_ref() == Some(wanted)),
            (None, 1) if !is_damaged => Some(0),
            (None, _) => None,
        };
        let archive = contents.archive;
        match (position, contents.only) {
            (Some(_), Some(view)) => {
                let ticket = opening.ticket;
                let opening = opening.in_archive(archive, ticket);
                return self.image_opened(id, opening, *view, effects);
            }
            (Some(position), None) => {
                let image = u32::try_from(position).unwrap_or(u32::MAX);
                return self.ask_found(id, opening, archive, image, effects);
            }
            (None, Some(view)) => {
                effects.push(Effect::Tell(Request::Close { image: view.key }));
            }
            (None, None) => {}
        }
        let missing = wanted.cloned();
        let mut file = file.clone();
        file.image_id = None;
        let title = file.name.clone();
        self.remember_file(&file, &title, effects);
        self.arrive(
            id,
            Body::Archive(ArchiveTab {
                file,
                archive,
                images: contents.images,
                others: contents.others,
                warnings: contents.warnings,
                missing,
            }),
            effects,
        );
    }

    /// What is open stays open: a platform that fails is told in passing.
    fn failed(&mut self, id: TabId, opening: Opening, problem: Problem, effects: &mut Vec<Effect>) {
        let is_switch = match self.tab_mut(id).map(|tab| &mut tab.body) {
            Some(Body::Image(image)) => {
                image.switching = None;
                true
            }
            _ => false,
        };
        if is_switch {
            effects.extend(self.reduce(super::Action::Toast(problem)));
        } else {
            let Opening { source, place, .. } = opening;
            self.arrive(
                id,
                Body::Failed {
                    source,
                    place,
                    problem,
                },
                effects,
            );
        }
    }

    fn arrive(&mut self, id: TabId, body: Body, effects: &mut Vec<Effect>) {
        self.put(id, body);
        if id == self.selected {
            effects.push(Effect::FocusPage);
        }
    }

    pub(super) fn remember_address(
        &mut self,
        text: String,
        what: RecentKind,
        effects: &mut Vec<Effect>,
    ) {
        let text = routed_address(&text);
        self.remember(Recent::Address { text, what }, effects);
    }

    pub(super) fn remember_file(
        &mut self,
        file: &FileSource,
        title: &str,
        effects: &mut Vec<Effect>,
    ) {
        let handle = file
            .files
            .and_then(|files| self.handles.get(&files))
            .cloned();
        self.remember_file_by(file, title, handle, effects);
    }

    /// Remembers a file with the key of what opens it again.
    pub(super) fn remember_file_by(
        &mut self,
        file: &FileSource,
        title: &str,
        handle: Option<String>,
        effects: &mut Vec<Effect>,
    ) {
        let recent = Recent::File {
            name: file.name.clone(),
            size_bytes: file.size_bytes,
            image_id: file.image_id.clone(),
            title: title.to_owned(),
            handle,
        };
        self.remember(recent, effects);
    }

    fn remember(&mut self, recent: Recent, effects: &mut Vec<Effect>) {
        for old in remember(&mut self.recent, recent) {
            if let Some(handle) = old.handle() {
                effects.push(Effect::ForgetHandle(handle.to_owned()));
            }
        }
        effects.push(Effect::SaveRecent);
    }

    /// Remembers again what is open of these files, now that their handle is kept.
    pub(super) fn remember_files(&mut self, files: FilesId, effects: &mut Vec<Effect>) {
        let open: Vec<(FileSource, String)> = self
            .tabs
            .iter()
            .filter_map(|tab| match &tab.body {
                Body::Archive(archive) => Some((archive.file.clone(), archive.file.name.clone())),
                Body::Image(image) => match &image.source {
                    Source::File(file) => Some((file.clone(), image.image.title.clone())),
                    Source::Address { .. } => None,
                },
                _ => None,
            })
            .filter(|(file, _)| file.files == Some(files))
            .collect();
        for (file, title) in open {
            self.remember_file(&file, &title, effects);
        }
    }
}

/// Gives back what an answer brought that nobody waits for any more.
fn release(answer: &Answer, effects: &mut Vec<Effect>) {
    match answer {
        Answer::Address(OpenedAddress::Image(view)) | Answer::Image(view) => {
            effects.push(Effect::Tell(Request::Close { image: view.key }));
        }
        Answer::Archive { archive, only, .. } => {
            let image = only.as_ref().map(|view| view.key);
            effects.extend(image.map(|image| Effect::Tell(Request::Close { image })));
            effects.push(Effect::Tell(Request::CloseArchive { archive: *archive }));
        }
        _ => {}
    }
}
