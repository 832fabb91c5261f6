//! Reads the state of an upload from `Location` and `Range`: where it continues, and the bytes received.

use crate::io::{self, ErrorKind, Response};
use crate::message::Message;

use super::super::super::Error;
use super::super::conversation::io_error;
use super::super::host::Asker;
use super::super::url;

/// Returns the address for the next step of an upload, which must be at the registry itself.
///
/// A registry behind a TLS proxy often assumes http. If nothing else differs, the scheme by which the registry is
/// reached is kept.
///
/// # Errors
/// When no address is visible, or it is at another host: nothing is uploaded there.
pub(super) fn of(
    response: &Response,
    base: &str,
    asker: Asker,
    what: &Message,
) -> Result<String, Error> {
    let Some(field) = response.headers.get("location") else {
        return Err(Error::NoLocation {
            what: what.clone(),
            is_page: asker != Asker::Native,
        });
    };
    let resolved = url::resolve(&response.url, field);
    let location = resolved.map(|resolved| with_scheme_of(base, resolved));
    match location {
        Some(location) if url::same_origin(&location, base) => Ok(location),
        _ => Err(io_error(
            what,
            io::Error::new(ErrorKind::Forbidden, Message::upload_elsewhere()),
        )),
    }
}

fn with_scheme_of(base: &str, location: String) -> String {
    let same_authority = match (url::parts(base), url::parts(&location)) {
        (Some(base), Some(named)) => {
            base.https && !named.https && base.authority == named.authority
        }
        _ => false,
    };
    match location.split_once("://") {
        Some((_, rest)) if same_authority => format!("https://{rest}"),
        _ => location,
    }
}

/// Returns the address with the digest that completes the upload. The rest of its query is kept.
pub(super) fn with_digest(location: &str, digest: &str) -> String {
    let separator = match (location.contains('?'), location.ends_with(['?', '&'])) {
        (_, true) => "",
        (true, false) => "&",
        (false, false) => "?",
    };
    format!("{location}{separator}digest={}", url::encode_value(digest))
}

/// Returns the bytes received according to `Range: 0-LAST`. `0-0` is an upload without any bytes.
pub(super) fn arrived_bytes(response: &Response) -> Option<u64> {
    let field = response.headers.get("range")?.trim();
    let field = field.strip_prefix("bytes=").unwrap_or(field);
    let (first, last) = field.split_once('-')?;
    match (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?) {
        (0, 0) => Some(0),
        (0, last) => last.checked_add(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{Headers, VecStream};

    fn response(name: &str, value: &str) -> Response {
        let mut headers = Headers::default();
        headers.add(name, value);
        Response {
            status: 202,
            headers,
            url: "https://r.example/v2/app/blobs/uploads/".to_owned(),
            body: Box::new(VecStream::new(Vec::new())),
        }
    }

    fn check(location: &str, expected: Result<&str, &str>) {
        let got = of(
            &response("location", location),
            "https://r.example",
            Asker::HttpsPage,
            &Message::layer(0_u32),
        );
        match (got, expected) {
            (Ok(got), Ok(expected)) => assert_eq!(got, expected, "{location}"),
            (Err(got), Err(expected)) => {
                assert!(got.to_string().contains(expected), "{location}: {got}");
            }
            (got, _) => panic!("{location}: {got:?}"),
        }
    }

    #[test]
    fn rp_20_locations_of_every_make() {
        check(
            "/v2/app/blobs/uploads/u?_state=x",
            Ok("https://r.example/v2/app/blobs/uploads/u?_state=x"),
        );
        check("u", Ok("https://r.example/v2/app/blobs/uploads/u"));
        check("https://R.example:443/u", Ok("https://R.example:443/u"));
        check("http://r.example/u?a", Ok("https://r.example/u?a"));
        for elsewhere in [
            "https://store.example/u",
            "http://r.example:5000/u",
            "https://r.example:8443/u",
            "ftp://r.example/u",
        ] {
            check(elsewhere, Err("sent to none but itself"));
        }
    }

    #[test]
    fn rp_20_the_digest_is_added_to_whatever_query_there_is() {
        for (location, expected) in [
            ("https://r/u", "https://r/u?digest=sha256:0"),
            (
                "https://r/u?_state=a%3D",
                "https://r/u?_state=a%3D&digest=sha256:0",
            ),
            ("https://r/u?", "https://r/u?digest=sha256:0"),
        ] {
            assert_eq!(with_digest(location, "sha256:0"), expected);
        }
    }

    #[test]
    fn rp_22_ranges_tell_how_much_has_arrived() {
        for (field, expected) in [
            ("0-9", Some(10)),
            ("bytes=0-9", Some(10)),
            ("0-0", Some(0)),
            ("5-9", None),
            ("0-18446744073709551615", None),
            ("nonsense", None),
        ] {
            assert_eq!(
                arrived_bytes(&response("range", field)),
                expected,
                "{field}"
            );
        }
    }

    #[test]
    fn br_01_a_hidden_location_is_named() {
        let hidden = response("x", "y");
        let told = |asker| {
            of(&hidden, "https://r.example", asker, &Message::layer(0_u32))
                .expect_err("there is none")
                .to_string()
        };
        assert!(told(Asker::HttpsPage).contains("Access-Control-Expose-Headers"));
        assert!(!told(Asker::Native).contains("Access-Control"));
    }
}
