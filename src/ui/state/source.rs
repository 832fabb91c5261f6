//! What a tab was opened from: enough to open it again, to name it, and to tell its address.

use super::{ImagePlace, Route};
use crate::ui::text::visible::visible_text;

/// Files that the page keeps for a tab, by number; the files themselves are the browser's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilesId(pub u32);

/// The host of an address with its port, by which a registry is known.
pub(super) fn host_of(address: &str) -> String {
    let within = short_address(address);
    let host = within.split('/').next().unwrap_or(within);
    host.to_ascii_lowercase()
}

/// What a tab was opened from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An address in a registry.
    Address {
        /// As typed, or as the registry's answer made it exact.
        text: String,
        /// Whether a link led here, and nobody typed or chose it.
        by_link: bool,
    },
    /// A file or folder that was handed over.
    File(FileSource),
}

/// A file or folder, and which image of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSource {
    /// Its name.
    pub name: String,
    /// Its size, or that of all files in the folder; 0 where it is not known any more.
    pub size_bytes: u64,
    /// The files; `None` after a reload, until they are handed over again.
    pub files: Option<FilesId>,
    /// The paths below the folder, in the order of the files; `None` for a single file.
    pub folder: Option<Vec<String>>,
    /// The image wanted of it, by its ID; `None` for whatever it holds.
    pub image_id: Option<String>,
}

impl Source {
    /// The source for an address.
    pub fn address(text: impl Into<String>) -> Source {
        Source::Address {
            text: text.into(),
            by_link: false,
        }
    }

    /// What a route leads to, and where in it; `None` for the start page. A file of it has to be handed over again.
    pub(super) fn of_route(route: Route) -> Option<(Source, ImagePlace)> {
        match route {
            Route::Home => None,
            Route::Address { text, place } => Some((
                Source::Address {
                    text,
                    by_link: true,
                },
                place,
            )),
            Route::File {
                name,
                image_id,
                place,
            } => {
                let file = FileSource {
                    name,
                    size_bytes: 0,
                    files: None,
                    folder: None,
                    image_id,
                };
                Some((Source::File(file), place))
            }
        }
    }

    /// The best short name, made visible: what a tab is called while nothing better is known.
    pub fn title(&self) -> String {
        match self {
            Source::Address { text, .. } => visible_text(short_address(text)),
            Source::File(file) => visible_text(&file.name),
        }
    }

    /// The same without the host of a registry, as a tab is called once it is open.
    pub(super) fn short_title(&self) -> String {
        match self {
            Source::Address { text, .. } => match short_address(text).split_once('/') {
                Some((_, path)) => visible_text(path),
                None => self.title(),
            },
            Source::File(_) => self.title(),
        }
    }

    /// The route that leads here.
    pub fn route(&self, place: &ImagePlace) -> Route {
        match self {
            Source::Address { text, .. } => Route::Address {
                text: text.clone(),
                place: place.clone(),
            },
            Source::File(file) => Route::File {
                name: file.name.clone(),
                image_id: file.image_id.clone(),
                place: place.clone(),
            },
        }
    }
}

/// An address without its scheme, for titles.
pub fn short_address(text: &str) -> &str {
    text.split_once("://").map_or(text, |(_, rest)| rest)
}

/// An address as the address bar keeps it: https goes without saying where host and repository stay clear.
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

/// Whether an address seems to name one image, by a tag or a digest; only for choosing a tab.
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
