//! Defines the source of a tab: enough to reopen it, to name it and to build its address.

use super::{ImagePlace, Route};
use crate::protocol::Digest;
use crate::ui::text::visible::visible_text;

/// Identifies files that the page keeps for a tab; the files themselves belong to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilesId(pub u32);

/// Returns the host and port of an address in lower case, by which a registry is known.
pub(super) fn host_of(address: &str) -> String {
    let within = short_address(address);
    let host = within.split('/').next().unwrap_or(within);
    host.to_ascii_lowercase()
}

/// The source that a tab was opened from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TabSource {
    /// An address in a registry.
    Address {
        /// The address as typed, or the exact one from the registry's answer.
        text: String,
        /// True if a link led here, so that nobody typed or chose the address.
        by_link: bool,
    },
    /// A file or folder that the user handed over.
    File(FileSource),
}

/// A file or folder, and the image in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSource {
    /// Name of the file or folder.
    pub name: String,
    /// Size in bytes, summed over all files of a folder; 0 if it is no longer known.
    pub size_bytes: u64,
    /// The files; `None` after a reload, until the user hands them over again.
    pub files: Option<FilesId>,
    /// The number under which `lamina serve` keeps an engine's image; `None` for a file of the user. Images of one name
    /// are told apart by it.
    pub served: Option<u64>,
    /// Paths below the folder, in the order of the files; `None` for a single file.
    pub folder: Option<Vec<String>>,
    /// ID of the wanted image; `None` for whatever the file holds.
    pub image_id: Option<Digest>,
}

impl TabSource {
    /// Creates the source of an address that was typed or chosen.
    pub fn address(text: impl Into<String>) -> TabSource {
        TabSource::Address {
            text: text.into(),
            by_link: false,
        }
    }

    /// Returns the source and the place that a route leads to; `None` for the start page. A file in it has to be
    /// handed over again.
    pub(super) fn of_route(route: Route) -> Option<(TabSource, ImagePlace)> {
        match route {
            Route::Home | Route::Guide { .. } => None,
            Route::Address { text, place } => Some((
                TabSource::Address {
                    text,
                    by_link: true,
                },
                place,
            )),
            Route::File {
                name,
                served,
                image_id,
                place,
            } => {
                let file = FileSource {
                    name,
                    size_bytes: 0,
                    files: None,
                    served,
                    folder: None,
                    image_id,
                };
                Some((TabSource::File(file), place))
            }
        }
    }

    /// Returns the best short name with invisible characters made visible; a tab uses it until a better one is known.
    pub fn title(&self) -> String {
        match self {
            TabSource::Address { text, .. } => visible_text(short_address(text)),
            TabSource::File(file) => visible_text(&file.name),
        }
    }

    /// Returns the title without the registry's host, as for an open tab.
    pub(super) fn short_title(&self) -> String {
        match self {
            TabSource::Address { text, .. } => match short_address(text).split_once('/') {
                Some((_, path)) => visible_text(path),
                None => self.title(),
            },
            TabSource::File(_) => self.title(),
        }
    }

    /// Returns the route to a place in this source.
    pub fn route(&self, place: &ImagePlace) -> Route {
        match self {
            TabSource::Address { text, .. } => Route::Address {
                text: text.clone(),
                place: place.clone(),
            },
            TabSource::File(file) => Route::File {
                name: file.name.clone(),
                served: file.served,
                image_id: file.image_id.clone(),
                place: place.clone(),
            },
        }
    }
}

/// Returns an address without its scheme, for titles.
pub fn short_address(text: &str) -> &str {
    text.split_once("://").map_or(text, |(_, rest)| rest)
}

/// Returns an address as the address bar keeps it: without `https://` if host and repository stay unambiguous.
pub fn routed_address(text: &str) -> String {
    match text
        .strip_prefix("https://")
        .map(|rest| (rest, rest.split_once('/')))
    {
        Some((rest, Some((host, path)))) if is_clear_host(host) && !path.is_empty() => {
            rest.to_owned()
        }
        _ => text.trim_end_matches('/').to_owned(),
    }
}

fn is_clear_host(host: &str) -> bool {
    host.contains('.') || host.contains(':')
}

/// True if an address seems to name one image, by a tag or a digest; used only to choose a tab.
pub(super) fn seems_image(text: &str) -> bool {
    let text = short_address(text);
    match text.split_once('/') {
        Some((_, path)) => path.contains(':') || path.contains('@'),
        None => text.contains('@'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_goes_without_saying_where_nothing_else_is_meant() {
        for (text, routed) in [
            ("https://example.com/a/b:1", "example.com/a/b:1"),
            ("https://example.com", "https://example.com"),
            ("https://example.com/", "https://example.com"),
            ("https://host/a:1", "https://host/a:1"),
            ("http://127.0.0.1:5000/a:1", "http://127.0.0.1:5000/a:1"),
            ("a/b:1", "a/b:1"),
        ] {
            assert_eq!(routed_address(text), routed);
        }
    }

    #[test]
    fn an_image_has_a_tag_or_digest() {
        assert!(seems_image("http://127.0.0.1:5000/a:1"));
        assert!(seems_image("h.io/a/b@sha256:00"));
        assert!(!seems_image("http://127.0.0.1:5000/a"));
        assert!(!seems_image("127.0.0.1:5000"));
    }
}
