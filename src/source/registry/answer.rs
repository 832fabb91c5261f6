//! What registries answer beside what was asked for: errors, warnings, and for how long to wait.

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
    Error::Refused {
        what: what.to_owned(),
        status: response.status,
        messages: messages(&body),
        retry_after_seconds: retry_after_seconds(&response.headers, now_unix_millis),
    }
}

/// The `code: message` lines of an error body; a short plain text is taken as it is, HTML is not.
fn messages(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let Ok(tree) = serde_json::from_str::<serde_json::Value>(text) else {
        let is_plain = !text.is_empty() && !text.starts_with(['<', '{', '[']);
        return if is_plain {
            vec![line(text)]
        } else {
            Vec::new()
        };
    };
    let errors = tree.get("errors").and_then(serde_json::Value::as_array);
    let errors = errors.map_or(&[][..], Vec::as_slice);
    let text_of = |error: &serde_json::Value, key: &str| {
        let text = error.get(key).and_then(serde_json::Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    errors
        .iter()
        .take(ERROR_LINES)
        .map(|error| {
            let named = [
                text_of(error, "code"),
                text_of(error, "message"),
                detail(error),
            ];
            let named: Vec<String> = named.into_iter().filter(|part| !part.is_empty()).collect();
            line(&named.join(": "))
        })
        .filter(|line| !line.is_empty())
        .collect()
}

/// The digest that an error is about, where its detail, which may be anything, names one.
fn detail(error: &serde_json::Value) -> String {
    let detail = error.get("detail");
    let digest = detail.and_then(|detail| {
        detail
            .get("digest")
            .or(detail.get("Digest"))
            .or(Some(detail))
    });
    let digest = digest.and_then(serde_json::Value::as_str);
    let digest = digest.filter(|text| crate::image::Digest::parse(text).is_ok());
    digest.unwrap_or_default().to_owned()
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
        check("", &[]);
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
