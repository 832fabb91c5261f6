//! Applies the worker's answers to the tabs that asked.

use super::image::ImageState;
use super::recent::{Recent, RecentKind, remember};
use super::source::routed_address;
use super::{
    ArchiveTab, Body, Effect, FileSource, FilesId, ImageTab, Opening, RegistryTab, RepositoryTab,
    Shared, State, TabId, TabSource,
};
use crate::protocol::{
    ArchiveView, Exchange, ImageView, OpenedAddress, OtherWhat, Problem, ProblemCode, Request,
    RequestId, ask,
};

impl State {
    /// Applies the result of a tab's request.
    pub(super) fn answered(
        &mut self,
        id: TabId,
        request: RequestId,
        exchange: Exchange,
        effects: &mut Vec<Effect>,
    ) {
        if self.guide_answered(id, request, &exchange) {
            return release(exchange, effects);
        }
        let exchange = match exchange {
            Exchange::Catalog(_, page) => {
                let page = page.map(|page| (page.repositories, page.cursor, page.is_cut_off));
                return self.page_answered(id, request, page);
            }
            Exchange::Tags(_, page) => {
                let page = page.map(|page| (page.tags, page.cursor, page.is_cut_off));
                return self.page_answered(id, request, page);
            }
            exchange => exchange,
        };
        let opening = self
            .tab(id)
            .and_then(|tab| tab.opening())
            .filter(|opening| opening.request == request)
            .cloned();
        let Some(opening) = opening else {
            return release(exchange, effects);
        };
        if let Some(problem) = exchange.problem().cloned() {
            return match problem.code {
                ProblemCode::Cancelled => self.cancel_opening(id),
                _ => self.failed(id, opening, problem, effects),
            };
        }
        match exchange {
            // After a sign-in, the tab opens what the user came for.
            Exchange::SignIn(..) => {
                let Opening { source, place, .. } = opening;
                self.open_in(id, source, place, effects);
            }
            Exchange::OpenAddress(_, Ok(OpenedAddress::Registry(view))) => {
                let registry = RegistryTab::new(view);
                self.remember_address(registry.address(), RecentKind::Registry, effects);
                self.arrive(id, Body::Registry(registry), effects);
            }
            Exchange::OpenAddress(_, Ok(OpenedAddress::Repository(view))) => {
                let repository = RepositoryTab::new(view);
                self.remember_address(repository.address(), RecentKind::Repository, effects);
                self.arrive(id, Body::Repository(repository), effects);
            }
            Exchange::OpenAddress(_, Ok(OpenedAddress::Image(view)))
            | Exchange::OpenFound(_, Ok(view)) => self.image_opened(id, opening, view, effects),
            Exchange::OpenFile(_, Ok(archive)) | Exchange::OpenFolder(_, Ok(archive)) => {
                self.archive_opened(id, opening, archive, effects);
            }
            // No other request opens a tab.
            _ => {}
        }
    }

    /// Applies the next page of a list: its names, its next cursor, and true if the registry cut the list off.
    fn page_answered(
        &mut self,
        id: TabId,
        request: RequestId,
        page: Result<(Vec<String>, Option<String>, bool), Problem>,
    ) {
        let Some(tab) = self.tab_mut(id) else {
            return;
        };
        // The list may have moved into the tab's past in the meantime.
        let bodies = std::iter::once(&mut tab.body).chain(&mut tab.past);
        let lists = bodies.filter_map(|body| match body {
            Body::Registry(registry) => Some(&mut registry.repositories),
            Body::Repository(repository) => Some(&mut repository.tags),
            _ => None,
        });
        if let Some(list) = lists.into_iter().find(|list| list.awaits(request)) {
            match page {
                Ok((names, cursor, is_cut_off)) => list.append(names, cursor, is_cut_off),
                Err(problem) => list.fail(problem),
            }
        }
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
            TabSource::Address { text, .. } => {
                self.remember_address(text.clone(), RecentKind::Image, effects);
            }
            TabSource::File(file) => self.remember_file(file, &view.title, effects),
        }
        let unsaved = self.unsaved_of(&source);
        let key = view.key;
        let state = ImageState::without(view, &opening.place, &opening.left_out);
        self.arrive(
            id,
            Body::Image(ImageTab {
                source,
                archive: opening.archive,
                state: Shared::new(state),
                left_out: opening.left_out,
                unsaved,
                switching: None,
            }),
            effects,
        );
        self.send_orders(key, effects);
    }

    /// Shows an archive: its only image, the wanted one of several, or the list.
    fn archive_opened(
        &mut self,
        id: TabId,
        opening: Opening,
        contents: ArchiveView,
        effects: &mut Vec<Effect>,
    ) {
        let TabSource::File(file) = &opening.source else {
            return;
        };
        let wanted = file.image_id.as_ref();
        // An image that cannot be opened appears in the list beside the one that can.
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
                let request = opening.request;
                let opening = opening.in_archive(archive, request);
                return self.image_opened(id, opening, *view, effects);
            }
            (Some(position), None) => {
                let image = u32::try_from(position).unwrap_or(u32::MAX);
                return self.ask_found(id, opening, archive, image, effects);
            }
            (None, Some(view)) => {
                effects.push(Effect::Tell(Request::Close(ask::Close { image: view.key })));
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

    /// Applies a failure. An open image stays open: a platform that fails to open only shows a toast.
    fn failed(&mut self, id: TabId, opening: Opening, problem: Problem, effects: &mut Vec<Effect>) {
        let is_switch = match self.tab_mut(id).map(|tab| &mut tab.body) {
            Some(Body::Image(image)) => {
                image.switching = None;
                true
            }
            _ => false,
        };
        if is_switch {
            self.apply(super::Action::Toast(problem), effects);
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

    /// Remembers a file with the key of the handle that reopens it.
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

    /// Updates the recent entries for what is open of these files, now that their handle is stored.
    pub(super) fn remember_files(&mut self, files: FilesId, effects: &mut Vec<Effect>) {
        let open: Vec<(FileSource, String)> = self
            .tabs
            .iter()
            .filter_map(|tab| match &tab.body {
                Body::Archive(archive) => Some((archive.file.clone(), archive.file.name.clone())),
                Body::Image(image) => match &image.source {
                    TabSource::File(file) => Some((file.clone(), image.state.image.title.clone())),
                    TabSource::Address { .. } => None,
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

/// Releases what an answer carries if no tab awaits it any more.
fn release(exchange: Exchange, effects: &mut Vec<Effect>) {
    let close = |image| Effect::Tell(ask::Close { image }.into());
    match exchange {
        Exchange::OpenAddress(_, Ok(OpenedAddress::Image(view)))
        | Exchange::OpenFound(_, Ok(view)) => effects.push(close(view.key)),
        Exchange::OpenFile(_, Ok(opened)) | Exchange::OpenFolder(_, Ok(opened)) => {
            effects.extend(opened.only.map(|view| close(view.key)));
            let archive = opened.archive;
            effects.push(Effect::Tell(ask::CloseArchive { archive }.into()));
        }
        _ => {}
    }
}
