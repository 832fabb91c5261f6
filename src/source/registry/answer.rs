//! Reads what registries send in addition to the requested content: errors, warnings and retry delays.

use crate::message::Message;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::io::{self, Headers, Response};
use crate::layer::{Notice, Warning};

use super::super::{Deed, Error};
use super::encoding;

/// A body that was read to its end or cut off at a bound.
pub(super) enum Body {
    /// The complete body.
    Whole(Vec<u8>),
    /// The body is longer than the bound.
    Cut,
}

/// Reads a body of at most `limit_bytes`, removing any content encoding.
pub(super) async fn read_body(
    response: &mut Response,
    limit_bytes: u64,
) -> Result<Body, io::Error> {
    encoding::decode(response);
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

/// Bytes read of an error's body at most. Known error bodies have a few hundred.
const ERROR_BYTES: u64 = 64 * 1024;
/// Lines shown of one error.
const ERROR_LINES: usize = 8;
/// Characters shown of one line.
const LINE_CHARS: usize = 300;

/// Returns the error that a response stands for. Its body is read as far as it helps.
pub(super) async fn refusal(
    what: &Message,
    mut response: Response,
    limit_bytes: u64,
    now_unix_millis: i64,
) -> Error {
    let body = match read_body(&mut response, limit_bytes.min(ERROR_BYTES)).await {
        Ok(Body::Whole(body)) => body,
        // Truncated JSON is not reliable, and the status says the most.
        Ok(Body::Cut) | Err(_) => Vec::new(),
    };
    if (200..300).contains(&response.status)
        && let Some(page) = web_page(what, &body, &response.url)
    {
        return page;
    }
    Error::Refused {
        what: what.clone(),
        status: response.status,
        deed: Deed::Read,
        messages: messages(&body),
        retry_after_seconds: retry_after_seconds(&response.headers, now_unix_millis),
    }
}

/// Returns an error if the body is a web page in place of a registry's answer: a sign-in page, a proxy's page or
/// another server. `url` is the address after redirects.
pub(super) fn web_page(what: &Message, body: &[u8], url: &str) -> Option<Error> {
    let title = title_of(body)?;
    let host = super::url::host_of(url).unwrap_or_default();
    Some(Error::WebPage {
        what: what.clone(),
        title,
        host: host.to_owned(),
    })
}

/// Bytes at the start of a body that are searched for the signs of a web page and its title.
const PAGE_HEAD_BYTES: usize = 16 * 1024;

/// Returns the title of a web page, empty if it has none; `None` if the body is not a web page.
fn title_of(body: &[u8]) -> Option<String> {
    let head = body.get(..body.len().min(PAGE_HEAD_BYTES))?;
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let lower = text.to_ascii_lowercase();
    if !lower.starts_with('<') || !(lower.contains("<html") || lower.contains("<!doctype html")) {
        return None;
    }
    // ASCII lower case keeps every byte at its position.
    let title = lower.find("<title").and_then(|at| {
        let start = at + lower.get(at..)?.find('>')? + 1;
        let end = start + lower.get(start..)?.find("</title")?;
        text.get(start..end)
    });
    let words = title.unwrap_or_default().split_whitespace();
    Some(line(&words.collect::<Vec<_>>().join(" ")))
}

/// Returns the lines of an error body: `code: message: detail` in every shape that registries and their proxies
/// send, the title of a web page, or plain text.
fn messages(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let found = match serde_json::from_str::<Value>(text) {
        Ok(tree) => said_by(&tree),
        Err(_) => match title_of(text.as_bytes()) {
            Some(title) => vec![title],
            None if text.starts_with('<') => said_in_xml(text),
            None if text.starts_with(['{', '[']) => Vec::new(),
            None => vec![text.to_owned()],
        },
    };
    let lines = found.iter().map(|said| line(said));
    lines
        .filter(|line| !line.is_empty())
        .take(ERROR_LINES)
        .collect()
}

/// Members that hold the errors themselves, one or a list.
const NESTED: [&str; 2] = ["errors", "error"];
/// Members with text about the error, in the order in which they are shown.
const SAYING: [&str; 14] = [
    "code",
    "errorCode",
    "error",
    "errors",
    "title",
    "message",
    "errorMessage",
    "error_description",
    "msg",
    "reason",
    "description",
    "detail",
    "details",
    "cause",
];

/// Finds a member by its name, ignoring case: some servers write `Code` and `Message`.
fn member<'v>(of: &'v serde_json::Map<String, Value>, name: &str) -> Option<&'v Value> {
    let found = of.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// Returns one text for each error in a JSON tree: the object's own text, then those of the errors in it.
fn said_by(tree: &Value) -> Vec<String> {
    match tree {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().take(ERROR_LINES).flat_map(said_by).collect(),
        Value::Object(members) => {
            let is_nested =
                |name: &str, value: &Value| NESTED.contains(&name) && !value.is_string();
            let said = SAYING.iter().filter_map(|name| {
                let value = member(members, name)?;
                (!is_nested(name, value)).then(|| detail_of(value))
            });
            let mut parts: Vec<String> = Vec::new();
            for part in said.filter(|part| !part.is_empty()) {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
            let own = Some(parts.join(": ")).filter(|own| !own.is_empty());
            let nested = NESTED.iter().filter_map(|name| {
                let value = member(members, name)?;
                is_nested(name, value).then(|| said_by(value))
            });
            own.into_iter().chain(nested.flatten()).collect()
        }
        _ => Vec::new(),
    }
}

/// Members of a detail that only repeat the request.
const ASKED_FOR: [&str; 5] = ["name", "tag", "revision", "type", "class"];

/// Returns the text of a detail, which may have any shape: the digest that the error is about, else its own text,
/// else the members that do not repeat the request.
fn detail_of(detail: &Value) -> String {
    match detail {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => {
            let said = all.iter().take(ERROR_LINES).map(detail_of);
            said.filter(|said| !said.is_empty())
                .collect::<Vec<_>>()
                .join("; ")
        }
        Value::Object(members) => {
            let digest = member(members, "digest").and_then(Value::as_str);
            if let Some(digest) = digest.filter(|text| crate::image::Digest::parse(text).is_ok()) {
                return digest.to_owned();
            }
            let said = said_by(detail);
            if !said.is_empty() {
                return said.join("; ");
            }
            let held = members.iter().filter_map(|(name, value)| {
                // Members with text were visited before. Each member is visited once, however deeply it is nested.
                let mut known = ASKED_FOR.iter().chain(&SAYING);
                let is_new = !known.any(|known| name.eq_ignore_ascii_case(known));
                let value = is_new.then(|| detail_of(value))?;
                (!value.is_empty()).then(|| format!("{name} {value}"))
            });
            held.take(ERROR_LINES).collect::<Vec<_>>().join(", ")
        }
        Value::Null | Value::Bool(_) => String::new(),
    }
}

/// Reads the error text from the XML of an object store.
fn said_in_xml(text: &str) -> Vec<String> {
    let inside = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (inside, _) = rest.split_once(&format!("</{name}>"))?;
        Some(inside.to_owned())
    };
    let said: Vec<String> = ["Code", "Message"].into_iter().filter_map(inside).collect();
    vec![said.join(": ")]
}

/// Returns the text as one bounded line without control characters.
fn line(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(LINE_CHARS).collect::<String>().trim().to_owned()
}

/// True for an answer with bytes of a blob, or one that says that no bytes are left.
pub(super) fn is_content(response: &Response) -> bool {
    matches!(response.status, 200 | 206 | 416)
}

/// Returns the first offset of `bytes a-b/total`.
pub(super) fn range_start(field: &str) -> Option<u64> {
    let range = field.trim().strip_prefix("bytes")?.trim_start();
    range.split_once('-')?.0.trim().parse().ok()
}

/// Returns the delay that `Retry-After` asks for, in seconds. The field may be a number or a date.
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

/// Returns the warnings in a registry's headers: `299 - "text"` (distribution specification, "Warnings").
pub(super) fn warnings(headers: &Headers) -> Vec<Warning> {
    headers
        .all("warning")
        .filter_map(|field| field.trim().strip_prefix("299 "))
        .filter_map(|rest| rest.split_once('"'))
        .filter_map(|(_agent, rest)| rest.rsplit_once('"'))
        .map(|(text, _)| line(&text.replace("\\\"", "\"")))
        .filter(|text| !text.is_empty())
        .map(|text| Warning::new(Notice::RegistryWarning { text }, b""))
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
        // Members are visited once, however deeply they are nested.
        let deep = format!(
            "{}1{}",
            r#"{"detail":{"detail":"#.repeat(60),
            "}}".repeat(60)
        );
        check(&deep, &["1"]);
        let deep = deep.replace('1', "null");
        check(&deep, &[]);
        // Details and nested codes of registries, clouds and frameworks.
        check(
            r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":[{"Type":"repository","Class":"","Name":"app","Action":"push"}]}]}"#,
            &["UNAUTHORIZED: authentication required: Action push"],
        );
        check(
            r#"{"errors":[{"code":"DENIED","message":"quota","detail":{"limit":5,"used":"6 GB"}}]}"#,
            &["DENIED: quota: limit 5, used 6 GB"],
        );
        check(
            r#"{"errors":[{"code":"UNKNOWN","message":"outer","errors":[{"code":"INNER","message":"why"}]}]}"#,
            &["UNKNOWN: outer", "INNER: why"],
        );
        check(
            r#"{"error":{"code":"DENIED","message":"no","details":[{"code":"POLICY","message":"not on Sundays"}]}}"#,
            &["DENIED: no: POLICY: not on Sundays"],
        );
        check(r#"{"errors":"all is lost"}"#, &["all is lost"]);
        check(r#"{"message":["a","b"],"statusCode":400}"#, &["a; b"]);
        check(
            r#"{"detail":[{"loc":["x"],"msg":"field required"}]}"#,
            &["field required"],
        );
        check(
            r#"{"__type":"X","Message":"token expired"}"#,
            &["token expired"],
        );
        check(r#"{"error":true,"message":"no"}"#, &["no"]);
        check(
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
            &["AccessDenied: Request has expired"],
        );
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
        let texts: Vec<_> = warnings(&headers)
            .into_iter()
            .map(|w| w.message())
            .collect();
        assert_eq!(texts, ["the tag \"old\" goes away"]);
    }
}
