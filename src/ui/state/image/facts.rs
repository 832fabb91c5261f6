//! Formats modes, ages and fractions of seconds for the page.

use crate::protocol::EntryKind;
use crate::ui::text::format;

/// Formats a mode as `ls -l` does: `drwxr-sr-x`.
pub fn mode_text(kind: EntryKind, mode: u16) -> String {
    let mut text = String::with_capacity(10);
    text.push(match kind {
        EntryKind::File | EntryKind::Hardlink => '-',
        EntryKind::Dir => 'd',
        EntryKind::Symlink => 'l',
        EntryKind::Char => 'c',
        EntryKind::Block => 'b',
        EntryKind::Fifo => 'p',
    });
    // Shift of the three bits, the bit that changes the x, and its letters with and without x.
    for (shift, special, with_x, without_x) in [
        (6, 0o4000, 's', 'S'),
        (3, 0o2000, 's', 'S'),
        (0, 0o1000, 't', 'T'),
    ] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => with_x,
            (false, true) => without_x,
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// Formats a mode as four octal digits.
pub fn mode_octal(mode: u16) -> String {
    format!("{:04o}", mode & 0o7777)
}

/// Formats a time with the fraction of its second, if it has one: `2026-01-02 03:04:05.25 UTC`.
pub fn time_with_fraction(seconds: i64, nanos: u32) -> String {
    let fraction = format!("{nanos:09}");
    match fraction.trim_end_matches('0') {
        "" => format!("{} UTC", format::time(seconds)),
        digits => format!("{}.{digits} UTC", format::time(seconds)),
    }
}

/// The time since an event, in the largest unit that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the units say it")]
pub enum Age {
    /// Less than a minute, or slightly in the future because of an inaccurate clock.
    Now,
    Minutes(i64),
    Hours(i64),
    Days(i64),
    Months(i64),
    Years(i64),
    /// More than a day ahead of this computer's clock.
    Ahead,
}

/// Returns the time between an RFC 3339 time and `now_seconds`; `None` if the time cannot be parsed.
pub fn age(created: &str, now_seconds: i64) -> Option<Age> {
    Some(age_between(format::unix_seconds(created)?, now_seconds))
}

/// Returns the time between two times in seconds since 1970.
pub fn age_between(created_seconds: i64, now_seconds: i64) -> Age {
    let seconds = now_seconds.saturating_sub(created_seconds);
    match seconds {
        ..-86_400 => Age::Ahead,
        -86_400..60 => Age::Now,
        60..3_600 => Age::Minutes(seconds / 60),
        3_600..86_400 => Age::Hours(seconds / 3_600),
        86_400..2_592_000 => Age::Days(seconds / 86_400),
        2_592_000..31_536_000 => Age::Months(seconds / 2_592_000),
        _ => Age::Years(seconds / 31_536_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_as_ls_writes_them() {
        for (kind, mode, text) in [
            (EntryKind::Dir, 0o755, "drwxr-xr-x"),
            (EntryKind::Dir, 0o1777, "drwxrwxrwt"),
            (EntryKind::File, 0o4755, "-rwsr-xr-x"),
            (EntryKind::File, 0o2644, "-rw-r-Sr--"),
            (EntryKind::Dir, 0o1770, "drwxrwx--T"),
            (EntryKind::Symlink, 0o777, "lrwxrwxrwx"),
            (EntryKind::Char, 0o600, "crw-------"),
        ] {
            assert_eq!(mode_text(kind, mode), text);
        }
        assert_eq!(mode_octal(0o4755), "4755");
        assert_eq!(mode_octal(0o644), "0644");
    }

    #[test]
    fn times_keep_their_fraction() {
        assert_eq!(time_with_fraction(0, 0), "1970-01-01 00:00:00 UTC");
        assert_eq!(
            time_with_fraction(0, 250_000_000),
            "1970-01-01 00:00:00.25 UTC"
        );
        // Half a second after second -2: -1.5.
        assert_eq!(
            time_with_fraction(-2, 500_000_000),
            "1969-12-31 23:59:58.5 UTC"
        );
    }

    #[test]
    fn ages_take_the_largest_unit() {
        let now = 1_767_323_045; // 2026-01-02T03:04:05Z
        assert_eq!(age("2026-01-02T03:04:00Z", now), Some(Age::Now));
        assert_eq!(age("2026-01-02T01:04:05Z", now), Some(Age::Hours(2)));
        assert_eq!(age("2024-01-01T00:00:00Z", now), Some(Age::Years(2)));
        assert_eq!(age("2030-01-01T00:00:00Z", now), Some(Age::Ahead));
        assert_eq!(age("0001-01-01T00:00:01Z", now), Some(Age::Years(2026)));
        // Go's zero time means that the time is unknown.
        assert_eq!(age("0001-01-01T00:00:00Z", now), None);
        assert_eq!(age("soon", now), None);
    }
}
