//! Regular expressions as Go reads them, by a crate that is bounded in time, too.

use regex::{Regex, RegexBuilder};

/// Bytes of a compiled expression.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Compiles an expression. Classes such as `\w` are of ASCII, as in Go.
pub(super) fn compiled(text: &str) -> Result<Regex, String> {
    let regex = RegexBuilder::new(&of_ascii(text))
        .size_limit(MOST_BYTES)
        .dfa_size_limit(MOST_BYTES)
        .build();
    regex.map_err(|_| format!("{text:?} is no expression that is read here"))
}

/// Spells out the classes that Go has of ASCII alone.
fn of_ascii(text: &str) -> String {
    let mut told = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            told.push(c);
            continue;
        }
        match chars.next() {
            Some('w') => told.push_str("[0-9A-Za-z_]"),
            Some('W') => told.push_str("[^0-9A-Za-z_]"),
            Some('d') => told.push_str("[0-9]"),
            Some('D') => told.push_str("[^0-9]"),
            Some('s') => told.push_str("[\\t\\n\\f\\r ]"),
            Some('S') => told.push_str("[^\\t\\n\\f\\r ]"),
            Some('b') => told.push_str("(?-u:\\b)"),
            Some(other) => told.extend(['\\', other]),
            None => told.push('\\'),
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_go_reads_them() {
        let fits = |regex: &str, text: &str| compiled(regex).map(|regex| regex.is_match(text));
        for (regex, text, is) in [
            (r"two=\d", "one\ntwo=2", true),
            (r"^two", "one\ntwo", false),
            (r"(?m)^two$", "one\ntwo\n", true),
            (r"two$", "two\n", false),
            (r"^\w$", "é", false),
            (r"^[\w-]+$", "a-b", true),
            (r"^.$", "é", true),
            (r"\bx\b", "a x b", true),
            (r"\\d", r"\d", true),
        ] {
            assert_eq!(fits(regex, text), Ok(is), "{regex}");
        }
        for wrong in ["(", r"\Qa\E", "a\\", "(?:a{1000}){1000}"] {
            assert!(compiled(wrong).is_err(), "{wrong}");
        }
    }
}
