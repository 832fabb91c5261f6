//! Manages images that were made here and are in no file or registry yet: marks them, keeps them in this browser,
//! and asks before one is lost.
//!
//! Each is written as an archive to the browser's private file system as soon as it is made, so that a reload or a
//! closed tab loses nothing. It stays there until the image is saved whole, pushed or discarded.

use super::image::ImageState;
use super::recent::{Recent, RecentKind, uses};
use super::source::{host_of, routed_address};
use super::{
    Body, Effect, FileSource, FilesId, Given, ImagePlace, ImageTab, Shared, State, Tab, TabId,
    TabSource,
};
use crate::protocol::{Digest, ImageKey, ImageView, Problem, PushedView, RequestId};
use crate::ui::text::visible::visible_text;

/// Prefix of the keys of private files; the handle of a dropped file has no such prefix.
pub const PRIVATE: &str = "unsaved/";

/// Suffix of the name of an image that is in none of the user's files.
const ENDING: &str = ".unsaved";

/// State of an open image on its way into the private file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsaved {
    /// Key of the file that holds it; `None` until it is written.
    pub handle: Option<String>,
    /// Number of the write in progress; results of earlier ones are stale.
    pub(super) writing: Option<RequestId>,
}

impl Unsaved {
    /// True if closing the tab loses nothing.
    pub fn is_kept(&self) -> bool {
        self.handle.is_some() && !self.is_being_written()
    }

    /// True if a write is in progress.
    pub fn is_being_written(&self) -> bool {
        self.writing.is_some()
    }
}

/// The loss that the user is asked to confirm.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Losing {
    /// The image in a tab that is to be closed.
    Tab(TabId),
    /// A recent entry that is to be removed.
    Recent(Recent),
}

/// The question that precedes the loss of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossQuestion {
    /// Title of the image.
    pub title: String,
    /// True if the tab can be closed without losing the image.
    pub can_keep: bool,
}

/// The user's answer to a [`LossQuestion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossAnswer {
    /// Close the tab; the browser keeps the image.
    Keep,
    /// Discard the image.
    Discard,
    /// Do nothing.
    Cancel,
}

/// The user's file that a whole image was saved to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedAs {
    /// Name of the file.
    pub name: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Key of the stored handle; `None` if the browser has none.
    pub handle: Option<String>,
}

impl FileSource {
    /// True if the image was made here and never was in one of the user's files.
    pub fn is_made_here(&self) -> bool {
        self.name.ends_with(ENDING)
    }
}

impl Recent {
    /// True if the image is kept only here, so that removing the entry loses it.
    pub fn is_unsaved(&self) -> bool {
        self.handle().is_some_and(is_private)
    }
}

/// True if a stored handle belongs to a private file, which opens without a question.
pub(super) fn is_private(handle: &str) -> bool {
    handle.starts_with(PRIVATE)
}

impl Tab {
    /// Returns the state of an unsaved image; `None` if the tab shows no unsaved image.
    pub fn unsaved(&self) -> Option<&Unsaved> {
        match &self.body {
            Body::Image(image) => image.unsaved.as_ref(),
            _ => None,
        }
    }
}

impl State {
    /// Shows an image that was made here in its own tab, and starts to keep it.
    pub(super) fn committed(&mut self, image: ImageView, effects: &mut Vec<Effect>) {
        let tab = self.insert_tab(Body::Home);
        let key = image.key;
        let file = FileSource {
            name: format!("{}{ENDING}", image.title.replace(['/', ':'], "_")),
            size_bytes: 0,
            files: None,
            served: None,
            folder: None,
            image_id: image.image_id.clone(),
        };
        if let Some(tab) = self.tab_mut(tab) {
            tab.body = Body::Image(ImageTab {
                source: TabSource::File(file),
                archive: None,
                state: Shared::new(ImageState::new(image, &ImagePlace::default())),
                left_out: std::collections::BTreeSet::new(),
                switching: None,
                unsaved: Some(Unsaved::default()),
            });
        }
        self.send_orders(key, effects);
        self.keep_image(key, effects);
        effects.push(Effect::FocusPage);
    }

    /// Returns the unsaved state of an image that is opened from the private file system: it is still unsaved.
    pub(super) fn unsaved_of(&self, source: &TabSource) -> Option<Unsaved> {
        let TabSource::File(file) = source else {
            return None;
        };
        let handle = self.handles.get(&file.files?)?;
        is_private(handle).then(|| Unsaved {
            handle: Some(handle.clone()),
            writing: None,
        })
    }

    /// Writes an unsaved image to the private file system, because it is new or its names have changed.
    pub(super) fn keep_image(&mut self, image: ImageKey, effects: &mut Vec<Effect>) {
        let id = self.request_id();
        let Some(tab) = self.image_tab_mut(image) else {
            return;
        };
        if let (Some(unsaved), TabSource::File(file)) = (&mut tab.unsaved, &tab.source) {
            unsaved.writing = Some(id);
            let name = file.name.clone();
            effects.push(Effect::KeepImage { image, id, name });
        }
    }

    /// Records where an image was kept.
    pub(super) fn image_kept(
        &mut self,
        image: ImageKey,
        id: RequestId,
        given: Given,
        effects: &mut Vec<Effect>,
    ) {
        let Some(handle) = given.handle else { return };
        let Some(tab) = self.written(image, id) else {
            // It was saved, discarded or written again in the meantime.
            effects.push(Effect::DropFiles(given.files));
            effects.push(Effect::ForgetHandle(handle));
            return;
        };
        let is_read_from = tab.archive.is_some();
        let title = tab.state.image.title.clone();
        let unsaved = Unsaved {
            handle: Some(handle.clone()),
            writing: None,
        };
        let old = tab.unsaved.replace(unsaved).and_then(|old| old.handle);
        let TabSource::File(file) = &mut tab.source else {
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

    /// Reports that an image could not be kept. A copy under its older names stays.
    pub(super) fn image_not_kept(
        &mut self,
        image: ImageKey,
        id: RequestId,
        problem: Problem,
        effects: &mut Vec<Effect>,
    ) {
        if self.written(image, id).is_some() {
            self.apply(super::Action::Toast(problem), effects);
        }
    }

    /// Ends the write with this number and returns its tab; `None` if another write has replaced it.
    fn written(&mut self, image: ImageKey, id: RequestId) -> Option<&mut ImageTab> {
        let tab = self.image_tab_mut(image)?;
        let unsaved = tab.unsaved.as_mut()?;
        if unsaved.writing != Some(id) {
            return None;
        }
        unsaved.writing = None;
        Some(tab)
    }

    /// Releases the file of this key. If a worker reads from it, it is removed at the next load of the page.
    fn let_go(&mut self, handle: &str, is_read_from: bool, effects: &mut Vec<Effect>) {
        self.recent.retain(|line| line.handle() != Some(handle));
        effects.push(match is_read_from {
            true => Effect::ForgetHandleLater(handle.to_owned()),
            false => Effect::ForgetHandle(handle.to_owned()),
        });
        effects.push(Effect::SaveRecent);
    }

    /// Records that the whole image is in one of the user's files.
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
        let title = tab.state.image.title.clone();
        let file = FileSource {
            name,
            size_bytes,
            // The next worker reads the files that this one reads.
            files: files.filter(|_| is_read_from),
            served: None,
            folder: None,
            image_id: tab.state.image.image_id.clone(),
        };
        tab.source = TabSource::File(file.clone());
        if let Some(files) = files {
            self.handles.remove(&files);
        }
        self.remember_file_by(&file, &title, handle, effects);
    }

    /// Records that the image is in a registry.
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
            tab.source = TabSource::address(text.clone());
        }
        self.remember_address(text, RecentKind::Image, effects);
    }

    /// Marks an image as saved. Returns the files that held it, and true if the worker reads from them.
    fn end_unsaved(
        &mut self,
        image: ImageKey,
        effects: &mut Vec<Effect>,
    ) -> Option<(Option<FilesId>, bool)> {
        let tab = self.image_tab_mut(image)?;
        let unsaved = tab.unsaved.take()?;
        let is_read_from = tab.archive.is_some();
        let files = match &tab.source {
            TabSource::File(file) => file.files,
            TabSource::Address { .. } => None,
        };
        if let Some(handle) = unsaved.handle {
            self.let_go(&handle, is_read_from, effects);
        }
        Some((files, is_read_from))
    }

    /// Closes a tab, or asks first if that would lose an image.
    pub(super) fn ask_close(&mut self, id: TabId) {
        if self.tab(id).is_some_and(|tab| tab.unsaved().is_some()) {
            self.selected = id;
            self.losing = Some(Losing::Tab(id));
        } else {
            self.close_tab(id);
        }
    }

    /// Removes a recent entry, or asks first if that would lose an image.
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

    /// Returns the question that the user has to answer.
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

    /// Carries out the user's answer.
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
                        if let TabSource::File(file) = &mut image.source {
                            file.files = None;
                        }
                    }
                }
                self.let_go(handle, is_read_from, effects);
            }
        }
    }

    /// True if closing the browser's own tab would lose an image that is kept nowhere.
    pub fn has_unkept(&self) -> bool {
        let mut unsaved = self.tabs.iter().filter_map(Tab::unsaved);
        unsaved.any(|unsaved| !unsaved.is_kept())
    }

    /// Reopens a stored file, or shows the tab that has the image.
    pub(super) fn reopen(
        &mut self,
        handle: String,
        image_id: Option<Digest>,
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

    /// Replaces the unsaved entries of the recent list by the files found in the private file system, because
    /// another page may have written the list in the meantime.
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
