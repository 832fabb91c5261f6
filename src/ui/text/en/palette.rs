//! The box that goes everywhere, in English.

use crate::ui::text::palette::PaletteWords;
use crate::ui::text::words::words;

/// The messages in English.
pub(in crate::ui::text) static PALETTE: PaletteWords = PaletteWords {
    label: "Go to",
    hint: "A file, a layer, a part, a tab; > for commands",
    hint_no_image: "A tab, a tag, an address; > for commands",
    list: "Places and commands",
    layer: words("Layer {0}"),
    tab: words("Tab {0}"),
    tag: words("Tag {0}"),
    repository: words("Repository {0}"),
    open: words("Open {0}"),
    save: "Save the image …",
    push: "Push to a registry …",
    commit: "Make a new image …",
    all_layers: "Show the files of all layers",
    undo: "Undo in the container layer",
    redo: "Redo in the container layer",
    copy_twin: "Copy as a command",
    copy_address: "Copy the address",
    close_tab: "Close this tab",
    theme: words("Theme: {0}"),
    language: words("Language: {0}"),
    show_keys: "Show keys",
    none: "Not in any layer, nor among deleted and overwritten files; no part, layer, tab or command is called so",
    none_read: "Not in the layers read so far, nor among deleted and overwritten files there",
    none_here: "No tab, tag or command is called so; files are searched in an open image",
    found: words("{0:1 entry|# entries}"),
};
