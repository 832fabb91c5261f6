//! The texts outside of an image's page: bar, home, registry, repository, archive and opening.

use super::problem::ProblemText;
use crate::protocol::{AddressKind, ArtifactKind, Code, ProblemCode};

/// The messages, by page.
#[derive(Debug)]
#[allow(missing_docs, reason = "the pages' own names")]
pub struct Shell {
    /// Returns the text of a message of the core.
    pub said: fn(Code) -> &'static str,
    /// Returns the words for a kind of failure.
    pub explain: fn(ProblemCode) -> ProblemText,
    pub bar: Bar,
    pub home: Home,
    pub list: List,
    pub archive: Archive,
    pub opening: OpeningWords,
    pub wanted: Wanted,
    pub linked: Linked,
    pub unsaved: UnsavedWords,
    pub problem: ProblemWords,
    pub about: About,
}

/// The texts of the bar above all pages, and of what floats over them.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct Bar {
    pub skip: &'static str,
    pub tabs: &'static str,
    pub start: &'static str,
    pub new_tab: &'static str,
    pub close_tab: fn(&str) -> String,
    pub address: &'static str,
    pub address_hint: &'static str,
    pub open: &'static str,
    pub up: fn(&str) -> String,
    pub language: &'static str,
    pub theme: &'static str,
    pub theme_system: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub about: &'static str,
    pub go_to: &'static str,
    pub drop_here: &'static str,
    pub drop_hint: &'static str,
    pub reader_restarted: &'static str,
    pub reader_gave_up: &'static str,
    pub one_reader_stopped: &'static str,
    pub reader_left_out: fn(&str, &str) -> String,
    pub show: fn(&str) -> String,
    pub restart: &'static str,
    pub messages: &'static str,
    pub dismiss: &'static str,
}

/// The texts of the start page.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct Home {
    pub title: &'static str,
    pub lead: &'static str,
    pub examples: &'static str,
    pub guide: &'static str,
    pub guide_tab: &'static str,
    pub guide_hint: &'static str,
    pub registry: &'static str,
    pub repository: &'static str,
    pub image: &'static str,
    pub from_file: &'static str,
    pub file_hint: &'static str,
    pub choose_file: &'static str,
    pub choose_folder: &'static str,
    pub sample: &'static str,
    pub sample_hint: &'static str,
    pub recent: &'static str,
    pub recent_empty: &'static str,
    pub reopen: &'static str,
    pub drop_again: &'static str,
    pub several: &'static str,
    pub forget: fn(&str) -> String,
    pub kept: &'static str,
    pub kept_hint: &'static str,
    pub kept_briefly: &'static str,
    pub kept_line: fn(u64, &str, &str) -> String,
    pub kept_limit: &'static str,
    pub kept_nothing: &'static str,
    pub kept_clear: &'static str,
    pub privacy: &'static str,
    pub cors: fn(&str) -> String,
    pub extension: &'static str,
}

/// The texts of a registry's list of repositories and a repository's list of tags.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct List {
    pub registry: &'static str,
    pub repositories: fn(&str, bool) -> String,
    pub filter_repositories: &'static str,
    pub no_repositories: &'static str,
    pub relayed: &'static str,
    pub not_offered: &'static str,
    pub not_offered_hint: &'static str,
    pub by_name: &'static str,
    pub by_name_hint: &'static str,
    pub repository: &'static str,
    pub tags: fn(&str, bool) -> String,
    pub filter_tags: &'static str,
    pub no_tags: &'static str,
    pub no_tag_list: &'static str,
    pub no_tag_list_hint: &'static str,
    pub by_tag: &'static str,
    pub companion: fn(ArtifactKind, &str) -> String,
    pub order: &'static str,
    pub newest_first: &'static str,
    pub oldest_first: &'static str,
    pub no_match: fn(&str) -> String,
    pub cut_off: &'static str,
    pub filter_incomplete: fn(&str) -> String,
    pub shown: fn(&str, &str) -> String,
    pub load_more: &'static str,
    pub loading: &'static str,
    pub show_all: &'static str,
    pub other_reading: fn(AddressKind) -> &'static str,
    pub trail: &'static str,
    pub question_mark: &'static str,
}

/// The texts of the page of an archive with several images, or with none.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct Archive {
    pub images: fn(u64) -> String,
    pub name: &'static str,
    pub platform: &'static str,
    pub created: &'static str,
    pub size: &'static str,
    pub layers: &'static str,
    pub unnamed: &'static str,
    pub none: &'static str,
    pub none_hint: &'static str,
    pub others: &'static str,
    pub not_saved: &'static str,
    pub build_cache: &'static str,
    pub warnings: &'static str,
    pub missing: fn(&str) -> String,
}

/// The texts shown while something is being opened.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct OpeningWords {
    pub title: fn(&str) -> String,
    pub starting: &'static str,
    pub connecting: fn(&str) -> String,
    pub unpacking: fn(&str, &str, &str) -> String,
    pub scanning: fn(&str, &str, u64) -> String,
    pub documents: &'static str,
    pub asking: &'static str,
    pub decompressing: &'static str,
    pub looking_through: &'static str,
    pub waited: fn(u32) -> String,
    pub cancel: &'static str,
}

/// The texts that ask for a file again.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct Wanted {
    pub title: fn(&str) -> String,
    pub by_handle: &'static str,
    pub open_again: &'static str,
    pub by_drop: &'static str,
    pub known_by: fn(&str) -> String,
}

/// The texts that ask before a link's registry is contacted for the first time.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct Linked {
    pub title: &'static str,
    pub asks: fn(&str) -> String,
    pub why: &'static str,
    pub open: &'static str,
}

/// The texts about images that were made here and are not saved.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct UnsavedWords {
    pub mark: &'static str,
    pub keeping: &'static str,
    pub kept: &'static str,
    pub not_kept: &'static str,
    pub ask: fn(&str) -> String,
    pub ask_kept: &'static str,
    pub ask_lost: &'static str,
    pub keep: &'static str,
    pub discard: &'static str,
    pub cancel: &'static str,
    pub gone: fn(&str) -> String,
    pub gone_hint: &'static str,
}

/// The texts around each problem's own words.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct ProblemWords {
    pub retry: &'static str,
    pub cause: &'static str,
    pub way_out: &'static str,
    pub detail: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub pause: fn(&str, bool) -> String,
    pub configurations: fn(&str) -> String,
    pub tried: fn(&str) -> String,
    pub by_proxy: fn(&str) -> String,
    pub tokens_apart: fn(&str) -> String,
    pub open_by_command: &'static str,
    pub cors_note: &'static str,
    pub save_by_docker: &'static str,
    pub save_by_skopeo: &'static str,
    pub redirect_config: &'static str,
}

/// The texts about Lamina itself.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct About {
    pub title: &'static str,
    pub what: &'static str,
    pub privacy: &'static str,
    pub keys: &'static str,
    pub key_address: &'static str,
    pub key_find: &'static str,
    pub key_box: &'static str,
    pub key_escape: &'static str,
    pub key_tabs: &'static str,
    pub key_tree: &'static str,
    pub key_about: &'static str,
    pub key_layers: &'static str,
    pub key_into: &'static str,
    pub key_brackets: &'static str,
    pub key_panes: &'static str,
    pub key_letters: &'static str,
    pub key_siblings: &'static str,
    pub key_edit: &'static str,
    pub key_rename: &'static str,
    pub key_delete: &'static str,
    pub key_undo: &'static str,
    pub key_help: &'static str,
    pub close: &'static str,
    pub version: fn(&str) -> String,
}
