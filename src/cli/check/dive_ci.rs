//! Parses a `.dive-ci` file: a mapping `rules:` with one line for each rule.
//!
//! Only this flat form of YAML is supported, with comments and quotes. Any other line is refused with its number,
//! since a rule that is skipped would always pass.

use std::collections::BTreeSet;

use crate::insight::{Bounds, Rule};

use super::bound::{CountBound, PartBound, SizeBound};

/// Sets the bounds that a file names. Other bounds are unchanged.
pub(super) fn read(text: &str, bounds: &mut Bounds) -> Result<(), String> {
    let mut in_rules = false;
    let mut seen = BTreeSet::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(text.lines()) {
        let at = |reason: &str| format!("line {number}: {reason}");
        let content = without_comment(line).trim_end();
        let inner = content.trim_start_matches(' ');
        if inner.is_empty() || content == "---" {
            continue;
        }
        let Some((key, value)) = inner.split_once(':') else {
            return Err(at("a rule is a name, a colon and its bound"));
        };
        let value = unquoted(value.trim());
        if inner.len() == content.len() {
            in_rules = unquoted(key.trim()) == "rules";
            match (in_rules, value.is_empty()) {
                (true, true) if seen.insert("rules") => continue,
                (true, true) => return Err(at("the rules stand here a second time")),
                (true, false) => {
                    return Err(at("the rules stand in lines of their own below rules:"));
                }
                (false, _) => return Err(at("only a mapping named rules is read")),
            }
        }
        if !in_rules {
            return Err(at(
                "this line belongs to no mapping; rules: stands above them",
            ));
        }
        let key = unquoted(key.trim());
        let rules = Rule::IN_FILES;
        let Some(rule) = rules.iter().find(|rule| rule.name() == key).copied() else {
            let names = rules.map(Rule::name).join(", ");
            return Err(at(&format!("there is no rule {key:?}: there are {names}")));
        };
        if !seen.insert(rule.name()) {
            return Err(at("this rule stands here a second time"));
        }
        set(bounds, rule, value).map_err(|reason| at(&format!("{}: {reason}", rule.name())))?;
    }
    match in_rules {
        true => Ok(()),
        false => Err("there are no rules in it: they stand below a line rules:".to_owned()),
    }
}

fn set(bounds: &mut Bounds, rule: Rule, value: &str) -> Result<(), String> {
    let part = || value.parse::<PartBound>().map(|bound| bound.0);
    let size = || value.parse::<SizeBound>().map(|bound| bound.0);
    let count = || value.parse::<CountBound>().map(|bound| bound.0);
    match rule {
        Rule::LowestEfficiency => bounds.lowest_efficiency = part()?,
        Rule::HighestWastedBytes => bounds.highest_wasted_bytes = size()?,
        Rule::HighestUserWastedPercent => bounds.highest_user_wasted_percent = part()?,
        Rule::HighestDeadBytes => bounds.highest_dead_bytes = size()?,
        Rule::HighestSecrets => bounds.highest_secrets = count()?,
        Rule::HighestVisibleBytes => bounds.highest_visible_bytes = size()?,
        Rule::HighestLayerDownload => bounds.highest_layer_download = size()?,
        Rule::HighestLayerContent => bounds.highest_layer_content = size()?,
        Rule::HighestPackages => bounds.highest_packages = count()?,
        Rule::HighestSetuid => bounds.highest_setuid = count()?,
        Rule::HighestWorldWritable => bounds.highest_world_writable = count()?,
        Rule::HighestPasswords => bounds.highest_passwords = count()?,
        Rule::NotRoot => bounds.not_root = flag(value)?,
        // These need more than a bound, and are given as arguments alone.
        Rule::HighestPathBytes | Rule::MostGrowth | Rule::StructureTest => {}
    }
    Ok(())
}

fn flag(value: &str) -> Result<bool, String> {
    match value {
        "true" => Ok(true),
        "" | "false" | "off" | "disabled" => Ok(false),
        other => Err(format!("true or off is asked for, and not {other:?}")),
    }
}

/// Removes a comment, which begins with `#` at the start of a line or after a space. No name or bound of a rule
/// contains a `#`.
fn without_comment(line: &str) -> &str {
    let begins = |(at, _): &(usize, &str)| {
        line.get(..*at)
            .is_none_or(|before| before.is_empty() || before.ends_with([' ', '\t']))
    };
    let at = line.match_indices('#').find(begins).map(|(at, _)| at);
    at.and_then(|at| line.get(..at)).unwrap_or(line)
}

fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|&quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Result<Bounds, String> {
        let mut bounds = Bounds::DEFAULT;
        read(text, &mut bounds).map(|()| bounds)
    }

    #[test]
    fn reads_the_rules_that_are_named() {
        let text = "\u{feff}---\n# bounds\nrules:\n  # score\n  lowestEfficiency: 0.95\n\n  \
            highestWastedBytes: \"20MB\" # at most\r\n  'highestDeadBytes': 1KiB\n";
        let expected = Bounds {
            lowest_efficiency: Some(0.95),
            highest_wasted_bytes: Some(20_000_000),
            highest_dead_bytes: Some(1_024),
            ..Bounds::DEFAULT
        };
        assert_eq!(read_all(text), Ok(expected));
        let safe = "rules:\n  highestSetuid: 3\n  notRoot: true\n  highestVisibleBytes: 1MB\n";
        let expected = Bounds {
            highest_setuid: Some(3),
            not_root: true,
            highest_visible_bytes: Some(1_000_000),
            ..Bounds::DEFAULT
        };
        assert_eq!(read_all(safe), Ok(expected));
        let off = "rules:\n    lowestEfficiency: disabled\n    highestUserWastedPercent:\n";
        let expected = Bounds {
            lowest_efficiency: None,
            highest_user_wasted_percent: None,
            ..Bounds::DEFAULT
        };
        assert_eq!(read_all(off), Ok(expected));
        assert_eq!(read_all("rules:\n"), Ok(Bounds::DEFAULT));
    }

    #[test]
    fn refuses_the_rest_with_its_line() {
        for (text, reason) in [
            ("", "there are no rules"),
            ("# rules:\n", "there are no rules"),
            (
                "rules: {lowestEfficiency: 0.9}",
                "line 1: the rules stand in lines",
            ),
            (
                "rules:\n  lowestEfficency: 0.9",
                "line 2: there is no rule \"lowestEfficency\"",
            ),
            ("rules:\n  lowestEfficiency 0.9", "line 2: a rule is a name"),
            (
                "rules:\n  notRoot: 3",
                "line 2: notRoot: true or off is asked for",
            ),
            ("rules:\n  mostGrowth: 3", "line 2: there is no rule"),
            (
                "rules:\n  lowestEfficiency: 90",
                "line 2: lowestEfficiency: a number from 0 to 1",
            ),
            (
                "rules:\n  highestWastedBytes: 2XB",
                "line 2: highestWastedBytes: a size such as",
            ),
            (
                "rules:\n\n  highestWastedBytes: 2\n  highestWastedBytes: 3",
                "line 4: this rule",
            ),
            (
                "rules:\nrules:\n",
                "line 2: the rules stand here a second time",
            ),
            ("ci: true\n", "line 1: only a mapping named rules"),
            (
                "  lowestEfficiency: 1\n",
                "line 1: this line belongs to no mapping",
            ),
            (
                "rules:\n\tlowestEfficiency: 1\n",
                "line 2: only a mapping named rules",
            ),
        ] {
            let error = read_all(text).expect_err(text);
            assert!(error.starts_with(reason), "{text:?}: {error}");
        }
    }
}
