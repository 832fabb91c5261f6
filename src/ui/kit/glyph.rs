//! Small line drawings for the image's page: kinds of files, states of layers, actions.
//!
//! They are decoration: their meaning is also in the words next to them, or in the name of their button.

use yew::prelude::*;

use crate::protocol::EntryKind;

/// A drawing of the image's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) enum Glyph {
    File,
    Folder,
    FolderOpen,
    Link,
    Device,
    Pipe,
    Copy,
    Check,
    Cross,
    Alert,
    Known,
    Clock,
    Twisty,
    Download,
    Upload,
    FileUp,
    FolderUp,
    Again,
    Search,
    Filter,
    Collapse,
    Jump,
    Menu,
    Undo,
    Redo,
    Pen,
    Trash,
    Shield,
    Move,
    Theme,
}

impl Glyph {
    /// Returns the drawing for a kind of file.
    pub(crate) fn of_kind(kind: EntryKind, is_open: bool) -> Glyph {
        match kind {
            EntryKind::Dir if is_open => Glyph::FolderOpen,
            EntryKind::Dir => Glyph::Folder,
            EntryKind::Symlink | EntryKind::Hardlink => Glyph::Link,
            EntryKind::Char | EntryKind::Block => Glyph::Device,
            EntryKind::Fifo => Glyph::Pipe,
            EntryKind::File => Glyph::File,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Glyph::File => "M4 1.8h5l3 3v9.4H4zM9 1.8v3h3",
            Glyph::Folder => "M1.8 3.5h4.4l1.5 1.7h6.5v7.6H1.8z",
            Glyph::FolderOpen => "M1.8 12.8V3.5h4.4l1.5 1.7h5v2M1.8 12.8l2-5.6h10.9l-2 5.6z",
            Glyph::Link => {
                "M6.5 9.5l3-3M7.5 5l1.8-1.8a2.5 2.5 0 0 1 3.5 3.5L11 8.5M8.5 11l-1.8 1.8a2.5 2.5 0 0 1-3.5-3.5L5 7.5"
            }
            Glyph::Device => {
                "M4 4h8v8H4zM6 1.8V4M10 1.8V4M6 12v2.2M10 12v2.2M1.8 6H4M1.8 10H4M12 6h2.2M12 10h2.2"
            }
            Glyph::Pipe => "M1.8 6h3v4h-3zM11.2 6h3v4h-3zM4.8 7h6.4M4.8 9h6.4",
            Glyph::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Glyph::Check => "M2.8 8.6l3.4 3.4 7-8",
            Glyph::Cross => "M3.5 3.5l9 9M12.5 3.5l-9 9",
            Glyph::Alert => "M8 2.2l6.4 11.3H1.6zM8 6.5v3.4M8 11.6v.2",
            Glyph::Known => "M2.8 8.6l3.4 3.4 2-2.3M9.4 8.2l3.8-4.2M12.6 10.4v2.4M12.6 14.4v.1",
            Glyph::Clock => "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.6V8l2.4 1.6",
            Glyph::Twisty => "M6 3.8L10.2 8 6 12.2",
            Glyph::Download => "M8 2v8M4.6 7L8 10.4 11.4 7M2.5 13.5h11",
            Glyph::Upload => "M8 10.4V2M4.6 5.4L8 2l3.4 3.4M2.5 13.5h11",
            Glyph::FileUp => "M4 1.8h5l3 3v9.4H4zM9 1.8v3h3M8 12.2V7.6M6.1 9.4L8 7.5l1.9 1.9",
            Glyph::FolderUp => "M1.8 3.5h4.4l1.5 1.7h6.5v7.6H1.8zM8 11.3V7.4M6.2 9.2L8 7.3l1.8 1.9",
            Glyph::Again => "M13 8a5 5 0 1 1-1.6-3.7M13.2 1.9v2.9h-2.9",
            Glyph::Search => "M7 2.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6zM10.6 10.6l3.4 3.4",
            Glyph::Filter => "M2 3h12L9.6 8.4v4.8l-3.2-1.6V8.4z",
            Glyph::Collapse => "M4.5 6.5L8 3l3.5 3.5M4.5 9.5L8 13l3.5-3.5",
            Glyph::Jump => "M3 13V9.5a3 3 0 0 1 3-3h7M10 3.5l3 3-3 3",
            Glyph::Menu => "M4.2 6.2L8 10l3.8-3.8",
            Glyph::Undo => "M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
            Glyph::Redo => "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10",
            Glyph::Pen => "M10.6 2.6l2.8 2.8-8 8-3.4.6.6-3.4zM9 4.2L11.8 7",
            Glyph::Trash => "M2.5 4.5h11M6 4.5V2.5h4v2M4 4.5l.6 9h6.8l.6-9M6.7 7v4M9.3 7v4",
            Glyph::Shield => "M8 1.8l5 1.8v4c0 3.2-2.1 5.5-5 6.6-2.9-1.1-5-3.4-5-6.6v-4z",
            Glyph::Move => "M2.5 8h10M9.5 4.8L12.7 8l-3.2 3.2M2.5 3.5v9",
            Glyph::Theme => {
                "M8 1.8a6.2 6.2 0 1 0 0 12.4zM8 1.8a6.2 6.2 0 0 1 0 12.4M8 5l3-2.2M8 8.5l5.6-3.2M8 12l6-3.6"
            }
        }
    }
}

/// Draws the glyph in the colour of the text around it.
pub(crate) fn glyph(which: Glyph) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={which.path()} />
        </svg>
    }
}
