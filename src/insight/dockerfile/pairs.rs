//! Restores the quotes of `NAME=value` pairs, which builders leave out of the history.

use super::words::{unquoted, word};

/// Returns the arguments of `ENV` or `LABEL` with the quotes that they need. `known` are the pairs of the image's
/// config: their names are the only way to tell where a value with blanks ends.
pub(super) fn with_quotes<'a>(
    text: &str,
    known: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) -> String {
    let mut starts: Vec<(usize, &str, &str)> = known
        .flat_map(|(name, value)| places_of(text, name).map(move |at| (at, name, value)))
        .collect();
    starts.sort_unstable_by_key(|(at, name, _)| (*at, usize::MAX - name.len()));
    starts.dedup_by_key(|(at, ..)| *at);
    // A name that is no longer in the config, or the old form with a blank.
    if starts.first().is_none_or(|(at, ..)| *at != 0) {
        return text.to_owned();
    }
    let ends = starts.iter().skip(1).map(|(at, ..)| *at);
    let ends = ends.chain(std::iter::once(text.len()));
    let pairs = starts
        .iter()
        .zip(ends)
        .filter_map(|((at, name, value), end)| {
            let pair = text.get(*at..end)?.trim_end();
            let (_, raw) = pair.split_once('=')?;
            Some(format!("{}={}", word(name), value_of(raw, value)))
        });
    pairs.collect::<Vec<_>>().join(" ")
}

/// Returns the offsets at which a pair of this name begins: at the start, or after a blank.
fn places_of<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> {
    let begins = (0..text.len()).filter(move |at| {
        let is_start = *at == 0 || text.as_bytes().get(at - 1) == Some(&b' ');
        is_start && text.is_char_boundary(*at)
    });
    begins.filter(move |at| {
        let rest = text.get(*at..).unwrap_or_default();
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        let rest = rest.strip_prefix(name).unwrap_or_default();
        !name.is_empty() && rest.strip_prefix('"').unwrap_or(rest).starts_with('=')
    })
}

fn value_of(raw: &str, known: &str) -> String {
    let is_quoted = raw != known && unquoted(raw) == known;
    match is_quoted {
        true => raw.to_owned(),
        // The value of a step below may be another than the config's, but a builder either quotes or does not.
        false if raw.starts_with(['"', '\'']) && raw.ends_with(['"', '\'']) && raw.len() > 1 => {
            raw.to_owned()
        }
        false => word(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks a text against a config's pairs, `NAME=value` separated by semicolons.
    fn check(text: &str, known: &str, expected: &str) {
        let known = known.split(';').filter_map(|pair| pair.split_once('='));
        assert_eq!(with_quotes(text, known), expected, "{text}");
    }

    #[test]
    fn quotes_come_back() {
        let known = "LANG=C.UTF-8;GREETING=hello world";
        let typed = r#"LANG=C.UTF-8 GREETING="hello world""#;
        check("LANG=C.UTF-8 GREETING=hello world", known, typed);
        check(typed, known, typed);
        check("A=1", "A=1", "A=1");
        check("A=", "A=", "A=\"\"");
        check("A=it's", "A=it's", "A=\"it's\"");
        // A value that looks like a pair.
        check("A=x B=y z", "A=x B=y z", "A=\"x B=y z\"");
        // An older value of the same name, and a name that is gone.
        check("A=old one", "A=new", "A=\"old one\"");
        check("GONE=a b", "A=1", "GONE=a b");
        check("B two words", "B=two words", "B two words");
        check(
            "com.example.key=a b other=c\"d",
            "com.example.key=a b;other=c\"d",
            "com.example.key=\"a b\" other=\"c\\\"d\"",
        );
        check(
            r#""com.example.key"="a b" other='c"d'"#,
            "com.example.key=a b;other=c\"d",
            r#"com.example.key="a b" other='c"d'"#,
        );
        check("ÄB=1 A=2", "A=2", "ÄB=1 A=2");
        check("", "A=2", "");
    }
}
