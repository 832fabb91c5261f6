//! Work of the engine in parts of the program that are fetched on first use.

use crate::message::Message;
use std::cell::Cell;
use std::rc::Rc;

use crate::engine::{self, Part, Serving};
use crate::layer::{Compression, RareDecoder, make_rare_by};
use crate::protocol::{Problem, ProblemCode};
use crate::web::part;
use crate::web::task::spawn;

use super::pool::CODECS;
use super::world::BrowserWorld;

/// Entry points of the engine's parts. A part must be fetched before its function is called.
#[derive(Clone, Copy)]
pub struct EngineParts {
    /// Pushing.
    pub push: EnginePartFn,
    /// Container layers, and making images and archives.
    pub make: EnginePartFn,
    /// Analyses of an image.
    pub analyses: EnginePartFn,
    /// Analyses that read many files.
    pub contents: EnginePartFn,
    /// Decoders of rare compressions, bzip2 and xz.
    pub codecs: fn(RareOrder) -> RareDecoder,
}

/// A compression, and the largest window in bytes that its decoder may have.
pub type RareOrder = (Compression, u64);

/// Makes a decoder, in the part for decoders.
pub fn rare_decoder((compression, window_bytes): RareOrder) -> RareDecoder {
    RareDecoder::new(compression, window_bytes)
}

/// Returns the part that decodes data with this beginning, if it is not here yet.
pub(super) fn wanted_by(bytes: &[u8]) -> Option<&'static str> {
    let is_rare = bytes.starts_with(b"BZh") || bytes.starts_with(b"\xfd7zXZ\0");
    (is_rare && !part::is_here(CODECS)).then_some(CODECS)
}

thread_local! {
    static PARTS: Cell<Option<EngineParts>> = const { Cell::new(None) };
}

/// Sets the first functions of the parts. Called before anything else.
pub(super) fn begin(parts: EngineParts) {
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

/// Begins the work in a part.
pub type EnginePartFn = for<'a> fn(PartWork<'a>) -> PartDone<'a>;

/// Work for a part.
pub struct PartWork<'a>(engine::Work<'a, Rc<BrowserWorld>>);

/// The result, once it is ready.
pub struct PartDone<'a>(Serving<'a, Rc<BrowserWorld>>);

impl<'a> PartWork<'a> {
    /// Does the work in the part for pushing.
    pub fn push(self) -> PartDone<'a> {
        PartDone(self.0.push())
    }

    /// Does the work in the part for making images.
    pub fn make(self) -> PartDone<'a> {
        PartDone(self.0.make())
    }

    /// Does the work in the part for analyses.
    pub fn analyses(self) -> PartDone<'a> {
        PartDone(self.0.analyses())
    }

    /// Does the work in the part for analyses that read many files.
    pub fn contents(self) -> PartDone<'a> {
        PartDone(self.0.contents())
    }
}

/// Fetches the parts that are likely to be needed next.
pub(super) async fn fetch_ahead() {
    let parts = [Part::Analyses, Part::Contents, Part::Make, Part::Push];
    let [analyses, contents, make, push] = parts.map(Part::name);
    part::fetch_ahead(&[analyses, contents, make, push, CODECS]).await;
}

/// Fetches a part and begins the work there.
pub(super) fn do_apart<'a>(
    part: Part,
    work: engine::Work<'a, Rc<BrowserWorld>>,
) -> Serving<'a, Rc<BrowserWorld>> {
    Box::pin(async move {
        let name = part.name();
        let fetched = part::fetch(name).await;
        fetched.map_err(|why| {
            Problem::new(
                ProblemCode::PartMissing,
                Message::verbatim(name),
                Message::verbatim(why),
            )
        })?;
        let detail = Message::no_parts();
        let none = || Problem::new(ProblemCode::Internal, Message::verbatim(name), detail);
        let parts = PARTS.get().ok_or_else(none)?;
        let begin = match part {
            Part::Push => parts.push,
            Part::Make => parts.make,
            Part::Analyses => parts.analyses,
            Part::Contents => parts.contents,
        };
        begin(PartWork(work)).0.await
    })
}
