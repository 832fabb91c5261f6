//! The texts of the Overview and Raw tabs.

use crate::protocol::KnownPlace;

messages! {
    /// The texts of the Overview and Raw tabs.
    OverviewWords {
        /// Returns the name of a directory that tools use.
        known: fn(KnownPlace) -> &'static str,
    }
    waiting(2) stopped(2) adding mostly(1) end content_is(1) dead_half dead_percent(1) dead_little dead_none because and(2) places(2)
    waste_deleted(4) waste_overwritten(4) waste_metadata(3) waste_again(3) waste_unreachable(3)
    scratch sizes download download_why content content_why visible visible_why dead dead_why
    findings findings_none squash(2) squash_one(2) squash_do squash_why squash_saves(1) find_deleted find_overwritten find_metadata
    find_again find_unreachable find_files(1) stored_and_hidden(2) stored_by(1) all_of_it more(2) shipped(1) shipped_why
    packages_ask packages_n(1) packages_partly(1) packages_do secrets_ask secrets_n(1) secrets_none secrets_partly secrets_do
    runs_as_root runs_as_root_why runs_as(1) ports(1) volumes(1) show arch_differs(2) dirs dirs_none files files_none
    go(1) go_upto(2)
    raw_index raw_manifest raw_config raw_layers raw_none raw_loading raw_digest(1)
}
