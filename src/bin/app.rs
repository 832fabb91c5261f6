//! Starts the page.

use lamina::ui::{Drawn, Language, LanguageWords, PageParts, PieceOrder};

lamina::part! { fn details<'a>(order: PieceOrder<'a>) -> Drawn { order.details() } }
lamina::part! { fn contents<'a>(order: PieceOrder<'a>) -> Drawn { order.contents() } }
lamina::part! { fn make<'a>(order: PieceOrder<'a>) -> Drawn { order.make() } }
lamina::part! { fn lists<'a>(order: PieceOrder<'a>) -> Drawn { order.lists() } }

/// Makes a part of each language except the first, which is in the page itself.
macro_rules! words {
    (
        $main:ident $english:ident $tag:literal $name:literal $label:literal,
        $($folder:ident $variant:ident $tags:literal $names:literal $labels:literal,)*
    ) => {
        $(lamina::part! { fn $folder<'a>(_nothing: ()) -> LanguageWords { LanguageWords::$folder() } })*

        const WORDS: &[(Language, fn(()) -> LanguageWords)] = &[$((Language::$variant, $folder)),*];
    };
}

lamina::languages!(words);

fn main() {
    console_error_panic_hook::set_once();
    lamina::ui::start(PageParts {
        details,
        contents,
        make,
        lists,
        words: WORDS,
    });
}
