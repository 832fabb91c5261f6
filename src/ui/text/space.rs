//! The texts of the Space tab.

messages! {
    /// The texts of the Space tab.
    Space {}
    waiting(2) computing gap_waiting(1) gap_failed(1) gap_left_out(1) gap_incomplete(1) no_tree stored stored_why live
    live_why dead dead_why score score_why wasted wasted_why(1) container(2) layers layers_why layer_bar
    dead_list dead_list_why dead_none path stored_by hidden_by how files(1) more(2) go(2) go_now(1) repeated
    repeated_why repeated_none copies how_whiteout how_opaque how_replaced how_directory_replaced
    how_overwritten how_same_content how_metadata_only how_left_out gap_listed(1)
}
