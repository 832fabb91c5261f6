//! Starts the page's worker, which serves its requests.

use lamina::layer::RareDecoder;
use lamina::worker::{Done, Parts, RareOrder, Work, rare_decoder};

lamina::part! { fn push<'a>(work: Work<'a>) -> Done<'a> { work.push() } }
lamina::part! { fn make<'a>(work: Work<'a>) -> Done<'a> { work.make() } }
lamina::part! { fn analyses<'a>(work: Work<'a>) -> Done<'a> { work.analyses() } }
lamina::part! { fn codecs<'a>(order: RareOrder) -> RareDecoder { rare_decoder(order) } }

fn main() {
    console_error_panic_hook::set_once();
    lamina::worker::start(Parts {
        push,
        make,
        analyses,
        codecs,
    });
}
