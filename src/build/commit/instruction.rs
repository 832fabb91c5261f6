//! Splits a text into Dockerfile instructions: handles line continuations, comments and the leading word.
//!
//! `change` knows the arguments of each instruction.

use super::ChangeError;
use super::known_words::WORDS;

/// One instruction with its unparsed arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    /// One of [`WORDS`].
    pub(super) word: &'static str,
    /// The arguments, without blanks around them.
    pub(super) rest: String,
}

/// Splits a text into instructions. A line that ends in a backslash continues on the next one, and a line that
/// begins with `#` is skipped.
pub(super) fn instructions(text: &str) -> Result<Vec<Instruction>, ChangeError> {
    let mut found = Vec::new();
    let mut line = String::new();
    let mut rest = text.lines().peekable();
    while let Some(piece) = rest.next() {
        let is_comment = piece.trim_start().starts_with('#');
        let goes_on = match piece.trim_end().strip_suffix('\\') {
            _ if is_comment => !line.is_empty(),
            Some(start) => {
                line.push_str(start);
                true
            }
            None => {
                line.push_str(piece);
                false
            }
        };
        if goes_on && rest.peek().is_some() {
            continue;
        }
        let whole = std::mem::take(&mut line);
        if !whole.trim().is_empty() {
            found.push(instruction(whole.trim())?);
        }
    }
    Ok(found)
}

/// Splits a line into its first word and the rest.
pub(super) fn first_word(line: &str) -> (&str, &str) {
    match line.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (line, ""),
    }
}

fn instruction(line: &str) -> Result<Instruction, ChangeError> {
    let (first, rest) = first_word(line);
    let known = WORDS.iter().find(|word| word.eq_ignore_ascii_case(first));
    match known {
        Some(&word) => Ok(Instruction {
            word,
            rest: rest.to_owned(),
        }),
        None => Err(ChangeError::Unknown {
            word: first.chars().take(40).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = instructions(text).expect("all are known");
        let found: Vec<_> = found.iter().map(|i| (i.word, &*i.rest)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn lines_go_on_and_comments_go() {
        check("", &[]);
        check("\n  \n# CMD x\n", &[]);
        check("cmd  echo hi ", &[("CMD", "echo hi")]);
        check("USER\ta", &[("USER", "a")]);
        check("USER", &[("USER", "")]);
        check(
            "ENV a=1 \\\n  b=2\nUSER x",
            &[("ENV", "a=1   b=2"), ("USER", "x")],
        );
        check("ENV a=1 \\\n# why\n  b=2", &[("ENV", "a=1   b=2")]);
        check("CMD a \\", &[("CMD", "a")]);
        check("CMD a # b", &[("CMD", "a # b")]);
    }

    #[test]
    fn what_makes_files_is_no_change() {
        for line in ["RUN make", "COPY a b", "FROM x", "ADD", "nonsense"] {
            let error = instructions(line).expect_err(line);
            assert!(matches!(error, ChangeError::Unknown { .. }), "{line}");
        }
    }
}
