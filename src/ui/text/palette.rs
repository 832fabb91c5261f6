//! The texts of the box that goes everywhere.

messages! {
    /// The texts of the box that goes everywhere.
    PaletteWords {}
    label hint hint_no_image list layer(1) tab(1) tag(1) repository(1) open(1) save push commit all_layers undo redo
    copy_twin copy_address close_tab theme(1) language(1) show_keys
    none none_read none_here found(1)
}
