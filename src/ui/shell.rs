//! The context of every page: the worker, the words, the open images, and a callback for actions.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use yew::prelude::*;

use super::uploads::Upload;
use crate::protocol::ImageKey;
use crate::ui::state::image::ImageState;
use crate::ui::state::{Action, Shared};
use crate::ui::text::{Language, Text};
use crate::worker::Link;

/// The context of every page. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shell {
    /// The connection to the worker.
    pub link: Link,
    /// The words in the reader's language.
    pub text: &'static Text,
    /// The language of the words.
    pub language: Language,
    /// The open images.
    pub images: Images,
    /// The callback that receives actions.
    pub act: Callback<Action>,
    /// The callback that receives files for the container layer of an image.
    pub on_upload: Callback<(ImageKey, Upload)>,
    /// True if `lamina serve` reads registries for this page.
    pub is_relayed: bool,
}

impl PartialEq for Shell {
    fn eq(&self, other: &Shell) -> bool {
        self.link == other.link && self.language == other.language
    }
}

/// Returns the shell of the surrounding page.
#[expect(
    clippy::expect_used,
    reason = "what stands outside of App is a mistake of this program, not of an image"
)]
#[hook]
pub(crate) fn use_shell() -> Shell {
    use_context::<Shell>().expect("App provides the shell to everything in it")
}

/// The open images as their pages draw them. Each page listens for its own image alone.
#[derive(Clone, Default)]
pub(crate) struct Images(Rc<RefCell<Shown>>);

#[derive(Default)]
struct Shown {
    images: Vec<(ImageKey, Shared<ImageState>)>,
    next: u32,
    pages: Vec<(u32, ImageKey, Callback<()>)>,
}

/// A page that is drawn again whenever its image changes; dropping it ends that.
pub(crate) struct Watching {
    shown: Weak<RefCell<Shown>>,
    id: u32,
}

impl Images {
    /// Replaces the images by those that are open now, and draws the pages of those that have changed.
    pub(super) fn publish<'a>(
        &self,
        now: impl Iterator<Item = (ImageKey, &'a Shared<ImageState>)>,
    ) {
        let now = now.map(|(image, state)| (image, state.clone())).collect();
        let redraws: Vec<Callback<()>> = {
            let mut shown = self.0.borrow_mut();
            let before = std::mem::replace(&mut shown.images, now);
            let is_changed =
                |image: ImageKey| state_in(&before, image) != state_in(&shown.images, image);
            let pages = shown.pages.iter();
            let changed = pages.filter(|(_, image, _)| is_changed(*image));
            changed.map(|(_, _, redraw)| redraw.clone()).collect()
        };
        for redraw in redraws {
            redraw.emit(());
        }
    }

    /// Returns an image as it is now; `None` if it is closed.
    fn get(&self, image: ImageKey) -> Option<Shared<ImageState>> {
        state_in(&self.0.borrow().images, image).cloned()
    }

    /// Calls `redraw` whenever the image has changed, until the result is dropped.
    fn watch(&self, image: ImageKey, redraw: Callback<()>) -> Watching {
        let mut shown = self.0.borrow_mut();
        let id = shown.next;
        shown.next = shown.next.wrapping_add(1);
        shown.pages.push((id, image, redraw));
        Watching {
            shown: Rc::downgrade(&self.0),
            id,
        }
    }
}

fn state_in(
    images: &[(ImageKey, Shared<ImageState>)],
    image: ImageKey,
) -> Option<&Shared<ImageState>> {
    let mut images = images.iter();
    images
        .find(|(key, _)| *key == image)
        .map(|(_, state)| state)
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(shown) = self.shown.upgrade() {
            shown.borrow_mut().pages.retain(|(id, ..)| *id != self.id);
        }
    }
}

/// Returns an image as it is now, and draws the calling component again whenever it changes. `first` is the image as
/// the component's owner knows it.
#[hook]
pub(crate) fn use_image(shell: &Shell, first: &Shared<ImageState>) -> Shared<ImageState> {
    let redraw = use_force_update();
    let image = first.image.key;
    let drawn = shell.images.get(image).unwrap_or_else(|| first.clone());
    let (images, before) = (shell.images.clone(), drawn.clone());
    use_effect_with(image, move |image| {
        let redraw = Callback::from(move |()| redraw.force_update());
        // It may have changed between the drawing and now.
        if images.get(*image).is_some_and(|now| now != before) {
            redraw.emit(());
        }
        let watching = images.watch(*image, redraw);
        move || drop(watching)
    });
    drawn
}
