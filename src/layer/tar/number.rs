//! Numbers as tar writes them: octal text, base-256, and the decimals of PAX.

use crate::image::Timestamp;
use crate::layer::tar_checksum::octal;

/// Parses a number in a header field: octal, or base-256 if the first bit is set.
///
/// An empty field is 0. `None` if the number is malformed or does not fit.
pub(super) fn header_number(field: &[u8]) -> Option<i64> {
    match field {
        [first, ..] if first & 0x80 != 0 => base_256(field),
        _ => octal(field),
    }
}

/// Parses two's complement, most significant byte first, with the marker in the first bit.
fn base_256(field: &[u8]) -> Option<i64> {
    let (&first, rest) = field.split_first()?;
    let negative = first & 0x40 != 0;
    // Replaces the marker by the sign bit after it.
    let first = if negative { first | 0x80 } else { first & 0x7f };
    let sign: i128 = if negative { -1 } else { 0 };
    std::iter::once(&first)
        .chain(rest)
        .try_fold(sign, |number, &byte| {
            let number = number.checked_mul(256)?.checked_add(i128::from(byte))?;
            // Leading sign bytes are all the same. A number wider than 64 bits cannot become narrower again.
            (number.unsigned_abs() >> 64 == 0).then_some(number)
        })
        .and_then(|number| i64::try_from(number).ok())
}

/// Parses a decimal with an optional sign, like Go's `strconv.ParseInt`: the numbers of PAX and its sparse maps.
pub(super) fn decimal(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0i64, |number, &digit| match digit {
        b'0'..=b'9' => {
            let digit = i64::from(digit - b'0');
            let number = number.checked_mul(10)?;
            match negative {
                true => number.checked_sub(digit),
                false => number.checked_add(digit),
            }
        }
        _ => None,
    })
}

/// Parses a decimal that must not be negative.
pub(super) fn natural(text: &[u8]) -> Option<u64> {
    decimal(text).and_then(|number| u64::try_from(number).ok())
}

/// Parses seconds with an optional sign and fraction, truncated to nanoseconds.
pub(super) fn pax_time(text: &[u8]) -> Option<Timestamp> {
    let mut parts = text.splitn(2, |&b| b == b'.');
    let whole = parts.next()?;
    let seconds = decimal(whole)?;
    let fraction = parts.next().unwrap_or_default();
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let nanos = (0..9).fold(0u32, |nanos, at| {
        nanos * 10 + fraction.get(at).map_or(0, |digit| u32::from(digit - b'0'))
    });
    Some(match (whole.starts_with(b"-"), nanos) {
        (false, nanos) => Timestamp { seconds, nanos },
        (true, 0) => Timestamp::from_seconds(seconds),
        (true, nanos) => Timestamp {
            seconds: seconds.saturating_sub(1),
            nanos: 1_000_000_000 - nanos,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &[u8], expected: Option<i64>) {
        assert_eq!(header_number(field), expected, "{field:?}");
    }

    #[test]
    fn tf_09_octal_in_all_paddings() {
        check(b"0000644\0", Some(0o644));
        check(b"   644 \0", Some(0o644));
        check(b"77777777", Some(0o77777777));
        check(b"\0\0\0\0\0\0\0\0", Some(0));
        check(b"        ", Some(0));
        check(b"644\0abc\0", Some(0o644));
        check(b"0000800\0", None);
        check(b"644 \0ab\0", None);
        check(b"64 4\0\0\0\0", None);
        check(b"-0000001", None);
    }

    #[test]
    fn tf_09_base_256_with_sign() {
        check(b"\x80\0\0\0\0\0\x01\0", Some(256));
        check(&[0xff; 12], Some(-1));
        check(
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe",
            Some(-2),
        );
        check(
            b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
            Some(i64::MAX),
        );
        check(b"\x80\0\0\0\x80\0\0\0\0\0\0\0", None);
        check(b"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", Some(i64::MIN));
        check(b"\xc0\0\0\0\0\0\0\0\0\0\0\0", None);
        check(b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None);
    }

    #[test]
    fn tf_07_times_with_fractions() {
        let time = |text: &str| pax_time(text.as_bytes()).map(|t| (t.seconds, t.nanos));
        assert_eq!(
            time("1350244992.023960108"),
            Some((1_350_244_992, 23_960_108))
        );
        assert_eq!(time("-1.5"), Some((-2, 500_000_000)));
        assert_eq!(time("-1"), Some((-1, 0)));
        assert_eq!(time("5."), Some((5, 0)));
        assert_eq!(time("1.1234567899"), Some((1, 123_456_789)));
        assert_eq!(time(""), None);
        assert_eq!(time("1.x"), None);
        assert_eq!(time("--1"), None);
        assert_eq!(time("99999999999999999999"), None);
    }
}
