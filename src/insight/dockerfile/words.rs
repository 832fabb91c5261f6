//! Reads the notations of builders, and writes words and lists of a Dockerfile.

/// Reads a list as Go prints one with quotes: `["a" "b c"]`. `None` for any other text.
pub(super) fn go_list(text: &str) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    let (items, rest) = go_strings(inner);
    rest.trim().is_empty().then_some(items)
}

/// Reads strings in Go's quotes, separated by blanks; also returns the text after them.
pub(super) fn go_strings(text: &str) -> (Vec<String>, &str) {
    let mut items = Vec::new();
    let mut rest = text;
    while let Some((item, after)) = go_string(rest.trim_start()) {
        items.push(item);
        rest = after;
    }
    (items, rest)
}

fn go_string(text: &str) -> Option<(String, &str)> {
    let mut characters = text.strip_prefix('"')?.chars();
    let mut item = String::new();
    loop {
        match characters.next()? {
            '"' => return Some((item, characters.as_str())),
            '\\' => item.push(escaped(&mut characters)?),
            other => item.push(other),
        }
    }
}

/// Reads what follows a backslash.
fn escaped(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let n_digits = match characters.next()? {
        'n' => return Some('\n'),
        't' => return Some('\t'),
        'r' => return Some('\r'),
        'a' => return Some('\u{7}'),
        'b' => return Some('\u{8}'),
        'f' => return Some('\u{c}'),
        'v' => return Some('\u{b}'),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        other => return Some(other),
    };
    let mut code = 0;
    for _ in 0..n_digits {
        code = code * 16 + characters.next()?.to_digit(16)?;
    }
    char::from_u32(code)
}

/// Returns a list in the form of JSON, with a blank after each comma.
pub(super) fn json_list<T: AsRef<str>>(items: &[T]) -> String {
    let items = items
        .iter()
        .map(|item| serde_json::Value::from(item.as_ref()).to_string());
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// Returns a value as a Dockerfile's word: in double quotes if it would be read as something else without.
pub(super) fn word(value: &str) -> String {
    let is_special = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | '$');
    if !value.is_empty() && !value.contains(is_special) {
        return value.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// Removes the quotes and backslashes of a word.
pub(super) fn unquoted(word: &str) -> String {
    let mut plain = String::new();
    let mut quote = None;
    let mut characters = word.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            ('\\', quote) if quote != Some('\'') => plain.extend(characters.next()),
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (c, _) => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_go_prints_them() {
        let check = |text: &str, expected: Option<&str>| {
            let found = go_list(text).map(|items| json_list(&items));
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check(r#"["serve"]"#, Some(r#"["serve"]"#));
        check(
            r#"["a" "it's \"b\"" "\n"]"#,
            Some(r#"["a", "it's \"b\"", "\n"]"#),
        );
        check(r#"["\u00e9\x41"]"#, Some(r#"["éA"]"#));
        check("[]", Some("[]"));
        for other in [
            r#"["a", "b"]"#,
            "[/bin/sh -c]",
            r#"["a"#,
            r#"["\uzzzz"]"#,
            "a",
            "",
        ] {
            check(other, None);
        }
    }

    #[test]
    fn words_are_quoted_where_they_have_to_be() {
        for (value, expected) in [
            ("a", "a"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("c\"d", "\"c\\\"d\""),
            ("$HOME", "\"\\$HOME\""),
            ("a\\b", "\"a\\\\b\""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(word(value), expected);
            assert_eq!(unquoted(expected), value);
        }
        assert_eq!(unquoted("'c\"d'"), "c\"d");
    }
}
