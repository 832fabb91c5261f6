//! What the engine does while nobody wants anything: it opens an image that nobody sees, so that the browser has
//! compiled and optimised what the first one will need.
//!
//! Which requests that takes is `protocol::serve`'s to say; the page is told the answers and draws them by itself.

use std::rc::Rc;

use crate::layer::Limits;
use crate::protocol::serve::{PickedInput, PracticeImage, Session, World};
use crate::protocol::{Answer, Event};
use crate::web::blob::BlobWriter;
use crate::web::file::BlobBytes;

use super::parts::do_apart;
use super::world::BrowserWorld;

/// Files of the image: enough that what each of them goes through is optimised.
const FILES: u32 = 4_000;

/// Opens it as long as `may_go_on`: once as something new, once as something that is kept already.
pub(super) async fn rehearse(world: &BrowserWorld, may_go_on: impl Fn() -> bool) {
    let mut image = PracticeImage::of(FILES);
    while may_go_on() {
        match image.go_on() {
            Ok(true) => world.breathe().await,
            Ok(false) => break,
            Err(_) => return,
        }
    }
    let Ok(archive) = image.finish() else {
        return;
    };
    if !may_go_on() {
        return;
    }
    let mut writer = BlobWriter::default();
    writer.push(&archive);
    drop(archive);
    let Some(file) = writer.finish("application/x-tar") else {
        return;
    };
    let unseen = Rc::new(world.unseen());
    let mut answers = Vec::new();
    for _ in 0..2 {
        let file = PickedInput {
            bytes: Rc::new(BlobBytes::new(file.clone())),
        };
        let session = Session::apart(Rc::clone(&unseen), Limits::DEFAULT, do_apart);
        answers = session.rehearse(file, &may_go_on).await;
    }
    let shown = |answer: &Answer| matches!(answer, Answer::Image(_) | Answer::Tree(_));
    answers.retain(shown);
    if may_go_on() {
        world.tell(Event::Rehearsed { answers });
    }
}
