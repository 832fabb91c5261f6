//! Line drawings for the shell: the logo, and icons for the contents of tabs and lists. The `glyph` module has
//! those of the image's page.

use yew::prelude::*;

/// A drawing of the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) enum Icon {
    Registry,
    Repository,
    Tag,
    Image,
    Archive,
    Container,
    Plus,
    About,
    Drop,
    Up,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Registry => "M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.1M4.5 11h.1",
            Icon::Repository => {
                "M8 1.8l5.6 3.1v6.2L8 14.2l-5.6-3.1V4.9zM2.4 4.9L8 8l5.6-3.1M8 8v6.2"
            }
            Icon::Tag => "M2 2h5.5l6.3 6.3-5.5 5.5L2 7.5zM5 5h.1",
            Icon::Image => "M8 2l6 2.9-6 2.9-6-2.9zM2.4 8L8 10.7 13.6 8M2.4 11L8 13.7 13.6 11",
            Icon::Archive => "M2 2.5h12v3.3H2zM3 5.8v7.7h10V5.8M6.5 8.3h3",
            Icon::Container => "M2 4h12v8.5H2zM5 6.5V10M8 6.5V10M11 6.5V10",
            Icon::Plus => "M8 3v10M3 8h10",
            Icon::About => {
                "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM6.3 6.3A1.75 1.75 0 1 1 8 8.4v.9M8 11.4v.1"
            }
            Icon::Up => "M8 13V3.5M3.8 7.5L8 3.3l4.2 4.2",
            Icon::Drop => "M8 1.8v7.4M4.8 6.2L8 9.4l3.2-3.2M2 9.5v4.2h12V9.5",
        }
    }
}

/// Draws the icon in the colour of the text around it.
pub(crate) fn icon(which: Icon) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={which.path()} />
        </svg>
    }
}

/// Draws Lamina's logo: three plates.
pub(crate) fn mark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path class="mark__low" d="M12 10.6l9.5 4.3-9.5 4.3-9.5-4.3z" />
            <path class="mark__mid" d="M12 7.2l9.5 4.3-9.5 4.3-9.5-4.3z" />
            <path class="mark__top" d="M12 3.8l9.5 4.3-9.5 4.3-9.5-4.3z" />
        </svg>
    }
}
