//! Expands braces: `{a,b}` and `{01..20}` in an entry's path stand for several entries, and `$1` in its content
//! for their values.

use crate::layer::Limits;

/// One of the expanded paths, with the value of each brace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expansion {
    pub(super) path: String,
    pub(super) values: Vec<String>,
}

/// Returns all paths of `pattern`, in the order of its braces; the last one changes fastest.
pub(super) fn expand(pattern: &str) -> Result<Vec<Expansion>, String> {
    let mut all = vec![Expansion::default()];
    let mut rest = pattern;
    while let Some((literal, opened)) = rest.split_once('{') {
        let (group, tail) = opened.split_once('}').ok_or("a { without its }")?;
        let values = values_of(group)?;
        let n_paths = all.len().saturating_mul(values.len());
        if u32::try_from(n_paths).map_or(true, |n| n > Limits::DEFAULT.entries) {
            return Err(format!(
                "the braces stand for {n_paths} entries, more than a layer may have"
            ));
        }
        all = all
            .iter()
            .flat_map(|before| values.iter().map(move |value| before.and(literal, value)))
            .collect();
        rest = tail;
    }
    for expansion in &mut all {
        expansion.path.push_str(rest);
    }
    Ok(all)
}

impl Expansion {
    fn and(&self, literal: &str, value: &str) -> Expansion {
        Expansion {
            path: [&self.path, literal, value].concat(),
            values: self
                .values
                .iter()
                .cloned()
                .chain([value.to_owned()])
                .collect(),
        }
    }

    /// Returns `text` with `$1` and so on replaced.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (number, value) in (1..).zip(&self.values) {
            filled = filled.replace(&format!("${number}"), value);
        }
        filled
    }
}

/// Returns the values of `a,b,c`, or of `1..20`, whose numbers are padded to the width of the first one.
fn values_of(group: &str) -> Result<Vec<String>, String> {
    let Some((first, last)) = group.split_once("..") else {
        return Ok(group.split(',').map(str::to_owned).collect());
    };
    let number = |text: &str| {
        text.parse::<u32>()
            .map_err(|_| format!("{{{group}}}: {text:?} is no number"))
    };
    let (from, to) = (number(first)?, number(last)?);
    if from > to || to - from >= Limits::DEFAULT.entries {
        return Err(format!(
            "{{{group}}}: counts up from the first number to the last"
        ));
    }
    let width = first.len();
    Ok((from..=to)
        .map(|value| format!("{value:0width$}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &str) {
        let text = match expand(pattern) {
            Ok(all) => all
                .iter()
                .map(|one| one.fill(&format!("{}=$1$2", one.path)))
                .collect::<Vec<_>>()
                .join(" "),
            Err(reason) => reason,
        };
        assert_eq!(text, expected, "{pattern}");
    }

    #[test]
    fn braces_stand_for_lists_and_ranges() {
        check("etc/hosts", "etc/hosts=$1$2");
        check("{a,b}.txt", "a.txt=a$2 b.txt=b$2");
        check("{09..11}", "09=09$2 10=10$2 11=11$2");
        check("{a,b}/{1..2}", "a/1=a1 a/2=a2 b/1=b1 b/2=b2");
    }

    #[test]
    fn wrong_braces_are_refused() {
        check("{a", "a { without its }");
        check("{1..x}", "{1..x}: \"x\" is no number");
        check(
            "{3..1}",
            "{3..1}: counts up from the first number to the last",
        );
        check(
            "{1..4294967295}",
            "{1..4294967295}: counts up from the first number to the last",
        );
        check(
            "{1..3000}/{1..3000}",
            "the braces stand for 9000000 entries, more than a layer may have",
        );
    }
}
