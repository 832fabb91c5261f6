//! The built page: files of this program, or of a folder, with the header fields that a static host should send.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use xxhash_rust::xxh3::xxh3_64;

use super::super::error::Error;
use super::channel::Body;

/// The files of `dist/` when this program was built. A test build reads the folder itself.
#[derive(rust_embed::Embed)]
#[folder = "dist/"]
#[allow_missing = true]
struct Built;

/// The policy of the page, as operators are told to send it.
const POLICY: &str = include_str!("../../../deploy/content-security-policy.txt");

/// The source of the page's files.
pub(super) enum Page {
    /// This program.
    Built,
    /// A folder, by its real path.
    Folder(PathBuf),
}

impl Page {
    /// Returns the page in `folder`, or the one in this program.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn of(folder: Option<&Path>) -> Result<Page, Error> {
        let page = match folder {
            None => Page::Built,
            Some(folder) => Page::Folder(folder.canonicalize().map_err(|cause| Error::File {
                path: folder.display().to_string(),
                cause: super::super::native::unreadable(&cause),
            })?),
        };
        match page.bytes("index.html") {
            Some(_) => Ok(page),
            None => Err(Error::Choice(match folder {
                Some(folder) => format!("{}: no page is built there", folder.display()),
                None => "this program was built without the page: run scripts/build-page, then build it again, or name a built page by --page DIRECTORY".to_owned(),
            })),
        }
    }

    fn bytes(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        let path = Path::new(name);
        let is_plain = |part| matches!(part, Component::Normal(_));
        if !path.components().all(is_plain) {
            return None;
        }
        match self {
            Page::Built => Some(Built::get(name)?.data),
            Page::Folder(root) => {
                let path = root.join(path).canonicalize().ok()?;
                let is_inside = path.starts_with(root) && path.is_file();
                is_inside.then(|| std::fs::read(path).ok().map(Cow::Owned))?
            }
        }
    }

    /// Answers GET or HEAD of a path.
    pub(super) fn answer(&self, path: &str, asked: &HeaderMap) -> Response<Body> {
        let Some(name) = name_of(path) else {
            return refuse(StatusCode::BAD_REQUEST, "this is no path");
        };
        let Some(bytes) = self.bytes(&name) else {
            return refuse(StatusCode::NOT_FOUND, "there is no such file");
        };
        let etag = format!("\"{:016x}\"", xxh3_64(&bytes));
        let mut answer = Response::new(Body::Nothing);
        let headers = answer.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(type_of(&name)),
        );
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(caching_of(&name)),
        );
        set(headers, "etag", &etag);
        let told = |name: &str| asked.get(name).and_then(|value| value.to_str().ok());
        if told("if-none-match") == Some(etag.as_str()) {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            return guarded(answer);
        }
        let is_same = told("if-range").is_none_or(|known| known == etag);
        let range = told("range").filter(|_| is_same);
        let range = range.and_then(|range| range_of(range, bytes.len() as u64));
        let all = bytes.len();
        let (from, end) = match range {
            None => (0, all),
            Some(None) => {
                set(
                    answer.headers_mut(),
                    "content-range",
                    &format!("bytes */{all}"),
                );
                *answer.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
                return guarded(answer);
            }
            Some(Some((first, last))) => {
                let range = format!("bytes {first}-{last}/{all}");
                set(answer.headers_mut(), "content-range", &range);
                *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
                let end = usize::try_from(last).map_or(all, |last| last + 1);
                (usize::try_from(first).unwrap_or(all), end)
            }
        };
        let part = match bytes {
            Cow::Borrowed(bytes) => {
                hyper::body::Bytes::from_static(bytes.get(from..end).unwrap_or_default())
            }
            Cow::Owned(bytes) => hyper::body::Bytes::from(bytes).slice(from..end),
        };
        *answer.body_mut() = Body::Whole(part);
        guarded(answer)
    }
}

/// Returns the name of the file for a request's path. A folder is served by its index.html.
fn name_of(path: &str) -> Option<String> {
    let path = percent_decoded(path.strip_prefix('/')?)?;
    if path.contains('\0') || path.contains('\\') {
        return None;
    }
    Some(match path.is_empty() || path.ends_with('/') {
        true => format!("{path}index.html"),
        false => path,
    })
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let value = digit(*high)? * 16 + digit(*low)?;
                bytes.push(u8::try_from(value).ok()?);
                rest = after;
            }
            (b'%', _) => return None,
            (byte, after) => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// Parses one range of bytes as its first and last offset. `None` if the whole is wanted, `Some(None)` if there is
/// no such range.
pub(super) fn range_of(field: &str, len_bytes: u64) -> Option<Option<(u64, u64)>> {
    let (from, to) = field.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| match text.is_empty() {
        true => Some(None),
        false => text.parse::<u64>().ok().map(Some),
    };
    let end = len_bytes.checked_sub(1);
    let range = match (number(from)?, number(to)?) {
        (None, None) => return None,
        (Some(first), last) => end.map(|end| (first, last.unwrap_or(end).min(end))),
        (None, Some(n)) => end.map(|end| (len_bytes.saturating_sub(n), end)),
    };
    Some(range.filter(|(first, last)| first <= last))
}

fn type_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// Returns the caching of a file: without end if its name changes with its content.
fn caching_of(name: &str) -> &'static str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = stem.strip_suffix("_bg").or(stem.strip_suffix("_loader"));
    let stem = stem.unwrap_or_else(|| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    let is_hash = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_hash {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    }
}

/// Answers with a status and a sentence.
pub(super) fn refuse(status: StatusCode, reason: &str) -> Response<Body> {
    let mut answer = Response::new(Body::Whole(format!("{reason}\n").into()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, text);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    guarded(answer)
}

/// Adds what every answer has: nobody frames the page, no window that opens it reaches into it, no address leaves it.
pub(super) fn guarded(mut answer: Response<Body>) -> Response<Body> {
    let policy = format!("{}; frame-ancestors 'none'", POLICY.trim());
    let headers = answer.headers_mut();
    set(headers, "content-security-policy", &policy);
    set(headers, "cross-origin-opener-policy", "same-origin");
    set(headers, "cross-origin-resource-policy", "same-origin");
    set(headers, "referrer-policy", "no-referrer");
    set(headers, "x-content-type-options", "nosniff");
    answer
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_servers_read_them() {
        for (field, expected) in [
            ("bytes=0-9", Some(Some((0, 9)))),
            ("bytes=5-", Some(Some((5, 99)))),
            ("bytes=90-200", Some(Some((90, 99)))),
            ("bytes=-10", Some(Some((90, 99)))),
            ("bytes=100-", Some(None)),
            ("bytes=9-1", Some(None)),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("bytes=0-1,3-4", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(range_of(field, 100), expected, "{field}");
        }
        assert_eq!(range_of("bytes=0-", 0), Some(None));
    }

    #[test]
    fn names_of_files_stay_in_the_page() {
        for (path, expected) in [
            ("/", Some("index.html")),
            ("/v2/", Some("v2/index.html")),
            ("/a%20b.js", Some("a b.js")),
            ("/a%00", None),
            ("/a%5cb", None),
            ("/a%2", None),
            ("x", None),
        ] {
            assert_eq!(name_of(path).as_deref(), expected, "{path}");
        }
        for name in ["../Cargo.toml", "/etc/passwd", "./x", "a/../../x"] {
            assert!(Page::Built.bytes(name).is_none(), "{name}");
        }
    }

    #[test]
    fn files_named_by_their_content_are_cached() {
        for (name, is_cached) in [
            ("app-0123456789abcdef.js", true),
            ("app-0123456789abcdef_bg.wasm", true),
            ("worker-0123456789abcdef_loader.js", true),
            ("index.html", false),
            ("app-0123.js", false),
            ("v2/_catalog", false),
        ] {
            assert_eq!(caching_of(name).contains("immutable"), is_cached, "{name}");
        }
    }
}
