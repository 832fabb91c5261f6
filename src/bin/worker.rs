//! Starts the page's worker, which serves its requests.

use lamina::layer::RareDecoder;
use lamina::worker::{EngineParts, PartDone, PartWork, RareOrder, rare_decoder};

lamina::part! { fn push<'a>(work: PartWork<'a>) -> PartDone<'a> { work.push() } }
lamina::part! { fn make<'a>(work: PartWork<'a>) -> PartDone<'a> { work.make() } }
lamina::part! { fn analyses<'a>(work: PartWork<'a>) -> PartDone<'a> { work.analyses() } }
lamina::part! { fn contents<'a>(work: PartWork<'a>) -> PartDone<'a> { work.contents() } }
lamina::part! { fn codecs<'a>(order: RareOrder) -> RareDecoder { rare_decoder(order) } }

fn main() {
    console_error_panic_hook::set_once();
    lamina::worker::start(EngineParts {
        push,
        make,
        analyses,
        contents,
        codecs,
    });
}
