//! Writes a listing to a file in pieces, limited in proportion to its image, and cancelled on request.

use crate::message::Message;
use std::cell::RefCell;
use std::rc::Rc;

use crate::bounds::Bound;
use crate::overlay::{PausedListing, View};
use crate::protocol::{Event, ImageKey, Problem, ProblemCode, RequestId};
use crate::workspace::{Detail, listing_line};

use super::cancel::Cancel;
use super::session::Shown;
use super::{Saver, Session, World, tree};

impl<W: World> Session<W> {
    /// Writes a listing in pieces, between which other requests are answered; returns its size in bytes.
    pub(super) async fn write_listing(
        &self,
        request: RequestId,
        image: ImageKey,
        shown: &Rc<RefCell<Shown>>,
        mut lines: Lines,
        saver: &mut W::Saver,
        cancel: &Cancel,
    ) -> Result<u64, Problem> {
        let limits = &self.limits;
        let stored_bytes = shown.borrow().image.stored_bytes().unwrap_or(u64::MAX);
        let in_proportion = stored_bytes.saturating_mul(limits.output.output_expansion);
        let most_bytes = in_proportion.max(limits.output.output_floor_bytes);
        let mut written_bytes = 0_u64;
        loop {
            let piece = lines.next(&shown.borrow())?;
            if piece.is_empty() {
                return Ok(written_bytes);
            }
            written_bytes = written_bytes.saturating_add(piece.len() as u64);
            if written_bytes > most_bytes {
                let detail = Message::listing_too_large(
                    most_bytes,
                    Bound::OutputExpansion.name().to_string(),
                );
                return Err(Problem::new(ProblemCode::TooLarge, Message::none(), detail));
            }
            saver.push(piece.as_bytes());
            self.world.tell(Event::Saving {
                image,
                request,
                written_bytes,
                total_bytes: written_bytes,
            });
            self.world.breathe().await;
            if cancel.check().is_break() {
                return Err(Problem::new(
                    ProblemCode::Cancelled,
                    Message::none(),
                    Message::cancelled(),
                ));
            }
        }
    }
}

/// The approximate size in bytes of each piece of a listing.
const LISTING_BYTES: usize = 256 * 1024;

/// The lines of a listing that are still to be written.
pub(super) struct Lines {
    rest: Option<PausedListing>,
    view: Option<View>,
    detail: Detail,
    /// The version of the union that the lines belong to; another union has other paths.
    n_built: u32,
    n_layers: usize,
}

impl Lines {
    pub(super) fn new(shown: &Shown, view: crate::protocol::TreeView, full: bool) -> Lines {
        let union = shown.image.union();
        let view = tree::overlay_view(view, union.n_layers());
        Lines {
            rest: view.map(|view| union.listing(view).pause()),
            view,
            detail: if full { Detail::Full } else { Detail::Plain },
            n_built: shown.image.n_built(),
            n_layers: union.n_layers(),
        }
    }

    /// Returns the next piece, or an empty text at the end.
    fn next(&mut self, shown: &Shown) -> Result<String, Problem> {
        let union = shown.image.union();
        let (Some(rest), Some(view)) = (self.rest.take(), self.view) else {
            return Ok(String::new());
        };
        if (self.n_built, self.n_layers) != (shown.image.n_built(), union.n_layers()) {
            let detail = Message::listing_changed();
            return Err(Problem::new(ProblemCode::Closed, Message::none(), detail));
        }
        let mut listing = rest.resume(union);
        let mut piece = String::new();
        while piece.len() < LISTING_BYTES
            && let Some(row) = listing.next()
        {
            piece.push_str(&listing_line(union, view, &row, self.detail));
            piece.push('\n');
        }
        self.rest = Some(listing.pause());
        Ok(piece)
    }
}
