//! Keeps the list of entries opened before, newest first.

use crate::protocol::Digest;
use serde::{Deserialize, Serialize};

/// Entries that the list remembers, not counting unsaved images.
const MAX: u32 = 20;

/// An entry opened before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Recent {
    /// An address.
    Address {
        /// Address that opens it.
        text: String,
        /// Kind of its target.
        what: RecentKind,
    },
    /// A file or folder.
    File {
        /// Name of the file or folder.
        name: String,
        /// Size in bytes.
        size_bytes: u64,
        /// ID of the image in it; `None` if it held several.
        image_id: Option<Digest>,
        /// Best name of the image.
        title: String,
        /// Key of the stored handle; `None` if the browser has none.
        handle: Option<String>,
    },
}

/// Kind of an address's target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "they say it")]
pub enum RecentKind {
    Registry,
    Repository,
    Image,
}

impl Recent {
    /// True if both entries name the same thing, so that the newer one replaces the older one.
    fn same(&self, other: &Recent) -> bool {
        match (self, other) {
            (Recent::Address { text: a, .. }, Recent::Address { text: b, .. }) => a == b,
            (
                Recent::File {
                    name: a,
                    image_id: id_a,
                    ..
                },
                Recent::File {
                    name: b,
                    image_id: id_b,
                    ..
                },
            ) => a == b && id_a == id_b,
            _ => false,
        }
    }

    /// Returns the key of the stored handle.
    pub fn handle(&self) -> Option<&str> {
        match self {
            Recent::File { handle, .. } => handle.as_deref(),
            Recent::Address { .. } => None,
        }
    }
}

/// Puts `new` first. Returns the entries that fell out of the list, whose handles have to be removed.
pub(super) fn remember(list: &mut Vec<Recent>, new: Recent) -> Vec<Recent> {
    // An entry found in the private file system has no image ID until it is opened.
    let is_same =
        |old: &Recent| old.same(&new) || (new.is_unsaved() && old.handle() == new.handle());
    let mut out: Vec<Recent> = list.extract_if(.., |old| is_same(old)).collect();
    list.insert(0, new);
    let mut n = 0;
    // Opening other entries does not push an unsaved image out of the list.
    out.extend(list.extract_if(.., |old| {
        n += u32::from(!old.is_unsaved());
        n > MAX && !old.is_unsaved()
    }));
    out.retain(|old| old.handle().is_some_and(|handle| !uses(list, handle)));
    out
}

/// True if an entry of the list uses this handle.
pub(super) fn uses(list: &[Recent], handle: &str) -> bool {
    list.iter().any(|recent| recent.handle() == Some(handle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, handle: Option<&str>) -> Recent {
        Recent::File {
            name: name.to_owned(),
            size_bytes: 1,
            image_id: None,
            title: name.to_owned(),
            handle: handle.map(str::to_owned),
        }
    }

    #[test]
    fn the_newest_stands_first_and_only_once() {
        let mut list = vec![file("a", Some("1")), file("b", None)];
        assert_eq!(remember(&mut list, file("b", None)), []);
        assert_eq!(list, [file("b", None), file("a", Some("1"))]);
        assert_eq!(
            remember(&mut list, file("a", Some("2"))),
            [file("a", Some("1"))]
        );
        assert_eq!(list.len(), 2);
    }

    #[test]
    fn the_list_ends() {
        let mut list = Vec::new();
        for n in 0..30 {
            remember(&mut list, file(&n.to_string(), None));
        }
        assert_eq!(list.len(), MAX as usize);
        assert_eq!(list.first(), Some(&file("29", None)));
    }
}
