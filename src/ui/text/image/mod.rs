//! The texts of the image's page: header, layers, configuration, history, tree and panel.
//!
//! [`fill`] fills in `{0}`, `{1}` in a message. Both languages use the same places.

mod en;
mod facts;
mod notices;
mod zh;

pub use en::ENGLISH;
pub use facts::config_fact;
pub use zh::CHINESE;

use super::{format, visible::visible_text};
use crate::protocol::{Bound, LeftOutWhy, Notice, Warning};

messages! {
    /// The messages of the image's page.
    Image(
        /// Words a notice; `None` in the language in which the core's own sentence is shown.
        own: Option<fn(&Notice) -> String>
    ):
    layers tabs_label tab_files tab_configuration tab_history tab_tags loading again copy copy_what
    copied copy_refused dismiss about_image reference names file image_id manifest_digest index_digest created
    author message entries platform size_both size_stored size_decoded size_unknown all_verified
    all_known some_known layers_read some_unclaimed trouble_digest trouble_size trouble_diff_id
    trouble_checksum trouble_image damage_title trouble_damaged trouble_failed trouble_and_more stop read_on read_again
    verify_now n_warnings warnings more_warnings warning_line reading_failed saving_failed age_now
    age_ahead age_minute age_minutes age_hour age_hours age_day age_days age_month age_months
    age_year age_years export saving export_listing export_listing_note export_full export_full_note
    export_report export_report_note export_config export_config_note export_manifest
    export_manifest_note save_image save_image_note save_as save_names save save_close save_docker save_docker_note
    save_oci save_oci_note save_all_platforms save_all_platforms_note save_rootfs save_rootfs_note save_layer
    save_layer_note save_progress save_directory no_layers no_command empty_step raw_and_comment pick_layer layer_details
    n_entries change_counts phase_waiting phase_reading phase_downloading phase_extracting
    phase_verifying phase_verified phase_known phase_known_why phase_exists_why phase_unclaimed phase_unclaimed_why
    phase_refuted phase_damaged phase_failed refuted_why damaged_why failed_why refuted_expected
    refuted_actual read_layer_again verify_again check_digest check_size check_diff_id
    check_checksum check_ok check_mismatch check_known check_absent checks digest diff_id chain_id
    decoded_size compression uncompressed media_type command view_label view_union view_upto
    view_layer layers_applied rows_left filter_label filter_placeholder filter_clear filter_changes
    filter_change filter_kinds kinds_all kinds_files kinds_dirs kinds_symlinks kinds_chars kinds_blocks
    kinds_fifos collapse_all find_label find_placeholder find_hits finding find_none find_none_read
    find_deleted find_overwritten find_more
    tree_label column_name column_size column_mode column_owner column_time column_layer
    change_added change_changed change_deleted empty_filter empty_layer empty_not_ready
    empty_layer_not_ready empty_union tree_failed panel_label panel_close panel_width path
    path_unknown path_awaited kind kind_gone kind_file kind_dir kind_symlink kind_hardlink kind_char
    kind_block kind_fifo n_bytes device implied from_layer totals layer_untrusted version_untrusted totals_none totals_line link_target
    link_broken other_names xattrs story view view_version cause_implied cause_whiteout
    cause_parent_hidden cause_parent_replaced cause_linked other_time content_identical content
    content_as mode_text mode_hex mode_picture wrap download content_empty
    content_loading content_incomplete content_shown content_more content_too_long picture_broken
    no_content_dir no_content_symlink no_content_hardlink no_content_device no_content_fifo
    no_content_file no_content_deleted no_content_deleted_older no_content_not_in_view
    no_content_not_in_view_older no_history raw_commands no_layer author_and_message no_config
    config_unreadable running entrypoint cmd user working_dir stop_signal shell env env_name ports
    volumes labels label_name on_build healthcheck os architecture docker_version raw_json value
    no_names annotations no_annotations annotation place place_index place_descriptor place_manifest
    place_layer
    tab_space space_waiting space_computing space_gap_waiting space_gap_failed space_gap_incomplete
    space_no_tree space_stored space_stored_why space_live space_live_why space_dead
    space_dead_why space_score space_score_why space_wasted space_wasted_why space_layers
    space_layers_why space_layer_bar space_dead_list space_dead_list_why space_dead_none space_path space_stored_by
    space_container space_hidden_by space_how space_files space_more space_go space_go_now space_repeated
    space_repeated_why space_repeated_none space_copies how_whiteout how_opaque how_replaced
    how_directory_replaced how_overwritten how_same_content how_metadata_only how_left_out
    artifact document_json art_build_cache art_signature art_attestation art_sbom art_empty_index art_index
    art_unknown art_of blobs blob said_refuted said_failed said_rows said_found said_found_more
    said_not_in_view said_saved said_pushed said_not_pushed
    phase_incomplete incomplete_why incomplete_path incomplete_more trouble_incomplete engines_title engines_layer
    engines_more lo_path_bytes lo_path_depth lo_name lo_type lo_root lo_attributes lo_paths lo_links lo_layers lo_raise
    phase_stopped phase_left_out trouble_stopped trouble_left_out stopped_expansion stopped_decoded
    stopped_entries stopped_text stopped_extents stopped_window stopped_extension stopped_other limit
    phase_listed listed_why listed_amount listed_claimed listed_unclaimed read_and_verify
    read_and_verify_layer some_listed version_listed version_known rows_known content_far space_gap_listed
    limit_line cost_time cost_memory read_higher read_layer_higher no_higher
}

/// Fills in the places of a message: `{0}` with the first value, and so on. `{0:1 layer|# layers}` takes the first
/// form for the value 1, and otherwise the second, with the value in place of `#`.
pub fn fill(message: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(message.len() + 16);
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}').and_then(|(place, tail)| {
            let (number, forms) = place.split_once(':').unwrap_or((place, "#|#"));
            let value = *values.get(number.parse::<usize>().ok()?)?;
            let (one, several) = forms.split_once('|')?;
            Some((if value == "1" { one } else { several }, value, tail))
        });
        match place {
            Some((form, value, tail)) => {
                let (start, end) = form.split_once('#').unwrap_or((form, ""));
                let value = if start.len() < form.len() { value } else { "" };
                filled.extend([start, value, end]);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Formats a number of entries.
pub fn entries(text: &Image, n: u64) -> String {
    fill(text.n_entries, &[&format::count(n)])
}

/// Formats a warning as one line.
pub fn warning(text: &Image, row: &Warning) -> String {
    let message = match text.own {
        Some(own) => own(&row.notice),
        None => visible_text(&row.message()),
    };
    if row.subject.is_empty() {
        message
    } else {
        fill(text.warning_line, &[&visible_text(&row.subject), &message])
    }
}

/// Returns the reason that a path was left out, and the limit that brings it back.
pub fn left_out_why(text: &Image, why: LeftOutWhy) -> String {
    let (words, bound) = match why {
        LeftOutWhy::PathBytes => (text.lo_path_bytes, Some(Bound::PathBytes)),
        LeftOutWhy::PathDepth => (text.lo_path_depth, Some(Bound::PathDepth)),
        LeftOutWhy::Name => (text.lo_name, None),
        LeftOutWhy::Type => (text.lo_type, None),
        LeftOutWhy::Root => (text.lo_root, None),
        LeftOutWhy::Attributes => (text.lo_attributes, Some(Bound::XattrBytes)),
        LeftOutWhy::Paths => (text.lo_paths, Some(Bound::Paths)),
        LeftOutWhy::Links => (text.lo_links, Some(Bound::FollowedLinkBytes)),
        LeftOutWhy::Layers => (text.lo_layers, Some(Bound::Layers)),
    };
    match bound {
        Some(bound) => format!("{words}{}", fill(text.lo_raise, &[bound.name()])),
        None => words.to_owned(),
    }
}

/// Returns the places of a message, in order.
#[cfg(test)]
pub(super) fn places(message: &str) -> Vec<&str> {
    let parts = message.split('{').skip(1);
    let mut places: Vec<&str> = parts
        .filter_map(|part| part.split_once('}').map(|(place, _)| place))
        .map(|place| place.split_once(':').map_or(place, |(number, _)| number))
        .collect();
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::FieldType;

    #[test]
    fn both_languages_fill_the_same_places() {
        for ((name, english), (_, chinese)) in ENGLISH.all().iter().zip(CHINESE.all()) {
            assert!(!english.is_empty() && !chinese.is_empty(), "{name}");
            assert_eq!(places(english), places(chinese), "{name}");
        }
    }

    #[test]
    fn warnings_are_worded_in_the_readers_language() {
        let check = |notice, subject: &str, english: &str, chinese: &str| {
            let row = Warning::new(notice, subject.as_bytes());
            assert_eq!(warning(&ENGLISH, &row), english);
            assert_eq!(warning(&CHINESE, &row), chinese);
        };
        check(
            Notice::TrailingGarbage { at: 12 },
            "etc/hosts",
            "etc/hosts: after the compressed data, from stored byte 12, come bytes that are ignored",
            "etc/hosts：压缩数据之后，从第 12 个存储字节起还有内容，已忽略",
        );
        // The figures are in another order in each language.
        check(
            Notice::TooManyNames {
                n_names: 30,
                n_shown: 12,
            },
            "",
            "an image has 30 names, of which 12 are shown: the others are too many or too long",
            "镜像显示其 30 个名称中的 12 个；其余过多或过长",
        );
        // A registry's own words, with a character that hides what follows.
        let text = "gone\u{202e}".to_owned();
        let shown = visible_text(&text);
        check(Notice::RegistryWarning { text }, "", &shown, &shown);
        check(
            Notice::WrongType {
                expected: FieldType::Texts,
            },
            "config.Env",
            "config.Env: the field is not a list of texts and was left out",
            "config.Env：该字段不是文本列表，已略去",
        );
    }

    #[test]
    fn one_is_no_plural() {
        let said = |message, n| fill(message, &[n]);
        assert_eq!(said(ENGLISH.all_verified, "1"), "1 layer verified");
        assert_eq!(
            said(ENGLISH.all_verified, "1,000"),
            "All 1,000 layers verified"
        );
        assert_eq!(said(CHINESE.all_verified, "1"), "全部 1 层已校验");
        assert_eq!(
            fill("{1:# file|# files} of {0}", &["3", "1"]),
            "1 file of 3"
        );
        // A message for people must have a singular form for each number in it.
        let nouns = "layers entries rows bytes files directories others names lines paths warnings"
            .split(' ');
        for noun in nouns {
            let plural = format!("}} {noun}");
            let image = ENGLISH.all();
            let container = super::super::container::ENGLISH.all();
            for (name, message) in image.iter().chain(&container) {
                assert!(!message.contains(&plural), "{name}: {message}");
            }
        }
    }

    #[test]
    fn a_value_is_never_read_as_a_place() {
        assert_eq!(fill("{1} of {0}", &["{1}", "a"]), "a of {1}");
        assert_eq!(fill("{0} {0:#|#s}", &["#"]), "# #s");
        assert_eq!(fill("{2} {x} {", &["a"]), "{2} {x} {");
    }
}
