//! Splits arguments in a Dockerfile's notation: a JSON list, words, or `name=value` pairs with quotes.
//!
//! Quotes stay in the words; `shell_word` removes them, together with the variables.

use crate::message::Message;

/// The argument of an instruction that takes a list or a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ListOrLine {
    /// A JSON list of strings.
    List(Vec<String>),
    /// Any other text.
    Line(String),
}

/// Parses a JSON list of strings. Text that is not JSON is a line.
///
/// # Errors
/// When it is a JSON list of other values than strings, which is hardly meant as a line.
pub(super) fn list_or_line(rest: &str) -> Result<ListOrLine, Message> {
    if !rest.starts_with('[') {
        return Ok(ListOrLine::Line(rest.to_owned()));
    }
    match serde_json::from_str::<Vec<serde_json::Value>>(rest) {
        Err(_) => Ok(ListOrLine::Line(rest.to_owned())),
        Ok(items) => {
            let texts = items.into_iter().map(|item| match item {
                serde_json::Value::String(text) => Ok(text),
                _ => Err(Message::list_of_texts_only()),
            });
            texts.collect::<Result<_, _>>().map(ListOrLine::List)
        }
    }
}

/// Splits at blanks outside quotes that do not follow a backslash. Quotes and backslashes stay.
pub(super) fn quoted_words(rest: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut characters = rest.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            (c, None) if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            // There are no escapes in single quotes.
            ('\\', quote) if quote != Some('\'') => {
                word.push(c);
                word.extend(characters.next());
                continue;
            }
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        word.push(c);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Parses `name=value name="a value"`, or the old form `name value`, in which the whole rest is the value.
///
/// # Errors
/// When there is a word without `=`, or no value.
pub(super) fn pairs(rest: &str) -> Result<Vec<(String, String)>, Message> {
    let words = quoted_words(rest);
    let Some(first) = words.first() else {
        return Err(Message::write_name_value());
    };
    if !first.contains('=') {
        return match rest.split_once(char::is_whitespace) {
            Some((name, value)) => Ok(vec![(name.to_owned(), value.trim().to_owned())]),
            None => Err(Message::no_value_first(first.to_string())),
        };
    }
    let pair = |word: &String| match word.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err(Message::no_value_first(word.to_string())),
    };
    words.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_json_and_all_else_is_a_line() {
        let list = |texts: &[&str]| {
            let texts = texts.iter().map(|&text| text.to_owned());
            Ok(ListOrLine::List(texts.collect()))
        };
        let line = |text: &str| Ok(ListOrLine::Line(text.to_owned()));
        assert_eq!(list_or_line(r#"["a", "b c"]"#), list(&["a", "b c"]));
        assert_eq!(list_or_line("[]"), list(&[]));
        assert_eq!(list_or_line("echo [x]"), line("echo [x]"));
        assert_eq!(list_or_line("['a']"), line("['a']"));
        assert_eq!(list_or_line(r#"["a"] b"#), line(r#"["a"] b"#));
        assert!(list_or_line(r#"["a", 1]"#).is_err());
    }

    fn check_pairs(rest: &str, expected: &[(&str, &str)]) {
        let found = pairs(rest).expect("is right");
        let found: Vec<_> = found.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(found, expected, "{rest}");
    }

    #[test]
    fn pairs_in_both_forms() {
        check_pairs("a=1", &[("a", "1")]);
        check_pairs("a=1  b=2", &[("a", "1"), ("b", "2")]);
        check_pairs(r#"a="1 2" b='3 4'"#, &[("a", r#""1 2""#), ("b", "'3 4'")]);
        check_pairs(r"a=1\ 2 b=", &[("a", r"1\ 2"), ("b", "")]);
        check_pairs(r#"a="x\" y""#, &[("a", r#""x\" y""#)]);
        check_pairs("name all the rest", &[("name", "all the rest")]);
        check_pairs("name  b=c", &[("name", "b=c")]);
        for wrong in ["", "name", "a=1 b"] {
            assert!(pairs(wrong).is_err(), "{wrong:?}");
        }
    }
}
