//! The texts about the container layer: starting it, writing in it, its changes, and the image that it becomes.

mod en;
mod refusals;
mod zh;

pub use en::ENGLISH;
pub use refusals::why;
pub use zh::CHINESE;

use crate::protocol::Refusal;

messages! {
    /// The messages, which are filled in like those of the image's page.
    Container(
        /// Explains a refusal; `None` in the language in which the core's own words are shown.
        own: Option<fn(&Refusal) -> String>
    ):
    title start start_why busy undo redo undo_what redo_what throw_away throw_away_ask throw_away_yes keep
    commit show_diff only_here lost no_changes n_more_changes list_label content_size not_done dismiss
    step_file step_dir step_symlink step_delete step_rename step_mode step_owner step_several
    tools new_file new_dir new_link upload_files upload_folder edit rename delete attributes keys
    drop_hint form_new_file form_new_dir form_new_link form_rename form_attributes in_dir root field_name
    field_name_hint field_target field_mode field_owner apply cancel no_name whiteout dots no_target bad_mode bad_owner
    editor editor_save editor_leave editor_saved editor_changed editor_saving editor_keys editor_loading
    leave_ask leave_discard leave_stay tab_diff tab_commit diff_none diff_title diff_why diff_text diff_binary diff_large
    diff_loading diff_gap diff_empty line_added line_deleted before_after commit_title commit_why_changes commit_why_config
    commit_why_none message author names names_hint compression gzip plain configuration configuration_why
    field_changed list_hint command_hint health_hint do_commit committing committed squash squash_why squash_from squash_keeps squash_plan
    squash_saves squash_saves_none do_squash squash_few squash_no_container waiting tag_add tag_remove tag_label tag_add_label tag_moves registry_name registry_name_note own_names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::image::places;

    #[test]
    fn both_languages_fill_the_same_places() {
        for ((name, english), (_, chinese)) in ENGLISH.all().iter().zip(CHINESE.all()) {
            assert!(!english.is_empty() && !chinese.is_empty(), "{name}");
            assert_eq!(places(english), places(chinese), "{name}");
        }
    }
}
