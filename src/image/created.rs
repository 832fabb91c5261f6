//! Creation times as configs write them: raw, and parsed if possible.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Timestamp;

/// A time in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Text as written.
    pub raw: String,
    /// Parsed time. `None` if the text is not RFC 3339, or is the zero time that Docker writes for "unknown".
    pub at: Option<Timestamp>,
}

/// Seconds of 0001-01-01T00:00:00Z, the zero value of Go's times. Go's encoder writes it for unset times.
const UNSET_SECONDS: i64 = -62_135_596_800;

impl Created {
    /// Parses a text and keeps it.
    pub fn new(raw: impl Into<String>) -> Created {
        let raw = raw.into();
        Created {
            at: parse(raw.trim()),
            raw,
        }
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let seconds = at.unix_timestamp();
    let nanos = at.nanosecond();
    (seconds != UNSET_SECONDS).then_some(Timestamp { seconds, nanos })
}

/// Formats a time as configs do, in UTC: `2024-02-29T12:00:00.5Z`, with as many digits of the fraction as needed.
///
/// The format covers the years 0 to 9999. Times outside of them are clamped.
pub fn rfc3339(at: Timestamp) -> String {
    let seconds = at.seconds.clamp(FIRST_SECONDS, LAST_SECONDS);
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    let fraction = match at.nanos {
        0 => String::new(),
        nanos => {
            let digits = format!(".{:09}", nanos.min(999_999_999));
            digits.trim_end_matches('0').to_owned()
        }
    };
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Seconds of 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const FIRST_SECONDS: i64 = -62_167_219_200;
const LAST_SECONDS: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "1970-01-01T00:00:00Z",
            "1969-12-31T23:59:58.5Z",
            "2024-02-29T12:00:00.123456789Z",
            "2024-02-29T12:00:00.1Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            let at = parse(text).expect("is a time");
            assert_eq!(rfc3339(at), text);
        }
        let far = Timestamp::from_seconds(i64::MAX);
        assert_eq!(rfc3339(far), "9999-12-31T23:59:59Z");
    }

    fn check(text: &str, at: Option<(i64, u32)>) {
        let at = at.map(|(seconds, nanos)| Timestamp { seconds, nanos });
        let created = Created::new(text);
        assert_eq!(created.at, at, "from {text:?}");
        assert_eq!(created.raw, text);
    }

    #[test]
    fn cf_04_times_of_all_kinds() {
        check("1970-01-01T00:00:00Z", Some((0, 0)));
        check("1969-12-31T23:59:58.5Z", Some((-2, 500_000_000)));
        check("2024-02-29T12:00:00Z", Some((1_709_208_000, 0)));
        check("2024-02-29T13:00:00+01:00", Some((1_709_208_000, 0)));
        check("2024-02-29T12:00:00.1Z", Some((1_709_208_000, 100_000_000)));
        check(
            "2024-02-29T12:00:00.123456789Z",
            Some((1_709_208_000, 123_456_789)),
        );
        check("0001-01-01T00:00:00Z", None);
        check("", None);
        check("yesterday", None);
        check("2024-02-30T12:00:00Z", None);
        check("1709208000", None);
    }
}
