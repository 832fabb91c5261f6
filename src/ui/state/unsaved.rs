//! Images that were made here and stand in no file or registry yet: marked, kept in this browser, and asked about.
//!
//! Each is written as an archive into the browser's private file system as soon as it is made, so that a reload or a
//! closed tab loses nothing. It stays there until the image is saved whole, pushed, or discarded.

use super::recent::{Recent, RecentKind, uses};
use super::source::{host_of, routed_address};
use super::{
    Body, Effect, FileSource, FilesId, Given, ImagePlace, ImageTab, Shared, Source, State, Tab,
    TabId,
};
use crate::protocol::{ImageKey, ImageView, Problem, PushedView};
use crate::ui::text::visible::visible_text;

/// The beginning of the keys of private files; a dropped file's handle has another key.
pub const PRIVATE: &str = "unsaved/";

/// The ending of the name of an image that is in no file of the person's.
const ENDING: &str = ".unsaved";

/// Of an open image: where it stands on its way into the private file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsaved {
    /// The key of the file that keeps it.
    pub handle: Option<String>,
    /// The writing that is under way; what an older one tells is stale.
    pub(super) writing: Option<u32>,
}

impl Unsaved {
    /// Whether nothing is lost with the tab.
    pub fn is_kept(&self) -> bool {
        self.handle.is_some() && !self.is_being_written()
    }

    /// Whether it is on its way.
    pub fn is_being_written(&self) -> bool {
        self.writing.is_some()
    }
}

/// What the person is asked about before it is lost.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Losing {
    /// The image in a tab that is to be closed.
    Tab(TabId),
    /// One of the list of what was opened before.
    Recent(Recent),
}

/// The question before an image is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossQuestion {
    /// The image's name.
    pub title: String,
    /// Set when its tab can be closed without losing it.
    pub can_keep: bool,
}

/// How it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossAnswer {
    /// The tab is closed, and the browser keeps the image.
    Keep,
    /// The image is not wanted any more.
    Discard,
    /// Nothing is done.
    Cancel,
}

/// The whole image went into a file of the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedAs {
    /// The file's name.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// The key of its handle, where the browser has one.
    pub handle: Option<String>,
}

impl FileSource {
    /// Whether it is an image that was made here and never was in a file of the person's.
    pub fn is_made_here(&self) -> bool {
        self.name.ends_with(ENDING)
    }
}

impl Recent {
    /// Whether it is kept here alone: to forget it is to lose it.
    pub fn is_unsaved(&self) -> bool {
        self.handle().is_some_and(is_private)
    }
}

/// Whether a kept handle is of a private file: it opens without a question.
pub(super) fn is_private(handle: &str) -> bool {
    handle.starts_with(PRIVATE)
}

impl Tab {
    /// Set for an image that is not saved.
    pub fn unsaved(&self) -> Option<&Unsaved> {
        match &self.body {
            Body::Image(image) => image.unsaved.as_ref(),
            _ => None,
        }
    }
}

impl State {
    /// Shows an image that was made here, in a tab of its own, and keeps it.
    pub(super) fn committed(&mut self, image: ImageView, effects: &mut Vec<Effect>) {
        let tab = self.insert_tab(Body::Home);
        let key = image.key;
        let file = FileSource {
            name: format!("{}{ENDING}", image.title.replace(['/', ':'], "_")),
            size_bytes: 0,
            files: None,
            folder: None,
            image_id: image.image_id.clone(),
        };
        if let Some(tab) = self.tab_mut(tab) {
            tab.body = Body::Image(ImageTab {
                source: Source::File(file),
                archive: None,
                image: Shared::new(image),
                place: ImagePlace::default(),
                left_out: std::collections::BTreeSet::new(),
                switching: None,
                unsaved: Some(Unsaved::default()),
            });
        }
        self.keep_image(key, effects);
        effects.push(Effect::FocusPage);
    }

    /// An image of the private file system is as unsaved as before.
    pub(super) fn unsaved_of(&self, source: &Source) -> Option<Unsaved> {
        let Source::File(file) = source else {
            return None;
        };
        let handle = self.handles.get(&file.files?)?;
        is_private(handle).then(|| Unsaved {
            handle: Some(handle.clone()),
            writing: None,
        })
    }

    /// The image, when it has been called otherwise.
    pub(super) fn has_other_names(
        &mut self,
        image: ImageKey,
        names: &[String],
    ) -> Option<ImageKey> {
        let tab = self.image_tab_mut(image)?;
        (tab.image.names != names).then_some(image)
    }

    /// Writes an unsaved image into the private file system: it is new, or its names are others now.
    pub(super) fn keep_image(&mut self, image: ImageKey, effects: &mut Vec<Effect>) {
        let ticket = self.number();
        let Some(tab) = self.image_tab_mut(image) else {
            return;
        };
        if let (Some(unsaved), Source::File(file)) = (&mut tab.unsaved, &tab.source) {
            unsaved.writing = Some(ticket);
            let name = file.name.clone();
            effects.push(Effect::KeepImage {
                image,
                ticket,
                name,
            });
        }
    }

    /// Takes in where an image was kept.
    pub(super) fn image_kept(
        &mut self,
        image: ImageKey,
        ticket: u32,
        given: Given,
        effects: &mut Vec<Effect>,
    ) {
        let Some(handle) = given.handle else { return };
        let Some(tab) = self.written(image, ticket) else {
            // Saved, discarded, or written anew meanwhile.
            effects.push(Effect::DropFiles(given.files));
            effects.push(Effect::ForgetHandle(handle));
            return;
        };
        let is_read_from = tab.archive.is_some();
        let title = tab.image.title.clone();
        let unsaved = Unsaved {
            handle: Some(handle.clone()),
            writing: None,
        };
        let old = tab.unsaved.replace(unsaved).and_then(|old| old.handle);
        let Source::File(file) = &mut tab.source else {
            return;
        };
        file.files = Some(given.files);
        file.size_bytes = given.size_bytes;
        let file = file.clone();
        if let Some(old) = old {
            self.let_go(&old, is_read_from, effects);
        }
        self.handles.insert(given.files, handle);
        self.remember_file(&file, &title, effects);
    }

    /// Takes in that an image could not be kept. What is kept of it under older names stays.
    pub(super) fn image_not_kept(
        &mut self,
        image: ImageKey,
        ticket: u32,
        problem: Problem,
        effects: &mut Vec<Effect>,
    ) {
        if self.written(image, ticket).is_some() {
            self.apply(super::Action::Toast(problem), effects);
        }
    }

    /// Ends the writing of this ticket; `None` when it is stale.
    fn written(&mut self, image: ImageKey, ticket: u32) -> Option<&mut ImageTab> {
        let tab = self.image_tab_mut(image)?;
        let unsaved = tab.unsaved.as_mut()?;
        if unsaved.writing != Some(ticket) {
            return None;
        }
        unsaved.writing = None;
        Some(tab)
    }

    /// The file of this key is not needed any more. A worker that reads from it goes on reading: it is removed when
    /// the page is loaded again.
    fn let_go(&mut self, handle: &str, is_read_from: bool, effects: &mut Vec<Effect>) {
        self.recent.retain(|line| line.handle() != Some(handle));
        effects.push(match is_read_from {
            true => Effect::ForgetHandleLater(handle.to_owned()),
            false => Effect::ForgetHandle(handle.to_owned()),
        });
        effects.push(Effect::SaveRecent);
    }

    /// The whole image is in a file of the person's now.
    pub(super) fn image_saved(
        &mut self,
        image: ImageKey,
        saved: SavedAs,
        effects: &mut Vec<Effect>,
    ) {
        let SavedAs {
            name,
            size_bytes,
            handle,
        } = saved;
        let Some((files, is_read_from)) = self.end_unsaved(image, effects) else {
            effects.extend(handle.map(Effect::ForgetHandle));
            return;
        };
        let Some(tab) = self.image_tab_mut(image) else {
            return;
        };
        let title = tab.image.title.clone();
        let file = FileSource {
            name,
            size_bytes,
            // The worker's next life reads what this one reads.
            files: files.filter(|_| is_read_from),
            folder: None,
            image_id: tab.image.image_id.clone(),
        };
        tab.source = Source::File(file.clone());
        if let Some(files) = files {
            self.handles.remove(&files);
        }
        self.remember_file_by(&file, &title, handle, effects);
    }

    /// The image is in a registry now.
    pub(super) fn image_pushed(
        &mut self,
        image: ImageKey,
        pushed: &PushedView,
        effects: &mut Vec<Effect>,
    ) {
        if self.end_unsaved(image, effects).is_none() {
            return;
        }
        let PushedView {
            registry,
            repository,
            tags,
            digest,
            ..
        } = pushed;
        let text = match tags.first() {
            Some(tag) => format!("{registry}/{repository}:{tag}"),
            None => format!("{registry}/{repository}@{digest}"),
        };
        let text = routed_address(&text);
        self.known_hosts.insert(host_of(&text));
        if let Some(tab) = self.image_tab_mut(image) {
            tab.source = Source::address(text.clone());
        }
        self.remember_address(text, RecentKind::Image, effects);
    }

    /// Ends that an image is unsaved; gives the files that it was kept in, and whether the worker reads from them.
    fn end_unsaved(
        &mut self,
        image: ImageKey,
        effects: &mut Vec<Effect>,
    ) -> Option<(Option<FilesId>, bool)> {
        let tab = self.image_tab_mut(image)?;
        let unsaved = tab.unsaved.take()?;
        let is_read_from = tab.archive.is_some();
        let files = match &tab.source {
            Source::File(file) => file.files,
            Source::Address { .. } => None,
        };
        if let Some(handle) = unsaved.handle {
            self.let_go(&handle, is_read_from, effects);
        }
        Some((files, is_read_from))
    }

    /// Closes a tab, or asks first where an image would go with it.
    pub(super) fn ask_close(&mut self, id: TabId) {
        if self.tab(id).is_some_and(|tab| tab.unsaved().is_some()) {
            self.selected = id;
            self.losing = Some(Losing::Tab(id));
        } else {
            self.close_tab(id);
        }
    }

    /// Forgets a line of what was opened before, or asks first where an image would go with it.
    pub(super) fn forget_recent(&mut self, recent: Recent, effects: &mut Vec<Effect>) {
        if recent.is_unsaved() {
            self.losing = Some(Losing::Recent(recent));
            return;
        }
        self.recent.retain(|kept| *kept != recent);
        if let Some(handle) = recent.handle().filter(|h| !uses(&self.recent, h)) {
            effects.push(Effect::ForgetHandle(handle.to_owned()));
        }
        effects.push(Effect::SaveRecent);
    }

    /// The question that the person has to answer.
    pub fn loss_question(&self) -> Option<LossQuestion> {
        match self.losing.as_ref()? {
            Losing::Tab(id) => {
                let tab = self.tab(*id)?;
                Some(LossQuestion {
                    can_keep: tab.unsaved()?.is_kept(),
                    title: tab.body.title(),
                })
            }
            Losing::Recent(Recent::File { title, .. }) => Some(LossQuestion {
                title: visible_text(title),
                can_keep: false,
            }),
            Losing::Recent(Recent::Address { .. }) => None,
        }
    }

    /// Does what the person answered.
    pub(super) fn answer_loss(&mut self, answer: LossAnswer, effects: &mut Vec<Effect>) {
        match (answer, self.losing.take()) {
            (LossAnswer::Cancel, _) | (_, None) | (LossAnswer::Keep, Some(Losing::Recent(_))) => {}
            (LossAnswer::Keep, Some(Losing::Tab(id))) => self.close_tab(id),
            (LossAnswer::Discard, Some(Losing::Tab(id))) => {
                let handle = self.tab(id).and_then(|tab| tab.unsaved()?.handle.clone());
                self.close_tab(id);
                if let Some(handle) = handle {
                    self.let_go(&handle, false, effects);
                }
            }
            (LossAnswer::Discard, Some(Losing::Recent(recent))) => {
                let Some(handle) = recent.handle() else {
                    return;
                };
                let mut is_read_from = false;
                for tab in &mut self.tabs {
                    let Body::Image(image) = &mut tab.body else {
                        continue;
                    };
                    if let Some(unsaved) = &mut image.unsaved
                        && unsaved.handle.as_deref() == Some(handle)
                    {
                        unsaved.handle = None;
                        is_read_from = image.archive.is_some();
                        if let Source::File(file) = &mut image.source {
                            file.files = None;
                        }
                    }
                }
                self.let_go(handle, is_read_from, effects);
            }
        }
    }

    /// Whether the browser's own tab takes an image along that is kept nowhere.
    pub fn has_unkept(&self) -> bool {
        let mut unsaved = self.tabs.iter().filter_map(Tab::unsaved);
        unsaved.any(|unsaved| !unsaved.is_kept())
    }

    /// Opens a kept file again, or shows the tab that has the image.
    pub(super) fn reopen(
        &mut self,
        handle: String,
        image_id: Option<String>,
        effects: &mut Vec<Effect>,
    ) {
        let has_it = |tab: &&Tab| {
            tab.unsaved()
                .is_some_and(|unsaved| unsaved.handle.as_ref() == Some(&handle))
        };
        match self.tabs.iter().find(has_it).map(|tab| tab.id) {
            Some(id) => self.selected = id,
            None => effects.push(Effect::OpenHandle { handle, image_id }),
        }
    }

    /// Lists what the private file system has, in place of what the list says of it: another page may have written
    /// the list meanwhile.
    pub(super) fn kept_found(
        &mut self,
        found: Vec<(String, String, u64)>,
        effects: &mut Vec<Effect>,
    ) {
        let is_there = |handle: &str| found.iter().any(|(key, ..)| key == handle);
        let before = self.recent.len();
        self.recent
            .retain(|line| !line.is_unsaved() || line.handle().is_some_and(is_there));
        let mut is_changed = self.recent.len() != before;
        for tab in &mut self.tabs {
            if let Body::Wanted { handle, .. } = &mut tab.body {
                // A file that is gone cannot be opened again.
                handle.take_if(|handle| is_private(handle) && !is_there(handle));
            }
        }
        for (handle, name, size_bytes) in found {
            if !uses(&self.recent, &handle) {
                is_changed = true;
                self.recent.insert(
                    0,
                    Recent::File {
                        title: name.clone(),
                        name,
                        size_bytes,
                        image_id: None,
                        handle: Some(handle),
                    },
                );
            }
        }
        if is_changed {
            effects.push(Effect::SaveRecent);
        }
    }
}
