//! Parses the bound of a rule: a ratio, a size with its unit, or `off`.

use std::str::FromStr;

use super::pattern::PathPattern;

/// A ratio from 0 to 1; `None` for a rule that is switched off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cli) struct PartBound(pub(in crate::cli) Option<f64>);

/// A size in bytes; `None` for a rule that is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct SizeBound(pub(in crate::cli) Option<u64>);

/// A number; `None` for a rule that is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct CountBound(pub(in crate::cli) Option<u64>);

/// A bound on the visible bytes of some files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct PathBudget {
    /// The files, or directories above them.
    pub(super) pattern: PathPattern,
    /// The bound.
    pub(super) bytes: u64,
}

impl FromStr for PathBudget {
    type Err = String;

    fn from_str(text: &str) -> Result<PathBudget, String> {
        let (pattern, bytes) = text
            .rsplit_once('=')
            .ok_or("write it as PATTERN=SIZE, such as /usr/share/doc=5MB")?;
        let bytes = size(bytes.trim()).ok_or_else(|| {
            format!("a size such as 20MB, 1.5GiB or 4096 is asked for, and not {bytes:?}")
        })?;
        let pattern = PathPattern::parse(pattern)?;
        Ok(PathBudget { pattern, bytes })
    }
}

/// True for the words with which dive switches a rule off.
fn is_off(text: &str) -> bool {
    ["", "off", "disabled", "false"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

impl FromStr for PartBound {
    type Err = String;

    fn from_str(text: &str) -> Result<PartBound, String> {
        let text = text.trim();
        if is_off(text) {
            return Ok(PartBound(None));
        }
        match text.parse::<f64>() {
            Ok(part) if (0.0..=1.0).contains(&part) => Ok(PartBound(Some(part))),
            _ => Err(format!(
                "a number from 0 to 1, such as 0.9, or off is asked for, and not {text:?}"
            )),
        }
    }
}

impl FromStr for CountBound {
    type Err = String;

    fn from_str(text: &str) -> Result<CountBound, String> {
        let text = text.trim();
        if is_off(text) {
            return Ok(CountBound(None));
        }
        let number = text.parse().ok();
        number
            .map(|n| CountBound(Some(n)))
            .ok_or_else(|| format!("a number such as 0, or off is asked for, and not {text:?}"))
    }
}

/// Each unit with its bytes, as in dive.
const UNITS: [(&str, u64); 7] = [
    ("", 1),
    ("k", 1_000),
    ("m", 1_000_000),
    ("g", 1_000_000_000),
    ("t", 1_000_000_000_000),
    ("p", 1_000_000_000_000_000),
    ("e", 1_000_000_000_000_000_000),
];

impl FromStr for SizeBound {
    type Err = String;

    fn from_str(text: &str) -> Result<SizeBound, String> {
        let text = text.trim();
        if is_off(text) {
            return Ok(SizeBound(None));
        }
        size(text)
            .map(|bytes| SizeBound(Some(bytes)))
            .ok_or_else(|| {
                format!(
                    "a size such as 20MB, 1.5GiB or 4096, or off is asked for, and not {text:?}"
                )
            })
    }
}

/// Parses `20MB`, `1.5 GiB` or `4096`: kB are 1000 bytes and KiB 1024, whatever the case.
fn size(text: &str) -> Option<u64> {
    let is_of_number = |c: char| c.is_ascii_digit() || c == '.';
    let end = text.find(|c| !is_of_number(c)).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let (letter, is_binary) = match unit.strip_suffix('i') {
        Some(letter) if !letter.is_empty() => (letter, true),
        _ => (unit, false),
    };
    let power = UNITS.iter().position(|(known, _)| *known == letter)?;
    let factor = match is_binary {
        true => 1024_u64.checked_pow(u32::try_from(power).ok()?)?,
        false => UNITS.get(power)?.1,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let scale = 10_u128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let scaled: u128 = [whole, part].concat().parse().ok()?;
    u64::try_from(scaled.checked_mul(u128::from(factor))? / scale).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_of_a_thousand_or_of_1024() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("20MB", 20_000_000),
            ("20 mb", 20_000_000),
            ("20M", 20_000_000),
            ("7B", 7),
            ("1.5kB", 1_500),
            (".5k", 500),
            ("1.0005kB", 1_000),
            ("2KiB", 2_048),
            ("1.5GiB", 1_610_612_736),
            ("1Ti", 1 << 40),
            ("15EiB", 15 << 60),
        ] {
            assert_eq!(text.parse(), Ok(SizeBound(Some(bytes))), "{text}");
        }
        for text in [
            "-1",
            "MB",
            "20 apples",
            "1.2.3",
            ".",
            "20%",
            "16EiB",
            "1i",
            "99999999999EB",
        ] {
            assert!(text.parse::<SizeBound>().is_err(), "{text}");
        }
    }

    #[test]
    fn parts_are_from_nothing_to_all() {
        for (text, part) in [("0", 0.0), ("0.95", 0.95), (" 1 ", 1.0)] {
            assert_eq!(text.parse(), Ok(PartBound(Some(part))), "{text}");
        }
        for text in ["1.01", "-0.1", "10%", "NaN", "inf", "most"] {
            assert!(text.parse::<PartBound>().is_err(), "{text}");
        }
    }

    #[test]
    fn counts_are_numbers() {
        assert_eq!("7".parse(), Ok(CountBound(Some(7))));
        for text in ["-1", "1.5", "many"] {
            assert!(text.parse::<CountBound>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_rule_can_be_switched_off() {
        for text in ["off", "OFF", "disabled", "false", "", " "] {
            assert_eq!(text.parse(), Ok(PartBound(None)), "{text:?}");
            assert_eq!(text.parse(), Ok(SizeBound(None)), "{text:?}");
            assert_eq!(text.parse(), Ok(CountBound(None)), "{text:?}");
        }
    }
}
