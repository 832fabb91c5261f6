//! Resolves quotes, backslashes and variables in a word, as Docker's Dockerfile parser does.
//!
//! Commands and patterns are not supported, only `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME-word}`,
//! `${NAME:+word}` and `${NAME+word}`.

use crate::message::Message;
use std::iter::Peekable;
use std::str::Chars;

/// Levels of nested variables: `${A:-${B:-${C}}}` and so on.
const MOST_LEVELS: usize = 16;

/// Resolves a word with the variables that `value_of` returns. Unknown variables are empty.
///
/// # Errors
/// When a quote or a brace is not closed, or the text between braces is not supported.
pub(super) fn resolve(
    word: &str,
    value_of: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Message> {
    let mut reader = Reader {
        rest: word.chars().peekable(),
        value_of,
        level: 0,
    };
    reader.until(None)
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    value_of: &'a dyn Fn(&str) -> Option<String>,
    level: usize,
}

impl Reader<'_> {
    /// Reads up to a closing character, or to the end of the word.
    fn until(&mut self, end: Option<char>) -> Result<String, Message> {
        let mut said = String::new();
        while let Some(c) = self.rest.next() {
            match c {
                c if Some(c) == end => return Ok(said),
                '\'' => self.single_quoted(&mut said)?,
                '"' => self.double_quoted(&mut said)?,
                '$' => self.variable(&mut said)?,
                // A backslash at the end is dropped.
                '\\' => said.extend(self.rest.next()),
                c => said.push(c),
            }
        }
        match end {
            None => Ok(said),
            Some(end) => Err(Message::brace_missing(end)),
        }
    }

    fn single_quoted(&mut self, said: &mut String) -> Result<(), Message> {
        for c in self.rest.by_ref() {
            if c == '\'' {
                return Ok(());
            }
            said.push(c);
        }
        Err(Message::single_quote_open())
    }

    fn double_quoted(&mut self, said: &mut String) -> Result<(), Message> {
        while let Some(c) = self.rest.next() {
            match c {
                '"' => return Ok(()),
                '$' => self.variable(said)?,
                '\\' => match self.rest.next() {
                    Some(c @ ('"' | '$' | '\\')) => said.push(c),
                    Some(c) => said.extend(['\\', c]),
                    None => {}
                },
                c => said.push(c),
            }
        }
        Err(Message::double_quote_open())
    }

    fn variable(&mut self, said: &mut String) -> Result<(), Message> {
        if self.rest.peek() != Some(&'{') {
            let name = self.name();
            match name.is_empty() {
                true => said.push('$'),
                false => said.push_str(&(self.value_of)(&name).unwrap_or_default()),
            }
            return Ok(());
        }
        self.rest.next();
        let name = self.name();
        if name.is_empty() {
            return Err(Message::variable_no_name());
        }
        let value = (self.value_of)(&name);
        let (needs_text, sign) = match self.rest.next() {
            Some('}') => {
                said.push_str(&value.unwrap_or_default());
                return Ok(());
            }
            Some(':') => (true, self.rest.next()),
            sign => (false, sign),
        };
        self.level = self.level.saturating_add(1);
        if self.level > MOST_LEVELS {
            return Err(Message::variables_too_deep());
        }
        let word = self.until(Some('}'))?;
        self.level = self.level.saturating_sub(1);
        let value = value.filter(|value| !(needs_text && value.is_empty()));
        match (sign, value) {
            (Some('-'), Some(value)) => said.push_str(&value),
            (Some('-'), None) | (Some('+'), Some(_)) => said.push_str(&word),
            (Some('+'), None) => {}
            _ => {
                return Err(Message::variable_form(name));
            }
        }
        Ok(())
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        // A digit is a complete name: `$1x` is `$1` and `x`.
        while let Some(c) = self.rest.next_if(fits) {
            name.push(c);
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                break;
            }
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(name: &str) -> Option<String> {
        let value = match name {
            "A" => "one",
            "B" => "two words",
            "EMPTY" => "",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn check(word: &str, said: &str) {
        assert_eq!(resolve(word, &value_of).as_deref(), Ok(said), "{word}");
    }

    #[test]
    fn words_as_docker_reads_them() {
        check("", "");
        check("plain", "plain");
        check("'a b'\"c d\"", "a bc d");
        check(r"a\ b\$A", "a b$A");
        check(r#""a\"b\\c\d""#, r#"a"b\c\d"#);
        check("$A/${A}x/$B", "one/onex/two words");
        check("'$A'\"$A\"", "$Aone");
        check("$NONE|${NONE}|", "||");
        check("${NONE:-x$A}|${A:-x}|${EMPTY:-x}|${EMPTY-x}", "xone|one|x|");
        check(
            "${A:+yes}|${NONE:+yes}|${EMPTY:+yes}|${EMPTY+yes}",
            "yes|||yes",
        );
        check("${NONE:-${NONE:-deep}}", "deep");
        check("$ $", "$ $");
        check("trailing\\", "trailing");
    }

    #[test]
    fn what_is_not_closed_is_refused() {
        for word in ["'a", "\"a", "${A", "${}", "${A:-x", "${A?x}", "${A:x}"] {
            assert!(resolve(word, &value_of).is_err(), "{word}");
        }
        let deep = format!("{}x{}", "${N:-".repeat(100_000), "}".repeat(100_000));
        assert!(resolve(&deep, &value_of).is_err());
    }
}
