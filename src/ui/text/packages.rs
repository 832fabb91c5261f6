//! The texts of the Packages tab. They lie in the part of the program that draws it, each language beside the others:
//! what a first look fetches has no room for them.

messages! {
    /// The texts of the Packages tab.
    PackageWords {}
    waiting computing nothing title title_why filter n_shown(1) no_match more(1) more_files(1) name version kind size
    files layer licence path unknown n_of_kind(2) installed removed removed_why(1) removed_here unowned unowned_why(1)
    unowned_list_why gone gone_only gone_why(1) gone_list_why deleted_by badge_removed badge_database_gone database_gone_here
    database_gone database_gone_why added(1) changed(1) inexact not_read go(1) databases databases_why malformed left_out
    paths_left_out beyond(1) save_sbom(1)
}
