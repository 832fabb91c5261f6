//! Starts the page's worker, which serves its requests.

use lamina::worker::{Done, Parts, Work};

lamina::part! { fn push<'a>(work: Work<'a>) -> Done<'a> { work.push() } }
lamina::part! { fn make<'a>(work: Work<'a>) -> Done<'a> { work.make() } }
lamina::part! { fn space<'a>(work: Work<'a>) -> Done<'a> { work.space() } }

fn main() {
    console_error_panic_hook::set_once();
    lamina::worker::start(Parts { push, make, space });
}
