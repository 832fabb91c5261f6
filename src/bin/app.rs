//! Starts the page.

use lamina::ui::{Drawn, Order, Parts, Words};

lamina::part! { fn details<'a>(order: Order<'a>) -> Drawn { order.details() } }
lamina::part! { fn make<'a>(order: Order<'a>) -> Drawn { order.make() } }
lamina::part! { fn lists<'a>(order: Order<'a>) -> Drawn { order.lists() } }
lamina::part! { fn chinese<'a>(_nothing: ()) -> Words { Words::chinese() } }

fn main() {
    console_error_panic_hook::set_once();
    lamina::ui::start(Parts {
        details,
        make,
        lists,
        chinese,
    });
}
