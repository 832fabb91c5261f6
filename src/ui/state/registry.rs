//! Holds a registry's repositories and a repository's tags page by page, and sorts tags.

use std::cmp::Ordering;
use std::rc::Rc;

use super::source::routed_address;
use crate::protocol::{
    AddressHint, ArtifactKind, CatalogAnswer, Digest, Problem, RegistryView, RepositoryView,
    RequestId, TagsAnswer,
};

/// A list that grows page by page.
#[derive(Clone, Debug, PartialEq)]
pub struct PagedList {
    /// Names received so far, in the registry's order and without repeats; shared because the list may be long.
    pub names: Rc<Vec<String>>,
    /// State of the next page.
    pub more: More,
}

/// State of the next page of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum More {
    /// The list is complete.
    End,
    /// There may be more names, but the registry does not return them.
    CutOff,
    /// The next page is available at this cursor.
    Cursor(String),
    /// The next page is being requested.
    Loading {
        /// Cursor of the page.
        cursor: String,
        /// Number of the question.
        request: RequestId,
    },
    /// The request failed and can be retried.
    Failed {
        /// Cursor of the page.
        cursor: String,
        /// Reason of the failure.
        problem: Problem,
    },
}

impl PagedList {
    fn first(names: Vec<String>, cursor: Option<String>, is_cut_off: bool) -> PagedList {
        let mut list = PagedList {
            names: Rc::default(),
            more: More::End,
        };
        list.append(names, cursor, is_cut_off);
        list
    }

    /// Appends a page.
    pub fn append(&mut self, names: Vec<String>, cursor: Option<String>, is_cut_off: bool) {
        let before = self.names.len();
        let known: std::collections::BTreeSet<String> = self.names.iter().cloned().collect();
        Rc::make_mut(&mut self.names)
            .extend(names.into_iter().filter(|name| !known.contains(name)));
        // A page without new names ends the list, or requests would go on forever.
        let progress = self.names.len() > before;
        self.more = match cursor {
            Some(cursor) if progress => More::Cursor(cursor),
            Some(_) => More::CutOff,
            None if is_cut_off => More::CutOff,
            None => More::End,
        };
    }

    /// Adds a name that exists now, regardless of its place in the registry's order.
    pub fn insert(&mut self, name: &str) {
        if self.names.iter().all(|known| known != name) {
            Rc::make_mut(&mut self.names).push(name.to_owned());
        }
    }

    /// Returns the cursor of the next page; `None` if there is no such page or it is being requested.
    pub fn next_cursor(&self) -> Option<&str> {
        match &self.more {
            More::Cursor(cursor) | More::Failed { cursor, .. } => Some(cursor),
            More::End | More::CutOff | More::Loading { .. } => None,
        }
    }

    /// Records that the next page is being requested.
    pub fn begin(&mut self, request: RequestId) {
        if let Some(cursor) = self.next_cursor().map(str::to_owned) {
            self.more = More::Loading { cursor, request };
        }
    }

    /// True if this question is in flight.
    pub fn awaits(&self, wanted: RequestId) -> bool {
        matches!(self.more, More::Loading { request, .. } if request == wanted)
    }

    /// Records that the request of the next page failed.
    pub fn fail(&mut self, problem: Problem) {
        if let More::Loading { cursor, .. } = &self.more {
            self.more = More::Failed {
                cursor: cursor.clone(),
                problem,
            };
        }
    }
}

/// A registry in a tab.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistryTab {
    /// Base URL.
    pub url: String,
    /// Host and port.
    pub host: String,
    /// False if the registry does not list its repositories at all.
    pub offered: bool,
    /// True if the registry may list them after a sign-in.
    pub wants_sign_in: bool,
    /// Repositories received so far.
    pub repositories: PagedList,
    /// Another interpretation of the typed address.
    pub other_reading: Option<AddressHint>,
}

/// A repository in a tab.
#[derive(Clone, Debug, PartialEq)]
pub struct RepositoryTab {
    /// Base URL of the registry.
    pub url: String,
    /// Host and port of the registry.
    pub host: String,
    /// Name within the registry, such as `library/alpine`.
    pub repository: String,
    /// False if the registry does not list the repository's tags at all.
    pub offered: bool,
    /// Tags received so far.
    pub tags: PagedList,
    /// Another interpretation of the typed address.
    pub other_reading: Option<AddressHint>,
}

impl RegistryTab {
    /// Creates the tab's content from the worker's answer.
    pub fn new(view: RegistryView) -> RegistryTab {
        let CatalogAnswer {
            offered,
            wants_sign_in,
            repositories,
            cursor,
            is_cut_off,
        } = view.catalog;
        RegistryTab {
            url: view.url,
            host: view.host,
            offered,
            wants_sign_in,
            repositories: PagedList::first(repositories, cursor, is_cut_off),
            other_reading: view.other_reading,
        }
    }

    /// Returns the address of the registry.
    pub fn address(&self) -> String {
        routed_address(&self.url)
    }

    /// Returns the address of one of its repositories.
    pub fn repository_address(&self, name: &str) -> String {
        routed_address(&format!("{}/{name}", self.url))
    }
}

impl RepositoryTab {
    /// Creates the tab's content from the worker's answer.
    pub fn new(view: RepositoryView) -> RepositoryTab {
        let TagsAnswer {
            offered,
            tags,
            cursor,
            is_cut_off,
        } = view.tags;
        RepositoryTab {
            url: view.url,
            host: view.host,
            repository: view.repository,
            offered,
            tags: PagedList::first(tags, cursor, is_cut_off),
            other_reading: view.other_reading,
        }
    }

    /// Returns the address of the repository.
    pub fn address(&self) -> String {
        routed_address(&format!("{}/{}", self.url, self.repository))
    }

    /// Returns the address of the registry.
    pub fn registry_address(&self) -> String {
        routed_address(&self.url)
    }

    /// Returns the address of a tag or of a digest.
    pub fn tag_address(&self, tag: &str) -> String {
        let before = if tag.contains(':') { '@' } else { ':' };
        routed_address(&format!("{}/{}{before}{tag}", self.url, self.repository))
    }
}

/// Returns the kind of artifact that a tag's form denotes, as cosign's tags do, and the digest of its image.
pub fn companion(tag: &str) -> Option<(ArtifactKind, Digest)> {
    ArtifactKind::of_tag(tag)
}

/// Order of the tags in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they say it")]
pub enum TagOrder {
    NewestFirst,
    OldestFirst,
}

/// Returns the names that contain `filter`, ignoring ASCII case, in natural order.
pub fn sorted<'a>(names: &'a [String], filter: &str, order: TagOrder) -> Vec<&'a str> {
    let kept = filtered(names, filter);
    // Tags of artifacts for other images come after all tags that somebody named.
    let (mut companions, mut named): (Vec<&str>, Vec<&str>) =
        kept.into_iter().partition(|tag| companion(tag).is_some());
    named.sort_by(|a, b| match order {
        TagOrder::OldestFirst => oldest_first(a, b),
        TagOrder::NewestFirst => newest_first(a, b),
    });
    companions.sort_unstable();
    named.append(&mut companions);
    named
}

/// Returns the names that contain `filter`, ignoring ASCII case, in their given order.
pub fn filtered<'a>(names: &'a [String], filter: &str) -> Vec<&'a str> {
    let wanted = filter.trim().to_ascii_lowercase();
    names
        .iter()
        .map(String::as_str)
        .filter(|name| name.to_ascii_lowercase().contains(&wanted))
        .collect()
}

/// A tag split the way people read it: `v1.2-alpine` is the variant `alpine` of 1.2, and `1.2-rc1` precedes 1.2.
struct TagParts<'a> {
    is_version: bool,
    core: &'a str,
    suffix: &'a str,
    is_pre_release: bool,
}

impl TagParts<'_> {
    fn of(tag: &str) -> TagParts<'_> {
        let plain = tag.strip_prefix(['v', 'V']).unwrap_or(tag);
        let is_version = plain.starts_with(|c: char| c.is_ascii_digit());
        let whole = if is_version { plain } else { tag };
        let end = whole.find(['-', '_']).unwrap_or(whole.len());
        let (core, suffix) = whole.split_at(end);
        let word = suffix.trim_start_matches(['-', '_']).to_ascii_lowercase();
        let is_pre_release = ["rc", "alpha", "beta", "pre", "dev", "snapshot"]
            .iter()
            .any(|pre| {
                word.strip_prefix(pre)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
            });
        TagParts {
            is_version,
            core,
            suffix,
            is_pre_release,
        }
    }
}

fn oldest_first(a: &str, b: &str) -> Ordering {
    let (x, y) = (TagParts::of(a), TagParts::of(b));
    let rank = |tag: &TagParts<'_>| match (tag.is_pre_release, tag.suffix.is_empty()) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    };
    y.is_version
        .cmp(&x.is_version)
        .then_with(|| natural(x.core, y.core))
        .then_with(|| rank(&x).cmp(&rank(&y)))
        .then_with(|| natural(x.suffix, y.suffix))
        .then_with(|| a.cmp(b))
}

/// Compares tags: `latest` and other names without a number first, then versions from the highest down.
fn newest_first(a: &str, b: &str) -> Ordering {
    let (x, y) = (TagParts::of(a), TagParts::of(b));
    let rank = |tag: &TagParts<'_>| match (tag.is_pre_release, tag.suffix.is_empty()) {
        (false, true) => 0,
        (false, false) => 1,
        (true, _) => 2,
    };
    x.is_version
        .cmp(&y.is_version)
        .then_with(|| {
            if x.is_version {
                natural(y.core, x.core)
            } else {
                natural(x.core, y.core)
            }
        })
        .then_with(|| rank(&x).cmp(&rank(&y)))
        .then_with(|| {
            if x.is_pre_release {
                natural(y.suffix, x.suffix)
            } else {
                natural(x.suffix, y.suffix)
            }
        })
        .then_with(|| a.cmp(b))
}

/// Compares in natural order: runs of digits by value, everything else by its bytes.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    loop {
        let (part_a, after_a) = next_part(rest_a);
        let (part_b, after_b) = next_part(rest_b);
        if part_a.is_empty() || part_b.is_empty() {
            return rest_a.len().cmp(&rest_b.len());
        }
        let both = part_a.starts_with(|c: char| c.is_ascii_digit())
            && part_b.starts_with(|c: char| c.is_ascii_digit());
        let order = if both {
            compare_numbers(part_a, part_b)
        } else {
            part_a.cmp(part_b)
        };
        if order != Ordering::Equal {
            return order;
        }
        (rest_a, rest_b) = (after_a, after_b);
    }
}

/// Splits off the leading run of digits, or of other characters.
fn next_part(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text
        .find(|c: char| c.is_ascii_digit() != digits)
        .unwrap_or(text.len());
    text.split_at(end)
}

fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_order(order: TagOrder, names: &str, expected: &str) {
        let names: Vec<String> = names.split(' ').map(str::to_owned).collect();
        assert_eq!(sorted(&names, "", order).join(" "), expected);
    }

    #[test]
    fn tags_stand_in_natural_order() {
        check_order(
            TagOrder::OldestFirst,
            "1.10 1.9 1.2.10 1.2.9 01.2.9",
            "01.2.9 1.2.9 1.2.10 1.9 1.10",
        );
        check_order(
            TagOrder::NewestFirst,
            "1.9 latest v2.0 2.0-rc1 1.10 2.0 edge",
            "edge latest 2.0 v2.0 2.0-rc1 1.10 1.9",
        );
        check_order(TagOrder::NewestFirst, "3 3-alpine 3.1", "3.1 3 3-alpine");
        check_order(
            TagOrder::OldestFirst,
            "2 2-alpine 2-rc10 2-rc9 latest 2-devel",
            "2-rc9 2-rc10 2 2-alpine 2-devel latest",
        );
        check_order(
            TagOrder::OldestFirst,
            "99999999999999999999999 100000000000000000000000 5",
            "5 99999999999999999999999 100000000000000000000000",
        );
    }

    #[test]
    fn tags_of_cosign_stand_last_and_are_told_apart() {
        let hex = "0123456789abcdef".repeat(4);
        let (sig, att) = (format!("sha256-{hex}.sig"), format!("sha256-{hex}.att"));
        for order in [TagOrder::OldestFirst, TagOrder::NewestFirst] {
            check_order(
                order,
                &format!("{sig} latest {att} zz"),
                &format!("latest zz {att} {sig}"),
            );
        }
        let of = Digest::parse(&format!("sha256:{hex}")).expect("is a digest");
        assert_eq!(companion(&sig), Some((ArtifactKind::Signature, of.clone())));
        assert_eq!(companion(&att), Some((ArtifactKind::Attestation, of)));
        assert_eq!(companion("v1.sig"), None);
    }

    #[test]
    fn a_filter_looks_anywhere_in_the_name() {
        let names: Vec<String> = ["team/App", "base"].map(str::to_owned).to_vec();
        assert_eq!(filtered(&names, " app "), ["team/App"]);
        assert_eq!(filtered(&names, "").len(), 2);
    }

    #[test]
    fn pages_are_joined_without_repeats_and_end() {
        let page = |names: &str| names.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let mut list = PagedList::first(page("a b"), Some("b".to_owned()), false);
        list.begin(RequestId(7));
        assert!(list.awaits(RequestId(7)) && !list.awaits(RequestId(8)));
        assert_eq!(list.next_cursor(), None);
        list.append(page("b c"), Some("c".to_owned()), false);
        assert_eq!(*list.names, page("a b c"));
        assert_eq!(list.next_cursor(), Some("c"));
        list.begin(RequestId(8));
        list.append(page("c"), Some("c".to_owned()), false);
        assert_eq!(list.more, More::CutOff, "it goes on, and brings nothing");
        assert_eq!(PagedList::first(page("a"), None, false).more, More::End);
        assert_eq!(PagedList::first(page("a"), None, true).more, More::CutOff);
        list.insert("b");
        list.insert("d");
        assert_eq!(*list.names, page("a b c d"));
    }
}
