//! Work of the engine in parts of the program that are fetched on first use.

use std::cell::Cell;
use std::rc::Rc;

use crate::engine::{self, Part, Serving};
use crate::layer::{Compression, RareDecoder, make_rare_by};
use crate::protocol::{Problem, ProblemCode};
use crate::web::part;
use crate::web::task::spawn;

use super::world::BrowserWorld;

/// Entry points of the engine's parts. A part must be fetched before its function is called.
#[derive(Clone, Copy)]
pub struct Parts {
    /// Pushing.
    pub push: PartFn,
    /// Container layers, and making images and archives.
    pub make: PartFn,
    /// Analyses of an image.
    pub analyses: PartFn,
    /// Decoders of rare compressions, bzip2 and xz.
    pub codecs: fn(RareOrder) -> RareDecoder,
}

/// A compression, and the largest window in bytes that its decoder may have.
pub type RareOrder = (Compression, u64);

/// Makes a decoder, in the part for decoders.
pub fn rare_decoder((compression, window_bytes): RareOrder) -> RareDecoder {
    RareDecoder::new(compression, window_bytes)
}

/// The part for decoders.
pub(super) const CODECS: &str = "codecs";

/// Returns the part that decodes data with this beginning, if it is not here yet.
pub(super) fn wanted_by(bytes: &[u8]) -> Option<&'static str> {
    let is_rare = bytes.starts_with(b"BZh") || bytes.starts_with(b"\xfd7zXZ\0");
    (is_rare && !part::is_here(CODECS)).then_some(CODECS)
}

thread_local! {
    static PARTS: Cell<Option<Parts>> = const { Cell::new(None) };
}

/// Sets the first functions of the parts. Called before anything else.
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

/// Begins the work in a part.
pub type PartFn = for<'a> fn(Work<'a>) -> Done<'a>;

/// Work for a part.
pub struct Work<'a>(engine::Work<'a, Rc<BrowserWorld>>);

/// The result, once it is ready.
pub struct Done<'a>(Serving<'a, Rc<BrowserWorld>>);

impl<'a> Work<'a> {
    /// Does the work in the part for pushing.
    pub fn push(self) -> Done<'a> {
        Done(self.0.push())
    }

    /// Does the work in the part for making images.
    pub fn make(self) -> Done<'a> {
        Done(self.0.make())
    }

    /// Does the work in the part for analyses.
    pub fn analyses(self) -> Done<'a> {
        Done(self.0.analyses())
    }
}

/// Fetches the parts that are likely to be needed next.
pub(super) async fn fetch_ahead() {
    let [analyses, make, push] = [Part::Analyses, Part::Make, Part::Push].map(Part::name);
    part::fetch_ahead(&[analyses, make, push, CODECS]).await;
}

/// Fetches a part and begins the work there.
pub(super) fn do_apart<'a>(
    part: Part,
    work: engine::Work<'a, Rc<BrowserWorld>>,
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
            Part::Analyses => parts.analyses,
        };
        begin(Work(work)).0.await
    })
}
