//! Formats sizes, counts, times and durations for the page, with the same digits in every language.
//!
//! Sizes are decimal (1 kB = 1,000 bytes), as in the output of `docker images`; the exact number goes into a title.
//! Times are UTC, so that an image looks the same everywhere.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::visible::visible_text;

/// Formats a size with three digits: `912 B`, `5.61 MB`, `172 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut unit_bytes: u128 = 1000;
    for unit in UNITS {
        for (scale, decimals) in [(100, 2), (10, 1), (1, 0)] {
            let rounded = (u128::from(bytes) * scale + unit_bytes / 2) / unit_bytes;
            if rounded < 1000 {
                let (whole, part) = (rounded / scale, rounded % scale);
                return match decimals {
                    0 => format!("{whole} {unit}"),
                    _ => format!("{whole}.{part:0decimals$} {unit}"),
                };
            }
        }
        unit_bytes *= 1000;
    }
    format!("{bytes} B")
}

/// Formats a number with separators: `1,234,567`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats bytes per second: `12.3 MB/s`; empty for a rate that is not known yet.
pub fn rate(bytes_per_second: f64) -> String {
    if bytes_per_second.is_finite() && bytes_per_second >= 1.0 {
        // The cast saturates: a rate beyond u64 is shown as the largest.
        format!("{}/s", size(bytes_per_second as u64))
    } else {
        String::new()
    }
}

/// Returns a part of a whole in per cent, from 0 to 100; 0 if the whole is unknown or empty.
pub fn percent(part: u64, whole: u64) -> u8 {
    if whole == 0 {
        return 0;
    }
    u8::try_from((u128::from(part) * 100 / u128::from(whole)).min(100)).unwrap_or(100)
}

/// Formats a part of a whole as the width of a bar: `58.7%`. Any part above zero is seen, however small.
pub fn bar_width(part: u64, whole: u64) -> String {
    let permille = match part {
        0 => 0,
        _ if whole == 0 => 0,
        _ => (u128::from(part) * 1000 / u128::from(whole)).clamp(8, 1000),
    };
    format!("width:{}.{}%", permille / 10, permille % 10)
}

/// Formats a fraction in per cent with two digits, rounded down: `98.44 %`; `∞` if it is not finite.
pub fn percent_of_one(part: f64) -> String {
    if !part.is_finite() {
        return "∞".to_owned();
    }
    // The cast saturates: negative values become 0. A float that is a hair below a digit counts as that digit.
    let hundredths = (part * 10_000.0 + 1e-6) as u64;
    format!("{}.{:02} %", count(hundredths / 100), hundredths % 100)
}

/// Formats seconds since 1970 as `2026-01-02 03:04:05`, UTC.
pub fn time(seconds: i64) -> String {
    match OffsetDateTime::from_unix_timestamp(seconds) {
        Ok(time) => written(time),
        Err(_) => seconds.to_string(),
    }
}

/// Formats an RFC 3339 time as `2026-01-02 03:04:05 UTC`; other text stays as it is.
pub fn rfc3339(text: &str) -> String {
    match OffsetDateTime::parse(text, &Rfc3339) {
        Ok(time) => format!("{} UTC", written(time.to_offset(UtcOffset::UTC))),
        Err(_) => visible_text(text),
    }
}

/// Returns the day of an RFC 3339 time, `2026-01-02`; other text stays as it is.
pub fn day(text: &str) -> String {
    match OffsetDateTime::parse(text, &Rfc3339) {
        Ok(time) => day_of(time.to_offset(UtcOffset::UTC)),
        Err(_) => visible_text(text),
    }
}

/// Parses an RFC 3339 time to seconds since 1970. The zero value of Go's times, which stands for no time, also gives
/// `None`.
pub fn unix_seconds(text: &str) -> Option<i64> {
    const UNSET: i64 = -62_135_596_800;
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(time.unix_timestamp()).filter(|&seconds| seconds != UNSET)
}

fn day_of(time: OffsetDateTime) -> String {
    let month = u8::from(time.month());
    format!("{:04}-{month:02}-{:02}", time.year(), time.day())
}

fn written(time: OffsetDateTime) -> String {
    let (hour, minute, second) = time.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}", day_of(time))
}

/// Formats a duration: `0.4 s`, `12 s`, `3 min 05 s`.
pub fn duration_millis(millis: u64) -> String {
    let seconds = millis / 1000;
    if seconds < 10 {
        format!("{}.{} s", seconds, millis % 1000 / 100)
    } else if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_what_is_small() {
        for (part, whole, width) in [
            (0, 10, "width:0.0%"),
            (1, 1_000_000, "width:0.8%"),
            (587, 1000, "width:58.7%"),
            (20, 10, "width:100.0%"),
            (u64::MAX, u64::MAX, "width:100.0%"),
            (5, 0, "width:0.0%"),
        ] {
            assert_eq!(bar_width(part, whole), width, "{part} of {whole}");
        }
    }

    #[test]
    fn sizes_have_three_digits() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (5_612_345, "5.61 MB"),
            (56_123_456, "56.1 MB"),
            (99_960_000, "100 MB"),
            (172_400_000, "172 MB"),
            (999_499_999, "999 MB"),
            (999_500_000, "1.00 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }

    #[test]
    fn counts_have_separators() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1000), "1,000");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn times_are_utc() {
        assert_eq!(time(0), "1970-01-01 00:00:00");
        assert_eq!(
            rfc3339("2026-01-02T05:04:05.123+02:00"),
            "2026-01-02 03:04:05 UTC"
        );
        assert_eq!(rfc3339("yesterday"), "yesterday");
        assert_eq!(day("2026-01-02T03:04:05Z"), "2026-01-02");
    }

    #[test]
    fn the_rest() {
        assert_eq!(percent(1, 3), 33);
        assert_eq!(percent(5, 3), 100);
        assert_eq!(percent(5, 0), 0);
        for (part, text) in [
            (0.0, "0.00 %"),
            (1.0, "100.00 %"),
            (0.29, "29.00 %"),
            (0.999_999, "99.99 %"),
            (0.984_421, "98.44 %"),
            (12.5, "1,250.00 %"),
            (f64::INFINITY, "∞"),
        ] {
            assert_eq!(percent_of_one(part), text);
        }
        assert_eq!(rate(1_500_000.0), "1.50 MB/s");
        assert_eq!(rate(0.0), "");
        assert_eq!(duration_millis(432), "0.4 s");
        assert_eq!(duration_millis(185_000), "3 min 05 s");
    }
}
