//! The engine's work that lies in parts of the program: fetches each when it is first wanted.

use std::cell::Cell;
use std::rc::Rc;

use crate::layer::{Compression, RareDecoder, make_rare_by};
use crate::protocol::serve::{self, Part, Serving};
use crate::protocol::{Problem, ProblemCode};
use crate::web::part;
use crate::web::task::{pause, spawn};

use super::world::BrowserWorld;

/// Where each part of the engine begins. A function must not be called before its part was fetched.
#[derive(Clone, Copy)]
pub struct Parts {
    /// Pushing.
    pub push: PartFn,
    /// Container layers, and the images and archives that are made.
    pub make: PartFn,
    /// What an image's bytes are good for.
    pub space: PartFn,
    /// Decoders of what is seldom met.
    pub codecs: fn(RareOrder) -> RareDecoder,
}

/// What a decoder is to decode, and the largest window that it may have.
pub type RareOrder = (Compression, u64);

/// Makes a decoder, in the part for decoders.
pub fn rare_decoder((compression, window_bytes): RareOrder) -> RareDecoder {
    RareDecoder::new(compression, window_bytes)
}

/// The part for decoders.
pub(super) const CODECS: &str = "codecs";

/// The part that is wanted by what begins with these bytes.
pub(super) fn wanted_by(bytes: &[u8]) -> Option<&'static str> {
    let is_rare = bytes.starts_with(b"BZh") || bytes.starts_with(b"\xfd7zXZ\0");
    (is_rare && !part::is_here(CODECS)).then_some(CODECS)
}

thread_local! {
    static PARTS: Cell<Option<Parts>> = const { Cell::new(None) };
}

/// Says where the parts begin; before anything else.
pub(super) fn begin(parts: Parts) {
    PARTS.set(Some(parts));
    part::wanted_by(wanted_by);
    make_rare_by(|compression, window_bytes| {
        if !part::is_here(CODECS) {
            // It is there when whoever is told tries again.
            spawn("fetch decoders", async {
                part::fetch(CODECS).await.ok();
            });
            return None;
        }
        PARTS
            .get()
            .map(|parts| (parts.codecs)((compression, window_bytes)))
    });
}

/// Begins work that lies in a part.
pub type PartFn = for<'a> fn(Work<'a>) -> Done<'a>;

/// Work that lies in a part.
pub struct Work<'a>(serve::Work<'a, Rc<BrowserWorld>>);

/// What comes of it, in time.
pub struct Done<'a>(Serving<'a, Rc<BrowserWorld>>);

impl<'a> Work<'a> {
    /// Does it, in the part for pushing.
    pub fn push(self) -> Done<'a> {
        Done(self.0.push())
    }

    /// Does it, in the part for what is made.
    pub fn make(self) -> Done<'a> {
        Done(self.0.make())
    }

    /// Does it, in the part for what bytes are good for.
    pub fn space(self) -> Done<'a> {
        Done(self.0.space())
    }
}

/// How long after the layers of a first image are read further parts are fetched, in milliseconds.
const AHEAD_MILLIS: u32 = 2_000;

/// Fetches the parts that may be wanted next. What does not come now is asked for again when it is wanted.
pub(super) async fn fetch_ahead() {
    pause(AHEAD_MILLIS).await;
    let parts = [Part::Space, Part::Make, Part::Push].map(Part::name);
    for name in parts.into_iter().chain([CODECS]) {
        part::fetch(name).await.ok();
    }
}

/// Fetches a part and begins work there.
pub(super) fn do_apart<'a>(
    part: Part,
    work: serve::Work<'a, Rc<BrowserWorld>>,
) -> Serving<'a, Rc<BrowserWorld>> {
    Box::pin(async move {
        let name = part.name();
        let fetched = part::fetch(name).await;
        fetched.map_err(|why| Problem::new(ProblemCode::PartMissing, name, why))?;
        let detail = "the program has no parts";
        let none = || Problem::new(ProblemCode::Internal, name, detail);
        let parts = PARTS.get().ok_or_else(none)?;
        let begin = match part {
            Part::Push => parts.push,
            Part::Make => parts.make,
            Part::Space => parts.space,
        };
        begin(Work(work)).0.await
    })
}
