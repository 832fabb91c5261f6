//! The names of open images, `repository:tag`. As in `docker tag`, each name belongs to one image at a time.

use crate::engine::{Session, World, view};
use crate::message::Message;
use crate::protocol::{Event, ImageKey, ImageView, Problem, ProblemCode};
use crate::workspace::tags;

/// The maximum number of names of one image.
const MOST_NAMES: usize = 100;

impl<W: World> Session<W> {
    pub(in super::super) fn rename(
        &self,
        image: ImageKey,
        names: Vec<String>,
    ) -> Result<ImageView, Problem> {
        let shown = self.shown(image)?;
        let old = shown.borrow().image.found.names.clone();
        let names = checked(names, &old)?;
        self.take_from_others(image, &names);
        let shown = &mut *shown.borrow_mut();
        shown.image.found.names = names;
        Ok(view::image_view(image, shown))
    }

    /// Removes these names from all other open images, and reports it.
    pub(super) fn take_from_others(&self, image: ImageKey, names: &[String]) {
        let others = self.images.borrow();
        for (key, other) in others.iter().filter(|(key, _)| **key != image) {
            let Ok(mut other) = other.try_borrow_mut() else {
                continue;
            };
            let kept = &mut other.image.found.names;
            let n_before = kept.len();
            kept.retain(|name| !names.contains(name));
            if kept.len() != n_before {
                let view = view::image_view(*key, &other);
                self.world.tell(Event::Named {
                    image: *key,
                    names: view.names,
                    title: view.title,
                });
            }
        }
    }
}

/// Returns the names in Docker's form, each once. Names that the image already has stay as they are written.
pub(super) fn checked(names: Vec<String>, old: &[String]) -> Result<Vec<String>, Problem> {
    let checked = tags(names, old).map_err(|unfit| {
        let detail = Message::tag_refused(&unfit.name, unfit.reason);
        Problem::new(ProblemCode::Refused, Message::verbatim(unfit.name), detail)
    })?;
    if checked.len() > MOST_NAMES {
        let detail = Message::most_tags(MOST_NAMES);
        return Err(Problem::new(ProblemCode::Refused, Message::none(), detail));
    }
    Ok(checked)
}
