//! Converts between the hash in the address bar and the view that it restores.
//!
//! The form is `#/registry.example.com:5000/demo/app:1.0?platform=linux/arm64&view=layer:3&path=/etc/hosts` for a
//! registry's content, `#guide?host=…&image=…` for the guide, and `#file=app.tar&id=sha256:…&path=/etc/hosts` for a dropped file, with `served=3` for one of `lamina serve`. Parts that cannot be
//! understood are ignored: parsing a route never fails.

use super::image::ImagePart;
use crate::protocol::{
    Digest, ImagePath, PlatformChoice, TreeView, percent_decoded, without_login,
};

/// The hash of the guide.
const GUIDE: &str = "guide";

/// The target that the address bar names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The start page.
    Home,
    /// The guide to a private registry, with what was typed into it.
    Guide {
        /// Host and port.
        host: String,
        /// Repository and tag.
        image: String,
    },
    /// A registry, a repository or an image of a registry.
    Address {
        /// The address, as `OpenAddress` takes it.
        text: String,
        /// Place in the image.
        place: ImagePlace,
    },
    /// A file or folder that was dropped.
    File {
        /// Name of the file or folder.
        name: String,
        /// Number under which `lamina serve` keeps it; `None` for a file of the user.
        served: Option<u64>,
        /// ID by which the image in it is recognized; `None` for the archive's list.
        image_id: Option<Digest>,
        /// Place in the image.
        place: ImagePlace,
    },
}

/// A place in an image: the part of the image page's state that the address bar keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePlace {
    /// Platform; `None` for the default one.
    pub platform: Option<PlatformChoice>,
    /// Files that the tree shows.
    pub view: TreeView,
    /// Path whose panel is open.
    pub path_key: Option<ImagePath>,
    /// Selected part of the image's page.
    pub part: ImagePart,
}

/// The way the user moved to another place in an image, which decides what Back does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// By a separate action, to which Back returns.
    Step,
    /// Row by row with the keyboard: all such moves together are one step.
    Walk,
    /// By an answer of the worker: the previous step continues.
    Follow,
}

impl Default for ImagePlace {
    fn default() -> ImagePlace {
        ImagePlace {
            platform: None,
            view: TreeView::Union,
            path_key: None,
            part: ImagePart::default(),
        }
    }
}

impl Route {
    /// Returns the route of the guide with nothing typed.
    pub fn guide() -> Route {
        Route::Guide {
            host: String::new(),
            image: String::new(),
        }
    }

    /// Returns the route of an address at its default place.
    pub fn address(text: impl Into<String>) -> Route {
        Route::Address {
            text: text.into(),
            place: ImagePlace::default(),
        }
    }

    /// Parses a hash, with or without the `#`.
    pub fn parse(hash: &str) -> Route {
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        if let Some(rest) = hash.strip_prefix('/') {
            let (text, query) = rest.split_once('?').unwrap_or((rest, ""));
            let text = decode_text(text);
            if text.trim().is_empty() {
                return Route::Home;
            }
            return Route::Address {
                text,
                place: parse_place(query),
            };
        }
        if let Some(query) = hash.strip_prefix(GUIDE)
            && (query.is_empty() || query.starts_with('?'))
        {
            let typed = |key| value_of(query.trim_start_matches('?'), key).unwrap_or_default();
            return Route::Guide {
                host: typed("host"),
                image: typed("image"),
            };
        }
        match value_of(hash, "file") {
            Some(name) if !name.is_empty() => Route::File {
                name,
                served: value_of(hash, "served").and_then(|number| number.parse().ok()),
                image_id: value_of(hash, "id").and_then(|id| Digest::parse(&id).ok()),
                place: parse_place(hash),
            },
            _ => Route::Home,
        }
    }

    /// Returns the route without a login. Anybody may have made the link, so a login that the user did not type
    /// must not sign in.
    pub(super) fn without_login(self) -> Route {
        match self {
            Route::Address { text, place } => Route::Address {
                text: without_login(&text).0,
                place,
            },
            route => route,
        }
    }

    /// Returns the hash, with the `#`.
    pub fn to_hash(&self) -> String {
        match self {
            Route::Home => "#/".to_owned(),
            Route::Guide { host, image } => {
                let mut hash = format!("#{GUIDE}");
                let typed = [("host", host), ("image", image)].into_iter();
                for (key, value) in typed.filter(|(_, value)| !value.is_empty()) {
                    let sign = if hash.contains('?') { '&' } else { '?' };
                    hash.push_str(&format!("{sign}{key}={}", encode(value.as_bytes())));
                }
                hash
            }
            Route::Address { text, place } => {
                let mut hash = format!("#/{}", encode(text.as_bytes()));
                let query = place_query(place);
                if !query.is_empty() {
                    hash.push('?');
                    hash.push_str(&query.join("&"));
                }
                hash
            }
            Route::File {
                name,
                served,
                image_id,
                place,
            } => {
                let mut parts = vec![format!("file={}", encode(name.as_bytes()))];
                parts.extend(served.map(|number| format!("served={number}")));
                if let Some(id) = image_id {
                    parts.push(format!("id={}", encode(id.as_str().as_bytes())));
                }
                parts.extend(place_query(place));
                format!("#{}", parts.join("&"))
            }
        }
    }

    /// Returns the place in the image; `None` for the start page and the guide.
    pub fn place(&self) -> Option<&ImagePlace> {
        match self {
            Route::Home | Route::Guide { .. } => None,
            Route::Address { place, .. } | Route::File { place, .. } => Some(place),
        }
    }

    /// True if both routes name the same target, regardless of the place in it.
    pub fn same_target(&self, other: &Route) -> bool {
        match (self, other) {
            (Route::Home, Route::Home) | (Route::Guide { .. }, Route::Guide { .. }) => true,
            (Route::Address { text: a, .. }, Route::Address { text: b, .. }) => a == b,
            (
                Route::File {
                    name: a,
                    served: served_a,
                    image_id: id_a,
                    ..
                },
                Route::File {
                    name: b,
                    served: served_b,
                    image_id: id_b,
                    ..
                },
            ) => a == b && served_a == served_b && id_a == id_b,
            _ => false,
        }
    }
}

fn place_query(place: &ImagePlace) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(platform) = &place.platform {
        parts.push(format!(
            "platform={}",
            encode(platform.to_string().as_bytes())
        ));
    }
    match place.view {
        TreeView::Union => {}
        TreeView::UpTo(layer) => parts.push(format!("view=upto:{layer}")),
        TreeView::Layer(layer) => parts.push(format!("view=layer:{layer}")),
    }
    if place.part != part_of(place.view, place.path_key.as_ref()) {
        parts.push(format!("part={}", place.part.entry().word));
    }
    if let Some(path) = &place.path_key {
        parts.push(format!("path=/{}", encode(path.as_bytes())));
    }
    parts
}

/// Returns the part of a place that names none: the files, if it names what they show.
fn part_of(view: TreeView, path: Option<&ImagePath>) -> ImagePart {
    match (view, path) {
        (TreeView::Union, None) => ImagePart::default(),
        _ => ImagePart::Files,
    }
}

fn parse_place(query: &str) -> ImagePlace {
    let view = value_of(query, "view").and_then(|view| {
        let (word, layer) = view.split_once(':')?;
        let layer = layer.parse().ok()?;
        match word {
            "upto" => Some(TreeView::UpTo(layer)),
            "layer" => Some(TreeView::Layer(layer)),
            _ => None,
        }
    });
    let path_key = raw_value_of(query, "path")
        .and_then(|path| ImagePath::normalise(&percent_decoded(path)).ok());
    let view = view.unwrap_or(TreeView::Union);
    let part = value_of(query, "part").and_then(|word| ImagePart::of_word(&word));
    ImagePlace {
        platform: value_of(query, "platform").and_then(|text| PlatformChoice::parse(&text)),
        view,
        part: part.unwrap_or_else(|| part_of(view, path_key.as_ref())),
        path_key,
    }
}

fn raw_value_of<'a>(query: &'a str, key: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(k, _)| *k == key)
        .map(|(_, value)| value)
}

fn value_of(query: &str, key: &str) -> Option<String> {
    raw_value_of(query, key).map(decode_text)
}

/// Percent-encodes everything that has to be escaped in a fragment, and leaves the rest readable: escapes `%`, the
/// separators of our own parts, and everything that browsers would escape themselves.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => text.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b'/' | b':' | b'@' | b'+' | b',' | b'=' | b'!' | b'*'
            | b'(' | b')' | b'$' | b';' | b'[' | b']' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn decode_text(text: &str) -> String {
    String::from_utf8_lossy(&percent_decoded(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_round_trip(hash: &str) {
        assert_eq!(Route::parse(hash).to_hash(), hash);
    }

    #[test]
    fn hashes_come_back_as_they_were() {
        for hash in [
            "#/",
            "#guide",
            "#guide?host=[::1]:5000&image=team/app:1.0",
            "#guide?image=a%26b%3F%20%E4%BA%8C",
            "#/registry.example.com:5000",
            "#/http://127.0.0.1:5000/demo/app:1.0",
            "#/example.com/a/b@sha256:0123?platform=linux/arm64&view=layer:3&path=/etc/hosts",
            "#/example.com/a:1?view=upto:0&path=/",
            "#/example.com/a:1?view=layer:2&part=history&path=/etc",
            "#file=my%20image.tar&part=configuration",
            "#/example.com/a:1?part=space",
            "#/example.com/a:1?part=files",
            "#/example.com/a:1?view=layer:2&part=overview",
            "#file=my%20image.tar&part=space",
            "#/example.com/a:1?path=/caf%C3%A9/%FF%26%23%3F%25",
            "#file=my%20image.tar",
            "#file=app&served=3&id=test:ab",
            "#file=a%26b.tar&id=test:ab&view=layer:12&path=/usr/bin/[",
        ] {
            check_round_trip(hash);
        }
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        assert_eq!(Route::parse(""), Route::Home);
        assert_eq!(Route::parse("#"), Route::Home);
        assert_eq!(Route::parse("#/%20"), Route::Home);
        assert_eq!(Route::parse("#file="), Route::Home);
        assert_eq!(Route::parse("#whatever"), Route::Home);
        assert_eq!(Route::parse("#guidebook"), Route::Home);
        assert_eq!(Route::parse("#guide?colour=red&host="), Route::guide());
        assert_eq!(
            Route::parse("#/a/b?view=layer:x&platform=&colour=red&part=kitchen"),
            Route::address("a/b")
        );
        assert_eq!(Route::parse("#/a%zz%4"), Route::address("a%zz%4"));
    }

    #[test]
    fn a_path_may_be_any_bytes() {
        let path = |hash: &str| Route::parse(hash).place()?.path_key.clone();
        let bytes = path("#/a:1?path=/%01%ffx").map(Vec::from);
        assert_eq!(bytes, Some(b"\x01\xffx".to_vec()));
        assert_eq!(path("#/a:1?path=/a%00b"), None, "no path holds a NUL");
    }

    #[test]
    fn a_target_is_the_same_wherever_in_it() {
        let here = Route::parse("#/a/b:1?path=/etc");
        assert!(here.same_target(&Route::parse("#/a/b:1?view=layer:1")));
        assert!(!here.same_target(&Route::parse("#/a/b:2")));
        assert!(!Route::parse("#file=a&id=test:1").same_target(&Route::parse("#file=a")));
        assert!(!Route::parse("#file=a&served=1").same_target(&Route::parse("#file=a&served=2")));
    }
}
