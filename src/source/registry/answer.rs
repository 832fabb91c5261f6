//! What registries answer beside what was asked for: errors, warnings, and for how long to wait.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::io::{self, Headers, Response};
use crate::layer::Warning;

use super::super::Error;

/// A body read to its end, or given up at a bound.
pub(super) enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// There is more than the bound.
    Cut,
}

/// Reads a body of at most `limit_bytes`.
pub(super) async fn read_body(
    response: &mut Response,
    limit_bytes: u64,
) -> Result<Body, io::Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.body.next().await? {
        let room = usize::try_from(limit_bytes)
            .unwrap_or(usize::MAX)
            .saturating_sub(bytes.len());
        if piece.len() > room {
            return Ok(Body::Cut);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Body::Whole(bytes))
}

/// Bytes of an error's body that are read at most: the known ones have a few hundred.
const ERROR_BYTES: u64 = 64 * 1024;
/// Lines of one error that are shown.
const ERROR_LINES: usize = 8;
/// Characters of one line.
const LINE_CHARS: usize = 300;

/// The error that an answer stands for; its body is read as far as it helps.
pub(super) async fn refusal(
    what: &str,
    mut response: Response,
    limit_bytes: u64,
    now_unix_millis: i64,
) -> Error {
    let body = match read_body(&mut response, limit_bytes.min(ERROR_BYTES)).await {
        Ok(Body::Whole(body)) => body,
        // Truncated JSON says nothing reliable, and the status says the most.
        Ok(Body::Cut) | Err(_) => Vec::new(),
    };
    if (200..300).contains(&response.status)
        && let Some(page) = web_page(what, &body, &response.url)
    {
        return page;
    }
    Error::Refused {
        what: what.to_owned(),
        status: response.status,
        messages: messages(&body),
        retry_after_seconds: retry_after_seconds(&response.headers, now_unix_millis),
    }
}

/// A web page where an answer of a registry should be: a sign-in page, a proxy's, or another server's. `url` is where it
/// came from, after redirects.
pub(super) fn web_page(what: &str, body: &[u8], url: &str) -> Option<Error> {
    let title = title_of(body)?;
    let host = super::url::host_of(url).unwrap_or_default();
    Some(Error::WebPage {
        what: what.to_owned(),
        title,
        host: host.to_owned(),
    })
}

/// Bytes at the start of a body in which it says that it is a web page, and in which its title is looked for.
const PAGE_HEAD_BYTES: usize = 16 * 1024;

/// The title of a web page, empty when it has none; `None` when the body is no web page.
fn title_of(body: &[u8]) -> Option<String> {
    let head = body.get(..body.len().min(PAGE_HEAD_BYTES))?;
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let lower = text.to_ascii_lowercase();
    if !lower.starts_with('<') || !(lower.contains("<html") || lower.contains("<!doctype html")) {
        return None;
    }
    // Lower case in ASCII alone keeps every byte where it is.
    let title = lower.find("<title").and_then(|at| {
        let start = at + lower.get(at..)?.find('>')? + 1;
        let end = start + lower.get(start..)?.find("</title")?;
        text.get(start..end)
    });
    let words = title.unwrap_or_default().split_whitespace();
    Some(line(&words.collect::<Vec<_>>().join(" ")))
}

/// What an error body says, a line each: `code: message: detail` of every shape that registries and the proxies before
/// them send, a web page's title, a plain text.
fn messages(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let found = match serde_json::from_str::<Value>(text) {
        Ok(tree) => said_by(&tree),
        Err(_) => match title_of(text.as_bytes()) {
            Some(title) => vec![title],
            None if text.starts_with(['<', '{', '[']) => Vec::new(),
            None => vec![text.to_owned()],
        },
    };
    let lines = found.iter().map(|said| line(said));
    lines
        .filter(|line| !line.is_empty())
        .take(ERROR_LINES)
        .collect()
}

/// Members that hold the errors themselves: one, or a list of them.
const NESTED: [&str; 2] = ["errors", "error"];
/// Members that say something, in the order in which they are shown.
const SAYING: [&str; 8] = [
    "code",
    "error",
    "title",
    "message",
    "error_description",
    "msg",
    "reason",
    "detail",
];

/// What a tree of JSON says of an error, one text for each error in it.
fn said_by(tree: &Value) -> Vec<String> {
    match tree {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().take(ERROR_LINES).flat_map(said_by).collect(),
        Value::Object(members) => {
            let nested = NESTED.iter().filter_map(|name| members.get(*name));
            let nested: Vec<String> = nested
                .filter(|value| !value.is_string())
                .flat_map(said_by)
                .collect();
            if !nested.is_empty() {
                return nested;
            }
            let said = SAYING.iter().filter_map(|name| match members.get(*name)? {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                inner @ Value::Object(_) => Some(detail_of(inner)),
                _ => None,
            });
            let mut parts: Vec<String> = Vec::new();
            for part in said.filter(|part| !part.is_empty()) {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
            vec![parts.join(": ")]
        }
        _ => Vec::new(),
    }
}

/// What a detail, which may be anything, says: the digest that the error is about, else its own words.
fn detail_of(detail: &Value) -> String {
    let member = |name: &str| detail.get(name).and_then(Value::as_str);
    let digest = ["digest", "Digest"].into_iter().find_map(member);
    let digest = digest.filter(|text| crate::image::Digest::parse(text).is_ok());
    let said = digest.or_else(|| ["message", "reason", "error"].into_iter().find_map(member));
    said.unwrap_or_default().to_owned()
}

/// One line, bounded, without control characters.
fn line(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(LINE_CHARS).collect::<String>().trim().to_owned()
}

/// For how long a `Retry-After` asks to wait, in seconds or until a date.
pub(super) fn retry_after_seconds(headers: &Headers, now_unix_millis: i64) -> Option<u64> {
    let field = headers.get("retry-after")?;
    if let Ok(seconds) = field.trim().parse() {
        return Some(seconds);
    }
    let date = OffsetDateTime::parse(field.trim(), &Rfc2822).ok()?;
    let date_millis = date.unix_timestamp().saturating_mul(1_000);
    let millis = date_millis.saturating_sub(now_unix_millis).max(0);
    u64::try_from(millis)
        .ok()
        .map(|millis| millis.div_ceil(1_000))
}

/// The warnings that a registry sends along: `299 - "text"` (distribution specification, "Warnings").
pub(super) fn warnings(headers: &Headers) -> Vec<Warning> {
    headers
        .all("warning")
        .filter_map(|field| field.trim().strip_prefix("299 "))
        .filter_map(|rest| rest.split_once('"'))
        .filter_map(|(_agent, rest)| rest.rsplit_once('"'))
        .map(|(text, _)| line(&text.replace("\\\"", "\"")))
        .filter(|text| !text.is_empty())
        .map(|text| Warning::new("registry-warning", b"", text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, lines: &[&str]) {
        assert_eq!(messages(body.as_bytes()), lines, "from {body:?}");
    }

    #[test]
    fn rp_27_reads_errors_of_every_make() {
        check(
            r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":[1]}},{"code":"X"}]}"#,
            &["MANIFEST_UNKNOWN: manifest unknown", "X"],
        );
        check(r#"{"errors":[{"message":"a\nb"},7,null]}"#, &["a b"]);
        check(r#"{"errors":null}"#, &[]);
        check(r#"{"errors":[{"code":"#, &[]);
        check("<html><body>502</body></html>", &[]);
        check(
            "<html>\r\n<head><title>502 Bad\n Gateway</title></head>",
            &["502 Bad Gateway"],
        );
        check("", &[]);
        check(
            r#"{"errors":[{"code":"DENIED","message":"no","detail":"of the team"}]}"#,
            &["DENIED: no: of the team"],
        );
        check(r#"{"errors":[{"status":404,"message":"gone"}]}"#, &["gone"]);
        check(r#"{"errors":{"code":"A","message":"b"}}"#, &["A: b"]);
        check(
            r#"{"error":{"code":507,"message":"the quota is used up"}}"#,
            &["507: the quota is used up"],
        );
        check(
            r#"{"error":"invalid_scope","error_description":"what is this"}"#,
            &["invalid_scope: what is this"],
        );
        check(r#"{"message":"no such project"}"#, &["no such project"]);
        check(r#"{"detail":"Not found."}"#, &["Not found."]);
        check(r#"{"errors":["one","two"]}"#, &["one", "two"]);
        check(r#""just words""#, &["just words"]);
        check(
            r#"{"title":"Forbidden","detail":"ask your admin"}"#,
            &["Forbidden: ask your admin"],
        );
        check("  upstream timed out\n", &["upstream timed out"]);
    }

    #[test]
    fn rp_28_reads_how_long_to_wait() {
        let wait = |field: &str| {
            let mut headers = Headers::default();
            headers.add("Retry-After", field);
            retry_after_seconds(&headers, 784_111_777_000 - 90_000)
        };
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(90));
        assert_eq!(wait("Sat, 05 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
    }

    #[test]
    fn rp_30_reads_warnings() {
        let mut headers = Headers::default();
        headers.add("Warning", r#"299 - "the tag \"old\" goes away""#);
        headers.add("Warning", "110 - \"stale\"");
        headers.add("Warning", "299 - bare");
        let texts: Vec<_> = warnings(&headers).into_iter().map(|w| w.message).collect();
        assert_eq!(texts, ["the tag \"old\" goes away"]);
    }
}
