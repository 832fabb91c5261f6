//! The texts about the container layer: starting it, writing in it, its changes, and the image that it becomes.

use super::said;
use crate::protocol::{Code, Problem};

messages! {
    /// The messages about the container layer.
    Container {
        /// Returns the text of a message of the core.
        said: fn(Code) -> &'static str,
        /// Returns what the text editor says by itself, in English and in this language.
        editor_phrases: &'static [(&'static str, &'static str)],
    }
    title start start_why busy undo redo undo_what(1) redo_what(1) throw_away throw_away_ask(1) throw_away_yes
    keep commit show_diff only_here lost(1) no_changes n_more_changes(1) list_label content_size(1) not_done(1)
    dismiss step_file(1) step_dir(1) step_symlink(1) step_delete(1) step_rename(1) step_mode(1) step_owner(1)
    step_several(1) tools new_file new_dir new_link upload_files upload_folder edit rename delete attributes
    keys drop_hint form_new_file form_new_dir form_new_link form_rename form_attributes in_dir(1) root
    field_name field_name_hint field_target field_mode field_owner apply cancel no_name whiteout dots no_target
    bad_mode bad_owner editor(1) editor_save editor_leave editor_saved editor_changed editor_saving editor_keys
    editor_loading leave_ask leave_discard leave_stay tab_diff tab_commit diff_none diff_title diff_why
    diff_text diff_binary diff_large diff_loading diff_gap(1) diff_empty line_added line_deleted before_after(1)
    commit_title commit_why_changes(2) commit_why_config(1) commit_why_none message author names names_hint
    compression gzip plain configuration configuration_why field_changed list_hint command_hint health_hint
    do_commit committing committed(1) squash squash_why squash_from squash_keeps(2) squash_plan(2)
    squash_saves(1) squash_saves_none do_squash squash_few squash_no_container waiting registry_name
    registry_name_note own_names tag_add tag_remove(1) tag_label tag_add_label tag_moves
}

/// Returns the reason that something was not done, in one line.
pub fn why(text: &Container, problem: &Problem) -> String {
    said(text.said, &problem.detail)
}
