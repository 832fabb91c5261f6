//! The warm-up: while nothing is requested, the engine opens an image that nobody sees, so that the browser has
//! compiled and optimised the code for the first real image.
//!
//! `engine` defines the requests. The page receives the answers and draws them itself.

use std::rc::Rc;

use crate::bounds::Limits;
use crate::engine::{PickedInput, PracticeImage, Session, World};
use crate::protocol::{Answer, Event};
use crate::web::blob::BlobWriter;
use crate::web::file::BlobBytes;

use super::parts::do_apart;
use super::world::BrowserWorld;

/// Number of files in the image: enough for the browser to optimise the code for each file.
const FILES: u32 = 4_000;

/// Opens the image twice as long as `may_go_on`: first as a new image, then as a stored one.
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
