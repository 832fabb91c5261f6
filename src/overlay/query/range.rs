//! Reads comparisons of numbers: `>1M`, `<=10k`, `1k..2M`, `2`.

use std::ops::RangeInclusive;

/// Units of sizes, smallest first. A prefix is a power of 1,000, as on the page, and one with `i` a power of 1,024.
const PREFIXES: &str = "kmgtp";

/// Reads a comparison of sizes; `None` if it is none.
pub(super) fn sizes(text: &str) -> Option<RangeInclusive<u64>> {
    range(text, size)
}

/// Reads a comparison of whole numbers; `None` if it is none.
pub(super) fn numbers(text: &str) -> Option<RangeInclusive<u64>> {
    range(text, |text| text.parse().ok())
}

fn range(text: &str, number: impl Fn(&str) -> Option<u64>) -> Option<RangeInclusive<u64>> {
    let after = |sign: &str| text.strip_prefix(sign).map(&number);
    if let Some(least) = after(">=") {
        return Some(least?..=u64::MAX);
    }
    if let Some(most) = after("<=") {
        return Some(0..=most?);
    }
    if let Some(below) = after(">") {
        return Some(below?.checked_add(1)?..=u64::MAX);
    }
    if let Some(above) = after("<") {
        return Some(0..=above?.checked_sub(1)?);
    }
    if let Some((least, most)) = text.split_once("..") {
        return Some(number(least)?..=number(most)?);
    }
    let exact = number(text.strip_prefix('=').unwrap_or(text))?;
    Some(exact..=exact)
}

/// Reads a size: `10`, `1.5M`, `2 MiB` without the space.
fn size(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (digits, unit) = text.split_at(end.unwrap_or(text.len()));
    let unit = unit.to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let (prefix, base) = match unit.strip_suffix('i') {
        Some(prefix) => (prefix, 1_024),
        None => (unit, 1_000),
    };
    let power = match prefix {
        "" if base == 1_000 => 0,
        prefix if prefix.len() == 1 => PREFIXES.find(prefix)?.checked_add(1)?,
        _ => return None,
    };
    let factor = (0..power).try_fold(1_u64, |factor, _| factor.checked_mul(base))?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    // More digits than these are less than a byte of the largest unit.
    if part.len() > 15 || (digits.contains('.') && part.is_empty()) {
        return None;
    }
    let scale = (0..part.len()).try_fold(1_u64, |scale, _| scale.checked_mul(10))?;
    let part: u64 = match part {
        "" => 0,
        part => part.parse().ok()?,
    };
    let part = u128::from(part).checked_mul(u128::from(factor))? / u128::from(scale);
    let whole: u64 = whole.parse().ok()?;
    whole
        .checked_mul(factor)?
        .checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what a comparison comes to: `LEAST-MOST`, `LEAST-` without an end, or nothing.
    fn check(read: fn(&str) -> Option<RangeInclusive<u64>>, cases: &str) {
        for case in cases.split_whitespace() {
            let (text, expected) = case.split_once('=').expect("a case has a result");
            let (text, expected) = match expected.rsplit_once('=') {
                Some((more, expected)) => (format!("{text}={more}"), expected),
                None => (text.to_owned(), expected),
            };
            let found = read(&text).map_or("no".to_owned(), |range| match *range.end() {
                u64::MAX => format!("{}-", range.start()),
                end => format!("{}-{end}", range.start()),
            });
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn sizes_have_units() {
        check(
            sizes,
            ">1M=1000001- >=1M=1000000- <10k=0-9999 <=10k=0-10000 5=5-5 =5=5-5 1k..2k=1000-2000
             >1.5kB=1501- 1KiB=1024-1024 2mib..=no >0.1M=100001- 0b=0-0 <0=no 1.=no .5=no k=no
             >=no 1x=no 1kk=no 1i=no >-1=no 99999999999999999999=no 99999999P=no 1.0000000000000001k=no",
        );
    }

    #[test]
    fn numbers_have_none() {
        check(
            numbers,
            "2=2-2 >2=3- 0..4=0-4 4..0=4-0 <1=0-0 2k=no =no ..=no x=no",
        );
    }
}
