//! Expands braces: `{a,b}` and `{01..20}` in an entry's path stand for several entries, and `$1` in its content
//! for their values.

use lamina::bounds::LayerLimits;

/// One of the expanded paths, with the value of each brace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expansion {
    pub(crate) path: String,
    pub(crate) values: Vec<String>,
}

/// Returns all paths of `pattern`, in the order of its braces; the last one changes fastest.
pub(crate) fn expand(pattern: &str) -> Result<Vec<Expansion>, String> {
    let mut all = vec![Expansion::default()];
    let mut rest = pattern;
    while let Some((literal, opened)) = rest.split_once('{') {
        let (group, tail) = opened.split_once('}').ok_or("a { without its }")?;
        let values = values_of(group)?;
        let n_paths = all.len().saturating_mul(values.len());
        if u32::try_from(n_paths).map_or(true, |n| n > LayerLimits::DEFAULT.entries) {
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
    pub(crate) fn fill(&self, text: &str) -> String {
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
    if from > to || to - from >= LayerLimits::DEFAULT.entries {
        return Err(format!(
            "{{{group}}}: counts up from the first number to the last"
        ));
    }
    let width = first.len();
    Ok((from..=to)
        .map(|value| format!("{value:0width$}"))
        .collect())
}
