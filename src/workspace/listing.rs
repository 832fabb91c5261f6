//! The lines that `lamina ls` prints and the page exports: one JSON object per path.
//!
//! Field names and their order are a format that scripts rely on.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::image::{Timestamp, escape, escape_json, hex};
use crate::layer::{EntryKind, XattrRef};
use crate::overlay::{ListedPath, Union, View};

/// Largest number of names of one content for which a line lists the other names.
const MOST_LINKED: u32 = 1_000;

/// The fields of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Path, type, mode, owner, size, link, layer.
    Plain,
    /// In addition time, hash, other names, attributes and device.
    Full,
}

#[derive(Serialize)]
struct Line<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    mode: String,
    uid: u32,
    gid: u32,
    size: u64,
    linkname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    linkname_bytes: Option<String>,
    layer: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    #[serde(flatten)]
    full: Option<Full<'a>>,
}

#[derive(Serialize)]
struct Full<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    implied: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    mtime: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    xattrs: Vec<Xattr<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dev: Option<String>,
}

struct Xattr<'a>(XattrRef<'a>);

impl Serialize for Xattr<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let (value, bytes) = text_and_bytes(self.0.value);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &escape(self.0.name))?;
        map.serialize_entry("value", &value)?;
        if let Some(bytes) = bytes {
            map.serialize_entry("value_bytes", &bytes)?;
        }
        map.end()
    }
}

/// Returns one line without its newline.
pub fn listing_line(union: &Union, view: View, listed: &ListedPath<'_>, detail: Detail) -> String {
    let info = &listed.info;
    let (path, path_bytes) = text_and_bytes(&listed.path);
    let (linkname, linkname_bytes) = text_and_bytes(info.link);
    let line = Line {
        path,
        path_bytes,
        kind: listed.type_word(),
        mode: format!("{:04o}", info.mode),
        uid: info.uid,
        gid: info.gid,
        size: match info.kind {
            EntryKind::File => info.size_bytes,
            _ => 0,
        },
        linkname,
        linkname_bytes,
        layer: info.layer.0,
        change: listed.change.map(|change| change.word()),
        full: match detail {
            Detail::Plain => None,
            Detail::Full => Some(full(union, view, listed)),
        },
    };
    // Strings, numbers and lists of them always have a JSON form.
    let json = serde_json::to_string(&line).unwrap_or_default();
    escape_json(&json).into_owned()
}

fn full<'u>(union: &'u Union, view: View, listed: &ListedPath<'u>) -> Full<'u> {
    let info = &listed.info;
    let links = match info.n_names {
        0 | 1 => Vec::new(),
        // Each of very many names would list all the others.
        n_names if n_names > MOST_LINKED => Vec::new(),
        _ => union.links(listed.id, view),
    };
    Full {
        implied: info.implied,
        mtime: info.mtime.and_then(seconds),
        sha256: union.sha256(listed.id, view).map(|hash| hex(&hash)),
        links: links
            .into_iter()
            .map(|other| escape(&union.path(other)))
            .collect(),
        xattrs: union
            .xattrs(listed.id, view)
            .into_iter()
            .map(Xattr)
            .collect(),
        dev: info
            .device
            .map(|dev| format!("{}:{}", dev.major, dev.minor)),
    }
}

/// Returns the time in seconds, with a fraction if it has one. The digits are written directly, since a float
/// would lose nanoseconds.
fn seconds(time: Timestamp) -> Option<Box<RawValue>> {
    let total = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    let sign = if total < 0 { "-" } else { "" };
    let (whole, nanos) = (total.abs() / 1_000_000_000, total.abs() % 1_000_000_000);
    let fraction = format!("{nanos:09}");
    let text = match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    };
    RawValue::from_string(text).ok()
}

/// Returns the text to display, and the bytes in hex if they are not UTF-8.
fn text_and_bytes(bytes: &[u8]) -> (String, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => (escape(bytes), Some(hex(bytes))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seconds_of: i64, nanos: u32, text: &str) {
        let time = Timestamp {
            seconds: seconds_of,
            nanos,
        };
        assert_eq!(seconds(time).expect("is a number").get(), text);
    }

    #[test]
    fn tf_07_times_keep_their_nanoseconds() {
        check(0, 0, "0");
        check(1_700_000_000, 123_456_789, "1700000000.123456789");
        check(1, 500_000_000, "1.5");
        check(-2, 500_000_000, "-1.5");
        check(-1, 0, "-1");
    }
}
