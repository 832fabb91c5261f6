//! The texts of the image's page: header, layers, configuration, history, tree and panel.

use super::{format, visible::visible_text};
use crate::protocol::{Bound, Code, ConfigFact, LeftOutWhy, Notice, Warning};

pub use super::words::fill;

messages! {
    /// The messages of the image's page.
    Image {
        /// Returns the text of a message of the core.
        said: fn(Code) -> &'static str,
        /// Returns the sentence for a notice, as text that can be shown.
        notice: fn(&Notice) -> String,
        /// Returns the name of a configuration's field.
        config_fact: fn(ConfigFact) -> &'static str,
    }
    layers tabs_label tab_overview tab_raw tab_space tab_system twin twin_file tab_files tab_configuration tab_history tab_packages tab_findings tab_tags loading again copy copy_what(1) copied
    copy_refused dismiss about_image reference names file image_id manifest_digest index_digest created author
    message entries platform size_download(1) size_visible(1) size_dead(1) size_plain(1)
    all_verified(1)
    all_known(1) some_known(3) layers_read(2) some_unclaimed(1) trouble_digest(1) trouble_size(1)
    trouble_diff_id(1) trouble_checksum(1) trouble_image damage_title trouble_damaged(1) trouble_failed(1)
    trouble_and_more(2) stop read_on read_again verify_now n_warnings(1) warnings more_warnings(1)
    warning_line(2) reading_failed(1) saving_failed(1) age_now age_ahead age_minutes(1) age_hours(1) age_days(1)
    age_months(1) age_years(1) export saving export_listing export_listing_note export_full export_full_note
    export_report export_report_note export_config export_config_note export_manifest export_manifest_note
    save_image save_image_note save_as save_names save save_close save_docker save_docker_note save_oci
    save_oci_note save_all_platforms save_all_platforms_note save_rootfs save_rootfs_note save_layer(1)
    save_layer_note save_progress(2) save_directory no_layers no_command layer_bytes(2) layer_hides(1)
    pick_layer(2) layer_details(1) n_entries(1) change_counts(3) phase_waiting phase_reading phase_downloading
    phase_extracting phase_verifying phase_verified phase_known phase_known_why phase_exists_why phase_unclaimed
    phase_unclaimed_why phase_refuted phase_damaged phase_failed refuted_why damaged_why failed_why
    refuted_expected(1) refuted_actual read_layer_again(1) verify_again check_digest check_size check_diff_id
    check_checksum check_ok check_mismatch check_known check_absent checks digest diff_id chain_id decoded_size
    compression uncompressed media_type command view_label view_union view_upto(1) view_layer(1) go_layer(1)
    layers_applied(2) rows_left(1) filter_label filter_placeholder filter_clear filter_changes filter_change(1)
    filter_kinds kinds_all kinds_files kinds_dirs kinds_symlinks kinds_chars kinds_blocks kinds_fifos
    collapse_all find_label find_placeholder find_hits finding find_none find_none_read find_deleted(1)
    find_overwritten(1) find_more(1) tree_label column_name column_size column_mode column_owner column_time
    column_layer change_added change_changed change_deleted change_what(2) hides(1) differs_kind differs_content differs_mode differs_owner differs_xattrs differs_time empty_filter empty_layer(1) empty_not_ready
    empty_layer_not_ready(1) empty_union panel_label panel_close panel_width path path_unknown
    path_awaited kind kind_gone kind_file kind_dir kind_symlink kind_hardlink kind_char kind_block kind_fifo
    n_bytes(1) device implied from_layer totals layer_untrusted(1) version_untrusted(1) totals_none
    totals_line(4) link_target link_broken(1) other_names xattrs story view view_version(1) cause_implied
    cause_whiteout cause_parent_hidden cause_parent_replaced cause_linked other_time content_identical content
    content_as mode_text mode_hex mode_picture wrap download content_empty content_loading content_incomplete
    content_shown(2) content_more(1) content_too_long picture_broken no_content_dir no_content_symlink
    no_content_hardlink no_content_device no_content_fifo no_content_file no_content_deleted(1)
    no_content_deleted_older(1) no_content_not_in_view no_content_not_in_view_older no_history raw_commands
    no_layer author_and_message no_config config_unreadable(1) running entrypoint cmd user working_dir
    stop_signal shell env env_name ports volumes labels label_name on_build healthcheck os architecture
    docker_version raw_json value no_names annotations no_annotations annotation place place_index
    place_descriptor place_manifest place_layer(1) artifact(1) document_json art_build_cache art_signature
    art_attestation art_sbom art_empty_index art_index art_unknown art_of(1) blobs blob said_refuted(1)
    said_failed(1) said_rows(1) said_found(1) said_found_more(1) said_not_in_view said_saved(1) said_pushed
    said_not_pushed phase_stopped phase_incomplete incomplete_why(1) incomplete_more(1)
    trouble_incomplete(1) engines_title engines_layer(2) engines_more(1) lo_path_bytes lo_path_depth lo_name
    lo_type lo_root lo_attributes lo_paths lo_links lo_layers lo_raise(1) phase_left_out phase_listed listed_why listed_headers
    listed_amount(2) listed_claimed listed_unclaimed read_and_verify read_and_verify_layer(1) version_known(1)
    rows_known(1) version_listed(1) content_far(2) some_listed(2) trouble_stopped(1) trouble_left_out(1)
    stopped_expansion(2) stopped_decoded(1) stopped_entries(1) stopped_text(1) stopped_extents(1)
    stopped_window(2) stopped_extension(2) stopped_other(2) limit limit_line(5) cost_time cost_memory
    read_higher(1) read_layer_higher(2) no_higher(1)
}

/// Formats a number of entries.
pub fn entries(text: &Image, n: u64) -> String {
    fill(text.n_entries, &[&format::count(n)])
}

/// Formats a warning as one line.
pub fn warning(text: &Image, row: &Warning) -> String {
    let message = (text.notice)(&row.notice);
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

/// Returns the name of a configuration's field.
pub fn config_fact(text: &Image, fact: ConfigFact) -> &'static str {
    (text.config_fact)(fact)
}
